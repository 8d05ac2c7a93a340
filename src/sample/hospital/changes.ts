/** How each appointment came to its status. */
import type { AnyRow } from "../tables.js";
import type { Care } from "./care.js";

const cancelled = ["patient request", "provider unavailable", "weather", "insurance", "feeling better"] as const;

export function addAppointmentChanges(care: Care): void {
  for (const { row } of care.chart.of("appointments")) addChanges(care, row);
}

function addChanges({ chart, random }: Care, appointment: AnyRow): void {
  const change = (at: string | undefined, from: string, to: string, by: string, reason = "") =>
    chart.add("appointment_changes", {
      ID: random.uuid(),
      APPOINTMENT: appointment.Id,
      PATIENT: chart.person.id,
      CHANGED_AT: at,
      FROM_STATUS: from,
      TO_STATUS: to,
      REASON: reason,
      CHANGED_BY: by,
    });
  const status = appointment.STATUS;
  change(appointment.BOOKED_AT, "", "scheduled", appointment.CREATED_BY ?? "");
  if (status === "completed" || status === "in_progress") {
    change(appointment.STARTED_AT, "scheduled", "in_progress", "frontdesk-1");
  }
  if (status === "completed") change(appointment.ENDED_AT, "in_progress", "completed", "frontdesk-2");
  if (status === "cancelled") {
    const by = random.pick(["portal", "call-center"]);
    change(appointment.UPDATED_AT, "scheduled", "cancelled", by, random.pick(cancelled));
  }
  if (status === "no_show") change(appointment.UPDATED_AT, "scheduled", "no_show", "system");
}
