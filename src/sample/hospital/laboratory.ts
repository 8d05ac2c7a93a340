/**
 * The laboratory's own records: an order of a panel, and its results with reference ranges and flags. They are other blood than
 * that of the observations. A correction is a later version of a result, with its id.
 */

import type { Measure } from "../codes/measures.js";
import * as measures from "../codes/measures.js";
import type { Random } from "../random.js";
import type { Row } from "../tables.js";
import { isoInstant, localDay, NOW } from "../time.js";
import type { Visit } from "../visit.js";
import { type Care, DAY, endOf, HOUR, isInpatient } from "./care.js";

const MINUTE = 60;

/** Bounds in the measure's first unit: a reference range, and beyond which a value is critical. */
interface Bounds {
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly criticalLow?: number;
  readonly criticalHigh?: number;
}

/** By LOINC code, as laboratories print them for adults. */
const bounds: Readonly<Record<string, Bounds>> = {
  "2339-0": { low: 70, high: 99, criticalLow: 45, criticalHigh: 450 },
  "6299-2": { low: 7, high: 20 },
  "38483-4": { low: 0.6, high: 1.3 },
  "2947-0": { low: 135, high: 145, criticalLow: 120, criticalHigh: 160 },
  "6298-4": { low: 3.5, high: 5.1, criticalLow: 2.8, criticalHigh: 6.2 },
  "2093-3": { low: undefined, high: 200 },
  "2571-8": { low: undefined, high: 150 },
  "2085-9": { low: 40, high: undefined },
  "6690-2": { low: 4, high: 11, criticalLow: 1.5, criticalHigh: 40 },
  "718-7": { low: 12, high: 17, criticalLow: 6.5, criticalHigh: 21 },
  "777-3": { low: 150, high: 400, criticalLow: 30, criticalHigh: 1000 },
  "4548-4": { low: 4, high: 5.6 },
};

interface Panel {
  readonly code: string;
  readonly name: string;
  readonly measures: readonly Measure[];
}

const panels = {
  metabolic: {
    code: "51990-0",
    name: "Basic metabolic panel - Blood",
    measures: measures.metabolic,
  },
  blood: {
    code: "58410-2",
    name: "CBC panel - Blood by Automated count",
    measures: measures.bloodCount,
  },
  lipids: {
    code: "24331-1",
    name: "Lipid 1996 panel - Serum or Plasma",
    measures: measures.lipids,
  },
  hba1c: { code: "4548-4", name: measures.hba1c.name, measures: [measures.hba1c] },
} as const satisfies Readonly<Record<string, Panel>>;

/** Some visits have orders; a stay has one each other day. */
export function orderLabs(care: Care): void {
  const { course, random } = care;
  for (const visit of course?.visits ?? []) {
    if (isInpatient(visit)) {
      let number = 0;
      for (let at = visit.start + HOUR; at < endOf(visit) - 2 * HOUR && number < 4; at += 2 * DAY) {
        order(care, visit, at, number % 2 === 0 ? panels.metabolic : panels.blood);
        number += 1;
      }
    } else if (visit.kind.class === "emergency" && random.chance(0.25)) {
      order(care, visit, visit.start + random.int(5, 15) * MINUTE, panels.blood);
    } else if (visit.role === "chronic" && visit.kind.class !== "virtual" && random.chance(0.25)) {
      order(care, visit, visit.start + 2 * MINUTE, random.pick([panels.hba1c, panels.metabolic, panels.lipids]));
    }
  }
}

