/** One statement, from its text to its answer. */
import { unknown } from "../errors.js";
import { done } from "../results.js";
import { type Context, rendered, type Session } from "../session.js";
import { isEmitted } from "../shapes/index.js";
import { namePattern } from "../target.js";
import { type Answer, type Request, SnowflakeError } from "../types.js";
import { change } from "./change.js";
import { control } from "./control.js";
import { copy } from "./copy.js";
import { create } from "./create.js";
import { ddl } from "./ddl.js";
import { dml, dmlOf } from "./dml.js";
import { isQuery, query } from "./query.js";
import type { Shape } from "./shape.js";
import { stage } from "./stage.js";
import { staged } from "./staged.js";
import { task } from "./task.js";

const shapes: readonly Shape[] = [...control, ...create, ...change, ...stage, ...copy, ...staged, ...task];

const insertHead = new RegExp(
  `^insert\\s+(?:overwrite\\s+)?into\\s+${namePattern}\\s*(?:\\((?:"(?:[^"]|"")+"|[^()"])*\\))?\\s*`,
  "i",
);

export async function execute(session: Session, request: Request): Promise<Answer> {
  const { transaction, server } = session;
  const signal = AbortSignal.any([request.signal, ...(transaction === undefined ? [] : [transaction.stopped.signal])]);
  const context: Context = { session, server, request, signal };
  const sql = request.sqlText.trim().replace(/;\s*$/, "").trimEnd();
  if (sql === "") throw new SnowflakeError("000900", "42601", "SQL compilation error:\nEmpty SQL statement.");
  return answer(context, sql);
}

async function answer(context: Context, sql: string): Promise<Answer> {
  const known = context.server.known.find(sql);
  if (known !== undefined) return known.trim() === "" ? done() : carriedOut(context, known);
  const isKnown = (text: string) => context.server.known.find(text) !== undefined;
  if (!context.server.known.isTold(sql) && !isEmitted(sql, isKnown)) throw unknown(sql);
  for (const { pattern, run } of shapes) {
    const groups = pattern.exec(sql)?.groups;
    if (groups !== undefined || pattern.test(sql)) return run(groups ?? {}, context);
  }
  // An INSERT is followed by a text of the project, or by what reads alike in both.
  const head = insertHead.exec(sql);
  const tail = head === null ? undefined : context.server.known.find(sql.slice(head[0].length));
  if (head !== null && tail !== undefined) return carriedOut(context, `${head[0]}${tail}`);
  if (!/^(?:select|with|insert|update|delete|merge|values|\()/i.test(sql)) throw unknown(sql);
  return carriedOut(context, rendered(context, sql));
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
