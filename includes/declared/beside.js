/**
 * Rules on a row and the row of another relation that it names. Those of one table about the same other row are judged in one
 * reading of both.
 */
const { keyColumns } = require("./text.js");

/**
 * @param rule `{ name, description, parent, on, failing }`: `parent` a name for ref, `on` pairs of column and parent's column,
 * `failing` SQL over `child` and `parent`, whose columns are NULL where there is none
 */
const beside = (rule) => ({ ...rule, kind: "beside" });

const sameParent = ({ parent, on }) => JSON.stringify([parent, on]);

/** @returns `{ steps, branches }`: CTEs, and a query of the failing rows for each rule */
const judgedBeside = ({ ctx, table, keys, rules }) => {
  const parents = [...new Set(rules.map(sameParent))];
  const groups = parents.map((each) => rules.filter((rule) => sameParent(rule) === each));
  const parts = groups.map((group, i) => {
    const [{ parent, on }] = group;
    const joined = `from ${table} as child
left join ${ctx.ref(parent)} as parent
  on ${on.map(([column, other]) => `child.${column} = parent.${other}`).join(" and ")}`;
    if (group.length === 1)
      return {
        steps: [],
        branches: [
          `
select '${group[0].name}' as rule, ${keyColumns(keys, "child.")}
${joined}
where ${group[0].failing}`,
        ],
      };
    const step = `beside_${i + 1}`;
    return {
      steps: [
        `${step} as (
  select *
  from (
    select
      ${keyColumns(keys, "child.")},
      ${group.map(({ name, failing }) => `${failing} as ${name}`).join(",\n      ")}
    ${joined.replaceAll("\n", "\n    ")}
  ) as checked
  where ${group.map(({ name }) => name).join(" or ")}
)`,
      ],
      branches: group.map(
        ({ name }) => `
select '${name}' as rule, ${keys.map((_, k) => `key_${k + 1}`).join(", ")}
from ${step}
where ${name}`,
      ),
    };
  });
  return { steps: parts.flatMap(({ steps }) => steps), branches: parts.flatMap(({ branches }) => branches) };
};

module.exports = { beside, judgedBeside };
