/**
 * The figures by which the network is led: what each is, in which unit, of what it is made, and who defines it so. `kind` says how
 * parts add up over days and what nothing means:
 *
 * - `count`, `sum`: numerators added; none is 0 where some source delivers the figure at all.
 * - `ratio`, `mean`: numerators over denominators; without a denominator there is no value.
 * - `distinct`: counted anew for each period, for a person may come on two days.
 */
const numbers = require("./numbers.js");
const keys = require("./keys.js");
const seeds = require("./seeds.js");
const types = require("./types.js");

const kpi = (name, kind, unit, definition, source) => ({ name, kind, unit, definition, source });

const HOUSE = "Definition of this warehouse.";

const KPIS = [
  kpi(
    "encounters",
    "count",
    "encounters",
    "Encounters that began that day, but for those that were voided, cancelled or missed, or are only booked.",
    HOUSE,
  ),
  kpi("unique_patients", "distinct", "persons", "Persons who had such an encounter, each once.", HOUSE),
  kpi("emergency_visits", "count", "encounters", "Of these, encounters of the type emergency.", HOUSE),
  kpi(
    "average_length_of_stay",
    "mean",
    "days",
    "Days of completed acute stays, by day of discharge: seconds divided by 86,400 (gold.stay).",
    "OECD Health Statistics, average length of stay: days stayed by discharges.",
  ),
  kpi(
    "readmission_rate",
    "ratio",
    "share",
    "Index stays followed by an acute stay within 30 local days, planned or not, by day of discharge (gold.readmission).",
    "CMS Hospital-Wide All-Cause Unplanned Readmission Measure, without its exclusions by age and payer.",
  ),
  kpi("appointments", "count", "appointments", "Appointments scheduled for that day, whatever became of them.", HOUSE),
  kpi("completion_rate", "ratio", "share", "Completed appointments of all that were scheduled for that day.", HOUSE),
  kpi(
    "average_wait",
    "mean",
    "minutes",
    "From arrival (checked in) to the start, of appointments with both and in that order.",
    HOUSE,
  ),
  kpi(
    "arrival_offset",
    "mean",
    "minutes",
    "From the scheduled start to the arrival: negative where people come early.",
    HOUSE,
  ),
  kpi("claims_submitted", "count", "claims", "Claims by day of service.", HOUSE),
  kpi("claims_amount", "sum", "USD", "What was charged on them.", HOUSE),
  kpi("insurance_payments", "sum", "USD", "What payers paid of it, whenever (silver.claim_balance).", HOUSE),
  kpi(
    "reimbursement_rate",
    "ratio",
    "share",
    "What payers paid of what was charged, of claims with a charge.",
    "HFMA MAP Keys: payments by gross charges.",
  ),
  kpi(
    "denial_rate",
    "ratio",
    "share",
    "Claims that a payer denied of all that one decided on, by day of service of the claim.",
    "HFMA Claim Integrity Task Force: initial denial rate, by number of claims.",
  ),
  kpi(
    "infections",
    "count",
    "infections",
    "Infections that the source calls hospital acquired, by day of diagnosis.",
    HOUSE,
  ),
  kpi(
    "satisfaction",
    "mean",
    "points",
    "Answers to the question about the whole, 1 (worst) to 5 (best), by day of answer.",
    HOUSE,
  ),
  kpi("adverse_events", "count", "events", "Harm that came of care, by day when it happened.", HOUSE),
  kpi(
    "medication_errors",
    "count",
    "errors",
    "Errors with medications, whether they reached a patient or not, by day when they happened.",
    "NCC MERP: what counts as a medication error.",
  ),
  kpi("audit_findings", "count", "findings", "Findings of audits, by day when they were found.", HOUSE),
  kpi(
    "breaches",
    "count",
    "incidents",
    "Suspected breaches (gold.breach): one user, patient and day, by day.",
    "45 CFR 164.402: use that the Privacy Rule does not permit is presumed a breach until assessed.",
  ),
  kpi(
    "provider_utilization",
    "ratio",
    "share",
    "Minutes booked in a provider's sessions of minutes that can be booked; cancelled bookings count nothing.",
    HOUSE,
  ),
  kpi(
    "lab_turnaround",
    "mean",
    "hours",
    "From the specimen's collection to the result, by day of observation (gold.fct_lab_result).",
    "CAP Q-Probes: collection-to-result turnaround time.",
  ),
  kpi(
    "bed_occupancy",
    "ratio",
    "share",
    "Beds occupied at midnight of those that were occupied or free; blocked ones count nothing.",
    "OECD Health Statistics, curative care bed occupancy rate.",
  ),
  kpi(
    "equipment_utilization",
    "ratio",
    "share",
    "Minutes of use of the minutes for which it can be used, of devices on the days of their use; a use over midnight counts on each of its days.",
    HOUSE,
  ),
  kpi(
    "staff_attendance",
    "ratio",
    "share",
    "Shifts to which people came, late ones too, of those on time sheets.",
    HOUSE,
  ),
  kpi("average_staff_hours", "mean", "hours", "Hours worked a shift, of shifts with both times.", HOUSE),
];

/**
 * Query of the encounters that count, each with its person: a booked encounter that never was is none. Columns: tenant_id,
 * facility_key, encounter_type, start_date, person_id, loaded_at.
 */
