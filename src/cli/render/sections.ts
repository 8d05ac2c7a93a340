/** The parts of the summary: what became of rows, which rules did not pass, what was not published. */
import { type Problem, type Target, targetLabel } from "../../graph/index.js";
import type { Dispositions, Evaluation } from "../../run/index.js";
import type { Paint } from "../io.js";
import { breachText } from "./breach.js";
import type { Digest } from "./digest.js";
import { columns, count, counted, cut, wrap } from "./layout.js";
import { renderProblem } from "./problem.js";

export interface SectionContext {
  readonly width: number;
  readonly paint: Paint;
  readonly project: string;
}

type Lines = readonly string[];

const KNOWN_DISPOSITIONS = ["current", "superseded", "duplicate", "quarantined"];
const MOST_LINES = 20;
/** Narrower than this, what the outcome says already is left out. */
const ROOMY = 80;

/** Rows by route and disposition, then the quarantined ones by rule. Empty where no dispositions were read. */
export function rowsSection(rows: Dispositions["rows"], { width, paint }: SectionContext): Lines {
  if (rows.length === 0) return [];
  const sum = (test: (row: Dispositions["rows"][number]) => boolean) =>
    rows.filter(test).reduce((total, row) => total + row.count, 0);
  const others = [...new Set(rows.map((row) => row.disposition))].filter((name) => !KNOWN_DISPOSITIONS.includes(name));
  const shown = [...KNOWN_DISPOSITIONS, ...others.sort()].filter(
    (name) => name === "current" || name === "quarantined" || sum((row) => row.disposition === name) > 0,
  );
  const routes = [...new Set(rows.map((row) => row.route))].sort();
  // Where there are many, those of which most waits.
  const heldBy = (route: string) => sum((row) => row.route === route && row.disposition === "quarantined");
  const named =
    routes.length <= MOST_LINES
      ? routes
      : routes
          .toSorted((a, b) => heldBy(b) - heldBy(a))
          .slice(0, MOST_LINES)
          .sort();
  const cells = (test: (row: Dispositions["rows"][number]) => boolean) =>
    shown.map((name) => {
      const total = sum((row) => test(row) && row.disposition === name);
      const text = total === 0 ? paint.dim("0") : count(total);
      return name === "quarantined" && total > 0 ? paint.yellow(text) : text;
    });
  const table = [
    ["", ...shown].map((text) => paint.dim(text)),
    ...named.map((route) => [route, ...cells((row) => row.route === route)]),
    ...(routes.length > 1 ? [["all", ...cells(() => true)]] : []),
  ];
  const layout = [{ shrink: true, keepEnd: true }, ...shown.map(() => ({ align: "right" as const }))];
  const rest = shown.filter((name) => name !== "current").map((name) => [name, sum((row) => row.disposition === name)]);
  const headline = [
    `${counted(
      sum((row) => row.disposition === "current"),
      "row",
    )} admitted`,
    ...rest
      .filter(([name, total]) => name === "quarantined" || total !== 0)
      .map(([name, total]) => `${count(Number(total))} ${name}`),
  ];
  return [
    `${paint.bold("Rows")}  ${headline.join(", ")}`,
    ...columns(table, layout, { width, indent: 2 }),
    ...more(routes.length, paint, "routes, counted in all"),
    ...quarantine(rows, width, paint),
  ];
}

/** A line for each rule, with where it struck most first; a row stands under each rule that it is counted by. */
function quarantine(rows: Dispositions["rows"], width: number, paint: Paint): Lines {
  const held = rows
    .filter((row) => row.disposition === "quarantined" && row.count > 0)
    .toSorted((a, b) => b.count - a.count || (a.route < b.route ? -1 : 1));
  if (held.length === 0) return [];
  const rules = [...new Set(held.map(({ rule }) => rule))]
    .map((rule) => ({ rule: rule ?? "no rule named", of: held.filter((row) => row.rule === rule) }))
    .map(({ rule, of }) => ({ rule, of, total: of.reduce((sum, row) => sum + row.count, 0) }))
    .toSorted((a, b) => b.total - a.total || (a.rule < b.rule ? -1 : 1));
  const table = [
    ["quarantined by", "rows", "of"].map((text) => paint.dim(text)),
    ...rules
      .slice(0, MOST_LINES)
      .map(({ rule, of, total }) => [
        rule,
        count(total),
        of.map((row) => `${routeEnd(row.route)} ${count(row.count)}`).join(", "),
      ]),
  ];
  return [
    "",
    ...columns(table, [{}, { align: "right" }, { shrink: true }], { width, indent: 2 }),
    ...more(rules.length, paint),
  ];
}

/** `encounter` of `synthea_encounters > encounter`: what a route leads to. */
export function routeEnd(route: string): string {
  return /([\w.]+)\W*$/.exec(route)?.[1] ?? route;
}

function more(length: number, paint: Paint, what = "rules"): Lines {
  return length > MOST_LINES ? [paint.dim(`  … and ${count(length - MOST_LINES)} more ${what}`)] : [];
}

const RANK: Readonly<Record<Evaluation["outcome"], number>> = { fail: 0, error: 1, warn: 2, skipped: 3, pass: 4 };
const OUTCOME_WORD: Readonly<Record<Evaluation["outcome"], string>> = {
  fail: "failed",
  error: "errored",
  warn: "warned",
  skipped: "skipped",
  pass: "passed",
};

export function outcomeWord(outcome: Evaluation["outcome"]): string {
  return OUTCOME_WORD[outcome];
}

