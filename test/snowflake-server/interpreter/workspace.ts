/**
 * What a session sees that others do not: its temporary tables, and the tables that its open transaction has changed. Each
 * statement is a transaction of DuckDB by itself and reads what was committed last; changes of a transaction go into tables
 * beside, and into their places when it commits. So a statement that fails undoes itself alone, nothing is read that others
 * did not commit, and what a lock of Snowflake would make wait, waits for one here.
 */
import { type Catalog, type CatalogColumn, hidden } from "./catalog.js";
import type { Connection } from "./duck.js";
import { type Name, namesIn, ownNames, quoted, renamed } from "./lex.js";
import { keyOf, placeText, type Scope, type Target, targetOf } from "./target.js";

/** A table as a transaction has left it: rows beside those that are there, or a whole other table. */
interface Version {
  readonly base: Target;
  readonly mode: "rows" | "whole";
  readonly table: Target;
  /** What the table was made as. */
  readonly made: string;
}

export interface Workspace {
  /** Where the rows of a table are outside any transaction. */
  baseOf(target: Target): Target;
  readonly temporary: Map<string, Target>;
  /** The text with its names leading to what this session sees. */
  resolve(sql: string, scope: Scope): Promise<string>;
  /** A table to insert into. */
  forRows(target: Target): Promise<Target>;
  /** A table to change. */
  forChange(target: Target): Promise<Target>;
  /** A table to fill anew; `keep` makes it the transaction's. */
  forAnew(target: Target): Promise<{ readonly table: Target; keep(): Promise<void>; discard(): Promise<void> }>;
  readonly changed: boolean;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}

let numbers = 0;

/** Explicit, so that what must not be NULL must not be so here either. */
export const tableColumns = (columns: readonly Pick<CatalogColumn, "name" | "type" | "notNull">[]): string =>
  columns.map(({ name, type, notNull }) => `${quoted(name)} ${type}${notNull ? " not null" : ""}`).join(", ");

