/** What DuckDB has no word for, or not as Snowflake shows it: kinds, comments, owners, grants, and the information schema. */
import type { Connection } from "./duck.js";
import { compilation, forbidden } from "./errors.js";
import { literal, quoted } from "./lex.js";
import { shownType } from "./sqltypes.js";
import { keyOf, placeText, spoken, type Target } from "./target.js";

export interface CatalogColumn {
  readonly name: string;
  /** As DuckDB names it. */
  readonly type: string;
  readonly notNull: boolean;
  readonly comment: string;
}

export interface Entry {
  readonly target: Target;
  readonly kind: "table" | "view";
  readonly columns: readonly CatalogColumn[];
  readonly comment: string;
  readonly transient: boolean;
  readonly secure: boolean;
  readonly materialized: boolean;
  readonly clusterBy: string;
  readonly owner: string;
  /** Privileges of roles that do not own it; undefined where nothing was ever granted, which then restricts nobody. */
  readonly grants: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Of a view: its query, for DuckDB. */
  readonly query: string;
}

export type Privilege = "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE";

/** Names with this in them are the server's own, and shown to nobody. */
export const hidden = "~";

export interface Catalog {
  get(target: Target): Entry | undefined;
  /** @throws SnowflakeError 002003 */
  need(target: Target, kind?: Entry["kind"]): Entry;
  put(entry: Entry): void;
  remove(target: Target): void;
  /** Both at once: each takes the other's name. */
  swap(a: Target, b: Target): void;
  /** Columns as DuckDB has them, with the comments that are given. */
  columnsOf(
    connection: Connection,
    place: Target,
    comments?: ReadonlyMap<string, string>,
  ): Promise<readonly CatalogColumn[]>;
  /** Takes over what a statement of the project did to relations by itself. */
  reread(connection: Connection, databases: ReadonlySet<string>): Promise<void>;
  /** The place of a view of the information schema, up to date. @throws SnowflakeError 002003 */
  information(connection: Connection, database: string, view: string): Promise<string>;
  /** Whether anything was ever granted: else everybody may do everything. */
  readonly guarded: boolean;
  /** @throws SnowflakeError 003001 */
  allow(target: Target, role: string, privilege: Privilege): void;
}

const info = `memory.${quoted(`${hidden}info`)}`;

/** What the information schema says, as it is shown: a view of it only picks a database. */
const stored = {
  TABLES:
    "TABLE_CATALOG varchar, TABLE_SCHEMA varchar, TABLE_NAME varchar, TABLE_OWNER varchar, TABLE_TYPE varchar, IS_TRANSIENT varchar, CLUSTERING_KEY varchar, COMMENT varchar, IS_SECURE varchar, VIEW_DEFINITION varchar",
  COLUMNS:
    "TABLE_CATALOG varchar, TABLE_SCHEMA varchar, TABLE_NAME varchar, COLUMN_NAME varchar, ORDINAL_POSITION bigint, IS_NULLABLE varchar, DATA_TYPE varchar, CHARACTER_MAXIMUM_LENGTH bigint, NUMERIC_PRECISION bigint, NUMERIC_SCALE bigint, DATETIME_PRECISION bigint, COMMENT varchar",
} as const;

const orNull = (value: string | number | undefined) =>
  value === undefined || value === "" ? "null" : typeof value === "number" ? String(value) : literal(value);

const yes = (value: boolean) => (value ? "'YES'" : "'NO'");

const nameOf = ({ database, schema, name }: Target) => [database, schema, name].map(literal).join(", ");

const tableRow = ({ target, kind, comment, transient, secure, materialized, clusterBy, owner, query }: Entry) => {
  const type = kind === "table" ? "BASE TABLE" : materialized ? "MATERIALIZED VIEW" : "VIEW";
  const ofTable = kind === "table" ? yes(transient) : "null";
  const ofView = kind === "view" ? yes(secure) : "null";
  return `(${nameOf(target)}, ${orNull(owner)}, '${type}', ${ofTable}, ${orNull(clusterBy)}, ${orNull(comment)}, ${ofView}, ${kind === "view" ? orNull(query) : "null"})`;
};

