/**
 * What readers open by one name while the warehouse behind it changes: views in the schema `readers`, each over the relation of
 * gold that it names. The variable `readers_schema` of the project says where they look instead: during a migration, at the schema
 * with what is to be replaced, which has tables of the names of these views.
 */
const VIEWS = {
  chart_summary: { relation: "patient_360", about: "The patient at a glance" },
  chart_history: { relation: "patient_timeline", about: "The entire history of a patient" },
  chart_medications: { relation: "current_medications", about: "What a patient takes at as_of" },
  chart_labs: { relation: "labs_last_6_months", about: "Laboratory results of six months with their trend" },
};

const schema = () => {
  const { readers_schema: given = "gold" } = dataform.projectConfig.vars || {};
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(given)) throw new Error("readers_schema must be the plain name of a schema");
  return given.toLowerCase();
};

/** Columns of a relation of gold as they are described, and tagged, where it is made. */
const columnsOf = (actions, relation) => {
  const isIt = ({ schema: of, name }) => of.toLowerCase() === "gold" && name.toLowerCase() === relation;
  const { proto } = actions.find(({ proto: { canonicalTarget } }) => isIt(canonicalTarget));
  const described = ({ path, description, tags }) => [path.join("."), { description, tags }];
  return Object.fromEntries(proto.actionDescriptor.columns.map(described));
};

module.exports = { VIEWS, columnsOf, schema };
