/** What the three types share: what they must be told, orders of changes, joins on a key, and lists of columns. */
const columnOf = (attribute) => (typeof attribute === "string" ? { name: attribute, type: "text" } : attribute);
const namesOf = (attributes) => attributes.map((attribute) => columnOf(attribute).name);

const list = (parts, by = 4) => parts.join(`,\n${" ".repeat(by)}`);
const qualified = (alias, names) => names.map((name) => `${alias}.${name}`);

const same = (a, b, names) => names.map((name) => `${a}.${name} = ${b}.${name}`);

/** The options of a type, `order` complete; a mistake of the model is an error when it is compiled. */
const checked = (type, options, needed) => {
  const missing = needed.filter((name) => options[name] === undefined || options[name].length === 0);
  if (missing.length > 0) throw new Error(`scd.${type}: give ${missing.join(", ")}`);
  const names = [...options.key, ...namesOf(options.attributes), ...(options.carried || [])];
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new Error(`scd.${type}: ${twice.join(", ")} is given twice`);
  // Whatever else decides: two changes that `order` does not tell apart must not come out by chance.
  return { ...options, order: [...(options.order || []), ...namesOf(options.attributes)] };
};

module.exports = { checked, columnOf, list, namesOf, qualified, same };
