/** Each declared rule: nothing on sound tables, and that rule alone where one row is wrong as the rule says. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Assertion } from "../../src/graph/index.js";
import { clinic } from "./clinic.js";
import { files } from "./csv.js";
import { graph, type Hospital, openHospital } from "./hospital.js";
import { asOf, ward } from "./ward.js";

const { actions } = await graph();
const assertions = actions.filter((action): action is Assertion => action.kind === "assertion");

const silver = (table: string) => `"EHR".SILVER."${table.toUpperCase()}"`;
const gold = (table: string) => `"EHR".GOLD."${table.toUpperCase()}"`;

/**
 * One row of `table` that satisfies `where`, the same one each time: the least by its columns. The order in which rows were written is
 * the engine's, and differs from one refresh to the next.
 */
const first = (table: string, where: string) =>
  `rowid = (select rowid from ${table} as one where ${where} order by one limit 1)`;
/** Of a patient who has no other row in `table`. */
const alone = (table: string) => `patient_key in (select patient_key from ${table} group by 1 having count(*) = 1)`;
const set = (table: string, change: string, where = "true") =>
  `update ${table} set ${change} where ${first(table, where)}`;
const lose = (table: string, where = "true") => `delete from ${table} where ${first(table, where)}`;
const repeat = (table: string, change = "", where = "true") =>
  `insert into ${table} select * ${change && `replace (${change})`} from ${table} where ${first(table, where)}`;
/** A view as a table, to be changed. */
const frozen = (view: string) => [
  `create temp table frozen as select * from ${view}`,
  `drop view ${view}`,
  `create table ${view} as select * from frozen`,
];

type Wrong = Readonly<Record<string, string | readonly string[]>>;

/** `named`: the column of the other event that it names, empty where its patient is wrong. */
const eventRules = (entity: string, at = "started_at", date = "start_date", named = "encounter_key"): Wrong => ({
  [`${entity}_key`]: repeat(silver(entity)),
  [`${entity}_dated`]: set(silver(entity), `${at} = null`, entity === "encounter" ? "stopped_at is null" : "true"),
  [`${entity}_has_patient`]: set(silver(entity), `patient_key = 'nobody'${named === "" ? "" : `, ${named} = null`}`),
  [`${entity}_same_tenant`]: set(silver(entity), "tenant_id = null"),
  [`${entity}_not_before_birth`]: set(silver(entity), `${date} = date '1800-01-01'`, patientIs("ann", "ben", "cat")),
});
const patientIs = (...ids: readonly string[]) =>
  `patient_key in (select patient_key from ${silver("patient")} where patient_id in ('${ids.join("', '")}'))`;
const ofEncounter = (entity: string): Wrong => ({
  [`${entity}_has_encounter`]: set(silver(entity), "encounter_key = 'nowhere'"),
  [`${entity}_encounter_of_patient`]: set(
    silver(entity),
    `encounter_key = (select min(e.encounter_key) from ${silver("encounter")} as e where e.patient_key <> ${entity}.patient_key)`,
  ),
});
const endsFirst = (entity: string): Wrong => ({
  [`${entity}_not_ended_before_start`]: set(silver(entity), "stop_date = start_date - 1"),
});
const findings = (entity: string, rules: readonly string[]): Wrong =>
  Object.fromEntries(
    [...rules, "absent_from_snapshot"].map((rule) => [
      `${entity}_${rule}`,
      repeat(silver("finding"), `'${rule}' as rule, '${entity}' as entity, 'one more' as record_key`),
    ]),
  );
const orphan = (name: string, table: string, column: string): Wrong => ({
  [name]: set(silver(table), `${column} = 'nowhere'`),
});
const orphans = (entity: string, ...parents: readonly string[]): Wrong =>
  Object.fromEntries(
    parents.map((parent) => [`${entity}_has_${parent}`, set(silver(entity), `${parent}_key = 'nowhere'`)]),
  );
const identified = (entity: string): Wrong => ({
  [`${entity}_key_unique`]: repeat(silver(entity)),
  [`${entity}_identified`]: set(silver(entity), `${entity}_id = null`),
});
const later = "timestamp '2026-06-01' as valid_from, timestamp '2026-07-01' as valid_to, false as is_current";
const earlier = "timestamp '2020-01-01' as valid_from, timestamp '2020-02-01' as valid_to, false as is_current";
const periods = (name: string, table: string, another = ""): Wrong => ({
  [`${name}_period`]: set(table, "valid_to = valid_from", "is_current"),
  [`${name}_no_gap`]: repeat(table, earlier + another),
  [`${name}_no_overlap`]: repeat(table, later + another),
  [`${name}_one_current`]: set(table, "is_current = false", "is_current"),
});
const history = (name: string): Wrong => ({
  ...periods(name, silver(name)),
  // A second one that was never known, so that nothing is so twice.
  [`${name}_key`]: repeat(silver(name), "false as is_current, recorded_from as recorded_to"),
  [`${name}_has_patient`]: repeat(silver(name), "'nobody' as patient_key"),
  [`${name}_never_rewritten`]: set(silver(name), "recorded_from = recorded_from - interval '1 day'"),
});
const figures = (name: string): Wrong => ({
  [`${name}_key`]: repeat(gold(name)),
  [`${name}_placed`]: set(gold(name), "unit = null"),
  [`${name}_known`]: set(gold(name), "kpi = 'odd'"),
  [`${name}_value_or_reason`]: set(gold(name), "reason = null", "value is null"),
  [`${name}_share`]: set(gold(name), "value = 2, reason = null", "kpi = 'completion_rate'"),
});
const written = ["after_death", "encounter_unresolved", "author_unresolved", "conflict"];
const timed = ["after_death", "outside_encounter", "encounter_unresolved"];
const measured = [...timed, "value_missing", "value_out_of_range", "unit_unknown"];
const observed = (entity: string): Wrong => ({
  ...eventRules(entity, "observed_at", "observed_date"),
  ...ofEncounter(entity),
  ...findings(entity, entity === "observation" ? timed : measured),
  [`${entity}_comparator`]: set(silver(entity), "comparator = '~'"),
  ...(entity === "observation"
    ? {}
    : {
        [`${entity}_implausible_not_converted`]: set(
          silver(entity),
          "standard_value = value_number",
          "contains(flags, 'value_out_of_range')",
        ),
      }),
});
const crosswalk = (table: string) => `"EHR".CROSSWALK."${table.toUpperCase()}"`;
/** A view of one of the de-identified outputs, changed. */
const shown = (output: string, table: string, change: (view: string) => string) => {
  const view = `"EHR"."${output.toUpperCase()}"."${table.toUpperCase()}"`;
  return [...frozen(view), change(view)];
};
const drawn = (entity: string): Wrong => ({
  [`crosswalk_${entity}_key`]: repeat(crosswalk(entity), "uuid() as safe_harbor_id, uuid() as shifted_dates_id"),
  [`crosswalk_${entity}_given`]: set(crosswalk(entity), "safe_harbor_id = null"),
  [`crosswalk_${entity}_apart`]: set(crosswalk(entity), "safe_harbor_id = shifted_dates_id"),
  [`crosswalk_${entity}_safe_harbor_once`]: repeat(
    crosswalk(entity),
    `'another' as ${entity}_key, uuid() as shifted_dates_id`,
  ),
  [`crosswalk_${entity}_shifted_dates_once`]: repeat(
    crosswalk(entity),
    `'another' as ${entity}_key, uuid() as safe_harbor_id`,
  ),
});
const pooled = (...tables: readonly string[]): Wrong =>
  Object.fromEntries(
    tables.map((table) => [
      `safe_harbor_${table}_pooled`,
      shown("safe_harbor", table, (view) => set(view, "age_years = 91", "age_years is not null")),
    ]),
  );
