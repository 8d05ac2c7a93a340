const {
  codeSet,
  declare,
  key,
  keyColumns,
  noOrphans,
  nonNull,
  ordered,
  range,
  row,
} = require("../includes/declared.js");

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
