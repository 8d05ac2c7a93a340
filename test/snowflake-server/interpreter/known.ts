/** The texts of a project: for the exact Snowflake rendering of a statement, its DuckDB rendering. */
import { namesIn, quoted, renamed } from "./lex.js";

export interface Known {
  know(pairs: readonly { readonly snowflake: string; readonly duckdb: string }[]): void;
  /** The DuckDB rendering; of a text in which names were redirected to candidates, redirected likewise. */
  find(snowflake: string): string | undefined;
}

const bare = (sql: string) => sql.trim().replace(/;\s*$/, "").trimEnd();

/** A candidate's name is the name that it stands for, this, and more. */
const mark = "$MEDFORM";
const marked = /\$MEDFORM(?:[^"]|"")*"/gi;

/** Names of candidates that a text has, by those that they stand for: parts of both upper case, joined. */
function candidates(sql: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { parts } of namesIn(sql, "snowflake")) {
    const at = parts.findIndex((part) => part.includes(mark));
    if (at < 0) continue;
    const place = parts.slice(0, at + 1);
    const last = place.at(-1) ?? "";
    found.set([...place.slice(0, -1), last.slice(0, last.indexOf(mark))].join("."), place);
  }
  return found;
}

export function createKnown(): Known {
  const renderings = new Map<string, string>();
  return {
    know(pairs) {
      for (const { snowflake, duckdb } of pairs) renderings.set(bare(snowflake), bare(duckdb));
    },
    find(snowflake) {
      const text = bare(snowflake);
      const plain = renderings.get(text);
      if (plain !== undefined || !text.toUpperCase().includes(mark)) return plain;
      const rendering = renderings.get(text.replaceAll(marked, '"'));
      if (rendering === undefined) return undefined;
      const places = candidates(text);
      return renamed(rendering, "duckdb", ({ parts }) => {
        for (let count = parts.length; count > 0; count -= 1) {
          const place = places.get(parts.slice(0, count).join("."));
          if (place !== undefined) return { parts: count, text: place.map(quoted).join(".") };
        }
        return undefined;
      });
    },
  };
}
