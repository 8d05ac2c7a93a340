/** The ledger of a warehouse that nobody writes: what is folded from it, its records, and whether they verify. */
import {
  emptyState,
  type LedgerRecord,
  type LedgerVerdict,
  openLedger,
  type State,
  scanLedger,
  verifyLedger,
} from "../../src/ledger/index.js";
import type { Warehouse } from "../../src/warehouse/index.js";

export interface LedgerOf {
  readonly state: State;
  readonly records: readonly LedgerRecord[];
  /** Undefined where nothing was ever recorded. */
  readonly verdict: LedgerVerdict | undefined;
}

/** Whether that run is the one that the ledger knows to have published it last, also where it changed nothing of it. */
export function isPublishedBy({ targets }: State, key: string, runId: string): boolean {
  const number = /^[a-z]+-(\d+)-/.exec(runId)?.[1];
  return number !== undefined && targets[key]?.runNumber === Number(number);
}

export const noLedger: LedgerOf = { state: emptyState, records: [], verdict: undefined };

export async function ledgerOf(warehouse: Warehouse): Promise<LedgerOf> {
  await using ledger = await openLedger(warehouse);
  const state = await ledger.state();
  if (state.number === 0) return { ...noLedger, state };
  await using scan = await scanLedger(warehouse);
  const records: LedgerRecord[] = [];
  for await (const some of scan.records()) records.push(...some);
  return { state, records, verdict: await verifyLedger([records], await scan.heads()) };
}