const hasEvents = `event_key in (select max(event_key) from ${silver("patient_event")})`;
const timeline = gold("patient_timeline");

const destroyable = `update ${gold("retention")} set is_destroyable = true`;
const listed = (rows: number) =>
  `insert into ${gold("destruction_manifest")} by name
   select person_id, 'patient' as entity, ${rows} as row_count from ${gold("retention")} order by person_id limit 1`;
const pairInReview = `insert into ${gold("match_review")} (patient_key, other_patient_key, person_id, other_person_id, reason)
  values ('a', 'b', 'a', 'b', 'weight')`;
const absent = (until: string) =>
  `insert into ${silver("absence")} (entity, record_key, last_seen_at, absent_since)
   values ('bed', 'b', timestamp '2024-01-01', timestamp '${until}')`;
const unmapped = (code: string) =>
  `insert into ${gold("unmapped_code")} (unmapped_code_key, sent_by, table_name, column_name, code, first_delivered_at)
   values ('u', 's', 't', 'status', ${code}, timestamp '2024-01-01')`;
const lateFile = (change = "") => [
  `insert into ${gold("late_file")} (late_file_key, lateness, late_hours) values ('l', 'missing', 3)`,
  ...(change === "" ? [] : [set(gold("late_file"), change)]),
];
const drift = (change = "") => [
  `insert into ${gold("schema_drift")} (schema_drift_key, drift, began_at) values ('d', 'new', timestamp '2024-01-01')`,
  ...(change === "" ? [] : [set(gold("schema_drift"), change, "schema_drift_key = 'd'")]),
];
const conflict = `insert into ${gold("sync_conflict")} (sync_conflict_key, entity, disagreement, event_key, other_event_key)
  values ('c', 'allergy', 'ended', 'a', 'b')`;

const quality: Wrong = {
  absence_key: [absent("2024-02-01"), absent("2024-03-01")],
  absence_since: absent("2023-12-01"),
  value_check_key: repeat(silver("value_check")),
  value_check_counts: set(silver("value_check"), "failed_count = checked_count + 1"),
  quality_check_key: repeat(gold("quality_check")),
  quality_check_placed: set(gold("quality_check"), "table_name = null"),
  quality_check_category: set(gold("quality_check"), "category = 'odd'"),
  quality_check_counts: set(gold("quality_check"), "failed_count = -1"),
  quality_score_key: repeat(gold("quality_score")),
  quality_score_category: set(gold("quality_score"), "category = 'odd'"),
  quality_score_share: set(gold("quality_score"), "score = 2", "score is not null"),
  quality_score_value_or_reason: set(gold("quality_score"), "reason = 'none'", "score is not null"),
  unmapped_code_key: [unmapped("'a'"), unmapped("'a'")],
  unmapped_code_placed: [unmapped("'a'"), set(gold("unmapped_code"), "sent_by = null")],
  unmapped_code_short: unmapped("repeat('x', 41)"),
  late_file_key: [...lateFile(), ...lateFile()],
  late_file_lateness: lateFile("lateness = 'odd'"),
  late_file_hours: lateFile("late_hours = -1"),
  schema_drift_key: [...drift(), ...drift()],
  schema_drift_kind: drift("drift = 'odd'"),
  schema_drift_period: drift("ended_at = timestamp '2023-01-01'"),
};

