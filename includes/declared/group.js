/** What a group of rules bears, as the tags and the part of the assertion's name that say it. */
const words = (threshold) => `${threshold}`.replace("%", " percent").replace(/[^0-9a-z]+/g, "_");

/** Of rules over the table `target`. @returns `{ tags, suffixes }`; throws, when the project is compiled, for what is no threshold or cannot be judged by new rows */
const groupOf = (target, { threshold, rows, rules }) => {
  const tags = [];
  const suffixes = [];
  if (threshold !== undefined) {
    const share = /^(\d+(?:\.\d+)?)%$/.exec(threshold);
    const isShare = share !== null && Number(share[1]) <= 100;
    if (!isShare && !(Number.isSafeInteger(threshold) && threshold >= 0))
      throw new Error(`threshold ${threshold}: give a number of rows (10), or a share of them ("0.5%")`);
    tags.push(`threshold:${threshold}`);
    suffixes.push(`within_${words(threshold)}`);
  }
  if (rows !== undefined && rows !== "all") {
    if (rows !== "new") throw new Error(`rows ${rows}: give "new" or "all"`);
    // Whether a key stands once, or periods meet, only all rows together say.
    const whole = rules.find((rule) => rule.kind !== "row" && !rule.isOfOneRow);
    if (whole !== undefined)
      throw new Error(`${whole.name} is about all rows of its table, and cannot be of new rows only`);
    // By its name alone: a suffix can be put behind its schema.
    tags.push(`rows:new:${target.name}`);
    suffixes.push("new");
  }
  return { tags, suffixes };
};

module.exports = { groupOf };
