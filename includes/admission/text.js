/** Text of SQL, laid out as a person would. */
const indent = (text, by = 2) => text.replaceAll("\n", `\n${" ".repeat(by)}`);
const list = (parts, by = 4) => parts.join(`,\n${" ".repeat(by)}`);
const names = (columns) => columns.map(({ name }) => name);

module.exports = { indent, list, names };
