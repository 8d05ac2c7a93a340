const { balanced, codeSet, declare, key, nonNull } = require("../includes/declared.js");

// No row is lost: each identity balances in every scope, over all batches, in each run.
declare(
  { schema: "silver", name: "accounting" },
  {
    keys: ["identity", "scope"],
    rules: [key("accounting_key"), balanced("accounting_balances", "left_count", "right_count")],
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
