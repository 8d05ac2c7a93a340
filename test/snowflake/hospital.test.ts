/** The whole hospital, loaded and refreshed on both engines from the same files: every table ends with the same rows. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import { type Graph, quoteName, quoteTarget, type Relation, type Target, targetKey } from "../../src/graph/index.js";
import { openLedger } from "../../src/ledger/index.js";
import { loadFiles } from "../../src/load/index.js";
import { makePlan } from "../../src/plan/index.js";
import { executeRun, readSituation } from "../../src/run/index.js";
import { generateSample } from "../../src/sample/index.js";
import { openDuckDb, type Value, type Warehouse } from "../../src/warehouse/index.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs, pairsOf } from "../snowflake-server/pairs.js";
import { openOn, tell } from "./opened.js";

const projectDir = resolve(import.meta.dirname, "../..");

/** Of few tables, for the test Snowflake forgets what guards them, and each would be given all of it again. */
const policies = { "masking_policy:phi:name": "SAFE.PHI_{TYPE}", "row_access_policy:assigning_authority": "SAFE.ROWS" };

async function compiled(warehouse: "duckdb" | "snowflake"): Promise<Graph> {
  const overrides = { warehouse, ...(warehouse === "snowflake" && { vars: policies }) };
  const { graph, problems } = await compileProject({ projectDir, overrides });
  const [first] = problems.filter(({ at }) => !at?.file?.startsWith("definitions/tests/"));
  if (first) throw new Error(`${first.at?.file}: ${first.message}`);
  return graph;
}

let server: SnowflakeServer;

/** Both engines load and run at the same moment, as far as anything that is kept of it can tell. */
const moment = new Date("2026-03-01T05:00:00Z");

async function load(warehouse: Warehouse, graph: Graph, path: string): Promise<number> {
  await using ledger = await openLedger(warehouse);
  return (await loadFiles({ format: "synthea-csv", path, warehouse, ledger, graph })).landed;
}

const isRelation = (action: Graph["actions"][number]): action is Relation =>
  action.kind === "table" || action.kind === "view" || action.kind === "incremental";

/** A sum of floating numbers depends on the order in which they come, in its last digits; everything else is exact. */
const text = (value: Value | undefined) =>
  typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(10) : String(value ?? "∅");

/** Every row of a relation as text, sorted. */
async function contents(warehouse: Warehouse, target: Target, columns: readonly string[]): Promise<readonly string[]> {
  await using session = await warehouse.session();
  const listed = columns.map((name) => `${quoteName(name)} as ${quoteName(name.toUpperCase())}`);
  const query = `select ${listed.join(", ")} from ${quoteTarget(target)}`;
  if (warehouse.engine === "snowflake") await tell(server, query);
  const rows = await session.rows(query);
  return rows.map((row) => JSON.stringify(columns.map((name) => text(row[name.toUpperCase()])))).sort();
}

async function refresh(warehouse: Warehouse, graph: Graph): Promise<readonly string[]> {
  await using ledger = await openLedger(warehouse);
  const situation = await readSituation(graph, warehouse, ledger);
  const selection = { select: [], exclude: [] };
  const plan = makePlan({ ...situation, graph, selection, fullRefresh: false, asOf: null });
  const told: string[] = [];
  await executeRun({
    graph,
    plan,
    warehouse,
    ledger,
    listener: (event) => {
      if (event.kind === "action-finished" && event.status !== "built" && event.status !== "unchanged")
        told.push(`${quoteTarget(event.target)}: ${event.status} ${event.problem?.message ?? event.reason ?? ""}`);
      if (event.kind === "evaluation" && event.problem) told.push(`${event.rule}: ${event.problem.message}`);
    },
    environment: "test",
    about: {},
    hashKey: "a key of the test",
  });
  return told;
}

