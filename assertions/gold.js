const {
  balanced,
  codeSet,
  declare,
  everyOne,
  key,
  keyColumns,
  noGap,
  noOrphans,
  noOverlap,
  nonNull,
  oneCurrent,
  ordered,
  period,
  range,
  row,
} = require("../includes/declared.js");
const { events } = require("../includes/timeline.js");

const everyPatient = (name) => everyOne(name, "patient_key", "patient");

/** One row an event; the row of a patient without any stands once, and only where the patient has no other. */
const onceEach = (name, event) => ({
  name,
  description: `each ${event} stands once, and a patient without any once`,
  kind: "set",
  sql: ({ table, keys }) => `
select '${name}' as rule, ${keyColumns(keys)}
from (
  select
    patient_key,
    ${event},
    count(*) over (partition by patient_key, ${event}) as same_count,
    count(*) over (partition by patient_key) as patient_row_count
  from ${table}
) as counted
where same_count > 1
  or ${event} is null and patient_row_count > 1`,
});

declare(
  { schema: "gold", name: "dim_patient" },
  {
    keys: ["patient_key"],
    rules: [
      key("dim_patient_key"),
      everyPatient("dim_patient_complete"),
      noOrphans("dim_patient_known", ["patient_key"], ["silver", "patient"]),
      range("dim_patient_age", "age_years", { low: 0, high: 130, optional: true }),
      codeSet("dim_patient_status", "status", ["active", "inactive", "deceased", "transferred"]),
    ],
  },
);

declare(
  { schema: "gold", name: "dim_patient_version" },
  {
    keys: ["patient_version_key"],
    rules: [
      key("dim_patient_version_key"),
      everyPatient("dim_patient_version_complete"),
      period("dim_patient_version_period"),
      noGap("dim_patient_version_no_gap", ["patient_key"]),
      noOverlap("dim_patient_version_no_overlap", ["patient_key"]),
      oneCurrent("dim_patient_version_one_current", ["patient_key"], "is_current"),
      codeSet("dim_patient_version_status", "status", ["active", "inactive", "deceased", "transferred"]),
    ],
  },
);

declare(
  { schema: "gold", name: "patient_facility" },
  {
    keys: ["patient_facility_key"],
    rules: [
      key("patient_facility_key"),
      noOrphans("patient_facility_known", ["facility_key"], ["silver", "facility"]),
      noOrphans("patient_facility_has_patient", ["patient_key"], ["silver", "patient"]),
      noOrphans("patient_facility_has_encounter", ["encounter_key"], ["silver", "encounter"]),
      period("patient_facility_period"),
      noGap("patient_facility_no_gap", ["patient_key"]),
      noOverlap("patient_facility_no_overlap", ["patient_key"]),
      oneCurrent("patient_facility_one_current", ["patient_key"], "is_current"),
    ],
  },
);

const counted = events.map(({ entity }) => entity);

declare(
  { schema: "gold", name: "patient_360" },
  {
    keys: ["person_id"],
    rules: [
      key("patient_360_key"),
      everyOne("patient_360_complete", "person_id", "patient_xref", "expected.valid_to is null"),
      range("patient_360_counts", "event_count", { low: 0 }),
      ordered("patient_360_event_dates", ["first_event_date", "last_event_date"], {
        optional: ["first_event_date", "last_event_date"],
      }),
      balanced("patient_360_adds_up", "event_count", counted.map((type) => `${type}_count`).join(" + ")),
      balanced(
        "patient_360_quarantine_adds_up",
        "quarantined_count",
        counted.map((type) => `quarantined_${type}_count`).join(" + "),
      ),
    ],
  },
);

/** The rows of the timeline beside the events and patients that it is made of: counted, since it is as long as all events together. */
const asManyAs = (name, description, failing, beside = () => "") => ({
  name,
  description,
  kind: "set",
  steps: ({ table }) => [
    `shown as (
  select
    count(event_key) as event_count,
    count(*) as row_count
  from ${table}
)`,
  ],
  sql: ({ ctx, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "", [])}
from shown
cross join (select count(*) as event_count from ${ctx.ref("silver", "patient_event")}) as known${beside(ctx)}
where ${failing}`,
});

const eventless = (ctx) => `
cross join (
  select count(*) as patient_count
  from ${ctx.ref("silver", "patient")} as patient
  where not exists (
    select 1
    from ${ctx.ref("silver", "patient_event")} as event
    where event.patient_key = patient.patient_key
  )
) as eventless`;

declare(
  { schema: "gold", name: "patient_timeline" },
  {
    keys: ["patient_key", "event_key"],
    rules: [
      everyPatient("patient_timeline_patients"),
      asManyAs("patient_timeline_complete", "it has each event", "shown.event_count < known.event_count"),
      asManyAs(
        "patient_timeline_once",
        "it has each event once, and a patient without any once",
        "shown.event_count > known.event_count or shown.row_count - shown.event_count > eventless.patient_count",
        eventless,
      ),
    ],
  },
);

/** Who takes something is alive. */
const alive = (name) => ({
  name,
  description: "a patient with a current prescription has not died at as_of",
  kind: "set",
  sql: ({ ctx, table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "taken.")}
from ${table} as taken
inner join ${ctx.ref("silver", "patient")} as patient
  on patient.patient_key = taken.patient_key
cross join ${ctx.ref("silver", "as_of")} as now
where taken.prescription_key is not null
  and patient.death_date <= now.as_of_date`,
});

declare(
  { schema: "gold", name: "current_medications" },
  {
    keys: ["patient_key", "prescription_key"],
    rules: [
      everyPatient("current_medications_complete"),
      onceEach("current_medications_once", "prescription_key"),
      row(
        "current_medications_begun",
        "it began at or before as_of",
        "prescription_key is null or started_at <= as_of",
      ),
      row(
        "current_medications_not_ended",
        "it has no stop, or one after as_of",
        "prescription_key is null or stopped_at is null or stopped_at > as_of",
      ),
      alive("current_medications_alive"),
    ],
  },
);

const ofResult = (condition) => `lab_result_key is null or ${condition}`;

declare(
  { schema: "gold", name: "labs_last_6_months" },
  {
    keys: ["patient_key", "lab_result_key"],
    rules: [
      everyPatient("labs_last_6_months_complete"),
      onceEach("labs_last_6_months_once", "lab_result_key"),
      row("labs_last_6_months_before_as_of", "observed at or before as_of", ofResult("observed_at <= as_of")),
      row("labs_last_6_months_recency", "recency is 1 or more", ofResult("recency >= 1")),
    ],
  },
);

declare(
  { schema: "gold", name: "fct_encounter" },
  {
    keys: ["encounter_key"],
    rules: [
      key("fct_encounter_key"),
      everyOne("fct_encounter_complete", "encounter_key", "encounter"),
      nonNull("fct_encounter_person", ["patient_key", "person_id"]),
      noOrphans("fct_encounter_has_patient", ["patient_key"], ["gold", "dim_patient"]),
      range("fct_encounter_duration", "duration_hours", { low: 0, optional: true }),
      row(
        "fct_encounter_paid",
        "what was paid is the charge, where all three are known",
        "(patient_paid_usd is null) = (charge_usd is null or insurance_paid_usd is null) and coalesce(insurance_paid_usd + patient_paid_usd = charge_usd, true)",
      ),
    ],
  },
);
