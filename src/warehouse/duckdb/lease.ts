/**
 * Who holds the warehouse. DuckDB's lock on the file is the lease itself: the system lets go of it when its owner dies.
 * `lock.json` beside the file only tells the others whose it is; left behind by a dead owner, it is replaced.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { ProblemError } from "../../graph/index.js";
import type { LeaseHolder } from "../contract.js";
import { makeRoom } from "./errors.js";
import { codeOf } from "./file.js";

const holderSchema = z.object({
  file: z.string(),
  runId: z.string(),
  pid: z.number(),
  host: z.string(),
  command: z.string(),
  since: z.string(),
});

const lockFile = (path: string) => join(dirname(path), "lock.json");

/** What `lock.json` says of this warehouse file; undefined where it says nothing, or nothing that can be read. */
export async function readHolder(path: string): Promise<LeaseHolder | undefined> {
  try {
    const { file, ...holder } = holderSchema.parse(JSON.parse(await readFile(lockFile(path), "utf8")));
    return file === basename(path) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Written under another name first, so that nobody ever reads half of it. One name for each warehouse, which has one writer:
 * what a writer that died left there is written over.
 *
 * @throws ProblemError `disk-full`, `warehouse-folder`.
 */
export async function writeHolder(path: string, holder: LeaseHolder): Promise<void> {
  const draft = `${lockFile(path)}.${basename(path)}`;
  try {
    await writeFile(draft, `${JSON.stringify({ file: basename(path), ...holder }, null, 2)}\n`);
    await rename(draft, lockFile(path));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    const code = codeOf(error);
    const full = ["ENOSPC", "EFBIG", "EDQUOT"].includes(code);
    throw new ProblemError({
      code: full ? "disk-full" : "warehouse-folder",
      message: `${lockFile(path)}, which says who holds the warehouse, cannot be written (${code})`,
      hint: full ? makeRoom : "Name a path that may be written: MEDFORM_DUCKDB, or the environment's `connection`.",
    });
  }
}

export async function removeHolder(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder?.pid === process.pid && holder.host === hostname()) await rm(lockFile(path), { force: true });
}

export function holderOf(runId: string | undefined, command: string): LeaseHolder {
  return {
    runId: runId ?? "",
    pid: process.pid,
    host: hostname(),
    command,
    since: new Date().toISOString(),
  };
}

/** The process that the engine names in its refusal; undefined where the error is another one. */
export function lockedBy(error: unknown): { readonly pid?: number } | undefined {
  const text = error instanceof Error ? error.message : "";
  if (!/^IO Error: (Could not set lock|Cannot open file .* being used by another process)/.test(text)) return undefined;
  const pid = /\(PID (\d+)\)/.exec(text)?.[1];
  return pid === undefined ? {} : { pid: Number(pid) };
}

/** Exit 3, code `locked`: says who holds the file and since when, as far as anybody left word of it. */
export function lockedError(path: string, holder: LeaseHolder | undefined, pid: number | undefined): ProblemError {
  const known = holder !== undefined && (pid === undefined || holder.pid === pid) ? holder : undefined;
  const who =
    known === undefined
      ? `process ${pid ?? "unknown"}`
      : `\`${known.command}\`${known.runId === "" ? "" : ` (run ${known.runId})`}, process ${known.pid} on ${known.host}, since ${known.since}`;
  return new ProblemError(
    {
      code: "locked",
      message: `the warehouse ${path} is in use by ${who}`,
      hint: "Wait until it has ended, or end it; a warehouse has one writer at a time.",
    },
    3,
  );
}
