/** Files that lie in a stage: found, known by their content as the engine knows it, and what is new of them given its columns. */
import { ProblemError } from "../graph/index.js";
import { fileSubject, type Ledger } from "../ledger/index.js";
import type { Lander } from "../warehouse/index.js";
import { deliveredAt, toldDate } from "./delivered.js";
import { columnNames } from "./header.js";
import { databaseOf, landingName, landingOf, landingSchema, type Prepared, type PrepareOptions } from "./prepare.js";
import { readHeader } from "./sniff.js";

/** Whether a path as typed is one in a stage. */
export const isStage = (path: string): boolean => path.startsWith("@");

/** Errors: `load-stage`, `load-option`, `load-no-such-path`, and those of a header. */
export async function prepareStaged(
  options: PrepareOptions & { readonly lander: Lander; readonly ledger: Ledger },
): Promise<readonly Prepared[]> {
  const { format, source, listener, graph, lander, ledger } = options;
  if (format !== "csv") {
    throw new ProblemError({
      code: "load-option",
      message: "Out of a stage files are loaded with the format csv, one table at a time",
      hint: "medform load csv @STAGE/path --table NAME",
    });
  }
  const landing = landingOf(graph, landingName(options.table));
  const place = { ...databaseOf(graph), schema: landingSchema(graph) };
  const files = await lander.staged(options.path, place);
  if (files.length === 0) {
    throw new ProblemError({
      code: "load-no-such-path",
      message: "There is no file in the stage whose path begins so",
      hint: "LIST shows what lies there; paths tell upper case from lower.",
    });
  }
  listener({ kind: "load-started", at: new Date().toISOString(), format, source, files: files.length });
  const subjectOf = (hash: string) => fileSubject(landing.target, hash);
  const known = await ledger.loaded(files.map(({ contentHash }) => subjectOf(contentHash)));
  const fresh = files.filter(({ contentHash }) => !known.has(subjectOf(contentHash)));
  const lines = fresh.length === 0 ? [] : await lander.firstLines(fresh, place);
  const headers = new Map(fresh.map((file, index) => [file, lines[index] ?? ""]));
  return files.map((file): Prepared => {
    const { path, bytes, contentHash, modified } = file;
    const line = headers.get(file);
    // More follows it: what the line is of must not be taken for a file of a header alone.
    const head = Buffer.from(`${line ?? ""}\n`);
    const read = { path, name: path, hash: contentHash, bytes: line === "" ? 0 : head.length + 1, head };
    const header = line === undefined ? [] : readHeader(line === "" ? { ...read, head: Buffer.alloc(0) } : read);
    const columns = columnNames(header, path);
    return {
      ...read,
      ...landing,
      knownAs: contentHash,
      bytes,
      header,
      columns,
      deliveredAt: options.delivered ?? deliveredAt(path, modified),
      isDated: (options.delivered ?? toldDate(path)) !== undefined,
      staged: file,
    };
  });
}
