/**
 * The tables of the two de-identified outputs: what of an entity may leave the warehouse, each column by a rule of deidentify.js.
 * What is not listed here stays. A table is `{ description, of, at, columns }`: `of` the entity of silver, of which each row that
 * began by as_of, which its column `at` says, is shown; the tables of persons have none.
 */
const deidentify = require("./deidentify.js");
const tenancy = require("./tenancy.js");
const texts = require("./texts.js");
const types = require("./types.js");
const { ageOn, birth, code, codeSystem, day, id, language, lastAge, measured, moment, own, person, state, word, zip3 } =
  deidentify;

const encounter = id("encounter_id", "encounter", "The encounter that it belongs to; NULL where none is known.");
const codeOf = (what) => [
  code("code", "event.code", `Code of ${what}.`),
  codeSystem("code_system", "event.code_system", "The code's system."),
];
const reason = code("reason_code", "event.reason_code", "Code of the reason.");
const start = moment("event", "start", "started_at", "When it began");
const stop = moment("event", "stop", "stopped_at", "When it ended");

const lasting = (entity, description, columns) => ({
  description,
  of: entity,
  at: "started_at",
  columns: [person, encounter, ...columns, start, stop, ageOn("event.start_date")],
});
const momentary = (entity, name, description, columns) => ({
  description,
  of: entity,
  at: `${name}_at`,
  columns: [
    person,
    encounter,
    ...columns,
    moment("event", name, `${name}_at`, "When it was"),
    ageOn(`event.${name}_date`),
  ],
});

const standard = [
  own(
    "standard_value",
    "event.standard_value",
    "The value in the standard unit of its code. NULL where there is none, or no living person can have it.",
  ),
  own("standard_unit", "event.standard_unit", "That unit."),
];
const severity = ["mild", "moderate", "severe"];

const tables = {
  person: {
    description: "Persons: one row each, of all records that are of one person.",
    columns: [
      person,
      birth,
      lastAge,
      own("is_deceased", "subject.death_date is not null", "Whether the person has died by the end of the data."),
      word("sex", "golden.sex", ["m", "f"], "Sex:"),
      word("race", "golden.race", ["white", "black", "asian", "native", "hawaiian"], "Race:"),
      word("ethnicity", "golden.ethnicity", ["hispanic", "nonhispanic"], "Ethnicity:"),
      word("marital_status", "golden.marital_status", ["s", "m", "d", "w"], "Marital status:"),
      language("language", "record.language", "Preferred language, as BCP 47 writes it."),
      state("state", "golden.state", "State of the home"),
      zip3("zip3", "golden.postal_code", "ZIP code of the home"),
    ],
  },
  death: {
    description: "Deaths by the end of the data: one row a person who has died.",
    where: "subject.death_date is not null",
    columns: [person, day("death", "subject.death_date", "Death"), lastAge],
  },
  encounter: {
    description: "Encounters: one row each.",
    of: "encounter",
    at: "started_at",
    columns: [
      person,
      id("encounter_id", "encounter", "The encounter."),
      id("facility_id", "facility", "The facility; NULL where not known."),
      id("provider_id", "provider", "The provider; NULL where not known."),
      own("encounter_type", "event.encounter_type", "office, inpatient, emergency, …, as in the warehouse."),
      own("status", "event.status", "completed, in_progress, …, as in the warehouse."),
      ...codeOf("the kind of encounter"),
      reason,
      start,
      stop,
      own(
        "length_of_stay_days",
        `case when event.stop_date >= event.start_date then ${types.daysBetween("event.start_date", "event.stop_date")} end`,
        "Days from start to stop. NULL where it has not ended, or ends before it starts.",
      ),
      ageOn("event.start_date"),
    ],
  },
  condition: lasting("condition", "Conditions: one row each.", codeOf("the condition")),
  procedure: lasting("procedure", "Procedures: one row each.", [...codeOf("the procedure"), reason]),
  prescription: lasting("prescription", "Prescriptions: one row each.", [
    ...codeOf("the medication"),
    reason,
    own("dispense_count", "event.dispense_count", "How often it was dispensed."),
  ]),
  allergy: lasting("allergy", "Allergies and intolerances: one row each.", [
    ...codeOf("what is not tolerated"),
    word("allergy_type", "event.allergy_type", ["allergy", "intolerance"], "Kind:"),
    word("category", "event.category", ["food", "medication", "environment"], "Category:"),
    ...[1, 2].flatMap((n) => [
      code(`reaction${n}_code`, `event.reaction${n}_code`, `Code of reaction ${n}.`),
      word(`reaction${n}_severity`, `event.reaction${n}_severity`, severity, `Severity of reaction ${n}:`),
    ]),
  ]),
  immunization: momentary("immunization", "given", "Immunizations: one row a dose.", codeOf("the vaccine")),
  lab_result: momentary("lab_result", "observed", "Laboratory results, as their newest version says: one row each.", [
    ...codeOf("the test"),
    measured("event"),
    ...standard,
    own("range_low", "event.range_low", "Least of the usual range, in the standard unit where there is one."),
    own("range_high", "event.range_high", "Greatest of it."),
    own("flag_computed", "event.flag_computed", "LL, L, N, H or HH, by the range and critical limits."),
  ]),
  vital_sign: momentary("vital_sign", "observed", "Vital signs and body measures: one row each.", [
    ...codeOf("what was measured"),
    measured("event"),
    ...standard,
  ]),
  observation: momentary(
    "observation",
    "observed",
    "Other observations: one row each. Answers in words are left out; that there was one is shown.",
    [...codeOf("what was observed"), measured("event")],
  ),
};

