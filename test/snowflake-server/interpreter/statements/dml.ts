/** INSERT, INSERT OVERWRITE, UPDATE, DELETE, MERGE: each under its table's lock, in the transaction or one by itself. */
import { duplicateRow } from "../errors.js";
import { lex, quoted, significant } from "../lex.js";
import { counted, statementType } from "../results.js";
import { allow, type Context, lock } from "../session.js";
import { keyOf, namePattern, parseTarget, placeText, type Target } from "../target.js";
import type { Answer } from "../types.js";
import { aliasName, mergeOf, updateOf } from "./parts.js";
import { missingIn, ready } from "./query.js";
import { widened } from "./wider.js";

const heads = {
  insert: new RegExp(
    `^insert\\s+(?<overwrite>overwrite\\s+)?into\\s+(?<name>${namePattern})\\s*(?<rest>[\\s\\S]*)$`,
    "i",
  ),
  update: new RegExp(`^update\\s+(?<name>${namePattern})\\s+(?<rest>[\\s\\S]*)$`, "i"),
  delete: new RegExp(`^delete\\s+from\\s+(?<name>${namePattern})\\s*(?<rest>[\\s\\S]*)$`, "i"),
  merge: new RegExp(`^merge\\s+into\\s+(?<name>${namePattern})\\s+(?<rest>[\\s\\S]*)$`, "i"),
  truncate: new RegExp(`^truncate\\s+(?:table\\s+)?(?:if\\s+exists\\s+)?(?<name>${namePattern})(?<rest>)$`, "i"),
} as const;

type Kind = keyof typeof heads;

interface Dml {
  readonly kind: Kind;
  readonly overwrite: boolean;
  readonly target: Target;
  /** All behind the name, for DuckDB. */
  readonly rest: string;
}

/** What a text for DuckDB changes; undefined where it is no DML. */
export function dmlOf(duckdb: string, context: Context): Dml | undefined {
  for (const kind of Object.keys(heads) as Kind[]) {
    const groups = heads[kind].exec(duckdb.trim())?.groups;
    if (groups === undefined) continue;
    return {
      kind,
      overwrite: groups.overwrite !== undefined,
      target: parseTarget(groups.name ?? "", context.session),
      rest: groups.rest ?? "",
    };
  }
  return undefined;
}

const privileges = {
  insert: "INSERT",
  update: "UPDATE",
  delete: "DELETE",
  merge: "UPDATE",
  truncate: "TRUNCATE",
} as const;

const results = {
  insert: () => counted({ "number of rows inserted": 0 }, statementType.insert),
  update: () =>
    counted({ "number of rows updated": 0, "number of multi-joined rows updated": 0 }, statementType.update),
  delete: () => counted({ "number of rows deleted": 0 }, statementType.delete),
  merge: () => counted({ "number of rows inserted": 0, "number of rows updated": 0 }, statementType.merge),
  truncate: () => counted({ "number of rows deleted": 0 }, statementType.delete),
} as const;

export async function dml(context: Context, statement: Dml): Promise<Answer> {
  const { kind, overwrite, target } = statement;
  if (context.request.describeOnly) return results[kind]();
  if (!context.session.workspace.temporary.has(keyOf(target))) context.server.catalog.need(target, "table");
  allow(context, target, overwrite ? "DELETE" : privileges[kind]);
  const own = {};
  try {
    await lock(context, target, kind === "insert" && !overwrite ? "insert" : "alone", own);
    return await carriedOut(context, statement);
  } catch (error) {
    throw await missingIn(context, statement.rest, error);
  } finally {
    context.server.locks.release(own);
  }
}

async function carriedOut(context: Context, statement: Dml): Promise<Answer> {
  const { session } = context;
  const { workspace } = session;
  const { kind, overwrite, target } = statement;
  if (overwrite) {
    const anew = await workspace.forAnew(target);
    try {
      const answer = await insert(context, target, await ready(context, statement.rest), anew.table);
      await anew.keep();
      if (session.transaction === undefined) await workspace.commit();
      return answer;
    } catch (error) {
      await anew.discard();
      throw error;
    }
  }
  // What is inserted is read from what was there before.
  if (kind === "insert") {
    const rest = await ready(context, statement.rest);
    const into = session.transaction === undefined ? workspace.baseOf(target) : await workspace.forRows(target);
    return insert(context, target, rest, into);
  }
  const table = async () =>
    session.transaction === undefined ? workspace.baseOf(target) : workspace.forChange(target);
  switch (kind) {
    case "merge":
      return merge(context, statement, await table());
    case "update":
      return update(context, named(statement), await table());
    default:
      return remove(context, named(statement), await table());
  }
}

