/** What is in the databases of a project, in a constant number of queries however large they are. */
import { ProblemError, quoteName, type Target, targetKey } from "../../graph/index.js";
import type { Catalog, RelationInfo, Row, Session } from "../contract.js";
import { type Existing, relationOf } from "./existing.js";
import type { Looked } from "./looked.js";
import { isBeside } from "./names.js";
import { createPending } from "./statements.js";
import * as sql from "./statements-catalog.js";
import { createLease } from "./statements-lease.js";

export interface CatalogOptions {
  /** The one that MEDFORM lives in. */
  readonly database: string;
  /** Others that the project names. */
  readonly databases: readonly string[];
  /** A session that nobody else uses. */
  readonly session: Session;
  /** Told of what `relations` finds. */
  readonly looked?: Looked;
}

export interface SnowflakeCatalog extends Catalog {
  /** Those of the project that are there and may be used. */
  databases(): Promise<readonly string[]>;
  /** The schema MEDFORM and the tables in it that publishing and the lease need, where they are missing. */
  ensureOwn(): Promise<void>;
}

type Place = Pick<Target, "database" | "schema">;

/** A type as Snowflake itself writes it in DDL. */
export function typeText({ TYPE, LENGTH, PRECISION, SCALE, FRACTION }: Row): string {
  const type = String(TYPE);
  switch (type) {
    case "TEXT":
      return `VARCHAR(${LENGTH})`;
    case "BINARY":
      return `BINARY(${LENGTH})`;
    case "NUMBER":
      return `NUMBER(${PRECISION},${SCALE})`;
    case "TIME":
    case "TIMESTAMP_NTZ":
    case "TIMESTAMP_LTZ":
    case "TIMESTAMP_TZ":
      return `${type}(${FRACTION})`;
    default:
      return type;
  }
}

export function snowflakeCatalog({ database, databases, session, looked }: CatalogOptions): SnowflakeCatalog {
  const wanted = new Set([database, ...databases]);
  let line: Promise<unknown> = Promise.resolve();

  /** One after another, whoever asks: what two find missing at once is made once. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = line.then(work);
    line = turn.catch(() => undefined);
    return turn;
  }

  /** Those of the project that are there and may be used; a query over one that is not would fail as a whole. */
  async function present(): Promise<readonly string[]> {
    const there = new Set((await session.rows(sql.databases(database))).map((row) => String(row.DATABASE)));
    return [...wanted].filter((name) => name === database || there.has(name));
  }

  async function ensure(places: readonly Place[]): Promise<void> {
    for (const { database: name = database } of places) wanted.add(name);
    const there = await present();
    const missing = places.find(({ database: name = database }) => !there.includes(name));
    if (missing) throw databaseMissing(missing.database ?? database);
    const rows = await session.rows(sql.schemas(there));
    const known = new Set(rows.map((row) => place(String(row.DATABASE), String(row.SCHEMA))));
    for (const { database: name = database, schema } of places) {
      const key = place(name, schema);
      if (known.has(key)) continue;
      await session.run(sql.createSchema(name, schema));
      known.add(key);
    }
  }

  return {
    databases: present,
    async relations() {
      const at = Date.now();
      const names = await present();
      const relations = await session.rows(sql.relations(names));
      const byRelation = columnsByRelation(await session.rows(sql.columns(names)));
      const seen = new Map<string, Existing>();
      const found = relations.flatMap((row): readonly RelationInfo[] => {
        const target = { database: String(row.DATABASE), schema: String(row.SCHEMA), name: String(row.NAME) };
        if (isBeside(target)) return [];
        const columns = byRelation.get(targetKey(target)) ?? [];
        const relation = relationOf(row, columns);
        if (columns.length > 0) seen.set(targetKey(target), relation);
        const info: RelationInfo = {
          target,
          kind: relation.kind === "table" ? "table" : "view",
          columns: columns.map((column, index) => ({
            name: String(column.NAME),
            type: typeText(column),
            description: relation.columns[index]?.description ?? "",
          })),
          description: relation.description,
          ...(row.ROWS === null || row.ROWS === undefined ? {} : { rows: Number(row.ROWS) }),
          ...(row.BYTES === null || row.BYTES === undefined ? {} : { bytes: Number(row.BYTES) }),
        };
        return [info];
      });
      looked?.saw(names, seen, at);
      return found;
    },
    views: async () =>
      (await session.rows(sql.textsOfViews(await present()))).map((row) => ({
        target: { database: String(row.DATABASE), schema: String(row.SCHEMA), name: String(row.NAME) },
        text: String(row.TEXT),
      })),
    ensureSchemas: (schemas) => alone(() => ensure(schemas)),
    ensureOwn: () =>
      alone(async () => {
        const there = new Set((await session.rows(sql.ownTables(database))).map((row) => String(row.NAME)));
        if (there.size === 0) await ensure([{ schema: "MEDFORM" }]);
        if (!there.has("PUBLICATION")) await session.run(sql.createPublication(database));
        if (!there.has("PENDING")) await session.run(createPending(database));
        if (!there.has("LEASE")) await session.run(createLease(database));
      }),
  };
}

const place = (database: string, schema: string) => targetKey({ schema: database, name: schema });

function columnsByRelation(rows: readonly Row[]) {
  const byRelation = new Map<string, Row[]>();
  for (const row of rows) {
    const key = targetKey({ database: String(row.DATABASE), schema: String(row.SCHEMA), name: String(row.RELATION) });
    const known = byRelation.get(key) ?? [];
    known.push(row);
    byRelation.set(key, known);
  }
  return byRelation;
}

const databaseMissing = (name: string) =>
  new ProblemError({
    code: "database-missing",
    message: `The database ${quoteName(name)} is not there, or this role may not use it.`,
    hint: "medform makes schemas, not databases: let who owns the account make it, and grant usage on it (docs/snowflake.md).",
  });