function order(care: Care, visit: Visit, ordered: number, panel: Panel): void {
  const { chart, random } = care;
  const id = random.uuid();
  const isCancelled = random.chance(0.03);
  // Within the visit.
  const collected = Math.min(endOf(visit), ordered + random.int(5, 40) * MINUTE);
  const resulted = collected + random.int(30, 12 * 60) * MINUTE;
  // A laboratory that is told of the death stops.
  const { deathDay } = chart.person;
  const isStopped = deathDay !== undefined && localDay(resulted) > deathDay;
  const isDone = !isCancelled && !isStopped && resulted <= NOW;
  if (ordered > NOW) return;
  chart.add("lab_orders", {
    ID: id,
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    PROVIDER: visit.provider.id,
    CODE: panel.code,
    DESCRIPTION: panel.name,
    ORDERED_AT: isoInstant(ordered),
    COLLECTED_AT: isCancelled || collected > NOW ? "" : isoInstant(collected),
    STATUS: isCancelled || isStopped ? "cancelled" : isDone ? "completed" : collected > NOW ? "ordered" : "collected",
  });
  if (isDone) for (const measure of panel.measures) report(care, visit, id, measure, resulted);
}

function report({ chart, random }: Care, visit: Visit, orderId: string, of: Measure, resulted: number): void {
  const { low, high, criticalLow, criticalHigh } = bounds[of.code] ?? { low: undefined, high: undefined };
  const value = drawn(random, of);
  const isCritical =
    value < (criticalLow ?? Number.NEGATIVE_INFINITY) || value > (criticalHigh ?? Number.POSITIVE_INFINITY);
  const isLow = value < (low ?? Number.NEGATIVE_INFINITY);
  const isHigh = value > (high ?? Number.POSITIVE_INFINITY);
  const told = resulted + random.int(4, 95) * MINUTE;
  // One in seven is never told.
  const isTold = isCritical && told <= NOW && !random.chance(0.15);
  const unit = (visit.facility.sendsSi ? of.units[1] : undefined) ?? of.units[0];
  const text = (number: number | undefined) =>
    number === undefined ? "" : (number * unit.factor + unit.shift).toFixed(unit.digits);
  const row: Row<"lab_reports"> = {
    ID: random.uuid(),
    LAB_ORDER: orderId,
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    CODE: of.code,
    DESCRIPTION: of.name,
    VALUE: text(value),
    UNITS: unit.unit,
    TYPE: "numeric",
    REFERENCE_LOW: text(low),
    REFERENCE_HIGH: text(high),
    FLAG: isLow ? (isCritical ? "LL" : "L") : isHigh ? (isCritical ? "HH" : "H") : "N",
    STATUS: "final",
    RESULTED_AT: isoInstant(resulted),
    NOTIFIED_AT: isTold ? isoInstant(told) : "",
    UPDATED_AT: isoInstant(isTold ? told : resulted),
  };
  chart.add("lab_reports", row);
  // Some are measured again; the correction has the id of what it corrects.
  const corrected = resulted + random.int(100, 2400) * MINUTE;
  if (isCritical || !random.chance(0.02) || corrected > NOW) return;
  const again = text(value * (1 + random.around(0.04, 0.01)));
  if (again === row.VALUE) return;
  const flag = flagOf(
    Number(again),
    Number(row.REFERENCE_LOW || "-Infinity"),
    Number(row.REFERENCE_HIGH || "Infinity"),
  );
  chart.add("lab_reports", {
    ...row,
    VALUE: again,
    FLAG: flag,
    STATUS: "corrected",
    UPDATED_AT: isoInstant(corrected),
  });
}

const flagOf = (value: number, low: number, high: number) => (value < low ? "L" : value > high ? "H" : "N");

/** Mostly as people have it; one in eighty is far beyond. */
function drawn(random: Random, of: Measure): number {
  const { criticalLow, criticalHigh } = bounds[of.code] ?? {};
  if (criticalLow !== undefined && criticalHigh !== undefined && random.chance(1 / 80)) {
    const value = random.chance(0.5)
      ? criticalLow * (0.75 + random.float() * 0.2)
      : criticalHigh * (1.02 + random.float() * 0.1);
    return value;
  }
  // Not below what a living person has: the least of urea nitrogen would be.
  return Math.max(of.mean / 5, random.around(of.mean, of.deviation * 1.3));
}
