/** A small project with a warehouse, the built command on it, and what the warehouse holds. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { main } from "../../src/cli/program.js";

const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "snowflake",
    defaultDatabase: "EHR",
    defaultSchema: "GOLD",
    assertionSchema: "ASSERTIONS",
  }),
  "environments.json": JSON.stringify({
    environments: [
      { name: "plain", configOverride: { warehouse: "duckdb" } },
      { name: "other", configOverride: { warehouse: "duckdb", defaultDatabase: "CLINIC" } },
      { name: "snow", configOverride: { warehouse: "snowflake" }, connection: { account: "a", user: "u" } },
    ],
  }),
  "definitions/patient.sqlx": `config { type: "table", columns: { ID: "Its id." } }
select cast(range as integer) as ID, 'name ' || range as NAME, case when range % 7 = 0 then null else range / 4.0 end as AMOUNT,
  date '2020-01-01' + cast(range as integer) as BORN, cast(getvariable('MEDFORM_RUN_NUMBER') as bigint) as RUN
from range(5000)
`,
  "definitions/shown.sqlx": `config { type: "view" }\nselect ID, NAME from \${ref("PATIENT")}\n`,
  "definitions/beside.sqlx": `config { type: "table", database: "BESIDE" }\nselect ID from \${ref("PATIENT")}\n`,
};

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place extends Disposable {
  readonly dir: string;
  readonly warehouse: string;
  /** The command in this process, in the environment `plain` unless another is named. */
  medform(...args: readonly string[]): Promise<Ended>;
  /** With variables of the process environment besides. */
  with(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended>;
  write(name: string, text: string): string;
  path(name: string): string;
  /** Names in the folder of the warehouse, sorted. */
  names(): readonly string[];
}

export function place(): Place {
  const dir = mkdtempSync(join(tmpdir(), "medform-lifecycle-"));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const { MEDFORM_DUCKDB: _, MEDFORM_HASH_KEY: __, FORCE_COLOR: ___, ...env } = process.env;
  const call = async (more: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ended> => {
    const [out, err]: [string[], string[]] = [[], []];
    const environment = args.includes("--environment") ? [] : ["--environment", "plain"];
    const io = {
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: (text: string) => err.push(text) },
      env: { ...env, ...more },
      cwd: dir,
      isTTY: false,
      signal: new AbortController().signal,
    };
    const code = await main([...args, ...environment], io, () => "test");
    return { code, stdout: out.join(""), stderr: err.join("") };
  };
  return {
    dir,
    warehouse: join(dir, ".medform", "warehouse.duckdb"),
    medform: (...args) => call({}, args),
    with: (more, ...args) => call(more, args),
    write,
    path: (name) => join(dir, name),
    names: () => readdirSync(join(dir, ".medform")).toSorted(),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Runs statements on a database file that nobody has open, and returns the rows of the last one. */
export async function onFile(file: string, ...statements: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`attach '${file}' as "EHR"`);
    await connection.run(`use "EHR"`);
    let rows: readonly (readonly unknown[])[] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJS();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
