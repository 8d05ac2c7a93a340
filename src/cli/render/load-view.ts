/** What a load says to people: a line for each file when all have landed, notes on what was left out, the sum. */
import type { Problem } from "../../graph/index.js";
import type { LoadEvent } from "../../load/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { messages } from "../messages.js";
import { columns, count, counted, duration, instant, wrap } from "./layout.js";

type Event<Kind extends LoadEvent["kind"]> = Extract<LoadEvent, { readonly kind: Kind }>;

/** Files of at least so many bytes take long enough to say that they are being read. */
const LARGE_FILE = 50_000_000;

/** A listener for `loadFiles`; results go to stdout, notes and warnings to stderr. */
export function loadView(options: GlobalOptions, io: Io): (event: LoadEvent) => void {
  const say = messages(io, options);
  const paint = paintFor(io.stdout, io, options);
  const landed: Event<"file-landed">[] = [];
  const skipped: Event<"file-skipped">[] = [];
  const absent: string[] = [];
  const ignored: string[] = [];

  const beforeLanding = () => {
    if (absent.length > 0) say.note(`Not in this delivery: ${absent.join(", ")}.`);
    if (ignored.length > 0) say.note(`Ignored, for they are no table of this format: ${ignored.join(", ")}.`);
    absent.length = 0;
    ignored.length = 0;
  };

  return (event) => {
    switch (event.kind) {
      case "load-started":
        break;
      case "table-absent":
        absent.push(event.table);
        break;
      case "file-ignored":
        ignored.push(event.file);
        break;
      case "load-recovered":
        say.note(
          `An earlier load had committed without its record; ${counted(event.files, "record")} added to the ledger.`,
        );
        break;
      case "file-skipped":
        skipped.push(event);
        break;
      case "file-suspect":
        say.warning({
          code: "load-spreadsheet",
          message: `${event.file} was written by a spreadsheet program: ${event.columns.join(", ")} ${event.columns.length === 1 ? "holds" : "hold"} dates as such a program shows them`,
          hint: "Such a program also drops leading zeros, digits and seconds, so nothing of the file is taken as true. Ask for it as it was exported.",
        });
        break;
      case "file-started":
        beforeLanding();
        if (event.bytes >= LARGE_FILE) say.note(`Reading ${event.file} (${count(Math.round(event.bytes / 1e6))} MB) …`);
        break;
      case "file-landed":
        landed.push(event);
        break;
      case "load-finished":
        beforeLanding();
        if (!options.quiet) {
          for (const line of fileLines(landed, widthOf(io.stdout))) io.stdout.write(`${line}\n`);
          for (const line of skippedLines(skipped, widthOf(io.stdout))) io.stdout.write(`${line}\n`);
          io.stdout.write(`${paint.bold(summary(event))}\n`);
        }
        if (event.rejected > 0) say.warning(rejected(landed.filter((file) => file.rejected > 0)));
        break;
    }
  };
}

function fileLines(files: readonly Event<"file-landed">[], width: number): readonly string[] {
  const rows = files.map((file) => [
    file.file,
    file.table,
    file.records === 0 ? "header only" : counted(file.landed, "row"),
    file.rejected === 0 ? "" : `${count(file.rejected)} rejected`,
    duration(file.milliseconds),
  ]);
  const right = { align: "right" as const };
  const notes = files.flatMap((file) => {
    const note = columnsNote(file);
    return note === "" ? [] : wrap(`${file.file}: ${note}`, width - 2, 2).map((line) => `  ${line}`);
  });
  return [...columns(rows, [{ shrink: true }, { shrink: true }, right, right, right], { width, indent: 2 }), ...notes];
}

function columnsNote({ newColumns, absentColumns }: Event<"file-landed">): string {
  return [
    ...(newColumns.length > 0 ? [`new columns: ${newColumns.join(", ")}`] : []),
    ...(absentColumns.length > 0 ? [`without ${absentColumns.join(", ")}`] : []),
  ].join("; ");
}

/** A whole delivery that was there before is one line a batch, not one a file. */
function skippedLines(files: readonly Event<"file-skipped">[], width: number): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { file, reason, batchId, loadedAt, deliveredAt } of files) {
    const when = loadedAt === undefined ? "" : ` at ${instant(loadedAt)}`;
    const batch = batchId === undefined ? "" : ` in batch ${batchId}`;
    const why =
      reason === "same-content"
        ? "the same content as another file of this load"
        : `loaded before${when}${batch}${deliveredAt === undefined ? "" : `, delivered again at ${instant(deliveredAt)}`}`;
    groups.set(why, [...(groups.get(why) ?? []), file]);
  }
  return [...groups].flatMap(([why, names]) =>
    wrap(`Skipped, ${why}: ${names.join(", ")}`, width - 2, 2).map((line) => `  ${line}`),
  );
}

function summary(event: Event<"load-finished">): string {
  if (event.batchId === null) {
    return `Nothing new: ${counted(event.skipped, "file")} ${event.skipped === 1 ? "was" : "were"} loaded before.`;
  }
  const skipped = event.skipped === 0 ? "" : `, ${counted(event.skipped, "file")} skipped`;
  const rejected = event.rejected === 0 ? "" : `, ${counted(event.rejected, "line")} rejected`;
  return `Loaded ${counted(event.landed, "row")} from ${counted(event.files, "file")}${rejected}${skipped} in ${duration(event.milliseconds)}: batch ${event.batchId}`;
}

function rejected(files: readonly Event<"file-landed">[]): Problem {
  const lines = files.map(({ file, rejected: total, reasons }) => {
    const parts = Object.entries(reasons).map(([reason, times]) => `${count(times)} ${reason}`);
    return `${counted(total, "line")} of ${file} ${total === 1 ? "is" : "are"} no row: ${parts.join(", ")}`;
  });
  return {
    code: "load-rejected-lines",
    message: lines.join("\n"),
    hint: files.some(({ reasons }) => (reasons["not UTF-8"] ?? 0) > 0)
      ? "They are kept in RAW.REJECTED_LINE. Ask the source for UTF-8."
      : "They are kept in RAW.REJECTED_LINE, with number and reason: `medform show raw.rejected_line`.",
  };
}
