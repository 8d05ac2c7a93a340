/** `medform audit verify`: recomputes the ledger's chains. */
import { ProblemError } from "../../graph/index.js";
import { type LedgerVerdict, scanLedger, verifyLedger } from "../../ledger/index.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { type OpenedProject, openForReading, openProject } from "../open.js";
import { counted } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

/** Reads only. 0 verified, 4 not verified. With `--json` one JSON value. */
export async function auditVerifyCommand(options: GlobalOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const verdict = await verify(opened, io, options);
  const { verified, records, chains, interrupted, problem } = verdict;
  const say = messages(io, options);
  if (options.json) {
    io.stdout.write(
      `${jsonLine({ verified, anchored: false, records, chains, interrupted, ...(problem && { problem }) })}\n`,
    );
  }
  if (problem !== undefined) {
    say.error({
      code: "ledger-broken",
      message: `The ledger does not verify. ${problem.message}`,
      hint: "Keep this warehouse as it is for whoever looks into it, and restore another one from a backup.",
    });
    return 4;
  }
  if (!options.json && !options.quiet) for (const line of told(verdict)) io.stdout.write(`${line}\n`);
  say.warning({
    code: "unanchored",
    message: "The ledger is unanchored: whoever may write everything in the warehouse may rewrite the whole chain.",
    hint: "Keep exports of the ledger where nobody who writes the warehouse can write, and compare them.",
  });
  return 0;
}

async function verify(opened: OpenedProject, io: Io, options: GlobalOptions): Promise<LedgerVerdict> {
  if (!opened.warehouseExists) {
    throw new ProblemError({
      code: "ledger-none",
      message: "There is no warehouse yet, so there is no ledger.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
  }
  await using warehouse = await openForReading(opened, "audit verify", io, options);
  await using scan = await scanLedger(warehouse);
  const cancel = () => scan.cancel();
  io.signal.addEventListener("abort", cancel, { once: true });
  const heads = await scan.heads();
  return await verifyLedger(scan.records(), heads);
}

function told({ records, chains, interrupted }: LedgerVerdict): readonly string[] {
  const verb = records === 1 ? "verifies" : "verify";
  return [
    `${counted(records, "record")} in ${counted(chains, "chain")} ${verb}: none was altered, removed, inserted or reordered.`,
    ...(interrupted === 0
      ? []
      : [`${counted(interrupted, "chain")} ${interrupted === 1 ? "has" : "have"} no seal: interrupted.`]),
    "Unanchored.",
  ];
}
