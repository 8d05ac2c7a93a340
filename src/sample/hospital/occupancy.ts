/**
 * Who lies where and what is in use: a bed holds one patient a day, a piece of equipment one at a time. Patients are written one
 * after the other, so that what is taken is remembered: a bit for each bed and day, a byte for each quarter of an hour of
 * each piece of equipment.
 */

import type { Row } from "../tables.js";
import { isoDay, isoInstant, localDay, localInstant, TODAY } from "../time.js";
import type { Visit } from "../visit.js";
import { type Care, DAY, endOf, isInpatient, WINDOW } from "./care.js";
import { dischargedTo } from "./discharge.js";
import type { Bed, Equipment, Resources } from "./resources.js";

/** Days that are remembered: the sample's ten years and a month. */
const SPAN = 3700;
const QUARTER = 15 * 60;

interface Occupant {
  readonly patient: string;
  readonly encounter: string;
}

export class Occupancy {
  readonly #taken: Uint8Array;
  /** Quarters of an hour, by piece of equipment and day. */
  readonly #used: Uint8Array;
  readonly #inUse: Uint8Array;
  /** Of the last days only, by bed and day. */
  readonly #occupants = new Map<number, Occupant>();

  constructor({ bedCount, equipmentCount }: Resources) {
    this.#taken = new Uint8Array(Math.ceil((bedCount * SPAN) / 8));
    this.#used = new Uint8Array(equipmentCount * WINDOW);
    this.#inUse = new Uint8Array(equipmentCount * WINDOW * 96);
  }

