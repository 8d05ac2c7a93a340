/** Results of unit tests as text: a line for each, and in full what went wrong. */
import { targetLabel, type UnitTest } from "../../graph/index.js";
import type { RowDifference, UnitTestResult, UnitTestsFinished } from "../../run/index.js";
import type { Row } from "../../warehouse/index.js";
import type { Paint } from "../io.js";
import { columns, count, counted, cut, cutStart, duration, pad } from "./layout.js";
import { renderProblem } from "./problem.js";
import { cellText, renderRows } from "./rows.js";

const words: Readonly<Record<UnitTestResult["outcome"], string>> = {
  pass: "passed",
  fail: "failed",
  error: "errored",
  cancelled: "cancelled",
};

function paintOutcome(outcome: UnitTestResult["outcome"], text: string, paint: Paint): string {
  if (outcome === "pass") return paint.green(text);
  return outcome === "cancelled" ? paint.yellow(text) : paint.bold(paint.red(text));
}

const WIDEST_DATASET = 36;

/** `passed   gold.current_medications  leaves out what has ended   12 ms`. */
export function resultLine(
  { name, dataset, outcome, form, milliseconds }: UnitTestResult,
  { tests, paint, width }: { readonly tests: readonly UnitTest[]; readonly paint: Paint; readonly width: number },
): string {
  const labels = tests.flatMap((test) => (test.dataset ? [targetLabel(test.dataset).length] : []));
  const room = Math.min(WIDEST_DATASET, Math.max(0, ...labels));
  const label = pad(cutStart(dataset ? targetLabel(dataset) : "", room), room);
  const what = form === undefined ? name : `${name} (${form === "increment" ? "increment" : "first run"})`;
  const title = pad(cut(what, Math.max(12, width - room - 24)), Math.max(12, Math.min(60, width - room - 24)));
  const time = pad(outcome === "cancelled" ? "" : duration(milliseconds), 9, "right");
  return `${paintOutcome(outcome, pad(words[outcome], 9), paint)}  ${label}  ${title}${paint.dim(time)}`.trimEnd();
}

/** What went wrong, with a blank line before; nothing of a test that passed. */
export function resultLines(
  { name, dataset, at, difference, problem, outcome }: UnitTestResult,
  options: { readonly project: string; readonly paint: Paint; readonly width: number },
): readonly string[] {
  const { paint, project } = options;
  const title = dataset === undefined ? name : `${name} (${targetLabel(dataset)})`;
  if (problem) return ["", renderProblem({ ...problem, message: `${title}: ${problem.message}` }, { project, paint })];
  if (outcome !== "fail" || difference === undefined) return [];
  const place = [at.file, at.line, at.column].filter((part) => part !== undefined).join(":");
  return [
    "",
    `${paint.bold(paint.red("failed"))}: ${paint.bold(title)}`,
    `  ${paint.blue("-->")} ${place}`,
    ...differenceLines(difference, options).map((line) => `  ${line}`.trimEnd()),
  ];
}

function differenceLines(
  difference: RowDifference,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const { expectedRows, actualRows, missingColumns, unexpectedColumns } = difference;
  const list = (names: readonly string[]) => names.map((name) => name.toLowerCase()).join(", ");
  if (missingColumns.length + unexpectedColumns.length > 0) {
    return [
      ...(missingColumns.length > 0 ? [`columns that are expected and not there: ${list(missingColumns)}`] : []),
      ...(unexpectedColumns.length > 0 ? [`columns that are there and not expected: ${list(unexpectedColumns)}`] : []),
    ];
  }
  const { pairs, missing, unexpected } = paired(difference);
  const rows = (title: string, some: readonly Row[]) =>
    some.length === 0 ? [] : [title, ...renderRows(some, { width: width - 4, paint }).map((line) => `  ${line}`)];
  const shown = difference.missing.length + difference.unexpected.length;
  const hidden = difference.missingRows + difference.unexpectedRows - shown;
  return [
    `${counted(expectedRows, "row")} expected, ${count(actualRows)} made: ${count(difference.missingRows)} missing, ${count(difference.unexpectedRows)} not expected`,
    ...pairs.flatMap((pair) => pairLines(pair, width - 2, paint)),
    ...rows("missing", missing),
    ...rows("not expected", unexpected),
    ...(hidden > 0 ? [paint.dim(`… and ${counted(hidden, "row")} more`)] : []),
  ];
}

interface Pair {
  readonly expected: Row;
  readonly actual: Row;
}

const differing = ({ expected, actual }: Pair) =>
  Object.keys(expected).filter((name) => expected[name] !== actual[name]);

/** A missing row beside the unexpected one that is most like it, where most columns are the same: it is one row that differs. */
function paired({ missing, unexpected }: RowDifference): {
  readonly pairs: readonly Pair[];
  readonly missing: readonly Row[];
  readonly unexpected: readonly Row[];
} {
  const left = [...unexpected];
  const pairs: Pair[] = [];
  const alone = missing.filter((expected) => {
    const columnsHalf = Object.keys(expected).length / 2;
    const [best] = left
      .map((actual, index) => ({ index, actual, count: differing({ expected, actual }).length }))
      .filter((each) => each.count > 0 && each.count <= columnsHalf)
      .sort((a, b) => a.count - b.count || a.index - b.index);
    if (best === undefined) return true;
    left.splice(best.index, 1);
    pairs.push({ expected, actual: best.actual });
    return false;
  });
  return { pairs, missing: alone, unexpected: left };
}

const MOST_NAMED = 3;

/** The first columns in which both are equal say which row it is. */
function pairLines(pair: Pair, width: number, paint: Paint): readonly string[] {
  const names = differing(pair);
  const label = (name: string) => (name === name.toUpperCase() ? name.toLowerCase() : name);
  const same = Object.keys(pair.expected)
    .filter((name) => !names.includes(name) && pair.expected[name] !== null)
    .slice(0, MOST_NAMED);
  const which = same.map((name) => `${label(name)} ${cellText(pair.expected[name] ?? null)}`).join(", ");
  const cells = names.map((name) => [
    label(name),
    cellText(pair.expected[name] ?? null),
    cellText(pair.actual[name] ?? null),
  ]);
  const head = ["", "expected", "made"].map((text) => paint.dim(text));
  return [
    cut(which === "" ? "one row" : `the row with ${which}`, width),
    ...columns([head, ...cells], [{}, { shrink: true }, { shrink: true }], { width, indent: 2 }),
  ];
}

/** `12 passed, 1 failed  1.2 s`. */
export function summaryLine({ counts, milliseconds }: UnitTestsFinished, paint: Paint): string {
  const outcomes = (["pass", "fail", "error", "cancelled"] as const)
    .filter((outcome) => outcome === "pass" || counts[outcome] > 0)
    .map((outcome) => {
      const text = `${count(counts[outcome])} ${words[outcome]}`;
      return outcome === "pass" && counts.pass === 0 ? text : paintOutcome(outcome, text, paint);
    });
  return `${outcomes.join(", ")}  ${paint.dim(duration(milliseconds))}`;
}
