/**
 * What a hospital delivers beside Synthea's export. It is made from the patients as they are, with chance of its own, and
 * changes nothing of theirs.
 */
import type { Random } from "../random.js";
import type { AnyRow, Table } from "../tables.js";
import { logAccesses, logins } from "./access.js";
import { bedside } from "./bedside.js";
import type { Care } from "./care.js";
import { addAppointmentChanges } from "./changes.js";
import { codeDiagnoses } from "./diagnoses.js";
import { addContacts, addLegalHolds, addRiskScores, addStatuses, identify } from "./identity.js";
import { orderLabs } from "./laboratory.js";
import { bedDays, locate, type Occupancy, useEquipment } from "./occupancy.js";
import { bedRows, equipmentRows, licenses, organizationUnits, staffRows } from "./register.js";
import { addRemittances } from "./remittances.js";
import type { Resources } from "./resources.js";
import { providerSchedules, shifts } from "./rosters.js";
import { addSafety, auditFindings } from "./safety.js";
import { reportImages, writeDocuments } from "./writings.js";

export type { Care } from "./care.js";
export { Occupancy } from "./occupancy.js";
export { createResources, type Resources } from "./resources.js";

/** Adds the hospital's rows of a patient to the chart. */
export function addCare(care: Care): void {
  identify(care);
  addContacts(care);
  addStatuses(care);
  addRiskScores(care);
  addLegalHolds(care);
  addAppointmentChanges(care);
  addRemittances(care);
  bedside(care, locate(care));
  useEquipment(care);
  orderLabs(care);
  reportImages(care);
  writeDocuments(care);
  addSafety(care);
  logAccesses(care);
  codeDiagnoses(care);
}

/** The network's own rows, once all patients are written. */
export function* networkRows(
  random: Random,
  resources: Resources,
  occupancy: Occupancy,
): Iterable<readonly [Table, AnyRow]> {
  for (const row of organizationUnits(resources)) yield ["organization_units", row];
  for (const row of staffRows(resources)) yield ["staff", row];
  for (const row of licenses(random, resources)) yield ["licenses", row];
  for (const row of bedRows(resources)) yield ["beds", row];
  for (const row of bedDays(resources, occupancy)) yield ["bed_days", row];
  for (const row of equipmentRows(resources)) yield ["equipment", row];
  for (const row of providerSchedules(random, resources)) yield ["provider_schedules", row];
  for (const { schedule, timesheet } of shifts(random, resources)) {
    yield ["staff_schedules", schedule];
    if (timesheet !== undefined) yield ["timesheets", timesheet];
  }
  for (const row of auditFindings(random, resources)) yield ["audit_findings", row];
  for (const row of logins(random, resources)) yield ["access_log", row];
}
