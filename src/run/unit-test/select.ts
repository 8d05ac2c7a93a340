import { type Graph, type Selection, selectActions, targetKey, type UnitTest } from "../../graph/index.js";

/**
 * The unit tests that a selection is about: those of the relations that it selects, and those that it names themselves.
 *
 * @throws ProblemError of selection.
 */
export function selectUnitTests(graph: Graph, { select, exclude }: Selection): readonly UnitTest[] {
  const named = (text: string) => graph.tests.filter(({ name }) => name.toLowerCase() === text.trim().toLowerCase());
  const chosen = (texts: readonly string[]): ReadonlySet<UnitTest> => {
    const others = texts.filter((text) => named(text).length === 0 && text.trim() !== "");
    const keys = others.length > 0 ? selectActions(graph, { select: others, exclude: [] }) : new Set<string>();
    const ofRelations = graph.tests.filter(({ dataset }) => dataset !== undefined && keys.has(targetKey(dataset)));
    return new Set([...texts.flatMap(named), ...ofRelations]);
  };
  const all = select.every((text) => text.trim() === "");
  const [some, without] = [chosen(select), chosen(exclude)];
  return graph.tests.filter((test) => (all || some.has(test)) && !without.has(test));
}
