/** A NUMBER(38, 0) has 38 digits; a BIGINT has 18. Whole numbers are kept as BIGINT until one comes that needs more. */

import { quoted } from "../lex.js";
import type { Context } from "../session.js";
import { placeText, type Target } from "../target.js";
import { SnowflakeError } from "../types.js";

export async function widened<T>({ server, session }: Context, table: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SnowflakeError) || error.code !== "100039") throw error;
    const columns = await server.catalog.columnsOf(session.connection, table);
    const narrow = columns.filter(({ type }) => type === "BIGINT" || type === "INTEGER");
    if (narrow.length === 0) throw error;
    for (const { name } of narrow) {
      await session.connection.run(
        `alter table ${placeText(table)} alter column ${quoted(name)} set data type hugeint`,
      );
    }
    return work();
  }
}
