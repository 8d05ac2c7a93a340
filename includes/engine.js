/** What differs between the engines is chosen here, by the project's warehouse, when the project is compiled. */
const engine = () => dataform.projectConfig.warehouse;

/** @param texts `{ duckdb, snowflake }` @returns the one for this project's warehouse; throws where there is none */
const byEngine = (texts) => {
  const text = texts[engine()];
  if (text === undefined) throw new Error(`This SQL cannot be said on the warehouse "${engine()}".`);
  return text;
};

module.exports = { byEngine };
