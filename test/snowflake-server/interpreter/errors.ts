/** Errors as Snowflake says them, and what an error of DuckDB would have been there. */
import { SnowflakeError } from "./types.js";

export function compilation(code: string, sqlState: string, message: string): SnowflakeError {
  return new SnowflakeError(code, sqlState, `SQL compilation error:\n${message}`);
}

/** `at` is an offset into the text. */
export function syntax(sql: string, at: number, unexpected: string): SnowflakeError {
  const before = sql.slice(0, at).split("\n");
  const position = before.at(-1)?.length ?? 0;
  return compilation(
    "001003",
    "42000",
    `syntax error line ${before.length} at position ${position} unexpected '${unexpected}'.`,
  );
}

/** For a statement that is neither known nor a template: where a parser would have stopped is its first word. */
export function unknown(sql: string): SnowflakeError {
  const at = Math.max(0, sql.search(/\S/));
  return syntax(sql, at, /^\S+/.exec(sql.slice(at))?.[0] ?? "<EOF>");
}

export const missing = (name: string, kind = "Object"): SnowflakeError =>
  compilation(
    "002003",
    kind === "Object" || kind === "Table" || kind === "View" ? "42S02" : "02000",
    `${kind} '${name}' does not exist or not authorized.`,
  );

export const exists = (name: string): SnowflakeError =>
  compilation("002002", "42710", `Object '${name}' already exists.`);

export const forbidden = (what: string): SnowflakeError =>
  new SnowflakeError(
    "003001",
    "42501",
    `SQL access control error:\nInsufficient privileges to operate on table '${what}'.`,
  );

export const cancelled = (): SnowflakeError => new SnowflakeError("000604", "57014", "SQL execution canceled");

/** `waiters`: how many wait already, where that is the reason. */
export const lockTimeout = (name: string, waiters?: number): SnowflakeError =>
  new SnowflakeError(
    "000625",
    "57014",
    waiters === undefined
      ? `Another transaction has locked table '${name}' and this lock has not yet been released. Your statement was aborted because it waited too long.`
      : `Another transaction has locked table '${name}' and this lock has not yet been released. Your statement was aborted because the number of waiters for this lock exceeds the ${waiters} statements limit.`,
  );

export const duplicateRow = (): SnowflakeError =>
  new SnowflakeError("100090", "42P18", "Duplicate row detected during DML action\nRow Values: []");

/** What this server cannot do as Snowflake does: never passed over in silence. */
export const beyond = (what: string): SnowflakeError =>
  new SnowflakeError("390000", "0A000", `The test server cannot do this: ${what}`);

interface Reading {
  readonly pattern: RegExp;
  readonly error: (match: RegExpExecArray) => SnowflakeError;
}

const data = (code: string, sqlState: string, text: (value: string) => string) => (match: RegExpExecArray) =>
  new SnowflakeError(code, sqlState, text(match[1] ?? ""));

const readings: readonly Reading[] = [
  { pattern: /^INTERRUPT/i, error: () => cancelled() },
  { pattern: /(?:Table|View) with name "?([^"\s!]+)"? does not exist/, error: (match) => missing(match[1] ?? "") },
  { pattern: /Schema with name "?([^"\s!]+)"? does not exist/, error: (match) => missing(match[1] ?? "", "Schema") },
  { pattern: /Catalog "([^"]+)" does not exist/, error: (match) => missing(match[1] ?? "", "Database") },
  { pattern: /with name "?([^"\s!]+)"? already exists/, error: (match) => exists(match[1] ?? "") },
  {
    pattern:
      /Binder Error: (?:Referenced (?:column|table)|Table "[^"]+" does not have a column named|Values list .* column named) "?([^"\s]+)"?/,
    error: (match) =>
      compilation("000904", "42000", `error line 1 at position 0\ninvalid identifier '${match[1]?.toUpperCase()}'`),
  },
  { pattern: /division by zero/i, error: () => new SnowflakeError("100051", "22012", "Division by zero") },
  {
    pattern: /NOT NULL constraint failed: (?:.*\.)?(\S+)/,
    error: () => new SnowflakeError("100072", "22000", "NULL result in a non-nullable column"),
  },
  {
    pattern: /Could not convert string '([\s\S]*)' to (?:U?INT|DOUBLE|FLOAT|DECIMAL|HUGEINT)/,
    error: data("100038", "22018", (value) => `Numeric value '${value}' is not recognized`),
  },
  {
    pattern: /Could not convert string "([\s\S]*?)" to DECIMAL/,
    error: data("100038", "22018", (value) => `Numeric value '${value}' is not recognized`),
  },
  {
    pattern: /Could not convert string '([\s\S]*)' to BOOL/,
    error: data("100037", "22018", (value) => `Boolean value '${value}' is not recognized`),
  },
  {
    pattern: /invalid timestamp field format: "([\s\S]*?)"/,
    error: data("100035", "22007", (value) => `Timestamp '${value}' is not recognized`),
  },
  {
    pattern: /(?:invalid date field format|date field value out of range): "([\s\S]*?)"/,
    error: data("100040", "22007", (value) => `Date '${value}' is not recognized`),
  },
  {
    pattern: /value (-?[\d.]+) can't be cast because the value is out of range/,
    error: data("100039", "22003", (value) => `Numeric value '${value}' is out of range`),
  },
  {
    pattern: /^Parser Error: syntax error at or near "([^"]*)"/,
    error: (match) => compilation("001003", "42000", `syntax error line 1 at position 0 unexpected '${match[1]}'.`),
  },
];

/** An error of DuckDB as Snowflake would have said it; its own text where nothing is known to be the same. */
export function fromDuckDb(error: unknown): SnowflakeError {
  if (error instanceof SnowflakeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  for (const { pattern, error: make } of readings) {
    const match = pattern.exec(message);
    if (match !== null) return make(match);
  }
  const compiled = /^(Binder|Catalog|Parser) Error/.test(message);
  return compiled ? compilation("001003", "42000", message) : new SnowflakeError("000603", "XX000", message);
}
