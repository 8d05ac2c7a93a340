/** Runs the built command as a user would, and reads what it left in a warehouse file. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DuckDBInstance, type JS } from "@duckdb/node-api";

export const project = resolve(import.meta.dirname, "../..");
export const command = join(project, "dist/src/cli/main.js");

/** The folder of public data sets, where there is one; tests that need it are skipped by name without it. */
export const data = process.env.MEDFORM_DATA ?? "";
export const hasData = data !== "" && existsSync(data);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test, removed by `[Symbol.dispose]`, with a warehouse path in it. */
export function scratch(): { readonly dir: string; readonly warehouse: string } & Disposable {
  const dir = mkdtempSync(join(tmpdir(), "medform-"));
  return {
    dir,
    warehouse: join(dir, "warehouse.duckdb"),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Runs `medform <args>` on this project against `warehouse`; never throws for an exit code. */
export function medform(args: readonly string[], warehouse: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [command, ...args],
      { cwd: project, env: { ...process.env, MEDFORM_DUCKDB: warehouse, NO_COLOR: "1", ...env }, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        done({ code, stdout, stderr });
      },
    );
  });
}

/** The JSON lines of a command's stdout. */
export function lines<T>(stdout: string): readonly T[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

/** Opens a warehouse file for reading while nobody writes it, and answers queries; names as in the models. */
export async function reader(warehouse: string) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`attach '${warehouse.replaceAll("'", "''")}' as "EHR" (read_only)`);
  await connection.run(`use "EHR"`);
  const rows = async (sql: string): Promise<readonly Record<string, JS>[]> =>
    (await connection.runAndReadAll(sql)).getRowObjectsJS();
  return {
    rows,
    one: async (sql: string): Promise<number> => Number(Object.values((await rows(sql))[0] ?? {})[0]),
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