const GOLDEN = ["sex", "race", "ethnicity", "marital_status", "state", "postal_code"];

/** One row a person: that of the record for which the person is named. */
const ofPersons = (output, { columns, where }, ref) => `with golden as (
  select
    person_id,
    ${GOLDEN.map((name) => `max(case when attribute = '${name}' then value end) as ${name}`).join(",\n    ")}
  from ${ref("gold", "golden_patient")}
  group by person_id
)

select
  ${deidentify.selected(output, columns)}
from ${ref("crosswalk", "subject")} as subject
left join golden
  on golden.person_id = subject.person_id
left join ${ref("silver", "patient")} as record
  on record.patient_key = subject.patient_key
where subject.patient_key = subject.person_id${where === undefined ? "" : `\n  and ${where}`}`;

/** Whom and what an event names that has a random id, by the entity, where the event has such a key. */
const named = (columns, output, ref) =>
  ["encounter", "facility", "provider"]
    .filter((name) => deidentify.columnsOf(output, columns).some(({ sql }) => sql.startsWith(`${name}.`)))
    .map((name) => `left join ${ref("crosswalk", name)} as ${name}\n  on ${name}.${name}_key = event.${name}_key\n`)
    .join("");

/** One row an event; each patient of an event stands in patient_xref, that is asserted. */
const ofEvents = (output, { of, at, columns }, ref) => `select
  ${deidentify.selected(output, columns)}
from ${ref("silver", of)} as event
inner join ${ref("crosswalk", "subject")} as subject
  on subject.patient_key = event.patient_key
${named(columns, output, ref)}where event.${at} <= subject.as_of`;

/** The query of a table in an output, of one tenant or of all. */
const model = (output, name, tenant, ref) => {
  const table = tables[name];
  const query = table.of === undefined ? ofPersons(output, table, ref) : ofEvents(output, table, ref);
  return tenant === undefined ? query : `${query}\n  and subject.tenant_id = ${texts.literal(tenant)}`;
};

/** Every table of an output with where it stands: where tenants are kept apart by row, in a schema for each. */
const placed = (output) =>
  tenancy
    .schemasOf(output)
    .flatMap((place) => Object.entries(tables).map(([name, table]) => ({ ...place, name, ...table })));

/** Declares every table of an output: views, for they hold nothing of their own. */
const publishAll = (output, publish) => {
  for (const { schema, tenant, name, description, columns } of placed(output)) {
    publish(name, {
      type: "view",
      schema,
      description: `${description} ${deidentify.LABELS[output]}`,
      tags: ["deidentified"],
      snowflake: { secure: true },
      columns: deidentify.describe(output, columns),
    }).query((ctx) => model(output, name, tenant, (...target) => ctx.ref(...target)));
  }
};

module.exports = { placed, publishAll };
