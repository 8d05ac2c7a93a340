/** What a selection leaves out above it although it is behind: what is built or left below it then stands on yesterday's rows. */
import { type Problem, type Target, targetKey, targetLabel } from "../graph/index.js";
import { decide, type Situation } from "./decide.js";

/**
 * Relations above the selected ones, seen through views, that are published, not selected, and that a run which had them selected would
 * build; in the graph's order. Operations always run, and so say nothing.
 */
export function behindOf(situation: Situation): readonly Target[] {
  const above = aboveOf(situation);
  if (above.size === 0) return [];
  const { selected, relations } = situation;
  const { steps } = decide({
    ...situation,
    selected: new Set([...selected, ...above]),
    resumed: new Set(),
    fullRefresh: false,
  });
  return [...steps.values()]
    .filter(({ target, decision, type }) => {
      const key = targetKey(target);
      return decision === "build" && type !== "operation" && above.has(key) && relations.has(key);
    })
    .map(({ target }) => target);
}

function aboveOf({ reads, selected }: Situation): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...selected];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const input of reads.data(key)) {
      if (seen.has(input)) continue;
      seen.add(input);
      open.push(input);
    }
  }
  return new Set([...seen].filter((key) => !selected.has(key)));
}

/** For people; undefined where nothing is behind. */
export function behindProblem(behind: readonly Target[]): Problem | undefined {
  const [first] = behind;
  if (first === undefined) return undefined;
  const named = behind.slice(0, mostNamed).map(targetLabel).join(", ");
  const rest = behind.length > mostNamed ? ` and ${behind.length - mostNamed} more` : "";
  const [is, stays] = behind.length === 1 ? ["is", "stays"] : ["are", "stay"];
  return {
    code: "upstream-behind",
    message: `${named}${rest}, which the selection reads and leaves out, ${is} behind what was loaded or changed, and ${stays} so.`,
    hint: "A + before a name selects what stands above it too: `medform run +NAME`.",
  };
}

const mostNamed = 3;
