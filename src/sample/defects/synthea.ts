/** Defects of Synthea's tables and of the appointments beside them. */
import type { Entity } from "../chart.js";
import type { Table } from "../tables.js";
import { type Kind, kindsOf } from "./kind.js";
import { but, butAlone, type Maker, makers, measured, others, unknown } from "./makers.js";

const events: readonly (readonly [Entity, Table])[] = [
  ["encounter", "encounters"],
  ["condition", "conditions"],
  ["procedure", "procedures"],
  ["prescription", "medications"],
  ["allergy", "allergies"],
  ["lab_result", "observations"],
  ["vital_sign", "observations"],
  ["observation", "observations"],
  ["appointment", "appointments"],
  ["immunization", "immunizations"],
  ["imaging_study", "imaging_studies"],
];

/** `prefix`: of the ids, where another table feeds the entity too. */
export function eventKinds(entity: Entity, table: Table, prefix?: string, host?: Entity): readonly Kind[] {
  const kind = kindsOf(entity, table, makers.exactDuplicate, { prefix, ...(host === undefined ? {} : { host }) });
  return [
    kind.quarantined("orphan_patient", "patient_unresolved", makers.orphanPatient),
    kind.quarantined("before_birth", "before_birth", makers.beforeBirth),
    kind.quarantined("bad_date", "event_time_missing", makers.badDate),
    kind.flagged("after_death", "after_death", makers.afterDeath),
    kind.duplicate(),
  ];
}

/** Of what happens in an encounter. */
export function inEncounter(entity: Entity, table: Table, prefix?: string, host?: Entity): readonly Kind[] {
  const kind = kindsOf(entity, table, makers.exactDuplicate, { prefix, ...(host === undefined ? {} : { host }) });
  return [
    kind.quarantined("other_patient", "encounter_other_patient", makers.otherPatient),
    kind.flagged("orphan_encounter", "encounter_unresolved", makers.orphanEncounter),
  ];
}

const of = (entity: Entity, table: Table) => kindsOf(entity, table, makers.exactDuplicate);
const encounter = of("encounter", "encounters");
const appointment = of("appointment", "appointments");
const prescription = of("prescription", "medications");
const patient = of("patient", "patients");
const imaging = of("imaging_study", "imaging_studies");
const immunization = of("immunization", "immunizations");
const coverage = of("coverage", "payer_transitions");
const claim = of("claim", "claims");
const ofLines = (entity: Entity) => kindsOf(entity, "claims_transactions", makers.exactDuplicate, { host: entity });
const [line, payment] = [ofLines("claim_line"), ofLines("payment")];
const measuredKinds = (entity: Entity) => {
  const kind = kindsOf(entity, "observations", makers.exactDuplicate, { host: entity });
  return [
    kind.flagged("implausible", "value_out_of_range", known(measured({ VALUE: "99999" }))),
    kind.flagged("unknown_unit", "unit_unknown", known(measured({ UNITS: "furlong" }))),
    kind.flagged("no_value", "value_missing", measured({ VALUE: "" })),
  ];
};

/** Of codes whose units and plausible range every warehouse knows: glucose, creatinine, pressure, rates. */
function known(make: Maker): Maker {
  const codes = ["2339-0", "38483-4", "8480-6", "8462-4", "8867-4", "9279-1"];
  return (host, table, context) => (codes.includes(host.CODE ?? "") ? make(host, table, context) : undefined);
}

/** Of whom the payer has a number, which is a number of the patient too. */
function member(make: Maker): Maker {
  return (host, table, context) => (host.MEMBERID ? make(host, table, context) : undefined);
}

/** In days before the first coverage of the patient, apart from all the others. */
const earlier =
  (days: number, length: number, change: Readonly<Record<string, string>> = {}): Maker =>
  (host, table, context) => {
    const first = Date.parse(context.chart.of(table)[0]?.row.START_DATE ?? "") / 1000;
    const start = first - (days + context.serial * 40) * 86_400;
    const instant = (at: number) => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
    return but({ START_DATE: instant(start), END_DATE: instant(start + length * 86_400), ...change })(
      host,
      table,
      context,
    );
  };

/** Begins in the middle of another, which was told to go on. */
const overlapping: Maker = (host, table, context) => {
  const [start, end] = [Date.parse(host.START_DATE ?? ""), Date.parse(host.END_DATE ?? "")];
  if (!(end - start > 10 * 86_400_000)) return undefined;
  const middle = new Date(start + Math.floor((end - start) / 2_000) * 1000).toISOString();
  return but({ START_DATE: `${middle.slice(0, 19)}Z` })(host, table, context);
};

const rejected = (table: Table, name: string, rule: string, make: Maker): Kind => ({
  id: `${table}.${name}`,
  rule,
  outcome: "rejected",
  table,
  entity: null,
  make,
});

/**
 * Tables with quoted text here and there. A reader looks for the end of an unclosed quote until the next quote: in a table
 * without any that would be the end of the file.
 */
const quoted: readonly Table[] = ["medications", "observations", "appointments"];
const landed: readonly Table[] = [
  "encounters",
  "conditions",
  "procedures",
  "medications",
  "allergies",
  "observations",
  "appointments",
  "patients",
  "claims",
  "claims_transactions",
];

