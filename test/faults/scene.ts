/** A command about to run on a prepared warehouse, what it finds and what it leaves undisturbed; and trials of it with a fault. */
import { generateKeyPairSync } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { main } from "../../src/cli/program.js";
import { isPublishedBy } from "../support/ledger-of.js";
import { type Ended, type Fault, type Start, start, statementsOf } from "./child.js";
import { type Snapshot, snapshot } from "./snapshot.js";

export interface Scene {
  readonly project: string;
  readonly args: readonly string[];
  /** A folder that holds the warehouse as the command finds it; copied for each trial. */
  readonly before: string;
  readonly former: Snapshot;
  readonly after: Snapshot;
  /** Exit code, undisturbed. */
  readonly code: number;
  /** What it sends with one thread, undisturbed. */
  readonly statements: readonly string[];
  /** Tables that only a hook or a statement of another table's unit writes, by that table. */
  readonly companions: Readonly<Record<string, string>>;
  /** Tables that are published together. */
  readonly groups: readonly (readonly string[])[];
}

export const warehouseIn = (folder: string) => join(folder, "warehouse.duckdb");

/** Where the ends of the ledger are signed to, beside the warehouse of a trial; the key is one for all. */
function anchors(warehouse: string): Readonly<Record<string, string>> {
  const folder = dirname(warehouse);
  const key = join(dirname(folder), "key.pem");
  if (!existsSync(key)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }
  return { MEDFORM_ANCHOR_FILE: join(folder, "anchors"), MEDFORM_ANCHOR_KEY: key };
}

export interface Prepared extends Pick<Scene, "project" | "args" | "companions" | "groups"> {
  /** Commands that come before, each of which must end well. */
  readonly first: readonly (readonly string[])[];
  /** A folder of which a warehouse is taken on, instead of none. */
  readonly from?: string;
  /** Where folders are made. */
  readonly dir: string;
}

export async function scene({ first, from, dir, ...about }: Prepared): Promise<Scene> {
  const before = mkdtempSync(join(dir, "before-"));
  if (from !== undefined) cpSync(from, before, { recursive: true });
  for (const args of first) {
    const { code, stderr } = await call(args, about.project, warehouseIn(before));
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  }
  const former = await snapshot(warehouseIn(before));
  const undisturbed = mkdtempSync(join(dir, "after-"));
  cpSync(before, undisturbed, { recursive: true });
  const args = [...about.args, "--project", about.project];
  const warehouse = warehouseIn(undisturbed);
  const { ended, statements } = await statementsOf({ args, warehouse, env: anchors(warehouse) });
  const after = await snapshot(warehouse);
  rmSync(undisturbed, { recursive: true });
  if (ended.code === null) throw new Error(`undisturbed, it was ended by ${ended.signal}`);
  return { ...about, args, before, former, after, code: ended.code, statements };
}

/** In this process, which is cheaper; as the command does it. */
export async function call(
  args: readonly string[],
  project: string,
  warehouse: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let stdout = "";
  let stderr = "";
  const env = { ...process.env, ...anchors(warehouse), MEDFORM_DUCKDB: warehouse, NO_COLOR: "1" };
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env,
    cwd: project,
    isTTY: false,
    signal: new AbortController().signal,
  };
  const code = await main([...args, "--project", project], io, () => "test");
  return { code, stdout, stderr };
}

export interface Trial {
  readonly ended: Ended;
  /** What the fault left, before anybody else came. */
  readonly left: Snapshot;
  readonly again: { readonly code: number; readonly stdout: string; readonly stderr: string };
  readonly final: Snapshot;
  /** Everything that is not as promised; empty where all is. */
  readonly wrong: readonly string[];
}

export interface Tried extends Pick<Start, "env"> {
  readonly fault: Fault;
  /** The script that the command is started by, made for the folder of the trial. */
  readonly within?: (folder: string) => string;
  /** Further faults, each in another start, before the plain one. */
  readonly then?: readonly Fault[];
  readonly started?: Start["started"];
  /** How it comes again, where not just as before. */
  readonly again?: (folder: string) => ReturnType<typeof call>;
  /** Puts right what the fault took away, before the command comes again. */
  readonly mend?: (folder: string) => void;
}

