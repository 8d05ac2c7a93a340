/**
 * `node plain.js PROJECT WAREHOUSE [increment]`: compiles the project and runs its SQL on DuckDB as it is, in order; with
 * `increment` onto what an earlier refresh published, else from nothing.
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { compileProject } from "../src/compile/index.js";
import { type Assertion, quoteName, quoteTarget, type Relation, type Target, targetKey } from "../src/graph/index.js";
import { landingColumns } from "../src/warehouse/index.js";
import { redirect } from "../src/warehouse/redirect.js";

const database = "EHR";

const inTemp = (name: string) => `temp.main.${quoteName(name)}`;

async function main([projectDir = ".", warehouse = "", mode]: readonly string[]): Promise<void> {
  const { graph } = await compileProject({ projectDir, overrides: { warehouse: "duckdb" } });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`attach '${warehouse.replaceAll("'", "''")}' as ${quoteName(database)}`);
  await connection.run("set timezone = 'UTC'");
  await connection.run("set variable MEDFORM_RUN_ID = 'plain'");
  const number = mode === "increment" ? `(select max("RUN_NUMBER") + 1 from ${quoteName(database)}.MEDFORM.RUN)` : "1";
  await connection.run(`set variable MEDFORM_RUN_NUMBER = ${number}`);
  const schema = ({ database: of = "", schema: name }: Target) => `${quoteName(of)}.${quoteName(name)}`;
  for (const name of new Set(graph.actions.map(({ target }) => schema(target)))) {
    await connection.run(`create schema if not exists ${name}`);
  }
  const staged = new Map<string, string>();
  for (const action of graph.actions) {
    if (action.kind === "assertion") await judge(connection, action, staged);
    // Tables that nothing was loaded into: the runner makes them empty too.
    if (action.kind === "declaration" && action.columns.length > 0) {
      const columns = landingColumns(action.columns.map(({ path }) => path.join(".")));
      const typed = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
      await connection.run(`create table if not exists ${quoteTarget(action.target)} (${typed})`);
    }
    if (action.kind !== "table" && action.kind !== "incremental" && action.kind !== "view") continue;
    if (action.kind === "incremental" && mode === "increment") {
      const stage = `stage_${staged.size}`;
      await increment(connection, action, inTemp(stage));
      staged.set(targetKey(action.target), stage);
      continue;
    }
    const kind = action.kind === "view" ? "view" : "table";
    const order = action.clusterBy.length > 0 && kind === "table" ? ` order by ${action.clusterBy.join(", ")}` : "";
    await connection.run(
      `create or replace ${kind} ${quoteTarget(action.target)} as select * from (\n${action.query}\n)${order}`,
    );
  }
  connection.closeSync();
  instance.closeSync();
}

/** Stages what the query brings, and puts it in place of the rows with the same key. */
async function increment(connection: DuckDBConnection, relation: Relation, stage: string): Promise<void> {
  const table = quoteTarget(relation.target);
  for (const hook of relation.incrementalPreOps) await connection.run(hook);
  await connection.run(`create temp table ${stage} as ${relation.incrementalQuery}`);
  if (relation.uniqueKey.length > 0) {
    const found = relation.uniqueKey
      .map((key) => `old.${quoteName(key)} is not distinct from new.${quoteName(key)}`)
      .join(" and ");
    // What is there already stays where the increment only adds.
    await connection.run(
      relation.increment.kind === "insert"
        ? `delete from ${stage} as new using ${table} as old where ${found}`
        : `delete from ${table} as old using ${stage} as new where ${found}`,
    );
  }
  await connection.run(`insert into ${table} by name select * from ${stage}`);
  for (const hook of relation.incrementalPostOps) await connection.run(hook);
}

/** Counts what breaks a rule; of a rule over new rows, among what was staged. */
async function judge(
  connection: DuckDBConnection,
  rule: Assertion,
  staged: ReadonlyMap<string, string>,
): Promise<void> {
  const named = rule.newRowsOf?.split(".").at(-1)?.toLowerCase();
  const target = rule.dependencies.find(({ name }) => name.toLowerCase() === named);
  const stage = target && staged.get(targetKey(target));
  const place = target && stage ? [{ target, place: inTemp(stage), name: stage }] : [];
  const query = redirect(rule.query, place, { database, engine: "duckdb" });
  await connection.runAndReadAll(`select count(*) from (\n${query}\n)`);
}

await main(process.argv.slice(2));
