/**
 * Declared sources that are not there, or not with all that they declare: made as empty tables where nothing was ever in them, else
 * missed; a landing table gains the columns that were declared after it was made. A table of somebody else is left as it is.
 */
import { ProblemError, targetLabel } from "../graph/index.js";
import type { State } from "../ledger/index.js";
import { isLandingTable, type RelationInfo } from "../warehouse/index.js";
import { emptySource } from "./inputs.js";
import type { Reads } from "./reads.js";
import type { Landing } from "./types.js";

export interface AbsentSources {
  /** They say their columns, so a run makes what is lacking. */
  readonly landings: readonly Landing[];
  /** Keys of those that held rows: from an empty table in their place, all that reads them would be published empty. */
  readonly gone: ReadonlySet<string>;
}

export function landingsOf(reads: Reads, relations: ReadonlyMap<string, RelationInfo>, state: State): AbsentSources {
  const landings: Landing[] = [];
  const gone = new Set<string>();
  for (const [key, action] of reads.actions) {
    if (action.kind !== "declaration") continue;
    const { target } = action;
    const columns = action.columns.flatMap(({ path }) => (path.length === 1 && path[0] !== undefined ? [path[0]] : []));
    const relation = relations.get(key);
    if (relation !== undefined) {
      const added = lacking(relation, columns);
      if (added.length > 0) landings.push({ target, columns, added });
    } else if (heldRows(key, state)) gone.add(key);
    else if (columns.length > 0) landings.push({ target, columns });
  }
  return { landings, gone };
}

/** Of a landing table, what was declared after it was made. */
function lacking(relation: RelationInfo, declared: readonly string[]): readonly string[] {
  if (relation.kind !== "table" || !isLandingTable(relation)) return [];
  const present = new Set(relation.columns.map(({ name }) => name.toUpperCase()));
  return declared.filter((name) => !present.has(name.toUpperCase()));
}

function heldRows(key: string, { sources, targets }: State): boolean {
  const read = Object.values(targets).some(({ inputs }) => (inputs[key] ?? emptySource) !== emptySource);
  return read || (sources[key]?.rows ?? 0) > 0;
}

/** @throws ProblemError with a `plan-source-gone` for each that is read by what is built. */
export function refuseGone(gone: ReadonlySet<string>, reads: Reads, building: ReadonlySet<string>): void {
  const missed = [...gone].filter((key) => [...building].some((other) => reads.data(other).has(key)));
  if (missed.length === 0) return;
  throw new ProblemError(
    missed.flatMap((key) => {
      const source = reads.actions.get(key);
      if (!source) return [];
      return {
        code: "plan-source-gone",
        message: `${targetLabel(source.target)} held rows and is gone; what reads it would be published without them.`,
        at: { file: source.fileName },
        hint: "Restore the table. If it is meant to be empty, create it empty.",
      };
    }),
  );
}
