/** Tags that say how a thing is built or judged: what they say must be known, and what is a rule's belongs to an assertion. */
import {
  type CompiledGraph,
  type CompiledTarget,
  isNamed,
  type Problem,
  policyComplaint,
  policyConflict,
} from "../graph/index.js";
import { findQuoted, lineAndColumn, readSource } from "./source.js";

/** On a table its inline assertions would inherit them, all of them, unasked. */
const ofRules = ["severity:", "threshold:", "rows:"];

interface Tagged {
  readonly tags?: readonly string[];
  readonly fileName?: string;
  readonly target?: CompiledTarget;
}

const nameOf = (target: CompiledTarget | undefined) =>
  JSON.stringify([target?.database ?? "", target?.schema ?? "", target?.name ?? ""]);

export function tagProblems(compiled: CompiledGraph, projectDir: string): readonly Problem[] {
  const problem = ({ fileName: file = "", target }: Tagged, tag: string, told: Omit<Problem, "at">): Problem => {
    const source = readSource(projectDir, file);
    const offset = source && findQuoted(source, tag);
    const at = { file, ...(source && offset !== undefined ? lineAndColumn(source.text, offset) : {}) };
    return { ...told, message: `${target?.schema}.${target?.name} ${told.message}`, at };
  };
  const misplaced = (compiled.tables ?? []).flatMap((table) => {
    const tag = table.tags?.find((each) => ofRules.some((prefix) => each.startsWith(prefix)));
    if (tag === undefined) return [];
    const name = tag.slice(0, tag.indexOf(":"));
    const what = { severity: "a severity", threshold: "a threshold" }[name] ?? "which rows are evaluated";
    const message = `has the tag "${tag}", but ${what} belongs to an assertion.`;
    const hint = "Write the rule as an assertion of its own and tag that.";
    return [problem(table, tag, { code: `${name}-on-table`, message, hint })];
  });
  // Inline assertions inherit their table's tags: it is told once, of the table.
  const ownAssertions = (compiled.assertions ?? []).filter(({ parentAction }) => !parentAction);
  const unknown = [...(compiled.tables ?? []), ...ownAssertions].flatMap((action) =>
    (action.tags ?? []).flatMap((tag) => {
      const known = policyComplaint(tag);
      const message = `has the tag "${tag}", which says nothing that is known.`;
      return known === undefined
        ? []
        : [problem(action, tag, { code: "policy-tag", message, hint: `Write ${known}.` })];
    }),
  );
  const torn = [...(compiled.tables ?? []), ...ownAssertions].flatMap((action) => {
    const [one, other] = policyConflict(action.tags ?? []) ?? [];
    if (one === undefined || other === undefined) return [];
    const message = `has the tags "${one}" and "${other}", of which only one can hold.`;
    return [problem(action, other, { code: "policy-tag", message, hint: "Take one of them away." })];
  });
  const keyless = (compiled.tables ?? []).flatMap((table) => {
    const merges = table.tags?.includes("increment:merge") && (table.uniqueKey ?? []).length === 0;
    const message = 'has the tag "increment:merge" and no uniqueKey to merge by.';
    const hint = "Name the columns that tell its rows apart: uniqueKey: [...].";
    return merges ? [problem(table, "increment:merge", { code: "policy-tag", message, hint })] : [];
  });
  const rules = new Set((compiled.assertions ?? []).map(({ target }) => nameOf(target)));
  const unclear = ownAssertions.flatMap((assertion) => {
    const tag = assertion.tags?.find((each) => each === "rows:new" || each.startsWith("rows:new:"));
    const read = (assertion.dependencyTargets ?? []).filter((target) => !rules.has(nameOf(target)));
    if (tag === undefined || (tag === "rows:new" && read.length < 2)) return [];
    const name = tag.slice("rows:new:".length);
    if (name !== "" && read.some(({ schema = "", name: own = "" }) => isNamed(name, { schema, name: own }))) return [];
    const names = read.map(({ schema, name: own }) => `${schema}.${own}`.toLowerCase());
    const message =
      name === ""
        ? `has the tag "${tag}" and names several relations (${names.join(", ")}), so it is not clear whose new rows it judges.`
        : `has the tag "${tag}", but names no such relation.`;
    const hint = `Write ${names.map((each) => `rows:new:${each}`).join(" or ")}.`;
    return [problem(assertion, tag, { code: "policy-tag", message, hint })];
  });
  return [...misplaced, ...unknown, ...torn, ...keyless, ...unclear];
}
