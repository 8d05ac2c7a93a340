/** Each row beside the rows that it names: what is found, and which rules it breaks. */
const { categoryOf, flag, quarantine } = require("../rules.js");
const { candidateColumns } = require("./candidates.js");
const { hasPatient, isDescribed, lookup } = require("./references.js");
const { indent, list, names } = require("./text.js");

/**
 * Of a file that was damaged on its way nothing is taken as true. But a patient with an id is never kept out: where no other file
 * tells of the patient, the damaged one does.
 */
const fileDamaged = ({ name, key }) => {
  const when = "damaged.batch_id is not null";
  if (name !== "patient") return [quarantine("file_damaged", when)];
  const isToldElse = `max(case when damaged.batch_id is null then 1 else 0 end) over (partition by candidate.${key.name}) = 1`;
  return [quarantine("file_damaged", `${when} and ${isToldElse}`), flag("file_damaged", when)];
};
const damagedFile = (ref) => `left join (
    select distinct
      batch_id,
      file_name
    from ${ref("silver", "delivered_file")}
    where damage is not null
  ) as damaged
    on damaged.batch_id = candidate.batch_id
    and damaged.file_name = candidate.file_name`;

const lookups = (entity) => [...(hasPatient(entity) ? ["patient"] : []), ...(entity.references || [])];

const ruleNames = (rules, outcome) => {
  const broken = rules
    .filter((rule) => rule.outcome === outcome)
    .map(({ name, when }) => `case when ${when} then ',${name}' else '' end`);
  if (broken.length === 0) return "cast(null as varchar)";
  return `nullif(ltrim(\n      ${broken.join("\n      || ")},\n      ','\n    ), '')`;
};

/** The row as it was sent, but for the text of a code that came without one: that is its concept's, as it is known now. */
const saying = (entity) =>
  isDescribed(entity)
    ? candidateColumns(entity).map((name) =>
        name === "description"
          ? "case when candidate.concept_ref is null then candidate.description else concept.display end as description"
          : `candidate.${name}`,
      )
    : ["candidate.*"];

/** Each row beside the rows that it names, with the rules that it breaks. */
const judged = (entity, ref, rules, values, joins) => {
  const tables = lookups(entity).map((of) => {
    const on = of === "patient" && hasPatient(entity) ? "candidate.patient_key" : `candidate.${of}_ref`;
    return `left join (
    ${lookup(of, ref)}
  ) as ${of}
    on ${of}.${of}_key = ${on}`;
  });
  const columns = names(entity.judged).map((name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${entity.name}: no SQL for the judged column ${name}`);
    return `${value} as ${name}`;
  });
  const all = [...fileDamaged(entity), ...rules];
  for (const { name } of all) categoryOf(name);
  return `judged as (
  select
    ${list([
      ...saying(entity),
      ...columns,
      `${ruleNames(all, "quarantine")} as broken_rules`,
      `${ruleNames(all, "flag")} as broken_flags`,
    ])}
  from candidate${[damagedFile(ref), ...tables, ...joins].map((join) => `\n  ${indent(join, 0)}`).join("")}
)`;
};

module.exports = { judged };
