/** Record linkage: which records are of one person. docs/identity.md says how. */
const { components } = require("./linkage/components.js");
const pairs = require("./linkage/pairs.js");
const standard = require("./linkage/standard.js");

module.exports = { ...pairs, components, standard };
