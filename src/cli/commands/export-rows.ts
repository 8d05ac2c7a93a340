/** `medform export`: rows of tables and views as JSON lines, a file for each. Values go into its files and nowhere else. */
import { join, resolve } from "node:path";
import {
  type Graph,
  ProblemError,
  quoteName,
  quoteTarget,
  type Relation,
  selectActions,
  targetKey,
  targetLabel,
} from "../../graph/index.js";
import type { RelationInfo, Session } from "../../warehouse/index.js";
import type { GlobalOptions, Io } from "../io.js";
import { type NewFile, newFile } from "../new-file.js";
import { fileLabel, openForReading, openProject } from "../open.js";
import { counted } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface ExportOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Folder, relative to where the command runs. */
  readonly out: string;
  /** Column whose text is a line; without it a line is the row as a JSON object. */
  readonly column?: string;
}

interface Exported {
  readonly relation: Relation;
  readonly file: string;
  /** As the catalog spells it. */
  readonly column?: string;
}

/**
 * Reads only. All files are written before the first one is put under its name, in bounded memory. With `--json`:
 * `{"export": <absolute folder>, "files": [{"file", "relation", "rows"}]}`.
 *
 * @throws ProblemError `export-nothing`, `export-unbuilt`, `export-names`, `export-column`, `export-line`, `export-not-written`.
 */
export async function exportCommand(options: ExportOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const relations = selected(opened.graph, options);
  if (!opened.warehouseExists) throw unbuilt(relations);
  const dir = resolve(io.cwd, options.out);
  await using warehouse = await openForReading(opened, "export", io, options);
  const all = planned(relations, await warehouse.catalog.relations(), options.column);
  await using session = await warehouse.session();
  const cancel = () => session.cancel();
  io.signal.addEventListener("abort", cancel, { once: true });
  const files: NewFile[] = [];
  const rows: number[] = [];
  try {
    for (const each of all) {
      const path = join(dir, each.file);
      const file = await newFile(path, {
        label: fileLabel(path, io.cwd),
        hint: "--out DIR names another folder.",
        secret: true,
      });
      files.push(file);
      rows.push(await written(session, each, file));
      await file.close();
    }
    for (const file of files) await file.keep();
  } catch (error) {
    for (const file of files) await file.discard();
    throw error;
  } finally {
    io.signal.removeEventListener("abort", cancel);
  }
  const told = all.map(({ relation, file }, i) => ({
    file,
    relation: targetLabel(relation.target),
    rows: rows[i] ?? 0,
  }));
  if (options.json) io.stdout.write(`${jsonLine({ export: dir, files: told })}\n`);
  else if (!options.quiet) {
    const sum = rows.reduce((before, each) => before + each, 0);
    io.stdout.write(`${counted(told.length, "file")} in ${fileLabel(dir, io.cwd)}: ${counted(sum, "row")}\n`);
  }
  return 0;
}

function selected(graph: Graph, options: ExportOptions): readonly Relation[] {
  if (options.select.length === 0) {
    throw new ProblemError({
      code: "export-nothing",
      message: "Nothing is selected, and everything is more than anybody wants.",
      hint: "Say what: medform export gold.patient_timeline --out DIR",
    });
  }
  const keys = selectActions(graph, options);
  const relations = graph.actions.filter(
    (action): action is Relation =>
      (action.kind === "table" || action.kind === "view" || action.kind === "incremental") &&
      keys.has(targetKey(action.target)),
  );
  if (relations.length === 0) {
    throw new ProblemError({ code: "export-nothing", message: "No table and no view is selected." });
  }
  return relations;
}

const unbuilt = (relations: readonly Relation[]) =>
  new ProblemError({
    code: "export-unbuilt",
    message: `Not in the warehouse yet: ${relations.map(({ target }) => targetLabel(target)).join(", ")}.`,
    hint: "medform load brings files in, medform run builds the tables.",
  });

/** What goes where: a tag `export:NAME` names the file, else the relation does. */
function planned(
  relations: readonly Relation[],
  found: readonly RelationInfo[],
  column: string | undefined,
): readonly Exported[] {
  const known = new Map(found.map((each) => [targetKey(each.target), each]));
  const missing = relations.filter(({ target }) => !known.has(targetKey(target)));
  if (missing.length > 0) throw unbuilt(missing);
  const all = relations.map((relation): Exported => {
    const { target, tags } = relation;
    const name = tags.find((tag) => tag.startsWith("export:"))?.slice("export:".length) ?? target.name.toLowerCase();
    if (!/^\w[\w.-]*$/.test(name)) {
      throw new ProblemError({
        code: "export-names",
        message: `"${name}" of ${targetLabel(target)} cannot be the name of a file.`,
        hint: "A tag export:NAME names it: letters, digits, _ . and -.",
      });
    }
    const file = `${name}.ndjson`;
    if (column === undefined) return { relation, file };
    const own = known.get(targetKey(target))?.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (own === undefined) {
      throw new ProblemError({ code: "export-column", message: `${targetLabel(target)} has no column "${column}".` });
    }
    return { relation, file, column: own.name };
  });
  for (const [i, { file, relation }] of all.entries()) {
    const other = all.slice(0, i).find((each) => each.file.toLowerCase() === file.toLowerCase());
    if (other !== undefined) {
      throw new ProblemError({
        code: "export-names",
        message: `${targetLabel(other.relation.target)} and ${targetLabel(relation.target)} would both be written to ${file}.`,
        hint: "Export one of them to another folder.",
      });
    }
  }
  return all;
}

/** Chunk by chunk; how many lines. */
async function written(session: Session, { relation, column }: Exported, file: NewFile): Promise<number> {
  const from = quoteTarget(relation.target);
  let count = 0;
  if (column === undefined) {
    for await (const rows of session.stream(`select *\nfrom ${from}`)) {
      count += rows.length;
      await file.write(rows.map((row) => `${jsonLine(row)}\n`).join(""));
    }
    return count;
  }
  // What a row does not say is no line.
  const sql = `select ${quoteName(column)} as LINE\nfrom ${from}\nwhere ${quoteName(column)} is not null`;
  for await (const rows of session.stream(sql)) {
    const lines = rows.map(({ LINE }) => String(LINE));
    if (lines.some((line) => /[\r\n]/.test(line))) {
      throw new ProblemError({
        code: "export-line",
        message: `${quoteName(column)} of ${targetLabel(relation.target)} holds text of several lines.`,
        hint: "Without --column each row is a line of JSON.",
      });
    }
    count += lines.length;
    await file.write(lines.map((line) => `${line}\n`).join(""));
  }
  return count;
}
