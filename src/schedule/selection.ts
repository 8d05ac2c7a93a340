/** What a schedule runs, in the words of the command line. */
import type { Graph } from "../graph/index.js";
import type { Schedule } from "../project/index.js";

/** Empty selects everything. */
export function selectionOf({ tags, actions, includeDependencies, includeDependents }: Schedule): readonly string[] {
  const [before, after] = [includeDependencies ? "+" : "", includeDependents ? "+" : ""];
  return [...tags.map((tag) => `tag:${tag}`), ...actions].map((word) => `${before}${word}${after}`);
}

/** Tags of a schedule that no action of the project has. */
export function unusedTags({ tags }: Schedule, { actions }: Pick<Graph, "actions">): readonly string[] {
  const used = new Set(actions.flatMap((action) => action.tags.map((tag) => tag.toLowerCase())));
  return tags.filter((tag) => !used.has(tag.toLowerCase()));
}
