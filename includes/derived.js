/** Silver's relations that no bronze row takes a route to: derived from entities, or about the rows themselves. */
const shared = require("./columns.js");
const { column, patientKey, provenance, sourceSystem, tenantId } = shared;

const judgedRun = column("judged_run", "integer", "Number of the run that found it so: later runs have higher ones.", [
  "provenance",
]);
const usd = (name, description) => column(name, "money", `${description}, in USD.`, ["phi:other"]);

module.exports = {
  delivered_file: {
    description:
      "What is known of each file that was landed: one row a file. Of a file that a spreadsheet program has rewritten nothing is taken as true, for it also drops leading zeros, digits and seconds: every row of it is quarantined (`file_damaged`).",
    key: "batch_id, table_name, file_name",
    columns: [
      column("batch_id", "text", "The batch that landed the file.", ["provenance"]),
      column("table_name", "text", "The landing table."),
      column("file_name", "text", "The file.", ["provenance"]),
      sourceSystem,
      column("delivered_at", "instant", "When the source delivered it, in UTC."),
      column("record_count", "integer", "Records in the file."),
      column("landed_count", "integer", "Rows landed."),
      column("rejected_count", "integer", "Lines that could not be landed."),
      column(
        "damaged_count",
        "integer",
        "Rows with a time, an id, a number or a code as a spreadsheet program shows it.",
      ),
      column(
        "damage",
        "text",
        "`spreadsheet` where by one of these signs at least as many rows are damaged as are sound: of the rows with a time, an id, a number with decimals, or a code with leading zeros. NULL: none found.",
      ),
      column("loaded_at", "instant", "When it was landed, in UTC.", ["provenance"]),
    ],
  },
  delivery: {
    description:
      "When each file came: one row a delivery of a file. What comes again as it was is not landed again, and was delivered again where its name, its folder or whoever loads it says of when it is.",
    key: "table_name, batch_id, file_name, delivered_at",
    columns: [
      sourceSystem,
      column("table_name", "text", "The landing table, in lower case."),
      column("batch_id", "text", "The batch that landed its content.", ["provenance"]),
      column("file_name", "text", "The file that landed its content.", ["provenance"]),
      column("delivered_at", "instant", "When the source delivered it, in UTC."),
      column("is_repeated", "boolean", "Whether its content had been landed before."),
      column("rejected_count", "integer", "Lines of it that could not be landed."),
      column("loaded_at", "instant", "When it was landed, or found to be there, in UTC.", ["provenance"]),
    ],
  },
  code_list: {
    description:
      "Lists of codes that a hospital loads (includes/reference.js), and which delivery of each is in use: the newest that is whole. One row a list and time of delivery; files of one time are one delivery.",
    key: "list_name, delivered_at",
    columns: [
      column("list_name", "text", "The list: `potentially_planned_procedure` or `acute_diagnosis`."),
      column("delivered_at", "instant", "When it was delivered, in UTC."),
      column("file_names", "text", "Its files, by which its edition is known.", ["provenance"]),
      column("row_count", "integer", "Rows."),
      column("code_count", "integer", "Of these, whole codes of the list's classification."),
      column(
        "unused_reason",
        "text",
        "Why it is not in use: `superseded` by a newer one; `damaged` by a spreadsheet program, which takes zeros from codes; `lines_rejected`: some of it could not be landed; `empty`; `not_codes`: some rows hold none, but a category of CCS or nothing. NULL: it is in use.",
      ),
      column("loaded_at", "instant", "When it was landed, or found to be there, in UTC.", ["provenance"]),
    ],
  },
  listed_code: {
    description: "What the lists in use hold (silver.code_list): one row a list and code.",
    key: "list_name, code",
    columns: [
      column("list_name", "text", "The list: `potentially_planned_procedure` or `acute_diagnosis`."),
      column("code", "text", "The code, in upper case and without its point."),
      column("delivered_at", "instant", "When the list was delivered, in UTC."),
    ],
  },
  absence: {
    description:
      "What the newest snapshot of its source does not hold any more: one row a key of an entity, as long as it is absent. Only sources and tables of which each delivery is declared to be everything (`delivery: snapshot`) are looked at, a snapshot being all files of a table that were delivered at one time. One with rejected lines, or of a damaged file, proves no absence: what is missing may stand in a line that could not be read. Nothing is deleted, and what returns has no row here.",
    key: "entity, record_key",
    columns: [
      column("entity", "text", "The entity."),
      column("record_key", "text", "The row's key in its entity.", ["phi:other"]),
      column("patient_key", "text", "The patient. NULL for what belongs to none.", ["phi:other"]),
      tenantId,
      column("table_name", "text", "The landing table, in lower case."),
      column("last_seen_at", "instant", "When the newest snapshot that holds it was delivered, in UTC."),
      column("absent_since", "instant", "When the first snapshot after that was delivered, which does not, in UTC."),
      sourceSystem,
      ...provenance,
    ],
  },
  value_check: {
    description:
      "Of the delivered rows, how many values could not be typed, and how many that should be said are empty: one row a batch, table, column and check.",
    key: "batch_id, table_name, column_name, check_name",
    columns: [
      column("batch_id", "text", "The batch that landed the rows.", ["provenance"]),
      column("table_name", "text", "The landing table, in lower case."),
      column("column_name", "text", "The column; of a time without its _at, _date or _precision."),
      column("check_name", "text", "`typed`: the value is what its column holds, or empty; `given`: it is not empty."),
      sourceSystem,
      column("delivered_at", "instant", "When the source delivered the rows, in UTC."),
      column("checked_count", "integer", "Rows."),
      column("failed_count", "integer", "Of these, with such a value, or without one."),
      column("loaded_at", "instant", "When they were landed, in UTC.", ["provenance"]),
    ],
  },
  patient_xref: {
    description:
      "Which person a patient key stands for, and when it was held to: one row a period, kept for good. An event keeps its patient key whatever happens here.",
    key: "patient_key, valid_from",
    columns: [
      patientKey,
      tenantId,
      column("person_id", "text", "The person. Gold resolves it through this table only.", ["phi:other"]),
      column(
        "valid_from",
        "instant",
        "Since when the warehouse held so: when the record, or what changed its person, was landed, in UTC.",
      ),
      column("valid_to", "instant", "Until when, in UTC, not included. NULL: still."),
      column(
        "cause",
        "text",
        "Why: `identity` (it stands for itself), `link`, `merge` (somebody merged it, HL7 A40), or `unlink` (it stands for itself again).",
      ),
      sourceSystem,
      ...provenance,
    ],
  },
  patient_standard: {
    description:
      "What is compared of patient records: names, addresses and numbers in one way of writing, one row a patient. NULL where a record has none, or where so many have the same that it says nothing.",
    key: "patient_key",
    columns: [
      patientKey,
      tenantId,
      column("given_name", "text", "First name: ASCII letters and digits in lower case.", ["phi:name"]),
      column("family_name", "text", "Family name, likewise.", ["phi:name"]),
      column("maiden_name", "text", "Family name before marriage, likewise.", ["phi:name"]),
      column("birth_day", "text", "Birth date as eight digits.", ["phi:date"]),
      column("sex", "text", "Sex as sent, in upper case."),
      column("ssn_hash", "text", "Keyed hash of the social security number.", ["phi:ssn"]),
      column("address_line", "text", "Street and number of the current home, with the usual abbreviations.", [
        "phi:geography",
      ]),
      column("city", "text", "City of the current home.", ["phi:geography"]),
      column("postal_code", "text", "First five characters of its postal code.", ["phi:geography"]),
      column("phone", "text", "Telephone of whom to call first, its digits.", ["phi:phone"]),
      column("email", "text", "Electronic mail of whom to call first, in lower case.", ["phi:email"]),
      judgedRun,
    ],
  },
  patient_block: {
    description:
      "Who is compared with whom: records with the same key of a pass of includes/linkage/pairs.js are a block. One row a patient and pass.",
    key: "patient_key, pass",
    columns: [
      patientKey,
      tenantId,
      column("pass", "text", "What they have in common: `ssn`, `birth_date`, `names`, …"),
      column(
        "block_key",
        "text",
        "The block: a hash of tenant, pass and what is common. NULL: the record takes no part.",
        ["phi:other"],
      ),
      column("is_compared", "boolean", "Whether its records are compared: there are at least two, and not too many."),
      judgedRun,
    ],
  },
  patient_cluster: {
    description:
      "Which records are of one person by what is known now: one row a patient. Records that match hang together; where that would make one person of two (two numbers and two birth dates, or somebody said that they are not the same), only those with the same number stay together, else only those that somebody joined.",
    key: "patient_key",
    columns: [
      patientKey,
      tenantId,
      column("cluster_key", "text", "All who hang together by matches, whether or not they stay together.", [
        "phi:other",
      ]),
      column(
        "person_id",
        "text",
        "The person: of its records the one that was landed first, so that who comes later renames nobody.",
        ["phi:other"],
      ),
      column("record_count", "integer", "Records of this person."),
      column(
        "basis",
        "text",
        "Which links join it to others: `match` (all), `number` (with the same number, or decided), `decision` (decided only), or `none`.",
      ),
      column("is_split", "boolean", "Whether its cluster held what must stay apart: see gold.match_review."),
      column("first_loaded_at", "instant", "When the record was first landed, in UTC.", ["provenance"]),
      column("run_id", "text", "The run that concluded so.", ["provenance"]),
      judgedRun,
    ],
  },
  patient_match: {
    description:
      "Pairs of patient records that were compared, or decided about, one row a pair, without values. `weight` is that of Fellegi and Sunter: the sum over the fields of log2(m / u).",
    key: "patient_key, other_patient_key",
    columns: [
      column("patient_key", "text", "The record with the lesser key.", ["phi:other"]),
      column("other_patient_key", "text", "The other record.", ["phi:other"]),
      tenantId,
      column("weight", "money", "How much likelier these answers are of one person than of two, in bits."),
      column("outcome", "text", "`match`, `review` or `no_match`."),
      column(
        "decision",
        "text",
        "The last decision of somebody on the two, which holds whatever the weight. NULL: none.",
      ),
      column(
        "is_conflict",
        "boolean",
        "Whether both number and birth date are two: never one person by the weight alone.",
      ),
      column("agreeing_fields", "text", "Fields in which they agree, separated by commas."),
      column("near_fields", "text", "Fields in which they are near, separated by commas."),
      column("differing_fields", "text", "Fields in which they differ, separated by commas."),
      column("run_id", "text", "The run that compared them.", ["provenance"]),
      judgedRun,
    ],
  },
  department: {
    description:
      "A unit of a facility. Where the source has none, each class of encounters of a facility stands for one. Provenance is that of the first row that names it.",
    key: "department_key",
    columns: [
      column("department_key", "text", "The department: a hash of tenant, source, facility id and class."),
      tenantId,
      column("department_id", "text", "`<facility id>:<encounter class>`."),
      column("department_name", "text", "Name for people: facility and class."),
      column("facility_key", "text", "The facility. NULL where not known."),
      column("facility_raw", "text", "The facility's id as the source sent it."),
      column("encounter_class", "text", "The class of encounters that it stands for, as sent."),
      column("encounter_type", "text", "The type that the class means."),
      column("is_derived", "boolean", "True where no source sent the department itself."),
      sourceSystem,
      ...provenance,
    ],
  },
  patient_risk_score: {
    description: "A patient's scores of risk: one row a score, with its value and the one before it.",
    key: "patient_key, score_name",
    columns: [
      patientKey,
      column("score_name", "text", "Which score."),
      column("score", "number", "Its value."),
      column("current_since", "instant", "Since when it is that, in UTC.", ["phi:date"]),
      column("previous_score", "number", "The value before. NULL: none."),
      column("previous_since", "instant", "Since when it was that, in UTC.", ["phi:date"]),
      tenantId,
      sourceSystem,
      ...provenance,
    ],
  },
  claim_balance: {
    description:
      "Whether a claim adds up: what was charged is what was paid, adjusted (taken off) and is outstanding. One row a claim; what was passed from one debtor to another changes nothing of it. Provenance is the claim's.",
    key: "claim_key",
    columns: [
      column("claim_key", "text", "The claim.", ["phi:other"]),
      patientKey,
      tenantId,
      usd("charge_usd", "Sum of its lines. NULL: none is known, and nothing can be said of its balance"),
      usd("paid_usd", "Paid, by whomever. NULL: neither a line nor a payment is known"),
      usd("insurance_paid_usd", "Of that, paid by payers. NULL: likewise"),
      usd("patient_paid_usd", "Of that, paid by the patient. NULL: likewise"),
      usd("adjusted_usd", "Taken off. NULL: likewise"),
      usd("outstanding_usd", "Outstanding at payers and patient, as the claim says"),
      usd("difference_usd", "Charge less all of these: below zero where more was paid than charged"),
      column("is_balanced", "boolean", "Whether the difference is none. NULL without a line."),
      sourceSystem,
      ...provenance,
      shared.builtRun,
    ],
  },
  patient_event: {
    description: "The timeline: every admitted event of every patient, one row an event.",
    key: "event_key; clusterBy patient_key, event_date",
    columns: [
      column("event_key", "text", "The key of the event in its entity.", ["phi:other"]),
      column("event_type", "text", "The entity: `encounter`, `appointment`, `condition`, `lab_result`, …"),
      tenantId,
      patientKey,
      column("event_at", "instant", "When it happened or began, in UTC. Where only a day is known: its first moment.", [
        "phi:date",
      ]),
      column("event_date", "date", "The day, where the source is.", ["phi:date"]),
      column("event_precision", "text", "`instant` or `day`."),
      column("stopped_at", "instant", "When it ended, in UTC. NULL: not ended, not said, or a moment.", ["phi:date"]),
      column("stop_date", "date", "The day when it ended, where the source is.", ["phi:date"]),
      shared.encounterKey,
      column("status", "text", "Status of what has one, else NULL."),
      column("code", "text", "Its code."),
      column("code_system", "text", "The code's system."),
      column("description", "text", "The source's text for the code."),
      column("value_text", "text", "The value as sent, of what is measured or asked.", ["phi:other"]),
      column("value_number", "number", "The value as a number."),
      column("unit", "text", "The value's unit as sent."),
      shared.flags,
      sourceSystem,
      ...provenance,
    ],
  },
  finding: {
    description: "What is wrong with an admitted row: one row a rule and row; no values.",
    key: "rule, entity, record_key",
    columns: [
      column("rule", "text", "The rule."),
      column("entity", "text", "The entity of the row."),
      column("record_key", "text", "The row's key in its entity.", ["phi:other"]),
      column("patient_key", "text", "The patient. NULL for what belongs to none.", ["phi:other"]),
      tenantId,
      column("severity", "text", "`warn`: a finding never keeps a row out."),
      sourceSystem,
      ...provenance,
    ],
  },
  as_of: {
    description:
      "Now: the instant that the run was given, else the latest completed event that was delivered. One row.",
    columns: [
      column("as_of", "instant", "The instant, in UTC. NULL where nothing was delivered."),
      column("as_of_date", "date", "Its day in the network's time zone."),
      column("is_given", "boolean", "True where the run was given it."),
    ],
  },
  disposition: {
    description: "What became of every delivered row on each route, by batch.",
    key: "route, batch_id, disposition, rule",
    columns: [
      column("route", "text", "From which bronze table to which entity."),
      column("batch_id", "text", "The batch."),
      column("disposition", "text", "`current`, `superseded`, `duplicate` or `quarantined`."),
      column(
        "rule",
        "text",
        "The broken rules of quarantined rows, together as one text, so that each row counts once. NULL: none.",
      ),
      column("row_count", "integer", "Rows."),
    ],
  },
  bronze_only: {
    description: "Bronze tables whose rows take no route to an entity yet, and why.",
    key: "bronze_table",
    columns: [column("bronze_table", "text", "The table."), column("reason", "text", "Why its rows end there.")],
  },
  batch_count: {
    description:
      "How much each batch has in bronze: one row a batch and table, and a batch and route where not every row of its table is a candidate. Counted once, when the batch is new, for a batch does not change.",
    key: "batch_id, counted",
    columns: [
      column("batch_id", "text", "The batch that landed the rows.", ["provenance"]),
      column("counted", "text", "The bronze table, or the route, whose rows are counted."),
      column("row_count", "integer", "Rows."),
      column("record_count", "integer", "Different source records among them."),
    ],
  },
  code_count: {
    description:
      "How often each word is said in the columns of bronze that hold codes, statuses, classes and units: one row a batch, file, column and word. Counted once, when the batch is new. Units are looked at only of codes whose units are known.",
    key: "code_count_key",
    columns: [
      column("code_count_key", "text", "Hash of batch, file, column and word."),
      column("batch_id", "text", "The batch that landed the rows.", ["provenance"]),
      column("file_name", "text", "The file that delivered them.", ["provenance"]),
      tenantId,
      sourceSystem,
      column("table_name", "text", "The landing table, in lower case."),
      column("column_name", "text", "The column of bronze."),
      column("measured_code", "text", "Of a unit: the code of what was measured, else NULL."),
      column(
        "code",
        "text",
        "The word as sent. `(text)` stands for whatever is longer than 40 characters or has five digits in a row: in a column of codes that may be anything, and is not shown.",
      ),
      column("is_known", "boolean", "Whether a map or a list of the project knows it."),
      column("row_count", "integer", "Delivered rows that say so."),
    ],
  },
  accounting: {
    description:
      "Whether every row is accounted for: left and right of each identity in each scope must be equal. Identities: `file` (records = landed + rejected), `bronze` (landed = source records in bronze), `routed` (source records = routed + bronze only), `disposition` (candidates = dispositions), `entity` (current dispositions = rows of the entity).",
    key: "identity, scope",
    columns: [
      column("identity", "text", "Which identity."),
      column("scope", "text", "What it is about: a file, a table, a batch and route, an entity."),
      column("left_count", "integer", "Left side."),
      column("right_count", "integer", "Right side."),
    ],
  },
};
