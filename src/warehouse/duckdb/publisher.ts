/**
 * Publishing on DuckDB: one connection, one transaction. What is built is seen by the scope's own statements, under the
 * final names; others see it after COMMIT, whose last statement before is the fence.
 */
import { ProblemError, quoteName, type Relation, type Target, targetKey } from "../../graph/index.js";
import type { BuildMode, Built, Marker, Publisher, PublishScope, RuleCount } from "../contract.js";
import { runHooks } from "../hookRows.js";
import { ensureKeyed } from "../putIn.js";
import { redirect } from "../redirect.js";
import { aborted, ensureOnce, fenced, ended as isEnded, refuse, relationChanged } from "../refuse.js";
import { type ColumnType, find } from "../shape.js";
import type { Comments } from "./comments.js";
import { bytesToRemake, type Disk, largeTable } from "./disk.js";
import { existing, found, rowsOf } from "./existing.js";
import { type FromQuery, increment, type Staged } from "./increment.js";
import { newRowsOf, placesFor, reading, refuseThroughViews } from "./newRows.js";
import type { DuckDbSession, Executed } from "./session.js";
import * as sql from "./statements.js";

const namesIn = (columns: readonly ColumnType[]): readonly string[] => columns.map(({ name }) => name);

/** Whether a name may be what the engine makes of one that a query returns twice: a table's second `x` is `x_1`. */
function isNumbered(name: string, columns: readonly ColumnType[]): boolean {
  const [, base] = /^(.*)_\d+$/.exec(name) ?? [];
  return base !== undefined && find(columns, base) !== undefined;
}

const isSyntax = (error: unknown) =>
  error instanceof ProblemError && error.problems.some(({ code }) => code === "engine-syntax");

export interface PublisherOptions {
  readonly database: string;
  connect(): Promise<DuckDbSession>;
  databases(): Promise<readonly string[]>;
  /** How merges go in; by their size where this does not say. */
  readonly mergeBy: "delete" | "rewrite" | undefined;
  readonly disk: Disk;
  readonly comments: Comments;
}

