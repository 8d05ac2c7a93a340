/** What `show` sends: one SELECT over one relation, whatever the condition says. */
import {
  type Assertion,
  type Graph,
  nearest,
  ProblemError,
  sameTarget,
  type Target,
  targetKey,
  targetLabel,
  tokenize,
} from "../graph/index.js";
import type { RelationInfo } from "../warehouse/index.js";

/** What can be shown: a relation of the warehouse, or the rows that an assertion finds. */
export type Showable =
  | { readonly kind: "relation"; readonly target: Target }
  | { readonly kind: "assertion"; readonly assertion: Assertion };

/**
 * Finds what a name means: `name`, `schema.name` or `database.schema.name`, in any case, first among the project's actions,
 * then in the warehouse.
 *
 * @throws ProblemError `show-unknown` with the nearest names, `show-ambiguous`, `show-unbuilt`.
 */
export function findShowable(name: string, graph: Graph, relations: readonly RelationInfo[]): Showable {
  const inWarehouse = new Map(relations.map(({ target }) => [targetKey(target), target]));
  const assertions = graph.actions.filter((action): action is Assertion => action.kind === "assertion");
  const candidates = new Map<string, Showable>();
  for (const { target } of [...graph.actions.filter(({ kind }) => kind !== "assertion"), ...relations]) {
    candidates.set(targetKey(target), { kind: "relation", target });
  }
  for (const assertion of assertions) candidates.set(targetKey(assertion.target), { kind: "assertion", assertion });
  const found = [...candidates].filter(([, showable]) => isNamed(targetOf(showable), name));
  if (found.length > 1) {
    throw new ProblemError({
      code: "show-ambiguous",
      message: `"${name}" could be ${found.map(([, showable]) => targetLabel(targetOf(showable))).join(" or ")}.`,
      hint: "Name its schema too.",
    });
  }
  const [key, showable] = found[0] ?? [];
  if (key === undefined || showable === undefined) {
    const names = [...candidates.values()].flatMap((each) => {
      const target = targetOf(each);
      return name.includes(".") ? [targetLabel(target)] : [target.name.toLowerCase()];
    });
    const near = nearest(name, names);
    throw new ProblemError({
      code: "show-unknown",
      message: `There is no table, view or assertion "${name}".`,
      hint: near.length > 0 ? `Did you mean ${near.join(", ")}?` : "medform status lists what there is.",
    });
  }
  if (showable.kind === "relation" && !inWarehouse.has(key)) {
    throw new ProblemError({
      code: "show-unbuilt",
      message: `${targetLabel(showable.target)} is in the project, but not in the warehouse yet.`,
      hint: isSource(showable.target, graph)
        ? "It is a source: medform load brings its rows in."
        : `medform run +${targetLabel(showable.target)} builds it.`,
    });
  }
  return showable;
}

const isSource = (target: Target, { actions }: Graph) =>
  actions.some((action) => action.kind === "declaration" && sameTarget(action.target, target));

const targetOf = (showable: Showable): Target =>
  showable.kind === "relation" ? showable.target : showable.assertion.target;

function isNamed(target: Target, name: string): boolean {
  const parts = [target.name, target.schema, ...(target.database === undefined ? [] : [target.database])];
  const full = parts.map((_, index) =>
    parts
      .slice(0, index + 1)
      .toReversed()
      .join("."),
  );
  return full.some((each) => each.toLowerCase() === name.toLowerCase());
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * One SELECT with at most `limit` rows; `where` is a condition and nothing more.
 *
 * @throws ProblemError `show-where`.
 */
export function showQuery(
  showable: Showable,
  options: { readonly where?: string; readonly limit: number; readonly engine: string },
): string {
  const from =
    showable.kind === "assertion"
      ? `(\n${showable.assertion.query}\n) as failing`
      : [showable.target.database, showable.target.schema, showable.target.name]
          .filter((part) => part !== undefined)
          .map(quote)
          .join(".");
  const where = options.where === undefined ? "" : `\nwhere (${condition(options.where, options.engine)})`;
  return `select *\nfrom ${from}${where}\nlimit ${options.limit}`;
}

/** The condition without its comments, refused where it could end the parentheses or the statement that it stands in. */
function condition(where: string, engine: string): string {
  const refuse = (message: string) => {
    throw new ProblemError({
      code: "show-where",
      message,
      hint: `--where takes one condition, for example --where "birth_date < '1950-01-01'".`,
    });
  };
  const tokens = tokenize(where, engine);
  if (tokens.length === 0) refuse("The condition of --where is empty.");
  let depth = 0;
  for (const token of tokens) {
    if (token.kind !== "symbol") continue;
    if (token.text === ";") refuse("The condition of --where holds a semicolon: it is one condition, not statements.");
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (depth < 0) refuse("The condition of --where closes a parenthesis that it did not open.");
  }
  if (depth > 0) refuse("The condition of --where leaves a parenthesis open.");
  return tokens.map(({ text }) => text).join(" ");
}
