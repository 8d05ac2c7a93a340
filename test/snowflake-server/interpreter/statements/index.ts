/** One statement, from its text to its answer. */
import { done } from "../results.js";
import type { Context, Session } from "../session.js";
import { type Answer, type Request, SnowflakeError } from "../types.js";
import { ddl } from "./ddl.js";
import { dml, dmlOf } from "./dml.js";
import { isQuery, query } from "./query.js";
import { readingOf } from "./reading.js";

export async function execute(session: Session, request: Request): Promise<Answer> {
  const { transaction, server } = session;
  const signal =
    transaction === undefined ? request.signal : AbortSignal.any([request.signal, transaction.stopped.signal]);
  const context: Context = { session, server, request, signal };
  const sql = request.sqlText.trim().replace(/;\s*$/, "").trimEnd();
  if (sql === "") throw new SnowflakeError("000900", "42601", "SQL compilation error:\nEmpty SQL statement.");
  return answer(context, sql);
}

async function answer(context: Context, sql: string): Promise<Answer> {
  const reading = readingOf(context, sql);
  if (reading.kind === "shape") return reading.shape.run(reading.groups, context);
  return reading.duckdb.trim() === "" ? done() : carriedOut(context, reading.duckdb);
}

/** A statement for DuckDB. What is neither read nor changed by it is DDL of the project's own. */
async function carriedOut(context: Context, duckdb: string): Promise<Answer> {
  if (isQuery(duckdb)) return query(context, duckdb);
  const change = dmlOf(duckdb, context);
  if (change !== undefined) return dml(context, change);
  return ddl(context, [], async () => {
    const { session, server } = context;
    await session.connection.run(await session.workspace.resolve(duckdb, session), context.signal);
    await server.catalog.reread(session.connection, server.duck.databases);
    return done();
  });
}
