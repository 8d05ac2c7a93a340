/** How a sound row becomes a defective one: wrong in exactly one thing. */
import type { Rows } from "../chart.js";
import type { Person } from "../person.js";
import type { Random } from "../random.js";
import { type AnyRow, columnsOf, csvCell, type Table } from "../tables.js";
import { isoDay, isoInstant, NOW, TODAY } from "../time.js";
import { free, type Shape, shapes } from "./shapes.js";

/** What is known while the defects of one patient, or of a part of the network's rows, are made. */
export interface DamageContext {
  readonly random: Random;
  readonly chart: Rows;
  /** Undefined: rows of the network. */
  readonly person: Person | undefined;
  /** By table, the id of a row of another patient; none before there is any. */
  readonly others: ReadonlyMap<Table, string>;
  /** How many of this kind this patient has so far: makes each differ from the one before. */
  readonly serial: number;
}

export type Damaged =
  /** `before`: stands before the row that it was made from; else after all rows of the patient. */
  { readonly row: AnyRow; readonly place?: "before" } | { readonly raw: string };

/** Undefined: this row does not suit. */
export type Maker = (host: AnyRow, table: Table, context: DamageContext) => Damaged | undefined;

const shapeOf = (table: Table): Shape => {
  const shape = shapes[table];
  if (shape === undefined) throw new Error(`no shape of ${table} is written`);
  return shape;
};

/** Another row of the same kind: with an id of its own where its table has ids. */
function another(host: AnyRow, table: Table, { random }: DamageContext, change: AnyRow): AnyRow {
  const { id, apart } = shapeOf(table);
  return { ...host, ...(id === undefined ? {} : { [id]: random.uuid() }), ...apart?.(random), ...change };
}

/** Rows of events that name their encounter. */
function suits(host: AnyRow, table: Table): boolean {
  const { encounter } = shapeOf(table);
  return encounter === undefined || free.has(table) || (host[encounter] ?? "") !== "";
}

/** Without its encounter and whatever else it belongs to, which would be wrong as well. */
function alone(table: Table): AnyRow {
  const { encounter, parents = [] } = shapeOf(table);
  return Object.fromEntries([...(encounter === undefined ? [] : [encounter]), ...parents].map((name) => [name, ""]));
}

const seconds = (text: string) => Date.parse(text) / 1000;

/** A time so many seconds later, as exact as it was. */
export const later = (text: string | undefined, by: number) => {
  const at = seconds(text ?? "") + by;
  return (text ?? "").length === 10 ? isoDay(Math.floor(at / 86_400)) : isoInstant(at);
};

/** All times of a row moved so that it begins at `target`. Undefined where something would lie after today. */
function timesFrom(host: AnyRow, table: Table, target: number): AnyRow | undefined {
  const { times } = shapeOf(table);
  const first = host[times[0] ?? ""] ?? "";
  if (first === "") return undefined;
  const by = target - seconds(first);
  const change: Record<string, string> = {};
  for (const column of times) {
    const text = host[column] ?? "";
    if (text === "") continue;
    if (seconds(text) + by > NOW) return undefined;
    change[column] = later(text, by);
  }
  return change;
}

const isDayOnly = (host: AnyRow, table: Table) => (host[shapeOf(table).times[0] ?? ""] ?? "").length === 10;

/** Moves all times of a row so that it begins on `day` at an hour of UTC. Undefined where something would lie after today. */
function moved(host: AnyRow, table: Table, day: number, hour: number, context: DamageContext): AnyRow | undefined {
  const target = day * 86_400 + (isDayOnly(host, table) ? 0 : hour * 3600 + context.random.int(0, 1500));
  const change = timesFrom(host, table, target);
  return change === undefined ? undefined : another(host, table, context, { ...alone(table), ...change });
}

const badDates = ["unknown", "", "2021-02-30", "31/12/2020 09:00", "2021-02-30T09:00:00Z"] as const;

const row = (changed: AnyRow | undefined): Damaged | undefined =>
  changed === undefined ? undefined : { row: changed };

/** What differs from the sound row; undefined: it does not suit. */
export type Told = (host: AnyRow, context: DamageContext) => AnyRow | undefined;
export type Change = AnyRow | Told;

const changeOf = (change: Change, host: AnyRow, context: DamageContext) =>
  typeof change === "function" ? change(host, context) : change;

/** Another row that says something else. */
export const but =
  (change: Change): Maker =>
  (host, table, context) => {
    const changed = changeOf(change, host, context);
    return changed === undefined || !suits(host, table) ? undefined : row(another(host, table, context, changed));
  };

/** The same of nobody's visit. */
export const butAlone =
  (change: Change): Maker =>
  (host, table, context) => {
    const changed = changeOf(change, host, context);
    return changed === undefined ? undefined : row(another(host, table, context, { ...alone(table), ...changed }));
  };

/** The same row as it was told before, in another word. */
export const before =
  (change: Change): Maker =>
  (host, table, context) => {
    const { id } = shapeOf(table);
    const versions = context.chart.of(table).filter((entry) => id !== undefined && entry.row[id] === host[id]);
    const changed = changeOf(change, host, context);
    return versions.length > 1 || changed === undefined ? undefined : { row: { ...host, ...changed }, place: "before" };
  };

/** A name of somebody or something that nobody knows. */
export const unknown =
  (column: string): Told =>
  (_host, { random }) => ({ [column]: random.uuid() });

/** One of another patient. */
export const others =
  (column: string, table: Table): Told =>
  (_host, context) => {
    const other = context.others.get(table);
    return other === undefined ? undefined : { [column]: other };
  };

/** `column` is some seconds after `from`, or before it; undefined where either is empty. */
export const after =
  (column: string, from: string, by: number): Told =>
  (host) =>
    (host[from] ?? "") === "" || (host[column] ?? "") === "" ? undefined : { [column]: later(host[from], by) };

