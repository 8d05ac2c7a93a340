/** A small project that calls the helpers as an analyst would: a log of what customers said, and what each type makes of it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Graph } from "../../../src/graph/index.js";
import { compile } from "../../run/support.js";

const includes = resolve(import.meta.dirname, "../../../includes");

/** The helpers of includes/, as files of a small project. */
export function helpers(): Record<string, string> {
  const files = readdirSync(includes, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [`../includes/${relative(includes, path)}`, readFileSync(path, "utf8")];
    }),
  );
}

const log = `with change as (
  select customer, city, tier, paid, changed_at, loaded_at, line, note
  from \${ref("raw", "change")}
  \${when(incremental(), \`where \${scd.affected({ log: ref("raw", "change"), key: ["customer"], recorded: "loaded_at", self: self() })}\`)}
)`;
const everything = log.replace(/\n {2}\$\{when.*\n/, "\n");
const about = `key: ["customer"], at: "changed_at", order: ["line"]`;
const attributes = `["city", "tier", { name: "paid", type: "money" }]`;

/** `gold.now` is type 1, `gold.history` type 2, `gold.before` type 3, over `raw.change`; history with all of its rules. */
export function customers(): Promise<Graph> {
  return compile({
    ...helpers(),
    "change.js": `declare({ schema: "raw", name: "change" });`,
    "now.sqlx": `config { type: "table" }
${everything}
\${scd.type1({ from: "change", ${about}, attributes: ${attributes} })}`,
    "before.sqlx": `config { type: "table" }
${everything},
\${scd.type3({ from: "change", ${about}, attributes: ["city"] })}`,
    "history.sqlx": `config { type: "incremental", uniqueKey: ["customer", "valid_from", "recorded_from"], tags: ["increment:merge"] }
${log},
\${scd.type2({ from: "change", ${about}, recorded: "loaded_at", attributes: ${attributes}, carried: ["note"], self: incremental() ? self() : undefined })}`,
    "rules.js": `const { declare, neverRewritten, noGap, noOverlap, oneCurrent, period } = require("../includes/declared.js");
declare({ schema: "gold", name: "history" }, {
  keys: ["customer", "valid_from", "recorded_from"],
  rules: [
    period("history_period"),
    noGap("history_no_gap", ["customer"], { recorded: true }),
    noOverlap("history_no_overlap", ["customer"], { recorded: true }),
    oneCurrent("history_one_current", ["customer"], "is_current"),
    neverRewritten("history_never_rewritten", ["customer"], ${attributes}),
  ],
});`,
  });
}

export const createLog = `create schema "EHR"."RAW"; create table "EHR"."RAW"."CHANGE" (
  customer varchar, city varchar, tier varchar, paid decimal(18, 4), changed_at timestamp, loaded_at timestamp, line bigint, note varchar)`;

export interface Change {
  readonly customer: string;
  readonly city: string | null;
  readonly tier: string;
  /** Since when it is so, in days. */
  readonly at: number;
  /** Of two for the same time the higher one is the later word. */
  readonly line: number;
}

const day = (base: string, days: number) => `timestamp '${base}' + interval '${days} days'`;
export const saidAt = (days: number) => day("2020-01-01", days);
export const learnedAt = (batch: number) => day("2024-01-01", batch);

const text = (value: string | null) => (value === null ? "null" : `'${value}'`);

/** SQL that lands changes as one batch. */
export function landed(changes: readonly Change[], batch: number): string {
  const rows = changes.map(
    ({ customer, city, tier, at, line }) =>
      `('${customer}', ${text(city)}, '${tier}', 1.5, ${saidAt(at)}, ${learnedAt(batch)}, ${line}, 'batch ${batch}')`,
  );
  return `insert into "EHR"."RAW"."CHANGE" values ${rows.join(", ")}`;
}
