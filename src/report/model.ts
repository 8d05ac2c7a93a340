/** Assembles the report's data from the graph, the ledger's state and counts. */
import { type Assertion, type Graph, type Relation, type Target, targetKey, targetLabel } from "../graph/index.js";
import type { RuleState, RunState, State } from "../ledger/index.js";
import { type Dispositions, proofRule } from "../run/index.js";
import { descriptionOf, subjectOf } from "./subject.js";
import type {
  Figure,
  Layer,
  ReportInput,
  ReportModel,
  Rows,
  RuleGroup,
  RuleRow,
  SourceRow,
  TableRow,
} from "./types.js";
import { verdictOf } from "./verdict.js";

/** Pure: the same input gives the same report, byte for byte. */
export function reportModel(input: ReportInput): ReportModel {
  const rules = ruleGroups(input.graph, input.state);
  const rows = rowsOf(input.dispositions);
  const layers = layersOf(input.graph, input.state);
  return {
    project: input.project,
    generatedAt: input.generatedAt,
    verdict: verdictOf({ run: input.state.lastRun, rules, rows, layers }),
    facts: factsOf(input, input.state.lastRun),
    figures: figuresOf(rules, rows, layers),
    rules,
    rows,
    layers,
    sources: sourcesOf(input.graph, input.state),
  };
}

function factsOf(input: ReportInput, run: RunState | null): ReportModel["facts"] {
  return [
    { label: "Run", value: run === null ? "none yet" : `${run.runId} (number ${run.runNumber})` },
    ...(run === null ? [] : [{ label: "Started", value: run.startedAt, instant: true }]),
    ...(run === null || run.finishedAt === null ? [] : [{ label: "Finished", value: run.finishedAt, instant: true }]),
    { label: "Environment", value: input.environment },
    { label: "Engine", value: input.engine },
    ...(run?.commit === undefined
      ? []
      : [
          {
            label: "Commit that ran",
            value: run.commit.dirty ? `${run.commit.id}, with uncommitted changes` : run.commit.id,
          },
        ]),
  ];
}

function figuresOf(rules: readonly RuleGroup[], rows: Rows | null, layers: readonly Layer[]): readonly Figure[] {
  const all = rules.flatMap((group) => group.rules);
  const number = (...outcomes: readonly RuleRow["outcome"][]) =>
    all.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const tables = layers.flatMap((layer) => layer.tables);
  const failed = number("fail", "error");
  const warned = number("warn");
  const disposed = (name: string) => rows?.totals[rows.dispositions.indexOf(name)] ?? 0;
  return [
    {
      label: "tables and views published",
      value: tables.filter(({ publishedAt }) => publishedAt !== null).length,
      tone: "none",
    },
    { label: "rules passed", value: number("pass"), tone: "none" },
    { label: "rules warned", value: warned, tone: warned > 0 ? "warn" : "none" },
    { label: "rules failed", value: failed, tone: failed > 0 ? "bad" : "none" },
    ...(rows === null
      ? []
      : [
          { label: "rows admitted", value: disposed("current"), tone: "none" as const },
          {
            label: "rows in quarantine",
            value: disposed("quarantined"),
            tone: disposed("quarantined") > 0 ? ("warn" as const) : ("none" as const),
          },
        ]),
  ];
}

const OUTCOME_RANK: readonly RuleRow["outcome"][] = ["fail", "error", "warn", "skipped", "unevaluated", "pass"];

/** By the table that a rule speaks of; within one, what did not pass comes first. */
function ruleGroups(graph: Graph, state: State): readonly RuleGroup[] {
  const position = new Map(graph.actions.map((action, index) => [targetKey(action.target), index]));
  const assertions = graph.actions.filter(
    (action): action is Assertion => action.kind === "assertion" && !action.disabled,
  );
  const groups = new Map<string, { readonly order: number; readonly rules: RuleRow[] }>();
  for (const assertion of assertions) {
    const subject = subjectOf(assertion, position);
    const key = targetLabel(subject);
    const group = groups.get(key) ?? { order: position.get(targetKey(subject)) ?? -1, rules: [] };
    groups.set(key, group);
    for (const rule of assertion.rules) group.rules.push(ruleRow(assertion, rule, state));
  }
  for (const { kind, target } of graph.actions) {
    const known = kind === "incremental" ? state.rules[`${targetKey(target)}/${proofRule}`] : undefined;
    if (known === undefined) continue;
    const key = targetLabel(target);
    const group = groups.get(key) ?? { order: position.get(targetKey(target)) ?? -1, rules: [] };
    groups.set(key, group);
    group.rules.push(proofRow(known));
  }
  const rank = (row: RuleRow) => OUTCOME_RANK.indexOf(row.outcome);
  return [...groups]
    .map(([table, { order, rules }]) => ({
      table,
      order,
      rules: rules.toSorted(
        (a, b) => rank(a) - rank(b) || (b.failing ?? 0) - (a.failing ?? 0) || (a.rule < b.rule ? -1 : 1),
      ),
    }))
    .toSorted((a, b) => worst(a.rules) - worst(b.rules) || a.order - b.order)
    .map(({ table, rules }) => ({ table, rules }));
}

