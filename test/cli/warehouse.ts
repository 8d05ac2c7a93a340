/** A small warehouse as the ledger and the graph tell it: what the report and the status are made from. */

import {
  type Action,
  type Assertion,
  type Graph,
  plainRelation,
  type Relation,
  type Target,
  targetKey,
} from "../../src/graph/index.js";
import type { RuleState, SourceState, State, TargetState } from "../../src/ledger/index.js";
import { target } from "./events.js";

const base = { tags: [], disabled: false, dependencies: [], columns: [] };

export function relation(label: string, rest: Partial<Relation> = {}): Relation {
  return {
    ...base,
    kind: "table",
    target: target(label),
    fileName: `definitions/${label.replace(".", "/")}.sqlx`,
    query: "select 1",
    ...plainRelation,
    ...rest,
  };
}

export function assertion(of: string, rules: readonly string[], rest: Partial<Assertion> = {}): Assertion {
  const severity = rest.severity ?? "error";
  return {
    ...base,
    kind: "assertion",
    onlyNew: false,
    target: target(`assertions.${of.replace(".", "_")}_${severity}`),
    fileName: `assertions/${of.split(".")[1]}.js`,
    dependencies: [target(of)],
    query: "select 1",
    rules,
    countsByRule: true,
    severity,
    ...rest,
  };
}

export const declaration = (label: string, description?: string): Action => ({
  ...base,
  kind: "declaration",
  target: target(label),
  fileName: "definitions/sources/synthea.js",
  description,
});

const column = (name: string, description: string, tags: readonly string[] = []) => ({
  path: [name],
  description,
  tags,
});

const patientColumns = [
  column("patient_key", "Hash of tenant, assigning authority and the source's id; never changes.", ["key"]),
  column("birth_date", "Day of birth; NULL where the source's value is implausible.", ["phi:date"]),
  column("family_name", "As the source wrote it.", ["phi:name"]),
  column("status", "active, inactive, deceased or transferred, as sent."),
  column("loaded_at", "When its file was landed, UTC.", ["provenance"]),
];

export const graph: Graph = {
  engine: "duckdb",
  defaultDatabase: "EHR",
  tests: [],
  actions: [
    declaration("raw.synthea_patients", "Synthea patients.csv, as delivered."),
    declaration("raw.synthea_encounters", "Synthea encounters.csv, as delivered."),
    declaration("raw.synthea_claims"),
    relation("bronze.patients", { kind: "view", description: "patients.csv, named and typed." }),
    relation("bronze.encounters", { kind: "view", description: "encounters.csv, named and typed." }),
    relation("silver.patient", {
      description: "One row a patient, conformed over all sources. A patient with an id is never quarantined.",
      columns: patientColumns,
    }),
    relation("silver.encounter", {
      kind: "incremental",
      description:
        "One row an encounter: what kind, when, where and by whom; its class as sent stands beside the type that it was mapped to.",
      columns: patientColumns.slice(0, 1),
    }),
    relation("silver.encounter_quarantine", {
      description: "Encounters that wait for their patient, a time or a meaning.",
    }),
    relation("silver.condition", { kind: "incremental" }),
    relation("gold.patient_360", { description: "One row a person, with nothing too.", columns: patientColumns }),
    relation("gold.fct_encounter", { description: "Encounters with charges and payments." }),
    relation("gold.archive", { disabled: true }),
    assertion("silver.patient", ["PATIENT_KEY", "PATIENT_SEX_KNOWN"], {
      description:
        "patient_key: there is one, and no two patients share it\npatient_sex_known: it is one of the known codes",
    }),
    assertion("silver.encounter", ["ENCOUNTER_KEY", "NO_ORPHAN_PATIENT", "TYPE_KNOWN"]),
    assertion("silver.encounter", ["ENCOUNTER_AFTER_DEATH"], { severity: "warn" }),
    assertion("silver.condition", ["CONDITION_IN_ENCOUNTER", "CONDITION_STOP_AFTER_START"], { severity: "warn" }),
    assertion("gold.patient_360", ["PATIENT_360_BALANCED"], { description: "As many rows as there are persons." }),
  ],
};

const published = (label: string, rows: number | null, rest: Partial<TargetState> = {}): [string, TargetState] => [
  targetKey(target(label)),
  {
    target: target(label),
    kind: rows === null ? "view" : "table",
    fingerprint: "f",
    version: "20260301T043000Z-7f3a",
    runNumber: 12,
    publishedAt: "2026-03-01T04:30:07.120Z",
    rows,
    columns: [],
    inputs: {},
    failing: false,
    ...rest,
  },
];

