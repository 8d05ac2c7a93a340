/** At the bedside: what monitors measured and what was given. */
import * as measures from "../codes/measures.js";
import type { Medication } from "../codes/problems.js";
import { isoInstant, localInstant, NOW, TODAY } from "../time.js";
import type { Visit } from "../visit.js";
import { type Care, DAY, endOf, HOUR, isInpatient } from "./care.js";
import type { Bed } from "./resources.js";

/** Days before today from which values of monitors are kept. */
const KEPT = 365;

/** The monitor of a bed counts on for ever: one count for each value of each minute since 2010. */
const COUNTED_SINCE = 1_262_304_000;

/** Every four hours of the first two days of a stay. */
export function monitor({ chart, random }: Care, visit: Visit, bed: Bed | undefined): void {
  if (bed === undefined || visit.startDay < TODAY - KEPT) return;
  const end = Math.min(endOf(visit), visit.start + 2 * DAY);
  for (let at = visit.start + HOUR; at < end; at += 4 * HOUR) {
    measures.vitals.forEach((of, position) => {
      const count = Math.floor((at - COUNTED_SINCE) / 60) * measures.vitals.length + position;
      chart.add("device_vitals", {
        DEVICE: `${bed.id}-MON`,
        SEQUENCE: String(count),
        PATIENT: chart.person.id,
        ENCOUNTER: visit.id,
        MEASURED_AT: isoInstant(at),
        CODE: of.code,
        DESCRIPTION: of.name,
        VALUE: random.around(of.mean, of.deviation).toFixed(0),
        UNITS: of.units[0].unit,
        TYPE: "numeric",
      });
    });
  }
}

interface Dose {
  readonly dose: number;
  readonly unit: string;
  readonly route: string;
}

/** Strength and route, as the drug's name says them. */
function doseOf({ name }: Medication): Dose {
  const route = /inject|syringe/i.test(name) ? "subcutaneous" : /inhaler|inhalation/i.test(name) ? "inhaled" : "oral";
  const strength = /(\d+(?:\.\d+)?) (MG|UNT)/.exec(name);
  return { dose: Number(strength?.[1] ?? 1), unit: strength?.[2] === "UNT" ? "[U]" : "mg", route };
}

/** Morning and evening of the first days of a stay. */
export function administer({ chart, random, resources }: Care, visit: Visit): void {
  const drugs = visit.reason?.medications ?? [];
  const { nurses } = resources.unitOf(visit.facility);
  const last = Math.min(visit.startDay + 5, visit.stopDay ?? TODAY);
  for (let day = visit.startDay; day <= last; day += 1) {
    for (const hour of [8, 20]) {
      const scheduled = localInstant(day, hour * 60);
      if (scheduled < visit.start || scheduled + HOUR > Math.min(endOf(visit), NOW)) continue;
      for (const drug of drugs) {
        const { dose, unit, route } = doseOf(drug);
        const status = random.weighted([
          [93, "given"],
          [3, "refused"],
          [2, "held"],
          [2, "missed"],
        ]);
        const isGiven = status === "given";
        chart.add("medication_administrations", {
          ID: random.uuid(),
          PATIENT: chart.person.id,
          ENCOUNTER: visit.id,
          CODE: drug.code,
          DESCRIPTION: drug.name,
          DOSE: String(dose),
          UNIT: unit,
          ROUTE: route,
          SCHEDULED_AT: isoInstant(scheduled),
          ADMINISTERED_AT: isGiven ? isoInstant(Math.max(visit.start, scheduled + random.int(-20, 45) * 60)) : "",
          STATUS: status,
          STAFF: status === "missed" ? "" : random.pick(nurses).id,
        });
      }
    }
  }
}

export const bedside = (care: Care, beds: ReadonlyMap<Visit, Bed>): void => {
  for (const visit of (care.course?.visits ?? []).filter(isInpatient)) {
    monitor(care, visit, beds.get(visit));
    administer(care, visit);
  }
};
