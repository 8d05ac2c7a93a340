/**
 * What the engine says in an error, said again in our own words. The engine quotes values of tables ("Could not convert
 * string '…'"), so nothing of its text passes but what is known to be no value: the family of the error, names that stand
 * in the statement as identifiers, names of types, and the place in the statement. An unknown error keeps its family only.
 */
import { type Problem, ProblemError } from "../../graph/index.js";
import { engineError, type Understood, withPlace } from "../engineError.js";
import { identifiersOf, provedNames } from "../sqltext.js";
import { placeInStatement } from "./place.js";

interface Family {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The engine's families that a statement can meet; keys are the text before ` Error:`. */
const families: Readonly<Record<string, Family>> = {
  Conversion: {
    code: "engine-conversion",
    message: "a value cannot be converted",
    hint: "Use try_cast, and let a rule count what cannot be cast.",
  },
  "Out of Range": { code: "engine-out-of-range", message: "a value is out of range" },
  "Divide by Zero": { code: "engine-division-by-zero", message: "division by zero" },
  "Invalid Input": { code: "engine-invalid-input", message: "a function refused its input" },
  "Mismatch Type": { code: "engine-type-mismatch", message: "types do not match" },
  "Invalid type": { code: "engine-type-mismatch", message: "types do not match" },
  Decimal: { code: "engine-out-of-range", message: "a decimal does not fit its type" },
  Constraint: { code: "engine-constraint", message: "a constraint of a table is violated" },
  Binder: { code: "engine-binder", message: "the statement does not fit the tables that it reads" },
  Catalog: { code: "engine-catalog", message: "a name is not known, or is taken" },
  Parser: { code: "engine-syntax", message: "syntax error" },
  Syntax: { code: "engine-syntax", message: "syntax error" },
  "Not implemented": { code: "engine-not-implemented", message: "the engine cannot do this" },
  IO: { code: "engine-io", message: "a file cannot be read or written" },
  "Out of Memory": {
    code: "engine-out-of-memory",
    message: "the engine ran out of memory",
    hint: "Give it more (MEDFORM_MEMORY_LIMIT, such as 4GB), or build the table from scratch instead of by increments.",
  },
  INTERRUPT: { code: "cancelled", message: "the statement was cancelled" },
  TransactionContext: { code: "engine-transaction", message: "the transaction cannot go on" },
  Permission: { code: "engine-permission", message: "the engine does not permit this" },
  Dependency: { code: "engine-dependency", message: "another object depends on this one" },
  "Missing Extension": {
    code: "engine-missing-extension",
    message: "this needs an extension of the engine that is not there",
  },
  "Parameter Not Resolved": { code: "engine-binder", message: "the type of a parameter is not known" },
  "Parameter Not Allowed": { code: "engine-binder", message: "a parameter is not allowed here" },
  Expression: { code: "engine-expression", message: "an expression cannot be evaluated" },
  Settings: { code: "engine-settings", message: "a setting is refused" },
  "Invalid Configuration": { code: "engine-settings", message: "a setting is refused" },
  Sequence: { code: "engine-sequence", message: "a sequence is exhausted" },
  Serialization: { code: "engine-serialization", message: "stored data cannot be read" },
  FATAL: { code: "engine-fatal", message: "the engine stopped; the warehouse must be opened anew" },
  INTERNAL: { code: "engine-internal", message: "an internal error of the engine" },
};

const unknown: Family = { code: "engine-error", message: "the engine failed" };

/** The engine's names of types, as SQL writes them. */
const types: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DECIMAL DATE TIME TIMESTAMP VARCHAR BLOB UUID JSON INTERVAL"
      .split(" ")
      .map((name) => [name, name]),
  ),
  INT8: "TINYINT",
  INT16: "SMALLINT",
  INT32: "INTEGER",
  INT64: "BIGINT",
  INT128: "HUGEINT",
  UINT8: "UTINYINT",
  UINT16: "USMALLINT",
  UINT32: "UINTEGER",
  UINT64: "UBIGINT",
  BOOL: "BOOLEAN",
};

interface Pattern {
  readonly family: string;
  readonly test: RegExp;
  /** Names that the pattern captured, each proved to be an identifier of the statement. */
  readonly say: (names: readonly string[]) => string;
  readonly code?: string;
  readonly hint?: string;
}

/** What a full disk asks of people, whoever met it. */
export const makeRoom = "Make room where the warehouse lies, and do it again: what was not committed is undone.";

