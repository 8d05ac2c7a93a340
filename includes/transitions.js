/** Courses of a status: which may follow which, as SQL over the status before (NULL: there was none) and after. */
const { literal } = require("./texts.js");

const anyOf = (statuses) => statuses.map(literal).join(", ");

/**
 * @param first the status with which a course begins
 * @param after for each status those that may follow it; one that nothing follows is terminal
 * @returns `{ isLegal(from, to), isTerminal(status) }`, conditions that are never NULL; `from` is NULL at the beginning
 */
const course = (first, after) => {
  const steps = Object.entries(after).filter(([, next]) => next.length > 0);
  const terminal = Object.keys(after).filter((status) => after[status].length === 0);
  return {
    isLegal: (from, to) =>
      `coalesce(${[
        `${from} is null and ${to} = ${literal(first)}`,
        ...steps.map(([status, next]) => `${from} = ${literal(status)} and ${to} in (${anyOf(next)})`),
      ].join("\n        or ")}, false)`,
    isTerminal: (status) => `coalesce(${status} in (${anyOf(terminal)}), false)`,
  };
};

module.exports = { course };
