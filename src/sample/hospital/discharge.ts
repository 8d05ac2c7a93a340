/** Where patients go from a stay, by the patient discharge status of the National Uniform Billing Committee (form locator 17). */
import type { Visit } from "../visit.js";
import { type Care, DAY } from "./care.js";

const DIED = "20";
const TRANSFERRED = "02";

/** By the class of what follows, and within how many days. */
const follows: Readonly<Record<string, readonly [status: string, days: number]>> = {
  snf: ["03", 2],
  home: ["06", 14],
  hospice: ["51", 2],
};

/** Of those whom nothing follows: against advice, to a hospital elsewhere, to rehabilitation; the others go home. */
const shares: readonly (readonly [share: number, status: string])[] = [
  [0.03, "07"],
  [0.04, TRANSFERRED],
  [0.04, "62"],
];
const HOME = "01";

/** Empty while the stay lasts. Chance comes from the visit's id, so that nothing else of the patient depends on it. */
export function dischargedTo({ course }: Care, { id, start, stop }: Visit): string {
  if (course === undefined || stop === undefined) return "";
  if (stop === course.death) return DIED;
  const next = course.visits.find((visit) => visit.start > start);
  if (next?.back === "transfer") return TRANSFERRED;
  const [status, days] = follows[next?.kind.class ?? ""] ?? ["", 0];
  if (next !== undefined && next.start <= stop + days * DAY && status !== "") return status;
  let left = Number.parseInt(id.slice(0, 8), 16) / 2 ** 32;
  for (const [share, drawn] of shares) {
    left -= share;
    if (left < 0) return drawn;
  }
  return HOME;
}
