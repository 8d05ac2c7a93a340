/** The state of the warehouse as text: the report's data, on a terminal. */
import { age, type ReportModel } from "../../report/index.js";
import type { Paint } from "../io.js";
import type { Typed } from "../typed.js";
import { breachText } from "./breach.js";
import { columns, count, counted, instant, wrap } from "./layout.js";

export interface StatusContext {
  readonly width: number;
  readonly paint: Paint;
  /** The warehouse as people know it: its file, or its database and account. */
  readonly warehouse: string;
  readonly warehouseExists: boolean;
  /** Where a login says more than the file: as whom and on which compute. */
  readonly session?: string;
  readonly environment: string;
  readonly engine: string;
  readonly typed: Typed;
}

/** Lines without trailing newlines. */
export function renderStatus(model: ReportModel, context: StatusContext): readonly string[] {
  const { paint, width } = context;
  const place = `${context.environment} on ${context.engine} · ${context.warehouse}`;
  const session = context.session === undefined ? [] : [paint.dim(context.session)];
  const head = [`${paint.bold(model.project)} ${paint.dim(`· ${place}`)}`, ...session, ""];
  if (!context.warehouseExists) {
    return [
      ...head,
      "There is no warehouse yet.",
      ...next(
        [
          ["medform load FORMAT PATH", "lands files; --help lists the formats"],
          ["medform run", "builds and asserts the tables"],
        ],
        context,
      ),
    ];
  }
  const tone = { good: paint.green, warn: paint.yellow, bad: paint.red, none: paint.bold }[model.verdict.tone];
  return [
    ...head,
    tone(model.verdict.headline),
    ...model.verdict.sentences.flatMap((sentence) => wrap(sentence, width - 2)).map((line) => `  ${line}`),
    ...tables(model, context),
    ...rules(model, context),
    ...sources(model, context),
    ...next(commands(model), context),
  ];
}

const MOST_COMMANDS = 3;

function commands(model: ReportModel): readonly (readonly [string, string])[] {
  const tables = model.layers.flatMap((layer) => layer.tables);
  if (tables.every(({ publishedAt }) => publishedAt === null))
    return [["medform run", "builds and asserts the tables"]];
  const bad = model.rules
    .flatMap(({ table, rules }) => rules.map((rule) => ({ ...rule, table })))
    .filter(({ outcome, failing }) => (outcome === "fail" || outcome === "warn") && failing !== null)
    .toSorted(
      (a, b) => Number(b.outcome === "fail") - Number(a.outcome === "fail") || (b.failing ?? 0) - (a.failing ?? 0),
    );
  // The worst rule of each assertion.
  const worst = [...new Map(bad.toReversed().map((rule) => [rule.assertion, rule])).values()].reverse();
  // Rows that a discarded build failed on are gone with it; what is published holds none of them.
  const discarded = ({ table, outcome }: (typeof bad)[number]) =>
    outcome === "fail" && tables.some(({ name, failing }) => name === table && !failing);
  return [
    ...worst
      .slice(0, MOST_COMMANDS)
      .map((rule) =>
        discarded(rule)
          ? ([`medform run ${rule.table}+`, `once data or model are mended, so that ${rule.rule} holds`] as const)
          : ([`medform show ${rule.assertion}`, `rows of ${rule.rule}`] as const),
      ),
    ["medform plan", "what a run would do now"],
  ];
}

/** Narrower than this, names would be cut for what matters less. */
const ROOMY = 90;

function when(at: string | null, model: ReportModel, { paint, width }: StatusContext): string {
  if (at === null) return "";
  const ago = paint.dim(age(at, model.generatedAt));
  return width < ROOMY ? ago : `${instant(at)}  ${ago}`;
}

function tables(model: ReportModel, context: StatusContext): readonly string[] {
  const { width, paint } = context;
  const kind = (text: string) => (width < ROOMY ? [] : [text]);
  const rows = model.layers.flatMap((layer) =>
    layer.tables.map((table) => [
      table.name,
      ...kind(paint.dim(table.kind)),
      table.rows === null ? paint.dim("–") : count(table.rows),
      table.publishedAt === null
        ? paint.yellow(table.disabled ? "disabled" : "not built")
        : `${when(table.publishedAt, model, context)}${table.failing ? paint.red("  failing") : ""}`,
    ]),
  );
  if (rows.length === 0) return [];
  const titles = ["", ...kind(""), "rows", "published"].map((text) => paint.dim(text));
  return [
    "",
    paint.bold("Tables"),
    ...columns(
      [titles, ...rows],
      [{ shrink: true, keepEnd: true }, ...kind("").map(() => ({})), { align: "right" }, {}],
      { width, indent: 2 },
    ),
  ];
}

function rules(model: ReportModel, { width, paint }: StatusContext): readonly string[] {
  const bad = model.rules.flatMap(({ table, rules }) =>
    rules
      .filter(({ outcome }) => outcome !== "pass" && outcome !== "unevaluated")
      .map((rule) => [
        rule.outcome === "fail" || rule.outcome === "error" ? paint.red(rule.outcome) : paint.yellow(rule.outcome),
        rule.rule,
        rule.severity,
        breachText(rule),
        table,
      ]),
  );
  if (bad.length === 0) return [];
  const titles = ["", "rule", "severity", "rows", "of"].map((text) => paint.dim(text));
  const layout = [{}, { shrink: true }, {}, { align: "right" as const }, { shrink: true }];
  return ["", paint.bold("Rules that do not pass"), ...columns([titles, ...bad], layout, { width, indent: 2 })];
}

function sources(model: ReportModel, context: StatusContext): readonly string[] {
  const { width, paint } = context;
  if (model.sources.length === 0) return [];
  const loaded = model.sources.filter(({ batchId }) => batchId !== null);
  const missing = model.sources.length - loaded.length;
  const rows = loaded.map((source) => [source.name, count(source.rows ?? 0), when(source.loadedAt, model, context)]);
  return [
    "",
    paint.bold("Sources"),
    ...columns(
      [["", "rows", "loaded"].map((text) => paint.dim(text)), ...rows],
      [{ shrink: true, keepEnd: true }, { align: "right" }, {}],
      { width, indent: 2 },
    ),
    ...(missing === 0 ? [] : [paint.dim(`  ${counted(missing, "declared source")} never loaded`)]),
  ];
}

function next(
  commands: readonly (readonly [string, string])[],
  { width, paint, typed }: StatusContext,
): readonly string[] {
  if (commands.length === 0) return [];
  return [
    "",
    paint.bold("Next"),
    ...columns(
      commands.map(([command, why]) => [paint.cyan(typed(command)), ...(width < ROOMY ? [] : [why])]),
      [{}, { shrink: true }],
      { width, indent: 2 },
    ),
  ];
}
