/** Fixture projects from text, and the Dataform CLI as the oracle for them. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CompiledGraph, Position } from "../../src/graph/index.js";

export type Files = Readonly<Record<string, string>>;

export interface Expected {
  readonly code: string;
  readonly at: Position;
}

export interface Fixture {
  readonly dir: string;
  /**
   * One for each mark `«code»` in the text, which stands right before the offending place and is not written; `«code!»`
   * where only the file can be known.
   */
  readonly marks: readonly Expected[];
  remove(): void;
}

const cli = join(dirname(createRequire(import.meta.url).resolve("@dataform/cli/package.json")), "bundle.js");
const nodeModules = dirname(dirname(dirname(cli)));

export const manifest = (range: string) => JSON.stringify({ dependencies: { "@dataform/core": range } });

export const snowflake = {
  warehouse: "snowflake",
  defaultDatabase: "ehr",
  defaultSchema: "gold",
  assertionSchema: "rules",
};

/** Writes a project into a folder of its own, @dataform/core included unless told otherwise. */
export function makeFixture(files: Files, options: { readonly core?: boolean } = {}): Fixture {
  const dir = mkdtempSync(join(tmpdir(), "medform-compile-"));
  const all: Files = { "dataform.json": JSON.stringify(snowflake), "package.json": manifest("2.9.0"), ...files };
  const marks: Expected[] = [];
  for (const [file, text] of Object.entries(all)) {
    const path = join(dir, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, unmark(file, text, marks));
  }
  if (options.core !== false) {
    mkdirSync(join(dir, "node_modules", "@dataform"), { recursive: true });
    symlinkSync(join(nodeModules, "@dataform", "core"), join(dir, "node_modules", "@dataform", "core"));
  }
  return { dir, marks, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function unmark(file: string, text: string, marks: Expected[]): string {
  let rest = text;
  for (let match = /«([\w-]+!?)»/.exec(rest); match; match = /«([\w-]+!?)»/.exec(rest)) {
    const before = rest.slice(0, match.index);
    const at = { file, line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
    const code = match[1] ?? "";
    marks.push(code.endsWith("!") ? { code: code.slice(0, -1), at: { file } } : { code, at });
    rest = before + rest.slice(match.index + match[0].length);
  }
  return rest;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a node script and never throws. */
export function runNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...args],
      { maxBuffer: 256 << 20, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

/** `dataform compile --json`; what project code or the Snowflake driver printed before the graph is left out. */
export async function stockGraph(dir: string): Promise<CompiledGraph> {
  const ran = await runNode([cli, "compile", dir, "--json", "--timeout", "60s"]);
  const start = ran.stdout.search(/^\{$/m);
  if (start < 0) throw new Error(`The Dataform CLI printed no graph: ${ran.stderr}`);
  return JSON.parse(ran.stdout.slice(start)) as CompiledGraph;
}

/** Stack traces hold the host's own files; they alone may differ. */
export function withoutStacks(compiled: CompiledGraph): CompiledGraph {
  const copy = JSON.parse(JSON.stringify(compiled)) as CompiledGraph;
  for (const error of copy.graphErrors?.compilationErrors ?? []) delete (error as { stack?: string }).stack;
  return copy;
}

/** Runs the jobs two at a time, as many as there are cores to count on. */
export async function twoAtATime<T>(jobs: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results = new Array<T>(jobs.length);
  const queue = jobs.entries();
  const worker = async () => {
    for (const [index, job] of queue) results[index] = await job();
  };
  await Promise.all([worker(), worker()]);
  return results;
}
