/** Tiny graphs by hand, and a warehouse's state after a plan was carried out. */

import {
  type Action,
  type Assertion,
  type Declaration,
  type Graph,
  type Operation,
  plainRelation,
  type Relation,
  type Target,
  targetKey,
  targetLabel,
  topologicalOrder,
} from "../../src/graph/index.js";
import { emptyState, type State, type TargetState } from "../../src/ledger/index.js";
import { makePlan, type Plan, type PlanInput, type Step } from "../../src/plan/index.js";
import type { RelationInfo } from "../../src/warehouse/index.js";

/** `silver.patient` -> EHR.SILVER.PATIENT. */
export function named(label: string): Target {
  const [schema = "", name = ""] = label.toUpperCase().split(".");
  return { database: "EHR", schema, name };
}

const base = (label: string, above: readonly string[]) => ({
  target: named(label),
  fileName: `definitions/${label.replace(".", "/")}.sqlx`,
  tags: [],
  disabled: false,
  dependencies: above.map(named),
  columns: [],
});

export function relation(
  kind: Relation["kind"],
  label: string,
  above: readonly string[] = [],
  change: Partial<Relation> = {},
): Relation {
  return {
    kind,
    ...base(label, above),
    query: `select * from ${above.join(", ") || "nothing"}`,
    ...(kind === "incremental" && { incrementalQuery: "select 1" }),
    ...plainRelation,
    ...change,
  };
}

export const table = (label: string, above?: readonly string[], change?: Partial<Relation>) =>
  relation("table", label, above, change);
export const view = (label: string, above?: readonly string[], change?: Partial<Relation>) =>
  relation("view", label, above, change);
export const incremental = (label: string, above?: readonly string[], change?: Partial<Relation>) =>
  relation("incremental", label, above, change);

export const operation = (
  label: string,
  above: readonly string[] = [],
  change: Partial<Operation> = {},
): Operation => ({
  kind: "operation",
  ...base(label, above),
  queries: [`-- ${label}\nselect 1`],
  hasOutput: false,
  ...change,
});

export const assertion = (label: string, above: readonly string[], change: Partial<Assertion> = {}): Assertion => ({
  kind: "assertion",
  ...base(label, above),
  query: `select * from ${above.join(", ")}`,
  rules: [label],
  countsByRule: false,
  severity: "error",
  onlyNew: false,
  ...change,
});

export const source = (label: string, change: Partial<Declaration> = {}): Declaration => ({
  kind: "declaration",
  ...base(label, []),
  ...change,
});

export function graphOf(...actions: readonly Action[]): Graph {
  return { actions: topologicalOrder(actions), tests: [], engine: "duckdb" };
}

/** The warehouse as a plan sees it. */
export interface Known extends Pick<PlanInput, "state" | "relations" | "sourceVersions"> {}

/** Sources exist and were loaded once. */
export function loaded(graph: Graph, batch = "b1"): Known {
  const sources = graph.actions.filter(({ kind }) => kind === "declaration");
  return {
    state: emptyState,
    relations: sources.map(({ target }) => ({ target, kind: "table", columns: [] })),
    sourceVersions: Object.fromEntries(sources.map(({ target }) => [targetKey(target), batch])),
  };
}

/** After every step of the plan went well in run `version`. */
export function carriedOut(plan: Plan, graph: Graph, known: Known, version = "r1"): Known {
  const targets: Record<string, TargetState> = { ...known.state.targets };
  const rules: Record<string, State["rules"][string]> = { ...known.state.rules };
  const relations = new Map(known.relations.map((info) => [targetKey(info.target), info]));
  for (const { target, type, decision, fingerprint, inputs, builds } of plan.steps) {
    const key = targetKey(target);
    const action = graph.actions.find((each) => targetKey(each.target) === key);
    if (decision === "assert" && action?.kind === "assertion")
      for (const rule of action.rules)
        rules[`${key}/${rule}`] = {
          assertion: target,
          rule,
          severity: action.severity,
          outcome: "pass",
          failing: 0,
          at: "2026-01-02",
          fingerprint,
        };
    if (decision !== "build" || type === "assertion") continue;
    const made = Object.fromEntries(builds.map((other) => [other, version]));
    targets[key] = {
      target,
      kind: type,
      fingerprint,
      version,
      runNumber: 1,
      publishedAt: "2026-01-02",
      rows: 1,
      columns: ["A"],
      inputs: { ...inputs, ...made },
      failing: false,
    };
    const columns = [{ name: "A", type: "INTEGER" }];
    const info: RelationInfo = { target, kind: type === "view" ? "view" : "table", columns };
    if (type !== "operation") relations.set(key, info);
  }
  return { ...known, state: { ...known.state, targets, rules }, relations: [...relations.values()] };
}

export function planFor(
  graph: Graph,
  known: Known,
  asked: Partial<PlanInput> & { readonly select?: string } = {},
): Plan {
  const { select = "", ...rest } = asked;
  const selection = { select: [select], exclude: [] };
  return makePlan({ graph, selection, ...known, fullRefresh: false, asOf: null, ...rest });
}

/** `{"silver.patient": "create: new"}`: the mode for what is built, the decision for what is not, and the reason. */
export function decisions(plan: Plan): Readonly<Record<string, string>> {
  const said = ({ decision, mode, reason }: Step) => `${mode ?? decision}: ${reason}`;
  return Object.fromEntries(plan.steps.map((step) => [targetLabel(step.target), said(step)]));
}

/** `a.t,a.v [rule] needs:x after:y`, one line a unit. */
export function units(plan: Plan): readonly string[] {
  const label = (id: string) => id.replace("EHR.", "").toLowerCase();
  return plan.units.map(({ members, rules, needs, after: waits }) =>
    [
      members.map(targetLabel).join(","),
      rules.length > 0 ? `[${rules.map(targetLabel).join(",")}]` : "",
      needs.length > 0 ? `needs:${needs.map(label).join(",")}` : "",
      waits.length > 0 ? `after:${waits.map(label).join(",")}` : "",
    ]
      .filter((text) => text !== "")
      .join(" "),
  );
}
