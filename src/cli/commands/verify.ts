/** `medform audit verify`: recomputes the ledger's chains, and compares their end with the signed anchors. */
import { type Problem, ProblemError } from "../../graph/index.js";
import {
  type AnchorVerdict,
  type LedgerRecord,
  type LedgerVerdict,
  mainChainOf,
  scanLedger,
  verifyAnchors,
  verifyLedger,
} from "../../ledger/index.js";
import { type AnchorOptions, type Anchors, readAnchors } from "../anchors.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { type OpenedProject, openProject, openWarehouseOrSnapshot } from "../open.js";
import { counted } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface AuditVerifyOptions extends GlobalOptions, AnchorOptions {}

interface Verdict {
  readonly ledger: LedgerVerdict;
  /** Absent where the chain itself does not hold. */
  readonly anchors?: AnchorVerdict;
  /** There is no ledger, and so many anchors of one. */
  readonly gone?: number;
}

/** Reads only. 0 verified, 4 not verified. With `--json` one JSON value. */
export async function auditVerifyCommand(options: AuditVerifyOptions, io: Io): Promise<number> {
  const anchors = await readAnchors(options, io);
  const opened = await openProject(options, io);
  const verdict = await verify(opened, anchors, io, options);
  const say = messages(io, options);
  if (options.json) io.stdout.write(`${jsonLine(asJson(verdict))}\n`);
  const broken = brokenBy(verdict);
  if (broken !== undefined) {
    say.error(broken);
    return 4;
  }
  if (!options.json && !options.quiet) for (const line of told(verdict)) io.stdout.write(`${line}\n`);
  for (const warning of warnings(verdict)) say.warning(warning);
  return 0;
}

async function verify(
  opened: OpenedProject,
  { lines, keys }: Anchors,
  io: Io,
  options: GlobalOptions,
): Promise<Verdict> {
  const gone = (lines ?? []).filter(({ kind }) => kind === "anchor").length;
  try {
    return await scan(opened, { lines, keys }, io, options);
  } catch (error) {
    const none = error instanceof ProblemError && error.problems.some(({ code }) => code === "ledger-none");
    if (!none || gone === 0) throw error;
    return { ledger: { verified: false, records: 0, chains: 0, interrupted: 0 }, gone };
  }
}

