const { declare, row } = require("../includes/declared.js");
const { entities } = require("../includes/silver.js");
const tenancy = require("../includes/tenancy.js");
const texts = require("../includes/texts.js");

// A warehouse of one tenant publishes no row of another.
const owner = tenancy.owner();
if (owner !== undefined) {
  for (const [name, { key }] of Object.entries(entities)) {
    declare(
      { schema: "silver", name },
      {
        keys: [key],
        rules: [row(`${name}_tenant`, `it belongs to ${owner}`, `tenant_id = ${texts.literal(owner)}`)],
        suffix: "tenant",
      },
    );
  }
}
