/** What version each declared source is of: by the ledger where medform loaded it, else by a look whether it holds anything. */
import { type Graph, quoteTarget, type Target, targetKey } from "../graph/index.js";
import type { SourceState, State } from "../ledger/index.js";
import { emptySource } from "../plan/index.js";
import { isLandingLog, type RelationInfo, type Session } from "../warehouse/index.js";

/**
 * By key: the last batch, `empty`, or null for a source that holds something and has no batch record. A source that does
 * not exist is left out. At most one query, however many sources.
 */
export async function sourceVersions(
  graph: Graph,
  state: State,
  relations: readonly RelationInfo[],
  session: Session,
): Promise<Readonly<Record<string, string | null>>> {
  const existing = new Set(relations.map(({ target }) => targetKey(target)));
  const versions: Record<string, string | null> = {};
  const unrecorded: Target[] = [];
  for (const { kind, target } of graph.actions) {
    const key = targetKey(target);
    if (kind !== "declaration" || !existing.has(key)) continue;
    const batch = batchOf(target, key, state);
    if (batch !== undefined) versions[key] = batch;
    else unrecorded.push(target);
  }
  const filled = await filledOf(unrecorded, session);
  for (const target of unrecorded) versions[targetKey(target)] = filled.has(target) ? null : emptySource;
  return versions;
}

function batchOf(target: Target, key: string, { sources }: State): string | undefined {
  const own = sources[key];
  if (own !== undefined || !isLandingLog(target)) return own?.batchId;
  return Object.values(sources)
    .filter((source) => source.target.schema === target.schema && source.target.database === target.database)
    .reduce<SourceState | undefined>((last, source) => (last && !later(source, last) ? last : source), undefined)
    ?.batchId;
}

const later = (a: SourceState, b: SourceState) =>
  a.loadedAt > b.loadedAt || (a.loadedAt === b.loadedAt && a.batchId > b.batchId);

async function filledOf(targets: readonly Target[], session: Session): Promise<ReadonlySet<Target>> {
  if (targets.length === 0) return new Set();
  const looks = targets.map((target, i) => `select ${i} as "n" where exists (select 1 from ${quoteTarget(target)})`);
  const rows = await session.rows(looks.join("\nunion all "));
  return new Set(rows.flatMap((row) => targets[Number(row.n)] ?? []));
}
