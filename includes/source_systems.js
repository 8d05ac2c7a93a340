/**
 * The systems that deliver, and what must be known about each. One that is not listed here is read by the defaults, under its
 * own name as the authority that gave its patient ids.
 *
 * tenant: whose records they are. timeZone: where its days begin. delivery: `snapshot` (everything, each time) or `delta`.
 * authority: who gave its patient ids, where that is not the system itself. isShifted: its dates are not the true ones, so that
 * they cannot be held against the day when they arrived.
 */
const DEFAULTS = { tenant: "network", timeZone: "America/New_York", delivery: "delta" };

const SYSTEMS = [
  { name: "synthea", tenant: "network", timeZone: "America/New_York", delivery: "delta" },
  { name: "mimic", tenant: "mimic", timeZone: "America/New_York", delivery: "snapshot", isShifted: true },
];

const literal = (x) => `'${x.replaceAll("'", "''")}'`;

const lookup = (source, field, otherwise) => {
  const different = SYSTEMS.filter((system) => system[field] !== undefined && literal(system[field]) !== otherwise);
  if (different.length === 0) return otherwise;
  const cases = different.map((system) => `when ${literal(system.name)} then ${literal(system[field])}`);
  return `case ${source} ${cases.join(" ")} else ${otherwise} end`;
};

module.exports = {
  /** Everybody whose records a source delivers. */
  tenants: [...new Set([DEFAULTS, ...SYSTEMS].map(({ tenant }) => tenant))].sort(),
  /** Each takes SQL for the source's name and returns SQL for what is known about it. */
  tenant: (source) => lookup(source, "tenant", literal(DEFAULTS.tenant)),
  zone: (source) => lookup(source, "timeZone", literal(DEFAULTS.timeZone)),
  delivery: (source) => lookup(source, "delivery", literal(DEFAULTS.delivery)),
  authority: (source) => lookup(source, "authority", source),
  /** A condition, always true or false. */
  isShifted: (source) =>
    `${source} in (${SYSTEMS.filter(({ isShifted }) => isShifted)
      .map(({ name }) => literal(name))
      .join(", ")})`,
  /** Where the network itself is: for what belongs to no source. */
  homeZone: literal(DEFAULTS.timeZone),
};