/**
 * How many rules passed; each one that failed or could not be evaluated, with severity, failing rows and the table that it gates; in
 * one sentence those that warned. `everyRule`: the command that lists them all.
 */
export function rulesSection(
  evaluations: readonly Evaluation[],
  { width, paint }: SectionContext,
  everyRule: string,
): Lines {
  if (evaluations.length === 0) return [];
  const outcomes = (["pass", "warn", "fail", "error", "skipped"] as const)
    .map((outcome) => [outcome, evaluations.filter((each) => each.outcome === outcome).length] as const)
    .filter(([outcome, number]) => outcome === "pass" || number > 0)
    .map(([outcome, number]) => `${count(number)} ${OUTCOME_WORD[outcome]}`);
  const bad = evaluations
    .filter(({ outcome }) => RANK[outcome] < RANK.warn)
    .toSorted(
      (a, b) =>
        RANK[a.outcome] - RANK[b.outcome] || (b.failing ?? 0) - (a.failing ?? 0) || a.rule.localeCompare(b.rule),
    );
  const roomy = width >= ROOMY;
  const severity = (text: string) => (roomy ? [text] : []);
  const table = [
    ["", "rule", ...severity("severity"), "rows", "gate"].map((text) => paint.dim(text)),
    ...bad.map((each) => [
      paint.red(OUTCOME_WORD[each.outcome]),
      each.rule.toLowerCase(),
      ...severity(each.severity),
      breachText(each),
      targetLabel(each.gate ?? each.assertion),
    ]),
  ];
  const layout = [
    {},
    { shrink: true },
    ...(roomy ? [{}] : []),
    { align: "right" as const },
    { shrink: true, keepEnd: true },
  ];
  const warned = evaluations
    .filter(({ outcome }) => outcome === "warn")
    .toSorted((a, b) => (b.failing ?? 0) - (a.failing ?? 0) || a.rule.localeCompare(b.rule));
  return [
    `${paint.bold("Rules")}  ${outcomes.join(", ")}`,
    ...(bad.length === 0 ? [] : columns(table, layout, { width, indent: 2 })),
    ...warnedLines(warned, width, paint, everyRule),
  ];
}

/** How many warnings are named. */
const MOST_WARNED = 3;

/** Warnings can be hundreds, and block nothing: the worst are named, and where all of them stand. */
function warnedLines(warned: readonly Evaluation[], width: number, paint: Paint, everyRule: string): Lines {
  if (warned.length === 0) return [];
  const worst = warned.slice(0, MOST_WARNED).map((each) => `${breachText(each)} ${each.rule.toLowerCase()}`);
  const rest = warned.length > MOST_WARNED ? `, … ${paint.cyan(everyRule)} lists all` : "";
  return wrap(`${paint.yellow(OUTCOME_WORD.warn)}  ${worst.join(", ")}${rest}`, width - 2, 2).map(
    (line) => `  ${line}`,
  );
}

/** Each problem once, in full: of actions, of rules that could not be evaluated, and the run's own. */
export function problemsSection(digest: Digest, { paint, project }: SectionContext): Lines {
  const failed: readonly (Problem & { readonly of?: Target })[] = [
    ...digest.actions.flatMap(({ problem, target }) => (problem === undefined ? [] : [{ ...problem, of: target }])),
    ...digest.evaluations.flatMap(({ problem, assertion }) =>
      problem === undefined ? [] : [{ ...problem, of: assertion }],
    ),
    ...digest.proofs.flatMap(({ problem, target }) => (problem === undefined ? [] : [{ ...problem, of: target }])),
  ];
  const seen = new Set<string>();
  const unique = failed.filter((problem) => {
    const key = JSON.stringify([problem.code, problem.message, problem.at]);
    return seen.has(key) ? false : seen.add(key);
  });
  return [
    ...digest.notices.map((problem) => renderProblem(problem, { project, paint, level: "warning" })),
    ...unique.map((problem) =>
      renderProblem(
        {
          ...problem,
          message: problem.of === undefined ? problem.message : `${targetLabel(problem.of)}: ${problem.message}`,
        },
        { project, paint },
      ),
    ),
  ].flatMap((text, index) => (index === 0 ? [text] : ["", text]));
}

/** What stayed as it was because of something else: grouped by the first cause. */
export function heldBackSection(digest: Digest, { width, paint }: SectionContext): Lines {
  const groups = new Map<string, string[]>();
  const add = (why: string, target: Target) => groups.set(why, [...(groups.get(why) ?? []), targetLabel(target)]);
  for (const action of digest.actions) {
    if (action.status === "discarded") {
      const why =
        action.on === undefined
          ? "what was published stays as it was"
          : `built together with ${targetLabel(action.on)}`;
      add(`discarded, ${why}`, action.target);
    }
    if (action.status === "skipped") {
      add(
        action.on === undefined ? `skipped, ${action.reason}` : `skipped on ${targetLabel(action.on)}`,
        action.target,
      );
    }
    if (action.status === "blocked" && action.reason !== "disabled") add(`blocked, ${action.reason}`, action.target);
    if (action.status === "cancelled") add("cancelled", action.target);
  }
  if (groups.size === 0) return [];
  return [
    paint.bold("Not published"),
    ...[...groups].flatMap(([why, names]) =>
      wrap(`${paint.yellow(why)}: ${cut(names.join(", "), 400)}`, width - 2, 2).map((line) => `  ${line}`),
    ),
  ];
}
