/** The warehouse's file before the engine sees it: what is wrong with it is said with its path and what to do. */
import { existsSync, constants as mode } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ProblemError } from "../../graph/index.js";

/**
 * Makes the folder of the file where it is missing, and makes sure that the file is one that can be used.
 *
 * @throws ProblemError `no-warehouse`, `warehouse-folder`, `warehouse-is-folder`, `warehouse-not-readable`,
 * `warehouse-not-writable`.
 */
export async function prepareFile(path: string, readOnly: boolean): Promise<void> {
  if (!existsSync(path)) {
    if (readOnly) {
      throw new ProblemError({
        code: "no-warehouse",
        message: `there is no warehouse at ${path} yet`,
        hint: "`medform load` or `medform run` makes it.",
      });
    }
    await makeFolder(dirname(path), path);
    return;
  }
  if ((await stat(path)).isDirectory()) {
    throw new ProblemError({
      code: "warehouse-is-folder",
      message: `${path} is a folder, and the warehouse is a file`,
      hint: "Name a file in it: MEDFORM_DUCKDB, or the environment's `connection`.",
    });
  }
  await reachable(path, mode.R_OK, "warehouse-not-readable", "cannot be read");
  if (!readOnly) await reachable(path, mode.W_OK, "warehouse-not-writable", "cannot be written");
}

async function reachable(path: string, wanted: number, code: string, what: string): Promise<void> {
  try {
    await access(path, wanted);
  } catch (error) {
    throw new ProblemError({
      code,
      message: `${path} ${what} (${codeOf(error)})`,
      hint: "Let its owner permit it, or name another warehouse with MEDFORM_DUCKDB.",
    });
  }
}

/** Folder by folder: asked for all at once, some file systems (/proc) keep Node trying without end. */
async function makeFolder(folder: string, path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  try {
    for (const each of missing) {
      await mkdir(each).catch((error: unknown) => {
        // Another process may have made it meanwhile.
        if (codeOf(error) !== "EEXIST") throw error;
      });
    }
    await access(folder, mode.W_OK | mode.X_OK);
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
  } catch (error) {
    throw new ProblemError({
      code: "warehouse-folder",
      message: `the warehouse ${path} cannot be made: its folder cannot be written (${codeOf(error)})`,
      hint: "Name a path that may be written: MEDFORM_DUCKDB, or the environment's `connection`.",
    });
  }
}

/** What the system calls it: ENOSPC, EACCES. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}
