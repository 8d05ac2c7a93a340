/**
 * The data dictionary of silver: what each column is called, holds, means and says about a person.
 *
 * An entity's own file in entities/ lists its columns; what several entities share stands here. A column is
 * `{ name, type, description, tags }`, with `type` one of text, instant (UTC), date (local to the source), integer, money,
 * number, degree, quantity, boolean. Tags `phi:<identifier>` follow the 18 identifiers of HIPAA's safe harbor; `provenance` marks
 * what depends on how and when a row was loaded, not on what it says.
 */
const column = (name, type, description, tags) => ({ name, type, description, tags: tags || [] });

const patientKey = column(
  "patient_key",
  "text",
  "The patient: a hash of tenant, assigning authority and source id. Never changes.",
  ["phi:other"],
);

/** The encounter that an event belongs to: as resolved, and as the source sent it. */
const encounterKey = column(
  "encounter_key",
  "text",
  "The encounter that it belongs to. NULL where the source names none or one that is not known.",
  ["phi:other"],
);
const encounterRaw = column("encounter_raw", "text", "The encounter reference as the source sent it.", ["phi:other"]);

/** A patient whom a row may name, though it is no event of theirs: as resolved, and as the source sent it. */
const patientNamed = column(
  "patient_key",
  "text",
  "The patient whom it names. NULL where the source names none or one who is not known.",
  ["phi:other"],
);
const patientRaw = column("patient_raw", "text", "The patient's id as the source sent it.", ["phi:mrn"]);

/** The unit of the network that a row names. */
const unitRaw = [
  column("facility_raw", "text", "The facility's id as the source sent it."),
  column("department_raw", "text", "The department as the source sent it."),
];
const facilityKey = column("facility_key", "text", "The facility. NULL where not known.");
const departmentKey = column("department_key", "text", "The department. NULL where the source names none.");

/** Start of an event: instant, local day, and how exactly the source said it. */
const startOf = (what, at = "started_at", date = "start_date", precision = "start_precision") => [
  column(
    at,
    "instant",
    `${what}, in UTC. Where the source sent only a day: the first moment of that day where the source is.`,
    ["phi:date"],
  ),
  column(date, "date", `${what}: the day, where the source is.`, ["phi:date"]),
  column(
    precision,
    "text",
    "How exactly the source said it: `instant` or `day` (then compare by day); `encounter`: not at all, it is the encounter's.",
  ),
];
const stopOf = (what) => [
  column("stopped_at", "instant", `${what}, in UTC; a day as its first moment. NULL: not stopped, or not said.`, [
    "phi:date",
  ]),
  column("stop_date", "date", `${what}: the day, where the source is.`, ["phi:date"]),
  column("stop_precision", "text", "How exactly the source said it: `instant` or `day` (then compare by day)."),
];

/** Time for which something is planned; of no patient. */
const planned = [...startOf("When it begins"), ...stopOf("When it ends")].map((each) => ({ ...each, tags: [] }));

/** A coded fact. */
const codeOf = (what) => [
  column("code", "text", `Code of ${what}, as sent.`),
  column(
    "code_system",
    "text",
    "The code system, as sent; where the source's format names none, the one that it defines.",
  ),
  column("description", "text", `The source's text for ${what}.`),
];
const reason = [
  column("reason_code", "text", "Code of the reason, as sent."),
  column("reason_description", "text", "The source's text for the reason."),
];

const address = (phi) => {
  const tags = phi ? ["phi:geography"] : [];
  return [
    column("address_line", "text", "Street and number.", tags),
    column("city", "text", "City.", tags),
    column("state", "text", "State, as sent (a name or its two letters).", phi ? ["geography:state"] : []),
    column("postal_code", "text", "Postal code, as sent.", tags),
    column("latitude", "degree", "Latitude in degrees.", tags),
    column("longitude", "degree", "Longitude in degrees.", tags),
  ];
};

const tenantId = column("tenant_id", "text", "The organisation that the record belongs to; part of every key.");
const sourceSystem = column("source_system", "text", "The system that delivered it.");
const flags = column(
  "flags",
  "text",
  "The rules whose finding was recorded for this row, by name, separated by commas. NULL: none.",
);

/** What every silver row carries. */
const provenance = [
  column("source_record", "text", "The delivered row: batch, file and row number.", ["provenance"]),
  column(
    "recorded_at",
    "instant",
    "When the source says that it recorded or changed it, in UTC. NULL where it does not say.",
    ["phi:date"],
  ),
  column("recorded_by", "text", "Who recorded it, as the source says. NULL where it does not say."),
  column("loaded_at", "instant", "When the row was landed, in UTC.", ["provenance"]),
  column("run_id", "text", "The run that judged this row as it now stands.", ["provenance"]),
  column("judged_run", "integer", "That run's number: later runs have higher ones.", ["provenance"]),
  // Whoever knows most of what a row says can try the rest until the hash is the same.
  column("row_hash", "text", "Hash of everything the source said in this row.", ["phi:other"]),
];

/** What a table has beside them that is made by increments out of several: see affected.js. */
const builtRun = column(
  "built_run",
  "integer",
  "The number of the run that built the row: later runs have higher ones.",
  ["provenance"],
);

/** What a verdict table has beside its entity's columns. */
const verdict = [
  column("route", "text", "From which bronze table to which entity."),
  column("batch_id", "text", "The batch that delivered the row.", ["provenance"]),
  column("file_name", "text", "The file that delivered the row.", ["provenance"]),
  column("record_number", "integer", "The record's number in its file, from 1.", ["provenance"]),
  column("delivered_at", "instant", "When the source delivered the file, in UTC."),
  column(
    "disposition",
    "text",
    "`current`: the row of its entity; `superseded`: an older version; `duplicate`: an exact copy; `quarantined`: kept out.",
  ),
  column("broken_rules", "text", "The rules that keep it out, by name, separated by commas. NULL: none."),
];

module.exports = {
  address,
  builtRun,
  codeOf,
  column,
  departmentKey,
  encounterKey,
  encounterRaw,
  facilityKey,
  flags,
  patientKey,
  patientNamed,
  patientRaw,
  planned,
  provenance,
  reason,
  sourceSystem,
  startOf,
  stopOf,
  tenantId,
  unitRaw,
  verdict,
};