const wrong: Wrong = {
  ...quality,
  accounting_key: [...frozen(silver("accounting")), repeat(silver("accounting"))],
  accounting_balances: lose(silver("allergy")),
  batch_count_key: repeat(silver("batch_count")),
  batch_count_once: set(silver("batch_count"), "record_count = row_count - 1"),
  code_count_key: repeat(silver("code_count")),
  code_list_key: repeat(silver("code_list")),
  code_list_name: set(silver("code_list"), "list_name = 'odd'"),
  code_list_whole: set(silver("code_list"), "code_count = row_count - 1"),
  code_list_unused: set(silver("code_list"), "unused_reason = 'empty'"),
  listed_code_key: repeat(silver("listed_code")),
  listed_code_has_list: set(silver("listed_code"), "delivered_at = timestamp '2000-01-01'"),
  code_count_short: set(silver("code_count"), "code = repeat('x', 41)"),
  disposition_counted: set(silver("allergy_verdict"), "batch_id = null"),
  disposition_known: set(silver("allergy_verdict"), "disposition = 'lost'"),

  patient_key_unique: repeat(silver("patient")),
  patient_identified: set(silver("patient"), "assigning_authority = null"),
  patient_status: set(silver("patient"), "status = null"),
  patient_death_after_birth: set(silver("patient"), "birth_date = death_date + 1", "death_date is not null"),
  patient_has_person: lose(silver("patient_xref")),
  ...findings("patient", ["file_damaged", "birth_death_implausible", "duplicate_patient", "conflict"]),
  ...findings("identity_decision", ["conflict"]),
  identity_decision_key_unique: repeat(silver("identity_decision")),
  ...orphan("identity_decision_has_patient", "identity_decision", "patient_key"),
  ...orphan("identity_decision_has_other", "identity_decision", "other_patient_key"),
  identity_decision_kind: set(silver("identity_decision"), "decision = 'perhaps'"),
  identity_decision_of_two: set(silver("identity_decision"), "other_patient_key = patient_key"),
  patient_standard_key: repeat(silver("patient_standard")),
  ...orphan("patient_standard_has_patient", "patient_standard", "patient_key"),
  patient_block_key: repeat(silver("patient_block"), "", "is_compared"),
  ...orphan("patient_block_has_patient", "patient_block", "patient_key"),
  patient_block_bounded: set(silver("patient_block"), "is_compared = not is_compared"),
  patient_match_key: repeat(silver("patient_match")),
  patient_match_least_first: set(
    silver("patient_match"),
    "patient_key = other_patient_key, other_patient_key = patient_key",
  ),
  patient_match_has_patient: set(silver("patient_match"), "patient_key = ''"),
  ...orphan("patient_match_has_other", "patient_match", "other_patient_key"),
  patient_match_outcome: set(silver("patient_match"), "outcome = 'perhaps'"),
  patient_match_decided: set(silver("patient_match"), "outcome = 'match'", "decision = 'not_same'"),
  patient_match_no_conflict: set(silver("patient_match"), "decision = null, is_conflict = true, outcome = 'match'"),
  patient_cluster_key: repeat(silver("patient_cluster")),
  patient_cluster_has_patient: set(
    silver("patient_cluster"),
    "patient_key = 'nobody', person_id = 'nobody'",
    "record_count = 1",
  ),
  patient_cluster_person: set(silver("patient_cluster"), "record_count = null"),
  patient_cluster_basis: set(silver("patient_cluster"), "basis = 'perhaps'"),
  patient_cluster_settled: set(silver("patient_match"), "decision = null, outcome = 'match'", "decision = 'not_same'"),
  patient_cluster_apart: `update ${silver("patient_cluster")} as member set person_id = pair.patient_key
    from ${silver("patient_match")} as pair
    where pair.decision = 'not_same' and pair.other_patient_key = member.patient_key`,
  patient_cluster_named: set(silver("patient_cluster"), "person_id = 'nobody'", "record_count = 1"),
  patient_xref_one_current: set(silver("patient_xref"), "valid_to = valid_from + interval '1 day'"),
  patient_xref_has_patient: repeat(silver("patient_xref"), "'nobody' as patient_key"),
  patient_xref_person: set(silver("patient_xref"), "person_id = null"),
  patient_xref_cause: set(silver("patient_xref"), "cause = 'perhaps'"),
  patient_xref_period: set(silver("patient_xref"), "valid_from = null"),
  patient_xref_no_gap: repeat(
    silver("patient_xref"),
    "timestamp '2020-01-01' as valid_from, timestamp '2020-02-01' as valid_to",
  ),
  patient_xref_no_overlap: repeat(
    silver("patient_xref"),
    "timestamp '2026-06-01' as valid_from, timestamp '2026-07-01' as valid_to",
  ),
  match_review_key: [pairInReview, pairInReview],
  match_review_reason: [pairInReview, set(gold("match_review"), "reason = 'perhaps'")],
  match_review_of_two: [pairInReview, set(gold("match_review"), "other_person_id = person_id")],
  match_review_complete: set(silver("patient_match"), "decision = null, outcome = 'review'", "decision = 'not_same'"),
  golden_patient_key: repeat(gold("golden_patient")),
  golden_patient_said: set(gold("golden_patient"), "value = null"),
  golden_patient_of_person: set(gold("golden_patient"), "person_id = 'nobody'"),
  sync_conflict_key_unique: [conflict, conflict],
  sync_conflict_entity: [conflict, set(gold("sync_conflict"), "entity = 'perhaps'")],
  sync_conflict_disagreement: [conflict, set(gold("sync_conflict"), "disagreement = 'perhaps'")],
  sync_conflict_of_two: [conflict, set(gold("sync_conflict"), "other_event_key = event_key")],
  patient_xref_concluded: set(silver("patient_xref"), "person_id = 'nobody'"),
  patient_address_key_unique: repeat(silver("patient_address"), "false as is_current"),
  patient_address_has_patient: set(silver("patient_address"), "patient_key = 'nobody'"),
  patient_address_one_current: set(silver("patient_address"), "is_current = false"),

  ...history("patient_history"),
  ...history("patient_status_history"),
  ...history("patient_address_history"),
  patient_identifier_key_unique: repeat(silver("patient_identifier")),
  patient_identifier_has_patient: set(silver("patient_identifier"), "patient_key = 'nobody'"),
  patient_identifier_kind: set(silver("patient_identifier"), "identifier_kind = 'odd'", "identifier_kind = 'mrn'"),
  patient_identifier_ssn_hashed: set(silver("patient_identifier"), "identifier_value = null"),
  ...findings("patient_identifier", ["stop_before_start", "conflict"]),
  patient_contact_key_unique: repeat(silver("patient_contact")),
  patient_contact_has_patient: set(silver("patient_contact"), "patient_key = 'nobody'"),
  ...findings("patient_contact", ["conflict"]),
  patient_status_key_unique: repeat(silver("patient_status"), "false as is_current"),
  patient_status_dated: set(silver("patient_status"), "changed_at = null"),
  patient_status_has_patient: set(silver("patient_status"), "patient_key = 'nobody'"),
  patient_status_known: set(silver("patient_status"), "status = 'odd'"),
  patient_status_confidentiality: set(silver("patient_status"), "confidentiality = 'odd'"),
  patient_status_one_current: set(silver("patient_status"), "is_current = false"),
  ...findings("patient_status", ["transition_illegal", "conflict"]),
  risk_score_key_unique: repeat(silver("risk_score")),
  risk_score_dated: set(silver("risk_score"), "scored_at = null"),
  risk_score_has_patient: set(silver("risk_score"), "patient_key = 'nobody'"),
  ...findings("risk_score", ["after_death", "conflict"]),
  patient_risk_score_key: repeat(silver("patient_risk_score")),
  patient_risk_score_dated: set(silver("patient_risk_score"), "current_since = null"),
  patient_risk_score_previous: set(silver("patient_risk_score"), "previous_since = current_since"),
  legal_hold_key_unique: repeat(silver("legal_hold")),
  legal_hold_dated: set(silver("legal_hold"), "placed_at = null"),
  legal_hold_has_patient: set(silver("legal_hold"), "patient_key = 'nobody'"),
  ...findings("legal_hold", ["stop_before_start", "conflict"]),

  provider_key_unique: repeat(silver("provider")),
  provider_identified: set(silver("provider"), "provider_id = null"),
  ...orphan("provider_has_facility", "provider", "facility_key"),
  ...findings("provider", ["conflict"]),
  facility_key_unique: repeat(silver("facility")),
  facility_identified: set(silver("facility"), "tenant_id = null"),
  facility_latitude: set(silver("facility"), "latitude = 91"),
  facility_longitude: set(silver("facility"), "longitude = -181"),
  ...findings("facility", ["conflict"]),
  department_key_unique: repeat(silver("department")),
  department_identified: set(silver("department"), "is_derived = null"),
  ...orphan("department_has_facility", "department", "facility_key"),

  payer_key_unique: repeat(silver("payer")),
  payer_identified: set(silver("payer"), "payer_id = null"),
  ...findings("payer", ["conflict"]),
  coverage_key_unique: repeat(silver("coverage"), "'secondary' as coverage_rank", patientIs("ann")),
  coverage_has_patient: set(silver("coverage"), "patient_key = 'nobody'", alone(silver("coverage"))),
  ...orphan("coverage_has_payer", "coverage", "payer_key"),
  coverage_rank_known: set(silver("coverage"), "coverage_rank = 'third'", alone(silver("coverage"))),
  coverage_period: set(silver("coverage"), "valid_to = valid_from"),
  coverage_no_overlap: repeat(silver("coverage"), "'another' as coverage_key, false as is_current"),
  coverage_one_current: set(silver("coverage"), "is_current = false", "is_current"),
  ...findings("coverage", ["stop_before_start", "payer_unresolved", "coverage_overlap", "conflict"]),

  ...eventRules("claim"),
  ...ofEncounter("claim"),
  ...orphan("claim_has_payer", "claim", "payer_key"),
  ...orphan("claim_has_provider", "claim", "provider_key"),
  claim_type_known: set(silver("claim"), "claim_type = 'odd'"),
  ...findings("claim", [
    "claim_balance",
    "provider_unresolved",
    "payer_unresolved",
    "after_death",
    "encounter_unresolved",
    "conflict",
  ]),
  ...Object.assign(
    {},
    ...["claim_line", "payment"].map((entity) => ({
      ...eventRules(entity),
      ...ofEncounter(entity),
      ...orphan(`${entity}_has_claim`, entity, "claim_key"),
      [`${entity}_amount`]: set(silver(entity), "amount = null"),
      ...findings(entity, ["claim_unresolved", "after_death", "encounter_unresolved", "conflict"]),
    })),
  ),
  payment_type_known: set(silver("payment"), "payment_type = 'odd', paid_by = null"),
  payment_paid_by: set(silver("payment"), "paid_by = 'nobody'"),
  remittance_key_unique: repeat(silver("remittance")),
  remittance_dated: set(silver("remittance"), "posted_at = null"),
  remittance_has_patient: set(silver("remittance"), "patient_key = 'nobody'"),
  ...orphan("remittance_has_claim", "remittance", "claim_key"),
  ...orphan("remittance_has_payer", "remittance", "payer_key"),
  remittance_decision: set(silver("remittance"), "decision = 'odd'"),
  ...findings("remittance", ["claim_unresolved", "payer_unresolved", "conflict"]),

  ...eventRules("encounter", "started_at", "start_date", ""),
  encounter_type_known: set(silver("encounter"), "encounter_type = null"),
  encounter_status: set(silver("encounter"), "status = 'odd'"),
  encounter_duration: set(silver("encounter"), "duration_seconds = -1", "duration_seconds is not null"),
  encounter_duration_given: set(silver("encounter"), "duration_seconds = null", "duration_seconds is not null"),
  ...orphan("encounter_has_facility", "encounter", "facility_key"),
  ...orphan("encounter_has_department", "encounter", "department_key"),
  ...orphan("encounter_has_provider", "encounter", "provider_key"),
  ...findings("encounter", ["end_before_start", "after_death", "conflict"]),

  ...eventRules("appointment", "scheduled_start_at", "scheduled_date"),
  ...ofEncounter("appointment"),
  appointment_has_provider: set(silver("appointment"), "provider_key = null"),
  appointment_status: set(silver("appointment"), "status = 'odd'"),
  ...findings("appointment", ["out_of_order", "after_death", "encounter_unresolved", "conflict"]),

  ...identified("organization_unit"),
  ...findings("organization_unit", ["conflict"]),
  ...identified("staff"),
  staff_role_known: set(silver("staff"), "staff_role = 'odd'"),
  ...orphans("staff", "provider", "facility"),
  ...findings("staff", ["provider_unresolved", "role_unmapped", "npi_invalid", "end_before_start", "conflict"]),
  ...identified("provider_license"),
  provider_license_dated: set(silver("provider_license"), "expires_on = null"),
  ...orphans("provider_license", "provider"),
  provider_license_status: set(silver("provider_license"), "status = 'odd'"),
  ...findings("provider_license", ["end_before_start", "conflict"]),
  ...identified("provider_schedule"),
  provider_schedule_dated: set(silver("provider_schedule"), "started_at = null"),
  ...orphans("provider_schedule", "provider"),
  ...findings("provider_schedule", ["end_before_start", "value_out_of_range", "conflict"]),
  ...identified("staff_schedule"),
  staff_schedule_dated: set(silver("staff_schedule"), "start_date = null"),
  ...orphans("staff_schedule", "staff"),
  ...findings("staff_schedule", ["end_before_start", "conflict"]),
  ...identified("timesheet"),
  timesheet_dated: set(silver("timesheet"), "work_date = null"),
  ...orphans("timesheet", "staff", "staff_schedule"),
  timesheet_status: set(silver("timesheet"), "status = null"),
  timesheet_worked: set(silver("timesheet"), "worked_seconds = -1"),
  ...findings("timesheet", ["staff_schedule_unresolved", "end_before_start", "status_contradicted", "conflict"]),
  ...identified("bed"),
  ...orphans("bed", "facility"),
  ...findings("bed", ["conflict"]),
  ...identified("bed_day"),
  bed_day_dated: set(silver("bed_day"), "bed_date = null"),
  ...orphans("bed_day", "bed", "patient", "encounter"),
  bed_day_status: set(silver("bed_day"), "status = 'odd'"),
  ...findings("bed_day", ["patient_unresolved", "status_contradicted", "encounter_unresolved", "conflict"]),
  ...eventRules("encounter_location"),
  ...ofEncounter("encounter_location"),
  ...orphans("encounter_location", "bed"),
  encounter_location_duration: set(silver("encounter_location"), "duration_seconds = -1"),
  ...findings("encounter_location", [...timed, "end_before_start", "bed_unresolved", "conflict"]),
  ...identified("equipment"),
  ...orphans("equipment", "facility"),
  ...findings("equipment", ["value_out_of_range", "conflict"]),
  ...identified("equipment_usage"),
  equipment_usage_dated: set(silver("equipment_usage"), "start_date = null"),
  ...orphans("equipment_usage", "equipment", "patient", "encounter"),
  equipment_usage_duration: set(silver("equipment_usage"), "used_seconds = -1"),
  ...findings("equipment_usage", ["patient_unresolved", "end_before_start", "encounter_unresolved", "conflict"]),
  ...eventRules("satisfaction", "surveyed_at", "surveyed_date"),
  ...ofEncounter("satisfaction"),
  satisfaction_score: set(silver("satisfaction"), "score = 6"),
  ...findings("satisfaction", ["value_out_of_range", "after_death", "encounter_unresolved", "conflict"]),
  ...identified("audit_finding"),
  audit_finding_dated: set(silver("audit_finding"), "found_on = null"),
  ...orphans("audit_finding", "facility"),
  audit_finding_status: set(silver("audit_finding"), "status = 'odd'"),
  ...findings("audit_finding", ["end_before_start", "status_contradicted", "conflict"]),
  ...identified("phi_access_log"),
  phi_access_log_dated: set(silver("phi_access_log"), "accessed_at = null"),
  ...orphans("phi_access_log", "patient", "staff"),
  phi_access_log_role: set(silver("phi_access_log"), "user_role = 'odd'"),
  phi_access_log_action: set(silver("phi_access_log"), "action = 'odd'"),
  ...findings("phi_access_log", [
    "patient_unresolved",
    "user_missing",
    "role_unmapped",
    "action_unmapped",
    "purpose_missing",
    "conflict",
  ]),

  license_expiring_key: [...frozen(gold("license_expiring")), repeat(gold("license_expiring"))],
  license_expiring_known: [
    ...frozen(gold("license_expiring")),
    set(gold("license_expiring"), "provider_license_key = 'nowhere'"),
  ],
  license_expiring_days: [...frozen(gold("license_expiring")), set(gold("license_expiring"), "days_left = 61")],
  breach_key: [...frozen(gold("breach")), repeat(gold("breach"))],
  breach_incident: [...frozen(gold("breach")), set(gold("breach"), "incident_key = null")],
  breach_logged: [...frozen(gold("breach")), set(gold("breach"), "phi_access_log_key = 'nowhere'")],
  security_monitoring_counts: set(gold("security_monitoring"), "failed_login_count = attempt_count + 1"),
  security_monitoring_recent: set(gold("security_monitoring"), "last_attempt_at = as_of + interval '1 second'"),

  ...eventRules("appointment_change", "changed_at", "changed_date", "appointment_key"),
  appointment_change_has_appointment: set(silver("appointment_change"), "appointment_key = 'nowhere'"),
  appointment_change_appointment_of_patient: [
    set(silver("appointment"), `patient_key = (select max(patient_key) from ${silver("patient")})`),
  ],
  appointment_change_from: set(silver("appointment_change"), "from_status = 'odd'"),
  appointment_change_to: set(silver("appointment_change"), "to_status = 'odd'"),
  appointment_change_continues: repeat(
    silver("appointment_change"),
    "'another' as appointment_change_key, 'in_progress' as from_status",
  ),
  appointment_change_agrees: set(silver("appointment"), "status = 'cancelled'"),
  ...findings("appointment_change", [
    "terminal_status_left",
    "transition_illegal",
    "after_death",
    "appointment_unresolved",
    "conflict",
  ]),

  concept_key: repeat(silver("concept")),
  concept_identified: set(silver("concept"), "code = null"),
  ...findings("concept", ["conflict"]),
  ...Object.assign(
    {},
    ...["condition", "procedure", "allergy"].map((entity) => ({
      ...eventRules(entity),
      ...ofEncounter(entity),
      ...endsFirst(entity),
      ...findings(entity, timed),
    })),
  ),
  ...eventRules("prescription"),
  ...ofEncounter("prescription"),
  prescription_period: set(silver("prescription"), "is_period_valid = false", "is_period_valid"),
  ...orphan("prescription_has_prescriber", "prescription", "prescriber_key"),
  ...findings("prescription", [...timed, "stop_before_start", "prescriber_unresolved"]),
  ...eventRules("immunization", "given_at", "given_date"),
  ...ofEncounter("immunization"),
  ...findings("immunization", timed),
  ...eventRules("imaging_study", "performed_at", "performed_date"),
  ...ofEncounter("imaging_study"),
  imaging_study_identified: set(silver("imaging_study"), "study_key = null"),
  ...findings("imaging_study", [...timed, "conflict"]),
  ...eventRules("lab_order", "ordered_at", "ordered_date"),
  ...ofEncounter("lab_order"),
  lab_order_status: set(silver("lab_order"), "status = 'odd'"),
  ...orphan("lab_order_has_provider", "lab_order", "provider_key"),
  ...findings("lab_order", [...timed, "author_unresolved", "out_of_order", "conflict"]),
  ...eventRules("medication_administration", "occurred_at", "occurred_date"),
  ...ofEncounter("medication_administration"),
  medication_administration_status: set(silver("medication_administration"), "status = 'odd'"),
  ...findings("medication_administration", [...timed, "value_missing", "conflict"]),
  ...eventRules("radiology_report", "reported_at", "reported_date"),
  ...ofEncounter("radiology_report"),
  radiology_report_status: set(silver("radiology_report"), "status = 'odd'"),
  ...orphan("radiology_report_has_study", "radiology_report", "study_key"),
  ...findings("radiology_report", [...written, "study_unresolved", "out_of_order", "value_missing"]),
  ...eventRules("document", "written_at", "written_date"),
  document_key: repeat(silver("document"), "false as is_current"),
  ...ofEncounter("document"),
  document_status: set(silver("document"), "status = 'odd'"),
  document_identified: set(silver("document"), "search_text = null"),
  document_version: set(silver("document"), "version = 0"),
  document_one_current: set(silver("document"), "is_current = false", "is_current"),
  ...findings("document", [...written, "out_of_order", "value_missing", "signature_missing"]),
  ...eventRules("infection", "diagnosed_at", "diagnosed_date"),
  ...ofEncounter("infection"),
  ...findings("infection", [...timed, "conflict"]),
  ...Object.assign(
    {},
    ...["adverse_event", "medication_error"].map((entity) => ({
      ...eventRules(entity, "occurred_at", "occurred_date"),
      ...ofEncounter(entity),
      ...findings(entity, [...timed, "out_of_order", "conflict"]),
    })),
  ),
  ...observed("lab_result"),
  lab_result_has_patient: set(
    silver("lab_result"),
    "patient_key = 'nobody', encounter_key = null, lab_order_key = null",
    "lab_order_key is null",
  ),
  lab_result_status: set(silver("lab_result"), "status = 'odd'"),
  lab_result_flag: set(silver("lab_result"), "flag_computed = 'odd'"),
  lab_result_range_source: set(silver("lab_result"), "range_source = 'odd'", "range_source is not null"),
  lab_result_range: set(silver("lab_result"), "range_source = null", "range_source is not null"),
  ...orphan("lab_result_has_order", "lab_result", "lab_order_key"),
  ...orphan("lab_result_has_provider", "lab_result", "provider_key"),
  lab_result_lab_order_of_patient: set(
    silver("lab_order"),
    `patient_key = (select max(patient_key) from ${silver("patient")}), encounter_key = null`,
  ),
  ...findings("lab_result", ["author_unresolved", "out_of_order", "lab_order_unresolved", "conflict"]),
  ...observed("vital_sign"),
  ...observed("observation"),
  ...findings("observation", ["conflict"]),

  patient_event_key: repeat(silver("patient_event")),
  patient_event_dated: set(silver("patient_event"), "event_at = null"),
  // Wrong in the entity too: else the timeline is not complete either.
  patient_event_has_patient: ["patient_event", "allergy"].map((table) =>
    set(silver(table), "patient_key = 'nobody'", table === "allergy" ? "true" : "event_type = 'allergy'"),
  ),
  patient_event_complete: set(
    silver("patient_event"),
    `patient_key = (select max(patient_key) from ${silver("patient")} where patient_key <> patient_event.patient_key)`,
  ),
  finding_key: repeat(silver("finding")),
  finding_severity: set(silver("finding"), "severity = 'error'"),

  kpi_part_once: repeat(gold("kpi_part")),
  ...figures("kpi_daily"),
  ...figures("kpi_monthly"),
  dim_patient_key: repeat(gold("dim_patient")),
  dim_patient_complete: lose(gold("dim_patient")),
  dim_patient_known: repeat(gold("dim_patient"), "'nobody' as patient_key"),
  dim_patient_age: set(gold("dim_patient"), "age_years = -1"),
  dim_patient_status: set(gold("dim_patient"), "status = 'odd'"),
  ...periods("dim_patient_version", gold("dim_patient_version"), ", 'another' as patient_version_key"),
  ...periods("patient_facility", gold("patient_facility"), ", 'another' as patient_facility_key"),
  patient_facility_key: set(gold("patient_facility"), "patient_facility_key = null"),
  patient_facility_known: set(gold("patient_facility"), "facility_key = 'nowhere'"),
  patient_facility_has_patient: set(
    gold("patient_facility"),
    "patient_key = 'nobody'",
    alone(gold("patient_facility")),
  ),
  patient_facility_has_encounter: set(gold("patient_facility"), "encounter_key = 'nothing'"),
  dim_patient_version_key: set(gold("dim_patient_version"), "patient_version_key = null"),
  dim_patient_version_complete: lose(gold("dim_patient_version")),
  dim_patient_version_status: set(gold("dim_patient_version"), "status = 'odd'"),
  patient_360_key: repeat(gold("patient_360")),
  patient_360_complete: lose(gold("patient_360"), "event_count = 0"),
  patient_360_counts: set(gold("patient_360"), "encounter_count = -1, event_count = -1", "event_count = 0"),
  patient_360_event_dates: set(gold("patient_360"), "first_event_date = last_event_date + 1", "event_count > 0"),
  patient_360_adds_up: set(gold("patient_360"), "event_count = event_count + 1"),
  patient_360_quarantine_adds_up: set(gold("patient_360"), "quarantined_count = null"),
  patient_timeline_patients: [...frozen(timeline), lose(timeline, "event_key is null")],
  patient_timeline_complete: [...frozen(timeline), lose(timeline, hasEvents)],
  patient_timeline_once: [...frozen(timeline), repeat(timeline, "cast(null as varchar) as event_key", hasEvents)],
  current_medications_complete: lose(gold("current_medications"), "prescription_key is null"),
  current_medications_once: repeat(gold("current_medications"), "", "prescription_key is not null"),
  current_medications_begun: set(
    gold("current_medications"),
    "started_at = as_of + interval '1 second'",
    "prescription_key is not null",
  ),
  current_medications_not_ended: set(gold("current_medications"), "stopped_at = as_of", "prescription_key is not null"),
  current_medications_alive: set(
    silver("patient"),
    "death_date = date '2024-06-30'",
    `patient_key in (select patient_key from ${gold("current_medications")} where prescription_key is not null)`,
  ),
  labs_last_6_months_complete: lose(gold("lab_trend"), "lab_result_key is null"),
  labs_last_6_months_once: repeat(gold("lab_trend"), "", "lab_result_key is null"),
  labs_last_6_months_before_as_of: set(gold("lab_trend"), "observed_at = null", "lab_result_key is not null"),
  labs_last_6_months_recency: set(gold("lab_trend"), "recency = 0", "lab_result_key is not null"),
  fct_lab_result_key: repeat(gold("fct_lab_result")),
  fct_lab_result_complete: lose(gold("fct_lab_result")),
  fct_lab_result_has_patient: set(gold("fct_lab_result"), "patient_key = 'nobody'"),
  fct_lab_result_turnaround: set(gold("fct_lab_result"), "turnaround_hours = -1", "turnaround_hours is not null"),
  fct_lab_result_turnaround_reason: set(gold("fct_lab_result"), "turnaround_hours = 1", "turnaround_hours is null"),
  critical_lab_key: repeat(gold("critical_lab")),
  critical_lab_complete: lose(gold("critical_lab")),
  critical_lab_direction: set(gold("critical_lab"), "direction = 'odd'"),
  critical_lab_flagged_by: set(gold("critical_lab"), "flagged_by = 'odd'"),
  critical_lab_status: set(
    gold("critical_lab"),
    "notification_status = 'odd', is_never_notified = false",
    "is_never_notified",
  ),
  critical_lab_minutes: set(
    gold("critical_lab"),
    "minutes_to_notification = -1",
    "minutes_to_notification is not null",
  ),
  critical_lab_never_notified: set(gold("critical_lab"), "is_never_notified = null"),
  ...Object.fromEntries(
    ["facility", "department", "provider"].flatMap((of) => [
      [`dim_${of}_key`, repeat(gold(`dim_${of}`))],
      [`dim_${of}_complete`, lose(gold(`dim_${of}`))],
    ]),
  ),
  dim_facility_has_region: set(gold("dim_facility"), "region_key = 'nowhere'"),
  dim_department_has_facility: set(gold("dim_department"), "facility_key = 'nowhere'"),
  dim_provider_has_facility: set(gold("dim_provider"), "facility_key = 'nowhere'"),
  dim_region_key: repeat(gold("dim_region")),
  dim_region_facilities: set(gold("dim_region"), "facility_count = 0"),
  dim_diagnosis_key: repeat(gold("dim_diagnosis")),
  dim_date_key: repeat(gold("dim_date")),
  dim_date_weekday: set(gold("dim_date"), "day_of_week = 8"),
  dim_payer_key: repeat(gold("dim_payer")),
  dim_payer_complete: lose(gold("dim_payer")),
  fct_claim_key: repeat(gold("fct_claim")),
  fct_claim_complete: lose(gold("fct_claim")),
  fct_claim_person: set(gold("fct_claim"), "person_id = null"),
  fct_claim_has_payer: set(gold("fct_claim"), "payer_key = 'nowhere'"),
  fct_claim_charge_explained: set(gold("fct_claim"), "balance_reason = null", "charge_usd is null"),
  fct_claim_decision_explained: set(gold("fct_claim"), "decision_reason = null", "decision is null"),
  fct_claim_adds_up: set(gold("fct_claim"), "paid_usd = paid_usd + 1", "charge_usd is not null"),
  fct_prescription_key: repeat(gold("prescription_cost")),
  fct_prescription_complete: lose(gold("prescription_cost")),
  fct_prescription_person: set(gold("prescription_cost"), "person_id = null"),
  fct_prescription_duration: set(gold("prescription_cost"), "duration_days = -1"),
  fct_appointment_key: repeat(gold("fct_appointment")),
  fct_appointment_complete: lose(gold("fct_appointment")),
  fct_appointment_person: set(gold("fct_appointment"), "person_id = null"),
  fct_appointment_wait: set(gold("fct_appointment"), "wait_minutes = -1"),
  retention_key: repeat(gold("retention")),
  retention_complete: lose(gold("retention")),
  retention_explained: set(gold("retention"), "retain_reason = null", "retain_until is null"),
  retention_hold_explained: set(gold("retention"), "hold_reason = 'odd'", "hold_count is not null"),
  retention_tier: set(gold("retention"), "tier = 'cold'"),
  retention_held: set(gold("retention"), "is_destroyable = true", "not is_due"),
  retention_minor: set(gold("retention"), "retain_until = majority_date", "retain_until is not null"),
  // Nobody of the ward is so long gone that it would hold anything.
  destruction_manifest_key: [destroyable, listed(1), listed(1)],
  destruction_manifest_rows: [destroyable, listed(0)],
  destruction_manifest_destroyable: listed(1),
  fct_encounter_key: repeat(gold("fct_encounter")),
  fct_encounter_complete: lose(gold("fct_encounter")),
  fct_encounter_person: set(gold("fct_encounter"), "person_id = null"),
  fct_encounter_has_patient: set(gold("fct_encounter"), "patient_key = 'nobody'"),
  fct_encounter_duration: set(gold("fct_encounter"), "duration_hours = -1"),
  fct_encounter_paid: set(gold("fct_encounter"), "patient_paid_usd = 1", "patient_paid_usd is null"),

  stay_encounter_key: repeat(gold("stay_encounter")),
  stay_encounter_has_stay: set(gold("stay_encounter"), "stay_key = 'nowhere'"),
  stay_encounter_period: set(gold("stay_encounter"), "discharged_at = admitted_at - interval '1 second'"),
  stay_unique: [
    ...["stay_encounter", "stay"].map((table) => repeat(gold(table), "", "admission_date = date '2024-04-01'")),
    set(gold("stay"), "admitted_at = discharged_at + interval '1 second'", "admission_date = date '2024-04-01'"),
  ],
  stay_person: set(gold("stay"), "person_id = null"),
  stay_apart: set(gold("stay"), "admitted_at = timestamp '2024-01-07 04:30:00'", "admission_date = date '2024-02-05'"),
  stay_adds_up: lose(gold("stay_encounter")),
  stay_length: set(gold("stay"), "los_midnights = 0", "is_completed"),
  length_of_stay_adds_up: lose(gold("length_of_stay")),
  length_of_stay_counts: set(gold("length_of_stay"), "death_count = stay_count + 1"),
  readmission_key: repeat(gold("readmission")),
  readmission_has_stay: set(gold("readmission"), "stay_key = 'nowhere'"),
  readmission_days: set(gold("readmission"), "days_to_next_stay = -1"),
  readmission_exclusion: set(gold("readmission"), "exclusion_reason = 'odd'", "not is_index"),
  readmission_denominator: set(gold("readmission"), "is_index = not is_index"),
  readmission_planned_explained: set(gold("readmission"), "planned_reason = null", "is_planned is null"),
  readmission_definitions: set(
    gold("readmission"),
    "is_readmitted_all_admissions = false",
    "is_readmitted_inpatient_only",
  ),
  readmission_rate_counts: set(gold("readmission_rate"), "readmission_count = index_stay_count + 1"),
  readmission_rate_explained: set(gold("readmission_rate"), "rate_reason = 'odd'", "readmission_rate is not null"),
  readmission_rate_adds_up: lose(gold("readmission_rate"), "definition = 'inpatient_only'"),
  vital_daily_average_between: set(gold("vital_daily"), "value_least = value_greatest + 1"),
  vital_daily_counted: set(gold("vital_daily"), "value_count = 0"),
  chronic_condition_key: repeat(gold("chronic_condition")),
  chronic_condition_known: set(gold("chronic_condition"), "condition_name = 'odd'"),
  chronic_condition_dates: set(gold("chronic_condition"), "last_date = first_date - 1"),
  preventive_care_key: repeat(gold("preventive_care")),
  preventive_care_explained: set(gold("preventive_care"), "status_reason = 'odd'", "status_reason is null"),
  mortality_key: set(gold("mortality"), "month = date '2024-01-01'", "month = date '2024-02-01'"),
  mortality_explained: set(gold("mortality"), "in_hospital_mortality = null", "mortality_reason is null"),
  mortality_discharges_add_up: set(gold("mortality"), "discharge_count = discharge_count + 1"),
  treatment_outcome_key: repeat(gold("treatment_outcome")),
  treatment_outcome_explained: set(gold("treatment_outcome"), "rate_reason = 'odd'", "rate_reason is null"),
  treatment_outcome_admissions_explained: set(
    gold("treatment_outcome"),
    "admission_reason = 'odd'",
    "admission_reason is null",
  ),
  treatment_outcome_counts: set(gold("treatment_outcome"), "followed_count = procedure_count + 1"),
  ml_readmission_features_key: repeat(gold("ml_readmission_features")),
  ml_readmission_features_has_stay: set(gold("ml_readmission_features"), "stay_key = 'nowhere'"),
  ml_readmission_features_explained: set(
    gold("ml_readmission_features"),
    "lace_reason = 'odd'",
    "lace_score is not null",
  ),
  ml_readmission_features_lace: set(gold("ml_readmission_features"), "lace_score = 20", "lace_score is not null"),
  patient_search_number_key: repeat(gold("patient_search_number")),
  patient_search_number_complete: lose(gold("patient_search_number")),
  patient_search_key: repeat(gold("patient_search")),
  patient_search_complete: lose(gold("patient_search")),
  patient_search_name: set(gold("patient_search"), "search_name = null"),
  patient_metrics_key: repeat(gold("patient_metrics"), "0 as stay_count, 0 as alert_count"),
  patient_metrics_complete: lose(gold("patient_metrics"), "stay_count = 0 and alert_count = 0"),
  patient_metrics_stays_add_up: set(gold("patient_metrics"), "stay_count = stay_count + 1"),
  patient_metrics_alerts_add_up: set(gold("patient_metrics"), "alert_count = alert_count + 1"),
  encounter_summary_key: repeat(gold("encounter_summary")),
  encounter_summary_until_as_of: set(gold("encounter_summary"), "started_at = as_of + interval '1 second'"),
  patient_as_of_period: [
    ...frozen(gold("patient_as_of")),
    set(gold("patient_as_of"), "valid_to = valid_from", "fact_type = 'encounter'"),
  ],
  patient_as_of_no_overlap: [
    ...frozen(gold("patient_as_of")),
    repeat(gold("patient_as_of"), "", "fact_type = 'status'"),
  ],
  ...Object.assign(
    {},
    ...["interaction", "duplicate_therapy", "allergy_conflict", "age_warning"].map((type) => ({
      [`alert_${type}_key`]: repeat(gold(`alert_${type}`)),
      [`alert_${type}_severity`]: set(gold(`alert_${type}`), "severity = null"),
      [`alert_${type}_is_current`]: set(gold(`alert_${type}`), "prescription_key = 'past'"),
    })),
  ),
  ...Object.assign({}, ...["patient", "encounter", "facility", "provider"].map(drawn)),
  crosswalk_patient_shift: set(crosswalk("patient"), "shift_days = 0"),
  subject_key: repeat(crosswalk("subject")),
  subject_complete: lose(crosswalk("subject")),
  subject_given: set(crosswalk("subject"), "shift_days = null"),
  subject_years: set(crosswalk("subject"), "has_years = not has_years"),
  ...Object.assign(
    {},
    ...["safe_harbor", "shifted_dates"].map((output) => ({
      [`${output}_person_key`]: shown(output, "person", (view) => repeat(view)),
      [`${output}_person_drawn`]: shown(output, "person", (view) => set(view, "person_id = 'somebody'")),
    })),
  ),
  ...pooled("person", "death", "encounter", "condition", "procedure", "prescription", "allergy"),
  ...pooled("immunization", "lab_result", "vital_sign", "observation"),
  safe_harbor_person_zip3: shown("safe_harbor", "person", (view) => set(view, "zip3 = '036'")),
  current_ingredient_key: repeat(gold("current_ingredient")),
  current_ingredient_is_current: set(gold("current_ingredient"), "prescription_key = 'past'"),
  medication_ingredient_key: repeat(gold("medication_ingredient")),
  icd_comorbidity_key: repeat(gold("icd_comorbidity")),
  admission_comorbidity_key: repeat(gold("admission_comorbidity")),
  ...Object.assign(
    {},
    ...["charlson", "elixhauser"].map((index) => ({
      [`${index}_key`]: repeat(gold(index)),
      [`${index}_has_encounter`]: set(gold(index), "encounter_key = 'nowhere'"),
      [`${index}_explained`]: set(gold(index), "score_reason = null", `${index}_score is null`),
      [`${index}_range`]: set(gold(index), `${index}_score = 99`, `${index}_score is not null`),
    })),
  ),
  event_outbox_key: repeat(gold("event_outbox"), "1000000 as sequence"),
  event_outbox_sequence: repeat(gold("event_outbox"), "'another' as event_id"),
  event_outbox_type: set(gold("event_outbox"), "event_type = 'patient.forgotten'"),
  event_outbox_has_entity: set(gold("event_outbox"), "entity_key = 'nowhere'", "entity = 'encounter'"),
  event_outbox_every_patient: `delete from ${gold("event_outbox")} where ${patientIs("dot")}`,
  fhir_patient_complete: [...frozen(gold("fhir_patient")), lose(gold("fhir_patient"))],
  ...Object.fromEntries(
    ["patient", "organization", "location", "diagnostic_report", "document_reference", "claim"].map((resource) => [
      `fhir_${resource}_key`,
      [...frozen(gold(`fhir_${resource}`)), repeat(gold(`fhir_${resource}`))],
    ]),
  ),
};

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ gold: true });
  await hospital.land({ id: "one", files: files(ward) });
  await hospital.land({ id: "two", files: files(clinic) });
  await hospital.land({ id: "lists", source: "csv", files: { reference_acute_diagnosis: "CODE\nI21.4\nJ18.9\n" } });
  await hospital.land({ id: "three", files: files({ mimic_d_hcpcs: [{ CODE: "G0378", LONG_DESCRIPTION: "Stay" }] }) });
  await hospital.refresh({ asOf });
});
afterAll(() => hospital[Symbol.asyncDispose]());

