/**
 * Records that hang together, by pairs. Each record begins as a root of its own. In each round a root with its records joins
 * the least root that one of them is linked to, and that one's, and that one's. That the rounds were enough is asserted; a
 * recursive query would not end on every engine where records are linked in a circle.
 */
const numbers = require("../numbers.js");

const ROUNDS = 6;

/**
 * @param name of the CTE that comes out, with `patient_key` and `root_key`, the least key of those who hang together
 * @param links a relation of `patient_key, other_patient_key`; who has no pair has no row
 * @returns the CTEs
 */
const components = (name, links) => {
  const steps = [
    `${name}_both as (
  select patient_key, other_patient_key
  from ${links}
  union all
  select other_patient_key as patient_key, patient_key as other_patient_key
  from ${links}
)`,
    `${name}_0 as (
  select distinct
    patient_key,
    patient_key as root_key
  from ${name}_both
)`,
  ];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const last = round === ROUNDS ? name : `${name}_${round}`;
    steps.push(
      `${name}_joined_${round} as (
  select
    mine.root_key,
    ${numbers.least("mine.root_key", "min(theirs.root_key)")} as next_key
  from ${name}_${round - 1} as mine
  inner join ${name}_both as linked
    on linked.patient_key = mine.patient_key
  inner join ${name}_${round - 1} as theirs
    on theirs.patient_key = linked.other_patient_key
  group by mine.root_key
)`,
      `${last} as (
  select
    member.patient_key,
    third.next_key as root_key
  from ${name}_${round - 1} as member
  inner join ${name}_joined_${round} as first
    on first.root_key = member.root_key
  inner join ${name}_joined_${round} as second
    on second.root_key = first.next_key
  inner join ${name}_joined_${round} as third
    on third.root_key = second.next_key
)`,
    );
  }
  return steps.join(",\n\n");
};

module.exports = { components };
