/** A run's events, gathered for the summary. */
import type { Problem } from "../../graph/index.js";
import type {
  ActionFinished,
  Dispositions,
  Evaluation,
  Proof,
  RunEvent,
  RunFinished,
  RunStarted,
} from "../../run/index.js";

export interface Digest {
  readonly started?: RunStarted;
  readonly actions: readonly ActionFinished[];
  readonly evaluations: readonly Evaluation[];
  readonly proofs: readonly Proof[];
  readonly dispositions: Dispositions["rows"];
  readonly notices: readonly Problem[];
  readonly finished?: RunFinished;
}

export const emptyDigest: Digest = { actions: [], evaluations: [], proofs: [], dispositions: [], notices: [] };

export function digestOf(events: readonly RunEvent[]): Digest {
  const only = <K extends RunEvent["kind"]>(kind: K) =>
    events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind);
  return {
    started: only("run-started")[0],
    actions: only("action-finished"),
    evaluations: only("evaluation"),
    proofs: only("proof"),
    dispositions: only("dispositions").flatMap((event) => event.rows),
    notices: only("notice").map((event) => event.problem),
    finished: only("run-finished").at(-1),
  };
}
