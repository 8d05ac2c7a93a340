/**
 * What a refresh costs on Snowflake beside the time that its own statements take: 1,000 models against the Snowflake to test
 * against, which lets 5 ms pass before it carries a statement out. The bound is computed from what was sent: each unit's
 * statements one after another, and the ledger's that it waits for, on as many sessions as there are, every unit after those
 * that it reads. What a statement took is from its arrival to its answer, as the test Snowflake has it: it carries them out on
 * the same machine, with a DuckDB that is not as fast as it waits, though it is set for many small statements. The second bound
 * leaves that out. The third is of the machine: what both processes cost, shared by all of its cores. On few sessions it is the
 * statements that are waited for, on many the cores.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { compileProject } from "../src/compile/index.js";
import { type Graph, targetKey } from "../src/graph/index.js";
import { openLedger } from "../src/ledger/index.js";
import { makePlan, type Plan } from "../src/plan/index.js";
import { executeRun, readSituation } from "../src/run/index.js";
import { openSnowflake } from "../src/warehouse/index.js";
import { defaultUser, type Received, type SnowflakeServer, startSnowflake } from "../test/snowflake-server/client.js";
import { ledgerPairs, pairsOf } from "../test/snowflake-server/pairs.js";
import type { Report } from "./main.js";

/** Milliseconds that a statement takes. */
const latency = 5;
/** Sessions at a time, as concurrentQueryLimit would say; 8 where it says nothing. */
const limits = [8, 4, 2] as const;
const layers = 10;
/** Of the stock 2.x runner; it asks for a dataset's kind and columns, then builds it. */
const stockPerSecond = 10;
const stockStatements = 3;
/** Appends to the ledger that a unit waits for: before its COMMIT, and after it. */
const ledgerWaits = 2;

/** `sizes`: models. */
export async function benchSnowflake(sizes: readonly number[], report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "medform-bench-snowflake-"));
  try {
    for (const size of sizes.length > 0 ? sizes : [1000]) {
      const dir = join(folder, String(size));
      await models(dir, size);
      await using server = await startSnowflake({ interpreter: { threads: 1, optimizer: false } });
      const graph = await compiled(dir, "snowflake");
      await server.know([...pairsOf(graph, await compiled(dir, "duckdb")), ...ledgerPairs("EHR")]);
      await refresh(server, graph, { sessions: limits[0], fullRefresh: false });
      await server.set({ latency });
      for (const sessions of limits) {
        await server.forgetStatements();
        const { plan, seconds, cpuSeconds } = await refresh(server, graph, { sessions, fullRefresh: true });
        const sent = await server.statements();
        const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
        const compare = (baseline: string, baselineSeconds: number) =>
          report({
            bench: "snowflake",
            size,
            seconds,
            baseline: `${sessions} sessions: ${baseline}`,
            baselineSeconds,
            ratio: baselineSeconds / seconds,
            peakMb,
            cpuSeconds,
          });
        const path = (took: Took) => bound(plan, sent, sessions, took);
        const observed = path((one) => (one.endedAt ?? 0) - one.receivedAt);
        compare(`critical path of ${sent.length} statements, each as long as it took`, observed);
        const waited = path(() => latency);
        compare(`critical path of ${sent.length} statements, each ${latency} ms`, waited);
        const cores = availableParallelism();
        compare(
          `processor time of client and server, on ${cores} cores`,
          (cpuSeconds.client + cpuSeconds.server) / cores,
        );
        compare("stock 2.x runner, ten statements a second (computed)", (size * stockStatements) / stockPerSecond);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function refresh(
  server: SnowflakeServer,
  graph: Graph,
  { sessions, fullRefresh }: { readonly sessions: number; readonly fullRefresh: boolean },
) {
  await using warehouse = await openSnowflake({
    connection: { account: "TEST", accessUrl: server.accessUrl, user: defaultUser.name },
    env: { SNOWFLAKE_PASSWORD: defaultUser.password },
    database: "EHR",
    compute: { warehouse: "TRANSFORM", byTag: {} },
    project: "bench",
    holder: { command: "bench" },
    sessions,
  });
  await using ledger = await openLedger(warehouse);
  const started = performance.now();
  const cpu = { client: clientCpu(), server: await server.cpuSeconds() };
  const situation = await readSituation(graph, warehouse, ledger);
  const selection = { select: [], exclude: [] };
  const plan = makePlan({ ...situation, graph, selection, fullRefresh, asOf: null });
  const run = { graph, plan, warehouse, ledger, listener: () => undefined, environment: "bench", about: {} };
  const { outcome } = await executeRun({ ...run, threads: sessions });
  if (outcome !== "succeeded") throw new Error(`the run ended as ${outcome}`);
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = { client: clientCpu() - cpu.client, server: (await server.cpuSeconds()) - cpu.server };
  return { plan, seconds, cpuSeconds };
}

function clientCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Milliseconds that a statement took. */
type Took = (statement: Received) => number;

/**
 * Seconds, were nothing but the statements to be waited for: the longest chain of units, or all of them shared by the sessions,
 * whichever is longer.
 */
function bound({ units }: Plan, sent: readonly Received[], sessions: number, took: Took): number {
  const own = new Map<string, number>();
  const appends: number[] = [];
  for (const statement of sent) {
    const { queryTag, sqlText } = statement;
    const actions: readonly string[] = queryTag === null ? [] : JSON.parse(queryTag).actions;
    const [action] = actions;
    if (action !== undefined) own.set(action, (own.get(action) ?? 0) + took(statement));
    else if (/^insert into "EHR"\.MEDFORM\.LEDGER /.test(sqlText)) appends.push(took(statement));
  }
  const append = appends.reduce((sum, one) => sum + one, 0) / Math.max(1, appends.length);
  const ends = new Map<string, number>();
  let all = 0;
  for (const unit of units) {
    const work = unit.members.reduce((sum, target) => sum + (own.get(targetKey(target)) ?? 0), ledgerWaits * append);
    const ready = Math.max(0, ...[...unit.needs, ...unit.after].map((id) => ends.get(id) ?? 0));
    ends.set(unit.id, ready + work);
    all += work;
  }
  return Math.max(all / sessions, ...ends.values()) / 1000;
}

async function compiled(projectDir: string, warehouse: "duckdb" | "snowflake"): Promise<Graph> {
  const { graph, problems } = await compileProject({ projectDir, overrides: { warehouse } });
  if (problems.length > 0) throw new Error(problems[0]?.message);
  return graph;
}

/** Small tables in ten layers, each of which reads one of the layer above; every tenth has an assertion. */
async function models(dir: string, size: number): Promise<void> {
  const config = { warehouse: "snowflake", defaultDatabase: "EHR", defaultSchema: "GOLD", assertionSchema: "RULES" };
  await mkdir(join(dir, "definitions"), { recursive: true });
  await writeFile(join(dir, "dataform.json"), JSON.stringify(config));
  const width = Math.ceil(size / layers);
  for (let index = 0; index < size; index += 1) {
    const above = index < width ? "(select 1 as n)" : `\${ref("T${index - width}")}`;
    await writeFile(
      join(dir, `definitions/t${index}.sqlx`),
      `config { type: "table", name: "T${index}" }\nselect n + 1 as n from ${above}\n`,
    );
    if (index % 10 > 0) continue;
    await writeFile(
      join(dir, `definitions/r${index}.sqlx`),
      `config { type: "assertion", name: "R${index}" }\nselect n from \${ref("T${index}")} where n is null\n`,
    );
  }
}
