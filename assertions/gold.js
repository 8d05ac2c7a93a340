const { codeSet, declare, key, noOrphans, nonNull, ordered, range, row } = require("../includes/declared.js");

/** Every patient is visible: none is missing from `table`. */
const everyPatient = (name) => ({
  name,
  description: "every patient of silver.patient has a row",
  kind: "set",
  sql: ({ ctx, table, keys }) => `
select '${name}' as rule, cast(patient.patient_key as varchar) as key_1${keys
    .slice(1)
    .map((_, i) => `, cast(null as varchar) as key_${i + 2}`)
    .join("")}
from ${ctx.ref("silver", "patient")} as patient
left join ${table} as shown
  on shown.patient_key = patient.patient_key
where shown.patient_key is null`,
});

declare(
  { schema: "gold", name: "dim_patient" },
  {
    keys: ["patient_key"],
    rules: [
      key("dim_patient_key"),
      everyPatient("dim_patient_complete"),
      range("dim_patient_age", "age_years", { low: 0, high: 130, optional: true }),
      codeSet("dim_patient_status", "status", ["active", "inactive", "deceased", "transferred"]),
    ],
  },
);

declare(
  { schema: "gold", name: "patient_360" },
  {
    keys: ["person_id"],
    rules: [
      key("patient_360_key"),
      range("patient_360_counts", "event_count", { low: 0 }),
      ordered("patient_360_event_dates", ["first_event_date", "last_event_date"], {
        optional: ["first_event_date", "last_event_date"],
      }),
      row(
        "patient_360_adds_up",
        "event_count is the sum of the counts by type",
        "event_count = encounter_count + appointment_count + condition_count + procedure_count + prescription_count + allergy_count + lab_result_count + vital_sign_count + observation_count",
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "patient_360" },
  { suffix: "complete", keys: ["patient_key"], rules: [everyPerson("patient_360_complete")] },
);

/** Every person of patient_xref has a row, with events or without. */
function everyPerson(name) {
  return {
    name,
    description: "every person of silver.patient_xref has a row",
    kind: "set",
    sql: ({ ctx, table }) => `
select '${name}' as rule, cast(xref.patient_key as varchar) as key_1
from ${ctx.ref("silver", "patient_xref")} as xref
left join ${table} as shown
  on shown.person_id = xref.person_id
where xref.valid_to is null
  and shown.person_id is null`,
  };
}

declare(
  { schema: "gold", name: "current_medications" },
  {
    keys: ["patient_key", "prescription_key"],
    rules: [
      everyPatient("current_medications_complete"),
      ordered("current_medications_begun", ["started_at", "as_of"], { optional: ["started_at", "as_of"] }),
      ordered("current_medications_not_ended", ["as_of", "stopped_at"], { optional: ["as_of", "stopped_at"] }),
    ],
  },
);

declare(
  { schema: "gold", name: "labs_last_6_months" },
  {
    keys: ["patient_key", "lab_result_key"],
    rules: [
      everyPatient("labs_last_6_months_complete"),
      ordered("labs_last_6_months_before_as_of", ["observed_at", "as_of"], { optional: ["observed_at", "as_of"] }),
      range("labs_last_6_months_recency", "recency", { low: 1, optional: true }),
    ],
  },
);

declare(
  { schema: "gold", name: "fct_encounter" },
  {
    keys: ["encounter_key"],
    rules: [
      key("fct_encounter_key"),
      nonNull("fct_encounter_person", ["patient_key", "person_id"]),
      noOrphans("fct_encounter_has_patient", ["patient_key"], ["gold", "dim_patient"]),
      range("fct_encounter_duration", "duration_hours", { low: 0, optional: true }),
    ],
  },
);
