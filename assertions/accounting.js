const { balanced, codeSet, declare, key, nonNull, row } = require("../includes/declared.js");

// No row is lost: each identity balances in every scope, over all batches, in each run.
declare(
  { schema: "silver", name: "accounting" },
  {
    keys: ["identity", "scope"],
    once: true,
    rules: [key("accounting_key"), balanced("accounting_balances", "left_count", "right_count")],
  },
);

declare(
  { schema: "silver", name: "batch_count" },
  {
    keys: ["batch_id", "counted"],
    rules: [key("batch_count_key"), balanced("batch_count_once", "row_count", "record_count")],
  },
);

declare(
  { schema: "silver", name: "code_count" },
  {
    keys: ["code_count_key"],
    rules: [
      key("code_count_key"),
      row("code_count_short", "what is kept is short enough for a code", "length(code) <= 40"),
    ],
  },
);

declare(
  { schema: "silver", name: "disposition" },
  {
    keys: ["route", "batch_id"],
    rules: [
      nonNull("disposition_counted", ["route", "batch_id", "row_count"]),
      codeSet("disposition_known", "disposition", ["current", "superseded", "duplicate", "quarantined"]),
    ],
  },
);
