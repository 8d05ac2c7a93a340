/** What became of source rows, as relations tagged `medform:dispositions` tell it: the framework itself knows no routes. */
import { type Graph, ProblemError, quoteTarget, targetKey, targetLabel } from "../graph/index.js";
import type { Warehouse } from "../warehouse/index.js";
import type { Dispositions, Notice } from "./events.js";

export const dispositionsTag = "medform:dispositions";

/** At most one event; a relation that cannot be read is a notice, never the failure of a run. */
export async function dispositions(graph: Graph, warehouse: Warehouse): Promise<readonly (Dispositions | Notice)[]> {
  const tagged = graph.actions.filter(
    ({ kind, tags }) => kind !== "assertion" && kind !== "declaration" && tags.includes(dispositionsTag),
  );
  if (tagged.length === 0) return [];
  const existing = new Set((await warehouse.catalog.relations()).map(({ target }) => targetKey(target)));
  const rows: Dispositions["rows"][number][] = [];
  await using session = await warehouse.session();
  for (const { target, fileName } of tagged) {
    if (!existing.has(targetKey(target))) continue;
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
