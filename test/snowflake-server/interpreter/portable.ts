/**
 * Statements of one of the shapes, in DuckDB's words: names, literals, simple operators, and the functions below. Whatever else
 * stands in one is refused, so nothing is ever half understood. Within them, in parentheses, stand texts of the project.
 */
import { syntax } from "./errors.js";
import type { Known } from "./known.js";
import { closing, lex, literal, significant, type Token } from "./lex.js";
import { duckType } from "./sqltypes.js";

/** Read alike by both. */
export const same: ReadonlySet<string> = new Set(
  "cast coalesce contains count date_trunc exists max nullif row_number sum".split(" "),
);

/** Words before a parenthesis that are no functions. */
const keywords = new Set(
  "all and any as by case distinct else except from group having in insert intersect into is join like limit not on or order over partition qualify select set then union using values when where with".split(
    " ",
  ),
);

type Rewrite = (args: readonly string[]) => string;

const part = (text: string | undefined) => literal((text ?? "").replaceAll("'", "").trim().toLowerCase());

/** Each of these, and of the functions above, stands in a shape; so there are no more of them. */
export const rewritten: Readonly<Record<string, Rewrite>> = {
  sysdate: () => "cast(current_timestamp as timestamp)",
  datediff: ([unit, from, to]) => `date_diff(${part(unit)}, ${from}, ${to})`,
  equal_null: ([a, b]) => `(${a} is not distinct from ${b})`,
};

const symbols = new Set("( ) , . * + - = < > <= >= <> != || ::".split(" "));

export const unescaped = (text: string): string => {
  if (text.startsWith("$$")) return text.slice(2, -2);
  return text
    .slice(1, -1)
    .replace(/''|\\([\s\S])/g, (whole, escaped: string | undefined) =>
      whole === "''"
        ? "'"
        : ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "0": "\0" }[escaped ?? ""] ?? escaped ?? ""),
    );
};

export interface PortableContext {
  readonly known: Known;
  /** What functions of the session without arguments answer, by lower-case name, as text. */
  readonly constants: Readonly<Record<string, string>>;
}

/** The same statement for DuckDB; binds stay. @throws SnowflakeError 001003 */
export function portable(sql: string, context: PortableContext): string {
  // A text of the project on lines of its own is not looked into, for it can be long.
  const [open, close] = [sql.indexOf("(\n"), sql.lastIndexOf("\n)")];
  const inner = open < 0 || close < open ? undefined : context.known.find(sql.slice(open + 2, close));
  if (inner === undefined) return converted(sql, context);
  const short = converted(`${sql.slice(0, open + 1)}select 0${sql.slice(close + 1)}`, context);
  const at = short.indexOf("select 0");
  return `${short.slice(0, at)}\n${inner}\n${short.slice(at + "select 0".length)}`;
}

function converted(sql: string, context: PortableContext): string {
  const tokens = significant(lex(sql, "snowflake"));
  const refuse = (token: Token | undefined) => syntax(sql, token?.start ?? sql.length, token?.text ?? "<EOF>");

  /** Arguments between two tokens, each converted. */
  const args = (from: number, to: number): string[] => {
    const found: string[] = [];
    let start = from;
    for (let at = from; at <= to; at += 1) {
      if (tokens[at]?.text === "(") at = closing(tokens, at);
      if (at === to ? at > start : tokens[at]?.text === ",") {
        found.push(convert(start, Math.min(at, to), "argument"));
        start = at + 1;
      }
    }
    return found;
  };

  const convert = (from: number, to: number, within: string): string => {
    const out: string[] = [];
    let assigning = false;
    for (let at = from; at < to; at += 1) {
      const token = tokens[at] as Token;
      const word = token.kind === "word" ? token.text.toLowerCase() : "";
      const before = at > from ? (tokens[at - 1]?.text.toLowerCase() ?? "") : "";
      if (word === "set") assigning = true;
      if (word === "where" || word === "when" || word === "from") assigning = false;

      if (token.text === "(") {
        const end = closing(tokens, at);
        if (end >= to) throw refuse(undefined);
        const inner = sql.slice(token.start + 1, tokens[end]?.start);
        const known = context.known.find(inner);
        out.push(known === undefined ? `(${convert(at + 1, end, "group")})` : `(\n${known}\n)`);
        at = end;
      } else if (token.kind === "string") {
        out.push(literal(unescaped(token.text)));
      } else if (token.kind === "quoted" || token.kind === "number" || token.kind === "bind") {
        out.push(token.text);
      } else if (token.kind === "symbol") {
        if (!symbols.has(token.text)) throw refuse(token);
        out.push(token.text);
      } else if (before === "::" || (before === "as" && within === "cast")) {
        // A type, to the end of its parentheses.
        const end = tokens[at + 1]?.text === "(" ? closing(tokens, at + 1) + 1 : at + 1;
        const last = tokens[end - 1] as Token;
        const type = duckType(sql.slice(token.start, last.start + last.text.length));
        if (type === undefined) throw refuse(token);
        out.push(type);
        at = end - 1;
      } else if (tokens[at + 1]?.text === "(" && before !== "." && before !== "as" && !keywords.has(word)) {
        const end = closing(tokens, at + 1);
        const constant = context.constants[word];
        const rewrite = rewritten[word];
        if (constant !== undefined) {
          const alone = within === "statement" && (before === "select" || before === ",");
          const next = tokens[end + 1]?.text.toLowerCase();
          const named = alone && (next === undefined || next === "," || next === "from");
          out.push(literal(constant), named ? ` as "${word.toUpperCase()}()"` : "");
        } else if (rewrite !== undefined) {
          out.push(rewrite(args(at + 2, end)));
        } else if (same.has(word)) {
          const inside = word === "cast" || word === "try_cast" ? "cast" : "argument";
          const inner = sql.slice((tokens[at + 1]?.start ?? 0) + 1, tokens[end]?.start);
          const known = word === "exists" ? context.known.find(inner) : undefined;
          out.push(`${word}(${known === undefined ? convert(at + 2, end, inside) : `\n${known}\n`})`);
        } else {
          throw refuse(token);
        }
        at = end;
      } else if (
        assigning &&
        (before === "set" || before === ",") &&
        tokens[at + 1]?.text === "." &&
        tokens[at + 3]?.text === "="
      ) {
        // DuckDB refuses the table's alias before a column that is set.
        at += 1;
      } else {
        out.push(token.text);
      }
    }
    return spaced(out);
  };

  const first = tokens[0]?.text.toLowerCase() ?? "";
  if (!/^(?:select|with|insert|update|delete|merge|values|\()$/.test(first)) throw refuse(tokens[0]);
  return convert(0, tokens.length, "statement");
}

/** Names keep their dots; all else stands apart. */
function spaced(pieces: readonly string[]): string {
  let out = "";
  for (const piece of pieces) {
    if (piece === "") continue;
    const close =
      piece === "." || piece === "::" || piece === "," || out.endsWith(".") || out.endsWith("::") || out === "";
    out += close ? piece : ` ${piece}`;
  }
  return out;
}