export function createWorkspace(id: number, connection: Connection, catalog: Catalog): Workspace {
  const temporary = new Map<string, Target>();
  const versions = new Map<string, Version>();
  /** Views of this session, each with its text. */
  const shown = new Map<string, string>();
  const schemas = new Set<string>();
  /** Empty tables that were beside, for the next transaction that inserts into the same: to make one is most of its cost. */
  const spare = new Map<string, Target[]>();

  const baseOf = (target: Target) => temporary.get(keyOf(target)) ?? target;
  const drop = (table: Target) => connection.run(`drop table if exists ${placeText(table)}`);

  const beside = async (target: Target): Promise<Pick<Version, "table" | "made">> => {
    const base = baseOf(target);
    const columns = tableColumns(catalog.get(base)?.columns ?? (await catalog.columnsOf(connection, base)));
    const made = `${placeText(base)} (${columns})`;
    const empty = spare.get(made)?.pop();
    if (empty !== undefined) return { table: empty, made };
    numbers += 1;
    const table = { ...base, name: `${base.name}${hidden}${id}.${numbers}` };
    await connection.run(`create table ${placeText(table)} (${columns})`);
    return { table, made };
  };

  /** A view of this session under the relation's own name, so that what calls it by its name still does. */
  const show = async (target: Target, query: string, columns = ""): Promise<string> => {
    const place = { ...target, schema: `${target.schema}${hidden}s${id}` };
    const text = `create or replace view ${placeText(place)}${columns} as ${query}`;
    if (shown.get(keyOf(target)) !== text) {
      const schema = `${quoted(place.database)}.${quoted(place.schema)}`;
      if (!schemas.has(schema)) await connection.run(`create schema if not exists ${schema}`);
      schemas.add(schema);
      await connection.run(text);
      shown.set(keyOf(target), text);
    }
    return placeText(place);
  };

  /** The relation that a name's first parts stand for, and how many they are. */
  const relationOf = (name: Name, own: ReadonlySet<string>, scope: Scope, is: (target: Target) => boolean) => {
    const { parts, after } = name;
    for (let count = Math.min(3, parts.length); count > 0; count -= 1) {
      // A single word is a relation only where one is expected: else it is a column or an alias.
      if (count === 1 && (own.has(parts[0] ?? "") || !/^(?:from|join|into|update|using|table)$/.test(after))) continue;
      const target = targetOf(parts.slice(0, count), scope);
      if (is(target)) return { target, parts: count };
    }
    return undefined;
  };

  const isOurs = (target: Target) => versions.has(keyOf(target)) || temporary.has(keyOf(target));

  const isRelation = (target: Target) => isOurs(target) || catalog.get(target) !== undefined;

  /** Whether a view leads to what only this session sees. */
  const leadsToOurs = (target: Target, seen = new Set<string>()): boolean => {
    const key = keyOf(target);
    if (isOurs(target)) return true;
    const entry = catalog.get(target);
    if (entry?.kind !== "view" || seen.has(key)) return false;
    seen.add(key);
    const own = ownNames(entry.query, "duckdb");
    return namesIn(entry.query, "duckdb").some((name) => {
      const found = relationOf(name, own, target, isRelation);
      return found !== undefined && leadsToOurs(found.target, seen);
    });
  };

  const seenAs = async (target: Target, within: ReadonlySet<string>): Promise<string> => {
    const version = versions.get(keyOf(target));
    const base = baseOf(target);
    if (version !== undefined) {
      const whole = `select * from ${placeText(version.table)}`;
      return show(target, version.mode === "whole" ? whole : `select * from ${placeText(base)} union all ${whole}`);
    }
    if (base !== target) return placeText(base);
    const entry = catalog.need(target);
    return show(
      target,
      await resolve(entry.query, target, new Set([...within, keyOf(target)])),
      ` (${entry.columns.map(({ name }) => quoted(name)).join(", ")})`,
    );
  };

  /** `within`: the views whose text this is, for a word in a view can be a column that is named like the view. */
  const resolve = async (sql: string, scope: Scope, within: ReadonlySet<string>): Promise<string> => {
    if (versions.size === 0 && temporary.size === 0) return sql;
    const places = new Map<string, string>();
    const own = ownNames(sql, "duckdb");
    for (const name of namesIn(sql, "duckdb")) {
      const found = relationOf(name, own, scope, isRelation);
      if (found === undefined || within.has(keyOf(found.target)) || places.has(keyOf(found.target))) continue;
      if (leadsToOurs(found.target)) places.set(keyOf(found.target), await seenAs(found.target, within));
    }
    if (places.size === 0) return sql;
    return renamed(sql, "duckdb", (name) => {
      const found = relationOf(name, own, scope, (target) => places.has(keyOf(target)));
      return found === undefined ? undefined : { parts: found.parts, text: places.get(keyOf(found.target)) ?? "" };
    });
  };

  const forget = async () => {
    const tables = [...versions.values()];
    versions.clear();
    for (const { table } of tables) await drop(table);
  };

  const workspace: Workspace = {
    baseOf,
    temporary,
    resolve: (sql, scope) => resolve(sql, scope, new Set()),
    async forRows(target) {
      const version = versions.get(keyOf(target));
      if (version !== undefined) return version.table;
      const made = await beside(target);
      versions.set(keyOf(target), { base: baseOf(target), mode: "rows", ...made });
      return made.table;
    },
    async forChange(target) {
      const version = versions.get(keyOf(target));
      if (version?.mode === "whole") return version.table;
      const made = await beside(target);
      const { table } = made;
      const base = placeText(baseOf(target));
      const more = version === undefined ? "" : ` union all select * from ${placeText(version.table)}`;
      await connection.run(`insert into ${placeText(table)} select * from ${base}${more}`);
      versions.set(keyOf(target), { base: baseOf(target), mode: "whole", ...made });
      if (version !== undefined) await drop(version.table);
      return table;
    },
    async forAnew(target) {
      const made = await beside(target);
      const { table } = made;
      return {
        table,
        async keep() {
          const version = versions.get(keyOf(target));
          versions.set(keyOf(target), { base: baseOf(target), mode: "whole", ...made });
          if (version !== undefined) await drop(version.table);
        },
        async discard() {
          await drop(table);
        },
      };
    },
    get changed() {
      return versions.size > 0;
    },
    async commit() {
      // One database at a time: DuckDB writes to no more within a transaction.
      const all = [...versions.values()];
      for (const database of new Set(all.map(({ base }) => base.database))) {
        const steps = all.filter(({ base }) => base.database === database);
        await connection.together(
          steps.flatMap(({ base, mode, table }) =>
            mode === "rows"
              ? [`insert into ${placeText(base)} select * from ${placeText(table)}`, `delete from ${placeText(table)}`]
              : [`drop table ${placeText(base)}`, `alter table ${placeText(table)} rename to ${quoted(base.name)}`],
          ),
        );
      }
      versions.clear();
      for (const { mode, made, table } of all)
        if (mode === "rows") spare.set(made, [...(spare.get(made) ?? []), table]);
    },
    rollback: forget,
    async close() {
      await forget();
      for (const table of [...spare.values()].flat()) await drop(table);
      spare.clear();
      for (const table of temporary.values()) await drop(table);
      temporary.clear();
      for (const schema of schemas) await connection.run(`drop schema if exists ${schema} cascade`);
      schemas.clear();
    },
  };
  return workspace;
}
