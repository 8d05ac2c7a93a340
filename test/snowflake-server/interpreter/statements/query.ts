/** Statements that only read. */
import { withBinds } from "../binds.js";
import { missing } from "../errors.js";
import { literal, namesIn } from "../lex.js";
import { answerOf } from "../results.js";
import { allow, type Context, withInformation } from "../session.js";
import { spoken, targetOf } from "../target.js";
import { type Answer, SnowflakeError } from "../types.js";

/** By its first word, behind comments and brackets. */
export const isQuery = (duckdb: string): boolean =>
  /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*(?:select|with|values|from)\b/i.test(duckdb);

/** A text for DuckDB as this session's statement: binds in it, names to what the session sees. */
export async function ready(context: Context, duckdb: string): Promise<string> {
  const { session, server, request } = context;
  for (const { parts } of server.catalog.guarded ? namesIn(duckdb, "duckdb") : []) {
    if (parts.length < 2) continue;
    const target = targetOf(parts.slice(0, 3), session);
    if (server.catalog.get(target) !== undefined) allow(context, target, "SELECT");
  }
  const text = await withInformation(context, await session.workspace.resolve(duckdb, session));
  return withBinds(text, request.binds);
}

export async function query(context: Context, duckdb: string): Promise<Answer> {
  const text = await ready(context, duckdb);
  const { session, request, signal } = context;
  const reader = await session.connection
    .run(request.describeOnly ? `select * from (\n${text}\n) limit 0` : text, signal)
    .catch(async (error: unknown) => {
      throw await missingIn(context, duckdb, error);
    });
  return answerOf(reader, request.sqlText);
}

/** DuckDB says the last part of a name that it does not find; Snowflake says which part of it is missing, and all up to there. */
export async function missingIn({ session, server }: Context, duckdb: string, error: unknown): Promise<unknown> {
  if (!(error instanceof SnowflakeError) || error.code !== "002003") return error;
  const name = /'([^']*)'/.exec(error.message)?.[1]?.toUpperCase().split(".").at(-1);
  const found = namesIn(duckdb, "duckdb").find(({ parts }) => parts.slice(0, 3).at(-1) === name);
  if (found === undefined) return error;
  const target = targetOf(found.parts.slice(0, 3), session);
  if (!server.duck.databases.has(target.database)) return missing(target.database, "Database");
  const schemas = await session.connection.run(
    `select 1 from duckdb_schemas() where upper(database_name) = ${literal(target.database)} and upper(schema_name) = ${literal(target.schema)}`,
  );
  return schemas.getRows().length === 0
    ? missing(`${target.database}.${target.schema}`, "Schema")
    : missing(spoken(target));
}