/** A captured name may be qualified; every part must be an identifier of the statement. */
const patterns: readonly Pattern[] = [
  { family: "Catalog", test: /^Table with name (.+?) does not exist/, say: ([n]) => `relation ${n} does not exist` },
  { family: "Catalog", test: /^View with name (.+?) does not exist/, say: ([n]) => `relation ${n} does not exist` },
  { family: "Catalog", test: /Function with name (.+?) does not exist/, say: ([n]) => `function ${n} does not exist` },
  { family: "Catalog", test: /^Schema with name (.+?) does not exist/, say: ([n]) => `schema ${n} does not exist` },
  { family: "Catalog", test: /^Type with name (.+?) does not exist/, say: ([n]) => `type ${n} does not exist` },
  { family: "Catalog", test: /^Table with name "(.+?)" already exists/, say: ([n]) => `relation ${n} exists already` },
  { family: "Binder", test: /^Referenced column "(.+?)" not found/, say: ([n]) => `column ${n} does not exist here` },
  { family: "Binder", test: /does not have a column named "(.+?)"/, say: ([n]) => `column ${n} does not exist here` },
  {
    family: "Binder",
    test: /^Referenced table "(.+?)" not found/,
    say: ([n]) => `table ${n} is not in the FROM clause`,
  },
  { family: "Binder", test: /^Ambiguous reference to column name "(.+?)"/, say: ([n]) => `column ${n} is ambiguous` },
  {
    family: "Binder",
    test: /column "(.+?)" must appear in the GROUP BY clause/,
    say: ([n]) => `column ${n} must be grouped by or aggregated`,
  },
  {
    family: "Binder",
    test: /^No function matches the given name and argument types '(\w+)\(/,
    say: ([n]) => `function ${n} does not take these types`,
  },
  { family: "Binder", test: /^Catalog "(.+?)" does not exist/, say: ([n]) => `database ${n} does not exist` },
  {
    family: "Invalid Input",
    test: /^Cannot prepare multiple statements at once/,
    say: () => "there are several statements where one query is wanted",
    code: "engine-syntax",
  },
  {
    family: "Invalid Input",
    test: /^No statement to prepare/,
    say: () => "there is no query",
    code: "engine-syntax",
  },
  { family: "Parser", test: /^syntax error at or near "(\w+)"/, say: ([n]) => `syntax error at ${n}` },
  { family: "Parser", test: /^syntax error at end of input/, say: () => "syntax error at the end of the statement" },
  {
    family: "IO",
    test: /^Corrupt database file/,
    say: () => "the warehouse's file is damaged: what it holds does not match its checksums",
    code: "warehouse-damaged",
  },
  ...["IO", "TransactionContext", "FATAL"].map((family) => ({
    family,
    test: /No space left on device|File too large|Disk quota exceeded/,
    say: () => "the disk is full",
    code: "disk-full",
    hint: makeRoom,
  })),
  {
    family: "Out of Memory",
    test: /failed to offload data block/,
    say: () => "what does not fit into memory does not fit onto the disk either",
    code: "disk-full",
    hint: makeRoom,
  },
  {
    family: "TransactionContext",
    test: /^Conflict on |write-write conflict|^Failed to commit: PRIMARY KEY or UNIQUE/,
    say: () => "another transaction changed the same rows",
    code: "conflict",
  },
  {
    family: "TransactionContext",
    test: /^Current transaction is aborted/,
    say: () => "an earlier statement failed, so this transaction can only be discarded",
    code: "transaction-aborted",
  },
];

/** What a value was to become, as far as the engine says it in words of its own; ` to DATE of column BIRTHDATE`. */
function conversion(text: string, identifiers: ReadonlySet<string>): string {
  const field = /^(?:invalid )?(date|time|timestamp) field (?:format|value out of range)/.exec(text)?.[1];
  const last = [...text.matchAll(/\b(?:to|type) ([A-Z][A-Z0-9_]*)/g)].map((match) => types[match[1] ?? ""]).at(-1);
  // Enumerations and UUIDs are kept as integers of their own; to name those would be misleading.
  const named =
    last !== undefined && /^U|HUGEINT/.test(last) && !identifiers.has(last.toLowerCase()) ? undefined : last;
  const type = field?.toUpperCase() ?? named;
  const column = provedNames(
    [/ when casting from source column (\S+)\s*(?:\n|$)/.exec(text)?.[1] ?? ""],
    identifiers,
  )?.[0];
  return `${type === undefined ? "" : ` to ${type}`}${column === undefined ? "" : ` (column ${column})`}`;
}

/**
 * The problem that an engine error becomes. `sql` is the statement as it was run; `linesBefore` are lines of it that we
 * wrote above the model's own text, so that the place is counted in what the model's author sees.
 */
export function problemOf(error: unknown, sql: string, linesBefore = 0): Problem {
  return withPlace(understood(error, sql, linesBefore));
}

/** What the system calls it, where a file of ours beside the warehouse could not be written. */
const diskFull: ReadonlySet<string> = new Set(["ENOSPC", "EFBIG", "EDQUOT"]);

/** The problem without its place, and the place where there is one in the model's own text. */
function understood(error: unknown, sql: string, linesBefore: number): Understood {
  const raw = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && "code" in error && diskFull.has(String(error.code))) {
    return { problem: { code: "disk-full", message: "the disk is full", hint: makeRoom } };
  }
  const prefix = /^(?:Failed to extract statements: )?([A-Za-z ]+?) Error: /.exec(raw);
  const name = prefix?.[1] ?? "";
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (prefix === null || family === undefined) return { problem: unknown };
  const text = raw.slice(prefix[0].length);
  const identifiers = identifiersOf(sql);

  let message = family.message + (name === "Conversion" ? conversion(text, identifiers) : "");
  let { code, hint } = family;
  for (const pattern of patterns) {
    if (pattern.family !== name) continue;
    const match = pattern.test.exec(text);
    const captured = match === null ? undefined : provedNames(match.slice(1), identifiers);
    if (captured === undefined) continue;
    message = pattern.say(captured);
    code = pattern.code ?? code;
    hint = pattern.hint ?? hint;
    break;
  }
  const place = placeInStatement(raw, sql);
  const line = place === undefined ? 0 : place.line - linesBefore;
  const problem = hint === undefined ? { code, message } : { code, message, hint };
  return place === undefined || line <= 0 ? { problem } : { problem, place: { ...place, line } };
}

/** The engine's error as one of ours. The original is not chained as the cause: it quotes values. */
export function rewriteError(error: unknown, sql: string, linesBefore = 0): ProblemError {
  if (error instanceof ProblemError) return error;
  return engineError(understood(error, sql, linesBefore), sql, linesBefore);
}
