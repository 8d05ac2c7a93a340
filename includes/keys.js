/**
 * Keys and hashes: md5 in lower-case hex over the parts, each with its length before it, so that no two lists of parts read
 * alike; NULL is a part of its own. The same on every engine. Arguments are SQL for text.
 *
 * A key is an identity, not a secret: what shall not be guessed goes through `secret`.
 */
const { byEngine } = require("./engine.js");
const texts = require("./texts.js");
const types = require("./types.js");

const isLiteral = (x) => /^'[^']*'$/.test(x);
const part = (x) =>
  isLiteral(x) ? `'${x.length - 2}:${x.slice(1)}` : `coalesce(cast(length(${x}) as varchar) || ':' || ${x}, '-')`;

const hash = (...parts) => `md5(${texts.chain(...parts.map(part))})`;

/** The key of an entity's row. NULL where the source's id is: such a row has no key. */
const of = (entity, tenant, scope, id) =>
  `case when ${id} is not null then ${hash(`'${entity}'`, tenant, scope, id)} end`;

/** The key of a department by the id that it has or is given: `<facility id>:<encounter class>`. */
const departmentOf = (tenant, source, id) => of("department", tenant, source, id);
const department = (tenant, source, facility, encounterClass) =>
  departmentOf(tenant, source, `(${facility} || ':' || ${encounterClass})`);

/** The key of a code of a source's dictionary. */
const concept = (tenant, source, system, code) => of("concept", tenant, source, `(${system} || ':' || ${code})`);

/** Content of a row as one hash; columns are `{ name, type }`. What is derived from text (numbers) is left out. */
const content = (columns) =>
  hash(...columns.filter(({ type }) => type !== "number").map(({ name, type }) => types.asText(name, type)));

/**
 * A hash that only holders of the key can make: SHA-256 with the run's MEDFORM_HASH_KEY. Without a key it is a pseudonym that
 * can be guessed. Not for views, which have no run.
 */
const secret = (x) => {
  const keyed = `coalesce(cast(getvariable('MEDFORM_HASH_KEY') as varchar), '') || ':' || ${x}`;
  return byEngine({ duckdb: `sha256(${keyed})`, snowflake: `sha2(${keyed}, 256)` });
};

/** The same for views, whose key stands in a table: `key` is a column. NULL of NULL. */
const pseudonym = (x, key) => {
  const keyed = `${key} || ':' || cast(${x} as varchar)`;
  return byEngine({ duckdb: `sha256(${keyed})`, snowflake: `sha2(${keyed}, 256)` });
};

module.exports = { concept, content, department, departmentOf, hash, of, pseudonym, secret };
