/** Which assertions are evaluated, and the table whose publication each of them can stop. */
import { type Assertion, ownFingerprint, targetKey, targetLabel } from "../graph/index.js";
import type { Decisions, Situation } from "./decide.js";
import type { Order } from "./groups.js";
import { needsSubject, subjectOf } from "./subject.js";
import type { Step } from "./types.js";

/** Steps of assertions, by key: those that gate or follow what is built, whatever was selected, and selected others. */
export function assertionSteps(situation: Situation, decisions: Decisions, order: Order): ReadonlyMap<string, Step> {
  const steps = new Map<string, Step>();
  for (const [key, action] of situation.reads.actions) {
    if (action.kind !== "assertion") continue;
    const verdict = verdictOf(action, key, situation, decisions, order);
    if (!verdict) continue;
    const own = ownFingerprint(action, situation.engine);
    const subject = needsSubject(action) ? subjectOf(action, situation.reads, order) : undefined;
    const step = {
      target: action.target,
      type: "assertion",
      ...verdict,
      fingerprint: own,
      inputs: {},
      builds: [],
    } as const;
    steps.set(key, { ...step, ...(subject && { subject }) });
  }
  return steps;
}

type Verdict = Pick<Step, "decision" | "reason" | "gate" | "awaits" | "ifChanged">;

function verdictOf(
  assertion: Assertion,
  key: string,
  situation: Situation,
  { building }: Decisions,
  order: Order,
): Verdict | undefined {
  const { reads, selected } = situation;
  const isSelected = selected.has(key);
  if (assertion.disabled) return isSelected ? { decision: "block", reason: "disabled" } : undefined;
  const built = [...reads.ground(key)].filter((other) => building.has(other));
  const views = [...reads.views(key)].filter((other) => building.has(other));
  const absent = absentOf(key, situation);
  const awaits = absent.filter((other) => building.has(other));
  const never = reads.actions.get(absent.find((other) => !building.has(other)) ?? "");
  const isAfter = built.some((other) => reads.actions.get(other)?.kind === "operation");
  const gateOf = () => reads.actions.get(order.greatest(built.length > 0 ? built : views) ?? "")?.target;
  const gate = isAfter ? undefined : gateOf();
  const asserted = { ...(gate && { gate }), ...(awaits.length > 0 && { awaits }) };
  if (never) {
    // When that is built one day, the rule is evaluated, and stops it.
    const reason = `${targetLabel(never.target)} does not exist yet`;
    return gate || isAfter || isSelected ? { decision: "skip", reason, ...asserted } : undefined;
  }
  if (isAfter) return { decision: "assert", reason: "follows an operation", ...asserted };
  if (gate && (views.length > 0 || awaits.length > 0))
    return { decision: "assert", reason: built.length > 0 ? "reads what is built" : "reads a new view", ...asserted };
  if (gate) {
    const ifChanged = (assertion.onlyNew || whyDue(assertion, key, situation) === undefined) && {
      ifChanged: true as const,
    };
    return { decision: "assert", reason: "reads what is built", ...asserted, ...ifChanged };
  }
  // No table of it was built, so there are no new rows; what is published is its business only where it is asked about that.
  const due = assertion.onlyNew ? undefined : whyDue(assertion, key, situation);
  const idle = assertion.onlyNew ? "no new rows" : "unchanged";
  if (due === undefined) return isSelected ? { decision: "skip", reason: idle } : undefined;
  const blocks = () => [...building].some((other) => intersects(reads.data(other), reads.ground(key)));
  return isSelected || blocks() ? { decision: "assert", reason: due } : undefined;
}

/** Keys of relations that it reads and that are not there, sources that the run is about to make aside. */
function absentOf(key: string, { reads, relations, landings }: Situation): readonly string[] {
  return [...reads.ground(key), ...reads.views(key)].filter((other) => {
    const action = reads.actions.get(other);
    if (relations.has(other) || landings.has(other)) return false;
    return action?.kind !== "operation" || action.hasOutput;
  });
}

/** Why an assertion that reads nothing new is evaluated all the same. */
function whyDue(assertion: Assertion, key: string, situation: Situation): string | undefined {
  const { state, reads, sourceVersions } = situation;
  const results = assertion.rules.map((rule) => state.rules[`${key}/${rule}`]);
  if (results.some((result) => result === undefined)) return "new rule";
  if (results.some((result) => result?.outcome === "fail")) return "failed last time";
  if (results.some((result) => result?.outcome === "error" || result?.outcome === "skipped"))
    return "not evaluated last time";
  const own = ownFingerprint(assertion, situation.engine);
  if (results.some((result) => result?.fingerprint !== undefined && result.fingerprint !== own)) return "SQL changed";
  const sources = [...reads.ground(key)].filter((other) => reads.actions.get(other)?.kind === "declaration");
  const since = results.reduce((least, result) => (result && result.at < least ? result.at : least), "9999");
  if (sources.some((source) => (state.sources[source]?.loadedAt ?? "") > since)) return "new source batches";
  const ran = [...reads.ground(key)].find(
    (other) => reads.actions.get(other)?.kind === "operation" && (state.targets[other]?.publishedAt ?? "") > since,
  );
  // As in a run that was killed between an operation and the rules that follow it.
  if (ran !== undefined) return "an operation has run since";
  const unknown = sources.filter((source) => situation.relations.has(source) && sourceVersions[source] === null);
  return unknown.length > 0 ? "source without batch records" : undefined;
}

export function intersects(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const each of a) if (b.has(each)) return true;
  return false;
}

/** The key of the relation that an assertion's step can stop. */
export function gateKey(step: Step): string | undefined {
  return step.gate && targetKey(step.gate);
}
