const { codeSet, declare, everyOne, key, keyColumns, oneCurrent } = require("../includes/declared.js");
const { EVENTS } = require("../includes/outbox.js");

const ABOUT = ["patient", "encounter", "prescription", "lab_result"];

/** What an event is about was admitted once: its verdict is there, whatever became of it since. */
const hasEntity = (name) => ({
  name,
  description: "what it is about is known to silver",
  kind: "set",
  isOfOneRow: true,
  sql: ({ ctx, table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "event.")}
from ${table} as event
left join (
  ${ABOUT.map(
    (entity) =>
      `select '${entity}' as entity, ${entity}_key as entity_key from ${ctx.ref("silver", `${entity}_verdict`)}`,
  ).join("\n  union all\n  ")}
) as known
  on known.entity = event.entity
  and known.entity_key = event.entity_key
where known.entity_key is null`,
});

declare(
  { schema: "gold", name: "event_outbox" },
  {
    keys: ["event_id"],
    rules: [
      key("event_outbox_key"),
      oneCurrent("event_outbox_sequence", ["sequence"], "sequence > 0"),
      everyOne("event_outbox_every_patient", "patient_key", "patient"),
    ],
  },
);
// What was told is never written again: what was sound stays so.
declare(
  { schema: "gold", name: "event_outbox" },
  {
    keys: ["event_id"],
    rows: "new",
    rules: [codeSet("event_outbox_type", "event_type", EVENTS), hasEntity("event_outbox_has_entity")],
  },
);

// What is a row of silver each has that row's key; these are made of several.
for (const resource of ["patient", "organization", "location", "diagnostic_report", "document_reference", "claim"]) {
  declare(
    { schema: "gold", name: `fhir_${resource}` },
    {
      keys: ["id"],
      rules: [
        key(`fhir_${resource}_key`),
        ...(resource === "patient" ? [everyOne("fhir_patient_complete", "patient_key", "patient")] : []),
      ],
    },
  );
}
