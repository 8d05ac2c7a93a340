/** `medform show`: rows of a table, a view or an assertion. The only command whose output holds values. */
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { messages } from "../messages.js";
import { openForReading, openProject } from "../open.js";
import { counted } from "../render/layout.js";
import { renderRows } from "../render/rows.js";
import { jsonLine } from "../render/run-view.js";
import { findShowable, showQuery } from "../show-query.js";

export interface ShowOptions extends GlobalOptions {
  readonly target: string;
  /** One condition in the engine's SQL. */
  readonly where?: string;
  readonly limit: number;
}

/** Reads only: the warehouse is opened so that nothing can be written. With `--json` one JSON object a row. */
export async function showCommand(options: ShowOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const say = messages(io, options);
  if (!opened.warehouseExists) {
    say.error({
      code: "show-unbuilt",
      message: "There is no warehouse yet.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
    return 1;
  }
  await using warehouse = await openForReading(opened, "show", io, options);
  const showable = findShowable(options.target, opened.graph, await warehouse.catalog.relations());
  const { where, limit } = options;
  await using session = await warehouse.session();
  const cancel = () => session.cancel();
  io.signal.addEventListener("abort", cancel, { once: true });
  // One row more than asked for tells whether there is more.
  const found = await session.rows(showQuery(showable, { where, limit: limit + 1, engine: opened.graph.engine }));
  io.signal.removeEventListener("abort", cancel);
  const rows = found.slice(0, limit);
  if (options.json) {
    for (const row of rows) io.stdout.write(`${jsonLine(row)}\n`);
    return 0;
  }
  const paint = paintFor(io.stdout, io, options);
  for (const line of renderRows(rows, { width: widthOf(io.stdout), paint })) io.stdout.write(`${line}\n`);
  if (found.length > limit) say.note(`First ${counted(limit, "row")}; there are more (--limit N).`);
  else say.note(rows.length === 0 ? "No rows." : `${counted(rows.length, "row")}.`);
  return 0;
}