async function expectEqual(duckdb: Warehouse, snowflake: Warehouse, graphs: { readonly duckdb: Graph }): Promise<void> {
  const columnsOf = async (warehouse: Warehouse) =>
    new Map((await warehouse.catalog.relations()).map((info) => [targetKey(info.target), info]));
  const [ours, theirs] = [await columnsOf(duckdb), await columnsOf(snowflake)];
  let rows = 0;
  for (const { target, columns } of graphs.duckdb.actions.filter(isRelation)) {
    // Which run made a row differs from warehouse to warehouse.
    const provenance = columns
      .filter(({ tags }) => tags.includes("provenance"))
      .map(({ path }) => path[0]?.toUpperCase());
    const names = (from: typeof ours) =>
      (from.get(targetKey(target))?.columns ?? [])
        .map(({ name }) => name)
        .filter((name) => !provenance.includes(name.toUpperCase()));
    expect(names(theirs).map((name) => name.toUpperCase())).toEqual(names(ours).map((name) => name.toUpperCase()));
    const wanted = await contents(duckdb, target, names(ours));
    expect(await contents(snowflake, target, names(theirs)), targetKey(target)).toEqual(wanted);
    rows += wanted.length;
  }
  expect(rows).toBeGreaterThan(1000);
}

/** No relation that somebody must not see as it is was made without the policies that guard it. */
async function expectGuarded({ actions }: Graph): Promise<void> {
  const created = (await server.statements())
    .map(({ sqlText }) => sqlText.split("\n", 1)[0] ?? "")
    .filter((text) => /^create or replace (?:transient |secure )?(?:table|view) \S+ \(/.test(text));
  let guarded = 0;
  for (const { target, guards } of actions.filter(isRelation)) {
    if (guards === undefined) continue;
    const beginning = quoteTarget(target).slice(0, -1);
    const own = created.filter((text) => text.includes(` ${beginning}"`) || text.includes(` ${beginning}$medform_`));
    expect(own.length, targetKey(target)).toBeGreaterThan(0);
    for (const text of own) {
      const masks = text.split(' with masking policy "EHR"."SAFE"."PHI_').length - 1;
      expect([targetKey(target), masks]).toEqual([targetKey(target), Object.keys(guards.masking).length]);
      const rows = text.includes(' with row access policy "EHR"."SAFE"."ROWS" on ("ASSIGNING_AUTHORITY")');
      expect([targetKey(target), rows]).toEqual([targetKey(target), guards.rowAccess !== undefined]);
    }
    guarded += 1;
  }
  expect(guarded).toBeGreaterThan(50);
}

describe("the hospital on Snowflake", () => {
  const dir = mkdtempSync(join(tmpdir(), "medform-snowflake-hospital-"));
  let graphs: { readonly duckdb: Graph; readonly snowflake: Graph };

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: moment });
    server = await startSnowflake();
    graphs = { duckdb: await compiled("duckdb"), snowflake: await compiled("snowflake") };
    await server.know([...pairsOf(graphs.snowflake, graphs.duckdb), ...ledgerPairs("EHR")]);
  });
  afterAll(async () => {
    vi.useRealTimers();
    await server?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  it("ends equal to DuckDB", async () => {
    await using duckdb = await openDuckDb({
      path: join(dir, "warehouse.duckdb"),
      database: "EHR",
      holder: { command: "test" },
    });
    await using snowflake = await openOn(server);
    // The second delivery goes into what the first one left: into tables as they are, by increments.
    for (const seed of [5, 6]) {
      const sample = join(dir, `sample-${seed}`);
      await generateSample({ patients: 8, seed, out: sample });
      const landed = await load(duckdb, graphs.duckdb, sample);
      expect(landed).toBeGreaterThan(500);
      expect(await load(snowflake, graphs.snowflake, sample)).toBe(landed);
      expect(await refresh(duckdb, graphs.duckdb)).toEqual([]);
      expect(await refresh(snowflake, graphs.snowflake)).toEqual([]);
      await expectEqual(duckdb, snowflake, graphs);
    }
    await expectGuarded(graphs.snowflake);
  });
});
