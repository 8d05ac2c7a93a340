/**
 * How tenants are kept apart, by the variable `tenancy`: `together` (they are not, which is the default), `row` (one warehouse,
 * each reader sees rows of one tenant), `schema` or `database` (a warehouse for each, by an environment for each, whose variable
 * `tenant` says whose it is).
 */
const { tenants } = require("./source_systems.js");

const MODES = ["together", "row", "schema", "database"];

const vars = () => dataform.projectConfig.vars ?? {};

const mode = () => {
  const { tenancy = "together" } = vars();
  if (!MODES.includes(tenancy)) throw new Error(`tenancy: "${tenancy}" is none of ${MODES.join(", ")}`);
  return tenancy;
};

/** The tenant to whom the whole warehouse belongs; undefined where it belongs to several. */
const owner = () => {
  if (mode() !== "schema" && mode() !== "database") return undefined;
  const { tenant } = vars();
  if (!tenant) throw new Error(`tenancy: with "${mode()}" the variable "tenant" says whose warehouse it is`);
  return tenant;
};

/** Schemas of views that are called `name`, each with the tenant whose rows alone are seen there; undefined for everybody's. */
const schemasOf = (name) => {
  if (mode() !== "row") return [{ schema: name, tenant: undefined }];
  return tenants.map((tenant) => ({ schema: `${name}_${tenant}`, tenant }));
};
const maskedSchemas = () => schemasOf("masked");

/** The schema of landing tables. A suffix of schemas is for what is built; what is landed for one tenant is kept apart by hand. */
const landingSchema = () => {
  if (mode() !== "schema") return "raw";
  const { schemaSuffix } = dataform.projectConfig;
  if (!schemaSuffix) throw new Error('tenancy: with "schema" the environment gives its schemas a suffix, schemaSuffix');
  return `raw_${schemaSuffix}`;
};

module.exports = { landingSchema, maskedSchemas, owner, schemasOf };
