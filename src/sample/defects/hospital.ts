/** Defects of what the hospital delivers of its patients beside Synthea's tables. */
import type { Entity } from "../chart.js";
import type { AnyRow, Table } from "../tables.js";
import { type Kind, kindsOf } from "./kind.js";
import { after, before, but, butAlone, later, makers, others, unknown } from "./makers.js";
import { eventKinds, inEncounter } from "./synthea.js";

const HOUR = 3600;
const DAY = 86_400;

const of = (entity: Entity, table: Table, prefix?: string) =>
  kindsOf(entity, table, makers.exactDuplicate, prefix === undefined ? {} : { prefix });

const reworded = (column: string) => before((host) => ({ [column]: `${host[column] ?? ""} (draft)` }));

/** Of an event of a patient in a visit, with an id: what all of them share. `worded`: a column that can be told otherwise. */
function visited(entity: Entity, table: Table, worded: string, prefix?: string): readonly Kind[] {
  const kind = of(entity, table, prefix);
  return [
    ...eventKinds(entity, table, prefix),
    ...inEncounter(entity, table, prefix),
    kind.quarantined("no_id", "key_missing", makers.noId),
    kind.conflict(reworded(worded)),
  ];
}

/** What a register says of a patient: no event, so that nothing is asked about its time but that it has one. */
function registered(entity: Entity, table: Table, worded: string): readonly Kind[] {
  const kind = of(entity, table);
  return [
    kind.quarantined("orphan_patient", "patient_unresolved", makers.orphanPatient),
    kind.quarantined("no_id", "key_missing", makers.noId),
    kind.duplicate(),
    kind.conflict(reworded(worded)),
  ];
}

const outside = (entity: Entity, table: Table) =>
  of(entity, table).flagged("outside_encounter", "outside_encounter", makers.outsideEncounter);

/** Reported before it happened. */
const reportedBefore = (entity: Entity, table: Table) =>
  of(entity, table).flagged("out_of_order", "out_of_order", but(after("REPORTED_AT", "OCCURRED_AT", -HOUR)));

const identifier = of("patient_identifier", "patient_identifiers");
const status = of("patient_status", "patient_statuses");
const score = of("risk_score", "risk_scores");
const hold = of("legal_hold", "legal_holds");
const decision = kindsOf("identity_decision", "identity_decisions", makers.exactDuplicate, { from: "patients" });
const change = of("appointment_change", "appointment_changes");
const place = of("encounter_location", "encounter_locations");
const use = of("equipment_usage", "equipment_usage");
const remittance = of("remittance", "remittances");
const order = of("lab_order", "lab_orders");
const report = of("lab_result", "lab_reports", "lab_report");
const monitored = of("vital_sign", "device_vitals", "device_vital");
const dose = of("medication_administration", "medication_administrations");
const reading = of("radiology_report", "radiology_reports");
const document = of("document", "documents");
const survey = of("satisfaction", "satisfaction");
const access = of("phi_access_log", "access_log");

/** What somebody decided of two patients; made from a patient, because sound decisions are rare. */
const decided = (change: Readonly<Record<string, string>> | ((host: AnyRow) => AnyRow)) =>
  but((host, { random, others: known }) => {
    const other = known.get("patients");
    const row = {
      ID: random.uuid(),
      PATIENT: host.Id,
      OTHER_PATIENT: other,
      DECISION: "link",
      DECIDED_AT: "2025-06-02T14:00:00Z",
      DECIDED_BY: "registration",
    };
    return other === undefined ? undefined : { ...row, ...(typeof change === "function" ? change(host) : change) };
  });