/** Failing rows by rule, as the runner counts them, after statements that are undone. */
async function failing(assertion: Assertion, statements: readonly string[] = []): Promise<Record<string, number>> {
  const rows = await hospital.tried(
    statements,
    `select rule, count(*) as n from (${assertion.query}) group by all order by all`,
  );
  return Object.fromEntries(rows.map(({ rule, n }) => [String(rule), Number(n)]));
}

describe("declared rules", () => {
  it("find nothing on sound tables but what is known of them", async () => {
    const all = Object.assign({}, ...(await Promise.all(assertions.map((assertion) => failing(assertion)))));
    expect(all).toEqual({
      coverage_stop_before_start: 1,
      encounter_end_before_start: 1,
      lab_result_unit_unknown: 1,
      lab_result_value_out_of_range: 1,
      prescription_stop_before_start: 1,
      vital_sign_value_out_of_range: 1,
    });
  });

  it("are all here, each with what breaks it", () => {
    const declared = assertions.flatMap(({ rules }) => rules).sort();
    expect(new Set(declared).size).toBe(declared.length);
    expect(Object.keys(wrong).sort()).toEqual(declared);
  });

  for (const assertion of assertions) {
    it.each(assertion.rules)("%s finds what breaks it, and no other rule does", async (rule) => {
      const before = await failing(assertion);
      const statements = wrong[rule] ?? [];
      const after = await failing(assertion, typeof statements === "string" ? [statements] : statements);
      const more = Object.keys({ ...before, ...after }).filter((name) => (after[name] ?? 0) !== (before[name] ?? 0));
      expect(more).toEqual([rule]);
      expect(after[rule]).toBeGreaterThan(before[rule] ?? 0);
    });
  }
});

