/**
 * How a spreadsheet program damages a file that passes through it: SQL over landing, to find it. A sign is two conditions on a
 * row, `{ shown, sound }`: it has a value as such a program shows it, or it has one that is as it was. Text for people may look
 * like either, a time, an id, a number or a code only where the file is damaged.
 */
const patterns = require("./patterns.js");

const any = (fields, condition) =>
  fields.map(({ header, ...field }) => `(${condition(`"${header}"`, field)})`).join(" or ");
const sign = (fields, shown, sound) =>
  fields.length === 0
    ? []
    : [{ shown: any(fields, shown), sound: `(${any(fields, sound)}) and not coalesce(${any(fields, shown)}, false)` }];

const isGiven = (x) => `${x} is not null`;

/** `5/7/2180 10:44`, `2180/5/7`, `07.05.2180`, `5-Jul-80`; most are as they should be, which is seen at once. */
const isShownDate = (x) =>
  `${x} not like '____-__-__%' and (${x} like '%_/%_/%_' or ${x} like '%_.%_.%_' or ${x} like '%_-___-__%')`;

/** `1.01E+08`, as it shows a number that is long: an id of which only the beginning is left. */
const isShortened = (x) => `${x} like '_.%E+%' or ${x} like '_,%E+%' or ${x} like '_E+%'`;

/** `7,2`, as it writes where a comma divides. */
const hasComma = (x) => `${x} like '%,%'`;
const hasPoint = (x) => `${x} like '%.%'`;

/** Digits alone, and fewer than there must be: it began with zeros. `0` alone stands for none. */
const isWithoutZeros = (x, { digits }) => `${x} <> '0' and ${patterns.matches(x, `[0-9]{1,${digits - 1}}`)}`;
const isWithZeros = (x, { digits }) => `${x} like '0%' and ${patterns.matches(x, `[0-9]{${digits},}`)}`;

/**
 * The signs that a table can have.
 *
 * @param fields of a table, as in fields.js; `isNumbered`, `isDecimal` and `digits` are said of few
 */
const signs = (fields) => {
  const each = fields.flatMap(({ alternative, ...field }) => [
    field,
    ...(alternative === undefined ? [] : [{ ...field, header: alternative }]),
  ]);
  return [
    ...sign(
      each.filter(({ type }) => type === "moment" || type === "day"),
      isShownDate,
      isGiven,
    ),
    ...sign(
      each.filter(({ isNumbered }) => isNumbered),
      isShortened,
      isGiven,
    ),
    ...sign(
      each.filter(({ type, isDecimal }) => type === "number" || isDecimal),
      hasComma,
      hasPoint,
    ),
    ...sign(
      each.filter(({ digits }) => digits !== undefined),
      isWithoutZeros,
      isWithZeros,
    ),
  ];
};

module.exports = { isShortened, signs };