const encounters = (ref) => `select
    encounter.tenant_id,
    encounter.facility_key,
    encounter.encounter_type,
    encounter.start_date,
    xref.person_id,
    encounter.loaded_at
  from ${ref("silver", "encounter")} as encounter
  inner join ${ref("silver", "patient_xref")} as xref
    on xref.patient_key = encounter.patient_key
    and xref.valid_to is null
  where encounter.status not in ('voided', 'cancelled', 'no_show', 'scheduled')`;

/** A number whose sums are exact: sums of doubles depend on their order. */
const amount = (x) => `cast(${x} as decimal(18, 6))`;

const ensureKnown = (name) => {
  if (!KPIS.some((known) => known.name === name)) throw new Error(`no KPI is called ${name}`);
};

/** Select list of one figure of one day: SQL for both parts. */
const part = (name, numerator, denominator = "null") => {
  ensureKnown(name);
  return `'${name}' as kpi,
  ${amount(numerator)} as numerator,
  ${amount(denominator)} as denominator`;
};

/**
 * Query of a row for each row of the relation `from` and each figure that it has a numerator of: of places and days with
 * tenant_id, facility_key, kpi_date and loaded_at.
 *
 * @param figures `{ name: [numerator, denominator] }`, SQL over `from`
 */
const spread = (from, figures) => {
  const names = Object.keys(figures);
  for (const name of names) ensureKnown(name);
  const chosen = (place) =>
    `case figure.kpi
      ${names.map((name) => `when '${name}' then ${amount(figures[name][place] ?? "null")}`).join("\n      ")}
    end`;
  return `select
    figure.kpi,
    ${chosen(0)} as numerator,
    ${chosen(1)} as denominator,
    tenant_id,
    facility_key,
    kpi_date,
    loaded_at
  from ${from}
  cross join ${seeds.relation(
    "figure",
    ["kpi"],
    names.map((name) => [name]),
  )}`;
};

/** What a part says, with its types. */
const partValues = {
  kpi: "text",
  tenant_id: "text",
  facility_key: "text",
  kpi_date: "date",
  numerator: "money",
  denominator: "money",
};

const relation = () =>
  seeds.relation(
    "kpi",
    ["kpi", "kind", "unit", "definition", "source"],
    KPIS.map(({ name, kind, unit, definition, source }) => [name, kind, unit, definition, source]),
  );

/** What a period's sums say: NULL where nothing can be divided. */
const value = (of) => `case
    when ${of}.kind in ('ratio', 'mean') then ${numbers.ratio(`${of}.numerator`, `${of}.denominator`)}
    when ${of}.is_delivered then coalesce(${of}.numerator, 0)
  end`;

/** Why there is no value. */
const reason = (of) => `case
    when not ${of}.is_carried then 'no source delivers it'
    when not ${of}.is_delivered then 'before the first that a source delivered'
    when ${of}.kind in ('ratio', 'mean') and coalesce(${of}.denominator, 0) = 0 then 'nothing to divide by'
  end`;

/**
 * The figures of every place and period, out of the CTE `part`: rows of gold.kpi_part with the `period` that they fall into,
 * those of kind `distinct` as counted in it. Before the first day of which a source carries a figure nobody knows it.
 *
 * @param periodOf SQL of the period of a day
 * @returns the CTEs that end in `valued`: kpi_key, kpi, tenant_id, facility_key, period, numerator, denominator, value, unit,
 * reason, loaded_at
 */
const valued = (ref, periodOf = (day) => day) => `delivered as (
  select
    tenant_id,
    kpi,
    ${periodOf("min(kpi_date)")} as first_period
  from ${ref("gold", "kpi_part")}
  group by
    tenant_id,
    kpi
),

-- Every KPI of each place and period in which anything happened.
place as (
  select
    tenant_id,
    facility_key,
    period,
    ${keys.hash("tenant_id", "facility_key", types.asText("period", "date"))} as place_key,
    max(loaded_at) as loaded_at
  from part
  group by
    tenant_id,
    facility_key,
    period
),

summed as (
  select
    kpi,
    tenant_id,
    facility_key,
    period,
    ${amount("sum(numerator)")} as numerator,
    ${amount("sum(denominator)")} as denominator,
    max(loaded_at) as loaded_at
  from part
  group by
    kpi,
    tenant_id,
    facility_key,
    period
),

measured as (
  select
    definition.kpi,
    definition.kind,
    definition.unit,
    place.tenant_id,
    place.facility_key,
    place.period,
    place.place_key,
    summed.numerator,
    summed.denominator,
    delivered.kpi is not null as is_carried,
    coalesce(delivered.first_period <= place.period, false) as is_delivered,
    coalesce(summed.loaded_at, place.loaded_at) as loaded_at
  from place
  cross join ${ref("gold", "kpi_definition")} as definition
  left join delivered
    on delivered.kpi = definition.kpi
    and delivered.tenant_id = place.tenant_id
  left join summed
    on summed.kpi = definition.kpi
    and summed.tenant_id = place.tenant_id
    and summed.facility_key is not distinct from place.facility_key
    and summed.period = place.period
),

valued as (
  select
    kpi || ' ' || place_key as kpi_key,
    kpi,
    tenant_id,
    facility_key,
    period,
    numerator,
    denominator,
    ${value("measured")} as value,
    unit,
    ${reason("measured")} as reason,
    loaded_at
  from measured
)`;

module.exports = { KPIS, amount, encounters, part, partValues, relation, spread, valued };
