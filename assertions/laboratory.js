const { codeSet, declare, key, keyColumns, noOrphans, range, row } = require("../includes/declared.js");

/** Each row of `from`, a relation, that satisfies `condition` stands in the table. */
const complete = (name, from, condition = "true") => ({
  name,
  description: `every row of ${from.join(".")} where ${condition} is here`,
  kind: "set",
  sql: ({ ctx, table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "expected.")}
from ${ctx.ref(from)} as expected
left join ${table} as shown
  on shown.lab_result_key = expected.lab_result_key
where shown.lab_result_key is null
  and ${condition}`,
});

declare(
  { schema: "gold", name: "fct_lab_result" },
  {
    keys: ["lab_result_key"],
    rules: [
      key("fct_lab_result_key"),
      complete("fct_lab_result_complete", ["silver", "lab_result"]),
      noOrphans("fct_lab_result_has_patient", ["patient_key"], ["gold", "dim_patient"]),
      range("fct_lab_result_turnaround", "turnaround_hours", { low: 0, optional: true }),
      row(
        "fct_lab_result_turnaround_reason",
        "either a turnaround or the reason why there is none",
        "(turnaround_hours is null) = (turnaround_reason is not null)",
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "critical_lab" },
  {
    keys: ["lab_result_key"],
    rules: [
      key("critical_lab_key"),
      complete("critical_lab_complete", ["gold", "fct_lab_result"], "expected.is_critical"),
      codeSet("critical_lab_direction", "direction", ["low", "high"]),
      codeSet("critical_lab_flagged_by", "flagged_by", ["laboratory", "limits", "both"]),
      codeSet("critical_lab_status", "notification_status", [
        "notified",
        "never_notified",
        "out_of_order",
        "not_carried",
      ]),
      row(
        "critical_lab_minutes",
        "minutes, 0 or more, if, and only if, somebody was told in time",
        "(notification_status = 'notified') = coalesce(minutes_to_notification >= 0, false)",
      ),
      row(
        "critical_lab_never_notified",
        "never notified if, and only if, the status says so",
        "is_never_notified = (notification_status = 'never_notified')",
      ),
    ],
  },
);
