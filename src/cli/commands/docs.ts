/** `medform docs`: the project's relations as a page of Markdown; needs no warehouse. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { selectActions } from "../../graph/index.js";
import { renderReference } from "../../report/index.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { openProject } from "../open.js";

export interface DocsCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Relative to where the command runs; without it the page goes to stdout. */
  readonly out?: string;
  readonly title?: string;
}

/** @returns 0. Errors: those of compilation and of selection. */
export async function docsCommand(options: DocsCommandOptions, io: Io): Promise<number> {
  const { graph, project } = await openProject(options, io);
  const only = selectActions(graph, options);
  const page = renderReference(graph, { title: options.title ?? basename(resolve(project.dir)), only });
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
