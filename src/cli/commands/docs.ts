/** `medform docs`: the project's relations as a page of Markdown, or its keys as a script; needs no warehouse. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type Graph, heldKeys, ProblemError, selectActions } from "../../graph/index.js";
import { renderReference } from "../../report/index.js";
import { keyScript } from "../../warehouse/index.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { openProject } from "../open.js";

export interface DocsCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Relative to where the command runs; without it the page goes to stdout. */
  readonly out?: string;
  readonly title?: string;
  /** Instead of the page a script that declares the keys that rules hold, for Snowflake. */
  readonly keys?: true;
}

/** @returns 0. Errors: those of compilation and of selection; `keys-not-here`. */
export async function docsCommand(options: DocsCommandOptions, io: Io): Promise<number> {
  const { graph, project, environment } = await openProject(options, io);
  const page =
    options.keys === true
      ? keysOf(graph, environment.name)
      : renderReference(graph, {
          title: options.title ?? basename(resolve(project.dir)),
          only: selectActions(graph, options),
        });
  if (options.out === undefined) {
    io.stdout.write(options.json ? `${JSON.stringify(page)}\n` : page);
    return 0;
  }
  const path = resolve(io.cwd, options.out);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, page);
  if (options.json) io.stdout.write(`${JSON.stringify({ path })}\n`);
  else messages(io, options).note(`Wrote ${path}.`);
  return 0;
}

function keysOf(graph: Graph, environment: string): string {
  const { engine, defaultDatabase } = graph;
  if (engine === "snowflake" && defaultDatabase !== undefined) return keyScript(heldKeys(graph), defaultDatabase);
  throw new ProblemError({
    code: "keys-not-here",
    message: `The environment "${environment}" ${engine === "snowflake" ? "names no database" : "is for DuckDB, whose tables are made anew from queries and have no declared keys"}.`,
    hint: "Name an environment that runs on Snowflake, with --environment.",
  });
}
