/** How a command shows a run's events: JSON lines, or progress and the summary, or next to nothing. */
import { type Action, type Graph, targetLabel } from "../../graph/index.js";
import type { Listener, RunEvent } from "../../run/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { type Typed, typedHere } from "../typed.js";
import { digestOf } from "./digest.js";
import { createProgress, type Live } from "./progress.js";
import { renderQuietSummary, renderSummary } from "./summary.js";

export interface RunView {
  readonly listen: Listener;
  /** Call once, when the run is over or has thrown. */
  close(): void;
}

/** Events go to stdout as JSON lines with `--json`, and nothing else does. */
export async function createRunView(
  io: Io,
  options: GlobalOptions,
  graph: Pick<Graph, "actions">,
  {
    lines = "relations",
    typed = typedHere(io, options),
  }: {
    /** What gets lines of its own. */
    readonly lines?: "relations" | "assertions";
    /** How what is advised must be typed. */
    readonly typed?: Typed;
  } = {},
): Promise<RunView> {
  if (options.json) {
    return { listen: (event) => void io.stdout.write(`${jsonLine(event)}\n`), close: () => undefined };
  }
  const paint = paintFor(io.stdout, io, options);
  const events: RunEvent[] = [];
  const live = io.isTTY && !options.quiet ? await terminalLive(io) : undefined;
  const nameWidth = Math.max(0, ...graph.actions.flatMap((action) => widthOfLine(action, lines))) || undefined;
  const progress = options.quiet ? undefined : createProgress({ output: io.stdout, paint, live, nameWidth });
  return {
    listen: (event) => {
      events.push(event);
      progress?.listen(event);
    },
    close: () => {
      progress?.close();
      const render = options.quiet ? renderQuietSummary : renderSummary;
      const project = options.code?.dir ?? options.project;
      const context = { width: widthOf(io.stdout), paint, project, graph, typed };
      for (const line of render(digestOf(events), context)) io.stdout.write(`${line}\n`);
    },
  };
}

/** Of what gets lines of its own: in a run, assertions that gate are told on their table's. */
function widthOfLine({ kind, target, disabled }: Action, lines: "relations" | "assertions"): readonly number[] {
  const alone = lines === "assertions" ? kind === "assertion" : kind !== "assertion" && kind !== "declaration";
  return alone && !disabled ? [targetLabel(target).length] : [];
}

/** One line of JSON; integers beyond 2^53 as text. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item !== "bigint" ? item : Number.isSafeInteger(Number(item)) ? Number(item) : String(item),
  );
}

async function terminalLive(io: Io): Promise<Live> {
  const { createLogUpdate } = await import("log-update");
  const update = createLogUpdate(io.stdout as NodeJS.WritableStream, { showCursor: true });
  return { show: (text) => update(text), clear: () => update.clear() };
}
