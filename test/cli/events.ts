/** Runs as they could have been: hand-made event streams with fixed times. */
import type { Target } from "../../src/graph/index.js";
import type {
  ActionFinished,
  ActionStarted,
  ActionStatus,
  Evaluation,
  EvaluationOutcome,
  RunEvent,
  RunFinished,
} from "../../src/run/index.js";

const at = "2026-03-01T04:30:00.000Z";

export function target(label: string): Target {
  const [schema = "", name = ""] = label.toUpperCase().split(".");
  return { database: "EHR", schema, name };
}

export const started = (actions: number, unchanged = 0): RunEvent => ({
  kind: "run-started",
  runId: "20260301T043000Z-7f3a",
  runNumber: 12,
  at,
  environment: "local",
  engine: "duckdb",
  actions,
  unchanged,
});

export const begins = (label: string, type: ActionStarted["type"] = "table"): RunEvent => ({
  kind: "action-started",
  at,
  target: target(label),
  type,
});

export const ends = (label: string, status: ActionStatus, rest: Partial<ActionFinished> = {}): RunEvent => ({
  kind: "action-finished",
  at,
  target: target(label),
  type: "table",
  status,
  rows: null,
  changed: null,
  milliseconds: 120,
  reason: "its SQL changed",
  ...rest,
});

export const rule = (
  name: string,
  gate: string,
  outcome: EvaluationOutcome,
  failing: number | null,
  rest: Partial<Evaluation> = {},
): RunEvent => ({
  kind: "evaluation",
  at,
  rule: name.toUpperCase(),
  assertion: target(`assertions.${gate.replace(".", "_")}`),
  gate: target(gate),
  severity: outcome === "warn" ? "warn" : "error",
  outcome,
  failing,
  milliseconds: 8,
  ...rest,
});

export const finished = (
  outcome: RunFinished["outcome"],
  counts: Partial<Record<ActionStatus, number>>,
  rules: Partial<Record<EvaluationOutcome, number>>,
  exitCode: number,
): RunEvent => ({
  kind: "run-finished",
  runId: "20260301T043000Z-7f3a",
  at,
  outcome,
  milliseconds: 12_345,
  counts: { built: 0, unchanged: 0, discarded: 0, failed: 0, skipped: 0, blocked: 0, cancelled: 0, ...counts },
  rules: { pass: 0, warn: 0, fail: 0, error: 0, skipped: 0, ...rules },
  exitCode,
});

const dispositions: RunEvent = {
  kind: "dispositions",
  rows: [
    { route: "bronze.encounters → encounter", disposition: "current", rule: null, count: 10_712 },
    { route: "bronze.encounters → encounter", disposition: "quarantined", rule: "patient_unresolved", count: 2 },
    { route: "bronze.encounters → encounter", disposition: "quarantined", rule: "start_missing", count: 1 },
    { route: "bronze.encounters → encounter", disposition: "duplicate", rule: null, count: 4 },
    { route: "bronze.patients → patient", disposition: "current", rule: null, count: 109 },
  ],
};

/** A first run in which all goes well, with findings that only warn and some rows in quarantine. */
export const succeeded: readonly RunEvent[] = [
  started(8),
  begins("bronze.patients", "view"),
  begins("bronze.encounters", "view"),
  ends("bronze.patients", "built", { type: "view", milliseconds: 8 }),
  ends("bronze.encounters", "built", { type: "view", milliseconds: 9 }),
  begins("silver.patient"),
  rule("patient_key", "silver.patient", "pass", 0),
  rule("birth_plausible", "silver.patient", "warn", 3),
  ends("silver.patient", "built", { rows: 109, changed: 109, milliseconds: 212 }),
  rule("totals_balance", "bronze.totals", "pass", 0, { gate: undefined }),
  rule("totals_known", "bronze.totals", "warn", 12, { gate: undefined }),
  begins("silver.encounter", "incremental"),
  rule("encounter_key", "silver.encounter", "pass", 0),
  rule("no_orphan_patient", "silver.encounter", "pass", 0),
  rule("start_after_death", "silver.encounter", "warn", 7),
  ends("silver.encounter", "built", { type: "incremental", rows: 10_712, changed: 214, milliseconds: 1_834 }),
  ends("gold.export_of_a_table_whose_name_is_longer_than_any_screen_is_wide", "built", {
    rows: 1,
    changed: 1,
    milliseconds: 63_000,
  }),
  dispositions,
  finished("succeeded", { built: 5 }, { pass: 4, warn: 3 }, 0),
];

