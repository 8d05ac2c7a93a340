/** INSERT, INSERT OVERWRITE, UPDATE, DELETE, MERGE: each under its table's lock, in the transaction or one by itself. */
import { duplicateRow } from "../errors.js";
import { closing, lex, quoted, significant } from "../lex.js";
import { counted, statementType } from "../results.js";
import { allow, type Context, lock } from "../session.js";
import { keyOf, namePattern, parseTarget, placeText, type Target } from "../target.js";
import type { Answer } from "../types.js";
import { named, ready } from "./query.js";
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
    throw await named(context, statement.rest, error);
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
      const answer = await insert(context, statement, anew.table);
      await anew.keep();
      if (session.transaction === undefined) await workspace.commit();
      return answer;
    } catch (error) {
      await anew.discard();
      throw error;
    }
  }
  const table = async () => {
    if (session.transaction === undefined) return workspace.baseOf(target);
    return kind === "insert" ? workspace.forRows(target) : workspace.forChange(target);
  };
  switch (kind) {
    case "insert":
      return insert(context, statement, await table());
    case "merge":
      return merge(context, statement, await table());
    case "update": {
      const updated = await changed(
        context,
        await table(),
        (place) => `update ${place} ${aliased(statement)}`,
        statement.rest,
      );
      return counted(
        { "number of rows updated": updated, "number of multi-joined rows updated": 0 },
        statementType.update,
      );
    }
    default: {
      const deleted = await changed(
        context,
        await table(),
        (place) => `delete from ${place} ${aliased(statement)}`,
        statement.rest,
      );
      return counted({ "number of rows deleted": deleted }, statementType.delete);
    }
  }
}

/** A table that stands elsewhere goes by the name that the text calls it by. */
function aliased({ rest, target }: Dml): string {
  const first = significant(lex(rest, "duckdb"))[0]?.text.toLowerCase() ?? "";
  return /^(?:set|using|where|)$/.test(first) ? `as ${quoted(target.name)} ` : "";
}

async function changed(
  context: Context,
  table: Target,
  head: (place: string) => string,
  rest: string,
): Promise<number> {
  const text = `${head(placeText(table))}${await ready(context, rest)}`;
  const reader = await widened(context, table, () => context.session.connection.run(text, context.signal));
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

async function insert(context: Context, { rest }: Dml, table: Target): Promise<Answer> {
  const inserted = await changed(context, table, (place) => `insert into ${place} `, rest);
  return counted({ "number of rows inserted": inserted }, statementType.insert);
}

/** The parts of a MERGE behind the name of its table. */
function partsOfMerge(rest: string) {
  const tokens = significant(lex(rest, "duckdb"));
  const places: { readonly word: string; readonly start: number }[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const word = token?.text.toLowerCase() ?? "";
    if (word === "(") at = closing(tokens, at);
    else if (token?.kind === "word" && /^(?:using|on|when|then)$/.test(word)) places.push({ word, start: token.start });
  }
  const at = (word: string) => places.find((place) => place.word === word)?.start ?? rest.length;
  const whens = places.filter(({ word }) => word === "when");
  const clauses = whens.map(({ start }, number) => rest.slice(start, whens[number + 1]?.start).trim());
  return {
    alias: rest.slice(0, at("using")).trim(),
    source: rest.slice(at("using") + "using".length, at("on")).trim(),
    on: rest.slice(at("on") + "on".length, at("when")).trim(),
    clauses,
  };
}

async function merge(context: Context, statement: Dml, table: Target): Promise<Answer> {
  const { connection } = context.session;
  const rest = await ready(context, statement.rest);
  const { alias, source, on, clauses } = partsOfMerge(rest);
  const name = alias === "" ? `as ${quoted(statement.target.name)}` : alias;
  const place = placeText(table);

  // Two rows for one is an error, unless no clause would take the second.
  const matched = clauses.flatMap((clause) => {
    const match = /^when\s+matched(?:\s+and\s+([\s\S]*?))?\s+then\b/i.exec(clause);
    return match === null ? [] : [match[1] ?? "true"];
  });
  if (matched.length > 0) {
    const twice = `select 1 from ${place} ${name} join ${source} on (${on}) and (${matched.join(" or ")}) group by ${nameOf(name)}.rowid having count(*) > 1 limit 1`;
    if ((await connection.run(twice, context.signal)).getRows().length > 0) throw duplicateRow();
  }

  const text = `merge into ${place} ${name} using ${source} on ${on} ${clauses.join(" ")} returning merge_action`;
  const reader = await widened(context, table, () => connection.run(text, context.signal));
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

const nameOf = (alias: string) => alias.replace(/^as\s+/i, "");
