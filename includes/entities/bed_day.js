const { column, encounterKey, encounterRaw, patientNamed, patientRaw } = require("../columns.js");
const words = require("../words.js");

module.exports = {
  name: "bed_day",
  description: "What became of a bed on a day, at midnight of its end: one row a bed and day.",
  key: column("bed_day_key", "text", "The bed's day: a hash of tenant, source, bed id and day.", ["phi:other"]),
  sent: [
    column("bed_day_id", "text", "`<bed id>:<day>`, by which the source tells one from another.", ["phi:other"]),
    column("bed_raw", "text", "The bed's id as the source sent it."),
    column("bed_date", "date", "The day, where the source is.", ["phi:date"]),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", `${words.said(words.bedStatus)}.`),
    patientRaw,
    encounterRaw,
  ],
  references: ["bed", "patient", "encounter"],
  judged: [column("bed_key", "text", "The bed."), patientNamed, encounterKey],
};
