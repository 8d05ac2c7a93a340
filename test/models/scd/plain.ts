/** What the three types must hold, told without SQL: for each key walk through all that was known at each moment. */
import type { Change } from "./project.js";

export interface Version {
  readonly customer: string;
  readonly city: string | null;
  readonly tier: string;
  readonly from: number;
  readonly to: number | null;
  readonly recordedFrom: number;
  readonly recordedTo: number | null;
}

type Turn = Pick<Version, "city" | "tier" | "from" | "to">;

/** The states of one key in time: of what was said for the same time the last word, and nothing twice in a row. */
function timeline(changes: readonly Change[]): readonly Turn[] {
  const words = new Map<number, Change>();
  for (const change of changes) {
    const before = words.get(change.at);
    if (before === undefined || before.line < change.line) words.set(change.at, change);
  }
  const turns: Change[] = [];
  for (const change of [...words.values()].sort((a, b) => a.at - b.at)) {
    const last = turns.at(-1);
    if (last?.city !== change.city || last.tier !== change.tier) turns.push(change);
  }
  return turns.map(({ city, tier, at }, index) => ({ city, tier, from: at, to: turns[index + 1]?.at ?? null }));
}

const keysOf = (batches: readonly (readonly Change[])[]) => [
  ...new Set(batches.flatMap((batch) => batch.map(({ customer }) => customer))),
];

export function versions(batches: readonly (readonly Change[])[]): readonly Version[] {
  return keysOf(batches).flatMap((customer) => {
    const ended: Version[] = [];
    let standing: Version[] = [];
    for (const moment of batches.keys()) {
      const known = batches.slice(0, moment + 1).flatMap((batch) => batch.filter((each) => each.customer === customer));
      const turns = timeline(known);
      const isSame = (a: Turn, b: Turn) => a.city === b.city && a.tier === b.tier && a.from === b.from && a.to === b.to;
      const gone = standing.filter((version) => !turns.some((turn) => isSame(turn, version)));
      ended.push(...gone.map((version) => ({ ...version, recordedTo: moment })));
      standing = turns.map(
        (turn) =>
          standing.find((version) => isSame(turn, version)) ?? {
            customer,
            ...turn,
            recordedFrom: moment,
            recordedTo: null,
          },
      );
    }
    return [...ended, ...standing];
  });
}

export interface Before {
  readonly customer: string;
  readonly city: string | null;
  readonly since: number;
  readonly previousCity: string | null;
  readonly previousSince: number | null;
}

export function before(batches: readonly (readonly Change[])[]): readonly Before[] {
  return keysOf(batches).map((customer) => {
    const of = batches.flat().filter((each) => each.customer === customer);
    const turns = timeline(of.map((change) => ({ ...change, tier: "" })));
    const [last, previous] = [turns.at(-1), turns.at(-2)];
    return {
      customer,
      city: last?.city ?? null,
      since: last?.from ?? 0,
      previousCity: previous?.city ?? null,
      previousSince: previous?.from ?? null,
    };
  });
}
