/**
 * A format of delivered tables, out of one description of each table and column, what it means and how it is typed. From it come
 * the declarations of the landing tables, the bronze models, and the record of what could not be typed.
 *
 * A table is `{ description, fields }`, its fields as in fields.js. What it is called in landing and bronze is the format's name
 * and its own: `synthea_patients`.
 */
const { column } = require("./columns.js");
const texts = require("./texts.js");
const types = require("./types.js");

/** A header as SQL, trimmed: where the versions differ in name, whichever was delivered. */
const trimmed = ({ header, alternative }) =>
  alternative ? `coalesce(${types.text(`"${header}"`)}, ${types.text(`"${alternative}"`)})` : types.text(`"${header}"`);

const isMeasured = (x) => `(${x} like '<%' or ${x} like '>%')`;
const measured = (x) => types.number(texts.trimmed(`ltrim(${x}, '<>=')`));

const REASONS = {
  moment: "no instant and no day",
  day: "no day",
  integer: "no whole number",
  money: "no amount",
  degree: "no degree",
  quantity: "no quantity",
  number: "no number",
  measure: "said to be numeric, and no number",
};

/** The field's column in the first step of its bronze model: trimmed text under a name of its own. */
const text = (field) => (field.type === "text" ? field.name : `${field.name}_raw`);

/** The columns of bronze that a field becomes: `{ column, sql }`, `sql` over the trimmed text and columns before it. */
const typed = (field) => {
  const x = text(field);
  const { name, description, tags, type } = field;
  switch (type) {
    case "text":
      return [{ column: column(name, "text", description, tags), sql: x }];
    case "day":
      return [{ column: column(name, "date", description, tags), sql: types.day(x, "time_zone") }];
    case "moment":
      return [
        {
          column: column(`${name}_at`, "instant", `${description} In UTC; a day as its first moment.`, tags),
          sql: `${name}_at`,
        },
        {
          column: column(`${name}_date`, "date", `${description} The day, where the source is.`, tags),
          sql: types.localDate(`${name}_at`, "time_zone"),
        },
        {
          column: column(`${name}_precision`, "text", "`instant` or `day`: how exactly the source said it."),
          sql: types.precision(x, `${name}_at`),
        },
      ];
    case "measure":
      return [
        { column: column(`${name}_text`, "text", description, tags), sql: x },
        {
          column: column(`${name}_number`, "number", "The value as a number, without its comparator."),
          sql: `case when value_type = 'numeric' or ${isMeasured(x)} then ${measured(x)} end`,
        },
        {
          column: column("comparator", "text", "`<`, `<=`, `>` or `>=` before the number."),
          sql: types.comparator(x),
        },
      ];
    default:
      return [{ column: column(name, type, description, tags), sql: types[type](x) }];
  }
};

/** The steps of a bronze model as select lists: what is trimmed, which instants are read, what comes out. */
const steps = ({ fields }) => {
  return {
    trimmed: fields.map((field) => `${trimmed(field)} as ${text(field)}`),
    instants: fields
      .filter(({ type }) => type === "moment")
      .map((field) => `${types.instant(text(field), "time_zone")} as ${field.name}_at`),
    columns: fields.flatMap(typed),
  };
};

/**
 * The condition that a field was delivered and could not be typed, over its trimmed text and that of the type of its value;
 * undefined for text.
 */
const untyped = (field, zone, x = text(field), valueType = "value_type") => {
  const { type } = field;
  if (type === "text") return undefined;
  if (type === "measure") return `${valueType} = 'numeric' and ${x} is not null and ${measured(x)} is null`;
  const value = type === "moment" || type === "day" ? types.instant(x, zone) : types[type](x);
  return `${x} is not null and ${value} is null`;
};

/**
 * Where a field was delivered and could not be typed: `{ name, reason, said, when }`, or undefined for text. `said` is the
 * columns to select from landing, `when` reads them.
 */
const failure = (field, zone) => {
  const { name, type } = field;
  if (type === "text") return undefined;
  const said = [
    `${trimmed(field)} as said`,
    ...(type === "measure" ? [`${texts.trimmed('"TYPE"')} as said_type`] : []),
  ];
  return { name, reason: REASONS[type], said, when: untyped(field, zone, "said", "said_type") };
};

/** Every header of a table, for its declaration: the union of the versions. */
const headers = ({ fields }) =>
  fields.flatMap((field) => [
    column(field.header, "text", `${field.description} As delivered.`, field.tags),
    ...(field.alternative ? [column(field.alternative, "text", `${field.description} As delivered.`, field.tags)] : []),
  ]);

/**
 * @param name of the format, which begins the name of each of its tables in landing and bronze
 * @param tables by their name within the format
 * @returns `{ name, tables }`, each table `{ name, description, fields, headers, steps }`, in the order given
 */
const format = (name, tables) => ({
  name,
  tables: Object.entries(tables).map(([table, described]) => ({
    name: `${name}_${table}`,
    ...described,
    headers: headers(described),
    steps: steps(described),
  })),
});

module.exports = { failure, format, text, untyped };
