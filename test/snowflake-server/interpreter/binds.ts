/** Bound values, written into the DuckDB text as literals: a statement may become several, and each has what it needs. */

import { closing, lex, literal, significant } from "./lex.js";
import type { Bind } from "./types.js";
import { SnowflakeError } from "./types.js";

const wrong = (value: string, type: string) =>
  new SnowflakeError("100038", "22018", `Numeric value '${value}' is not recognized as ${type}`);

export function bindLiteral(type: string, value: string | null): string {
  if (value === null) return "null";
  switch (type.toUpperCase()) {
    case "FIXED":
      if (!/^[+-]?\d+(?:\.\d+)?$/.test(value)) throw wrong(value, "FIXED");
      return value;
    case "REAL":
      return `cast(${literal(value)} as double)`;
    case "BOOLEAN":
      return /^(?:true|1)$/i.test(value) ? "true" : "false";
    case "DATE":
      return /^-?\d+$/.test(value) ? `cast(epoch_ms(${value}) as date)` : `cast(${literal(value)} as date)`;
    case "TIMESTAMP_NTZ":
    case "TIMESTAMP_LTZ":
    case "TIMESTAMP_TZ":
    case "TIMESTAMP":
      return /^-?\d+$/.test(value)
        ? `make_timestamp(cast(${value} // 1000 as bigint))`
        : `cast(${literal(value)} as timestamp)`;
    case "TIME":
      return /^\d+$/.test(value) ? `cast(make_timestamp(cast(${value} // 1000 as bigint)) as time)` : literal(value);
    case "BINARY":
      return `from_hex(${literal(value)})`;
    default:
      return literal(value);
  }
}

const missing = (count: number) =>
  new SnowflakeError(
    "002049",
    "42601",
    `SQL compilation error: error line 1 at position 0\nBind variables not set (${count}).`,
  );

/** Fills in one row of values. */
function filled(sql: string, literals: readonly string[]): string {
  let next = 0;
  const out = lex(sql, "duckdb")
    .map((token) => (token.kind === "bind" ? (literals[next++] ?? "?") : token.text))
    .join("");
  if (next > literals.length) throw missing(next - literals.length);
  return out;
}

/** Rows bound at once go into as many rows of the one VALUES. */
export function withBinds(sql: string, binds: readonly Bind[]): string {
  if (binds.length === 0 && !sql.includes("?")) return sql;
  const first = binds[0]?.value;
  if (!Array.isArray(first)) {
    return filled(
      sql,
      binds.map(({ type, value }) => bindLiteral(type, value as string | null)),
    );
  }
  const tokens = significant(lex(sql, "duckdb"));
  const values = tokens.findIndex(({ text }) => text.toLowerCase() === "values");
  const open = tokens[values + 1];
  if (values < 0 || open?.text !== "(") throw missing(binds.length);
  const end = tokens[closing(tokens, values + 1)];
  const tuple = sql.slice(open.start, (end?.start ?? sql.length) + 1);
  const rows = Array.from({ length: first.length }, (_, row) =>
    filled(
      tuple,
      binds.map(({ type, value }) => bindLiteral(type, value?.[row] ?? null)),
    ),
  );
  return sql.slice(0, open.start) + rows.join(", ") + sql.slice((end?.start ?? sql.length) + 1);
}