describe("findings", () => {
  it("are declared for each flag that a model can raise, and for no other", () => {
    // These need other rows beside the row itself.
    const raised: string[] = [
      "patient_duplicate_patient",
      "coverage_coverage_overlap",
      "claim_claim_balance",
      "patient_status_transition_illegal",
    ];
    for (const action of actions) {
      if (action.kind !== "incremental" || !action.target.name.endsWith("_VERDICT")) continue;
      const entity = action.target.name.slice(0, -"_VERDICT".length).toLowerCase();
      // What one file says twice of an address it says twice of its patient.
      if (entity === "patient_address") continue;
      raised.push(`${entity}_absent_from_snapshot`);
      const judged = /as broken_rules,([\s\S]*?)as broken_flags/.exec(action.query)?.[1] ?? "";
      for (const [, flag] of judged.matchAll(/then ',(\w+)'/g)) raised.push(`${entity}_${flag}`);
      if (action.query.includes("then ',conflict'")) raised.push(`${entity}_conflict`);
    }
    const declared = assertions
      .filter(({ target }) => target.name.endsWith("_FINDING") && !/^SILVER_(AUDIT_)?FINDING$/.test(target.name))
      .flatMap(({ rules }) => rules);
    expect([...declared].sort()).toEqual(raised.sort());
  });
});

