/** `medform clean`: what a run committed and could not put into place; lists it, and gives it up on request. */
import { ProblemError, type Target, targetKey, targetLabel } from "../../graph/index.js";
import { giveUpEntry } from "../../ledger/index.js";
import type { Unfinished } from "../../warehouse/index.js";
import { openRecordingLedger } from "../anchors.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { openProject, openWarehouse, tellPrevious } from "../open.js";
import { counted } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface CleanOptions extends GlobalOptions {
  /** Relations whose publication is given up. */
  readonly drop: readonly string[];
}

/** Reads only, unless something is to be given up. With `--json` one value: `{pending, dropped}`. */
export async function cleanCommand(options: CleanOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  if (!opened.warehouseExists) return tell({ pending: [], dropped: [] }, options, io);
  await using warehouse = await openWarehouse(opened, { command: "clean", readOnly: options.drop.length === 0 });
  const { pending } = warehouse;
  const found = (await pending?.list()) ?? [];
  const dropped = options.drop.map((name) => findPending(name, found));
  if (pending === undefined || dropped.length === 0) return tell({ pending: found, dropped: [] }, options, io);
  tellPrevious(warehouse, messages(io, options));
  await using ledger = await openRecordingLedger(warehouse, options, io);
  const at = new Date().toISOString();
  // First the record: without it the ledger would go on to call published what is not in its place.
  await ledger.recover(dropped.map(({ target, steps }) => giveUpEntry({ at, target, steps })));
  for (const { target } of dropped) await pending.giveUp(target);
  return tell({ pending: found.filter((each) => !dropped.includes(each)), dropped }, options, io);
}

/** By its whole name, or by schema and name. */
function findPending(name: string, found: readonly Unfinished[]): Unfinished {
  const named = (target: Target) => [targetKey(target), `${target.schema}.${target.name}`, target.name];
  const fits = found.filter(({ target }) => named(target).some((each) => each.toUpperCase() === name.toUpperCase()));
  const [one] = fits;
  if (one !== undefined && fits.length === 1) return one;
  const those = (fits.length > 1 ? fits : found).map(({ target }) => targetKey(target)).join(", ");
  throw new ProblemError({
    code: fits.length > 1 ? "clean-ambiguous" : "clean-unknown",
    message: fits.length > 1 ? `${name} fits ${those}.` : `Nothing of ${name} waits to be put into place.`,
    hint: those === "" ? "There is nothing to give up." : `medform clean lists what is: ${those}.`,
  });
}

interface Said {
  readonly pending: readonly Unfinished[];
  readonly dropped: readonly Unfinished[];
}

function tell({ pending, dropped }: Said, options: CleanOptions, io: Io): number {
  if (options.json) {
    io.stdout.write(`${jsonLine({ pending, dropped })}\n`);
    return 0;
  }
  for (const { target } of dropped)
    io.stdout.write(`given up: ${targetLabel(target)}, which the next run builds anew\n`);
  for (const { target, steps } of pending) {
    io.stdout.write(`waiting:  ${targetLabel(target)}\n`);
    for (const step of steps) io.stdout.write(`          ${step}\n`);
  }
  if (options.quiet) return 0;
  const waiting =
    pending.length === 0
      ? "Nothing waits to be put into place."
      : `${counted(pending.length, "relation")} waiting: the next run goes on from there, or medform clean --drop NAME gives one up.`;
  io.stdout.write(`${waiting}\n`);
  return 0;
}