const worst = (rules: readonly RuleRow[]) => Math.min(...rules.map(({ outcome }) => OUTCOME_RANK.indexOf(outcome)), 2);

function ruleRow(assertion: Assertion, rule: string, state: State): RuleRow {
  const prefix = `${targetKey(assertion.target)}/`;
  const known =
    state.rules[prefix + rule] ??
    Object.entries(state.rules).find(([key]) => key.toLowerCase() === (prefix + rule).toLowerCase())?.[1];
  return {
    rule: rule.toLowerCase(),
    assertion: targetLabel(assertion.target),
    description: descriptionOf(assertion, rule),
    severity: assertion.severity,
    outcome: known?.outcome ?? "unevaluated",
    failing: known?.failing ?? null,
    ...(assertion.threshold && { threshold: assertion.threshold }),
    ...(known?.of !== undefined && { of: known.of }),
    at: known?.at ?? null,
  };
}

/** The last proof of a table: of it nobody declares a rule. */
function proofRow({ assertion, rule, severity, outcome, failing, at }: RuleState): RuleRow {
  return {
    rule: rule.toLowerCase(),
    assertion: targetLabel(assertion),
    description: "Increments made what a full refresh makes.",
    severity,
    outcome,
    failing,
    at,
  };
}

const KNOWN_DISPOSITIONS = ["current", "superseded", "duplicate", "quarantined"];

function rowsOf(rows: Dispositions["rows"]): Rows | null {
  if (rows.length === 0) return null;
  const others = [...new Set(rows.map(({ disposition }) => disposition))].filter(
    (name) => !KNOWN_DISPOSITIONS.includes(name),
  );
  const dispositions = [...KNOWN_DISPOSITIONS, ...others.toSorted()];
  const counts = (only: Dispositions["rows"]) =>
    dispositions.map((name) =>
      only.filter(({ disposition }) => disposition === name).reduce((sum, { count }) => sum + count, 0),
    );
  const routes = [...new Set(rows.map(({ route }) => route))].toSorted();
  return {
    dispositions,
    routes: routes.map((route) => ({ route, counts: counts(rows.filter((row) => row.route === route)) })),
    totals: counts(rows),
    quarantined: rows
      .filter(({ disposition, count }) => disposition === "quarantined" && count > 0)
      .map(({ route, rule, count }) => ({ route, rule: rule ?? "no rule named", count }))
      .toSorted((a, b) => b.count - a.count || (a.route + a.rule < b.route + b.rule ? -1 : 1)),
  };
}

/** Schemas in the order in which the graph first builds in them, so that what feeds stands before what is fed. */
function layersOf(graph: Graph, state: State): readonly Layer[] {
  const relations = graph.actions.filter(
    (action): action is Relation => action.kind === "table" || action.kind === "view" || action.kind === "incremental",
  );
  const schemas = new Map<string, Relation[]>();
  for (const relation of relations) {
    schemas.set(relation.target.schema, [...(schemas.get(relation.target.schema) ?? []), relation]);
  }
  return [...schemas].map(([schema, list]) => ({
    schema: schema.toLowerCase(),
    tables: list.map((relation) => tableRow(relation, state)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}

function tableRow(relation: Relation, state: State): TableRow {
  const known = state.targets[targetKey(relation.target)];
  const name = targetLabel(relation.target);
  return {
    name,
    id: `table-${name.replaceAll(/[^\w.-]/g, "_")}`,
    kind: relation.kind,
    rows: known?.rows ?? null,
    publishedAt: known?.publishedAt ?? null,
    failing: known?.failing ?? false,
    disabled: relation.disabled,
    description: relation.description,
    file: relation.fileName,
    columns: relation.columns.map(({ path, description, tags }) => ({ name: path.join("."), description, tags })),
  };
}

function sourcesOf(graph: Graph, state: State): readonly SourceRow[] {
  const declared = graph.actions.filter(({ kind }) => kind === "declaration");
  const declaredKeys = new Set(declared.map(({ target }) => targetKey(target)));
  const others = Object.values(state.sources).filter(({ target }) => !declaredKeys.has(targetKey(target)));
  const row = (target: Target, description?: string): SourceRow => {
    const known = state.sources[targetKey(target)];
    return {
      name: targetLabel(target),
      description,
      rows: known?.rows ?? null,
      batchId: known?.batchId ?? null,
      loadedAt: known?.loadedAt ?? null,
    };
  };
  return [
    ...declared.map(({ target, description }) => row(target, description)),
    ...others.map(({ target }) => row(target)),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
