/** For each relation and operation: build it, leave it or refuse it, and why. */
import {
  type Action,
  fingerprint,
  mentions,
  metadataFingerprint,
  type Operation,
  ownFingerprint,
  type Relation,
  sameAction,
  type Target,
  targetKey,
  targetLabel,
} from "../graph/index.js";
import type { State } from "../ledger/index.js";
import type { BuildMode, RelationInfo } from "../warehouse/index.js";
import { asOfInput, emptySource, hashKeyInput, unrecordedSource } from "./inputs.js";
import type { Reads } from "./reads.js";
import type { Step } from "./types.js";

export interface Situation {
  readonly engine: string;
  readonly reads: Reads;
  readonly selected: ReadonlySet<string>;
  readonly state: State;
  readonly relations: ReadonlyMap<string, RelationInfo>;
  /** Keys of sources that the run makes as empty tables. */
  readonly landings: ReadonlySet<string>;
  /** By key: the last batch, `empty`, or null where nobody knows. */
  readonly sourceVersions: Readonly<Record<string, string | null>>;
  /** Ids of the runs that this one goes on from: what they published is done. */
  readonly resumed: ReadonlySet<string>;
  readonly fullRefresh: boolean;
  readonly asOf: string | null;
  /** A digest of the hash key, where there is one. */
  readonly hashKey: string | undefined;
}

export interface Decisions {
  /** Selected relations and operations, by key, in the graph's order. */
  readonly steps: ReadonlyMap<string, Step>;
  readonly building: ReadonlySet<string>;
}

export function decide(situation: Situation): Decisions {
  const steps = new Map<string, Step>();
  const building = new Set<string>();
  /** What each relation is, or will be, published with: what is not built in this run counts as it is published. */
  const prints = new Map<string, string>();
  const { reads, state, selected } = situation;
  const keyed = keyedOf(situation);
  for (const [key, action] of reads.actions) {
    if (action.kind === "declaration" || action.kind === "assertion") continue;
    const above = aboveOf(action, prints, situation);
    const print = fingerprint(ownFingerprint(action, situation.engine), above);
    if (selected.has(key)) {
      const step = stepOf(action, key, print, situation, { building, keyed });
      steps.set(key, step);
      if (step.decision === "build") building.add(key);
    }
    const current = building.has(key) || steps.get(key)?.decision === "skip";
    prints.set(key, current ? print : (state.targets[key]?.fingerprint ?? ""));
  }
  return { steps, building };
}

/** Keys of what keeps rows over a change of SQL, and has keyed hashes in them, its own or those of what it is made from. */
function keyedOf({ reads, hashKey, engine }: Situation): ReadonlySet<string> {
  if (hashKey === undefined) return new Set();
  const hashing = new Set<string>();
  for (const [key, action] of reads.actions)
    if (
      mentions(action, hashKeyInput, engine) ||
      (action.kind !== "assertion" && action.dependencies.some((other) => hashing.has(targetKey(other))))
    )
      hashing.add(key);
  return new Set([...hashing].filter((key) => keepsRows(reads.actions.get(key))));
}

const keepsRows = (action: Action | undefined) => action?.kind === "incremental" && action.onSqlChange === "increment";

/** What a build fingerprint is made of beside the action itself, by key; `prints` holds what stands above it. */
export function aboveOf(
  action: Action,
  prints: ReadonlyMap<string, string>,
  { reads, hashKey, engine }: Pick<Situation, "reads" | "hashKey" | "engine">,
): Record<string, string> {
  const above: Record<string, string> = {};
  // Hashes of two keys must not mix, in this relation or in what is made from it: another key is another build.
  if (hashKey !== undefined && mentions(action, hashKeyInput, engine)) above[hashKeyInput] = hashKey;
  for (const other of action.dependencies.map(targetKey)) {
    const kind = reads.actions.get(other)?.kind;
    // An assertion decides when something is built, never what.
    if (kind !== undefined && kind !== "assertion") above[other] = prints.get(other) ?? "";
  }
  return above;
}

type Verdict = Pick<Step, "decision" | "mode" | "reason">;

interface Decided {
  readonly building: ReadonlySet<string>;
  readonly keyed: ReadonlySet<string>;
}