/** Runs the command on a copy with the fault, looks, runs it again without, looks again. */
export async function attempt(scene: Scene, dir: string, tried: Tried): Promise<Trial> {
  const folder = mkdtempSync(join(dir, "trial-"));
  try {
    cpSync(scene.before, folder, { recursive: true });
    const warehouse = warehouseIn(folder);
    const { fault, then = [], within, started } = tried;
    const env = { ...anchors(warehouse), ...tried.env };
    const ended = await start({ args: scene.args, warehouse, fault, env, within: within?.(folder), started });
    const left = await snapshot(warehouse);
    for (const next of then) await start({ args: scene.args, warehouse, fault: next, env });
    tried.mend?.(folder);
    const again = await (tried.again?.(folder) ?? call(scene.args, scene.project, warehouse));
    const final = await snapshot(warehouse);
    const verified = await call(["audit", "verify", "--json"], scene.project, warehouse);
    const wrong = [
      ...wrongIn(scene, left),
      ...wrongAtLast(scene, left, final, again.code),
      // A load that finds nothing new seals nothing, and so signs nothing.
      ...(verified.code === 0 &&
      (scene.args[0] === "load" ? /"anchored":true|"behind"/ : /"anchored":true/).test(verified.stdout)
        ? []
        : [`audit verify ended with ${verified.code}: ${verified.stdout} ${verified.stderr}`]),
      ...litter(folder),
    ];
    return { ended, left, again, final, wrong };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each table is as it was, or, where its own publication was committed, as it would be undisturbed. */
function wrongIn({ former, after, args, companions, groups }: Scene, left: Snapshot): readonly string[] {
  const published = (key: string) => left.markers[key] !== former.markers[key];
  const load = args[0] === "load";
  const keys = new Set([...Object.keys(former.tables), ...Object.keys(after.tables), ...Object.keys(left.tables)]);
  const isFormer = (key: string) => left.tables[key]?.full === former.tables[key]?.full;
  const isNew = (key: string) => left.tables[key]?.content === after.tables[key]?.content;
  const landed = load && !isFormer("EHR.RAW.LOADED_FILE");
  const wrong: string[] = [];
  for (const key of keys) {
    // Empty landing tables are made before anything is built.
    const made = former.tables[key] === undefined && left.tables[key]?.content.startsWith("0 ");
    if (load ? landed : published(companions[key] ?? key)) {
      if (!isNew(key)) wrong.push(`${key} was committed, and is not as it should be`);
    } else if (!isFormer(key) && !(made && key.includes(".RAW."))) wrong.push(`${key} is not as it was`);
  }
  for (const group of groups) {
    if (new Set(group.map(published)).size > 1) wrong.push(`${group.join(" and ")} were not published together`);
  }
  return wrong;
}

/** After a plain repetition all is as it would be undisturbed, and nothing was forgotten. */
function wrongAtLast(scene: Scene, left: Snapshot, final: Snapshot, code: number): readonly string[] {
  const { after } = scene;
  const wrong: string[] = [];
  if (code !== scene.code) wrong.push(`the repetition ended with ${code}, undisturbed it is ${scene.code}`);
  for (const key of new Set([...Object.keys(after.tables), ...Object.keys(final.tables)])) {
    if (final.tables[key]?.content !== after.tables[key]?.content) wrong.push(`at last ${key} is not as undisturbed`);
  }
  const targets = (of: Snapshot) =>
    JSON.stringify(
      Object.entries(of.state.targets)
        .map(([key, { kind, fingerprint, failing, rows, columns, metadata }]) => ({
          key,
          fingerprint,
          failing,
          // Of a recovered operation it is known what its table holds, and not what else it did.
          ...(kind === "operation" ? {} : { rows, columns, metadata }),
        }))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    );
  if (targets(final) !== targets(after))
    wrong.push(`the ledger's state is ${targets(final)}, undisturbed it is ${targets(after)}`);
  for (const [key, runId] of Object.entries(final.markers)) {
    if (!isPublishedBy(final.state, key, runId)) wrong.push(`the ledger does not know who published ${key}`);
  }
  // What was committed and not recorded is recorded as recovered.
  for (const [key, runId] of Object.entries(left.markers)) {
    if (isPublishedBy(left.state, key, runId)) continue;
    const found = final.records.some(
      ({ kind, subject, outcome, body }) =>
        kind === "publish" && subject === key && outcome === "recovered" && body.includes(runId),
    );
    if (!found) wrong.push(`the publication of ${key} was not recovered`);
  }
  const ends = new Set(
    final.records.filter(({ kind }) => kind === "seal" || kind === "interrupted").map(({ subject }) => subject),
  );
  for (const { kind, subject, chain } of final.records) {
    if (chain === "main" && kind === "open" && !ends.has(subject)) wrong.push(`nobody tells how ${subject} ended`);
  }
  if (final.verdict?.verified !== true) wrong.push(`the ledger does not verify: ${final.verdict?.problem?.message}`);
  return wrong;
}

/** Only the warehouse and whole snapshots of it stay, whatever was in the way. */
function litter(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const known = /^(warehouse\.duckdb|tmp|anchors|warehouse\.snapshots(\/\d+-[\w-]+)?(\/EHR\.duckdb)?)$/;
  return all.filter((name) => !known.test(name)).map((name) => `${name} was left lying about`);
}

/** Runs work on each, some at a time, in order. */
export async function each<T, R>(
  items: readonly T[],
  at: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i];
      if (item !== undefined) results[i] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: at }, worker));
  return results;
}
