/** Every kind of defect that a sample can have, and what a sound warehouse makes of it. */
import type { Entity } from "./chart.js";
import { type Maker, makers } from "./damage.js";
import type { Outcome } from "./manifest.js";
import type { Table } from "./tables.js";

export interface Kind {
  readonly id: string;
  readonly rule: string;
  readonly outcome: Outcome;
  readonly table: Table;
  /** The rows that it is made from: those of an entity, or all of a table. */
  readonly host: Entity | Table;
  readonly entity: Entity | null;
  readonly make: Maker;
}

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
];

/**
 * Tables with quoted text here and there. A reader looks for the end of an unclosed quote until the next quote: in a table
 * without any that would be the end of the file.
 */
const quoted: readonly Table[] = ["medications", "observations", "appointments"];

const of =
  (entity: Entity, table: Table) =>
  (name: string, rule: string, outcome: Outcome, make: Maker): Kind => ({
    id: `${entity}.${name}`,
    rule,
    outcome,
    table,
    host: entity,
    entity,
    make,
  });

const rejected = (table: Table, name: string, rule: string, make: Maker): Kind => ({
  id: `${table}.${name}`,
  rule,
  outcome: "rejected",
  table,
  host: table,
  entity: null,
  make,
});

const encounter = of("encounter", "encounters");
const appointment = of("appointment", "appointments");
const landed = new Set<Table>([...events.map(([, table]) => table), "patients", "claims", "claims_transactions"]);

export const kinds: readonly Kind[] = [
  ...events.flatMap(([entity, table]) => {
    const kind = of(entity, table);
    return [
      kind("orphan_patient", "patient_unresolved", "quarantined", makers.orphanPatient),
      kind("before_birth", "before_birth", "quarantined", makers.beforeBirth),
      kind("bad_date", "event_time_missing", "quarantined", makers.badDate),
      kind("after_death", "after_death", "flagged", makers.afterDeath),
      kind("exact_duplicate", "duplicate", "duplicate", makers.exactDuplicate),
      ...(entity === "encounter"
        ? []
        : [
            kind("other_patient", "encounter_other_patient", "quarantined", makers.otherPatient),
            kind("orphan_encounter", "encounter_unresolved", "flagged", makers.orphanEncounter),
          ]),
    ];
  }),
  encounter("unknown_class", "status_unmapped", "quarantined", makers.unknownClass),
  encounter("end_before_start", "end_before_start", "flagged", makers.endBeforeStart),
  encounter("conflict", "conflict", "superseded", makers.encounterConflict),
  appointment("unknown_status", "status_unmapped", "quarantined", makers.unknownStatus),
  appointment("no_provider", "provider_unresolved", "quarantined", makers.noProvider),
  appointment("conflict", "conflict", "superseded", makers.appointmentConflict),
  of("prescription", "medications")("stop_before_start", "stop_before_start", "flagged", makers.stopBeforeStart),
  of("patient", "patients")("duplicate_patient", "duplicate_patient", "flagged", makers.duplicatePatient),
  ...[...landed].map((table) => rejected(table, "wrong_field_count", "wrong number of fields", makers.wrongFieldCount)),
  ...quoted.map((table) => rejected(table, "unclosed_quote", "unclosed quote", makers.unclosedQuote)),
];
