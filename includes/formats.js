/** Every format that is delivered, in the order in which bronze lists them, and all of their tables. */
const formats = [require("./synthea.js"), require("./hospital.js"), require("./mimic.js"), require("./reference.js")];

module.exports = { formats, tables: formats.flatMap(({ tables }) => tables) };
