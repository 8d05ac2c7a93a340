/** One line for each action that is done, and the live line of those that are not. */
import { targetLabel } from "../../graph/index.js";
import type { ActionFinished, ActionStarted, Evaluation } from "../../run/index.js";
import type { Paint } from "../io.js";
import { count, counted, cut, duration, pad } from "./layout.js";

/** What stands in a line's first column. An assertion is told by its rules, not by having been executed. */
export type Word = ActionFinished["status"] | "passed" | "warned";

const WORD_WIDTH = 9;

export function wordOf(action: ActionFinished, evaluations: readonly Evaluation[]): Word {
  if (action.type !== "assertion" || action.status !== "built") return action.status;
  if (evaluations.some(({ outcome }) => outcome === "fail" || outcome === "error")) return "failed";
  return evaluations.some(({ outcome }) => outcome === "warn") ? "warned" : "passed";
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
  /** Of this assertion. */
  readonly evaluations: readonly Evaluation[];
}

const ROWS_WIDTH = 15;
const TIME_WIDTH = 12;

/** ` 7/86  built      silver.patient        109 rows    212 ms  3 changed`: index, word, name, rows, time, note. */
export function actionLine(action: ActionFinished, context: LineContext): string {
  const { paint } = context;
  const word = wordOf(action, context.evaluations);
  const total = String(context.total);
  const index = `${pad(String(context.done), total.length, "right")}/${total}`;
  const fixed = index.length + WORD_WIDTH + 4 + ROWS_WIDTH + TIME_WIDTH;
  const nameWidth = Math.max(12, Math.min(context.nameWidth, context.width - fixed));
  const name = pad(cut(targetLabel(action.target), nameWidth), nameWidth);
  const rows = pad(rowsOf(action, context.evaluations), ROWS_WIDTH, "right");
  const worked = action.status === "built" || action.status === "discarded" || action.status === "failed";
  const time = pad(worked ? duration(action.milliseconds) : "", TIME_WIDTH, "right");
  const note = noteOf(action, context.evaluations);
  const room = context.width - fixed - nameWidth - 2;
  const tail = room < 6 ? "" : cut(note, room);
  return `${paint.dim(index)}  ${paintWord(word, pad(word, WORD_WIDTH), paint)}  ${name}${rows}${paint.dim(time)}  ${tail}`.trimEnd();
}

function rowsOf(action: ActionFinished, evaluations: readonly Evaluation[]): string {
  if (action.status !== "built") return "";
  if (action.type === "assertion") return counted(evaluations.length, "rule");
  return action.rows === null ? (action.type === "table" ? "" : action.type) : counted(action.rows, "row");
}

function noteOf(action: ActionFinished, evaluations: readonly Evaluation[]): string {
  if (action.status === "skipped" && action.on !== undefined) return `on ${targetLabel(action.on)}`;
  if (action.status === "failed") return action.problem?.code ?? action.reason;
  if (action.status !== "built") return action.reason;
  if (action.type === "assertion") {
    const failing = evaluations.reduce((sum, { failing }) => sum + (failing ?? 0), 0);
    return failing === 0 ? "" : `${counted(failing, "row")} in breach`;
  }
  return action.changed === null || action.changed === action.rows ? "" : `${count(action.changed)} changed`;
}

/** `12/86  running: silver.encounter 3 s, silver.patient 1 s`, cut to the width; empty where nothing runs. */
export function liveLine(
  running: readonly { readonly action: ActionStarted; readonly milliseconds: number }[],
  context: { readonly width: number; readonly paint: Paint; readonly done: number; readonly total: number },
): string {
  if (running.length === 0) return "";
  const index = `${context.done}/${context.total}`;
  const names = running
    .map(({ action, milliseconds }) => `${targetLabel(action.target)} ${Math.floor(milliseconds / 1000)} s`)
    .join(", ");
  return `${context.paint.dim(index)}  ${context.paint.cyan("running")}    ${cut(names, Math.max(8, context.width - index.length - 14))}`;
}
