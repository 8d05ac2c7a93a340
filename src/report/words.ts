/** Numbers, instants and ages as the report writes them. */
import type { Threshold } from "../graph/index.js";

const thousands = new Intl.NumberFormat("en-US");

export function number(value: number): string {
  return thousands.format(value);
}

/** `1 rule`, `2 rules`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** What a rule bears: `at most 10 rows`, `at most 0.5% of the rows`; empty where it bears none. */
export function toleranceText(threshold: Threshold | undefined): string {
  if (threshold === undefined) return "";
  return "rows" in threshold
    ? `at most ${plural(threshold.rows, "row")}`
    : `at most ${percent(threshold.share)} of the rows`;
}

const percent = (share: number) => `${Number((share * 100).toPrecision(12))}%`;

/** An ISO instant as `2026-03-01 04:30 UTC`; other text as it is. */
export function instantText(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]} UTC`;
}

/** How long before `now` an instant was: `just now`, `3 hours ago`; empty where one of them is no instant. */
export function age(iso: string, now: string): string {
  const seconds = (Date.parse(now) - Date.parse(iso)) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (seconds < 60) return "just now";
  if (seconds < 5400) return `${plural(Math.round(seconds / 60), "minute")} ago`;
  if (seconds < 129_600) return `${plural(Math.round(seconds / 3600), "hour")} ago`;
  return `${plural(Math.round(seconds / 86_400), "day")} ago`;
}
