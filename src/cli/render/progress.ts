/** Progress while a run goes on: a line for each action that is done; on a terminal a live line of what runs below it. */
import { targetKey } from "../../graph/index.js";
import type { ActionFinished, ActionStarted, Evaluation, Listener, RunStarted } from "../../run/index.js";
import { type Output, type Paint, widthOf } from "../io.js";
import { actionLine, assertionLine, liveLine, retryLine } from "./action-line.js";
import { count } from "./layout.js";

export interface Progress {
  readonly listen: Listener;
  /** Takes the live line away; nothing is written after it. */
  close(): void;
}

/** The live line: what log-update offers, and all that a test has to stand in for. */
export interface Live {
  show(text: string): void;
  clear(): void;
}

const WIDEST_NAME = 44;
const TICK_MILLISECONDS = 200;

/** `live` is given on a terminal only. `now` is in milliseconds and measures how long an action has been running. */
export function createProgress(options: {
  readonly output: Output;
  readonly paint: Paint;
  readonly live?: Live;
  /** Width of the widest name that is to come, where known. */
  readonly nameWidth?: number;
  readonly now?: () => number;
}): Progress {
  const { output, paint, live } = options;
  const nameWidth = Math.min(options.nameWidth ?? WIDEST_NAME, WIDEST_NAME);
  const now = options.now ?? (() => performance.now());
  const running = new Map<string, { readonly action: Pick<ActionStarted, "target">; readonly since: number }>();
  /** By the table that they gate; told on its line. */
  const gated = new Map<string, Evaluation[]>();
  const assertions = new Set<string>();
  /** Rules of one assertion that gates nothing; they come in a row and make one line. */
  let alone: Evaluation[] = [];
  let done = 0;
  let total = 0;
  let closed = false;

  const refresh = () => {
    if (live === undefined || closed) return;
    const list = [...running.values()].map(({ action, since }) => ({ action, milliseconds: now() - since }));
    const line = liveLine(list, { width: widthOf(output), paint, done, total });
    if (line === "") live.clear();
    else live.show(line);
  };
  const print = (line: string) => {
    live?.clear();
    output.write(`${line}\n`);
    refresh();
  };
  const timer = live === undefined ? undefined : setInterval(refresh, TICK_MILLISECONDS);
  timer?.unref();

  const context = () => ({ width: widthOf(output), paint, nameWidth, done, total: Math.max(total, done) });
  const flushAlone = () => {
    if (alone.length > 0) print(assertionLine(alone, context()));
    alone = [];
  };
  const evaluated = (event: Evaluation) => {
    const assertion = targetKey(event.assertion);
    const [before] = alone;
    if (before !== undefined && targetKey(before.assertion) !== assertion) flushAlone();
    if (!assertions.has(assertion)) done += 1;
    assertions.add(assertion);
    if (event.gate === undefined) alone.push(event);
    else gated.set(targetKey(event.gate), [...(gated.get(targetKey(event.gate)) ?? []), event]);
  };
  const finished = (event: ActionFinished) => {
    const key = targetKey(event.target);
    running.delete(key);
    // The summary counts what stayed as it was; a line for each would bury what was done.
    if (event.status === "unchanged" || event.status === "blocked") return refresh();
    done += 1;
    print(actionLine(event, gated.get(key) ?? [], context()));
  };

  const listen: Listener = (event) => {
    if (event.kind !== "evaluation") flushAlone();
    switch (event.kind) {
      case "run-started":
        total = event.actions;
        return total === 0 ? undefined : print(paint.dim(headline(event)));
      case "action-started":
        running.set(targetKey(event.target), { action: event, since: now() });
        return refresh();
      case "retry":
        return print(retryLine(event, context()));
      case "evaluation":
        return evaluated(event);
      case "action-finished":
        return finished(event);
      case "run-finished":
        running.clear();
        return refresh();
      case "proof-started":
        running.set(targetKey(event.target), { action: event, since: now() });
        return refresh();
      case "proof":
        running.delete(targetKey(event.target));
        return refresh();
      case "notice":
      case "dispositions":
        return;
    }
  };
  return {
    listen,
    close: () => {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      live?.clear();
    },
  };
}

function headline(event: RunStarted): string {
  const resumes = event.resumes === undefined ? "" : `, goes on from ${event.resumes}`;
  const kept = event.unchanged > 0 ? `, ${count(event.unchanged)} unchanged` : "";
  return `${event.runId} · ${event.environment} on ${event.engine} · ${count(event.actions)} to do${kept}${resumes}`;
}
