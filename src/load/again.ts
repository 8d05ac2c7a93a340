/** Of what a delivery brings: which content its table has already, and which it had before another one and has again. */
import type { LoadedFile } from "../warehouse/index.js";
import type { Prepared } from "./prepare.js";

/** A content of a table, known to have been delivered at an instant. */
export type Delivery = Pick<LoadedFile, "source" | "table" | "contentHash" | "deliveredAt"> &
  Partial<Pick<LoadedFile, "landed">>;

/** What landed again is known by its hash and the instant of its delivery. */
const contentOf = (known: string) => known.split("@", 1)[0] ?? known;
const back = ({ hash, deliveredAt }: Prepared) => `${hash}@${deliveredAt}`;

/**
 * Of what is there already, what somebody says was delivered at a time that is not known of it: a snapshot may well be what it
 * was before. When a file was last written says nothing of that.
 */
export function deliveredAgain(files: readonly Prepared[], known: readonly Delivery[]): readonly Prepared[] {
  const subject = (table: string, hash: string) => `${table}:${contentOf(hash)}`;
  const at = (table: string, hash: string, deliveredAt: string) => `${subject(table, hash)}:${Date.parse(deliveredAt)}`;
  const contents = new Set(known.map(({ table, contentHash }) => subject(table, contentHash)));
  const deliveries = new Set(known.map((one) => at(one.table, one.contentHash, one.deliveredAt)));
  return files.filter(({ target, hash, deliveredAt, isDated }) => {
    const delivery = at(target.name, hash, deliveredAt);
    const isAgain = isDated && contents.has(subject(target.name, hash)) && !deliveries.has(delivery);
    contents.add(subject(target.name, hash));
    deliveries.add(delivery);
    return isAgain;
  });
}

/**
 * Of these, where its source has delivered other rows of the table since: what it says was overtaken, and is so again. It is
 * known by the instant of this delivery too, and lands. What lies in a stage of the engine's is not read a second time.
 */
export function cameBack(
  again: readonly Prepared[],
  files: readonly Prepared[],
  known: readonly Delivery[],
  source: string,
): ReadonlyMap<Prepared, Prepared> {
  const here = files.map(
    ({ target, hash, deliveredAt }): Delivery => ({ source, table: target.name, contentHash: hash, deliveredAt }),
  );
  // A file without rows overtakes nothing: what it leaves out is absent, and is what it was.
  const empty = new Set(known.flatMap(({ landed, contentHash }) => (landed === 0 ? [contentHash] : [])));
  const deliveries = [...known, ...here].filter((one) => one.source === source && !empty.has(one.contentHash));
  const isBack = ({ target, hash, deliveredAt, staged }: Prepared) => {
    if (staged !== undefined) return false;
    const before = deliveries.filter(
      (one) => one.table === target.name && Date.parse(one.deliveredAt) < Date.parse(deliveredAt),
    );
    const isSame = ({ contentHash }: Delivery) => contentOf(contentHash) === hash;
    const last = Math.max(...before.filter(isSame).map((one) => Date.parse(one.deliveredAt)));
    return Number.isFinite(last) && before.some((one) => !isSame(one) && Date.parse(one.deliveredAt) > last);
  };
  return new Map(again.filter(isBack).map((file) => [file, { ...file, knownAs: back(file) }]));
}
