/** A hospital of which only what says who is one person is built anew. */
import { graph, type Hospital, openHospital } from "./hospital.js";

const awake = [
  "DELIVERED_FILE",
  "PATIENT",
  "PATIENT_VERDICT",
  "PATIENT_ADDRESS",
  "PATIENT_ADDRESS_VERDICT",
  "PATIENT_ADDRESS_HISTORY",
  "PATIENT_HISTORY",
  "PATIENT_STANDARD",
  "PATIENT_BLOCK",
  "PATIENT_MATCH",
  "PATIENT_CLUSTER",
  "PATIENT_XREF",
  "IDENTITY_DECISION",
  "IDENTITY_DECISION_VERDICT",
  "ALLERGY",
  "ALLERGY_VERDICT",
  "PRESCRIPTION",
  "PRESCRIPTION_VERDICT",
  "MATCH_REVIEW",
  "GOLDEN_PATIENT",
  "SYNC_CONFLICT",
];

export async function openPeople({ gold = false } = {}): Promise<Hospital> {
  const { actions } = await graph();
  return openHospital({
    gold,
    asleep: actions.map(({ target }) => target.name).filter((name) => !awake.includes(name)),
  });
}
