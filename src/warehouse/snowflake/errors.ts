/**
 * What Snowflake says in an error, said again in our own words. Its text quotes values of tables ("Numeric value '…' is not
 * recognized"), so we go by its code and SQLSTATE, and of the text take only names that stand in the statement as
 * identifiers, names of types of our own list, and the place.
 */
import { type Problem, ProblemError } from "../../graph/index.js";
import { engineError, type Understood, withPlace } from "../engineError.js";
import { identifiersOf, type Place, provedNames } from "../sqltext.js";

interface Family {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const conversion: Family = {
  code: "engine-conversion",
  message: "a value cannot be converted",
  hint: "Use try_cast, and let a rule count what cannot be cast.",
};
const range: Family = { code: "engine-out-of-range", message: "a value is out of range" };
const input: Family = { code: "engine-invalid-input", message: "a function refused its input" };
const binder: Family = { code: "engine-binder", message: "the statement does not fit the tables that it reads" };
const catalog: Family = { code: "engine-catalog", message: "a name is not known, or is taken" };
const syntax: Family = { code: "engine-syntax", message: "syntax error" };
const constraint: Family = { code: "engine-constraint", message: "a constraint of a table is violated" };
const mismatch: Family = { code: "engine-type-mismatch", message: "types do not match" };
const internal: Family = { code: "engine-internal", message: "an internal error of the engine" };
const cancelled: Family = { code: "cancelled", message: "the statement was cancelled" };
const permission: Family = {
  code: "engine-permission",
  message: "the role may not do this",
  hint: "docs/snowflake.md lists what its role must be granted.",
};
const compute: Family = {
  code: "engine-compute",
  message: "there is no warehouse to run on",
  hint: "Name one in the environment's connection (warehouse), and grant the role USAGE on it.",
};
const conflict: Family = { code: "conflict", message: "another transaction held the same table for too long" };
/** As long as LOCK_TIMEOUT says: to wait for as long once more is of no use. */
const locked: Family = {
  code: "lock-timeout",
  message: "another transaction held the same table for as long as this waits",
  hint: "`show locks in account` says which. `select system$abort_transaction(ID)` ends it, by the user who began it or an account administrator: names of medform's own begin with MEDFORM_. Snowflake ends one that is idle and in the way by itself, after five minutes.",
};
const timeout: Family = {
  code: "engine-timeout",
  message: "the statement took longer than it may",
  hint: "STATEMENT_TIMEOUT_IN_SECONDS of the warehouse or the user bounds it; a larger warehouse may be quicker.",
};

/** By Snowflake's own numbers, where these say more than the SQLSTATE. */
const byCode: Readonly<Record<string, Family>> = {
  "000604": cancelled,
  "000605": cancelled,
  "000630": timeout,
  "000625": conflict,
  "000606": compute,
  "000608": compute,
  "090073": {
    code: "engine-compute",
    message: "the warehouse cannot run: its resource monitor's quota is used up",
    hint: "Raise the quota, or name another warehouse in the environment's connection.",
  },
  "000008": { code: "engine-syntax", message: "there are several statements where one is wanted" },
  "001003": syntax,
  "001044": mismatch,
  "001007": mismatch,
  "002023": mismatch,
  "002002": { code: "engine-catalog", message: "a name is taken already" },
  "002003": { code: "engine-catalog", message: "something that is named does not exist, or the role may not see it" },
  "002043": {
    code: "engine-catalog",
    message: "something that is named does not exist, or the role may not do this with it",
  },
  "002140": { code: "engine-catalog", message: "a function does not exist" },
  "002141": { code: "engine-catalog", message: "a function does not exist" },
  "000904": binder,
  "090105": { code: "engine-catalog", message: "a name has no database, and none is current" },
  "090106": { code: "engine-catalog", message: "a name has no schema, and none is current" },
  "003001": permission,
  "100038": conversion,
  "100035": conversion,
  "100037": conversion,
  "100040": conversion,
  "100039": range,
  "100046": range,
  "100051": { code: "engine-division-by-zero", message: "division by zero" },
  "100069": input,
  "100072": { code: "engine-constraint", message: "a column that must not be NULL got a NULL" },
  "100078": { code: "engine-out-of-range", message: "a text is longer than its column" },
  "100090": {
    code: "engine-constraint",
    message: "two rows of the source want to change the same row",
    hint: "The unique key must be unique in what the query returns.",
  },
};

/** By SQLSTATE, its whole or its class. */
const byState: Readonly<Record<string, Family>> = {
  "0A": { code: "engine-not-implemented", message: "the engine cannot do this" },
  "02": catalog,
  "22": input,
  "22003": range,
  "22007": conversion,
  "22012": { code: "engine-division-by-zero", message: "division by zero" },
  "22018": conversion,
  "23": constraint,
  "25": { code: "engine-transaction", message: "the transaction cannot go on" },
  "40": conflict,
  "42": binder,
  "42501": permission,
  "42710": catalog,
  "42S02": catalog,
  "57014": cancelled,
  "57P03": compute,
  XX: internal,
};

const unknown: Family = { code: "engine-error", message: "the engine failed" };

interface Pattern {
  readonly codes: readonly string[];
  readonly test: RegExp;
  /** Names that the pattern captured, each proved to be an identifier of the statement. */
  readonly say: (names: readonly string[]) => string;
}

const patterns: readonly Pattern[] = [
  { codes: ["001003"], test: /unexpected '(\w+)'/, say: ([n]) => `syntax error at ${n}` },
  { codes: ["001003"], test: /unexpected '<EOF>'/, say: () => "syntax error at the end of the statement" },
  {
    codes: ["002003", "002043"],
    test: /^Schema '(.+?)' does not exist/m,
    say: ([n]) => `schema ${n} does not exist, or the role may not see it`,
  },
  {
    codes: ["002003", "002043"],
    test: /^Database '(.+?)' does not exist/m,
    say: ([n]) => `database ${n} does not exist, or the role may not see it`,
  },
  {
    codes: ["002003", "002043"],
    test: /^(?:Object|Table|View|Stage) '(.+?)' does not exist/m,
    say: ([n]) => `relation ${n} does not exist, or the role may not see it`,
  },
  {
    codes: ["002002"],
    test: /^(?:Object|Table|View) '(.+?)' already exists/m,
    say: ([n]) => `relation ${n} exists already`,
  },
  { codes: ["000904"], test: /invalid identifier '(.+?)'/, say: ([n]) => `column ${n} does not exist here` },
  { codes: ["002028"], test: /ambiguous column name '(.+?)'/, say: ([n]) => `column ${n} is ambiguous` },
  {
    codes: ["000979"],
    test: /^\[([\w$."]+)\] is not a valid group by expression/m,
    say: ([n]) => `column ${n} must be grouped by or aggregated`,
  },
  {
    codes: ["002140", "002141"],
    test: /[Uu]nknown (?:user-defined )?function (\w+)/,
    say: ([n]) => `function ${n} does not exist`,
  },
  {
    codes: ["001044"],
    test: /[Ii]nvalid argument types for function '(\w+)'/,
    say: ([n]) => `function ${n} does not take these types`,
  },
];

/** How the engine begins what it says of a value that does not become what it should. */
const conversions: readonly (readonly [RegExp, string])[] = [
  [/^Numeric value /m, "NUMBER"],
  [/^Date /m, "DATE"],
  [/^Timestamp /m, "TIMESTAMP"],
  [/^Time /m, "TIME"],
  [/^Boolean value /m, "BOOLEAN"],
];

/** What the driver hands over, as far as it has the shape; its own errors have numbers, Snowflake's have six digits. */
export interface Raw {
  readonly code: string;
  readonly state: string;
  readonly text: string;
}

export function rawOf(error: unknown): Raw {
  const { code, sqlState, message } = (typeof error === "object" && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  const known = typeof code === "string" || typeof code === "number" ? String(code).padStart(6, "0") : "";
  return {
    code: known,
    state: typeof sqlState === "string" ? sqlState : "",
    text: typeof message === "string" ? message : "",
  };
}

function familyOf({ code, state, text }: Raw): Family {
  // Too many waiters are fewer in a moment.
  if (code === "000625" && !/\bnumber of waiters\b/i.test(text)) return locked;
  if (/^57014$/.test(state) && code !== "000604" && /\bdeadlock\b/i.test(text)) return conflict;
  return byCode[code] ?? byState[state] ?? byState[state.slice(0, 2)] ?? unknown;
}

/** Only where the statement was refused before it ran: later a text like this could be out of a value. */
function placeOf({ text }: Raw, sql: string): Place | undefined {
  if (!/^SQL compilation error/.test(text)) return undefined;
  const [, line = "", position = ""] = /\berror line (\d+) at position (-?\d+)/.exec(text) ?? [];
  const found = sql.split("\n")[Number(line) - 1];
  if (found === undefined) return undefined;
  const column = Number(position) + 1;
  return column >= 1 && column <= found.length + 1 ? { line: Number(line), column } : { line: Number(line) };
}

function understood(error: unknown, sql: string, linesBefore: number): Understood {
  const raw = rawOf(error);
  const family = familyOf(raw);
  const identifiers = identifiersOf(sql, "snowflake");
  let { message } = family;
  if (family === conversion) {
    const type = conversions.find(([test]) => test.test(raw.text))?.[1];
    if (type !== undefined) message += ` to ${type}`;
  }
  for (const pattern of patterns) {
    if (!pattern.codes.includes(raw.code)) continue;
    const match = pattern.test.exec(raw.text);
    const captured = match === null ? undefined : provedNames(match.slice(1), identifiers);
    if (captured === undefined) continue;
    message = pattern.say(captured);
    break;
  }
  const problem: Problem = {
    code: family.code,
    message,
    ...(family.hint === undefined ? {} : { hint: family.hint }),
  };
  const place = placeOf(raw, sql);
  const line = place === undefined ? 0 : place.line - linesBefore;
  return place === undefined || line <= 0 ? { problem } : { problem, place: { ...place, line } };
}

/**
 * The problem that an engine error becomes. `sql` is the statement as it was run; `linesBefore` are lines of it that we
 * wrote above the model's own text, so that the place is counted in what the model's author sees.
 */
export function problemOf(error: unknown, sql: string, linesBefore = 0): Problem {
  return withPlace(understood(error, sql, linesBefore));
}

/** The engine's error as one of ours. The original is not chained as the cause: it quotes values. */
export function rewriteError(error: unknown, sql: string, linesBefore = 0): ProblemError {
  if (error instanceof ProblemError) return error;
  return engineError(understood(error, sql, linesBefore), sql, linesBefore);
}
