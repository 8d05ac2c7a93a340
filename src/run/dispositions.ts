/** What became of source rows, as relations tagged `medform:dispositions` tell it: the framework itself knows no routes. */
import { type Action, type Graph, ProblemError, quoteTarget, targetKey, targetLabel } from "../graph/index.js";
import type { State } from "../ledger/index.js";
import type { Warehouse } from "../warehouse/index.js";
import { isRelation } from "./context.js";
import type { Dispositions, Notice } from "./events.js";

export const dispositionsTag = "medform:dispositions";

/** At most one event, of what was ever published; a relation that cannot be read is a notice, never the failure of a run. */
export async function dispositions(
  { actions }: Graph,
  { targets }: Pick<State, "targets">,
  warehouse: Warehouse,
): Promise<readonly (Dispositions | Notice)[]> {
  const holdsRows = (action: Action) => isRelation(action) || (action.kind === "operation" && action.hasOutput);
  const tagged = actions.filter(
    (action) => holdsRows(action) && action.tags.includes(dispositionsTag) && targets[targetKey(action.target)],
  );
  if (tagged.length === 0) return [];
  const rows: Dispositions["rows"][number][] = [];
  await using session = await warehouse.session();
  for (const { target, fileName } of tagged) {
    try {
      const counted = await session.rows(
        `select route as "route", disposition as "disposition", rule as "rule", sum(row_count) as "count" from ${quoteTarget(target)} group by 1, 2, 3 order by 1, 2, 3`,
      );
      for (const row of counted)
        rows.push({
          route: String(row.route),
          disposition: String(row.disposition),
          rule: row.rule === null || row.rule === undefined ? null : String(row.rule),
          count: Number(row.count),
        });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const message = `${targetLabel(target)} is tagged ${dispositionsTag}, but cannot be read as such: ${error.message}`;
      const hint = "It needs the columns route, disposition, rule and row_count.";
      return [{ kind: "notice", problem: { code: "dispositions", message, at: { file: fileName }, hint } }];
    }
  }
  return rows.length === 0 ? [] : [{ kind: "dispositions", rows }];
}
