/**
 * The deny list of what reads well and means something else, or nothing, on Snowflake. No parser rejects it, so it is
 * looked for in tokens; each entry says why, and is shown to be caught.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { locateInSource } from "../../../src/compile/index.js";
import type { Statement } from "../statements.js";
import { grammar } from "./grammar.js";
import { type Denial, read } from "./match.js";
import { meaning } from "./meaning.js";

export const denials: readonly Denial[] = [...grammar, ...meaning];

const root = resolve(import.meta.dirname, "../../..");

/** One line for each place: file and, where it can be told, its line; the statement and the line in it; what and why. */
export function denied(statement: Statement): readonly string[] {
  const sql = read(statement.sql);
  const list = statement.of === "project" ? denials : grammar;
  return list.flatMap(({ find, why }) =>
    find(sql).map(({ start, text }) => {
      const line = statement.sql.slice(0, start).split("\n").length;
      return `${statement.file}${inSource(statement, line)}: ${statement.name}, line ${line}: ${text}: ${why}`;
    }),
  );
}

function inSource({ file, sql, of }: Statement, line: number): string {
  if (of === "template") return "";
  const found = locateInSource(sql, readFileSync(resolve(root, file), "utf8"), { line });
  return found?.line === undefined ? "" : `:${found.line}`;
}
