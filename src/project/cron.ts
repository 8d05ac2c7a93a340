/** Cron lines and time zones: which are understood, and when they come due. */
import { createRequire } from "node:module";
import type { Cron } from "croner";
import { nearest } from "../graph/index.js";

// Most commands of most projects need none of it, so it is loaded where the first schedule is read.
const require = createRequire(import.meta.url);
const croner = (): typeof import("croner") => require("croner");

/**
 * Five fields as in a crontab, names and `@daily` too; `5/12` is read as "from 5 in steps of 12", as Dataform's scheduler did.
 * Where the clock is put forward, what falls into the gap comes due right after it; where it is put back, a fixed time
 * comes due once. A line with a star for minute or hour goes with the clock instead, as crontab's do.
 */
function cronOf(line: string, timeZone: string): Cron {
  const { Cron } = croner();
  return new Cron(line, { timezone: timeZone, mode: "5-part", sloppyRanges: true, fixedTimeRule: "no-wildcard" });
}

/** The next instants, in order, after one; fewer than `count` only where there are no more. */
export function cronTimes(line: string, timeZone: string, after: Date, count: number): readonly Date[] {
  return cronOf(line, timeZone).nextRuns(count, after);
}

const shape = 'Write five fields: minute, hour, day of month, month, day of week; "30 4 * * mon-fri".';

const limits: Readonly<Record<string, string>> = {
  minute: "A minute is 0 to 59.",
  hour: "An hour is 0 to 23.",
  day: "A day of a month is 1 to 31.",
  month: "A month is 1 to 12, or jan to dec.",
  dayOfWeek: "A day of the week is 0 to 7, or sun to sat; 0 and 7 are Sunday.",
};

/** What is wrong with a cron line; undefined where nothing is. */
export function cronComplaint(line: string): string | undefined {
  // An instant, too, would be understood, and come due once.
  if (!/^(?:@[a-z]+|\S+(?:\s+\S+){4})$/i.test(line.trim())) return `"${line}" is no cron line. ${shape}`;
  try {
    // Whatever has no year comes due within the eight years between two leap days, at most.
    return cronTimes(line, "UTC", new Date("2000-01-01T00:00:00Z"), 1).length > 0
      ? undefined
      : `"${line}" never comes due: there is no such day.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Cron\w*: /, "") : "";
    const field = /^Invalid value for (\w+)/.exec(reason)?.[1] ?? "";
    const said =
      limits[field] ??
      (reason.startsWith("From value is larger")
        ? "A range goes upwards: two of them, parted by a comma, go past the end."
        : reason.startsWith("Syntax error")
          ? `${reason.replace(/\.$/, "")}.`
          : undefined);
    return `"${line}" is no cron line. ${said === undefined ? "" : `${said} `}${shape}`;
  }
}

/** What is wrong with the name of a time zone; undefined where nothing is. */
export function timeZoneComplaint(name: string): string | undefined {
  if (/^[A-Za-z]/.test(name)) {
    try {
      new Intl.DateTimeFormat("en", { timeZone: name });
      return undefined;
    } catch {
      // Said below.
    }
  }
  const zones = [...Intl.supportedValuesOf("timeZone"), "UTC"];
  const near = nearest(name, zones);
  const byCity = zones.filter((zone) => zone.toLowerCase().endsWith(`/${name.toLowerCase().replaceAll(" ", "_")}`));
  const meant = [...new Set([...byCity, ...near])].slice(0, 3);
  const help = meant.length > 0 ? `Did you mean ${meant.join(", ")}?` : "Write it as Europe/Berlin or UTC.";
  return `"${name}" is no IANA time zone. ${help}`;
}