function stepOf(
  action: Relation | Operation,
  key: string,
  print: string,
  situation: Situation,
  decided: Decided,
): Step {
  const { building } = decided;
  const inputs = inputsOf(action, key, situation, decided);
  const done = doneBy(action, key, print, situation, inputs);
  const verdict: Verdict = action.disabled
    ? { decision: "block", reason: "disabled" }
    : done !== undefined
      ? { decision: "skip", reason: `published by ${done}` }
      : action.kind === "operation"
        ? { decision: "build", reason: "operations always run" }
        : relationVerdict(action, key, print, situation, inputs);
  const versions = Object.fromEntries(
    Object.entries(inputs.versions).map(([input, version]) => [input, version ?? unrecordedSource]),
  );
  const missing = verdict.decision === "build" ? missingOf(action, situation, building) : [];
  const version = situation.state.targets[key]?.version;
  const ifChanged = verdict.decision === "build" && waitsForChange(action, key, print, situation, inputs);
  return {
    target: action.target,
    type: action.kind,
    ...verdict,
    fingerprint: print,
    inputs: versions,
    builds: inputs.builds,
    ...(version !== undefined && { version }),
    ...(ifChanged && { ifChanged }),
    ...(missing.length > 0 && { missing }),
  };
}

/** Whether it would stay as it is, had what is built of its inputs been left as it is published. */
function waitsForChange(
  action: Relation | Operation,
  key: string,
  print: string,
  situation: Situation,
  { versions, builds }: Inputs,
): boolean {
  const { targets, failed } = situation.state;
  const known = targets[key];
  if (action.kind !== "table" && action.kind !== "incremental") return false;
  if (known === undefined || failed[key] !== undefined || builds.length === 0) return false;
  const isAsBuilt = (input: string) => targets[input] !== undefined && targets[input].version === known.inputs[input];
  return (
    builds.every(isAsBuilt) &&
    whyCreate(action, key, print, situation, { versions, builds }) === undefined &&
    whySqlChanged(key, print, situation, { versions }) === undefined &&
    whyChanged(situation, key, { versions, builds: [] }) === undefined &&
    // What only stays as it is has its descriptions applied at the beginning of the run.
    known.metadata === metadataFingerprint(action)
  );
}

/** The run that this one goes on from which published it, as it would be built now, from what stays as it is. */
function doneBy(
  action: Relation | Operation,
  key: string,
  print: string,
  { state, relations, resumed }: Situation,
  { builds }: Inputs,
): string | undefined {
  const known = state.targets[key];
  if (!known || !resumed.has(known.version) || known.fingerprint !== print || builds.length > 0) return undefined;
  return relations.has(key) || (action.kind === "operation" && !action.hasOutput) ? known.version : undefined;
}

/** Not always an error: a dependency may only say what comes first. */
function missingOf(
  action: Action,
  { reads, relations, landings }: Situation,
  building: ReadonlySet<string>,
): readonly Target[] {
  return action.dependencies.filter((target) => {
    const key = targetKey(target);
    const kind = reads.actions.get(key)?.kind;
    if (kind === undefined || kind === "assertion") return false;
    return !relations.has(key) && !landings.has(key) && !building.has(key);
  });
}

interface Inputs {
  /** Null: nobody knows whether it changed. */
  readonly versions: Readonly<Record<string, string | null>>;
  readonly builds: readonly string[];
}

function inputsOf(
  action: Relation | Operation,
  key: string,
  { reads, state, relations, sourceVersions, asOf, hashKey, engine }: Situation,
  { building, keyed }: Decided,
): Inputs {
  const versions: Record<string, string | null> = {};
  const builds: string[] = [];
  for (const input of [...reads.data(key)].sort()) {
    const read = reads.actions.get(input);
    if (building.has(input)) {
      // An operation without output only comes first; nothing is read from it.
      if (read?.kind !== "operation" || read.hasOutput) builds.push(input);
    } else if (read?.kind === "declaration") {
      versions[input] = relations.has(input) ? (sourceVersions[input] ?? null) : emptySource;
    } else if (read?.kind !== "operation" || read.hasOutput) versions[input] = state.targets[input]?.version ?? "";
  }
  if (action.kind !== "view" && mentions(action, asOfInput, engine)) versions[asOfInput] = asOf ?? "";
  if (hashKey !== undefined && (keyed.has(key) || mentions(action, hashKeyInput, engine)))
    versions[hashKeyInput] = hashKey;
  return { versions, builds };
}

