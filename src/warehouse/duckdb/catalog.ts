/** What is in the warehouse, in two queries however large it is. */
import { quoteName, type Target, targetKey } from "../../graph/index.js";
import type { Catalog, RelationColumn, RelationInfo } from "../contract.js";
import type { Comments } from "./comments.js";
import type { Instance } from "./instance.js";
import type { DuckDbSession } from "./session.js";
import { createPublication } from "./statements.js";

const relationsQuery = `
select database_name, schema_name, table_name as name, 'table' as kind, comment from duckdb_tables() where not internal and not temporary
union all
select database_name, schema_name, view_name, 'view', comment from duckdb_views() where not internal and not temporary`;

const viewsQuery =
  "select database_name, schema_name, view_name, sql from duckdb_views() where not internal and not temporary";

const columnsQuery = `
select database_name, schema_name, table_name, column_name, data_type, comment from duckdb_columns() where not internal
order by database_name, schema_name, table_name, column_index`;

/** The catalog of all attached databases; `named` says whether targets carry the name of the main one. */
export function duckDbCatalog(
  instance: Instance,
  session: DuckDbSession,
  named: boolean,
  comments: Comments,
): Catalog & { databases(): Promise<readonly string[]> } {
  const target = (database: string, schema: string, name: string): Target =>
    !named && database === instance.database ? { schema, name } : { database, schema, name };
  const own = new Set(["memory", "system", "temp"]);

  async function databases(): Promise<readonly string[]> {
    const rows = await session.rows("select database_name from duckdb_databases() where not internal");
    return rows.map((row) => String(row.database_name)).filter((name) => !own.has(name));
  }

  async function ensure(schemas: readonly Pick<Target, "database" | "schema">[]): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const { database = instance.database, schema } of schemas) {
      const names = wanted.get(database) ?? new Set<string>();
      wanted.set(database, names.add(schema));
    }
    for (const [database, names] of wanted) {
      if (database !== instance.database) {
        await instance.attach(database);
        names.add("MEDFORM");
      }
      const rows = await session.rows("select schema_name from duckdb_schemas() where database_name = ?", [database]);
      const present = new Set(rows.map((row) => String(row.schema_name).toLowerCase()));
      for (const name of names) {
        if (present.has(name.toLowerCase())) continue;
        await session.run(`create schema if not exists ${quoteName(database)}.${quoteName(name)}`);
      }
      if (database !== instance.database) await session.run(createPublication(database));
    }
  }

  return {
    databases,
    async relations() {
      const [relations, columns] = await Promise.all([session.rows(relationsQuery), session.rows(columnsQuery)]);
      const byRelation = new Map<string, RelationColumn[]>();
      const key = (database: unknown, schema: unknown, name: unknown) =>
        targetKey({ database: String(database), schema: String(schema), name: String(name) });
      for (const row of columns) {
        const of = key(row.database_name, row.schema_name, row.table_name);
        const known = byRelation.get(of) ?? [];
        known.push({
          name: String(row.column_name),
          type: String(row.data_type),
          description: String(row.comment ?? ""),
        });
        byRelation.set(of, known);
      }
      const all = relations.map(
        (row): RelationInfo => ({
          target: target(String(row.database_name), String(row.schema_name), String(row.name)),
          kind: row.kind === "view" ? "view" : "table",
          columns: byRelation.get(key(row.database_name, row.schema_name, row.name)) ?? [],
          description: String(row.comment ?? ""),
        }),
      );
      comments.saw(all);
      return all;
    },
    views: async () =>
      (await session.rows(viewsQuery)).map((row) => ({
        target: target(String(row.database_name), String(row.schema_name), String(row.view_name)),
        text: String(row.sql),
      })),
    // One after another, whoever asks: two that create the same schema at once conflict.
    ensureSchemas: (schemas) => instance.alone(() => ensure(schemas)),
  };
}
