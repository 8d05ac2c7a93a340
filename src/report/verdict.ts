/** The last run's verdict in plain sentences. */
import type { RunState } from "../ledger/index.js";
import type { Layer, ReportModel, Rows, RuleGroup } from "./types.js";
import { number, plural } from "./words.js";

/** One headline that needs no context, then what a careful reader asks next. */
export function verdictOf(known: {
  readonly run: RunState | null;
  readonly rules: readonly RuleGroup[];
  readonly rows: Rows | null;
  readonly layers: readonly Layer[];
}): ReportModel["verdict"] {
  const { run, rules, rows, layers } = known;
  if (run === null) {
    return {
      tone: "none",
      headline: "Nothing has run in this warehouse yet.",
      sentences: ["medform load brings files in, medform run builds and asserts the tables."],
    };
  }
  const all = rules.flatMap((group) => group.rules);
  const having = (...outcomes: readonly string[]) => all.filter(({ outcome }) => outcomes.includes(outcome));
  const tables = layers.flatMap((layer) => layer.tables).filter(({ disabled }) => !disabled);
  const unpublished = tables.filter(({ publishedAt }) => publishedAt === null);
  const failing = having("fail", "error");
  const warned = having("warn");
  return {
    ...headline(run, failing.length, warned.length),
    sentences: [
      tablesSentence(tables.length, unpublished.length),
      rulesSentence(
        all.length,
        having("pass").length,
        warned.length,
        failing.length,
        having("skipped", "unevaluated").length,
      ),
      ...(run.outcome === "failed"
        ? ["What a failing rule gates was not published; what was there before stays."]
        : []),
      ...(rows === null ? [] : [rowsSentence(rows)]),
    ],
  };
}

function headline(run: RunState, failing: number, warned: number): Pick<ReportModel["verdict"], "tone" | "headline"> {
  const what = run.kind === "run" ? "The last run" : run.kind === "load" ? "The last load" : "The last assertion";
  switch (run.outcome) {
    case "cancelled":
      return { tone: "warn", headline: `${what} was cancelled; what was published before still stands.` };
    case "interrupted":
      return { tone: "bad", headline: `${what} was interrupted before it could finish.` };
    case "error":
      return { tone: "bad", headline: `${what} ended in an error; no table was published half built.` };
    case "failed":
      return {
        tone: "bad",
        headline: `${what} failed: ${failing === 0 ? "a rule" : plural(failing, "rule")} did not hold.`,
      };
    case "succeeded":
      if (failing > 0) return { tone: "bad", headline: `${plural(failing, "rule")} did not hold when last evaluated.` };
      return warned > 0
        ? { tone: "good", headline: `${what} succeeded, with ${plural(warned, "warning")}.` }
        : { tone: "good", headline: `${what} succeeded.` };
  }
}

function tablesSentence(all: number, unpublished: number): string {
  if (unpublished === 0) return `All ${plural(all, "table and view", "tables and views")} are published.`;
  return `${number(all - unpublished)} of ${plural(all, "table and view", "tables and views")} are published; ${number(unpublished)} never ${unpublished === 1 ? "was" : "were"}.`;
}

function rulesSentence(all: number, passed: number, warned: number, failed: number, open: number): string {
  if (all === 0) return "The project declares no rules.";
  const rest = [
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
    ...(warned > 0 ? [`${number(warned)} found something to look at`] : []),
    ...(open > 0 ? [`${number(open)} ${open === 1 ? "was" : "were"} not evaluated`] : []),
  ];
  const head =
    passed === all ? `All ${plural(all, "rule")} passed` : `${number(passed)} of ${plural(all, "rule")} passed`;
  return `${[head, ...rest].join(", ")}.`;
}

function rowsSentence(rows: Rows): string {
  const total = (name: string) => rows.totals[rows.dispositions.indexOf(name)] ?? 0;
  const quarantined = total("quarantined");
  const held =
    quarantined === 0
      ? "none is in quarantine"
      : `${number(quarantined)} ${quarantined === 1 ? "is" : "are"} in quarantine`;
  const set = total("superseded") + total("duplicate");
  const aside = set === 0 ? "" : `, ${number(set)} ${set === 1 ? "is" : "are"} superseded or duplicate`;
  return `${plural(total("current"), "source row")} ${total("current") === 1 ? "is" : "are"} admitted, ${held}${aside}.`;
}
