const { codeSet, declare, key, noOrphans, row } = require("../includes/declared.js");
const { lists } = require("../includes/reference.js");

const delivery = [{ name: "delivered_at", type: "instant" }];

declare(
  { schema: "silver", name: "code_list" },
  {
    keys: ["list_name", ...delivery],
    rules: [
      key("code_list_key"),
      codeSet(
        "code_list_name",
        "list_name",
        lists.map(({ list }) => list),
      ),
      row(
        "code_list_whole",
        "a list in use holds codes and nothing else",
        "unused_reason is not null or (code_count > 0 and code_count = row_count)",
      ),
    ],
    warn: [
      row(
        "code_list_unused",
        "the newest delivery of a list is in use; unused_reason says why it is not",
        "unused_reason is null or unused_reason = 'superseded'",
      ),
    ],
  },
);

declare(
  { schema: "silver", name: "listed_code" },
  {
    keys: ["list_name", "code"],
    rules: [
      key("listed_code_key"),
      noOrphans("listed_code_has_list", ["list_name", "delivered_at"], ["silver", "code_list"]),
    ],
  },
);