const source = (label: string, rows: number): [string, SourceState] => [
  targetKey(target(label)),
  { target: target(label), batchId: "synthea-3f9a07c41be2", rows, loadedAt: "2026-02-28T22:01:44.000Z" },
];

const result = (
  of: Target,
  rule: string,
  outcome: RuleState["outcome"],
  failing: number | null,
): [string, RuleState] => [
  `${targetKey(of)}/${rule}`,
  {
    assertion: of,
    rule,
    severity: outcome === "warn" ? "warn" : "error",
    outcome,
    failing,
    at: "2026-03-01T04:30:08.000Z",
  },
];

export const healthy: State = {
  failed: {},
  number: 12,
  lastRun: {
    runId: "20260301T043000Z-7f3a",
    runNumber: 12,
    kind: "run",
    startedAt: "2026-03-01T04:30:00.000Z",
    finishedAt: "2026-03-01T04:30:12.345Z",
    outcome: "succeeded",
    commit: { id: "3f9a07c", dirty: false },
  },
  targets: Object.fromEntries([
    published("bronze.patients", null),
    published("bronze.encounters", null),
    published("silver.patient", 109),
    published("silver.encounter", 10_712, { kind: "incremental" }),
    published("silver.encounter_quarantine", 3),
    published("silver.condition", 5_901, { kind: "incremental", publishedAt: "2026-02-27T04:30:07.120Z" }),
    published("gold.patient_360", 109),
    published("gold.fct_encounter", 10_712),
  ]),
  sources: Object.fromEntries([source("raw.synthea_patients", 109), source("raw.synthea_encounters", 10_715)]),
  rules: Object.fromEntries([
    result(target("assertions.silver_patient_error"), "PATIENT_KEY", "pass", 0),
    result(target("assertions.silver_patient_error"), "PATIENT_SEX_KNOWN", "pass", 0),
    result(target("assertions.silver_encounter_error"), "ENCOUNTER_KEY", "pass", 0),
    result(target("assertions.silver_encounter_error"), "NO_ORPHAN_PATIENT", "pass", 0),
    result(target("assertions.silver_encounter_error"), "TYPE_KNOWN", "pass", 0),
    result(target("assertions.silver_encounter_warn"), "ENCOUNTER_AFTER_DEATH", "warn", 7),
    result(target("assertions.silver_condition_warn"), "CONDITION_IN_ENCOUNTER", "warn", 88),
    result(target("assertions.silver_condition_warn"), "CONDITION_STOP_AFTER_START", "pass", 0),
    result(target("assertions.gold_patient_360_error"), "PATIENT_360_BALANCED", "pass", 0),
  ]),
};

/** The same, after a run in which a rule failed: its table stayed as it was, what depends on it never came to be. */
export const broken: State = {
  ...healthy,
  lastRun: healthy.lastRun && { ...healthy.lastRun, runNumber: 13, outcome: "failed" },
  targets: Object.fromEntries(
    Object.entries(healthy.targets)
      .filter(([key]) => !key.endsWith("FCT_ENCOUNTER"))
      .map(([key, value]) => [key, key.endsWith(".ENCOUNTER") ? { ...value, failing: true } : value]),
  ),
  rules: {
    ...healthy.rules,
    ...Object.fromEntries([
      result(target("assertions.silver_encounter_error"), "NO_ORPHAN_PATIENT", "fail", 3),
      result(target("assertions.gold_patient_360_error"), "PATIENT_360_BALANCED", "skipped", null),
    ]),
  },
};

export const fresh: State = { failed: {}, number: 0, lastRun: null, targets: {}, sources: {}, rules: {} };

export const dispositions = [
  { route: "bronze.encounters → encounter", disposition: "current", rule: null, count: 10_712 },
  { route: "bronze.encounters → encounter", disposition: "quarantined", rule: "patient_unresolved", count: 2 },
  { route: "bronze.encounters → encounter", disposition: "quarantined", rule: "start_missing", count: 1 },
  { route: "bronze.encounters → encounter", disposition: "duplicate", rule: null, count: 4 },
  { route: "bronze.conditions → condition", disposition: "current", rule: null, count: 5_901 },
  { route: "bronze.patients → patient", disposition: "current", rule: null, count: 109 },
];
