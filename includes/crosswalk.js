/** The crosswalk: which random ids somebody or something has in the de-identified outputs. Drawn once and kept for good. */
const { seenRun } = require("./admission/candidates.js");
const deidentify = require("./deidentify.js");
const random = require("./random.js");

const tags = ["provenance"];

/** Columns of the crosswalk of an entity. */
const columns = (entity) => ({
  [`${entity}_key`]: { description: `The ${entity}, by its key in silver.`, tags: ["phi:other"] },
  ...Object.fromEntries(
    deidentify.outputs.map((output) => [
      `${output}_id`,
      { description: `Its id in the output ${output}, drawn by lot.`, tags },
    ]),
  ),
  judged_run: { description: "The number of the run that judged it when the ids were drawn.", tags },
  run_id: { description: "The run that drew them.", tags },
});

/**
 * Whom or what has no ids yet, with ids: everything that was ever delivered under a key, also what is kept out and may be
 * admitted later. `drawn`: what else is drawn, `{ name: SQL }`; `self` only in an increment.
 */
const model = ({ entity, drawn = {}, ref, self }) => {
  const since = self === undefined ? "" : `\n    and judged_run > ${seenRun(self)}`;
  const ids = deidentify.outputs.map((output) => `${random.id()} as ${output}_id`);
  const others = Object.entries(drawn).map(([name, sql]) => `${sql} as ${name}`);
  return `with delivered as (
  select
    ${entity}_key,
    max(judged_run) as judged_run
  from ${ref("silver", `${entity}_verdict`)}
  where ${entity}_key is not null${since}
  group by ${entity}_key
)

select
  ${entity}_key,
  ${[...ids, ...others].join(",\n  ")},
  judged_run,
  cast(getvariable('MEDFORM_RUN_ID') as varchar) as run_id
from delivered`;
};

module.exports = { columns, model };
