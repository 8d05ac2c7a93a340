/** What a text is, found out once: the same few come again and again, from every session. */
import { unknown } from "../errors.js";
import { type Context, rendered } from "../session.js";
import { isEmitted } from "../shapes/index.js";
import { namePattern } from "../target.js";
import { change } from "./change.js";
import { control } from "./control.js";
import { copy } from "./copy.js";
import { create } from "./create.js";
import type { Shape } from "./shape.js";
import { stage } from "./stage.js";
import { staged } from "./staged.js";
import { task } from "./task.js";

export type Reading =
  | { readonly kind: "shape"; readonly shape: Shape; readonly groups: Readonly<Record<string, string | undefined>> }
  /** For DuckDB; empty where there is nothing to do. */
  | { readonly kind: "text"; readonly duckdb: string };

/** By exact text; emptied when more texts of the project become known. */
export type Readings = Map<string, Reading>;

const kept = 4_000;

const shapes: readonly Shape[] = [...control, ...create, ...change, ...stage, ...copy, ...staged, ...task];

const insertHead = new RegExp(
  `^insert\\s+(?:overwrite\\s+)?into\\s+${namePattern}\\s*(?:\\((?:"(?:[^"]|"")+"|[^()"])*\\))?\\s*`,
  "i",
);

/** @throws SnowflakeError 001003 for what medform does not send. */
export function readingOf(context: Context, sql: string): Reading {
  const { readings } = context.server;
  const before = readings.get(sql);
  if (before !== undefined) return before;
  const reading = read(context, sql);
  // What functions say of a session is written into the text.
  if (/\bcurrent_/i.test(sql)) return reading;
  const [oldest] = readings.size < kept ? [] : readings.keys();
  if (oldest !== undefined) readings.delete(oldest);
  readings.set(sql, reading);
  return reading;
}

function read(context: Context, sql: string): Reading {
  const { known } = context.server;
  const rendering = known.find(sql);
  if (rendering !== undefined) return { kind: "text", duckdb: rendering };
  if (!known.isTold(sql) && !isEmitted(sql, (text) => known.find(text) !== undefined)) throw unknown(sql);
  for (const shape of shapes) {
    const match = shape.pattern.exec(sql);
    if (match !== null) return { kind: "shape", shape, groups: match.groups ?? {} };
  }
  // An INSERT is followed by a text of the project, or by what reads alike in both.
  const head = insertHead.exec(sql);
  const tail = head === null ? undefined : known.find(sql.slice(head[0].length));
  if (head !== null && tail !== undefined) return { kind: "text", duckdb: `${head[0]}${tail}` };
  if (!/^(?:select|with|insert|update|delete|merge|values|\()/i.test(sql)) throw unknown(sql);
  return { kind: "text", duckdb: rendered(context, sql) };
}
