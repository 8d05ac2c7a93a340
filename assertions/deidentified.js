const { smallZip3 } = require("../includes/areas.js");
const { declare, everyOne, key, noOrphans, nonNull, row } = require("../includes/declared.js");
const { POOLED_AGE, columnsOf, outputs } = require("../includes/deidentify.js");
const patterns = require("../includes/patterns.js");
const research = require("../includes/research.js");
const texts = require("../includes/texts.js");

const ids = outputs.map((output) => `${output}_id`);

/** No two rows share a drawn id. */
const drawnOnce = (name, column) => ({
  name,
  description: `${column} is one row's`,
  kind: "set",
  sql: ({ table, keys: [key] }) => `
select '${name}' as rule, min(${key}) as key_1
from ${table}
group by ${column}
having count(*) > 1`,
});

for (const entity of ["patient", "encounter", "facility", "provider"]) {
  const name = `crosswalk_${entity}`;
  const columns = [`${entity}_key`, ...ids];
  declare(
    { schema: "crosswalk", name: entity },
    {
      keys: [`${entity}_key`],
      rows: "new of one",
      rules: [
        key(`${name}_key`),
        nonNull(`${name}_given`, ids),
        row(
          `${name}_apart`,
          "no id is the key, or that of another output",
          columns.flatMap((one, i) => columns.slice(i + 1).map((other) => `${one} <> ${other}`)).join(" and "),
          { optional: ids },
        ),
        ...outputs.map((output) => drawnOnce(`${name}_${output}_once`, `${output}_id`)),
        ...(entity === "patient"
          ? [row("crosswalk_patient_shift", "dates are moved, by a year at most", "abs(shift_days) between 1 and 365")]
          : []),
      ],
    },
  );
}

declare(
  { schema: "crosswalk", name: "subject" },
  {
    keys: ["patient_key"],
    rules: [
      key("subject_key"),
      everyOne("subject_complete", "patient_key", "patient"),
      nonNull("subject_given", [...ids, "shift_days"]),
      row(
        "subject_years",
        `years may be told of whose age is known and below ${POOLED_AGE}`,
        `has_years = coalesce(age_years between 0 and ${POOLED_AGE - 1}, false)`,
      ),
    ],
  },
);

for (const output of outputs) {
  for (const { schema, name } of research.placed(output).filter((table) => table.name === "person")) {
    declare(
      { schema, name },
      {
        keys: ["person_id"],
        suffix: "known",
        once: true,
        rules: [
          key(`${schema}_person_key`),
          noOrphans(`${schema}_person_drawn`, ["person_id"], ["crosswalk", "patient"], [`${output}_id`]),
        ],
      },
    );
  }
}

for (const { schema, name, columns } of research.placed("safe_harbor")) {
  const years = columnsOf("safe_harbor", columns).filter((column) => column.name.endsWith("_year"));
  declare(
    { schema, name },
    {
      keys: ["person_id"],
      rules: [
        {
          name: `${schema}_${name}_pooled`,
          description: `no age is above ${POOLED_AGE}, and no year is told at that age or at none that is known`,
          kind: "row",
          // Most ages are below: only what is left need be looked at further.
          failing: `not coalesce(age_years between 0 and ${POOLED_AGE - 1}, false)
        and not coalesce((age_years is null or age_years = ${POOLED_AGE}) and ${years.map((year) => `${year.name} is null`).join(" and ")}, false)`,
        },
        ...(name === "person"
          ? [
              row(
                `${schema}_person_zip3`,
                "a ZIP code is three digits, and none that few people share",
                `${patterns.matches("zip3", "[0-9]{3}")} and zip3 not in (${smallZip3().map(texts.literal).join(", ")})`,
                { optional: ["zip3"] },
              ),
            ]
          : []),
      ],
    },
  );
}
