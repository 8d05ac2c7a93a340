/** Keys as text under fixed names, so that the branches of one assertion fit together; columns outside `shown` are empty. */
const keyColumns = (keys, prefix = "", shown = keys) =>
  keys
    .map((column, i) =>
      shown.includes(column)
        ? `cast(${prefix}${column} as varchar) as key_${i + 1}`
        : `cast(null as varchar) as key_${i + 1}`,
    )
    .join(", ");

module.exports = { keyColumns };
