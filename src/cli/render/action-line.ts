/** One line for each action that is done, and the live line of those that are not. */
import { targetLabel } from "../../graph/index.js";
import type { ActionFinished, ActionStarted, Evaluation, Retry } from "../../run/index.js";
import type { Paint } from "../io.js";
import { count, counted, cut, cutStart, duration, pad } from "./layout.js";

/** What stands in a line's first column. */
export type Word = ActionFinished["status"] | "passed" | "warned" | "errored";

const WORD_WIDTH = 9;

/** The worst outcome of an assertion's rules, as a word. */
export function wordOf(evaluations: readonly Evaluation[]): Word {
  const has = (outcome: Evaluation["outcome"]) => evaluations.some((each) => each.outcome === outcome);
  if (has("error")) return "errored";
  if (has("fail")) return "failed";
  if (has("skipped")) return "skipped";
  return has("warn") ? "warned" : "passed";
}

export function paintWord(word: Word, text: string, paint: Paint): string {
  switch (word) {
    case "built":
    case "passed":
      return paint.green(text);
    case "warned":
    case "skipped":
    case "blocked":
    case "cancelled":
      return paint.yellow(text);
    case "failed":
    case "errored":
    case "discarded":
      return paint.bold(paint.red(text));
    case "unchanged":
      return paint.dim(text);
  }
}

export interface LineContext {
  readonly width: number;
  readonly paint: Paint;
  /** Wide enough for the names of this run; a longer one is cut. */
  readonly nameWidth: number;
  /** How many actions are done, this one included, of how many. */
  readonly done: number;
  readonly total: number;
}

const ROWS_WIDTH = 15;
const TIME_WIDTH = 12;

/** ` 7/86  built      silver.patient        109 rows    212 ms  3 changed, 5 rules`; `gated`: by the rules that gate it. */
export function actionLine(action: ActionFinished, gated: readonly Evaluation[], context: LineContext): string {
  const worked = action.status === "built" || action.status === "discarded" || action.status === "failed";
  return line(
    {
      word: action.status,
      name: targetLabel(action.target),
      amount: amountOf(action),
      milliseconds: worked ? action.milliseconds : undefined,
      note: noteOf(action, gated),
    },
    context,
  );
}

/** ` 8/86  passed     assertions.balance     3 rules     12 ms`: an assertion that gates nothing. */
export function assertionLine(evaluations: readonly Evaluation[], context: LineContext): string {
  const [first] = evaluations;
  if (first === undefined) return "";
  const failing = evaluations.reduce((sum, each) => sum + (each.failing ?? 0), 0);
  return line(
    {
      word: wordOf(evaluations),
      name: targetLabel(first.assertion),
      amount: counted(evaluations.length, "rule"),
      milliseconds: first.milliseconds,
      note: failing === 0 ? "" : `${counted(failing, "row")} in breach`,
    },
    context,
  );
}

/** `   -  again      silver.patient      250 ms  attempt 1 of 3: conflict`. */
export function retryLine(retry: Retry, { paint, width, nameWidth, total }: LineContext): string {
  const index = pad("-", count(total).length * 2 + 1, "right");
  const note = `attempt ${retry.attempt} of ${retry.attempts}: ${retry.problem.code}; again in ${duration(retry.milliseconds)}`;
  const name = pad(cutStart(targetLabel(retry.target), nameWidth), nameWidth);
  const left = Math.max(12, width - index.length - WORD_WIDTH - nameWidth - 6);
  return `${paint.dim(index)}  ${paint.yellow(pad("retry", WORD_WIDTH))}  ${name}  ${cut(note, left)}`;
}

interface Cells {
  readonly word: Word;
  readonly name: string;
  readonly amount: string;
  readonly milliseconds: number | undefined;
  readonly note: string;
}

function line(cells: Cells, { paint, width, nameWidth, done, total }: LineContext): string {
  const index = `${pad(count(done), count(total).length, "right")}/${count(total)}`;
  const fixed = index.length + WORD_WIDTH + 4 + ROWS_WIDTH + TIME_WIDTH;
  const room = Math.max(12, Math.min(nameWidth, width - fixed));
  const name = pad(cutStart(cells.name, room), room);
  const amount = pad(cells.amount, ROWS_WIDTH, "right");
  const time = pad(cells.milliseconds === undefined ? "" : duration(cells.milliseconds), TIME_WIDTH, "right");
  const left = width - fixed - room - 2;
  const note = left < 6 ? "" : cut(cells.note, left);
  const word = paintWord(cells.word, pad(cells.word, WORD_WIDTH), paint);
  return `${paint.dim(index)}  ${word}  ${name}${amount}${paint.dim(time)}  ${note}`.trimEnd();
}

function amountOf(action: ActionFinished): string {
  if (action.status !== "built") return "";
  return action.rows === null ? (action.type === "table" ? "" : action.type) : counted(action.rows, "row");
}

function noteOf(action: ActionFinished, gated: readonly Evaluation[]): string {
  if (action.status === "skipped" && action.on !== undefined) return `on ${targetLabel(action.on)}`;
  if (action.status === "failed") return action.problem?.code ?? action.reason;
  if (action.status !== "built") return action.reason;
  const warned = gated.filter(({ outcome }) => outcome === "warn").length;
  return [
    ...(action.changed === null || action.changed === action.rows ? [] : [`${count(action.changed)} changed`]),
    ...(gated.length === 0
      ? []
      : [`${counted(gated.length, "rule")}${warned === 0 ? "" : ` (${count(warned)} warned)`}`]),
  ].join(", ");
}

/** `12/86  running: silver.encounter 3 s, silver.patient 1 s`, cut to the width; empty where nothing runs. */
export function liveLine(
  running: readonly { readonly action: Pick<ActionStarted, "target">; readonly milliseconds: number }[],
  context: { readonly width: number; readonly paint: Paint; readonly done: number; readonly total: number },
): string {
  if (running.length === 0) return "";
  const index = `${context.done}/${context.total}`;
  const names = running
    .map(({ action, milliseconds }) => `${targetLabel(action.target)} ${Math.floor(milliseconds / 1000)} s`)
    .join(", ");
  return `${context.paint.dim(index)}  ${context.paint.cyan("running")}    ${cut(names, Math.max(8, context.width - index.length - 14))}`;
}
