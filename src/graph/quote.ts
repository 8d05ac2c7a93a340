/** Names and texts as they may stand in a statement, whatever is in them. */
import type { Target } from "./types.js";

/** An identifier in double quotes. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A target, each part quoted. */
export const quoteTarget = ({ database, schema, name }: Target): string =>
  [database, schema, name]
    .filter((part) => part !== undefined)
    .map(quoteName)
    .join(".");

/** A string literal. Values are bound wherever a statement takes a bind; this is for where it takes none. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