  /** The first of the beds that is free on all these days; undefined where none is. It is taken from then on. */
  take(beds: readonly Bed[], from: number, to: number): Bed | undefined {
    const bed = beds.find(({ index }) => this.#isFree(index, from, to));
    if (bed === undefined) return undefined;
    for (let day = from; day <= to; day += 1) {
      const bit = this.#bit(bed.index, day);
      this.#taken[bit >>> 3] = (this.#taken[bit >>> 3] as number) | (1 << (bit & 7));
    }
    return bed;
  }

  /** Who lies in a bed at midnight of a day's end. */
  occupy(bed: Bed, day: number, occupant: Occupant): void {
    if (day > TODAY - WINDOW) this.#occupants.set(bed.index * SPAN + (TODAY - day), occupant);
  }

  occupant(bed: Bed, day: number): Occupant | undefined {
    return this.#occupants.get(bed.index * SPAN + (TODAY - day));
  }

  /**
   * The first of a list that is free on a day between two quarters of an hour (both included, from 0 to 95) and may be used so
   * long; undefined where none is. It is taken from then on.
   */
  use(list: readonly Equipment[], day: number, from: number, to: number): Equipment | undefined {
    if (day > TODAY || day <= TODAY - WINDOW) return undefined;
    const slotOf = ({ index }: Equipment) => index * WINDOW + (TODAY - day);
    const quarters = to - from + 1;
    const item = list.find((one) => {
      const slot = slotOf(one);
      if (((this.#used[slot] as number) + quarters) * 15 > one.dailyMinutes) return false;
      return !this.#inUse.subarray(slot * 96 + from, slot * 96 + to + 1).includes(1);
    });
    if (item === undefined) return undefined;
    const slot = slotOf(item);
    this.#used[slot] = (this.#used[slot] as number) + quarters;
    this.#inUse.fill(1, slot * 96 + from, slot * 96 + to + 1);
    return item;
  }

  #bit(bed: number, day: number): number {
    return bed * SPAN + Math.max(0, SPAN - 1 - (TODAY - day));
  }

  #isFree(bed: number, from: number, to: number): boolean {
    for (let day = from; day <= to; day += 1) {
      const bit = this.#bit(bed, day);
      if (((this.#taken[bit >>> 3] as number) >>> (bit & 7)) & 1) return false;
    }
    return true;
  }
}

/** Where the patient lay in each stay: some first in intensive care. @returns the bed at the end of each stay */
export function locate(care: Care): ReadonlyMap<Visit, Bed> {
  const beds = new Map<Visit, Bed>();
  for (const visit of (care.course?.visits ?? []).filter(isInpatient)) {
    const { random, resources } = care;
    const all = resources.unitOf(visit.facility).beds;
    const wards = all.filter(({ kind }) => kind === "ward");
    const end = endOf(visit);
    const isSevere = random.chance(0.15) && end - visit.start > 2 * DAY;
    const move = visit.start + Math.floor((end - visit.start) * 0.4);
    if (isSevere)
      lie(
        care,
        visit,
        all.filter(({ kind }) => kind === "icu"),
        visit.start,
        move,
      );
    const bed = lie(care, visit, wards, isSevere ? move : visit.start, visit.stop, dischargedTo(care, visit));
    if (bed !== undefined) beds.set(visit, bed);
  }
  return beds;
}

function lie(
  care: Care,
  visit: Visit,
  beds: readonly Bed[],
  start: number,
  stop: number | undefined,
  disposition = "",
): Bed | undefined {
  const { chart, occupancy, random } = care;
  const [from, to] = [localDay(start), stop === undefined ? TODAY : localDay(stop)];
  const bed = occupancy.take(beds, from, to);
  const place = { patient: chart.person.id, encounter: visit.id };
  // At the midnight that ends the last day the bed is free again, or the patient has moved.
  const last = stop === undefined ? TODAY : to - 1;
  if (bed !== undefined) for (let day = from; day <= last; day += 1) occupancy.occupy(bed, day, place);
  chart.add("encounter_locations", {
    ID: random.uuid(),
    PATIENT: place.patient,
    ENCOUNTER: place.encounter,
    // Where all are taken, somebody lies in the corridor for a while.
    BED: bed?.id ?? "",
    DEPARTMENT: `${visit.facility.id}:${visit.kind.class}`,
    START: isoInstant(start),
    STOP: stop === undefined ? "" : isoInstant(stop),
    DISPOSITION: disposition,
  });
  return bed;
}

const usages: readonly (readonly [Equipment["kind"], number, readonly [number, number]])[] = [
  ["infusion_pump", 0.6, [240, 900]],
  ["ventilator", 0.06, [300, 1200]],
  ["mri", 0.1, [30, 60]],
  ["ultrasound", 0.3, [15, 40]],
];

/** What was used during visits of the last days: within the visit, one patient after the other. */
export function useEquipment(care: Care): void {
  for (const visit of care.course?.visits ?? []) {
    const { random } = care;
    if (endOf(visit) < localInstant(TODAY - WINDOW, 0)) continue;
    if (isInpatient(visit)) {
      for (let day = visit.startDay; day <= (visit.stopDay ?? TODAY); day += 1) {
        for (const [kind, share, minutes] of usages) {
          if (random.chance(share)) use(care, visit, kind, day, random.int(...minutes));
        }
      }
    } else if (visit.kind.class === "emergency" && random.chance(0.4)) {
      use(care, visit, "ct", visit.startDay, random.int(15, 30));
    } else if (visit.kind.class === "outpatient" && random.chance(0.3)) {
      use(care, visit, "ultrasound", visit.startDay, random.int(10, 20));
    }
  }
}

function use(care: Care, visit: Visit, kind: Equipment["kind"], day: number, minutes: number): void {
  const midnight = localInstant(day, 0);
  const earliest = Math.ceil((Math.max(visit.start, midnight) - midnight) / QUARTER);
  const latest = Math.floor((Math.min(endOf(visit), midnight + DAY) - midnight) / QUARTER);
  const from = earliest + Math.floor((latest - earliest) * care.random.float() * 0.5);
  const to = from + Math.ceil(minutes / 15) - 1;
  if (from < 0 || to >= Math.min(latest, 96)) return;
  const list = care.resources.unitOf(visit.facility).equipment.filter((item) => item.kind === kind);
  const item = care.occupancy.use(list, day, from, to);
  if (item === undefined) return;
  const start = midnight + from * QUARTER;
  care.chart.add("equipment_usage", {
    ID: care.random.uuid(),
    EQUIPMENT: item.id,
    PATIENT: care.chart.person.id,
    ENCOUNTER: visit.id,
    START: isoInstant(start),
    STOP: isoInstant(start + minutes * 60),
  });
}

/** Each bed on each of the last days but today, whose end is not yet. */
export function* bedDays({ units }: Resources, occupancy: Occupancy): Iterable<Row<"bed_days">> {
  for (const { beds } of units) {
    for (const bed of beds) {
      for (let day = TODAY - WINDOW + 1; day < TODAY; day += 1) {
        const occupant = occupancy.occupant(bed, day);
        // Each bed is out of use for two days in some forty, where nobody lies in it.
        const isBlocked = occupant === undefined && (bed.index * 7 + day) % 41 < 2;
        yield {
          BED: bed.id,
          DATE: isoDay(day),
          STATUS: occupant !== undefined ? "occupied" : isBlocked ? "blocked" : "free",
          PATIENT: occupant?.patient ?? "",
          ENCOUNTER: occupant?.encounter ?? "",
        };
      }
    }
  }
}
