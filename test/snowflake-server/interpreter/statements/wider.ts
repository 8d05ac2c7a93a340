/** A NUMBER(38, 0) has 38 digits; a BIGINT has 18. Whole numbers are kept as BIGINT until one comes that needs more. */

import { quoted } from "../lex.js";
import type { Context } from "../session.js";
import { placeText, type Target } from "../target.js";
import { SnowflakeError } from "../types.js";

/** `table` holds rows of `target`, or is it. */
export async function widened<T>(
  { server, session }: Context,
  { target, table }: { readonly target: Target; readonly table: Target },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SnowflakeError) || error.code !== "100039") throw error;
    let wider = false;
    const base = session.workspace.baseOf(target);
    for (const place of new Map([base, table].map((each) => [placeText(each), each])).values()) {
      for (const { name, type } of await server.catalog.columnsOf(session.connection, place)) {
        if (type !== "BIGINT" && type !== "INTEGER") continue;
        await session.connection.run(
          `alter table ${placeText(place)} alter column ${quoted(name)} set data type hugeint`,
        );
        wider = true;
      }
    }
    if (!wider) throw error;
    const entry = server.catalog.get(target);
    if (entry !== undefined && base === target) {
      const comments = new Map(entry.columns.map((column) => [column.name.toUpperCase(), column.comment]));
      server.catalog.put({ ...entry, columns: await server.catalog.columnsOf(session.connection, base, comments) });
    }
    return work();
  }
}
