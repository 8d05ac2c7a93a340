/** `node plain.js PROJECT WAREHOUSE`: compiles the project and runs its SQL on DuckDB as it is, in order. */
import { DuckDBInstance } from "@duckdb/node-api";
import { compileProject } from "../src/compile/index.js";
import { quoteName, quoteTarget, type Target } from "../src/graph/index.js";
import { landingColumns } from "../src/warehouse/index.js";

async function main([projectDir = ".", warehouse = ""]: readonly string[]): Promise<void> {
  const { graph } = await compileProject({ projectDir, overrides: { warehouse: "duckdb" } });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`attach '${warehouse.replaceAll("'", "''")}' as "EHR"`);
  await connection.run("set timezone = 'UTC'");
  await connection.run("set variable MEDFORM_RUN_ID = 'plain'");
  await connection.run("set variable MEDFORM_RUN_NUMBER = 1");
  const schema = ({ database = "", schema: name }: Target) => `${quoteName(database)}.${quoteName(name)}`;
  for (const name of new Set(graph.actions.map(({ target }) => schema(target)))) {
    await connection.run(`create schema if not exists ${name}`);
  }
  for (const action of graph.actions) {
    if (action.kind === "assertion") await connection.runAndReadAll(`select count(*) from (\n${action.query}\n)`);
    // Tables that nothing was loaded into: the runner makes them empty too.
    if (action.kind === "declaration" && action.columns.length > 0) {
      const columns = landingColumns(action.columns.map(({ path }) => path.join(".")));
      const typed = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
      await connection.run(`create table if not exists ${quoteTarget(action.target)} (${typed})`);
    }
    if (action.kind !== "table" && action.kind !== "incremental" && action.kind !== "view") continue;
    const kind = action.kind === "view" ? "view" : "table";
    const order = action.clusterBy.length > 0 && kind === "table" ? ` order by ${action.clusterBy.join(", ")}` : "";
    await connection.run(`create ${kind} ${quoteTarget(action.target)} as select * from (\n${action.query}\n)${order}`);
  }
  connection.closeSync();
  instance.closeSync();
}

await main(process.argv.slice(2));
