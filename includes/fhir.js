/**
 * Rows of silver as resources of FHIR R4: what every view `gold.fhir_*` is made with. A resource's id is the key of its row; it
 * refers to others by theirs. See docs/exchange.md for what is mapped to what.
 */
const gold = require("./gold.js");
const json = require("./json.js");
const codes = require("./fhir/codes.js");
const types = require("./fhir/types.js");

/** The columns of each view. */
const columns = {
  resource_type: "The type of the resource, as FHIR R4 names it.",
  id: gold.phi("The resource's id: the key of its row.", "other"),
  patient_key: gold.phi("The patient whom it is about. NULL for what is about none.", "other"),
  tenant_id: "The organisation that the record belongs to.",
  last_updated: { description: "When what it says was landed, in UTC; its meta.lastUpdated.", tags: ["provenance"] },
  resource: gold.phi("The resource as JSON.", "other"),
  ...gold.provenance,
};

/**
 * Select list of a view.
 *
 * @param row `{ type, of, id, patient, security, members }`: `of` is the name of the row that it is made of, `id` SQL for its key
 * unless that is `<of>_key`, `patient` SQL unless it is its column, `members` JSON by name of what the type has.
 */
const resource = ({ type, of, id = `${of}.${of}_key`, patient = `${of}.patient_key`, security, members }) => {
  const all = {
    resourceType: types.fixed(type),
    id: types.code(id),
    meta: json.object({
      lastUpdated: types.instant(`${of}.loaded_at`),
      source: json.string(`'urn:medform:source:' || replace(${of}.source_system, ' ', '-')`),
      security,
    }),
    ...members,
  };
  return `'${type}' as resource_type,
  ${id} as id,
  ${patient} as patient_key,
  ${of}.tenant_id,
  ${of}.loaded_at as last_updated,
  ${json.lines(all)} as resource,
  ${Object.keys(gold.provenance)
    .map((column) => `${of}.${column}`)
    .join(",\n  ")}`;
};

/** Of what is about no patient. */
const noPatient = "cast(null as varchar)";

module.exports = { ...types, codes, columns, noPatient, resource };
