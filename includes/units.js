/**
 * Units of measure, by LOINC code and never by unit alone: what a value is in its code's standard unit, and what a living
 * person can have. `standard = value × factor + offset`. A code that is not listed is neither converted nor judged.
 *
 * Factors: glucose 18.0156, cholesterol 38.67, triglycerides 88.57 and urea nitrogen 2.801 mg/dL for 1 mmol/L; creatinine
 * 88.40 µmol/L for 1 mg/dL; mmol/L = mEq/L ÷ valence; HbA1c mmol/mol = 10.929 × (% − 2.15). Ranges are wide: outside means
 * a slip of unit, device or hand, not illness.
 *
 * This material contains content from LOINC (http://loinc.org), copyright Regenstrief Institute, under its licence.
 */
const seeds = require("./seeds.js");

const massOf = (molar) => [
  ["mg/dL", 1, 0],
  ["mmol/L", molar, 0],
];
const CREATININE = [
  ["mg/dL", 1, 0],
  ["umol/L", 1 / 88.4, 0],
  ["µmol/L", 1 / 88.4, 0],
];
const MONOVALENT = [
  ["mmol/L", 1, 0],
  ["mEq/L", 1, 0],
  ["meq/L", 1, 0],
];
const HBA1C = [
  ["%", 1, 0],
  ["mmol/mol", 1 / 10.929, 2.15],
];
const PRESSURE = [
  ["mm[Hg]", 1, 0],
  ["mmHg", 1, 0],
];
const RATE = [
  ["/min", 1, 0],
  ["{beats}/min", 1, 0],
  ["{breaths}/min", 1, 0],
];
const TEMPERATURE = [
  ["Cel", 1, 0],
  ["[degF]", 5 / 9, -160 / 9],
];
const WEIGHT = [
  ["kg", 1, 0],
  ["g", 0.001, 0],
  ["[lb_av]", 0.45359237, 0],
];
const LENGTH = [
  ["cm", 1, 0],
  ["m", 100, 0],
  ["[in_i]", 2.54, 0],
];

/** LOINC code, units with factor and offset (the first is the standard), lowest and highest plausible value. */
const STANDARDS = [
  ["2339-0", massOf(18.0156), 5, 2000],
  ["2345-7", massOf(18.0156), 5, 2000],
  ["2093-3", massOf(38.67), 20, 1500],
  ["18262-6", massOf(38.67), 1, 1200],
  ["13457-7", massOf(38.67), 1, 1200],
  ["2089-1", massOf(38.67), 1, 1200],
  ["2085-9", massOf(38.67), 1, 250],
  ["2571-8", massOf(88.57), 5, 15000],
  ["6299-2", massOf(2.801), 1, 400],
  ["3094-0", massOf(2.801), 1, 400],
  ["38483-4", CREATININE, 0.05, 50],
  ["2160-0", CREATININE, 0.05, 50],
  ["2947-0", MONOVALENT, 80, 220],
  ["2951-2", MONOVALENT, 80, 220],
  ["6298-4", MONOVALENT, 1, 12],
  ["2823-3", MONOVALENT, 1, 12],
  ["2069-3", MONOVALENT, 50, 180],
  ["2075-0", MONOVALENT, 50, 180],
  ["20565-8", MONOVALENT, 2, 80],
  ["2028-9", MONOVALENT, 2, 80],
  ["4548-4", HBA1C, 2, 25],
  ["8480-6", PRESSURE, 20, 350],
  ["8462-4", PRESSURE, 5, 250],
  ["8867-4", RATE, 10, 350],
  ["9279-1", RATE, 1, 150],
  ["8310-5", TEMPERATURE, 20, 46],
  ["29463-7", WEIGHT, 0.2, 700],
  ["8302-2", LENGTH, 15, 280],
  ["9843-4", LENGTH, 10, 80],
  ["39156-5", [["kg/m2", 1, 0]], 5, 200],
];

/** One row a code: `(code, standard_unit, low, high)`. */
const standards = (name) =>
  seeds.relation(
    name,
    ["code", "standard_unit", "low", "high"],
    STANDARDS.map(([code, units, low, high]) => [code, units[0][0], low, high]),
  );

/** One row a code and unit: `(code, unit, factor, shift)`. */
const conversions = (name) =>
  seeds.relation(
    name,
    ["code", "unit", "factor", "shift"],
    STANDARDS.flatMap(([code, units]) => units.map(([unit, factor, shift]) => [code, unit, factor, shift])),
  );

/** For the verdict of a measured entity: what to join to `candidate`, and SQL for its judged columns. */
const joins = [
  `left join ${standards("standard")}
    on standard.code = candidate.code`,
  `left join ${conversions("conversion")}
    on conversion.code = candidate.code
    and conversion.unit = candidate.unit`,
];
const values = {
  standard_value: "candidate.value_number * conversion.factor + conversion.shift",
  standard_unit: "standard.standard_unit",
};

module.exports = { joins, values };