function relationVerdict(
  relation: Relation,
  key: string,
  print: string,
  situation: Situation,
  inputs: Inputs,
): Verdict {
  const create = whyCreate(relation, key, print, situation, inputs);
  const exists = situation.relations.has(key);
  if (create !== undefined)
    return relation.protected && exists
      ? { decision: "block", reason: `protected, and would be built anew: ${create}` }
      : { decision: "build", mode: "create", reason: create };
  const mode: BuildMode = relation.kind === "incremental" ? "increment" : "create";
  const sqlChanged = whySqlChanged(key, print, situation, inputs);
  if (sqlChanged !== undefined) return { decision: "build", mode, reason: sqlChanged };
  const changed = relation.kind === "view" ? undefined : whyChanged(situation, key, inputs);
  const spared = situation.fullRefresh && relation.protected;
  if (changed !== undefined)
    return { decision: "build", mode, reason: spared ? `${changed}; protected, so it is not made anew` : changed };
  return spared
    ? { decision: "block", reason: "protected: a full refresh leaves it as it is" }
    : { decision: "skip", reason: "unchanged" };
}

/** Why it has to be made from nothing, if it has to. */
function whyCreate(
  relation: Relation,
  key: string,
  print: string,
  situation: Situation,
  { versions }: Inputs,
): string | undefined {
  const known = situation.state.targets[key];
  const info = situation.relations.get(key);
  // As Dataform means it: a full refresh leaves what is protected to its increments.
  if (situation.fullRefresh && !(relation.protected && info)) return "full refresh";
  if (!known) return "new";
  if (!info) return "relation missing";
  if (info.kind !== (relation.kind === "view" ? "view" : "table")) return `exists as a ${info.kind}`;
  const sql = whySqlChanged(key, print, situation, { versions });
  if (sql === "hash key changed" || (sql !== undefined && !keepsRows(relation))) return sql;
  // What keeps its rows has its increment deal with the columns, as its on_schema_change says.
  if (keepsRows(relation)) return undefined;
  const columns = info.columns.map(({ name }) => name);
  if (known.columns.length > 0 && known.columns.join("\0") !== columns.join("\0"))
    return "columns changed since it was built";
  return undefined;
}

/** How the SQL differs from that it was published with, or the key of its hashes, which must not mix with those of another. */
function whySqlChanged(
  key: string,
  print: string,
  { state, reads }: Situation,
  { versions }: Pick<Inputs, "versions">,
): string | undefined {
  const known = state.targets[key];
  if (!known || known.fingerprint === print) return undefined;
  const sameKey = known.inputs[hashKeyInput] === versions[hashKeyInput];
  const kept = keepsRows(reads.actions.get(key));
  if (kept && !sameKey) return "hash key changed";
  const same = sameAction(known.fingerprint, print);
  const change = same ? (sameKey ? "upstream SQL changed" : "hash key changed") : "SQL changed";
  return kept ? `${change}; kept, as on_sql_change:increment asks` : change;
}

/** Why its rows may be out of date, if they may. */
function whyChanged({ state, reads }: Situation, key: string, { versions, builds }: Inputs): string | undefined {
  const known = state.targets[key]?.inputs ?? {};
  if (builds.length > 0) return `upstream changed: ${labels(builds, reads)}`;
  const changed = Object.keys(versions).filter((input) => versions[input] === null || versions[input] !== known[input]);
  if (changed.length === 0) return undefined;
  const sources = changed.filter((input) => reads.actions.get(input)?.kind === "declaration");
  const unknown = sources.filter((input) => versions[input] === null);
  const tables = changed.filter((input) => input !== asOfInput && !sources.includes(input));
  if (tables.length > 0) return `upstream changed: ${labels(tables, reads)}`;
  if (sources.length > unknown.length)
    return `new source batches: ${labels(
      sources.filter((input) => !unknown.includes(input)),
      reads,
    )}`;
  if (unknown.length > 0) return `source without batch records: ${labels(unknown, reads)}`;
  return "as_of changed";
}

function labels(keys: readonly string[], reads: Reads): string {
  const names = keys.map((key) => {
    const target = reads.actions.get(key)?.target;
    return target ? targetLabel(target) : key;
  });
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
