/** How a sound row becomes a defective one: wrong in exactly one thing. */
import type { Chart } from "./chart.js";
import type { Random } from "./random.js";
import { type AnyRow, columnsOf, csvCell, type Table } from "./tables.js";
import { isoDay, isoInstant, NOW, TODAY } from "./time.js";

/** What is known while one patient's defects are made. */
export interface DamageContext {
  readonly random: Random;
  readonly chart: Chart;
  /** An encounter of another patient; undefined before there is any. */
  readonly otherEncounter: string | undefined;
  /** How many of this kind this patient has so far: makes each differ from the one before. */
  readonly serial: number;
}

export type Damaged =
  /** `before`: stands before the row that it was made from; else after all rows of the patient. */
  { readonly row: AnyRow; readonly place?: "before" } | { readonly raw: string };

/** Undefined: this row does not suit. */
export type Maker = (host: AnyRow, table: Table, context: DamageContext) => Damaged | undefined;

/** Columns that hold times; the first is when the event was or began. */
const times: Partial<Record<Table, readonly string[]>> = {
  encounters: ["START", "STOP"],
  conditions: ["START", "STOP"],
  procedures: ["START", "STOP"],
  medications: ["START", "STOP"],
  allergies: ["START", "STOP"],
  observations: ["DATE"],
  appointments: [
    "SCHEDULED_START",
    "SCHEDULED_END",
    "BOOKED_AT",
    "CHECKED_IN_AT",
    "STARTED_AT",
    "ENDED_AT",
    "UPDATED_AT",
  ],
};

/** The same event as another one: with an id of its own where its table has ids. */
function another(host: AnyRow, { random }: DamageContext, change: AnyRow): AnyRow {
  return { ...host, ...(host.Id === undefined ? {} : { Id: random.uuid() }), ...change };
}

/** Rows of events that name their encounter; encounters and appointments have a life of their own. */
const suits = (host: AnyRow, table: Table) =>
  table === "encounters" || table === "appointments" || (host.ENCOUNTER ?? "") !== "";

/** Without its encounter, which would be wrong as well. */
const alone = (table: Table): AnyRow => (table === "encounters" ? {} : { ENCOUNTER: "" });

const seconds = (text: string) => Date.parse(text) / 1000;

/** Moves all times of a row so that it begins on `day` at an hour of UTC. Undefined where something would lie after today. */
function moved(host: AnyRow, table: Table, day: number, hour: number, context: DamageContext): AnyRow | undefined {
  const columns = times[table] ?? [];
  const first = host[columns[0] ?? ""] ?? "";
  const isDay = first.length === 10;
  const target = day * 86_400 + (isDay ? 0 : hour * 3600 + context.random.int(0, 1500));
  const by = target - seconds(first);
  const change: Record<string, string> = {};
  for (const column of columns) {
    const text = host[column] ?? "";
    if (text === "") continue;
    const at = seconds(text) + by;
    if (at > NOW) return undefined;
    change[column] = isDay ? isoDay(at / 86_400) : isoInstant(at);
  }
  return another(host, context, { ...alone(table), ...change });
}

const badDates = ["unknown", "", "2021-02-30", "31/12/2020 09:00", "2021-02-30T09:00:00Z"] as const;

const row = (changed: AnyRow | undefined): Damaged | undefined =>
  changed === undefined ? undefined : { row: changed };

export const makers = {
  orphanPatient: (host, table, context) =>
    suits(host, table) ? row(another(host, context, { PATIENT: context.random.uuid(), ...alone(table) })) : undefined,

  /** The first on the eve of birth at night, when it is the day of birth in UTC already; the next days before. */
  beforeBirth: (host, table, context) => {
    if (!suits(host, table)) return undefined;
    const day = context.chart.person.birthDay - 1 - context.serial;
    const isDay = (host[times[table]?.[0] ?? ""] ?? "").length === 10;
    return row(isDay ? moved(host, table, day, 0, context) : moved(host, table, day + 1, 2, context));
  },

  /** The first on the day after death, before dawn; the next days later. */
  afterDeath: (host, table, context) => {
    const { deathDay } = context.chart.person;
    if (deathDay === undefined || !suits(host, table)) return undefined;
    const day = deathDay + 1 + context.serial;
    return day < TODAY ? row(moved(host, table, day, 9, context)) : undefined;
  },

  badDate: (host, table, context) => {
    const column = times[table]?.[0];
    if (column === undefined || !suits(host, table)) return undefined;
    return row(another(host, context, { [column]: badDates[context.random.int(0, badDates.length - 1)] }));
  },

  otherPatient: (host, table, context) =>
    context.otherEncounter !== undefined && suits(host, table)
      ? row(another(host, context, { ENCOUNTER: context.otherEncounter }))
      : undefined,

  orphanEncounter: (host, table, context) =>
    suits(host, table) ? row(another(host, context, { ENCOUNTER: context.random.uuid() })) : undefined,

  exactDuplicate: (host) => ({ row: host }),

  unknownClass: (host, _table, context) => row(another(host, context, { ENCOUNTERCLASS: "daycare" })),

  unknownStatus: (host, _table, context) => row(another(host, context, { STATUS: "waitlist", ENCOUNTER: "" })),

  /** Names nobody, or somebody who is not known. */
  noProvider: (host, _table, context) =>
    row(another(host, context, { PROVIDER: context.random.chance(0.5) ? "" : context.random.uuid(), ENCOUNTER: "" })),

  endBeforeStart: (host, _table, context) => {
    const start = seconds(host.START ?? "");
    return row(another(host, context, { STOP: isoInstant(start - context.random.int(600, 3 * 86_400)) }));
  },

  /** Begins a second beside the row that it is made from, so that the two are not one event told twice; within its encounter. */
  stopBeforeStart: (host, table, context) => {
    if (!suits(host, table)) return undefined;
    const former = seconds(host.START ?? "");
    const isAtDischarge = context.chart.of("encounters").some((visit) => (visit.row as AnyRow).STOP === host.START);
    const start = isAtDischarge ? former - 1 : former + 1;
    const stop = start - context.random.int(86_400, 10 * 86_400);
    return row(another(host, context, { START: isoInstant(start), STOP: isoInstant(stop) }));
  },

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
  duplicatePatient: (host, _table, context) =>
    row(
      another(host, context, {
        ADDRESS: `${context.random.int(1, 999)} Second Street`,
        HEALTHCARE_EXPENSES: "0.00",
        HEALTHCARE_COVERAGE: "0.00",
      }),
    ),

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
