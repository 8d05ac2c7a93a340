/** COPY INTO out of part files with a JSON array a line: read by DuckDB's own reader, which has nothing of ours in it. */
import { compilation } from "../errors.js";
import { literal } from "../lex.js";
import { unescaped } from "../portable.js";
import { statementType, texts } from "../results.js";
import { allow, type Context, lock } from "../session.js";
import type { StageFile } from "../stages.js";
import { keyOf, namePattern, parseTarget, placeText, type Target } from "../target.js";
import type { Shape } from "./shape.js";

const quotedName = '"(?:[^"]|"")*"';
const string = "'(?:[^'\\\\]|''|\\\\[\\s\\S])*'";
const json =
  "file_format = \\(type = json compression = gzip trim_space = false null_if = \\(\\) strip_outer_array = false strip_null_values = false replace_invalid_characters = false\\)";

const pattern = new RegExp(
  `^copy into (?<name>${namePattern}) \\((?<columns>${quotedName}(?:, ${quotedName})*)\\)\\nfrom \\(select (?<values>[\\s\\S]*) from (?<place>${string})\\)\\n${json} on_error = abort_statement$`,
);

const value = new RegExp(
  `\\$1\\[(\\d+)\\]::(varchar|number\\(38, 0\\))|(${string})(::timestamp_ntz)?|, |([\\s\\S])`,
  "g",
);

/** Elements of the array in DuckDB's words, whose lists count from 1. @throws SnowflakeError */
function selected(values: string): readonly string[] {
  const found: string[] = [];
  for (const [, index, type, text, instant, unread] of values.matchAll(value)) {
    if (unread !== undefined) throw compilation("001003", "42000", `syntax error unexpected '${unread}'.`);
    if (index !== undefined) found.push(`l[${Number(index) + 1}]${type === "varchar" ? "" : "::bigint"}`);
    else if (text !== undefined) found.push(`${literal(unescaped(text))}${instant === undefined ? "" : "::timestamp"}`);
  }
  return found;
}

const arrays = (files: readonly StageFile[]) =>
  `read_ndjson_objects([${files.map(({ file }) => literal(file)).join(", ")}], compression = 'gzip', maximum_object_size = 134217728, filename = true)`;

/** Inserts into a table under its lock, in the transaction or at once. */
export async function intoTable<T>(context: Context, target: Target, work: (place: string) => Promise<T>): Promise<T> {
  const { session, server } = context;
  const { workspace } = session;
  if (!workspace.temporary.has(keyOf(target))) server.catalog.need(target, "table");
  allow(context, target, "INSERT");
  const own = {};
  try {
    await lock(context, target, "insert", own);
    const table = session.transaction === undefined ? workspace.baseOf(target) : await workspace.forRows(target);
    return await work(placeText(table));
  } finally {
    server.locks.release(own);
  }
}

export const outcome = ["file", "status", "rows_parsed", "rows_loaded", "error_limit", "errors_seen"] as const;

export const copy: readonly Shape[] = [
  {
    pattern,
    async run({ name = "", columns = "", values = "", place = "" }, context) {
      const { session, server, signal } = context;
      const list = selected(values);
      const files = server.stages.files(unescaped(place), session);
      if (files.length === 0) {
        return texts(["status"], [["Copy executed with 0 files processed."]], statementType.insert);
      }
      await intoTable(context, parseTarget(name, session), (into) =>
        session.connection.run(
          `insert into ${into} (${columns}) select ${list.join(", ")} from (select from_json(json, '["VARCHAR"]') as l from ${arrays(files)})`,
          signal,
        ),
      );
      const counts = await session.connection.run(
        `select filename, cast(count(*) as varchar) from ${arrays(files)} group by filename`,
      );
      const byFile = new Map(counts.getRows().map(([file, count]) => [String(file), String(count)]));
      return texts(
        outcome,
        files.map(({ listed, file }) => {
          const count = byFile.get(file) ?? "0";
          return [listed, "LOADED", count, count, "1", "0"];
        }),
        statementType.insert,
      );
    },
  },
];
