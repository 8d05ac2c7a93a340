const { event, eventOfPatient, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, keyColumns, noOrphans } = require("../includes/declared.js");

const STATUSES = ["scheduled", "in_progress", "completed", "cancelled", "no_show"];

/** Changes of one appointment in time; of those at one instant, the one that another continues comes first. */
const inTime = "partition by appointment_key order by changed_at, from_status nulls first, appointment_change_key";

/** Each change begins with the status in which the one before it left the appointment. */
const continues = {
  name: "appointment_change_continues",
  description: "a change begins where the one before it ended",
  kind: "set",
  sql: ({ table, keys }) => `
select 'appointment_change_continues' as rule, ${keyColumns(keys)}
from (
  select
    *,
    lag(to_status) over (${inTime}) as status_before
  from ${table}
  where appointment_key is not null
) as followed
where status_before is distinct from from_status`,
};

/** The last change left the appointment in the status that it has. */
const agrees = {
  name: "appointment_change_agrees",
  description: "the last change of an appointment ends in its status",
  kind: "set",
  sql: ({ ctx, table, keys }) => `
select 'appointment_change_agrees' as rule, ${keyColumns(keys, "last_change.")}
from (
  select *
  from ${table}
  where appointment_key is not null
  qualify lead(to_status) over (${inTime}) is null
) as last_change
inner join ${ctx.ref("silver", "appointment")} as appointment
  on appointment.appointment_key = last_change.appointment_key
where appointment.status <> last_change.to_status`,
};

declare(
  { schema: "silver", name: "appointment_change" },
  {
    keys: ["appointment_change_key"],
    rows: "new of one",
    rules: [
      ...event("appointment_change", { at: "changed_at", date: "changed_date", hasEncounter: false }),
      noOrphans(
        "appointment_change_has_appointment",
        ["appointment_key"],
        ["silver", "appointment"],
        ["appointment_key"],
        {
          optional: ["appointment_key"],
        },
      ),
      eventOfPatient("appointment_change", "appointment"),
      codeSet("appointment_change_from", "from_status", STATUSES, { optional: true }),
      codeSet("appointment_change_to", "to_status", STATUSES),
    ],
    warn: [continues, agrees],
  },
);

findings("appointment_change", {
  terminal_status_left: "admitted, though a status that ends an appointment was left again",
  transition_illegal: "admitted, though that status does not follow this one",
  ...flags("after_death", "appointment_unresolved", "conflict"),
});
