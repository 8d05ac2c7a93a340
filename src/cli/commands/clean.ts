/**
 * `medform clean`: relations whose model is gone, and what a run committed and could not put into place; lists both, and drops
 * or gives up on request.
 */
import { type Dropped, droppable, dropStale, findStale, type Left, type Stale } from "../../clean/index.js";
import { ProblemError, type Target, targetKey, targetLabel } from "../../graph/index.js";
import { type Chain, giveUpEntry, type Ledger, openLedger } from "../../ledger/index.js";
import type { Unfinished, Warehouse } from "../../warehouse/index.js";
import { about } from "../about.js";
import { openRecordingLedger } from "../anchors.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { type OpenedProject, openProject, openWarehouse, tellPrevious } from "../open.js";
import { counted, instant } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface CleanOptions extends GlobalOptions {
  /** Relations that are dropped, or whose publication is given up. */
  readonly drop: readonly string[];
}

/** Reads only, unless something is to be dropped. With `--json` one value: `{pending, stale, others, givenUp, dropped}`. */
export async function cleanCommand(options: CleanOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  if (!opened.warehouseExists) return tell({ ...nothing, ...found() }, options, io);
  const readOnly = options.drop.length === 0;
  await using warehouse = await openWarehouse(opened, { command: "clean", readOnly });
  if (!readOnly) tellPrevious(warehouse, messages(io, options));
  await using ledger = readOnly ? await openLedger(warehouse) : await openRecordingLedger(warehouse, options, io);
  const left = await look(opened, warehouse, ledger);
  const known = namesOf(left);
  const asked = [...new Set(options.drop.map((name) => findNamed(name, known)))];
  if (asked.length === 0) return tell({ ...nothing, ...left }, options, io);
  const stale = await droppable(
    asked.flatMap((each) => each.stale ?? []),
    warehouse,
  );
  const givenUp = asked.flatMap((each) => (each.stale === undefined ? (each.pending ?? []) : []));
  const chain = await ledger.open("clean", {
    ...(await about("clean", opened.project.dir)),
    environment: opened.environment.name,
    project: opened.name,
  });
  await warehouse.lease.hold(chain.id);
  let dropped: readonly Dropped[];
  try {
    dropped = await dropStale(stale, { warehouse, chain });
    await giveUp(givenUp, warehouse, chain);
  } catch (error) {
    await chain.seal("error");
    throw error;
  }
  await chain.seal("succeeded");
  const rest = {
    pending: left.pending.filter((each) => !asked.some(({ pending }) => pending === each)),
    stale: left.stale.filter((each) => !stale.includes(each)),
  };
  return tell({ ...rest, others: left.others, givenUp, dropped }, options, io);
}

interface Found extends Left {
  readonly pending: readonly Unfinished[];
}

const found = (): Found => ({ pending: [], stale: [], others: 0 });
const nothing = { givenUp: [], dropped: [] } as const;

async function look({ graph, name, environment }: OpenedProject, warehouse: Warehouse, ledger: Ledger): Promise<Found> {
  const state = await ledger.state();
  const versions = new Set(Object.values(state.targets).map(({ version }) => version));
  const left = findStale({
    graph,
    state,
    relations: await warehouse.catalog.relations(),
    owners: await ledger.owners([...versions]),
    owner: { project: name, environment: environment.name },
  });
  return { ...left, pending: (await warehouse.pending?.list()) ?? [] };
}

async function giveUp(these: readonly Unfinished[], { pending }: Warehouse, chain: Chain): Promise<void> {
  if (pending === undefined || these.length === 0) return;
  const at = new Date().toISOString();
  // First the record: without it the ledger would go on to call published what is not in its place.
  await chain.append(these.map(({ target, steps }) => giveUpEntry({ at, target, steps })));
  for (const { target } of these) await pending.giveUp(target);
}

interface Named {
  readonly target: Target;
  readonly pending?: Unfinished;
  readonly stale?: Stale;
}

function namesOf({ pending, stale }: Found): readonly Named[] {
  const known = new Map<string, Named>();
  for (const each of pending) known.set(targetKey(each.target), { target: each.target, pending: each });
  for (const each of stale) {
    const key = targetKey(each.target);
    known.set(key, { ...known.get(key), target: each.target, stale: each });
  }
  return [...known.values()];
}

/** By its whole name, by schema and name, or by its name. */
function findNamed(name: string, all: readonly Named[]): Named {
  const named = (target: Target) => [targetKey(target), `${target.schema}.${target.name}`, target.name];
  const fits = all.filter(({ target }) => named(target).some((each) => each.toUpperCase() === name.toUpperCase()));
  const [one] = fits;
  if (one !== undefined && fits.length === 1) return one;
  const those = (fits.length > 1 ? fits : all).map(({ target }) => targetKey(target)).join(", ");
  throw new ProblemError({
    code: fits.length > 1 ? "clean-ambiguous" : "clean-unknown",
    message:
      fits.length > 1
        ? `${name} fits ${those}.`
        : `${name} is nothing that medform published here and that has no model any more, and nothing of it waits to be put into place.`,
    hint: those === "" ? "There is nothing to drop or to give up." : `medform clean lists what is: ${those}.`,
  });
}

interface Said extends Found {
  readonly givenUp: readonly Unfinished[];
  readonly dropped: readonly Dropped[];
}

const outcomes: Readonly<Record<Dropped["outcome"], string>> = {
  dropped: "dropped: ",
  gone: "forgotten:",
  forgotten: "forgotten:",
};

const remarks: Readonly<Record<Dropped["outcome"], string>> = {
  dropped: "",
  gone: ", which was gone already",
  forgotten: ", an operation: what it made is not medform's to drop",
};

function wordsOf({ kind, rows, publishedAt, there, changed }: Stale): string {
  const counts = rows === null ? [] : [counted(rows, "row")];
  const now = changed
    ? ["changed by somebody else since, so it is not dropped"]
    : kind !== "operation" && there === null
      ? ["gone from the warehouse"]
      : [];
  return [kind, ...counts, `published ${instant(publishedAt)}`, ...now].join(", ");
}

function tell(said: Said, options: CleanOptions, io: Io): number {
  const { pending, stale, others, givenUp, dropped } = said;
  const line = (text: string) => void io.stdout.write(`${text}\n`);
  if (options.json) {
    line(jsonLine({ pending, stale, others, givenUp, dropped }));
    return 0;
  }
  for (const { target } of givenUp) line(`given up:  ${targetLabel(target)}, which the next run builds anew`);
  for (const { target, outcome } of dropped)
    line(`${outcomes[outcome].padEnd(11)}${targetLabel(target)}${remarks[outcome]}`);
  for (const { target, steps } of pending) {
    line(`waiting:   ${targetLabel(target)}`);
    for (const step of steps) line(`           ${step}`);
  }
  for (const each of stale) line(`no model:  ${targetLabel(each.target)}  ${wordsOf(each)}`);
  if (options.quiet) return 0;
  if (pending.length > 0)
    line(
      `${counted(pending.length, "relation")} waiting: the next run goes on from there, or medform clean --drop NAME gives one up.`,
    );
  if (stale.length > 0)
    line(`${counted(stale.length, "relation")} without a model: medform clean --drop NAME drops one.`);
  if (others > 0)
    line(`${counted(others, "relation")} of other projects or environments in this warehouse: theirs to clean.`);
  if (pending.length + stale.length === 0) line("Nothing is left to clean.");
  return 0;
}
