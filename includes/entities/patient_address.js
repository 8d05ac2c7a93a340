const { address, column, patientKey } = require("../columns.js");

module.exports = {
  name: "patient_address",
  description:
    "Where a patient lives or lived: one row for each address that was ever delivered; a patient who moves back has one row for it.",
  key: column("patient_address_key", "text", "Hash of the patient, the use and the address.", ["phi:other"]),
  sent: [
    patientKey,
    column("address_use", "text", "What the address is for: `home`."),
    ...address(true),
    column("county", "text", "County.", ["phi:geography"]),
    column("county_fips", "text", "FIPS code of the county.", ["phi:geography"]),
  ],
  isFlagged: false,
  judged: [],
  derived: [
    column("is_current", "boolean", "Whether the patient's newest delivered row has this address."),
    column("first_delivered_at", "instant", "When it was first delivered, in UTC."),
    column("last_delivered_at", "instant", "When it was last delivered, in UTC."),
  ],
};