/** How many rows a statement changes, told by its words before the table and those behind it, which are ready. */
async function changed(
  context: Context,
  { target, table }: { readonly target: Target; readonly table: Target },
  head: string,
  rest: string,
): Promise<number> {
  const text = `${head} ${placeText(table)} ${rest}`;
  const reader = await widened(context, { target, table }, () => context.session.connection.run(text, context.signal));
  return reader.changed;
}

/** Of a table that is called by its own name wherever it stands. */
function named(statement: Dml): Dml {
  const first = significant(lex(statement.rest, "duckdb"))[0]?.text.toLowerCase() ?? "";
  const called = !/^(?:set|using|where|)$/.test(first);
  return called ? statement : { ...statement, rest: `as ${quoted(statement.target.name)} ${statement.rest}` };
}

async function update(context: Context, statement: Dml, table: Target): Promise<Answer> {
  const { connection, parameters } = context.session;
  const rest = await ready(context, statement.rest);
  const { alias, from, where } = updateOf(rest);
  const counts = (rows: number, multiple: number) =>
    counted({ "number of rows updated": rows, "number of multi-joined rows updated": multiple }, statementType.update);
  const about = { target: statement.target, table };
  if (from === "") return counts(await changed(context, about, "update", rest), 0);
  // DuckDB counts a row as often as it finds one for it.
  const found = `select count(*) as n from ${placeText(table)} ${alias}, ${from} where ${where} group by ${aliasName(alias)}.rowid`;
  const reader = await connection.run(`select count(*), count_if(n > 1) from (${found})`, context.signal);
  const [rows, multiple] = (reader.getRows()[0] ?? []).map(Number);
  if (multiple !== 0 && parameters.ERROR_ON_NONDETERMINISTIC_UPDATE === true) throw duplicateRow();
  await changed(context, about, "update", rest);
  return counts(rows ?? 0, multiple ?? 0);
}

async function insert(context: Context, target: Target, rest: string, table: Target): Promise<Answer> {
  const inserted = await changed(context, { target, table }, "insert into", rest);
  return counted({ "number of rows inserted": inserted }, statementType.insert);
}

async function remove(context: Context, statement: Dml, table: Target): Promise<Answer> {
  const rest = await ready(context, statement.rest);
  const deleted = await changed(context, { target: statement.target, table }, "delete from", rest);
  return counted({ "number of rows deleted": deleted }, statementType.delete);
}

async function merge(context: Context, statement: Dml, table: Target): Promise<Answer> {
  const { connection } = context.session;
  const rest = await ready(context, statement.rest);
  const { alias, source, on, clauses } = mergeOf(rest);
  const name = alias === "" ? `as ${quoted(statement.target.name)}` : alias;
  const place = placeText(table);

  // Two rows for one is an error, unless no clause would take the second.
  const matched = clauses.flatMap((clause) => {
    const match = /^when\s+matched(?:\s+and\s+([\s\S]*?))?\s+then\b/i.exec(clause);
    return match === null ? [] : [match[1] ?? "true"];
  });
  if (matched.length > 0 && context.session.parameters.ERROR_ON_NONDETERMINISTIC_MERGE !== false) {
    const twice = `select 1 from ${place} ${name} join ${source} on (${on}) and (${matched.join(" or ")}) group by ${aliasName(name)}.rowid having count(*) > 1 limit 1`;
    if ((await connection.run(twice, context.signal)).getRows().length > 0) throw duplicateRow();
  }

  const text = `merge into ${place} ${name} using ${source} on ${on} ${clauses.join(" ")} returning merge_action`;
  const reader = await widened(context, { target: statement.target, table }, () =>
    connection.run(text, context.signal),
  );
  const counts = { INSERT: 0, UPDATE: 0, DELETE: 0 };
  for (const [action] of reader.getRows()) counts[String(action) as keyof typeof counts] += 1;
  const has = (action: RegExp) => clauses.some((clause) => action.test(clause));
  return counted(
    {
      ...(has(/\bthen\s+insert\b/i) ? { "number of rows inserted": counts.INSERT } : {}),
      ...(has(/\bthen\s+update\b/i) ? { "number of rows updated": counts.UPDATE } : {}),
      ...(has(/\bthen\s+delete\b/i) ? { "number of rows deleted": counts.DELETE } : {}),
    },
    statementType.merge,
  );
}