export function duckDbPublisher({ connect, databases, ...parts }: PublisherOptions): Publisher {
  const { database } = parts;
  return {
    async open(variables) {
      const session = await connect();
      try {
        for (const [name, value] of Object.entries(variables)) await session.setVariable(name, value);
        await session.run("begin transaction");
        const [row] = await session.rows("select current_connection_id() as connection, txid_current() as transaction");
        session.knownAs(`${row?.connection}-${row?.transaction}`);
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
      return scope(session, parts);
    },
    async markers() {
      await using session = await connect();
      const all: Marker[] = [];
      for (const name of await databases()) {
        const rows = await session.rows(`select * from ${quoteName(name)}.MEDFORM.PUBLICATION`);
        for (const row of rows) {
          const owner = String(row.database_name);
          all.push({
            target: {
              ...(owner === "" ? {} : { database: owner }),
              schema: String(row.schema_name),
              name: String(row.name),
            },
            token: Number(row.token),
            runId: String(row.run_id),
            fingerprint: String(row.fingerprint),
          });
        }
      }
      return all;
    },
    async withdraw(target, kind) {
      await using session = await connect();
      await session.run("begin transaction");
      try {
        const there = kind === null ? undefined : await found(session, target, database);
        if (there !== undefined && kind !== null) {
          if (there.kind !== kind) throw relationChanged(target, kind, there.kind);
          await session.run(sql.drop(target, kind, database));
        }
        const { database: owner = "", schema, name } = target;
        await session.run(sql.withdrawPublication(target.database ?? database), [owner, schema, name]);
        await session.run("commit");
        return there !== undefined;
      } catch (error) {
        await session.run("rollback").catch(() => undefined);
        throw error;
      }
    },
  };
}

function scope(
  session: DuckDbSession,
  { database, mergeBy, disk, comments: seen }: Omit<PublisherOptions, "connect" | "databases">,
): PublishScope {
  let ended = false;
  let stages = 0;
  /** By target: what its increment in this scope brought. */
  const staged = new Map<string, Staged>();

  function alive(): void {
    if (ended) throw isEnded();
    if (session.failed) throw aborted();
  }

  async function wrapped(text: string): Promise<Executed> {
    return session.execute(text, { linesBefore: sql.linesBefore });
  }

  const count = ({ target }: Relation) => rowsOf(session, sql.qualified(target, database));

  async function comment(relation: Relation, columns: readonly string[], current: ReadonlyMap<string, string>) {
    const statements = sql.comments(relation, columns, current, database);
    if (statements.length > 0) await session.run(statements.join(";\n"));
  }

  /** Types as the catalog spells them. */
  async function describe(query: string): Promise<readonly ColumnType[]> {
    const columns = await session.columns(query);
    ensureOnce(columns.map(({ name }) => name));
    return columns;
  }

  /**
   * Makes a table from a query, and asks it for its columns: planning the query once more costs more than a small table. The query itself
   * is asked where it is none, for what is wrong with it, and where the engine may have named a column that is returned twice.
   */
  async function make(text: string, table: string, query: string): Promise<FromQuery> {
    const { count } = await wrapped(text).catch(async (error: unknown) => {
      if (isSyntax(error)) await describe(query);
      throw error;
    });
    const columns = await session.columns(`from ${table}`);
    return { count, columns: columns.some(({ name }) => isNumbered(name, columns)) ? await describe(query) : columns };
  }

  async function create(relation: Relation): Promise<Built> {
    const hook = (text: string) => session.run(text);
    const first = await runHooks(relation.preOps, "duckdb", hook);
    const before = await found(session, relation.target, database);
    const kind = relation.kind === "view" ? "view" : "table";
    if (before !== undefined && before.rows >= largeTable) await roomFor(relation);
    if (before !== undefined && before.kind !== kind) {
      await session.run(sql.drop(relation.target, before.kind, database));
    }
    let rows: number | null = null;
    let columns: readonly string[];
    if (kind === "view") {
      columns = namesIn(await describe(relation.query));
      await wrapped(sql.createView(relation, database));
    } else {
      const name = sql.qualified(relation.target, database);
      const made = await make(sql.createTable(relation, database), name, relation.query);
      rows = made.count ?? (await count(relation));
      columns = namesIn(made.columns);
    }
    await comment(relation, columns, new Map());
    const last = await runHooks(relation.postOps, "duckdb", hook);
    if (first === undefined || last === undefined) seen.doubt();
    else seen.forget(relation.target);
    if (relation.postOps.length > 0 && rows !== null) rows = await count(relation);
    const after = relation.postOps.length > 0 ? await existing(session, relation, database) : undefined;
    const names = after ? namesIn(after.columns) : columns;
    if (relation.kind === "incremental")
      ensureKeyed(
        relation,
        names.map((name) => ({ name })),
      );
    return { rows, changed: rows, columns: names };
  }

  async function roomFor(relation: Relation): Promise<void> {
    const bytes = await bytesToRemake(session, [relation.target], database);
    await disk.ensure(bytes, `making ${targetKey(relation.target)} anew`);
  }

  async function build(relation: Relation, mode: BuildMode): Promise<Built> {
    staged.delete(targetKey(relation.target));
    if (mode === "create") return create(relation);
    stages += 1;
    const made = await increment(relation, {
      session,
      database,
      stage: sql.stageName(stages),
      mergeBy,
      roomFor,
      describe,
      make,
      comments: seen,
      comment,
    });
    staged.set(targetKey(relation.target), made.staged);
    return made.built;
  }

  /** The query as it is, or as it reads what increments brought. */
  async function narrowed(query: string, targets: readonly Target[]): Promise<string> {
    const found = targets.flatMap((target) => staged.get(targetKey(target)) ?? []);
    if (found.length === 0) return query;
    const places = placesFor(found.map(({ relation }) => relation.target));
    await refuseThroughViews(
      session,
      query,
      places.map(({ target }) => target),
      database,
    );
    for (const [index, { place }] of places.entries()) {
      const one = found[index];
      if (one) await session.run(newRowsOf(one, place, database));
    }
    return redirect(query, places, reading(database));
  }

  /** A refusal of ours leaves the engine's transaction alive; it is half built all the same. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    alive();
    try {
      return await work();
    } catch (error) {
      session.failed = true;
      throw error;
    }
  }

  async function discard(): Promise<void> {
    if (ended) return;
    ended = true;
    // The engine may have rolled back by itself.
    await session.run("rollback").catch(() => undefined);
    await session[Symbol.asyncDispose]();
  }

  return {
    session,
    build: (relation: Relation, mode: BuildMode) => guarded(() => build(relation, mode)),
    keep: (target) =>
      guarded(async () => {
        const copy = quoteName("MEDFORM_KEPT");
        const built = sql.qualified(target, database);
        await session.run(`create temporary table ${copy} as select * from ${built}`);
        return { copy, built, drop: async () => void (await session.run(`drop table ${copy}`)) };
      }),
    describe: (relation) =>
      guarded(async () => {
        const there = await existing(session, relation, database);
        const known = await seen.of(session, relation.target, database);
        if (there !== undefined) await comment(relation, namesIn(there.columns), known);
      }),
    evaluate: (query, { byRule, name, newRowsOf: newOf = [] }) =>
      guarded(async () => {
        const read = await narrowed(query, newOf);
        const rows = await session.rows(sql.countFailing(read, byRule), [], sql.linesBefore);
        if (!byRule) return [{ rule: name, failing: Number(rows[0]?.failing ?? 0) }];
        return rows.map((row): RuleCount => ({ rule: String(row.rule), failing: Number(row.failing) }));
      }),
    statementIds: () => session.takeStatements(),
    publishIds: () => [],
    async publish(markers) {
      alive();
      try {
        await stamp(session, database, markers);
        await session.run("commit");
      } catch (error) {
        await discard();
        throw error;
      }
      ended = true;
      await session[Symbol.asyncDispose]();
    },
    discard,
    [Symbol.asyncDispose]: discard,
  };
}

async function stamp(session: DuckDbSession, database: string, markers: readonly Marker[]): Promise<void> {
  if (markers.length === 0) return;
  const owners = new Set(markers.map(({ target }) => target.database ?? database));
  const [owner = database] = owners;
  if (owners.size > 1) throw refuse("two-databases", "one transaction cannot publish into two databases");
  const { sql: text, binds } = sql.fence(markers, owner);
  const { changed } = await session.run(text, binds);
  if (changed === markers.length) return;
  throw fenced(markers);
}
