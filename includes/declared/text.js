const { columnOf, namesOf } = require("../scd/text.js");
const types = require("../types.js");

/** Keys as text under fixed names, so that the branches of one assertion fit together; columns outside `shown` are empty. */
const keyColumns = (keys, prefix = "", shown = keys) =>
  keys
    .map((key, i) => {
      const { name, type } = columnOf(key);
      return namesOf(shown).includes(name)
        ? `${types.readable(`${prefix}${name}`, type)} as key_${i + 1}`
        : `cast(null as varchar) as key_${i + 1}`;
    })
    .join(", ");

module.exports = { keyColumns };