const columnRows = ({ target, columns }: Entry) =>
  columns.map(({ name, type, notNull, comment }, at) => {
    const { name: typeName, length, precision, scale, fraction } = shownType(type);
    return `(${nameOf(target)}, ${literal(name)}, ${at + 1}, ${yes(!notNull)}, '${typeName}', ${[length, precision, scale, fraction].map(orNull).join(", ")}, ${orNull(comment)})`;
  });

const views: Readonly<Record<string, (database: string) => string>> = {
  TABLES: (database) =>
    `select * exclude (IS_SECURE, VIEW_DEFINITION) from ${info}.TABLES where TABLE_CATALOG = ${literal(database)}`,
  // Costs a look at every table.
  [`TABLES${hidden}SIZED`]: (database) => `select * exclude (IS_SECURE, VIEW_DEFINITION, S, T), 64 * ROW_COUNT as BYTES
  from ${info}.TABLES left join (select upper(schema_name) as S, upper(table_name) as T, estimated_size as ROW_COUNT from duckdb_tables() where database_name = ${literal(database)}) on S = upper(TABLE_SCHEMA) and T = upper(TABLE_NAME)
  where TABLE_CATALOG = ${literal(database)}`,
  VIEWS: (database) =>
    `select TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_OWNER, IS_SECURE, COMMENT, VIEW_DEFINITION from ${info}.TABLES where IS_SECURE is not null and TABLE_CATALOG = ${literal(database)}`,
  COLUMNS: (database) => `select * from ${info}.COLUMNS where TABLE_CATALOG = ${literal(database)}`,
  SCHEMATA: (database) => `select database_name as CATALOG_NAME, schema_name as SCHEMA_NAME, 'SYSADMIN' as SCHEMA_OWNER
  from duckdb_schemas() where database_name = ${literal(database)} and not contains(schema_name, '${hidden}')
  and schema_name not in ('main', 'pg_catalog', 'information_schema')
  union all select ${literal(database)}, 'INFORMATION_SCHEMA', null`,
  DATABASES: () =>
    "select database_name as DATABASE_NAME from duckdb_databases() where not internal and database_name <> 'memory'",
};

