/** `[header, name in bronze, type, description, tags]` as a field; `moment` becomes three columns: name_at, name_date, name_precision. */
const field = (header, name, type, description, tags) => ({ header, name, type, description, tags: tags || [] });

/** Text as it is. */
const plain = (header, name, description, tags) => field(header, name, "text", description, tags);
const id = (what) => field("ID", `${what}_id`, "text", `Id of the ${what}.`, ["phi:other"]);
const patient = field("PATIENT", "patient_id", "text", "Id of the patient.", ["phi:mrn"]);
const encounter = field("ENCOUNTER", "encounter_id", "text", "Id of the encounter.", ["phi:other"]);
const code = (what) => field("CODE", "code", "text", `Code of ${what}.`);
const description = (what) => field("DESCRIPTION", "description", "text", `Text for ${what}.`);
const reason = [
  field("REASONCODE", "reason_code", "text", "Code of the reason."),
  field("REASONDESCRIPTION", "reason_description", "text", "Text for the reason."),
];
const moment = (header, name, description) => field(header, name, "moment", description, ["phi:date"]);
const day = (header, name, description) => field(header, name, "day", description, ["phi:date"]);
const period = [moment("START", "start", "When it began."), moment("STOP", "stop", "When it ended.")];
const address = (phi) => {
  const tags = phi ? ["phi:geography"] : [];
  return [
    field("ADDRESS", "address_line", "text", "Street and number.", tags),
    field("CITY", "city", "text", "City.", tags),
    field("STATE", "state", "text", "State.", phi ? ["geography:state"] : []),
    field("ZIP", "postal_code", "text", "Postal code.", tags),
  ];
};
const place = (phi) => {
  const tags = phi ? ["phi:geography"] : [];
  return [
    field("LAT", "latitude", "degree", "Latitude in degrees.", tags),
    field("LON", "longitude", "degree", "Longitude in degrees.", tags),
  ];
};

module.exports = {
  address,
  code,
  day,
  description,
  encounter,
  field,
  id,
  moment,
  patient,
  period,
  place,
  plain,
  reason,
};
