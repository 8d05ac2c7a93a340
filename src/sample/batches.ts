/** How rows come to a folder: all at once, or each on the days on which it became known and changed. */
import type { Chart } from "./chart.js";
import { deliveries, lastDay, type Version } from "./days.js";
import type { Kind, Line } from "./defects/index.js";
import type { SampleFolder } from "./files.js";
import type { DayManifest } from "./manifest.js";
import type { Random } from "./random.js";
import { csvLine, type Table } from "./tables.js";
import { isoDay } from "./time.js";

export const MOST_DAYS = 60;

export interface Batches {
  /** A patient's lines, of which `random` decides which come late; without both, the network's own. */
  write(table: Table, lines: readonly Line[], random?: Random, chart?: Chart): void;
  /** What the manifest says of the days, where there are any. */
  manifest(): { readonly days?: readonly DayManifest[] };
}

export const wholeBatch = (folder: SampleFolder): Batches => ({
  write: (table, lines) =>
    folder.write(
      table,
      lines.map(({ text }) => text),
    ),
  manifest: () => ({}),
});

/** `first`: the day of the first of `dates`, which has all that was before. */
export function dailyBatches(folder: SampleFolder, dates: readonly string[], first: number): Batches {
  const counts = new Map(
    dates.map((day): [string, DayCounts] => [day, { rows: {}, changed: {}, absent: {}, defects: {} }]),
  );
  const put = (table: Table, day: number, text: string, isChange: boolean, defect?: Kind) => {
    const date = isoDay(day);
    folder.write(table, [text], date);
    const count = counts.get(date) as DayCounts;
    add(count.rows, table);
    if (isChange) add(count.changed, table);
    if (defect !== undefined) for (const { id } of [defect, ...(defect.also ?? [])]) add(count.defects, id);
  };
  const putAll = (table: Table, versions: readonly Version[]) =>
    versions.forEach(({ day, row }, index) => {
      put(table, day, csvLine(table, row), index > 0);
    });
  const last = first + dates.length - 1;
  /** The register of beds is delivered whole each time: on the last day again, without a bed that there was on the first. */
  const bedsAgain = (lines: readonly Line[]) => {
    if (last === first) return;
    const rows = lines.flatMap(({ of, defect }) => (defect === undefined ? [of] : []));
    const absent = (counts.get(isoDay(last)) as DayCounts).absent;
    const [bed] = rows;
    if (bed !== undefined && absent.beds === undefined) {
      put("beds", first, csvLine("beds", { ...bed, ID: (bed.ID ?? "").replace(/\d+$/, "000") }), false);
      add(absent, "beds");
    }
    for (const row of rows) put("beds", last, csvLine("beds", row), true);
  };
  return {
    write(table, lines, random, chart) {
      if (table === "beds") bedsAgain(lines);
      for (const { text, of, defect, isDoubled } of lines) {
        if (defect !== undefined || isDoubled) put(table, lastDay(table, of, first), text, false, defect);
        else putAll(table, deliveries(random, chart, table, of, first));
      }
    },
    manifest: () => ({ days: dates.map((day) => ({ day, ...(counts.get(day) as Omit<DayManifest, "day">) })) }),
  };
}

type Counts = Record<string, number>;
type DayCounts = Record<"rows" | "changed" | "absent" | "defects", Counts>;

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