/** Lines that are no rows: only a file of text can have them. */
export const malformed: readonly Kind[] = [
  ...landed.map((table) => rejected(table, "wrong_field_count", "wrong number of fields", makers.wrongFieldCount)),
  ...quoted.map((table) => rejected(table, "unclosed_quote", "unclosed quote", makers.unclosedQuote)),
];

const anybody = { SSN: "", DRIVERS: "", PASSPORT: "", HEALTHCARE_EXPENSES: "0.00", HEALTHCARE_COVERAGE: "0.00" };

export const syntheaKinds: readonly Kind[] = [
  ...events.flatMap(([entity, table]) => {
    const host = table === "observations" ? entity : undefined;
    return [
      ...eventKinds(entity, table, undefined, host),
      ...(entity === "encounter" ? [] : inEncounter(entity, table, undefined, host)),
    ];
  }),
  encounter.quarantined("unknown_class", "status_unmapped", but({ ENCOUNTERCLASS: "daycare" })),
  encounter.flagged("end_before_start", "end_before_start", makers.endBeforeStart),
  encounter.conflict(makers.encounterConflict),
  encounter.quarantined("no_id", "key_missing", makers.noId),
  appointment.quarantined("unknown_status", "status_unmapped", makers.unknownStatus),
  appointment.quarantined("no_provider", "provider_unresolved", makers.noProvider),
  appointment.conflict(makers.appointmentConflict),
  appointment.quarantined("no_id", "key_missing", makers.noId),
  appointment.flagged(
    "out_of_order",
    "out_of_order",
    butAlone((host) => ({ SCHEDULED_END: host.SCHEDULED_START })),
  ),
  prescription.flagged("stop_before_start", "stop_before_start", makers.stopBeforeStart),
  imaging.quarantined("no_id", "key_missing", makers.noId),
  imaging.flagged("outside_encounter", "outside_encounter", makers.outsideEncounter),
  immunization.flagged("outside_encounter", "outside_encounter", makers.outsideEncounter),
  ...measuredKinds("lab_result"),
  ...measuredKinds("vital_sign"),
  patient.flagged("duplicate_patient", "duplicate_patient", makers.duplicatePatient),
  patient.flagged(
    "implausible",
    "birth_death_implausible",
    but({ ...anybody, BIRTHDATE: "1871-03-05", DEATHDATE: "" }),
  ),
  {
    ...patient.quarantined("no_id", "patient_id_missing", but({ ...anybody, Id: "" })),
    also: [{ id: "patient_address.no_id", entity: "patient_address", rule: "patient_id_missing" }],
  },
  {
    ...coverage.quarantined("orphan_patient", "patient_unresolved", member(makers.orphanPatient)),
    also: [{ id: "patient_identifier.orphan_member", entity: "patient_identifier", rule: "patient_unresolved" }],
  },
  coverage.quarantined("bad_date", "event_time_missing", makers.badDate),
  coverage.duplicate(),
  coverage.conflict((host) => ({ row: { ...host, OWNER_NAME: `${host.OWNER_NAME} Senior` }, place: "before" })),
  coverage.flagged("stop_before_start", "stop_before_start", earlier(400, -10)),
  coverage.flagged("unknown_payer", "payer_unresolved", earlier(20_000, 20, { PAYER: "nobody" })),
  coverage.flagged("overlap", "coverage_overlap", overlapping),
  ...eventKinds("claim", "claims"),
  ...inEncounter("claim", "claims"),
  claim.quarantined("no_id", "key_missing", makers.noId),
  claim.conflict((host) => ({ row: { ...host, DIAGNOSIS2: "999999" }, place: "before" })),
  claim.flagged("unknown_provider", "provider_unresolved", but(unknown("PROVIDERID"))),
  claim.flagged("unknown_payer", "payer_unresolved", but(unknown("PRIMARYPATIENTINSURANCEID"))),
  ...eventKinds("claim_line", "claims_transactions", undefined, "claim_line"),
  ...inEncounter("claim_line", "claims_transactions", undefined, "claim_line"),
  line.quarantined("no_id", "key_missing", makers.noId),
  line.conflict((host) => ({ row: { ...host, NOTES: `${host.NOTES} (draft)` }, place: "before" })),
  line.quarantined("other_claim", "claim_other_patient", but(others("CLAIMID", "claims"))),
  line.flagged("unknown_claim", "claim_unresolved", but(unknown("CLAIMID"))),
  ...eventKinds("payment", "claims_transactions", undefined, "payment"),
  ...inEncounter("payment", "claims_transactions", undefined, "payment"),
  payment.quarantined("no_id", "key_missing", makers.noId),
  payment.quarantined("unknown_type", "status_unmapped", but({ TYPE: "REFUND" })),
  payment.conflict((host) => ({ row: { ...host, METHOD: "OTHER" }, place: "before" })),
  payment.quarantined("other_claim", "claim_other_patient", but(others("CLAIMID", "claims"))),
  payment.flagged("unknown_claim", "claim_unresolved", but(unknown("CLAIMID"))),
  // A charge that nobody paid, took off or still asks for.
  {
    ...line.flagged(
      "unbalanced",
      "claim_balance",
      but((host) => ({ CLAIMID: host.CLAIMID, AMOUNT: "10.50", UNITAMOUNT: "10.50" })),
    ),
    id: "claim.unbalanced",
    entity: "claim",
  },
];