export const hospitalKinds: readonly Kind[] = [
  identifier.quarantined("orphan_patient", "patient_unresolved", makers.orphanPatient),
  identifier.quarantined("no_value", "key_missing", but({ VALUE: "" })),
  identifier.quarantined("unknown_kind", "status_unmapped", but({ KIND: "library_card" })),
  identifier.duplicate(),
  identifier.conflict(before({ VALID_FROM: "2001-01-01" })),
  identifier.flagged(
    "stop_before_start",
    "stop_before_start",
    but((host) => ({ VALID_TO: host.VALID_FROM })),
  ),
  ...registered("patient_contact", "patient_contacts", "EMAIL"),
  ...registered("patient_status", "patient_statuses", "LANGUAGE"),
  status.quarantined("bad_date", "event_time_missing", makers.badDate),
  status.quarantined("unknown_status", "status_unmapped", but({ STATUS: "missing" })),
  // Nobody comes back from death, and who has gone to another hospital does not fall asleep here.
  status.flagged(
    "illegal",
    "transition_illegal",
    but((host, { chart }) => {
      const isLast = chart.of("patient_statuses").at(-1)?.row === host;
      const canFollow = host.STATUS === "deceased" || host.STATUS === "transferred";
      return isLast && canFollow ? { STATUS: "inactive", CHANGED_AT: later(host.CHANGED_AT, 60) } : undefined;
    }),
  ),
  ...eventKinds("risk_score", "risk_scores"),
  score.quarantined("no_id", "key_missing", makers.noId),
  score.conflict(reworded("SCORE_NAME")),
  ...registered("legal_hold", "legal_holds", "REASON"),
  hold.quarantined("bad_date", "event_time_missing", makers.badDate),
  hold.flagged(
    "stop_before_start",
    "stop_before_start",
    but((host) => ({ LIFTED_AT: later(host.PLACED_AT, -DAY) })),
  ),
  decision.quarantined("orphan_patient", "patient_unresolved", decided({ OTHER_PATIENT: "nobody" })),
  decision.quarantined("bad_date", "event_time_missing", decided({ DECIDED_AT: "unknown" })),
  decision.quarantined("unknown_decision", "status_unmapped", decided({ DECISION: "perhaps" })),
  decision.quarantined("no_id", "key_missing", decided({ ID: "" })),
  decision.quarantined(
    "same_patient",
    "same_patient",
    decided((host) => ({ OTHER_PATIENT: host.Id })),
  ),
  ...eventKinds("appointment_change", "appointment_changes"),
  change.quarantined("no_id", "key_missing", makers.noId),
  change.conflict(reworded("REASON")),
  change.quarantined("unknown_status", "status_unmapped", but({ TO_STATUS: "waitlist" })),
  change.quarantined("other_appointment", "appointment_other_patient", but(others("APPOINTMENT", "appointments"))),
  change.flagged("unknown_appointment", "appointment_unresolved", but(unknown("APPOINTMENT"))),
  change.flagged("after_the_end", "terminal_status_left", but({ FROM_STATUS: "completed", TO_STATUS: "scheduled" })),
  change.flagged("illegal", "transition_illegal", but({ FROM_STATUS: "scheduled", TO_STATUS: "completed" })),
  ...visited("encounter_location", "encounter_locations", "DEPARTMENT"),
  outside("encounter_location", "encounter_locations"),
  place.flagged("end_before_start", "end_before_start", but(after("STOP", "START", -HOUR))),
  place.flagged("unknown_bed", "bed_unresolved", but(unknown("BED"))),
  use.quarantined("unknown_equipment", "equipment_unresolved", but(unknown("EQUIPMENT"))),
  use.quarantined("bad_date", "event_time_missing", makers.badDate),
  use.quarantined("no_id", "key_missing", makers.noId),
  use.duplicate(),
  use.flagged("orphan_patient", "patient_unresolved", makers.orphanPatient),
  ...inEncounter("equipment_usage", "equipment_usage"),
  use.flagged("end_before_start", "end_before_start", but(after("STOP", "START", -HOUR))),
  ...registered("remittance", "remittances", "REASON_CODE"),
  remittance.quarantined("bad_date", "event_time_missing", makers.badDate),
  remittance.quarantined("unknown_decision", "status_unmapped", but({ DECISION: "pended" })),
  remittance.quarantined("other_claim", "claim_other_patient", but(others("CLAIM", "claims"))),
  remittance.flagged("unknown_claim", "claim_unresolved", but(unknown("CLAIM"))),
  remittance.flagged("unknown_payer", "payer_unresolved", but(unknown("PAYER"))),
  ...visited("lab_order", "lab_orders", "DESCRIPTION"),
  outside("lab_order", "lab_orders"),
  order.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  order.flagged("out_of_order", "out_of_order", but(after("COLLECTED_AT", "ORDERED_AT", -HOUR))),
  order.flagged("unknown_author", "author_unresolved", but(unknown("PROVIDER"))),
  ...visited("lab_result", "lab_reports", "DESCRIPTION", "lab_report"),
  report.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  report.quarantined("other_order", "lab_order_other_patient", but(others("LAB_ORDER", "lab_orders"))),
  report.flagged("unknown_order", "lab_order_unresolved", butAlone(unknown("LAB_ORDER"))),
  // Somebody was told of it before it was known.
  report.flagged(
    "out_of_order",
    "out_of_order",
    but((host) => (host.FLAG === "N" ? { NOTIFIED_AT: later(host.RESULTED_AT, -HOUR) } : undefined)),
  ),
  report.flagged("no_value", "value_missing", but({ VALUE: "" })),
  report.flagged("unknown_unit", "unit_unknown", but({ UNITS: "furlong" })),
  report.flagged("implausible", "value_out_of_range", but({ VALUE: "99999" })),
  ...eventKinds("vital_sign", "device_vitals", "device_vital"),
  ...inEncounter("vital_sign", "device_vitals", "device_vital"),
  monitored.flagged("outside_encounter", "outside_encounter", makers.outsideEncounter),
  monitored.flagged("no_value", "value_missing", but({ VALUE: "" })),
  monitored.flagged("unknown_unit", "unit_unknown", but({ UNITS: "furlong" })),
  monitored.flagged("implausible", "value_out_of_range", but({ VALUE: "9999" })),
  ...visited("medication_administration", "medication_administrations", "ROUTE"),
  outside("medication_administration", "medication_administrations"),
  dose.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  dose.flagged(
    "no_dose",
    "value_missing",
    but((host) => (host.STATUS === "given" ? { DOSE: "" } : undefined)),
  ),
  ...visited("radiology_report", "radiology_reports", "TEXT"),
  reading.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  reading.quarantined("other_study", "study_other_patient", but(others("IMAGING_STUDY", "imaging_studies"))),
  reading.flagged("unknown_study", "study_unresolved", but(unknown("IMAGING_STUDY"))),
  reading.flagged("no_text", "value_missing", but({ TEXT: "" })),
  reading.flagged("out_of_order", "out_of_order", but(after("REPORTED_AT", "UPDATED_AT", -2 * DAY))),
  reading.flagged("unknown_author", "author_unresolved", but(unknown("PROVIDER"))),
  ...visited("document", "documents", "TITLE"),
  document.quarantined("no_version", "document_missing", but({ VERSION: "" })),
  document.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  document.flagged("out_of_order", "out_of_order", but(after("SIGNED_AT", "WRITTEN_AT", -HOUR))),
  document.flagged("no_text", "value_missing", but({ TEXT: "" })),
  document.flagged(
    "no_signature",
    "signature_missing",
    but((host) => (host.STATUS === "signed" ? { SIGNER: "" } : undefined)),
  ),
  document.flagged("unknown_author", "author_unresolved", but(unknown("PROVIDER"))),
  ...visited("infection", "infections", "ORGANISM"),
  outside("infection", "infections"),
  ...visited("adverse_event", "adverse_events", "CATEGORY"),
  outside("adverse_event", "adverse_events"),
  reportedBefore("adverse_event", "adverse_events"),
  ...visited("medication_error", "medication_errors", "STAGE"),
  outside("medication_error", "medication_errors"),
  reportedBefore("medication_error", "medication_errors"),
  ...visited("satisfaction", "satisfaction", "QUESTION"),
  survey.flagged("implausible", "value_out_of_range", but({ SCORE: "9" })),
  access.quarantined("bad_date", "event_time_missing", makers.badDate),
  access.quarantined("no_id", "key_missing", makers.noId),
  access.duplicate(),
  access.conflict(reworded("AGENT")),
  access.flagged("orphan_patient", "patient_unresolved", makers.orphanPatient),
  access.flagged("no_user", "user_missing", but({ USER_ID: "" })),
  access.flagged("unknown_role", "role_unmapped", but({ USER_ROLE: "volunteer" })),
  access.flagged("unknown_action", "action_unmapped", but({ ACTION: "peek" })),
  access.flagged("no_purpose", "purpose_missing", but({ PURPOSE: "" })),
];
