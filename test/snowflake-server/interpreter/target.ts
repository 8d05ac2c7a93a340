/** Where a relation is: its name as sessions say it, and the place in DuckDB that holds it. */
import { lex, quoted, unquoted } from "./lex.js";

export interface Target {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** What a session has in use, which completes names. */
export type Scope = Pick<Target, "database" | "schema">;

export const keyOf = ({ database, schema, name }: Target): string =>
  [database, schema, name].map((part) => part.toUpperCase()).join("\u0000");

export const placeText = ({ database, schema, name }: Target): string => [database, schema, name].map(quoted).join(".");

/** As error messages name it. */
export const spoken = ({ database, schema, name }: Target): string => `${database}.${schema}.${name}`;

export function targetOf(parts: readonly string[], scope: Scope): Target {
  const [name = "", schema = scope.schema, database = scope.database] = [...parts].reverse();
  return { database, schema, name };
}

/** From the text of a name, quoted or not. */
export function parseTarget(text: string, scope: Scope): Target {
  const parts = lex(text, "snowflake")
    .filter(({ kind }) => kind === "word" || kind === "quoted")
    .map((token) => unquoted(token.text));
  return targetOf(parts, scope);
}

/** Of one name, as a piece of a regular expression. */
export const namePattern = '(?:"(?:[^"]|"")+"|[A-Za-z_][\\w$]*)(?:\\s*\\.\\s*(?:"(?:[^"]|"")+"|[A-Za-z_][\\w$]*))*';
