/**
 * The words in which assertions/ declares what must be true of a table. Everything compiles to plain Dataform assertions:
 * one for each table and severity, tagged `rule:NAME` for each rule, returning `rule` and the key of each failing row and
 * nothing else, so that no patient value leaves its table.
 *
 * Rules are strict about NULL: a condition that is NULL fails. A column that may be empty is named in `optional`, and the
 * rule then holds where it is empty.
 *
 * A group of rules may bear some failing rows (`threshold`), or judge only what an increment brought (`rows: "new"`).
 */
const { beside, judgedBeside } = require("./declared/beside.js");
const { neverRewritten, noGap, noOverlap, period } = require("./declared/history.js");
const { groupOf } = require("./declared/group.js");
const { keyColumns } = require("./declared/text.js");
const { namesOf } = require("./scd/text.js");
const texts = require("./texts.js");

/** A condition on one row. `optional`: columns whose absence makes the rule hold. */
function row(name, description, condition, { optional = [] } = {}) {
  const excused = optional.map((column) => `${column} is null or `).join("");
  return { name, description, kind: "row", failing: `not coalesce((${excused}${condition}), false)` };
}

function nonNull(name, columns) {
  return row(name, `${columns.join(", ")} given`, columns.map((column) => `${column} is not null`).join(" and "));
}

/** `columns` do not decrease from left to right. */
function ordered(name, columns, { optional = [] } = {}) {
  const pairs = columns.slice(1).map((column, i) => {
    const excused = [columns[i], column].filter((c) => optional.includes(c)).map((c) => `${c} is null or `);
    return `(${excused.join("")}${columns[i]} <= ${column})`;
  });
  return row(name, `${columns.join(" <= ")}`, pairs.join(" and "));
}

/** `column` holds one of `codes`. */
function codeSet(name, column, codes, { optional = false } = {}) {
  const list = codes.map(texts.literal).join(", ");
  return row(name, `${column} is one of ${codes.join(", ")}`, `${column} in (${list})`, {
    optional: optional ? [column] : [],
  });
}

/** `low <= column <= high`; either end may be left out. */
function range(name, column, { low, high, optional = false }) {
  const parts = [];
  if (low !== undefined) parts.push(`${column} >= ${low}`);
  if (high !== undefined) parts.push(`${column} <= ${high}`);
  if (parts.length === 0) throw new Error(`range ${name}: give low, high or both`);
  return row(name, `${column} from ${low ?? "-"} to ${high ?? "-"}`, parts.join(" and "), {
    optional: optional ? [column] : [],
  });
}

/** The table's key is given and stands once. */
function key(name) {
  return {
    name,
    description: "the key is given and stands once",
    kind: "set",
    held: ({ table, keys }) => `key:${name}:${table}(${namesOf(keys).join(",")})`,
    sql: ({ table, keys }) => `
select '${name}' as rule, ${keyColumns(keys)}
from ${table}
group by ${namesOf(keys).join(", ")}
having count(*) > 1 or ${namesOf(keys)
      .map((column) => `${column} is null`)
      .join(" or ")}`,
  };
}

/** Each row's `columns` stand in `parent` (a name for ref); rows where a column of `optional` is empty are excused. */
function noOrphans(name, columns, parent, parentColumns = columns, { optional = [] } = {}) {
  const missing = [`parent.${parentColumns[0]} is null`, ...optional.map((column) => `child.${column} is not null`)];
  return beside({
    name,
    description: `${columns.join(", ")} stands in ${[].concat(parent).join(".")}`,
    isOfOneRow: true,
    held: ({ table }) =>
      `references:${name}:${table}(${columns.join(",")}):${[].concat(parent).at(-1)}(${parentColumns.join(",")})`,
    parent,
    on: columns.map((column, i) => [column, parentColumns[i]]),
    failing: missing.join(" and "),
  });
}

/** Of an entity with an id of its source: its key stands once, and tenant and id are given. */
const identified = (entity) => [
  key(`${entity}_key_unique`),
  nonNull(`${entity}_identified`, ["tenant_id", `${entity}_id`]),
];

/** The row of another entity that one names, where it was found, stands in silver. */
const known = (entity, parent) =>
  noOrphans(`${entity}_has_${parent}`, [`${parent}_key`], ["silver", parent], [`${parent}_key`], {
    optional: [`${parent}_key`],
  });

/** Each `column` of `from`, a relation of silver, has a row in the table: nobody and nothing is missing. */
function everyOne(name, column, from, condition = "true") {
  return {
    name,
    description: `every ${column} of silver.${from} has a row`,
    kind: "set",
    sql: ({ ctx, table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "expected.", [column])}
from ${ctx.ref("silver", from)} as expected
left join ${table} as shown
  on shown.${column} = expected.${column}
where shown.${column} is null
  and ${condition}`,
  };
}

/** Among the rows of one `of`, exactly one satisfies `condition`. */
function oneCurrent(name, of, condition) {
  return {
    name,
    description: `one row of each ${of.join(", ")} satisfies ${condition}`,
    kind: "set",
    sql: ({ table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "", of)}
from ${table}
group by ${of.join(", ")}
having sum(case when ${condition} then 1 else 0 end) <> 1`,
  };
}

