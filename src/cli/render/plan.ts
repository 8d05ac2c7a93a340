/** A plan as text: what would be built and why, which rules would gate it. */
import { targetKey, targetLabel } from "../../graph/index.js";
import { behindProblem, type Plan, type Step } from "../../plan/index.js";
import type { Paint } from "../io.js";
import { columns, count, counted } from "./layout.js";

/** Lines without trailing newlines. What would stay as it is, because nothing changed, is only counted. */
export function renderPlan(
  plan: Plan,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const of = (decision: Step["decision"]) => plan.steps.filter((step) => step.decision === decision);
  const [build, assert, block] = [of("build"), of("assert"), of("block")];
  // Rules that would stop what is built, if what they read were there.
  const unevaluated = of("skip").filter(({ gate }) => gate !== undefined);
  const kept = of("skip").filter(({ type }) => type !== "assertion").length;
  const building = new Set(build.map(({ target }) => targetKey(target)));
  const gates = new Map<string, number>();
  const alone: Step[] = [];
  for (const step of assert) {
    const gate = step.gate === undefined ? undefined : targetKey(step.gate);
    if (gate !== undefined && building.has(gate)) gates.set(gate, (gates.get(gate) ?? 0) + 1);
    else alone.push(step);
  }
  const rows = [
    ...build.map((step) => [
      paint.green("build"),
      targetLabel(step.target),
      step.mode === "increment" ? "increment" : step.type,
      reasonOf(step),
      gated(gates.get(targetKey(step.target)) ?? 0, step.ungated ?? 0),
    ]),
    ...alone.map((step) => [paint.cyan("assert"), targetLabel(step.target), "", step.reason, ""]),
    ...unevaluated.map((step) => [paint.dim("skip"), targetLabel(step.target), "", step.reason, ""]),
    ...block.map((step) => [paint.yellow("block"), targetLabel(step.target), step.type, step.reason, ""]),
  ];
  const unchanged = `${counted(kept, "action")} up to date`;
  const problem = behindProblem(plan.behind);
  const behind = problem ? [`${paint.yellow("Behind")}: ${problem.message}`, `  ${problem.hint}`] : [];
  const layout = [{}, { shrink: true }, {}, { shrink: true }, {}];
  const lines = columns(rows, layout, { width });
  // What is disabled is so on purpose.
  if (block.every(({ reason }) => reason === "disabled") && rows.length === block.length)
    return [...lines, ...(lines.length > 0 ? [""] : []), ...behind, `${paint.green("Nothing to do")}: ${unchanged}.`];
  const made = plan.landings.filter(({ added }) => added === undefined).length;
  const widened = plan.landings.filter(({ added }) => added !== undefined);
  const landings = [
    ...(made === 0 ? [] : [`${counted(made, "source")} never loaded would be made empty.`]),
    ...widened.map(
      ({ target, added = [] }) =>
        `${targetLabel(target)} would gain what is declared since it was landed: ${added.map((name) => name.toLowerCase()).join(", ")}.`,
    ),
  ];
  const summary = [
    `${count(build.length)} to build`,
    `${counted(assert.length, "assertion")} to evaluate`,
    ...(block.length > 0 ? [`${count(block.length)} blocked`] : []),
    unchanged,
  ].join(", ");
  return [...lines, "", ...landings, ...behind, `${paint.bold("Plan")}: ${summary}.`];
}

/** What is missing need not be read, so the plan goes on; where it is, the build fails. */
function reasonOf({ reason, missing = [] }: Step): string {
  return missing.length === 0
    ? reason
    : `${reason}; ${missing.map(targetLabel).join(", ")} ${missing.length === 1 ? "does" : "do"} not exist`;
}

const gated = (assertions: number, ungated: number) =>
  [
    ...(assertions === 0 ? [] : [`gated by ${counted(assertions, "assertion")}`]),
    ...(ungated === 0 ? [] : [`${counted(ungated, "hook")} ungated`]),
  ].join(", ");
