/**
 * What payers decided about claims. The paid amounts of a claim are what its payment lines have from the payer, the adjusted ones
 * what its adjustment lines have; a denied one was sent again, and paid then.
 */
import { money } from "../rows.js";
import type { AnyRow } from "../tables.js";
import { isoInstant, NOW } from "../time.js";
import { type Care, DAY } from "./care.js";

/** Claim Adjustment Reason Codes: no authorization, lack of information, not timely, medical necessity. */
const denials = ["197", "16", "29", "50"] as const;
/** Charge exceeds the fee schedule. */
const CONTRACTUAL = "45";

export function addRemittances({ chart, random }: Care): void {
  const lines = new Map<string, AnyRow[]>();
  for (const { row } of chart.of("claims_transactions")) {
    const list = lines.get(row.CLAIMID ?? "");
    if (list === undefined) lines.set(row.CLAIMID ?? "", [row]);
    else list.push(row);
  }
  for (const { row: claim } of chart.of("claims")) {
    const of = lines.get(claim.Id ?? "") ?? [];
    const amount = (type: string, column: string, method?: string) =>
      of
        .filter((line) => line.TYPE === type && (method === undefined || line.METHOD === method))
        .reduce((sum, line) => sum + Number(line[column]), 0);
    const paid = amount("PAYMENT", "PAYMENTS", "ECHECK");
    if (paid === 0) continue;
    const billed = Date.parse(claim.LASTBILLEDDATE1 ?? "") / 1000;
    const posted = Math.min(NOW, billed + random.int(7, 40) * DAY + random.int(0, DAY - 1));
    const remit = (decision: string, sum: number, reason: string, at: number) =>
      chart.add("remittances", {
        ID: random.uuid(),
        CLAIM: claim.Id,
        PATIENT: chart.person.id,
        PAYER: claim.PRIMARYPATIENTINSURANCEID,
        DECISION: decision,
        AMOUNT: money(sum),
        REASON_CODE: reason,
        POSTED_AT: isoInstant(at),
      });
    if (random.chance(0.09) && posted - billed > DAY) {
      const denied = billed + Math.floor((posted - billed) * (0.2 + random.float() * 0.5));
      remit("denied", amount("CHARGE", "AMOUNT"), random.pick(denials), denied);
    }
    const adjusted = amount("ADJUSTMENT", "ADJUSTMENTS");
    if (adjusted > 0) remit("adjusted", adjusted, CONTRACTUAL, posted);
    remit("paid", paid, "", posted);
  }
}
