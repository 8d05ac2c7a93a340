/**
 * What the ledger costs: refreshes with it and with one that keeps nothing, in turns on copies of one warehouse, and a plan
 * after one past run and after many.
 */
import { copyFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compileProject } from "../src/compile/index.js";
import type { Graph } from "../src/graph/index.js";
import { type Ledger, loadFileEntry, openLedger, type State } from "../src/ledger/index.js";
import { loadFiles } from "../src/load/index.js";
import { makePlan } from "../src/plan/index.js";
import { executeRun, readSituation } from "../src/run/index.js";
import { generateSample } from "../src/sample/index.js";
import { ensureLandingLog, openDuckDb, type Warehouse } from "../src/warehouse/index.js";
import type { Report } from "./main.js";

/** Each of two refreshes; a machine of two cores differs by a tenth from one to the next. */
const rounds = 6;
const pastRuns = 1000;
const filesOfALoad = 16;

/** `sizes`: patients of the sample hospital. */
export async function benchLedger(sizes: readonly number[], report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "medform-bench-ledger-"));
  try {
    for (const size of sizes.length > 0 ? sizes : [1000]) {
      const file = join(folder, `hospital-${size}.duckdb`);
      const graph = await compiled(resolve("."));
      await loadSample(file, graph, size, join(folder, `sample-${size}`));
      await compare({ bench: "ledger refresh", size, file, graph, folder }, report);
      await rm(file);
    }
    const graph = await manyModels(join(folder, "many"));
    const file = join(folder, "many.duckdb");
    await refresh(file, graph, (ledger) => ledger);
    await compare({ bench: "ledger 100 models", size: 300, file, graph, folder }, report);
    await planning(file, graph, report);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Compared {
  readonly bench: string;
  readonly size: number;
  readonly file: string;
  readonly graph: Graph;
  readonly folder: string;
}

interface Spent {
  /** Of wall clock, in seconds. */
  readonly wall: number;
  /** Of processor time on all cores, in seconds: what it costs where the machine has other work too. */
  readonly processor: number;
}

/** The median of the rounds of each kind, which take turns in who goes first; first by the clock, then by the processor. */
async function compare({ bench, size, file, graph, folder }: Compared, report: Report): Promise<void> {
  const [kept, forgotten]: [Spent[], Spent[]] = [[], []];
  const copy = join(folder, "copy.duckdb");
  const once = async (chosen: (ledger: Ledger, state: State) => Ledger) => {
    copyFileSync(file, copy);
    try {
      return await refresh(copy, graph, chosen);
    } finally {
      await rm(copy);
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    const both = [
      async () => kept.push(await once((ledger) => ledger)),
      async () => forgotten.push(await once((_ledger, state) => forgetful(state))),
    ];
    for (const refreshed of round % 2 === 0 ? both : both.toReversed()) await refreshed();
  }
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  for (const [name, of] of [
    [bench, (spent: Spent) => spent.wall],
    [`${bench}, processor`, (spent: Spent) => spent.processor],
  ] as const) {
    const [seconds, baselineSeconds] = [median(kept.map(of)), median(forgotten.map(of))];
    const ratio = baselineSeconds / seconds;
    report({ bench: name, size, seconds, baseline: "no ledger", baselineSeconds, ratio, peakMb });
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

async function planning(file: string, graph: Graph, report: Report): Promise<void> {
  const once = async () => Math.min(...(await times(rounds, () => plan(file, graph))));
  const baselineSeconds = await once();
  await repeatHistory(file);
  const seconds = await once();
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const measured = { bench: "ledger plan", size: pastRuns, seconds, baseline: "1 past run", baselineSeconds };
  report({ ...measured, ratio: baselineSeconds / seconds, peakMb });
}

async function times(count: number, work: () => Promise<number>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push(await work());
  return found;
}

const open = (path: string): Promise<Warehouse> => openDuckDb({ path, database: "EHR", holder: { command: "bench" } });

/**
 * Everything anew; from the opened warehouse to the closed one: what is not written to its place by then is written when it is
 * closed, and commits of the ledger can be what makes the engine write earlier.
 */
async function refresh(path: string, graph: Graph, chosen: (ledger: Ledger, state: State) => Ledger): Promise<Spent> {
  const { started, before } = await run(path, graph, chosen);
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
}

async function run(path: string, graph: Graph, chosen: (ledger: Ledger, state: State) => Ledger) {
  await using warehouse = await open(path);
  await using real = await openLedger(warehouse);
  const ledger = chosen(real, await real.state());
  const [started, before] = [performance.now(), process.cpuUsage()];
  const situation = await readSituation(graph, warehouse, ledger);
  const selection = { select: [], exclude: [] };
  const made = makePlan({ ...situation, graph, selection, fullRefresh: true, asOf: null });
  const options = { graph, plan: made, warehouse, ledger, listener: () => undefined, environment: "bench", about: {} };
  const { outcome } = await executeRun(options);
  if (outcome !== "succeeded") throw new Error(`the run ended as ${outcome}`);
  return { started, before };
}

/** From the closed warehouse to the plan. */
async function plan(path: string, graph: Graph): Promise<number> {
  const started = performance.now();
  await using warehouse = await open(path);
  await using ledger = await openLedger(warehouse);
  const situation = await readSituation(graph, warehouse, ledger);
  makePlan({ ...situation, graph, selection: { select: [], exclude: [] }, fullRefresh: false, asOf: null });
  return (performance.now() - started) / 1000;
}

/**
 * Past runs like the last one, each after a load, in front of it: only their number counts here, so their hashes are not what
 * they should be. Every file of a load has its row in the loader's own table, as it has in a warehouse.
 */
async function repeatHistory(path: string): Promise<void> {
  await using warehouse = await open(path);
  await using ledger = await openLedger(warehouse);
  const run = (await ledger.state()).lastRun?.runId ?? "";
  const log = { database: "EHR", schema: "RAW", name: "LOADED_FILE" };
  await warehouse.catalog.ensureSchemas([log]);
  await using session = await warehouse.session();
  await ensureLandingLog(session, log);
  const past = pastRuns - 1;
  const shift = 2 * past;
  const records = '"CHAIN", "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY", "PREV_HASH", "HASH"';
  const main = `select 'main', lpad(cast(2 * p + n as varchar), 8, '0'), "AT", "KIND", "SUBJECT" || p, "OUTCOME", "BODY", "PREV_HASH", "HASH"`;
  const files = `select p, f from range(${past}) as p(p), range(${filesOfALoad}) as f(f)`;
  const statements = [
    `update EHR.MEDFORM.LEDGER set "SEQ" = lpad(cast(cast("SEQ" as integer) + ${shift} as varchar), 8, '0') where "CHAIN" = 'main'`,
    `update EHR.MEDFORM.LEDGER_HEAD set SEQ = lpad(cast(cast(SEQ as integer) + ${shift} as varchar), 8, '0')`,
    `insert into EHR.MEDFORM.LEDGER (${records}) ${main} from EHR.MEDFORM.LEDGER, range(${past}) as p(p), (values ('open', 1), ('seal', 2)) as k(k, n) where "CHAIN" = 'main' and "SUBJECT" = '${run}' and "KIND" = k`,
    `insert into EHR.MEDFORM.LEDGER (${records}) select 'past-' || p, "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY", "PREV_HASH", "HASH" from EHR.MEDFORM.LEDGER, range(${past}) as p(p) where "CHAIN" = '${run}'`,
    `insert into EHR.MEDFORM.LEDGER (${records}) select 'load-' || p, cast(f as varchar), '', 'load-file', 'EHR.RAW.S:' || p || '-' || f, 'landed', '{}', '', '' from (${files})`,
    `insert into EHR.RAW.LOADED_FILE select 'b' || p, 's', 'S', 'f', p || '-' || f, null, 1, 1, 0, timestamp '2020-01-01' + to_days(cast(p as integer)), null from (${files})`,
  ];
  for (const statement of statements) await session.run(statement);
  const load = await ledger.open("load", {});
  const rows = past * filesOfALoad;
  const at = new Date().toISOString();
  await load.append([loadFileEntry({ at, target: log, contentHash: "b", batchId: `b${past - 1}`, rows })]);
  await load.seal("succeeded");
}

/** Knows what was known before, and keeps nothing. */
function forgetful(state: State): Ledger {
  const nothing = async () => undefined;
  return {
    state: async () => state,
    unsealed: async () => [],
    entries: async () => [],
    owners: async () => new Map(),
    loaded: async (subjects) => new Set(subjects),
    recover: nothing,
    open: async (kind) => ({ id: `${kind}-bench`, number: state.number + 1, append: nothing, seal: nothing }),
    [Symbol.asyncDispose]: nothing,
  };
}

async function compiled(projectDir: string): Promise<Graph> {
  const { graph, problems } = await compileProject({ projectDir, overrides: { warehouse: "duckdb" } });
  if (problems.length > 0) throw new Error(problems[0]?.message);
  return graph;
}

async function loadSample(path: string, graph: Graph, patients: number, out: string): Promise<void> {
  await generateSample({ patients, seed: 1, out });
  await using warehouse = await open(path);
  await using ledger = await openLedger(warehouse);
  await loadFiles({ format: "synthea-csv", path: out, warehouse, ledger, graph });
}

/** 100 small tables in ten layers, each with one assertion of three rules. */
async function manyModels(dir: string): Promise<Graph> {
  const config = { warehouse: "snowflake", defaultDatabase: "EHR", defaultSchema: "GOLD", assertionSchema: "RULES" };
  await mkdir(join(dir, "definitions"), { recursive: true });
  await writeFile(join(dir, "dataform.json"), JSON.stringify(config));
  for (let index = 0; index < 100; index += 1) {
    const above = index < 10 ? "(select 1 as n)" : `\${ref("T${index - 10}")}`;
    const rules = ["A", "B", "C"].map((letter) => `"rule:R${index}_${letter}"`).join(", ");
    const table = `config { type: "table", name: "T${index}" }\nselect n + 1 as n from ${above}\n`;
    const assertion = `config { type: "assertion", name: "R${index}", tags: [${rules}] }\nselect 'R${index}_A' as RULE from \${ref("T${index}")} where n is null\n`;
    await writeFile(join(dir, `definitions/t${index}.sqlx`), table);
    await writeFile(join(dir, `definitions/r${index}.sqlx`), assertion);
  }
  return compiled(dir);
}
