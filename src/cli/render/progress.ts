/** Progress while a run goes on: a line for each action that is done; on a terminal a live line of what runs below it. */
import { targetKey } from "../../graph/index.js";
import type { ActionStarted, Evaluation, Listener } from "../../run/index.js";
import { type Output, type Paint, widthOf } from "../io.js";
import { actionLine, liveLine } from "./action-line.js";

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
  const running = new Map<string, { readonly action: ActionStarted; readonly since: number }>();
  const evaluations = new Map<string, Evaluation[]>();
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

  const listen: Listener = (event) => {
    switch (event.kind) {
      case "run-started":
        total = event.actions;
        if (total > 0) {
          const kept = event.unchanged > 0 ? `, ${event.unchanged} unchanged` : "";
          print(paint.dim(`run ${event.runId} · ${event.environment} on ${event.engine} · ${total} to do${kept}`));
        }
        return;
      case "action-started":
        running.set(targetKey(event.target), { action: event, since: now() });
        refresh();
        return;
      case "evaluation": {
        const key = targetKey(event.assertion);
        evaluations.set(key, [...(evaluations.get(key) ?? []), event]);
        return;
      }
      case "action-finished": {
        const key = targetKey(event.target);
        running.delete(key);
        // The summary counts what stayed as it was; a line for each would bury what was done.
        if (event.status === "unchanged") return refresh();
        done += 1;
        total = Math.max(total, done);
        return print(
          actionLine(event, {
            width: widthOf(output),
            paint,
            nameWidth,
            done,
            total,
            evaluations: evaluations.get(key) ?? [],
          }),
        );
      }
      case "run-finished":
        running.clear();
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
