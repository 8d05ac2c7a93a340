/** Defects of the network's own rows: its registers, rosters and beds. */
import type { Entity } from "../chart.js";
import type { Table } from "../tables.js";
import { isoDay } from "../time.js";
import { type Kind, kindsOf } from "./kind.js";
import { after, before, but, type Change, type Maker, makers, unknown } from "./makers.js";

const of = (entity: Entity, table: Table) => kindsOf(entity, table, makers.exactDuplicate);

const HOUR = 3600;

const reworded = (column: string) => before((host) => ({ [column]: `${host[column] ?? ""} (draft)` }));

/** What every register can get wrong. `worded`: a column that can be told otherwise. */
function registered(entity: Entity, table: Table, worded?: string): readonly Kind[] {
  const kind = of(entity, table);
  return [
    kind.quarantined("no_id", "key_missing", makers.noId),
    kind.duplicate(),
    ...(worded === undefined ? [] : [kind.conflict(reworded(worded))]),
  ];
}

const staff = of("staff", "staff");
const license = of("provider_license", "licenses");
const session = of("provider_schedule", "provider_schedules");
const shift = of("staff_schedule", "staff_schedules");
const timesheet = of("timesheet", "timesheets");
const bedDay = of("bed_day", "bed_days");
const equipment = of("equipment", "equipment");
const audit = of("audit_finding", "audit_findings");

const DAY_MS = 86_400_000;
const dayBefore = (text: string | undefined, days = 1) => isoDay(Date.parse(text ?? "") / DAY_MS - days);

/** Of a day long ago, of which no bed is told otherwise; each kind has days of its own. */
const longAgo =
  (days: number, change: Change): Maker =>
  (host, _table, context) => {
    if (host.STATUS !== "occupied") return undefined;
    const changed = typeof change === "function" ? change(host, context) : change;
    return { row: { ...host, DATE: dayBefore(host.DATE, days), ...changed } };
  };

/** A provider's second entry in the register, mistyped. */
const wrongCheckDigit: Change = ({ NPI = "", PROVIDER = "" }) =>
  NPI === "" || PROVIDER === "" ? undefined : { NPI: `${NPI.slice(0, 9)}${(Number(NPI[9]) + 1) % 10}` };

export const networkKinds: readonly Kind[] = [
  ...registered("facility", "organizations"),
  ...registered("provider", "providers"),
  ...registered("payer", "payers"),
  ...registered("organization_unit", "organization_units", "REGION"),
  ...registered("bed", "beds", "KIND"),
  ...registered("equipment", "equipment", "KIND"),
  equipment.flagged("implausible", "value_out_of_range", but({ DAILY_MINUTES: "2000" })),
  ...registered("staff", "staff", "NAME"),
  staff.flagged("wrong_check_digit", "npi_invalid", but(wrongCheckDigit)),
  staff.flagged("unknown_role", "role_unmapped", but({ ROLE: "volunteer", PROVIDER: "" })),
  staff.flagged("unknown_provider", "provider_unresolved", but(unknown("PROVIDER"))),
  staff.flagged(
    "end_before_start",
    "end_before_start",
    but((host) => ({ LEFT_ON: dayBefore(host.HIRED_ON), PROVIDER: "" })),
  ),
  ...registered("provider_license", "licenses", "LICENSE_NUMBER"),
  license.quarantined("bad_date", "event_time_missing", makers.badDate),
  license.quarantined("unknown_provider", "provider_unresolved", but(unknown("PROVIDER"))),
  license.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  license.flagged(
    "end_before_start",
    "end_before_start",
    but((host) => ({ EXPIRES_ON: dayBefore(host.ISSUED_ON) })),
  ),
  ...registered("provider_schedule", "provider_schedules", "DEPARTMENT"),
  session.quarantined("bad_date", "event_time_missing", makers.badDate),
  session.quarantined("unknown_provider", "provider_unresolved", but(unknown("PROVIDER"))),
  session.flagged(
    "end_before_start",
    "end_before_start",
    but((host, context) => ({ ...after("STOP", "START", -HOUR)(host, context), BOOKABLE_MINUTES: "" })),
  ),
  session.flagged("implausible", "value_out_of_range", but({ BOOKABLE_MINUTES: "10000" })),
  ...registered("staff_schedule", "staff_schedules", "DEPARTMENT"),
  shift.quarantined("bad_date", "event_time_missing", makers.badDate),
  shift.quarantined("unknown_staff", "staff_unresolved", but(unknown("STAFF"))),
  shift.flagged("end_before_start", "end_before_start", but(after("STOP", "START", -HOUR))),
  ...registered("timesheet", "timesheets"),
  timesheet.quarantined("bad_date", "event_time_missing", makers.badDate),
  timesheet.quarantined("unknown_staff", "staff_unresolved", but(unknown("STAFF"))),
  timesheet.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  timesheet.flagged("unknown_schedule", "staff_schedule_unresolved", but(unknown("SCHEDULE"))),
  timesheet.flagged("end_before_start", "end_before_start", but(after("CLOCK_OUT", "CLOCK_IN", -HOUR))),
  timesheet.flagged(
    "contradicted",
    "status_contradicted",
    but((host) => (host.STATUS === "present" ? { STATUS: "absent" } : undefined)),
  ),
  bedDay.quarantined("unknown_bed", "bed_unresolved", (host, _table, { random }) => ({
    row: { ...host, BED: random.uuid() },
  })),
  bedDay.quarantined("unknown_status", "status_unmapped", (host) => ({ row: { ...host, STATUS: "waitlist" } })),
  bedDay.duplicate(),
  bedDay.flagged("contradicted", "status_contradicted", longAgo(1000, { STATUS: "free" })),
  bedDay.flagged(
    "orphan_patient",
    "patient_unresolved",
    longAgo(1100, (_host, { random }) => ({ PATIENT: random.uuid(), ENCOUNTER: "" })),
  ),
  bedDay.flagged("orphan_encounter", "encounter_unresolved", longAgo(1200, unknown("ENCOUNTER"))),
  ...registered("audit_finding", "audit_findings", "CATEGORY"),
  audit.quarantined("bad_date", "event_time_missing", makers.badDate),
  audit.quarantined("unknown_status", "status_unmapped", but({ STATUS: "waitlist" })),
  audit.flagged(
    "end_before_start",
    "end_before_start",
    but((host) => ({ STATUS: "closed", CLOSED_ON: dayBefore(host.FOUND_ON) })),
  ),
  audit.flagged(
    "contradicted",
    "status_contradicted",
    but((host) => (host.STATUS === "open" ? { STATUS: "closed" } : undefined)),
  ),
];
