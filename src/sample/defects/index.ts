/**
 * The known defects. Each is a row of its own beside the sound ones, made from a sound row of the same patient and wrong in
 * one thing only; no other row refers to it. The exception is a conflict: an older version before the row that stays.
 */
import type { Entity, Entry, Rows } from "../chart.js";
import type { DefectCount } from "../manifest.js";
import type { Person } from "../person.js";
import type { Random } from "../random.js";
import { type AnyRow, csvLine, type Table } from "../tables.js";
import { hospitalKinds } from "./hospital.js";
import type { Kind } from "./kind.js";
import type { DamageContext } from "./makers.js";
import { networkKinds } from "./network.js";
import { malformed, syntheaKinds } from "./synthea.js";

export type { Kind } from "./kind.js";
export { malformed, networkKinds };

/** Of patients' rows. */
export const patientKinds: readonly Kind[] = [...syntheaKinds, ...hospitalKinds];

/** A line of a file. */
export interface Line {
  readonly text: string;
  /** The sound row that it is, or that it was made from. */
  readonly of: AnyRow;
  /** Undefined: the sound row itself. */
  readonly defect: Kind | undefined;
  /** Whether the row is there twice, as a copy or with an older version. */
  readonly isDoubled: boolean;
}

export interface Defects {
  /** The lines by table of a patient, or of nobody, defective ones among them. Call it once for each, in order. */
  lines(random: Random, chart: Rows, person: Person | undefined, index: number): ReadonlyMap<Table, readonly Line[]>;
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

/** Tables of which a row of another patient is named. */
const named: readonly Table[] = ["patients", "encounters", "appointments", "claims", "lab_orders", "imaging_studies"];

/** Whose rows a kind is made from. */
const hostsOf = ({ table, from = table, host }: Kind) => (host === undefined ? from : `${from} ${host}`);

/** `rate`: defective rows for each sound one, shared evenly by the kinds that can be made from it; malformed lines beside. */
export function createDefects(kinds: readonly Kind[], rate: number, patients: number): Defects {
  const peers = new Map<string, number>();
  for (const kind of kinds) {
    if (kind.outcome !== "rejected") peers.set(hostsOf(kind), (peers.get(hostsOf(kind)) ?? 0) + 1);
  }
  const quotas = (rate > 0 ? kinds : []).map((kind): Quota => {
    const among = kind.outcome === "rejected" ? MALFORMED : (peers.get(hostsOf(kind)) ?? 1);
    return { kind, share: rate / among, made: 0 };
  });
  const sound = new Map<string, number>();
  const others = new Map<Table, string>();

  return {
    lines(random, chart, person, index) {
      countSound(sound, chart);
      const added: Added = { before: new Map(), after: new Map(), seen: new Set(), doubled: new Set() };
      quotas.forEach((quota, order) => {
        // The first of each kind is not on the first patient, who would be made of defects only.
        if (index < order % patients) return;
        const missing = Math.ceil(quota.share * (sound.get(hostsOf(quota.kind)) ?? 0)) - quota.made;
        if (missing > 0) quota.made += make(quota.kind, missing, { random, chart, person, others, serial: 0 }, added);
      });
      for (const table of named) {
        const row = chart.of(table)[0]?.row;
        const id = row?.Id ?? row?.ID;
        if (id !== undefined) others.set(table, id);
      }
      return merged(chart, added);
    },
    counts: () => quotas.filter(({ made }) => made > 0).flatMap(({ kind, made }) => countsOf(kind, made)),
  };
}

function countsOf({ id, rule, outcome, table, entity, also = [] }: Kind, count: number): readonly DefectCount[] {
  return [{ id, rule, outcome, table, entity, count }, ...also.map((other) => ({ ...other, outcome, table, count }))];
}

function countSound(sound: Map<string, number>, chart: Rows): void {
  const add = (name: string, count: number) => sound.set(name, (sound.get(name) ?? 0) + count);
  for (const [table, entries] of chart.entries) {
    add(table, entries.length);
    const byEntity = new Map<Entity, number>();
    for (const { entity } of entries) if (entity !== undefined) byEntity.set(entity, (byEntity.get(entity) ?? 0) + 1);
    for (const [entity, count] of byEntity) add(`${table} ${entity}`, count);
  }
}

/** Makes up to `missing` of a kind, each from a row of its own. @returns how many */
function make(kind: Kind, missing: number, context: DamageContext, added: Added): number {
  const { table, from = table } = kind;
  const isDouble = kind.outcome === "duplicate" || kind.outcome === "superseded";
  const hosts = context.chart
    .of(from)
    .filter(({ entity, flags }) => flags.length === 0 && (kind.host === undefined || kind.host === entity));
  const first = hosts.length === 0 ? 0 : context.random.int(0, hosts.length - 1);
  let made = 0;
  for (let at = 0; at < hosts.length && made < missing; at += 1) {
    const host = (hosts[(first + at) % hosts.length] as Entry).row;
    if (isDouble && added.doubled.has(host)) continue;
    const damaged = kind.make(host, from, { ...context, serial: made });
    if (damaged === undefined) continue;
    const line = "raw" in damaged ? damaged.raw : csvLine(table, damaged.row);
    if (added.seen.has(line)) continue;
    added.seen.add(line);
    if (isDouble) added.doubled.add(host);
    const written = { text: line, of: host, defect: kind, isDoubled: isDouble };
    if ("place" in damaged) added.before.set(host, written);
    else if (added.after.has(table)) added.after.get(table)?.push(written);
    else added.after.set(table, [written]);
    made += 1;
  }
  return made;
}

function merged(chart: Rows, { before, after, doubled }: Added): ReadonlyMap<Table, readonly Line[]> {
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
  for (const [table, list] of after) if (!lines.has(table)) lines.set(table, list);
  return lines;
}
