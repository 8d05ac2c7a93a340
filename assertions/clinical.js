const {
  codeSet,
  declare,
  everyOne,
  key,
  keyColumns,
  noOrphans,
  noOverlap,
  nonNull,
  ordered,
  period,
  range,
  row,
} = require("../includes/declared.js");
const chronic = require("../includes/chronic.js");

/** A score is given, or it is said why not. */
const explained = (name, score, reason) =>
  row(
    name,
    `${score} is NULL where, and only where, ${reason} says why`,
    `(${score} is null) = (${reason} is not null)`,
  );

/** The counts of a relation add up to the rows of another that satisfy `condition`. */
const addsUp = (name, count, [from, condition]) => ({
  name,
  description: `${count} adds up to the rows of gold.${from} where ${condition}`,
  kind: "set",
  sql: ({ ctx, table, keys }) => `
select '${name}' as rule, ${keys.map((_, i) => `cast(null as varchar) as key_${i + 1}`).join(", ")}
from (select coalesce(sum(${count}), 0) as counted from ${table}) as shown
cross join (select count(*) as expected from ${ctx.ref("gold", from)} where ${condition}) as known
where shown.counted <> known.expected`,
});

/** Of one person, no stay begins before an earlier one is over. */
const apart = (name) => ({
  name,
  description: "no stay of a person begins before an earlier one is over",
  kind: "set",
  sql: ({ table, keys }) => `
select '${name}' as rule, ${keyColumns(keys)}
from (
  select
    stay_key,
    admitted_at,
    max(discharged_at) over (
      partition by person_id
      order by admitted_at, stay_key
      rows between unbounded preceding and 1 preceding
    ) as latest_discharge_at
  from ${table}
) as followed
where admitted_at <= latest_discharge_at`,
});

declare(
  { schema: "gold", name: "stay_encounter" },
  {
    keys: ["encounter_key"],
    rules: [
      key("stay_encounter_key"),
      noOrphans("stay_encounter_has_stay", ["stay_key"], ["gold", "stay"]),
      ordered("stay_encounter_period", ["admitted_at", "discharged_at"], { optional: ["discharged_at"] }),
    ],
  },
);

