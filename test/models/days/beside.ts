/** What a hospital delivers beside Synthea's tables, made up around the ids of a sample: a few rows of each table, tied to it. */
import { files, type Line } from "../csv.js";
import type { Files } from "./days.js";
import { records } from "./text.js";

/** A row of each of some encounters, in its first minute. */
const ofEncounters =
  (row: (id: string, at: string) => Line) =>
  (of: (table: string) => readonly Line[]): readonly Line[] =>
    of("encounters")
      .slice(0, 2 * FEW)
      .map(({ Id = "", PATIENT = "", START = "" }) => ({
        ID: `of ${Id}`,
        PATIENT,
        ENCOUNTER: Id,
        ...row(Id, START),
      }));
const harm = ofEncounters((_, at) => ({ OCCURRED_AT: at, REPORTED_AT: at, SEVERITY: "mild" }));

const studies = (of: (table: string) => readonly Line[]): readonly Line[] =>
  of("encounters")
    .slice(0, FEW)
    .map(({ Id = "", PATIENT = "", START = "" }) => ({
      Id: `image of ${Id}`,
      DATE: START,
      PATIENT,
      ENCOUNTER: Id,
      SERIES_UID: `1.2.${Id}`,
      MODALITY_CODE: "DX",
    }));

/** Rows by table, out of the lines of the sample's tables; what a table is made from must be there. */
const made: Readonly<Record<string, (of: (table: string) => readonly Line[]) => readonly Line[]>> = {
  identity_decisions: (of) =>
    of("patients").flatMap(({ Id = "" }, i, all) => {
      const other = all[(i + 1) % all.length]?.Id ?? "";
      const decide = (n: number, DECISION: string): Line => ({
        ID: `${Id}-${n}`,
        PATIENT: Id,
        OTHER_PATIENT: other,
        DECISION,
        DECIDED_AT: `2024-03-0${n}T12:00:00Z`,
        DECIDED_BY: "records",
      });
      return i % 3 === 0 ? [decide(1, "merge")] : i % 3 === 1 ? [decide(1, "link"), decide(2, "unlink")] : [];
    }),
  legal_holds: (of) =>
    of("patients").map(({ Id = "" }) => ({ ID: Id, PATIENT: Id, PLACED_AT: "2025-01-01", REASON: "litigation" })),
  appointment_changes: (of) =>
    of("appointments").flatMap(({ Id = "", PATIENT = "", BOOKED_AT = "", UPDATED_AT = "", STATUS = "" }) => {
      const change = (n: number, CHANGED_AT: string, FROM_STATUS: string, TO_STATUS: string): Line => ({
        ID: `${Id}-${n}`,
        APPOINTMENT: Id,
        PATIENT,
        CHANGED_AT,
        FROM_STATUS,
        TO_STATUS,
        CHANGED_BY: "front",
      });
      const booked = change(1, BOOKED_AT, "", "scheduled");
      return STATUS === "scheduled" ? [booked] : [booked, change(2, UPDATED_AT, "scheduled", STATUS)];
    }),
  medication_administrations: ofEncounters((_, at) => ({
    CODE: "1",
    DOSE: "2.5",
    ADMINISTERED_AT: at,
    STATUS: "given",
  })),
  imaging_studies: studies,
  radiology_reports: (of) =>
    studies(of).map(({ Id = "", PATIENT = "", ENCOUNTER = "", DATE = "" }) => ({
      ID: `of ${Id}`,
      IMAGING_STUDY: Id,
      PATIENT,
      ENCOUNTER,
      REPORTED_AT: DATE,
      STATUS: "final",
      TEXT: "Nothing seen.",
    })),
  documents: ofEncounters((id, at) => ({ DOCUMENT: `in ${id}`, VERSION: "1", WRITTEN_AT: at, STATUS: "draft" })),
  infections: ofEncounters((_, at) => ({ DIAGNOSED_AT: at, CODE: "1" })),
  adverse_events: harm,
  medication_errors: harm,
  mimic_d_icd_diagnoses: (of) =>
    [...new Set(of("conditions").flatMap(({ SYSTEM, CODE = "" }) => (SYSTEM === "ICD-10-CM" ? [CODE] : [])))].map(
      (ICD_CODE) => ({ ICD_CODE, ICD_VERSION: "10", LONG_TITLE: `Text of ${ICD_CODE}` }),
    ),
};

/** Diagnoses by ICD without their texts, as a hospital sends them that sends a dictionary. */
const untold = (conditions: string) => conditions.replace(/^((?:[^,\n]*,){4}ICD-10-CM,[^,\n]*,).*$/gm, "$1");

/** So few rows of a small sample would be in hardly a delivery. */
const FEW = 12;

/** With the tables of which the sample has none or few rows. */
export function withHospital({ conditions = "", ...others }: Files): Files {
  const sample: Files = { ...others, conditions: untold(conditions) };
  const of = (table: string) => records(sample[table] ?? "");
  const missing = Object.entries(made).filter(([table]) => of(table).length < FEW);
  return { ...sample, ...files(Object.fromEntries(missing.map(([table, make]) => [table, make(of)]))) };
}
