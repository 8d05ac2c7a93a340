const { codeSet, declare, key, nonNull, range, row } = require("../includes/declared.js");
const { CATEGORIES } = require("../includes/rules.js");

const categories = Object.keys(CATEGORIES);

declare(
  { schema: "silver", name: "absence" },
  {
    keys: ["entity", "record_key"],
    rules: [key("absence_key"), row("absence_since", "what is absent was seen before", "last_seen_at < absent_since")],
  },
);

declare(
  { schema: "silver", name: "value_check" },
  {
    keys: ["batch_id", "table_name", "column_name", "check_name"],
    rules: [
      key("value_check_key"),
      row("value_check_counts", "no more failed than was checked", "failed_count between 0 and checked_count"),
    ],
  },
);

declare(
  { schema: "gold", name: "quality_check" },
  {
    keys: ["quality_check_key"],
    rules: [
      key("quality_check_key"),
      nonNull("quality_check_placed", ["sent_by", "table_name", "delivered_date", "check_name"]),
      codeSet("quality_check_category", "category", categories),
      row("quality_check_counts", "no more failed than was checked", "failed_count between 0 and checked_count"),
    ],
  },
);

declare(
  { schema: "gold", name: "quality_score" },
  {
    keys: ["quality_score_key"],
    rules: [
      key("quality_score_key"),
      codeSet("quality_score_category", "category", categories),
      range("quality_score_share", "score", { low: 0, high: 1, optional: true }),
      row(
        "quality_score_value_or_reason",
        "there is a score, or else a reason",
        "(score is null) = (reason is not null)",
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "unmapped_code" },
  {
    keys: ["unmapped_code_key"],
    rules: [
      key("unmapped_code_key"),
      nonNull("unmapped_code_placed", ["sent_by", "table_name", "column_name", "code", "first_delivered_at"]),
      row("unmapped_code_short", "what is shown is short enough for a code", "length(code) <= 40"),
    ],
  },
);

declare(
  { schema: "gold", name: "late_file" },
  {
    keys: ["late_file_key"],
    rules: [
      key("late_file_key"),
      codeSet("late_file_lateness", "lateness", ["overdue", "missing", "late_events"]),
      row("late_file_hours", "it is late by some time", "late_hours >= 0"),
    ],
  },
);

declare(
  { schema: "gold", name: "schema_drift" },
  {
    keys: ["schema_drift_key"],
    rules: [
      key("schema_drift_key"),
      codeSet("schema_drift_kind", "drift", ["new", "missing", "rewritten"]),
      row("schema_drift_period", "it ended after it began", "ended_at is null or began_at <= ended_at"),
    ],
  },
);
