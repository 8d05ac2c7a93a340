/** A hospital of which only what says who is one person is built anew. */
import { graph, type Hospital, openHospital } from "./hospital.js";

const awake = [
  "PATIENT",
  "PATIENT_VERDICT",
  "PATIENT_ADDRESS",
  "PATIENT_ADDRESS_VERDICT",
  "PATIENT_ADDRESS_HISTORY",
  "PATIENT_HISTORY",
  "PATIENT_STANDARD",
  "PATIENT_MATCH",
  "PATIENT_CLUSTER",
  "PATIENT_XREF",
  "IDENTITY_DECISION",
  "IDENTITY_DECISION_VERDICT",
];

export async function openPeople(): Promise<Hospital> {
  const { actions } = await graph();
  return openHospital({ asleep: actions.map(({ target }) => target.name).filter((name) => !awake.includes(name)) });
}
