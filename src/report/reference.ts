/**
 * The graph as a page of Markdown for who reads the warehouse: each relation with its grain, columns, rules and lineage. Names and
 * descriptions of the project, and nothing out of a warehouse.
 */
import { type Assertion, compareText, type Graph, type Relation, targetKey, targetLabel } from "../graph/index.js";
import { descriptionOf, subjectOf } from "./subject.js";
import { toleranceText } from "./words.js";

export interface ReferenceOptions {
  readonly title: string;
  /** Keys of the relations to describe; default: all. */
  readonly only?: ReadonlySet<string>;
}

/** Pure: the same graph gives the same page, byte for byte. */
export function renderReference(graph: Graph, { title, only }: ReferenceOptions): string {
  const relations = graph.actions.filter(
    (action): action is Relation => isRelation(action) && (only === undefined || only.has(targetKey(action.target))),
  );
  const links = lineage(graph);
  const rules = rulesBySubject(graph);
  const schemas = new Map<string, Relation[]>();
  for (const relation of relations) {
    const schema = relation.target.schema.toLowerCase();
    schemas.set(schema, [...(schemas.get(schema) ?? []), relation]);
  }
  const lines = [`# ${title}`, ""];
  for (const [schema, inside] of schemas) {
    lines.push(`- [${schema}](#${anchor(schema)}): ${inside.length} ${inside.length === 1 ? "relation" : "relations"}`);
  }
  for (const [schema, inside] of schemas) {
    lines.push("", `## ${schema}`);
    for (const relation of inside.toSorted((a, b) => compareText(a.target.name, b.target.name))) {
      lines.push("", ...section(relation, links, rules.get(targetKey(relation.target)) ?? []));
    }
  }
  return `${lines.join("\n")}\n`;
}

const isRelation = (action: Graph["actions"][number]): action is Relation =>
  action.kind === "table" || action.kind === "view" || action.kind === "incremental";

const anchor = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9_]+/g, "-");

interface Rule {
  readonly name: string;
  readonly says: string;
}

function section(relation: Relation, links: Lineage, rules: readonly Rule[]): readonly string[] {
  const key = targetKey(relation.target);
  const facts = [
    relation.kind === "incremental" ? "incremental table" : relation.kind,
    ...(relation.uniqueKey.length > 0 ? [`one row for each ${code(relation.uniqueKey)}`] : []),
    ...(relation.clusterBy.length > 0 ? [`clustered by ${code(relation.clusterBy)}`] : []),
    `\`${relation.fileName}\``,
  ];
  return [
    `### ${targetLabel(relation.target)}`,
    "",
    ...(relation.description === undefined ? [] : [inline(relation.description), ""]),
    `*${facts.join("; ")}*`,
    ...linkLine("Reads", links.reads.get(key) ?? []),
    ...linkLine("Read by", links.readBy.get(key) ?? []),
    ...columnTable(relation),
    ...(rules.length === 0 ? [] : ["", "Rules:", "", ...rules.map(({ name, says }) => `- \`${name}\`${says}`)]),
  ];
}

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

const linkLine = (word: string, labels: readonly string[]): readonly string[] =>
  labels.length === 0 ? [] : ["", `${word} ${labels.map((label) => `\`${label}\``).join(", ")}.`];

function columnTable({ columns }: Relation): readonly string[] {
  if (columns.length === 0) return [];
  return [
    "",
    "| column | meaning | tags |",
    "|---|---|---|",
    ...columns.map(({ path, description, tags }) => {
      const words = description === undefined ? "" : inline(description);
      return `| \`${path.join(".")}\` | ${words} | ${tags.map(inline).join(", ")} |`;
    }),
  ];
}

/** Text within a line of a table. */
const inline = (text: string) => text.replaceAll(/\s*\n\s*/g, " ").replaceAll("|", "\\|");

interface Lineage {
  readonly reads: ReadonlyMap<string, readonly string[]>;
  readonly readBy: ReadonlyMap<string, readonly string[]>;
}

/** Labels of what each relation reads, and of the relations that read it. */
function lineage({ actions }: Graph): Lineage {
  const reads = new Map<string, readonly string[]>();
  const readBy = new Map<string, string[]>();
  for (const action of actions.filter(isRelation)) {
    reads.set(targetKey(action.target), action.dependencies.map(targetLabel).toSorted(compareText));
    for (const other of action.dependencies) {
      const key = targetKey(other);
      readBy.set(key, [...(readBy.get(key) ?? []), targetLabel(action.target)].toSorted(compareText));
    }
  }
  return { reads, readBy };
}

function rulesBySubject({ actions }: Graph): ReadonlyMap<string, readonly Rule[]> {
  const position = new Map(actions.map(({ target }, index) => [targetKey(target), index]));
  const found = new Map<string, Rule[]>();
  for (const action of actions) {
    if (action.kind !== "assertion" || action.disabled) continue;
    const key = targetKey(subjectOf(action, position));
    const rules = action.rules.map((rule) => ({ name: rule.toLowerCase(), says: saying(action, rule) }));
    found.set(
      key,
      [...(found.get(key) ?? []), ...rules].toSorted((a, b) => compareText(a.name, b.name)),
    );
  }
  return found;
}

function saying(assertion: Assertion, rule: string): string {
  const words = descriptionOf(assertion, rule);
  const bears = toleranceText(assertion.threshold);
  const marks = [...(assertion.severity === "warn" ? ["warns"] : []), ...(bears === "" ? [] : [bears])];
  return `${words === undefined ? "" : `: ${inline(words)}`}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
}
