/**
 * The known defects. Each is a row of its own beside the sound ones, made from a sound row of the same patient and wrong in
 * one thing only; no other row refers to it. The exception is a conflict: an older version before the row that stays.
 */
import type { Chart, Entity } from "./chart.js";
import type { DamageContext } from "./damage.js";
import { type Kind, kinds } from "./kinds.js";
import type { DefectCount } from "./manifest.js";
import type { Random } from "./random.js";
import { type AnyRow, csvLine, type Table } from "./tables.js";

/** A line of a file. */
export interface Line {
  readonly text: string;
  /** The sound row that it is, or that it was made from. */
  readonly of: AnyRow;
  /** Undefined: the sound row itself. */
  readonly defect: string | undefined;
  /** Whether the row is there twice, as a copy or with an older version. */
  readonly isDoubled: boolean;
}

export interface Defects {
  /** The patient's lines by table, defective ones among them. Call it once a patient, in order. */
  lines(random: Random, chart: Chart, index: number): ReadonlyMap<Table, readonly Line[]>;
  /** What was written so far. */
  counts(): readonly DefectCount[];
}

interface Quota {
  readonly kind: Kind;
  /** Share of the rows that it is made from. */
  readonly share: number;
  made: number;
}

/** What one patient's defects add. */
interface Added {
  readonly before: Map<AnyRow, Line>;
  readonly after: Map<Table, Line[]>;
  /** Lines added so far: none is to be the copy of another by accident. */
  readonly seen: Set<string>;
  /** Rows that are copied or in conflict: one row is not both. */
  readonly doubled: Set<AnyRow>;
}

/** A malformed line of either kind comes once for so many other defects. */
const MALFORMED = 20;

/** `rate`: defective rows for each sound one, shared evenly by the kinds that can be made from it; malformed lines beside. */
export function createDefects(rate: number, patients: number): Defects {
  const quotas = (rate > 0 ? kinds : []).map((kind): Quota => {
    const peers = kinds.filter(({ host }) => host === kind.host).length;
    return { kind, share: rate / (kind.outcome === "rejected" ? MALFORMED : peers), made: 0 };
  });
  const sound = new Map<Entity | Table, number>();
  let otherEncounter: string | undefined;

  return {
    lines(random, chart, index) {
      countSound(sound, chart);
      const added: Added = { before: new Map(), after: new Map(), seen: new Set(), doubled: new Set() };
      quotas.forEach((quota, order) => {
        // The first of each kind is not on the first patient, who would be made of defects only.
        if (index < order % patients) return;
        const missing = Math.ceil(quota.share * (sound.get(quota.kind.host) ?? 0)) - quota.made;
        if (missing > 0) quota.made += make(quota.kind, missing, { random, chart, otherEncounter, serial: 0 }, added);
      });
      otherEncounter = chart.of("encounters")[0]?.row.Id ?? otherEncounter;
      return merged(chart, added);
    },
    counts: () =>
      quotas
        .filter(({ made }) => made > 0)
        .map(({ kind: { id, rule, outcome, table, entity }, made }) => ({
          id,
          rule,
          outcome,
          table,
          entity,
          count: made,
        })),
  };
}

function countSound(sound: Map<Entity | Table, number>, chart: Chart): void {
  for (const [table, entries] of chart.entries) {
    sound.set(table, (sound.get(table) ?? 0) + entries.length);
    for (const { entity } of entries) if (entity !== undefined) sound.set(entity, (sound.get(entity) ?? 0) + 1);
  }
}

/** Makes up to `missing` of a kind, each from a row of its own. @returns how many */
function make(kind: Kind, missing: number, context: DamageContext, added: Added): number {
  const isDouble = kind.outcome === "duplicate" || kind.outcome === "superseded";
  const hosts = context.chart
    .of(kind.table)
    .filter(({ entity, flags }) => flags.length === 0 && (kind.host === kind.table || kind.host === entity));
  const from = hosts.length === 0 ? 0 : context.random.int(0, hosts.length - 1);
  let made = 0;
  for (let at = 0; at < hosts.length && made < missing; at += 1) {
    const host = (hosts[(from + at) % hosts.length] as (typeof hosts)[number]).row;
    if (isDouble && added.doubled.has(host)) continue;
    const damaged = kind.make(host, kind.table, { ...context, serial: made });
    if (damaged === undefined) continue;
    const line = "raw" in damaged ? damaged.raw : csvLine(kind.table, damaged.row);
    if (added.seen.has(line)) continue;
    added.seen.add(line);
    if (isDouble) added.doubled.add(host);
    const written = { text: line, of: host, defect: kind.id, isDoubled: isDouble };
    if ("place" in damaged) added.before.set(host, written);
    else if (added.after.has(kind.table)) added.after.get(kind.table)?.push(written);
    else added.after.set(kind.table, [written]);
    made += 1;
  }
  return made;
}

function merged(chart: Chart, { before, after, doubled }: Added): ReadonlyMap<Table, readonly Line[]> {
  const lines = new Map<Table, readonly Line[]>();
  for (const [table, entries] of chart.entries) {
    const list: Line[] = [];
    for (const { row } of entries) {
      const older = before.get(row);
      if (older !== undefined) list.push(older);
      list.push({ text: csvLine(table, row), of: row, defect: undefined, isDoubled: doubled.has(row) });
    }
    list.push(...(after.get(table) ?? []));
    lines.set(table, list);
  }
  return lines;
}