/** A large warehouse: more routes and warnings than a screen has lines, and one rule that failed. */
export const large: readonly RunEvent[] = [
  started(2),
  begins("silver.encounter", "incremental"),
  rule("encounter_key", "silver.encounter", "fail", 3),
  ...Array.from({ length: 158 }, (_, i) => rule(`odd_${i}`, "silver.encounter", "warn", i === 7 ? 1_124 : i)),
  ends("silver.encounter", "discarded", { type: "incremental", reason: "rule encounter_key failed" }),
  {
    kind: "dispositions",
    rows: Array.from({ length: 54 }, (_, i) => [
      { route: `bronze.table_${i} > entity_${i}`, disposition: "current", rule: null, count: 1_000 },
      { route: `bronze.table_${i} > entity_${i}`, disposition: "quarantined", rule: `rule_${i % 30}`, count: i },
    ]).flat(),
  },
  finished("failed", { discarded: 1 }, { warn: 158, fail: 1 }, 2),
];

/** A rule fails: its table is discarded, what depends on it is skipped. */
export const failed: readonly RunEvent[] = [
  started(6, 38),
  ends("silver.patient", "unchanged"),
  begins("silver.encounter", "incremental"),
  rule("encounter_key", "silver.encounter", "fail", 3),
  rule("no_orphan_patient", "silver.encounter", "pass", 0),
  ends("silver.encounter", "discarded", {
    type: "incremental",
    reason: "rule encounter_key failed",
    milliseconds: 950,
  }),
  ends("gold.fct_encounter", "skipped", { on: target("silver.encounter"), milliseconds: 0 }),
  ends("gold.patient_360", "skipped", { on: target("silver.encounter"), milliseconds: 0 }),
  ends("gold.draft", "blocked", { reason: "disabled", milliseconds: 0 }),
  ends("gold.archive", "blocked", { reason: "protected: its SQL changed", milliseconds: 0 }),
  rule("archive_key", "gold.archive", "skipped", null),
  finished("failed", { unchanged: 38, discarded: 1, skipped: 2, blocked: 2 }, { pass: 1, fail: 1, skipped: 1 }, 2),
];

/** A build errs, and a rule cannot be evaluated. */
export const erred: readonly RunEvent[] = [
  started(3),
  { kind: "notice", problem: { code: "load-late-file", message: "A file arrived after its batch was closed." } },
  ends("silver.patient", "failed", {
    problem: {
      code: "engine-unknown-column",
      message: 'There is no column "birthdat".',
      at: { file: "definitions/silver/patient.sqlx", line: 4, column: 3 },
      hint: 'Did you mean "birthdate"?',
    },
  }),
  rule("label_known", "silver.label", "error", null, {
    problem: { code: "engine-conversion", message: "A text could not be read as a number." },
  }),
  ends("silver.label", "discarded", { reason: "rule label_known errored" }),
  ends("gold.patient_360", "skipped", { on: target("silver.patient"), milliseconds: 0 }),
  finished("error", { failed: 1, discarded: 1, skipped: 1 }, { error: 1 }, 1),
];

export const nothingSelected: readonly RunEvent[] = [started(0, 0), finished("succeeded", {}, {}, 0)];

export const nothingToDo: readonly RunEvent[] = [started(0, 42), finished("succeeded", { unchanged: 42 }, {}, 0)];

export const cancelled: readonly RunEvent[] = [
  started(2),
  begins("silver.patient"),
  ends("silver.patient", "cancelled", { reason: "interrupted" }),
  ends("silver.encounter", "cancelled", { reason: "interrupted", milliseconds: 0 }),
  finished("cancelled", { cancelled: 2 }, {}, 130),
];