describe("accounting", () => {
  it("breaks by each identity where rows are lost on its way", async () => {
    const broken = async (...statements: readonly string[]) => {
      const rows = await hospital.tried(
        statements,
        `select distinct identity from ${silver("accounting")} where left_count is distinct from right_count order by 1`,
      );
      return rows.map(({ identity }) => identity);
    };
    const raw = (table: string) => `"EHR".RAW."${table.toUpperCase()}"`;
    const landed = raw("synthea_allergies");
    expect(await broken()).toEqual([]);
    expect(await broken(set(raw("loaded_file"), "record_count = record_count + 1"))).toEqual(["file"]);
    expect(await broken(`insert into ${landed} select * from ${landed}`)).toEqual(["bronze", "file"]);
    expect(await broken(`delete from ${silver("batch_count")}`)).toEqual(["bronze", "disposition", "routed"]);
    expect(await broken(lose(silver("allergy_verdict")))).toEqual(["disposition", "entity", "routed"]);
    expect(await broken(set(silver("allergy_verdict"), "disposition = null"))).toEqual(["disposition", "entity"]);
    expect(await broken(lose(silver("patient_event")))).toEqual(["entity"]);
    expect(await broken(lose(silver("patient_xref")))).toEqual(["entity"]);
    expect(await broken(lose(silver("lab_result")))).toEqual(["entity"]);
  });
});
