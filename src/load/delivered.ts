/** When a file was delivered: as told, else as its name or its folder's says, else when it was last written. */
import { basename, dirname } from "node:path";
import { ProblemError } from "../graph/index.js";

/** Checks what a person gave for `--delivered`: an ISO date or instant. Returns an ISO instant; a date is its midnight, UTC. */
export function parseDelivered(text: string): string {
  const instant = isoInstant(text);
  if (instant === undefined) {
    throw new ProblemError({
      code: "load-delivered",
      message: "The date of delivery is no ISO date",
      hint: "Write it as 2024-05-31 or 2024-05-31T14:00:00Z.",
    });
  }
  return instant;
}

/** ISO instant. */
export function deliveredAt(path: string, modified: Date): string {
  return toldDate(path) ?? modified.toISOString();
}

/** What its name or its folder's says, as an ISO instant. */
export function toldDate(path: string): string | undefined {
  return dateIn(basename(path)) ?? dateIn(basename(dirname(path)));
}

function dateIn(name: string): string | undefined {
  for (const match of name.matchAll(/(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/g)) {
    const instant = isoInstant(match[0]);
    if (instant !== undefined) return instant;
  }
  return undefined;
}

function isoInstant(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (match === null) return undefined;
  // `Date` moves the 31st of February into March; such a day is no day.
  const day = new Date(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== match[1]) return undefined;
  const instant = new Date(text.length > 10 && !/(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}