declare(
  { schema: "gold", name: "stay" },
  {
    keys: ["stay_key"],
    rules: [
      key("stay_unique"),
      nonNull("stay_person", ["patient_key", "person_id", "admitted_at"]),
      apart("stay_apart"),
      addsUp("stay_adds_up", "encounter_count", ["stay_encounter", "true"]),
      row(
        "stay_length",
        "days and midnights are given for completed stays: 0 days or more, 1 midnight or more",
        "case when is_completed then los_days >= 0 and los_midnights >= 1 and is_death is not null else los_days is null and los_midnights is null end",
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "length_of_stay" },
  {
    keys: [{ name: "discharge_month", type: "date" }, "department_key"],
    rules: [
      addsUp("length_of_stay_adds_up", "stay_count", ["stay", "is_completed"]),
      row("length_of_stay_counts", "0 <= death_count <= stay_count", "death_count between 0 and stay_count"),
    ],
  },
);

declare(
  { schema: "gold", name: "readmission" },
  {
    keys: ["stay_key"],
    rules: [
      key("readmission_key"),
      noOrphans("readmission_has_stay", ["stay_key"], ["gold", "stay"]),
      range("readmission_days", "days_to_next_stay", { low: 0, optional: true }),
      codeSet(
        "readmission_exclusion",
        "exclusion_reason",
        ["death", "against_advice", "acute_transfer", "short_follow_up"],
        {
          optional: true,
        },
      ),
      row(
        "readmission_denominator",
        "a readmission is told of stays in the denominator, and only of them",
        "(is_readmitted_inpatient_only is not null) = is_index and (is_readmitted_all_admissions is not null) = is_index",
      ),
      explained("readmission_planned_explained", "is_planned", "planned_reason"),
      row(
        "readmission_definitions",
        "who was readmitted to an acute stay was admitted",
        "not coalesce(is_readmitted_inpatient_only and not is_readmitted_all_admissions, false)",
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "readmission_rate" },
  {
    keys: [{ name: "discharge_month", type: "date" }, "department_key", "definition"],
    rules: [
      row("readmission_rate_counts", "0 <= readmissions <= stays", "readmission_count between 0 and index_stay_count"),
      explained("readmission_rate_explained", "readmission_rate", "rate_reason"),
      addsUp(
        "readmission_rate_adds_up",
        "case when definition = 'inpatient_only' then index_stay_count + excluded_stay_count end",
        ["readmission", "true"],
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "icd_comorbidity" },
  {
    keys: ["index_name", "icd_version", "icd_code", "condition_name"],
    rules: [key("icd_comorbidity_key")],
  },
);

declare(
  { schema: "gold", name: "admission_comorbidity" },
  {
    keys: ["encounter_key", "index_name", "condition_name"],
    rules: [key("admission_comorbidity_key")],
  },
);

for (const index of ["charlson", "elixhauser"]) {
  declare(
    { schema: "gold", name: index },
    {
      keys: ["encounter_key"],
      rules: [
        key(`${index}_key`),
        noOrphans(`${index}_has_encounter`, ["encounter_key"], ["silver", "encounter"]),
        explained(`${index}_explained`, `${index}_score`, "score_reason"),
        range(`${index}_range`, `${index}_score`, {
          ...(index === "charlson" ? { low: 0, high: 29 } : { low: -19, high: 89 }),
          optional: true,
        }),
      ],
    },
  );
}

declare(
  { schema: "gold", name: "vital_daily" },
  {
    keys: ["patient_key", { name: "observed_date", type: "date" }, "code", "unit"],
    rows: "new",
    rules: [
      ordered("vital_daily_average_between", ["value_least", "value_average", "value_greatest"]),
      row("vital_daily_counted", "value_count is 1 or more", "value_count >= 1"),
    ],
  },
);

declare(
  { schema: "gold", name: "chronic_condition" },
  {
    keys: ["patient_key", "condition_name"],
    rules: [
      key("chronic_condition_key"),
      codeSet("chronic_condition_known", "condition_name", chronic.names),
      ordered("chronic_condition_dates", ["first_date", "last_date"]),
    ],
  },
);

declare(
  { schema: "gold", name: "preventive_care" },
  {
    keys: ["patient_key", "measure_name"],
    rules: [key("preventive_care_key"), explained("preventive_care_explained", "is_up_to_date", "status_reason")],
  },
);

declare(
  { schema: "gold", name: "mortality" },
  {
    keys: ["tenant_id", { name: "month", type: "date" }],
    rules: [
      key("mortality_key"),
      explained("mortality_explained", "in_hospital_mortality", "mortality_reason"),
      addsUp("mortality_discharges_add_up", "discharge_count", ["stay", "is_completed"]),
    ],
  },
);

declare(
  { schema: "gold", name: "treatment_outcome" },
  {
    keys: ["tenant_id", { name: "month", type: "date" }, "code", "code_system"],
    rules: [
      key("treatment_outcome_key"),
      explained("treatment_outcome_explained", "death_30_day_rate", "rate_reason"),
      explained("treatment_outcome_admissions_explained", "admission_30_day_rate", "admission_reason"),
      row(
        "treatment_outcome_counts",
        "of the procedures, those followed; of these, deaths and admissions",
        "followed_count <= procedure_count and death_30_day_count <= followed_count and coalesce(admission_30_day_count <= followed_count, admission_reason = 'no_encounters') and resolved_90_day_count <= reason_count",
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "ml_readmission_features" },
  {
    keys: ["stay_key"],
    rules: [
      key("ml_readmission_features_key"),
      noOrphans("ml_readmission_features_has_stay", ["stay_key"], ["gold", "stay"]),
      explained("ml_readmission_features_explained", "lace_score", "lace_reason"),
      range("ml_readmission_features_lace", "lace_score", { low: 0, high: 19, optional: true }),
    ],
  },
);

const everyPatient = (name) => ({
  name,
  description: "every patient has a row",
  kind: "set",
  sql: ({ ctx, table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "expected.", ["patient_key"])}
from ${ctx.ref("silver", "patient")} as expected
left join ${table} as shown
  on shown.patient_key = expected.patient_key
where shown.patient_key is null`,
});

declare(
  { schema: "gold", name: "patient_search_number" },
  {
    keys: ["patient_identifier_key"],
    rules: [
      key("patient_search_number_key"),
      everyOne("patient_search_number_complete", "patient_identifier_key", "patient_identifier"),
    ],
  },
);

declare(
  { schema: "gold", name: "patient_search" },
  {
    keys: ["patient_key"],
    rules: [
      key("patient_search_key"),
      everyPatient("patient_search_complete"),
      nonNull("patient_search_name", ["search_name", "mrn"]),
    ],
  },
);

declare(
  { schema: "gold", name: "patient_metrics" },
  {
    keys: ["patient_key"],
    rules: [
      key("patient_metrics_key"),
      everyPatient("patient_metrics_complete"),
      addsUp("patient_metrics_stays_add_up", "stay_count", ["stay", "true"]),
      addsUp("patient_metrics_alerts_add_up", "alert_count", ["medication_alert", "true"]),
    ],
  },
);

declare(
  { schema: "gold", name: "encounter_summary" },
  {
    keys: ["encounter_key"],
    rules: [
      key("encounter_summary_key"),
      row("encounter_summary_until_as_of", "it began until as_of", "started_at <= as_of"),
    ],
  },
);

// What is measured holds until the next of its kind by the order of time itself, and is by far the most: it is not looked at.
const toldPeriods = (rule) => ({
  ...rule,
  kind: "set",
  sql: ({ table, keys }) => `
select '${rule.name}' as rule, ${keyColumns(keys)}
from ${table}
where fact_type in ('encounter', 'condition', 'prescription', 'allergy', 'status')
  and ${rule.failing}`,
});

/** Of an event there is one row, since silver.patient_event has one; a status has its periods. */
const statusApart = noOverlap("patient_as_of_no_overlap", ["fact_key"]);

declare(
  { schema: "gold", name: "patient_as_of" },
  {
    keys: ["fact_type", "fact_key"],
    rules: [
      toldPeriods(period("patient_as_of_period")),
      {
        ...statusApart,
        sql: ({ table, ...rest }) =>
          statusApart.sql({ table: `(select * from ${table} where fact_type = 'status')`, ...rest }),
      },
    ],
  },
);
