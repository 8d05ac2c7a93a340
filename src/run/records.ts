/** What a unit leaves in the warehouse's markers and in the ledger. */
import {
  type Action,
  metadataFingerprint,
  type Operation,
  type Relation,
  sqlHash,
  type Target,
  targetKey,
} from "../graph/index.js";
import { discardEntry, type Entry, intentEntry, publishEntry } from "../ledger/index.js";
import type { Built, Marker } from "../warehouse/index.js";
import { type Context, now } from "./context.js";

/** What was built, or ran, in the transaction of a unit. */
export interface Made {
  readonly action: Relation | Operation;
  readonly built: Built;
  readonly milliseconds: number;
  readonly queryIds: readonly string[];
}

/** Of operations too: whether one has run is known after a crash, and it is not run again for it. */
export function markerOf({ target }: Made["action"], { chain, step }: Context): Marker {
  return { target, token: chain.number, runId: chain.id, fingerprint: step(target)?.fingerprint ?? "" };
}

/** `requestIds`: of the fence and the COMMIT that are about to be sent. */
export function intentOf(
  { target, kind }: Made["action"],
  context: Context,
  requestIds: readonly string[] = [],
): Entry {
  const inputs = inputsOf(target, context);
  const named = requestIds.length === 0 ? {} : { requestIds };
  return intentEntry({ at: now(), target, kind, fingerprint: fingerprintOf(target, context), inputs, ...named });
}

export function publicationOf({ action, built, milliseconds, queryIds }: Made, context: Context): Entry {
  const { target, kind } = action;
  const { rows, changed, columns } = built;
  const [fingerprint, inputs] = [fingerprintOf(target, context), inputsOf(target, context)];
  const metadata = metadataFingerprint(action);
  const work = { milliseconds, queryIds, sqlHash: hashOf(action, context), reason: reasonOf(action, context) };
  const { ungated } = context.step(target) ?? {};
  // What did not change keeps its version: who read it before need not read it again.
  const version = context.kept.get(targetKey(target));
  const known = version === undefined ? {} : { version };
  const about = { at: now(), target, kind, fingerprint, rows, changed, columns, metadata, inputs, ...known, ...work };
  return publishEntry({ ...about, ...(ungated !== undefined && { ungated }) });
}

/** Built, and not published. */
export function thrownAway(
  { action, milliseconds, queryIds }: Made,
  reason: string,
  context: Context,
  outcome: "discarded" | "failed" = "discarded",
): Entry {
  const work = { milliseconds, queryIds, sqlHash: hashOf(action, context) };
  return discardEntry({ at: now(), target: action.target, reason, ...work }, outcome);
}

export const hashOf = (action: Action, { step }: Context): string =>
  sqlHash(action, step(action.target)?.mode === "increment");

export const reasonOf = (action: Action, { step }: Context): string => step(action.target)?.reason ?? "";

const fingerprintOf = (target: Target, { step }: Context) => step(target)?.fingerprint ?? "";

/** What was built in this run, and was published before this began, has this run's id as its version, unless nothing of it changed. */
function inputsOf(target: Target, { step, chain, kept }: Context): Readonly<Record<string, string>> {
  const known = step(target);
  return {
    ...known?.inputs,
    ...Object.fromEntries((known?.builds ?? []).map((key) => [key, kept.get(key) ?? chain.id])),
  };
}