async function scan(opened: OpenedProject, { lines, keys }: Anchors, io: Io, options: GlobalOptions): Promise<Verdict> {
  if (!opened.warehouseExists) {
    throw new ProblemError({
      code: "ledger-none",
      message: "There is no warehouse yet, so there is no ledger.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
  }
  const { warehouse: found, older } = await openWarehouseOrSnapshot(opened, "audit verify", io, options);
  await using warehouse = found;
  await using records = await scanLedger(warehouse);
  const cancel = () => records.cancel();
  io.signal.addEventListener("abort", cancel, { once: true });
  const heads = await records.heads();
  const main = mainChainOf(lines ?? []);
  const ledger = await verifyLedger(watched(records.records(), main.watch), heads);
  if (!ledger.verified) return { ledger };
  return { ledger, anchors: verifyAnchors(lines ?? [], keys, { ...main.seen(), older }) };
}

async function* watched(
  groups: AsyncIterable<readonly LedgerRecord[]>,
  watch: (record: LedgerRecord) => void,
): AsyncIterable<readonly LedgerRecord[]> {
  for await (const group of groups) {
    for (const record of group) watch(record);
    yield group;
  }
}

function asJson(verdict: Verdict): Readonly<Record<string, unknown>> {
  const { ledger, anchors, gone } = verdict;
  const { verified, records, chains, interrupted, problem } = ledger;
  return {
    verified: verified && anchors?.status !== "broken",
    anchored: anchors?.status === "anchored",
    records,
    chains,
    interrupted,
    ...(problem && { problem }),
    ...(gone !== undefined && { problem: { what: "gone", message: goneMessage(gone) } }),
    ...(anchors && { anchors }),
  };
}

const goneMessage = (anchors: number) =>
  `There is no ledger, and the anchor file names the end of one ${anchors === 1 ? "once" : `${anchors} times`}.`;

function brokenBy({ ledger, anchors, gone }: Verdict): Problem | undefined {
  if (gone !== undefined) {
    return {
      code: "ledger-gone",
      message: goneMessage(gone),
      hint: "It was removed, or the file is another warehouse's.",
    };
  }
  if (ledger.problem !== undefined) {
    return {
      code: "ledger-broken",
      message: `The ledger does not verify. ${ledger.problem.message}`,
      hint: "Keep this warehouse as it is for whoever looks into it, and restore another one from a backup.",
    };
  }
  if (anchors?.problem === undefined) return undefined;
  const { what, message } = anchors.problem;
  const itself = what === "truncated" || what === "rewritten";
  return {
    code: `anchors-${what}`,
    message: `${itself ? "The ledger is not what was anchored." : "The anchors cannot be relied on."} ${message}`,
    hint: itself
      ? "Keep this warehouse and the anchor file as they are for whoever looks into it. A restore from a backup looks the same: say when that was."
      : "Compare the anchor file with another copy of it. --public-key names a file with all keys that signed it.",
  };
}

const marking = "Set MEDFORM_ANCHOR_FILE and MEDFORM_ANCHOR_KEY, so that each run signs the end of the ledger.";

function warnings({ anchors }: Verdict): readonly Problem[] {
  if (anchors === undefined) return [];
  const { status, others, torn, last } = anchors;
  const found: Problem[] = [];
  if (status === "unanchored") {
    found.push({
      code: "unanchored",
      message: "The ledger is unanchored: whoever may write everything in the warehouse may rewrite the whole chain.",
      hint: marking,
    });
  }
  if (status === "unchecked") {
    found.push({
      code: "anchors-unchecked",
      message: "Without the public key the anchors cannot be checked, so the ledger counts as unanchored.",
      hint: "--public-key FILE or MEDFORM_ANCHOR_PUBLIC_KEY names it.",
    });
  }
  if (status === "behind") {
    found.push({
      code: "anchors-behind",
      message: `What follows record ${last?.seq} of main is not anchored: there an end that was cut off, or written anew, cannot be seen.`,
      hint: "The next run, load or assert anchors it. A run that died leaves such an end, and so does an anchor file that could not be written.",
    });
  }
  if (others > 0 && (status === "anchored" || status === "behind")) {
    found.push({
      code: "anchors-others",
      message: `The anchor file also has ${counted(others, "anchor")} of other ledgers.`,
      hint: "If the file is this warehouse's alone, its ledger was once written anew from the first record.",
    });
  }
  if (torn.length > 0) {
    found.push({
      code: "anchors-torn",
      message: `${counted(torn.length, "line")} of the anchor file ${torn.length === 1 ? "breaks" : "break"} off (${torn.slice(0, 3).join(", ")}).`,
      hint: "The disk was full or the machine died while it was written. Such a line counts as none.",
    });
  }
  return found;
}

function told({ ledger, anchors }: Verdict): readonly string[] {
  const { records, chains, interrupted } = ledger;
  const verb = records === 1 ? "verifies" : "verify";
  return [
    `${counted(records, "record")} in ${counted(chains, "chain")} ${verb}: none was altered, removed, inserted or reordered.`,
    ...(interrupted === 0
      ? []
      : [`${counted(interrupted, "chain")} ${interrupted === 1 ? "has" : "have"} no seal: interrupted.`]),
    ...(anchors === undefined ? [] : [anchoredLine(anchors)]),
  ];
}

function anchoredLine({ status, anchors, last, after = 0 }: AnchorVerdict): string {
  switch (status) {
    case "anchored":
      return `Anchored: ${counted(anchors, "signature")} ${anchors === 1 ? "holds" : "hold"}, the last one of ${last?.at} names the end of the ledger.`;
    case "behind":
      return `Anchored up to record ${last?.seq} of main (${last?.at}): ${counted(after, "record")} after it ${after === 1 ? "is" : "are"} not.`;
    case "unchecked":
      return "Anchors not checked.";
    default:
      return "Unanchored.";
  }
}
