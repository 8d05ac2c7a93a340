/**
 * The systems that deliver, and what must be known about each. One that is not listed here is read by the defaults, under its
 * own name as the authority that gave its patient ids.
 *
 * tenant: whose records they are. timeZone: where its days begin. delivery: `snapshot` (everything, each time) or `delta`;
 * snapshots: landing tables that are snapshots where the others are not. everyHours: how often it shall deliver; delayHours: how
 * much later than that is borne, of a delivery and of an event. Without them nothing of it is late.
 * authority: who gave its patient ids, where that is not the system itself. isShifted: its dates are not the true ones, so that
 * they cannot be held against the day when they arrived.
 */
const DEFAULTS = { tenant: "network", timeZone: "America/New_York", delivery: "delta" };

const SYSTEMS = [
  {
    name: "synthea",
    tenant: "network",
    timeZone: "America/New_York",
    delivery: "delta",
    snapshots: ["hospital_beds", "hospital_equipment", "hospital_organization_units"],
    everyHours: 24,
    delayHours: 24,
  },
  // The clock of Boston without daylight saving: what happened over a change of the shifted day's clock did not happen over one.
  { name: "mimic", tenant: "mimic", timeZone: "Etc/GMT+5", delivery: "snapshot", isShifted: true },
];

const literal = (x) => `'${x.replaceAll("'", "''")}'`;

const within = (x, values) => (values.length === 0 ? "false" : `${x} in (${values.map(literal).join(", ")})`);

const lookup = (source, field, otherwise) => {
  const different = SYSTEMS.filter((system) => system[field] !== undefined && literal(system[field]) !== otherwise);
  if (different.length === 0) return otherwise;
  const cases = different.map((system) => `when ${literal(system.name)} then ${literal(system[field])}`);
  return `case ${source} ${cases.join(" ")} else ${otherwise} end`;
};

const numbered = (source, field) => {
  const cases = SYSTEMS.filter((system) => system[field] !== undefined).map(
    (system) => `when ${literal(system.name)} then ${system[field]}`,
  );
  return cases.length === 0 ? "cast(null as integer)" : `case ${source} ${cases.join(" ")} end`;
};

module.exports = {
  /** Everybody whose records a source delivers. */
  tenants: [...new Set([DEFAULTS, ...SYSTEMS].map(({ tenant }) => tenant))].sort(),
  /** Each takes SQL for the source's name and returns SQL for what is known about it. */
  tenant: (source) => lookup(source, "tenant", literal(DEFAULTS.tenant)),
  zone: (source) => lookup(source, "timeZone", literal(DEFAULTS.timeZone)),
  /** A condition: whether each delivery of the table (SQL for its name in lower case) is all that there is. */
  isSnapshot: (source, table) => {
    const whole = SYSTEMS.filter(({ delivery }) => delivery === "snapshot").map(({ name }) => name);
    const some = SYSTEMS.filter(({ snapshots }) => snapshots !== undefined);
    return [
      within(source, whole),
      ...some.map(({ name, snapshots }) => `${source} = ${literal(name)} and ${within(table, snapshots)}`),
    ].join("\n      or ");
  },
  /** Numbers of hours, NULL where a source declares none. */
  everyHours: (source) => numbered(source, "everyHours"),
  delayHours: (source) => numbered(source, "delayHours"),
  authority: (source) => lookup(source, "authority", source),
  /** A condition, always true or false. */
  isShifted: (source) =>
    `${source} in (${SYSTEMS.filter(({ isShifted }) => isShifted)
      .map(({ name }) => literal(name))
      .join(", ")})`,
  /** Where the network itself is: for what belongs to no source. */
  homeZone: literal(DEFAULTS.timeZone),
};