/** Two counts of one row are equal: for tables that balance what came in with what came out. */
function balanced(name, left, right) {
  return row(name, `${left} equals ${right}`, `${left} = ${right}`);
}

function query(ctx, relation, keys, rules, once) {
  const table = once ? "judged" : relation;
  const rows = rules.filter(({ kind }) => kind === "row");
  const sets = rules.filter(({ kind }) => kind === "set");
  const others = judgedBeside({ ctx, table, keys, rules: rules.filter(({ kind }) => kind === "beside") });
  const branches = [
    ...rows.map(
      ({ name }) => `
select '${name}' as rule, ${keys.map((_, i) => `key_${i + 1}`).join(", ")}
from failing
where ${name}`,
    ),
    ...others.branches,
    ...sets.map(({ sql }) => sql({ ctx, table, keys })),
  ];
  const read = once
    ? [
        `judged as (
  select *
  from ${relation}
)`,
      ]
    : [];
  const failing =
    rows.length === 0
      ? []
      : [
          `failing as (
  select *
  from (
    select
      ${keyColumns(keys)},
      ${rows.map(({ name, failing }) => `${failing} as ${name}`).join(",\n      ")}
    from ${table}
  ) as checked
  where ${rows.map(({ name }) => name).join(" or ")}
)`,
        ];
  // What several rules begin with is read once.
  const shared = new Set(sets.flatMap((rule) => rule.steps?.({ table }) ?? []));
  const steps = [...read, ...failing, ...others.steps, ...shared];
  return (steps.length === 0 ? "" : `with ${steps.join(",\n\n")}`) + branches.join("\nunion all\n");
}

/**
 * Declares rules over one table: `declare({ schema: "silver", name: "encounter" }, { keys: ["encounter_id"], rules: [...] })`.
 * `keys`: columns that say which row it is, `{ name, type }` where one is no text; `warn`: rules that are reported and never block; `threshold`: how many failing rows
 * each rule bears, as a number (`10`) or as a share of the table's rows (`"0.5%"`); `rows`: `"new"` judges only rows that the
 * run brought, `"new of one"` so only for those that look at nothing beside the row, which stay sound as long as the row stays; `suffix`:
 * tells a second group of rules over one table from the first; `once`: reads it once for all rules, where it is a view that costs.
 */
function declare(target, options) {
  const { keys, rules = [], warn = [], threshold, rows, suffix, once = false } = options;
  if (rows === "new of one") {
    const ofOne = rules.filter(({ kind }) => kind === "row");
    declare(target, { ...options, rows: "all", rules: rules.filter(({ kind }) => kind !== "row") });
    declare(target, { ...options, rows: "new", rules: ofOne, warn: [] });
    return;
  }
  const group = groupOf(target, { threshold, rows, rules: [...rules, ...warn] });
  for (const [severity, list] of [
    ["error", rules],
    ["warn", warn],
  ]) {
    if (list.length === 0) continue;
    const name = [target.schema, target.name, suffix, ...group.suffixes, severity === "warn" ? "warn" : undefined]
      .filter(Boolean)
      .join("_");
    assert(name)
      .description(list.map((rule) => `${rule.name}: ${rule.description}`).join("\n"))
      .tags([
        ...(severity === "warn" ? ["severity:warn"] : []),
        ...group.tags,
        ...list.map((rule) => `rule:${rule.name}`),
        // What a rule holds of all rows, for who declares keys.
        ...list.flatMap((rule) => rule.held?.({ table: target.name, keys }) ?? []),
      ])
      .query((ctx) => query(ctx, ctx.ref(target), keys, list, once));
  }
}

/**
 * Declares the findings of one entity as warnings: what was admitted and flagged, counted by rule from silver.finding.
 * `flags`: rule name -> what it means; the declared rule is `<entity>_<rule>`. Any of them may come to be absent.
 */
function findings(entity, found) {
  const flags = { ...found, absent_from_snapshot: "is absent from the newest snapshot of its source" };
  assert(`silver_${entity}_finding`)
    .description(
      Object.entries(flags)
        .map(([name, meaning]) => `${entity}_${name}: ${meaning}`)
        .join("\n"),
    )
    .tags(["severity:warn", ...Object.keys(flags).map((name) => `rule:${entity}_${name}`)])
    .query(
      (ctx) => `
select '${entity}_' || rule as rule, tenant_id, record_key
from ${ctx.ref("silver", "finding")}
where entity = '${entity}'`,
    );
}

module.exports = {
  balanced,
  beside,
  codeSet,
  declare,
  everyOne,
  findings,
  identified,
  key,
  keyColumns,
  known,
  neverRewritten,
  noGap,
  noOrphans,
  noOverlap,
  nonNull,
  oneCurrent,
  ordered,
  period,
  range,
  row,
};