export function createCatalog(): Catalog {
  const entries = new Map<string, Entry>();
  /** Not yet in DuckDB's tables. */
  const dirty = new Map<string, Target>();
  const made = new Map<string, Promise<unknown>>();
  let flushing: Promise<unknown> = Promise.resolve();

  let guarded = false;
  const set = (entry: Entry) => {
    guarded ||= entry.grants !== undefined;
    entries.set(keyOf(entry.target), entry);
    dirty.set(keyOf(entry.target), entry.target);
  };

  const flush = async (connection: Connection) => {
    if (dirty.size === 0) return;
    const changed = [...dirty];
    dirty.clear();
    const keys = changed.map(([, target]) => `(${nameOf(target)})`).join(", ");
    const now = changed.flatMap(([key]) => entries.get(key) ?? []);
    const columns = now.flatMap(columnRows);
    const former = `where (TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME) in (${keys})`;
    await connection.together([
      `delete from ${info}.TABLES ${former}`,
      `delete from ${info}.COLUMNS ${former}`,
      ...(now.length === 0 ? [] : [`insert into ${info}.TABLES values ${now.map(tableRow).join(", ")}`]),
      ...(columns.length === 0 ? [] : [`insert into ${info}.COLUMNS values ${columns.join(", ")}`]),
    ]);
  };

  const once = (name: string, work: () => Promise<unknown>) => {
    const running = made.get(name) ?? work();
    made.set(name, running);
    return running;
  };

  const catalog: Catalog = {
    get: (target) => entries.get(keyOf(target)),
    need(target, kind) {
      const entry = entries.get(keyOf(target));
      if (entry === undefined) {
        throw compilation("002003", "42S02", `Object '${spoken(target)}' does not exist or not authorized.`);
      }
      if (kind !== undefined && entry.kind !== kind) {
        throw compilation(
          "002203",
          "02000",
          `Object found is of type '${entry.kind.toUpperCase()}' not specified type '${kind.toUpperCase()}'.`,
        );
      }
      return entry;
    },
    put: set,
    remove(target) {
      if (entries.delete(keyOf(target))) dirty.set(keyOf(target), target);
    },
    swap(a, b) {
      const one = catalog.need(a);
      const other = catalog.need(b);
      set({ ...one, target: other.target });
      set({ ...other, target: one.target });
    },
    async columnsOf(connection, place, comments) {
      const reader = await connection.run(`describe ${placeText(place)}`);
      return reader.getRows().map(([name, type, nullable]) => ({
        name: String(name),
        type: String(type),
        notNull: nullable === "NO",
        comment: comments?.get(String(name).toUpperCase()) ?? "",
      }));
    },
    async reread(connection, databases) {
      const reader = await connection.run(
        `select database_name, schema_name, table_name, 'table', '' from duckdb_tables() where not internal and not temporary
union all select database_name, schema_name, view_name, 'view', sql from duckdb_views() where not internal and not temporary`,
      );
      const found = new Map<string, Entry>();
      for (const [database, schema, name, kind, sql] of reader.getRows().map((row) => row.map(String))) {
        if (database === undefined || !databases.has(database.toUpperCase())) continue;
        if (`${schema}${name}`.includes(hidden)) continue;
        const target = { database, schema: schema ?? "", name: name ?? "" };
        const former = entries.get(keyOf(target));
        const comments = new Map(former?.columns.map((column) => [column.name.toUpperCase(), column.comment]));
        found.set(keyOf(target), {
          transient: false,
          secure: false,
          materialized: false,
          clusterBy: "",
          owner: "",
          comment: "",
          grants: undefined,
          ...former,
          target: former?.target ?? { ...target, name: upperUnlessMixed(target.name) },
          kind: kind === "view" ? "view" : "table",
          // A view may read what is gone.
          columns: (await catalog.columnsOf(connection, target, comments).catch(() => former?.columns ?? [])).map(
            (column) => ({ ...column, name: former === undefined ? column.name.toUpperCase() : column.name }),
          ),
          query: former?.query || (sql ?? "").replace(/^[\s\S]*?\sAS\s/i, "").replace(/;\s*$/, ""),
        });
      }
      for (const entry of entries.values()) if (!found.has(keyOf(entry.target))) catalog.remove(entry.target);
      for (const entry of found.values()) set(entry);
    },
    async information(connection, database, view) {
      const text = views[view.toUpperCase()];
      if (text === undefined)
        throw compilation("002003", "02000", `Object 'INFORMATION_SCHEMA.${view}' does not exist or not authorized.`);
      await once("", () =>
        connection.together([
          `create schema if not exists ${info}`,
          ...Object.entries(stored).map(([name, columns]) => `create table if not exists ${info}.${name} (${columns})`),
        ]),
      );
      const place = `memory.${quoted(hidden + database)}.${quoted(view.toUpperCase())}`;
      await once(`schema ${database}`, () =>
        connection.run(`create schema if not exists memory.${quoted(hidden + database)}`),
      );
      await once(place, () => connection.run(`create or replace view ${place} as ${text(database)}`));
      flushing = flushing.then(() => flush(connection));
      await flushing;
      return place;
    },
    get guarded() {
      return guarded;
    },
    allow(target, role, privilege) {
      const entry = entries.get(keyOf(target));
      if (entry?.grants === undefined || entry.owner === role) return;
      if (entry.grants.get(role)?.has(privilege) !== true) throw forbidden(target.name);
    },
  };
  return catalog;
}

/** DuckDB keeps a name as it was written; unquoted ones are upper case here. */
const upperUnlessMixed = (name: string) => (name === name.toLowerCase() ? name.toUpperCase() : name);
