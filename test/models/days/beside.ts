/** What a hospital delivers beside Synthea's tables, made up around the ids of a sample: a few rows of each table, tied to it. */
import { files, type Line } from "../csv.js";
import type { Files } from "./days.js";
import { records } from "./text.js";

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
};

/** With the tables that the sample itself does not have. */
export function withHospital(sample: Files): Files {
  const of = (table: string) => records(sample[table] ?? "");
  const missing = Object.entries(made).filter(([table]) => sample[table] === undefined);
  return { ...sample, ...files(Object.fromEntries(missing.map(([table, make]) => [table, make(of)]))) };
}
