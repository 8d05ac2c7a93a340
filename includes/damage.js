/** How a spreadsheet program damages a file that passes through it: SQL over landing, to find it. */
/**
 * The condition that a delivered value is a date as such a program shows it (`5/7/2180 10:44`). Text for people may hold one, a
 * field of a time only where the file is damaged.
 *
 * @param fields of a table, as in fields.js
 * @returns SQL, or undefined where the table has no times
 */
const spreadsheetDate = (fields) => {
  const times = fields.filter(({ type }) => type === "moment" || type === "day");
  const headers = times.flatMap(({ header, alternative }) => (alternative ? [header, alternative] : [header]));
  return headers.length === 0 ? undefined : headers.map((header) => `"${header}" like '%_/%_/____%'`).join(" or ");
};

module.exports = { spreadsheetDate };
