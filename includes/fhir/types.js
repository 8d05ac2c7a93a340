/**
 * Data types of FHIR R4 (http://hl7.org/fhir/R4/datatypes.html) as JSON, out of SQL. Each is NULL where it would say nothing, so
 * that it is left out of what it stands in. Systems and words that are known when the project is compiled are JS.
 */
const dates = require("../dates.js");
const { byEngine } = require("../engine.js");
const json = require("../json.js");
const patterns = require("../patterns.js");
const types = require("../types.js");
const codes = require("./codes.js");

/** Text that needs no escape: a code of our own, a key. */
const code = (x) => `'"' || ${x} || '"'`;
const fixed = json.constant;

const TERMINOLOGY = "http://terminology.hl7.org/CodeSystem";

/** A date, and an instant in UTC. */
const date = (x) => code(types.asText(x, "date"));
const instant = (x) => `'"' || ${dates.formatted(x, "YYYY-MM-DDTHH24:MI:SS.FF3")} || 'Z"'`;
/** The time of a row of silver by its names, as exactly as its source said it. */
const dateTime = (at, day, precision) => `case when ${precision} = 'day' then ${date(day)} else ${instant(at)} end`;
/** An instant that silver keeps as one; a day has none. */
const instantOnly = (at, precision) => `case when ${precision} = 'instant' then ${instant(at)} end`;

/** A time that begins, and ends if that is known. */
const period = (start, end) => json.object({ start, end });

/** A code of one of FHIR's own systems: `of("condition-clinical", sql)`. */
const own = (system, x) => json.object({ system: fixed(`${TERMINOLOGY}/${system}`), code: code(x) });
const ownIf = (system, x) => `case when ${x} is not null then ${own(system, x)} end`;
const ownConcept = (system, x) => json.object({ coding: json.list(ownIf(system, x)) });
/** One that is the same in every row. */
const constantConcept = (system, word, display) =>
  fixed({ coding: [{ system, code: word, ...(display === undefined ? {} : { display }) }] });

/** A code and its text, of a row of silver. A code of a system that is not known here stands without one. */
const concept = ({ system, value, text }) => {
  const coding = json.object({
    system: code(codes.codeSystem(system)),
    code: json.string(value),
    display: text === undefined ? undefined : json.string(text),
  });
  return json.object({
    coding: `case when ${value} is not null then ${json.list(coding)} end`,
    text: text === undefined ? undefined : json.string(text),
  });
};
/** The same by the columns that silver calls code, code_system and description. */
const conceptOf = (row) => concept({ system: `${row}.code_system`, value: `${row}.code`, text: `${row}.description` });
/** Text only. */
const textConcept = (x) => json.object({ text: json.string(x) });

/** What an element that must be there says where nothing is known: http://hl7.org/fhir/R4/extension-data-absent-reason.html. */
const ABSENT = {
  extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }],
};
const absent = fixed(ABSENT);
const absentConcept = constantConcept(`${TERMINOLOGY}/data-absent-reason`, "unknown", "Unknown");
const required = (x) => `coalesce(${x}, ${absent})`;
const requiredConcept = (x) => `coalesce(${x}, ${absentConcept})`;

/** Another resource, by the key of its row. */
const reference = (type, key) => `'{"reference":"${type}/' || ${key} || '"}'`;

/** An identifier: `kind` says what is numbered, `scope` (SQL) who gave the number. */
const identifier = ({ type, kind, scope, value }) =>
  `case when ${value} is not null then ${json.object({
    type: type === undefined ? undefined : ownConcept("v2-0203", type),
    system: json.string(`'urn:medform:${kind}:' || replace(coalesce(${scope}, 'unknown'), ' ', '-')`),
    value: json.string(value),
  })} end`;

/** JSON's number out of a measured value as sent: with its digits where it is written as JSON would, else to six places. */
const measured = (x) => {
  const bare = patterns.replaced(x, "^[<>]=?\\s*");
  return `case
      when ${patterns.matches(bare, "-?(0|[1-9][0-9]*)([.][0-9]+)?")} then ${bare}
      else cast(${types.quantity(bare)} as varchar)
    end`;
};

/** A quantity; `value` is JSON. */
const quantity = ({ value, unit, comparator }) => {
  const ucum = codes.ucum(unit);
  return `case when ${value} is not null then ${json.object({
    value,
    comparator: comparator === undefined ? undefined : code(comparator),
    unit: json.string(unit),
    system: `case when ${ucum} is not null then '"http://unitsofmeasure.org"' end`,
    code: code(ucum),
  })} end`;
};

const money = (x) =>
  `case when ${x} is not null then ${json.object({ value: json.number(x), currency: fixed("USD") })} end`;

/** Where something or somebody is; `row` has the columns of an address. */
const addressOf = (row, { use, ...more } = {}) => {
  const where = ["address_line", "city", "state", "postal_code"].map((name) => `${row}.${name}`);
  return `case when coalesce(${where.join(", ")}) is not null then ${json.object({
    use,
    line: json.list(json.string(where[0])),
    city: json.string(where[1]),
    state: json.string(where[2]),
    postalCode: json.string(where[3]),
    ...more,
  })} end`;
};

/** A telephone number or other way to reach somebody. */
const contactPoint = (system, x) =>
  `case when ${x} is not null then ${json.object({ system: fixed(system), value: json.string(x) })} end`;

/** Race or ethnicity as sent, in the extension of US Core 3.1.1, whose codes are not in use here. */
const usCore = (name, x) =>
  `case when ${x} is not null then '{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}","extension":[{"url":"text","valueString":' || ${json.string(x)} || '}]}' end`;

/** Text as the data of an attachment. */
const base64 = (x) => code(byEngine({ duckdb: `base64(encode(${x}))`, snowflake: `base64_encode(${x})` }));

module.exports = {
  absent,
  addressOf,
  base64,
  code,
  concept,
  conceptOf,
  constantConcept,
  contactPoint,
  date,
  dateTime,
  fixed,
  identifier,
  instant,
  instantOnly,
  measured,
  money,
  own,
  ownConcept,
  ownIf,
  period,
  quantity,
  reference,
  required,
  requiredConcept,
  TERMINOLOGY,
  textConcept,
  usCore,
};
