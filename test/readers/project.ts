/** A project whose tables say which run built them, the built command on it, and readers in processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { main } from "../../src/cli/program.js";

const root = resolve(import.meta.dirname, "../..");
const bin = join(root, "dist/src/cli/bin.cjs");

const built = "cast(getvariable('MEDFORM_RUN_NUMBER') as bigint) as RUN";

const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "snowflake",
    defaultDatabase: "EHR",
    defaultSchema: "GOLD",
    assertionSchema: "ASSERTIONS",
    vars: { broken: "no" },
  }),
  "environments.json": JSON.stringify({
    environments: [
      { name: "none", configOverride: { warehouse: "duckdb" } },
      { name: "two", configOverride: { warehouse: "duckdb" }, connection: { snapshots: 2 } },
    ],
  }),
  "definitions/first.sqlx": `config { type: "table", description: "The first." }\nselect range as ID, ${built} from range(20000)\n`,
  "definitions/second.sqlx": `config { type: "table", columns: { ID: "Its id." } }\nselect range as ID, ${built} from range(20000)\n`,
  "definitions/both.sqlx": `config { type: "view" }\nselect first.ID, first.RUN as FIRST_RUN, second.RUN as SECOND_RUN from \${ref("FIRST")} as first inner join \${ref("SECOND")} as second on first.ID = second.ID\n`,
  "definitions/rule.sqlx": `config { type: "assertion" }\nselect ID from \${ref("SECOND")} where '\${dataform.projectConfig.vars.broken}' = 'yes'\n`,
};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place extends Disposable {
  readonly dir: string;
  readonly warehouse: string;
  /** The folder of the snapshots. */
  readonly snapshots: string;
  /** The name that stays. */
  readonly snapshot: string;
  /** The numbered folders, oldest first. */
  kept(): readonly string[];
  /** What is not finished. */
  unfinished(): readonly string[];
  /** Here, for that costs a tenth. */
  medform(...args: readonly string[]): Promise<Ended>;
  /** In a process of its own, which a lock shuts out. */
  elsewhere(...args: readonly string[]): Promise<Ended>;
  start(...args: readonly string[]): ChildProcess;
}

export function place(more: Readonly<Record<string, string>> = {}): Place {
  const dir = mkdtempSync(join(tmpdir(), "medform-readers-"));
  for (const [name, text] of Object.entries({ ...files, ...more })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const snapshots = join(dir, ".medform", "warehouse.snapshots");
  const { MEDFORM_DUCKDB: _, FORCE_COLOR: __, ...env } = process.env;
  const start = (...args: readonly string[]) => spawn(process.execPath, [bin, ...args], { cwd: dir, env });
  const names = () => {
    try {
      return readdirSync(snapshots).toSorted();
    } catch {
      return [];
    }
  };
  return {
    dir,
    warehouse: join(dir, ".medform", "warehouse.duckdb"),
    snapshots,
    snapshot: join(snapshots, "EHR.duckdb"),
    kept: () => names().filter((name) => /^\d{6}-[^.]*$/.test(name)),
    unfinished: () => names().filter((name) => name.endsWith(".new")),
    start,
    async medform(...args) {
      const [out, err]: [string[], string[]] = [[], []];
      const code = await main(
        args,
        {
          stdout: { write: (text) => out.push(text) },
          stderr: { write: (text) => err.push(text) },
          env,
          cwd: dir,
          isTTY: false,
          signal: new AbortController().signal,
        },
        () => "test",
      );
      return { code, stdout: out.join(""), stderr: err.join("") };
    },
    async elsewhere(...args) {
      const child = start(...args);
      const [out, err]: [string[], string[]] = [[], []];
      child.stdout?.on("data", (chunk: Buffer) => out.push(chunk.toString()));
      child.stderr?.on("data", (chunk: Buffer) => err.push(chunk.toString()));
      const [code] = await once(child, "close");
      return { code, stdout: out.join(""), stderr: err.join("") };
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** One reading of a file by a process that knows nothing of medform. */
export interface Reading {
  /** Runs that are seen in each table and through the view; a whole snapshot has one, the same everywhere. */
  readonly runs: readonly string[];
  readonly rows: number;
  /** The run that MEDFORM.SNAPSHOT names. */
  readonly of: string;
}

const query = `
select
  (select string_agg(distinct run::varchar, ',' order by run::varchar) from (
    select RUN from GOLD.FIRST union all select RUN from GOLD.SECOND
    union all select FIRST_RUN from GOLD.BOTH union all select SECOND_RUN from GOLD.BOTH
  ) as seen(run)) as runs,
  (select count(*)::integer from GOLD.BOTH) as n,
  (select run_id from MEDFORM.SNAPSHOT) as snapshot_of`;

const script = `
import { DuckDBInstance } from "@duckdb/node-api";
const [path, times] = process.argv.slice(-2);
for (let time = 0; time < Number(times); time += 1) {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY", threads: "1" });
  const connection = await instance.connect();
  const [row] = (await connection.runAndReadAll(${JSON.stringify(query)})).getRows();
  process.stdout.write(JSON.stringify({ runs: row[0].split(","), rows: row[1], of: row[2] }) + "\\n");
  connection.closeSync();
  instance.closeSync();
}
`;

/** Opens, reads and closes the file, again and again, until it is stopped; what it saw in the end. */
export function reader(path: string, times = 1_000_000) {
  const args = ["--input-type=module", "-e", script, path, String(times)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const readings: Reading[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on("line", (line) => readings.push(JSON.parse(line)));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const closed = once(child, "close");
  return {
    readings,
    /** Resolves when it has read something. */
    first: () => Promise.race([once(child.stdout, "data"), closed]),
    async stop(): Promise<{ readonly readings: readonly Reading[]; readonly errors: string }> {
      child.kill("SIGTERM");
      await closed;
      return { readings, errors: errors.join("") };
    },
    async end(): Promise<{ readonly readings: readonly Reading[]; readonly errors: string }> {
      await closed;
      return { readings, errors: errors.join("") };
    },
  };
}

export const readOnce = async (path: string): Promise<Reading> => {
  const { readings, errors } = await reader(path, 1).end();
  const [reading] = readings;
  if (reading === undefined) throw new Error(errors);
  return reading;
};
