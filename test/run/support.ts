/** Small projects, compiled and run on a real DuckDB in memory. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileProject, refusedByDataformOnly } from "../../src/compile/index.js";
import { type Graph, ProblemError, type Target, targetLabel } from "../../src/graph/index.js";
import { type Ledger, loadFileEntry, openLedger, type State } from "../../src/ledger/index.js";
import { makePlan, type Plan, recordPlan } from "../../src/plan/index.js";
import type { ConfigOverrides } from "../../src/project/index.js";
import {
  type ActionFinished,
  type Evaluation,
  executeRun,
  planResumed,
  type RunEvent,
  type RunFinished,
  type RunOptions,
  readResumable,
  readSituation,
} from "../../src/run/index.js";
import { type BeforeStatement, openDuckDb, type Row, type Warehouse } from "../../src/warehouse/index.js";

const config: ConfigOverrides = {
  warehouse: "duckdb",
  defaultDatabase: "EHR",
  defaultSchema: "GOLD",
  assertionSchema: "ASSERTIONS",
};

/** Compiles files (paths within definitions/) as a project; throws its problems. */
export async function compile(
  files: Readonly<Record<string, string>>,
  engine: "duckdb" | "snowflake" = "duckdb",
): Promise<Graph> {
  const dir = mkdtempSync(join(tmpdir(), "medform-run-"));
  try {
    // The engine is an override, as it is for an environment: dataform.json itself knows only Dataform's own.
    writeFileSync(join(dir, "dataform.json"), JSON.stringify({ ...config, warehouse: "snowflake" }));
    for (const [name, text] of Object.entries(files)) {
      const path = join(dir, "definitions", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const { graph, ...compiled } = await compileProject({
      projectDir: dir,
      overrides: { ...config, warehouse: engine },
    });
    const problems = compiled.problems.filter((problem) => !refusedByDataformOnly(problem));
    if (problems.length > 0) throw new ProblemError(problems);
    return graph;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export interface Asked
  extends Partial<
    Pick<RunOptions, "threads" | "signal" | "failFast" | "hashKey" | "sourceOf" | "listener" | "prove" | "retry">
  > {
  readonly select?: string;
  readonly exclude?: string;
  readonly fullRefresh?: boolean;
  readonly asOf?: string | null;
  /** Goes on from the last run. */
  readonly resume?: boolean;
  /** In place of the world's own. */
  readonly ledger?: Ledger;
  readonly warehouse?: Warehouse;
}

export interface Ran {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly finished: RunFinished;
  /** `silver.patient`: `built`, and so on. */
  readonly statuses: Readonly<Record<string, ActionFinished["status"]>>;
  readonly outcomes: Readonly<Record<string, Evaluation["outcome"]>>;
  action(label: string): ActionFinished | undefined;
}

export interface World extends AsyncDisposable {
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  plan(graph: Graph, asked?: Asked): Promise<Plan>;
  run(graph: Graph, asked?: Asked): Promise<Ran>;
  /** Rows of a query as arrays of values, in order. */
  rows(sql: string): Promise<readonly (readonly Row[string][])[]>;
  sql(text: string): Promise<void>;
  /** What a load leaves in the ledger: a new batch of a source. */
  batch(source: Target): Promise<void>;
  state(): Promise<State>;
}

export async function world(path = ":memory:", beforeStatement?: BeforeStatement): Promise<World> {
  return worldOn(await openDuckDb({ path, database: "EHR", holder: { command: "test" }, beforeStatement }));
}

/** Ends with its warehouse. */
export async function worldOn(warehouse: Warehouse): Promise<World> {
  const ledger = await openLedger(warehouse);
  const session = await warehouse.session();
  const planOf = async (graph: Graph, asked: Asked) => {
    const { hashKey } = asked;
    const own = asked.ledger ?? ledger;
    const known = { ...(await readSituation(graph, warehouse, own)), graph, hashKey };
    if (asked.resume) {
      const from = await readResumable(own, known.state, "test");
      const { input, plan } = planResumed(from, known);
      return { plan, record: recordPlan(input, plan, { environment: "test", vars: {}, from }) };
    }
    const selection = { select: [asked.select ?? ""], exclude: [asked.exclude ?? ""] };
    const input = { ...known, selection, fullRefresh: asked.fullRefresh ?? false, asOf: asked.asOf ?? null };
    const plan = makePlan(input);
    return { plan, record: recordPlan(input, plan, { environment: "test", vars: {} }) };
  };
  return {
    warehouse,
    ledger,
    plan: async (graph, asked = {}) => (await planOf(graph, asked)).plan,
    async run(graph, asked = {}) {
      const { plan, record } = await planOf(graph, asked);
      const events: RunEvent[] = [];
      const { threads, signal, failFast, hashKey, sourceOf, prove, retry } = asked;
      const listener = (event: RunEvent) => {
        events.push(event);
        asked.listener?.(event);
      };
      const given = { threads, signal, failFast, hashKey, sourceOf, prove, retry };
      const on = { warehouse: asked.warehouse ?? warehouse, ledger: asked.ledger ?? ledger };
      const options = { graph, plan, record, ...on, listener, ...given };
      const finished = await executeRun({ ...options, environment: "test", about: {} });
      const actions = events.filter((event) => event.kind === "action-finished");
      const evaluations = events.filter((event) => event.kind === "evaluation");
      const label = ({ target }: ActionFinished) => targetLabel(target);
      return {
        plan,
        events,
        finished,
        statuses: Object.fromEntries(actions.map((event) => [label(event), event.status])),
        outcomes: Object.fromEntries(evaluations.map((event) => [event.rule.toLowerCase(), event.outcome])),
        action: (wanted) => actions.find((event) => label(event) === wanted),
      };
    },
    async rows(sql) {
      return (await session.rows(sql)).map((row) => Object.values(row));
    },
    async sql(text) {
      await session.run(text);
    },
    async batch(source) {
      const chain = await ledger.open("load", {});
      const at = new Date().toISOString();
      const about = { at, target: source, contentHash: chain.id, batchId: chain.id, rows: 1 };
      await chain.append([loadFileEntry(about)]);
      await chain.seal("succeeded");
    },
    state: () => ledger.state(),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
      await warehouse[Symbol.asyncDispose]();
    },
  };
}
