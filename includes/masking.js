/**
 * What a masked view shows instead of a column that says who somebody is: by the identifier of its tag `phi:<identifier>`, and
 * by its name, which says what it holds. An identifier that has no line here is an error when the project is compiled.
 */
const dates = require("./dates.js");
const keys = require("./keys.js");

/** Nothing, in the column's type. */
const hidden = { sql: (x) => `nullif(${x}, ${x})`, how: "NULL here" };

/** Who is the same stays the same, in all masked views; who it is, only holders of the key can find out. */
const pseudonym = { sql: (x) => keys.pseudonym(x, "secret.pseudonym_key"), how: "a pseudonym here" };

const yearOfInstant = {
  sql: (x) => `cast(${dates.firstOf("year", x)} as datetime)`,
  how: "the first moment of its year here",
};
const yearOfDate = { sql: (x) => dates.firstOf("year", x), how: "the first day of its year here" };

/** Ages beyond 89 are one, as 45 CFR 164.514(b)(2)(i)(C) asks. */
const pooledAge = { sql: (x) => `case when ${x} > 89 then 90 else ${x} end`, how: "90 here where it is more than 89" };

/**
 * A birth of whom the age is not pooled, else it would tell that age: `aged` is the row of gold.dim_patient. Who is of no known
 * age may be as old.
 */
const yearOfBirth = {
  sql: (x) => `case when aged.age_years <= 89 then ${dates.firstOf("year", x)} end`,
  how: "the first day of its year here, NULL of who is 90 or older at as_of, or was at death, or is of no known age",
};

const firstFitting = (...rules) => [...rules, [/^/, hidden]];

const key = [/_(key|id|raw|ref|hash)$|^mrn$/, pseudonym];
const never = firstFitting();

/** By identifier: what the name of the column fits first. */
const RULES = {
  account: never,
  beneficiary: never,
  biometric: never,
  date: firstFitting(
    [/^birth_date$/, yearOfBirth],
    // So many years after birth.
    [/^majority_date$/, hidden],
    [/_at$|_since$|^(valid|recorded)_(from|to)$/, yearOfInstant],
    [/_(date|until)$/, yearOfDate],
    [/^age_years$/, pooledAge],
  ),
  device: firstFitting(key),
  email: never,
  fax: never,
  geography: never,
  ip: never,
  license: never,
  mrn: firstFitting(key),
  name: never,
  other: firstFitting(key),
  phone: never,
  photo: never,
  ssn: never,
  text: never,
  url: never,
  vehicle: never,
};

const identifierOf = (tags) => (tags ?? []).find((tag) => tag.startsWith("phi:"))?.slice("phi:".length);

/** @param column `{ name, tags }` @returns `{ sql, how }`, or undefined for what says of nobody who it is */
const ruleOf = ({ name, tags }) => {
  const identifier = identifierOf(tags);
  if (identifier === undefined) return undefined;
  const rules = RULES[identifier];
  if (rules === undefined)
    throw new Error(`masking: the column ${name} has the tag phi:${identifier}, which has no rule`);
  return rules.find(([fits]) => fits.test(name))[1];
};

/** Of a column of `source`: what stands in the select list of its masked view. */
const selected = (column) => {
  const rule = ruleOf(column);
  return rule === undefined ? `source.${column.name}` : `${rule.sql(`source.${column.name}`)} as ${column.name}`;
};

/** Its words and tags there: it is no PHI any more, and says what it was. */
const described = (column) => {
  const rule = ruleOf(column);
  if (rule === undefined) return { description: column.description, tags: column.tags };
  const others = column.tags.filter((tag) => !tag.startsWith("phi:"));
  return {
    description: `${column.description} Masked: ${rule.how}.`,
    tags: [...others, `masked:${identifierOf(column.tags)}`],
  };
};

/** A record for other systems is whole or nothing: without who it is of it would be empty. */
const isExport = (tag) => tag.startsWith("export:");

/** What is masked of a project's actions: the relations of gold but exports, as `{ name, description, columns }` with columns by name. */
const shown = (actions) =>
  actions
    .map(({ proto }) => proto)
    .filter(({ canonicalTarget, actionDescriptor, disabled, tags }) => {
      const isOfGold = canonicalTarget.schema.toLowerCase() === "gold";
      return isOfGold && !disabled && !(tags ?? []).some(isExport) && (actionDescriptor?.columns ?? []).length > 0;
    })
    .map(({ canonicalTarget, actionDescriptor }) => ({
      name: canonicalTarget.name.toLowerCase(),
      description: actionDescriptor.description,
      columns: actionDescriptor.columns.map(({ path, description, tags }) => ({
        name: path.join("."),
        description,
        tags,
      })),
    }));

/** Whether a pseudonym is among what stands instead of the columns, which needs its key. */
const needsKey = (columns) => columns.some((column) => ruleOf(column) === pseudonym);

/** Whether a birth is among them, which needs the patient's age. */
const needsAge = (columns) => columns.some((column) => ruleOf(column) === yearOfBirth);

module.exports = { described, needsAge, needsKey, selected, shown };
