/** Drops relations whose model is gone, those that read others first, and records each. */
import { ProblemError, type Target, targetKey } from "../graph/index.js";
import { type Chain, dropEntry, dropIntentEntry } from "../ledger/index.js";
import { namesRelation, type ViewText, type Warehouse } from "../warehouse/index.js";
import { publishedAs, type Stale } from "./stale.js";

export interface Dropped {
  readonly target: Target;
  /** `gone`: there was nothing left to drop; `forgotten`: an operation, whose output medform did not make. */
  readonly outcome: "dropped" | "gone" | "forgotten";
}

const refuse = (code: string, message: string, hint: string) => new ProblemError({ code, message, hint });

function refuseChanged(stale: readonly Stale[]): void {
  const changed = stale.find((each) => each.changed);
  if (changed === undefined) return;
  throw refuse(
    "clean-changed",
    `${targetKey(changed.target)} is not what was published there: somebody else has changed it since`,
    "Drop it by hand if it is of no use, or give it another name; then clean again.",
  );
}

/** Keys of the views that read each of the relations, whoever made them. */
function readersOf(stale: readonly Stale[], views: readonly ViewText[], { database, engine }: Warehouse) {
  const reading = { database, engine };
  return new Map(
    stale.map(({ target }) => {
      const key = targetKey(target);
      const readers = views
        .filter((view) => targetKey(view.target) !== key && namesRelation(view.text, target, reading))
        .map((view) => targetKey(view.target));
      return [key, readers] as const;
    }),
  );
}

/** Each after those that read it. @throws ProblemError `clean-read` where a view that stays reads one of them. */
function inOrder(stale: readonly Stale[], readers: ReadonlyMap<string, readonly string[]>): readonly Stale[] {
  const byKey = new Map(stale.map((each) => [targetKey(each.target), each]));
  const ordered = new Set<Stale>();
  const seen = new Set<string>();
  const visit = (key: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    const staying = (readers.get(key) ?? []).filter((reader) => !byKey.has(reader));
    if (staying.length > 0) {
      throw refuse(
        "clean-read",
        `${key} is read by ${staying.join(", ")}, which would break`,
        `Drop ${staying.length === 1 ? "that view" : "these views"} as well, or first.`,
      );
    }
    for (const reader of readers.get(key) ?? []) visit(reader);
    const found = byKey.get(key);
    if (found !== undefined) ordered.add(found);
  };
  for (const key of byKey.keys()) visit(key);
  return [...ordered];
}

/**
 * What can be dropped, in an order in which nothing breaks between two. Touches nothing.
 *
 * @throws ProblemError `clean-changed`, `clean-read`.
 */
export async function droppable(stale: readonly Stale[], warehouse: Warehouse): Promise<readonly Stale[]> {
  refuseChanged(stale);
  const views = stale.some(({ there }) => there !== null) ? await warehouse.catalog.views() : [];
  return inOrder(stale, readersOf(stale, views, warehouse));
}

/**
 * Each is dropped and recorded by itself: cut short, what is left is found again, and where a relation is gone already it is the
 * record that is made up for.
 *
 * @throws ProblemError `relation-changed`, and those of the engine.
 */
export async function dropStale(
  stale: readonly Stale[],
  { warehouse, chain }: { readonly warehouse: Warehouse; readonly chain: Chain },
): Promise<readonly Dropped[]> {
  const dropped: Dropped[] = [];
  for (const each of stale) {
    const { target, kind, version, rows } = each;
    const about = () => ({ at: new Date().toISOString(), target, kind, version, rows });
    const published = publishedAs(each);
    await chain.append([dropIntentEntry(about())]);
    const wasThere = await warehouse.publisher.withdraw(target, published);
    const outcome = wasThere ? "dropped" : published === null ? "forgotten" : "gone";
    await chain.append([dropEntry(about(), outcome)]);
    dropped.push({ target, outcome });
  }
  return dropped;
}
