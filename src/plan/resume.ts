/** What a run keeps of its plan when it begins, and whether another run may go on from there. Pure. */
import { z } from "zod";
import { type Graph, ownFingerprint, type Selection, selectActions, targetKey, targetLabel } from "../graph/index.js";
import { factsFor } from "./facts.js";
import { hashKeyDigest, unrecordedSource } from "./inputs.js";
import type { PlanInput } from "./plan.js";
import { readsOf } from "./reads.js";
import type { Plan } from "./types.js";

const texts = z.array(z.string());

/** Fingerprints and versions are compared, never read. */
export const planRecordSchema = z.object({
  environment: z.string(),
  /** As it was asked for. */
  select: texts,
  exclude: texts,
  /** Keys of what that selected; null: everything. */
  selected: texts.nullable(),
  fullRefresh: z.boolean(),
  asOf: z.string().nullable(),
  vars: z.record(z.string(), z.string()),
  /** A digest. */
  hashKey: z.string().optional(),
  /** Ids of the runs that it goes on from, the first one first. */
  resumes: texts,
  /** Versions of the declared sources that are read, by key. */
  sources: z.record(z.string(), z.string()),
  /** Relations and operations: key, decision, mode (empty unless built) and fingerprint. */
  steps: z.array(z.tuple([z.string(), z.enum(["build", "assert", "skip", "block"]), z.string(), z.string()])),
  /** Fingerprints of the assertions that read any of these. */
  assertions: z.record(z.string(), z.string()),
});

export type PlanRecord = Readonly<z.infer<typeof planRecordSchema>>;

export interface Asked {
  readonly environment: string;
  readonly vars: Readonly<Record<string, string>>;
  /** The record of the run that this one goes on from, and its id. */
  readonly from?: { readonly runId: string; readonly record: PlanRecord };
}

export function recordPlan(input: PlanInput, plan: Plan, { environment, vars, from }: Asked): PlanRecord {
  const { select, exclude } = from?.record ?? input.selection;
  const hashKey = hashKeyDigest(input.hashKey);
  return {
    environment,
    select: [...select],
    exclude: [...exclude],
    selected: from ? from.record.selected : selectedKeys(input),
    fullRefresh: plan.fullRefresh,
    asOf: plan.asOf,
    vars,
    ...(hashKey !== undefined && { hashKey }),
    resumes: from ? [...from.record.resumes, from.runId] : [],
    ...comparable(input.graph, plan),
  };
}

function selectedKeys(input: PlanInput): string[] | null {
  const said = ({ select, exclude }: Selection) => [...select, ...exclude].some((text) => text.trim() !== "");
  return said(input.selection) ? [...selectActions(input.graph, input.selection, factsFor(input))] : null;
}

function comparable(graph: Graph, plan: Plan): Pick<PlanRecord, "sources" | "steps" | "assertions"> {
  const reads = readsOf(graph);
  const made = plan.steps.filter(({ type }) => type !== "assertion");
  const keys = new Set(made.map(({ target }) => targetKey(target)));
  const read = made.flatMap(({ inputs }) => Object.entries(inputs));
  const assertions = [...reads.actions].filter(
    ([key, { kind, disabled }]) =>
      kind === "assertion" && !disabled && [...reads.ground(key), ...reads.views(key)].some((other) => keys.has(other)),
  );
  return {
    sources: Object.fromEntries(read.filter(([key]) => reads.actions.get(key)?.kind === "declaration")),
    steps: made.map(({ target, decision, mode = "", fingerprint }) => [targetKey(target), decision, mode, fingerprint]),
    assertions: Object.fromEntries(assertions.map(([key, action]) => [key, ownFingerprint(action, graph.engine)])),
  };
}

/**
 * What a plan would do otherwise than the recorded one, beside leaving what that had published: one clause each, for people.
 * `plan` was made to go on from the record.
 */
export function planDifferences(
  record: PlanRecord,
  input: Pick<PlanInput, "graph" | "hashKey">,
  plan: Plan,
): readonly string[] {
  const now = comparable(input.graph, plan);
  const labels = new Map(input.graph.actions.map(({ target }) => [targetKey(target), targetLabel(target)]));
  const label = (key: string) => labels.get(key) ?? key.toLowerCase();
  const steps = new Map(now.steps.map(([key, ...step]) => [key, step]));
  const recorded = new Set(record.steps.map(([key]) => key));
  const reasons = new Map(plan.steps.map(({ target, reason }) => [targetKey(target), reason]));
  const found: string[] = [];
  if (record.hashKey !== hashKeyDigest(input.hashKey)) found.push("the hash key is another");
  for (const [key, decision, mode, print] of record.steps) {
    const step = steps.get(key);
    if (step === undefined) found.push(`${label(key)} is gone`);
    else if (step[2] !== print) found.push(`the SQL of ${label(key)}, or of what it reads, is another`);
    else if (step[0] !== decision && step[0] !== "skip") found.push(`${label(key)}: ${step[0]}, ${reasons.get(key)}`);
    else if (step[0] === "build" && step[1] !== mode) found.push(`${label(key)}: ${step[1]} instead of ${mode}`);
  }
  for (const key of steps.keys()) if (!recorded.has(key)) found.push(`${label(key)} is new`);
  for (const key of new Set([...Object.keys(record.assertions), ...Object.keys(now.assertions)])) {
    const [before, after] = [record.assertions[key], now.assertions[key]];
    if (before === after) continue;
    found.push(
      before === undefined
        ? `${label(key)} is new`
        : after === undefined
          ? `${label(key)} is gone`
          : `the SQL of ${label(key)} is another`,
    );
  }
  for (const [key, before] of Object.entries(record.sources)) {
    const after = now.sources[key];
    if (after !== undefined && after !== before)
      found.push(
        before === unrecordedSource || after === unrecordedSource
          ? `${label(key)} was loaded in another way`
          : `${label(key)} has other batches`,
      );
  }
  return found;
}
