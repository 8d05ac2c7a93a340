/** What follows the name in a CREATE: columns, options in any order, and a query. */
import { compilation, syntax } from "../errors.js";
import { closing, lex, significant, type Token, unquoted } from "../lex.js";
import { unescaped } from "../portable.js";
import { type ColumnDefinition, duckType } from "../sqltypes.js";

export interface Options {
  readonly columns: readonly ColumnDefinition[];
  readonly comment: string | undefined;
  readonly clusterBy: string;
  readonly copyGrants: boolean;
  readonly like: string | undefined;
  readonly clone: string | undefined;
  /** The Snowflake text behind AS. */
  readonly query: string | undefined;
}

/** `typed` is false for a view, whose columns are names and comments. @throws SnowflakeError 001003 */
export function optionsOf(sql: string, typed: boolean): Options {
  const tokens = significant(lex(sql, "snowflake"));
  const text = (from: number, to: number) => {
    const last = tokens[to - 1];
    return from >= to || last === undefined ? "" : sql.slice(tokens[from]?.start, last.start + last.text.length);
  };
  let columns: readonly ColumnDefinition[] = [];
  let comment: string | undefined;
  let clusterBy = "";
  let copyGrants = false;
  let like: string | undefined;
  let clone: string | undefined;
  let query: string | undefined;

  const refuse = (at: number) => syntax(sql, tokens[at]?.start ?? sql.length, tokens[at]?.text ?? "<EOF>");
  const word = (at: number) => tokens[at]?.text.toLowerCase() ?? "";

  for (let at = 0; at < tokens.length; at += 1) {
    switch (word(at)) {
      case "(": {
        const end = closing(tokens, at);
        if (columns.length > 0 || end >= tokens.length) throw refuse(at);
        columns = columnsOf(tokens.slice(at + 1, end), sql, typed);
        at = end;
        break;
      }
      case "like":
      case "clone": {
        let end = at + 2;
        while (word(end) === ".") end += 2;
        if (word(at) === "like") like = text(at + 1, end);
        else clone = text(at + 1, end);
        at = end - 1;
        break;
      }
      case "copy":
        if (word(at + 1) !== "grants") throw refuse(at + 1);
        copyGrants = true;
        at += 1;
        break;
      case "cluster": {
        const end = closing(tokens, at + 2);
        if (word(at + 1) !== "by" || word(at + 2) !== "(" || end >= tokens.length) throw refuse(at + 1);
        clusterBy = `LINEAR(${text(at + 3, end)})`;
        at = end;
        break;
      }
      case "comment": {
        const value = tokens[at + 2];
        if (word(at + 1) !== "=" || value?.kind !== "string") throw refuse(at + 1);
        comment = unescaped(value.text);
        at += 2;
        break;
      }
      case "with": {
        // A policy is taken and guards nothing here.
        const end = policyEnd(tokens, at, "row access");
        if (end === undefined) throw refuse(at + 1);
        at = end - 1;
        break;
      }
      case "data_retention_time_in_days":
      case "change_tracking":
      case "max_data_extension_time_in_days":
        if (word(at + 1) !== "=") throw refuse(at + 1);
        at += 2;
        break;
      case "as":
        query = sql.slice((tokens[at]?.start ?? 0) + 2);
        at = tokens.length;
        break;
      default:
        throw refuse(at);
    }
  }
  return { columns, comment, clusterBy, copyGrants, like, clone, query };
}

/** The end of `with masking policy NAME using (…)` or `with row access policy NAME on (…)`. */
function policyEnd(tokens: readonly Token[], from: number, kind: "masking" | "row access"): number | undefined {
  const words = ["with", ...kind.split(" "), "policy"];
  if (words.some((word, index) => tokens[from + index]?.text.toLowerCase() !== word)) return undefined;
  let at = from + words.length + 1;
  while (tokens[at]?.text === ".") at += 2;
  const list = tokens[at]?.text.toLowerCase() === (kind === "masking" ? "using" : "on");
  return list ? closing(tokens, at + 1) + 1 : at;
}

/** Definitions between commas. */
function columnsOf(tokens: readonly Token[], sql: string, typed: boolean): readonly ColumnDefinition[] {
  const found: ColumnDefinition[] = [];
  let from = 0;
  for (let at = 0; at <= tokens.length; at += 1) {
    if (tokens[at]?.text === "(") at = closing(tokens, at);
    if (at < tokens.length && tokens[at]?.text !== ",") continue;
    found.push(columnOf(tokens.slice(from, at), sql, typed));
    from = at + 1;
  }
  const seen = new Set<string>();
  for (const { name } of found) {
    if (seen.has(name)) throw compilation("002025", "42S21", `duplicate column name '${name}'`);
    seen.add(name);
  }
  return found;
}

/** Of one column; also behind ADD COLUMN. @throws SnowflakeError 001003 */
export function columnOf(tokens: readonly Token[], sql: string, typed = true): ColumnDefinition {
  const name = tokens[0];
  if (name === undefined || (name.kind !== "word" && name.kind !== "quoted")) {
    throw syntax(sql, name?.start ?? sql.length, name?.text ?? "<EOF>");
  }
  let end = 1;
  if (typed) {
    end = tokens[1]?.text.toLowerCase() === "double" && tokens[2]?.text.toLowerCase() === "precision" ? 3 : 2;
    if (tokens[end]?.text === "(") end = closing(tokens, end) + 1;
  }
  const last = tokens[end - 1] ?? name;
  const type = typed ? duckType(sql.slice(tokens[1]?.start, last.start + last.text.length)) : "";
  if (type === undefined) throw syntax(sql, tokens[1]?.start ?? sql.length, tokens[1]?.text ?? "<EOF>");
  let notNull = false;
  let comment: string | undefined;
  for (let at = end; at < tokens.length; at += 1) {
    const word = tokens[at]?.text.toLowerCase();
    const next = tokens[at + 1];
    if (word === "not" && next?.text.toLowerCase() === "null") notNull = true;
    else if (word === "comment" && next?.kind === "string") comment = unescaped(next.text);
    else if (word === "null") continue;
    else if (word === "with") {
      const close = policyEnd(tokens, at, "masking");
      if (close === undefined) throw syntax(sql, tokens[at]?.start ?? sql.length, "with");
      at = close - 1;
      continue;
    } else throw syntax(sql, tokens[at]?.start ?? sql.length, word ?? "<EOF>");
    at += 1;
  }
  return { name: unquoted(name.text), type, notNull, comment };
}
