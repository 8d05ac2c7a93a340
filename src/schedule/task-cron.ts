/** A cron line in the part of cron's language that Snowflake documents: stars, numbers, lists. */

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const fields: readonly Field[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { least: 0, most: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

const nicknames: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/**
 * Ranges, steps, names and Sunday's 7 are written out as numbers, so that nothing depends on how they are read there.
 * Undefined for what has no such form (`L`, `W`, `#`).
 */
export function taskCron(line: string): string | undefined {
  const text = line.trim().toLowerCase();
  const parts = (nicknames[text] ?? text).split(/\s+/);
  if (parts.length !== fields.length) return undefined;
  const written = fields.map((field, i) => writtenOut(parts[i] ?? "", field));
  return written.every((part) => part !== undefined) ? written.join(" ") : undefined;
}

function writtenOut(text: string, field: Field): string | undefined {
  if (text === "*" || text === "?") return "*";
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const range = rangeOf(part, field);
    if (range === undefined) return undefined;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  // Sunday has two numbers in a crontab, and one there.
  const numbers = field.most === 7 ? new Set([...values].map((value) => value % 7)) : values;
  return [...numbers].sort((a, b) => a - b).join(",");
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function rangeOf(part: string, field: Field): Range | undefined {
  const [, first = "", last, by] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  const step = by === undefined ? 1 : Number(by);
  const all = first === "*";
  const from = all ? field.least : numberOf(first, field);
  const end = field.most === 7 ? 6 : field.most;
  const to = last === undefined ? (all || by !== undefined ? end : from) : numberOf(last, field);
  if (from === undefined || to === undefined || step < 1 || from > to || (all && last !== undefined)) return undefined;
  return { from, to, step };
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + (least === 1 ? 1 : 0);
  const value = /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= least && value <= most ? value : undefined;
}
