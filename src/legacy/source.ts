/** Where rows come from that no model made: CSV and Parquet files, folders of them, and databases of DuckDB. */
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { compareText, ProblemError, quoteName, quoteTarget, quoteText } from "../graph/index.js";
import { csvRows } from "../load/index.js";
import type { RelationColumn, RelationInfo, Session } from "../warehouse/index.js";

/** A relation as a query names it. */
export interface Source {
  /** As people know it; a file without its folder. */
  readonly label: string;
  /** What may stand after `from`. */
  readonly from: string;
  /** Lines of a file that are no row of it. */
  readonly malformed: number;
  readonly columns: readonly RelationColumn[];
}

/** A path that is there, and what of it is meant. */
export type Found =
  | { readonly kind: "folder" | "csv" | "parquet"; readonly path: string }
  | { readonly kind: "database"; readonly path: string; readonly relation?: string };

/** Undefined where the text is no path of anything: it may be the name of a relation. */
export async function findSource(text: string, cwd: string): Promise<Found | undefined> {
  const [, file, relation] = /^(.+\.(?:duckdb|db)):([^:/\\]+)$/i.exec(text) ?? [];
  const path = resolve(cwd, file ?? text);
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) {
    if (!/[/\\]|\.(?:csv|csv\.gz|parquet|duckdb|db)$/i.test(file ?? text)) return undefined;
    throw new ProblemError({
      code: "legacy-no-such-path",
      message: `${basename(path)} does not exist`,
      hint: "A relative path begins at the folder where the command runs.",
    });
  }
  if (file !== undefined) return { kind: "database", path, relation };
  if (info.isDirectory()) return { kind: "folder", path };
  const kind = kindOf(path);
  if (kind !== undefined) return { kind, path };
  throw new ProblemError({
    code: "legacy-unknown-file",
    message: `${basename(path)} is of a kind that cannot be read here`,
    hint: "CSV (.csv, .csv.gz), Parquet (.parquet) and DuckDB (.duckdb) can.",
  });
}

function kindOf(path: string): "csv" | "parquet" | "database" | undefined {
  if (/\.csv(?:\.gz)?$/i.test(path)) return "csv";
  if (/\.parquet$/i.test(path)) return "parquet";
  return /\.(?:duckdb|db)$/i.test(path) ? "database" : undefined;
}

/**
 * Makes what was found readable for a session, for as long as the session is open: a CSV file is held in memory meanwhile.
 *
 * @throws ProblemError `legacy-empty`, `legacy-no-such-relation`, `legacy-unreadable`, and those of a load for a CSV file.
 */
export async function openSource(session: Session, found: Found, signal?: AbortSignal): Promise<readonly Source[]> {
  switch (found.kind) {
    case "csv":
      return [await csvSource(session, found.path, signal)];
    case "parquet":
      return [await parquetSource(session, found.path)];
    case "folder":
      return folder(session, found.path, signal);
    case "database":
      return database(session, found);
  }
}

async function folder(session: Session, path: string, signal?: AbortSignal): Promise<readonly Source[]> {
  const names = (await readdir(path)).filter((name) => !name.startsWith(".")).toSorted(compareText);
  const sources: Source[] = [];
  for (const name of names) {
    const kind = kindOf(name);
    const inside = join(path, name);
    if (!(await stat(inside)).isFile()) continue;
    if (kind === "csv") sources.push(await csvSource(session, inside, signal));
    if (kind === "parquet") sources.push(await parquetSource(session, inside));
  }
  if (sources.length > 0) return sources;
  throw new ProblemError({
    code: "legacy-empty",
    message: `${basename(path)} holds no CSV or Parquet file`,
    hint: "Folders in it are not looked into: name the one that holds the files.",
  });
}

let landed = 0;

/** A temporary table with the rows that a load would land, every column text, under the names that it gives. */
async function csvSource(session: Session, path: string, signal?: AbortSignal): Promise<Source> {
  const { columns, batches } = await csvRows(path, signal);
  landed += 1;
  const from = `temp.LEGACY_FILE_${landed}`;
  await session.run(
    `create temp table LEGACY_FILE_${landed} (${columns.map((name) => `${quoteName(name)} varchar`).join(", ")})`,
  );
  const values = columns.map(() => `unnest(from_json(cast(? as varchar), '["varchar"]'))`).join(", ");
  let malformed = 0;
  for await (const batch of batches) {
    malformed += batch.rejected.length;
    if (batch.rows.length === 0) continue;
    const binds = batch.columns.map((column) => JSON.stringify(column));
    await session.run(`insert into ${from} select ${values}`, binds);
  }
  return { label: basename(path), from, malformed, columns: columns.map((name) => ({ name, type: "VARCHAR" })) };
}

async function parquetSource(session: Session, path: string): Promise<Source> {
  const from = `read_parquet(${quoteText(path)})`;
  return { label: basename(path), from, malformed: 0, columns: await columnsOf(session, from, basename(path)) };
}

async function columnsOf(session: Session, from: string, label: string): Promise<readonly RelationColumn[]> {
  const rows = await session.rows(`describe select * from ${from}`).catch((error: unknown) => {
    throw unreadable({ label }, error);
  });
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

let attached = 0;

async function database(session: Session, found: Found & { readonly kind: "database" }): Promise<readonly Source[]> {
  attached += 1;
  const name = `LEGACY_${attached}`;
  const label = basename(found.path);
  await session.run(`attach ${quoteText(found.path)} as ${quoteName(name)} (read_only)`).catch((error: unknown) => {
    throw unreadable({ label }, error);
  });
  const rows = await session.rows(
    "select schema_name as s, table_name as t from duckdb_tables() where database_name = ? and not internal union all select schema_name, view_name from duckdb_views() where database_name = ? and not internal order by 1, 2",
    [name, name],
  );
  const wanted = found.relation?.toLowerCase();
  const named = rows
    .map((row) => ({ schema: String(row.s), name: String(row.t) }))
    .filter(
      (each) =>
        wanted === undefined || [`${each.schema}.${each.name}`, each.name].some((one) => one.toLowerCase() === wanted),
    );
  if (named.length === 0 || (wanted !== undefined && named.length > 1)) {
    throw new ProblemError({
      code: "legacy-no-such-relation",
      message:
        wanted === undefined
          ? `${label} holds no table`
          : `${label} holds ${named.length === 0 ? "no table" : "several tables"} ${found.relation}`,
      hint: `medform profile ${label} lists what there is.`,
    });
  }
  const sources: Source[] = [];
  for (const each of named) {
    const from = quoteTarget({ database: name, ...each });
    const own = `${label}:${each.schema}.${each.name}`;
    sources.push({ label: own, from, malformed: 0, columns: await columnsOf(session, from, own) });
  }
  return sources;
}

/** A relation of the warehouse that the session is of. */
export const ofWarehouse = ({ target, columns }: RelationInfo): Source => ({
  label: `${target.schema}.${target.name}`,
  from: quoteTarget(target),
  malformed: 0,
  columns,
});

/** What the engine says of a source that it cannot read, with the name of the source. */
export function unreadable({ label }: Pick<Source, "label">, error: unknown): unknown {
  if (!(error instanceof ProblemError) || error.problems.some(({ code }) => code === "cancelled")) return error;
  return new ProblemError({
    code: "legacy-unreadable",
    message: `${label} cannot be read: ${error.problems[0]?.message ?? "nobody says why"}`,
    hint: "It may be damaged, of another kind than its name says, or open in another process.",
  });
}
