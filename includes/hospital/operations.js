/** How the network runs: time booked and worked, beds, equipment, and what was found when it was audited. */
const { day, encounter, field, id, moment, patient, plain } = require("../fields.js");

const unit = [
  plain("ORGANIZATION", "organization_id", "Id of the organization."),
  plain("DEPARTMENT", "department_id", "`<organization id>:<encounter class>`."),
];
const period = [moment("START", "start", "When it begins."), moment("STOP", "stop", "When it ends.")];
const staff = plain("STAFF", "staff_id", "Id of the staff member.");

module.exports = {
  appointment_changes: {
    description: "Changes of an appointment's status, one row a change.",
    fields: [
      id("appointment_change"),
      plain("APPOINTMENT", "appointment_id", "Id of the appointment.", ["phi:other"]),
      patient,
      moment("CHANGED_AT", "changed", "When."),
      plain("FROM_STATUS", "from_status", "Status before. NULL where it was booked."),
      plain("TO_STATUS", "to_status", "Status after."),
      plain("REASON", "reason", "Why.", ["phi:other"]),
      plain("CHANGED_BY", "changed_by", "Who."),
    ],
  },
  provider_schedules: {
    description: "Time for which a provider can be booked, one row a session.",
    fields: [
      id("provider_schedule"),
      plain("PROVIDER", "provider_id", "Id of the provider."),
      ...unit,
      ...period,
      field("BOOKABLE_MINUTES", "bookable_minutes", "integer", "Minutes of it that can be booked."),
    ],
  },
  staff_schedules: {
    description: "Rosters: who shall work when, one row a shift.",
    fields: [id("staff_schedule"), staff, ...unit, ...period],
  },
  timesheets: {
    description: "Who worked when, one row a shift.",
    fields: [
      id("timesheet"),
      staff,
      plain("SCHEDULE", "staff_schedule_id", "Id of the shift of the roster."),
      day("WORK_DATE", "work_date", "Day."),
      moment("CLOCK_IN", "clock_in", "When they came."),
      moment("CLOCK_OUT", "clock_out", "When they left."),
      plain("STATUS", "status", "`present`, `late` or `absent`."),
    ],
  },
  beds: {
    description: "Beds, one row each.",
    fields: [id("bed"), ...unit, plain("KIND", "kind", "`ward`, `icu` or `maternity`.")],
  },
  bed_days: {
    description: "What became of each bed on each day, at midnight of its end, one row a bed and day.",
    fields: [
      plain("BED", "bed_id", "Id of the bed."),
      day("DATE", "bed_date", "Day."),
      plain("STATUS", "status", "`occupied`, `free` or `blocked`."),
      patient,
      encounter,
    ],
  },
  encounter_locations: {
    description: "Where a patient lay during an encounter, one row a place and time.",
    fields: [
      id("encounter_location"),
      patient,
      encounter,
      plain("BED", "bed_id", "Id of the bed."),
      plain("DEPARTMENT", "department_id", "`<organization id>:<encounter class>`."),
      ...period,
      plain(
        "DISPOSITION",
        "discharge_disposition",
        "Of the last place of an encounter that is over: where the patient went, by the patient discharge status of NUBC (form locator 17).",
      ),
    ],
  },
  equipment: {
    description: "Equipment, one row each.",
    fields: [
      id("equipment"),
      ...unit,
      plain("KIND", "kind", "`ct`, `mri`, `ultrasound`, `ventilator` or `infusion_pump`."),
      field("DAILY_MINUTES", "daily_minutes", "integer", "Minutes for which it can be used in a day."),
    ],
  },
  equipment_usage: {
    description: "When equipment was used, one row a use.",
    fields: [
      id("equipment_usage"),
      plain("EQUIPMENT", "equipment_id", "Id of the equipment."),
      patient,
      encounter,
      ...period,
    ],
  },
  remittances: {
    description: "What payers decided about claims, one row a decision.",
    fields: [
      id("remittance"),
      plain("CLAIM", "claim_id", "Id of the claim.", ["phi:other"]),
      patient,
      plain("PAYER", "payer_id", "Id of the payer."),
      plain("DECISION", "decision", "`paid`, `denied` or `adjusted`."),
      field("AMOUNT", "amount", "money", "Amount in USD.", ["phi:other"]),
      plain("REASON_CODE", "reason_code", "Claim Adjustment Reason Code."),
      moment("POSTED_AT", "posted", "When it was posted."),
    ],
  },
  audit_findings: {
    description: "What audits found, one row a finding.",
    fields: [
      id("audit_finding"),
      ...unit,
      day("FOUND_ON", "found_on", "When it was found."),
      plain("CATEGORY", "category", "`documentation`, `billing`, `privacy`, `safety` or `licensing`."),
      plain("SEVERITY", "severity", "`low`, `medium` or `high`."),
      plain("STATUS", "status", "`open` or `closed`."),
      day("CLOSED_ON", "closed_on", "When it was closed."),
    ],
  },
};
