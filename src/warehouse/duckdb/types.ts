/** Which conversions on insert the engine makes without a word although they lose something. */

const integers = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/;
const scale = (type: string) => {
  const match = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  return match === null ? undefined : Number(match[2]);
};

/**
 * Whether a value of one type can be rounded or cut when it is stored as another: fractions in integers, decimals of
 * fewer places, times of day in dates. What does not fit in size is an error of the engine, and so no matter here.
 */
export function losesSilently(from: string, to: string): boolean {
  if (from === to) return false;
  const floating = from === "DOUBLE" || from === "FLOAT";
  const places = floating ? Number.POSITIVE_INFINITY : (scale(from) ?? 0);
  if (integers.test(to)) return places > 0;
  const stored = scale(to);
  if (stored !== undefined) return places > stored;
  if (to === "FLOAT") return from === "DOUBLE" || integers.test(from) || scale(from) !== undefined;
  if (to === "DATE") return from.startsWith("TIMESTAMP");
  return false;
}