/** Begins a second beside the row that it is made from, so that the two are not one event told twice; within its encounter. */
function beside(host: AnyRow, column: string, { chart }: DamageContext): number {
  const former = seconds(host[column] ?? "");
  const isAtDischarge = chart.of("encounters").some((visit) => visit.row.STOP === host[column]);
  return isAtDischarge ? former - 1 : former + 1;
}

/** A measured value told a second beside the sound one. */
export const measured = (change: AnyRow): Maker =>
  but((host, context) =>
    host.TYPE === "numeric" && !(host.VALUE ?? "").startsWith("<")
      ? { DATE: isoInstant(beside(host, "DATE", context)), ...change }
      : undefined,
  );

export const makers = {
  orphanPatient: (host, table, context) =>
    suits(host, table)
      ? row(another(host, table, context, { [shapeOf(table).patient]: context.random.uuid(), ...alone(table) }))
      : undefined,

  /** The first on the eve of birth at night, when it is the day of birth in UTC already; the next days before. */
  beforeBirth: (host, table, context) => {
    if (context.person === undefined || !suits(host, table)) return undefined;
    const day = context.person.birthDay - 1 - context.serial;
    return row(isDayOnly(host, table) ? moved(host, table, day, 0, context) : moved(host, table, day + 1, 2, context));
  },

  /** The first on the day after death, before dawn; the next days later. */
  afterDeath: (host, table, context) => {
    const deathDay = context.person?.deathDay;
    if (deathDay === undefined || !suits(host, table)) return undefined;
    const day = deathDay + 1 + context.serial;
    return day < TODAY ? row(moved(host, table, day, 9, context)) : undefined;
  },

  /** A day and more after the end of its encounter. */
  outsideEncounter: (host, table, context) => {
    const visit = context.chart.of("encounters").find((entry) => entry.row.Id === host[shapeOf(table).encounter ?? ""]);
    const stop = visit?.row.STOP ?? "";
    if (stop === "" || context.person?.deathDay !== undefined) return undefined;
    const change = timesFrom(host, table, seconds(stop) + (context.serial + 2) * 86_400);
    return row(change === undefined ? undefined : another(host, table, context, change));
  },

  badDate: (host, table, context) => {
    const { times, timedBy = times.slice(0, 1) } = shapeOf(table);
    if (timedBy.length === 0 || !suits(host, table)) return undefined;
    const bad = badDates[context.random.int(0, badDates.length - 1)];
    return row(another(host, table, context, Object.fromEntries(timedBy.map((column) => [column, bad]))));
  },

  otherPatient: (host, table, context) => {
    const other = context.others.get("encounters");
    const { encounter } = shapeOf(table);
    return other !== undefined && encounter !== undefined && suits(host, table)
      ? row(another(host, table, context, { [encounter]: other }))
      : undefined;
  },

  orphanEncounter: (host, table, context) => {
    const { encounter } = shapeOf(table);
    return encounter !== undefined && suits(host, table)
      ? row(another(host, table, context, { [encounter]: context.random.uuid() }))
      : undefined;
  },

  exactDuplicate: (host) => ({ row: host }),

  noId: (host, table) => {
    const { id } = shapeOf(table);
    return id === undefined ? undefined : { row: { ...host, [id]: "" } };
  },

  unknownStatus: butAlone({ STATUS: "waitlist" }),

  /** Names nobody, or somebody who is not known. */
  noProvider: butAlone((_host, { random }) => ({ PROVIDER: random.chance(0.5) ? "" : random.uuid() })),

  endBeforeStart: but((host, { random }) => ({
    STOP: isoInstant(seconds(host.START ?? "") - random.int(600, 3 * 86_400)),
  })),

  stopBeforeStart: but((host, context) => {
    const start = beside(host, "START", context);
    const stop = start - context.random.int(86_400, 10 * 86_400);
    return { START: isoInstant(start), STOP: isoInstant(stop) };
  }),

  encounterConflict: (host) => ({
    row: { ...host, TOTAL_CLAIM_COST: (Number(host.TOTAL_CLAIM_COST) + 10.5).toFixed(2) },
    place: "before",
  }),

  /** As it was when it was booked. */
  appointmentConflict: (host) =>
    host.STATUS === "scheduled" || (host.UPDATED_AT ?? "") <= (host.BOOKED_AT ?? "")
      ? undefined
      : {
          row: {
            ...host,
            STATUS: "scheduled",
            CHECKED_IN_AT: "",
            STARTED_AT: "",
            ENDED_AT: "",
            ENCOUNTER: "",
            UPDATED_AT: host.BOOKED_AT,
          },
          place: "before",
        },

  /** The same person registered again, with another address and nothing else. */
  duplicatePatient: but((_host, { random }) => ({
    ADDRESS: `${random.int(1, 999)} Second Street`,
    HEALTHCARE_EXPENSES: "0.00",
    HEALTHCARE_COVERAGE: "0.00",
  })),

  /** Cut off, or with a field too many. */
  wrongFieldCount: (host, table, { random }) => {
    const cells = columnsOf(table).map((column) => csvCell(host[column] ?? ""));
    return { raw: random.chance(0.5) ? cells.slice(0, -3).join(",") : [...cells, "surplus"].join(",") };
  },

  /** The last field opens a quote that nothing closes. */
  unclosedQuote: (host, table) => {
    const cells = columnsOf(table).map((column) => csvCell(host[column] ?? ""));
    const last = host[columnsOf(table).at(-1) ?? ""] ?? "";
    return { raw: [...cells.slice(0, -1), `"${last === "" ? "cut off" : last}`].join(",") };
  },
} as const satisfies Readonly<Record<string, Maker>>;
