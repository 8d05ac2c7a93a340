/** Statements that only read. */
import { withBinds } from "../binds.js";
import { lex, namesIn } from "../lex.js";
import { answerOf } from "../results.js";
import { allow, type Context, withInformation } from "../session.js";
import { targetOf } from "../target.js";
import type { Answer } from "../types.js";

export const isQuery = (duckdb: string): boolean => {
  const first = lex(duckdb, "duckdb").find(({ kind }) => kind === "word");
  return /^(?:select|with|values|from)$/i.test(first?.text ?? "");
};

/** A text for DuckDB as this session's statement: binds in it, names to what the session sees. */
export async function ready(context: Context, duckdb: string): Promise<string> {
  const { session, server, request } = context;
  for (const { parts } of namesIn(duckdb, "duckdb")) {
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
  const reader = await session.connection.run(
    request.describeOnly ? `select * from (\n${text}\n) limit 0` : text,
    signal,
  );
  return answerOf(reader, request.sqlText);
}
