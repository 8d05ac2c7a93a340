/**
 * Units of measure, by component of LOINC and never by unit alone: what a value is in its component's standard unit, and what a
 * living person can have. `standard = value × factor + offset`. A code that is not listed is neither converted nor judged, nor is
 * a unit that is not listed for its component: there is no way from one dimension to another but those that stand here.
 *
 * Factors: glucose 18.0156, cholesterol 38.67, triglycerides 88.57 (the conventional constant) and urea nitrogen 2.801 mg/dL for
 * 1 mmol/L; creatinine 88.40 µmol/L for 1 mg/dL; mmol/L = mEq/L ÷ valence; HbA1c mmol/mol = 10.929 × (% − 2.15), the master
 * equation of NGSP and IFCC; all else as UCUM defines it. Ranges are wide: outside means a slip of unit, device or hand, not illness.
 *
 * This material contains content from LOINC (http://loinc.org), copyright Regenstrief Institute, under its licence.
 */
const seeds = require("./seeds.js");

/** Units with factor and offset; the first is the standard. */
const massOf = (molar) => [
  ["mg/dL", 1, 0],
  ["mmol/L", molar, 0],
];
const chargeOf = (valence) => [
  ["mmol/L", 1, 0],
  ["mEq/L", 1 / valence, 0],
  ["meq/L", 1 / valence, 0],
];
const CREATININE = [
  ["mg/dL", 1, 0],
  ["umol/L", 1 / 88.4, 0],
  ["µmol/L", 1 / 88.4, 0],
];
const HBA1C = [
  ["%", 1, 0],
  ["mmol/mol", 1 / 10.929, 2.15],
];
const COUNT = [
  ["10*3/uL", 1, 0],
  ["10*9/L", 1, 0],
];
const PRESSURE = [
  ["mm[Hg]", 1, 0],
  ["mmHg", 1, 0],
  ["kPa", 1000 / 133.322, 0],
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
  ["mm", 0.1, 0],
  ["m", 100, 0],
  ["[in_i]", 2.54, 0],
];

/** By component: its codes, its units, and the lowest and highest plausible value in its standard unit. */
const COMPONENTS = {
  glucose: {
    codes: ["2339-0", "2345-7", "1558-6", "41653-7", "14749-6", "15074-8"],
    units: massOf(18.0156),
    plausible: [5, 2000],
  },
  cholesterol: { codes: ["2093-3", "14647-2"], units: massOf(38.67), plausible: [20, 1500] },
  cholesterol_ldl: { codes: ["18262-6", "13457-7", "2089-1", "22748-8"], units: massOf(38.67), plausible: [1, 1200] },
  cholesterol_hdl: { codes: ["2085-9", "14646-4"], units: massOf(38.67), plausible: [1, 250] },
  triglyceride: { codes: ["2571-8", "14927-8"], units: massOf(88.57), plausible: [5, 15000] },
  urea_nitrogen: { codes: ["6299-2", "3094-0", "14937-7"], units: massOf(2.801), plausible: [1, 400] },
  creatinine: { codes: ["38483-4", "2160-0", "14682-9"], units: CREATININE, plausible: [0.05, 50] },
  sodium: { codes: ["2947-0", "2951-2"], units: chargeOf(1), plausible: [80, 220] },
  potassium: { codes: ["6298-4", "2823-3"], units: chargeOf(1), plausible: [1, 12] },
  chloride: { codes: ["2069-3", "2075-0"], units: chargeOf(1), plausible: [50, 180] },
  carbon_dioxide: { codes: ["20565-8", "2028-9"], units: chargeOf(1), plausible: [2, 80] },
  calcium: { codes: ["49765-1", "17861-6"], units: [["mg/dL", 1, 0]], plausible: [2, 30] },
  calcium_molar: { codes: ["2000-8"], units: chargeOf(2), plausible: [0.5, 7.5] },
  magnesium_molar: { codes: ["2601-3"], units: chargeOf(2), plausible: [0.1, 8] },
  hba1c: { codes: ["4548-4", "17856-6", "59261-8"], units: HBA1C, plausible: [2, 25] },
  hemoglobin: {
    codes: ["718-7"],
    units: [
      ["g/dL", 1, 0],
      ["g/L", 0.1, 0],
    ],
    plausible: [1, 30],
  },
  hematocrit: { codes: ["4544-3", "20570-8"], units: [["%", 1, 0]], plausible: [5, 85] },
  platelets: { codes: ["777-3"], units: COUNT, plausible: [0, 5000] },
  leukocytes: { codes: ["6690-2"], units: COUNT, plausible: [0, 1000] },
  systolic: { codes: ["8480-6"], units: PRESSURE, plausible: [20, 350] },
  diastolic: { codes: ["8462-4"], units: PRESSURE, plausible: [5, 250] },
  heart_rate: { codes: ["8867-4"], units: RATE, plausible: [10, 350] },
  respiratory_rate: { codes: ["9279-1"], units: RATE, plausible: [1, 150] },
  oxygen_saturation: { codes: ["2708-6", "59408-5"], units: [["%", 1, 0]], plausible: [10, 100] },
  temperature: { codes: ["8310-5"], units: TEMPERATURE, plausible: [20, 46] },
  weight: { codes: ["29463-7"], units: WEIGHT, plausible: [0.2, 700] },
  height: { codes: ["8302-2"], units: LENGTH, plausible: [15, 280] },
  head_circumference: { codes: ["9843-4"], units: LENGTH, plausible: [10, 80] },
  body_mass_index: { codes: ["39156-5"], units: [["kg/m2", 1, 0]], plausible: [5, 200] },
};

/** One entry a code: `{ code, component, units, plausible }`. */
const CODES = Object.entries(COMPONENTS).flatMap(([component, { codes, ...rest }]) =>
  codes.map((code) => ({ code, component, ...rest })),
);

/** One row a code: `(code, standard_unit, low, high)`. */
const standards = (name) =>
  seeds.relation(
    name,
    ["code", "standard_unit", "low", "high"],
    CODES.map(({ code, units, plausible: [low, high] }) => [code, units[0][0], low, high]),
  );

/** One row a code and unit: `(code, unit, factor, shift)`. */
const conversions = (name) =>
  seeds.relation(
    name,
    ["code", "unit", "factor", "shift"],
    CODES.flatMap(({ code, units }) => units.map(([unit, factor, shift]) => [code, unit, factor, shift])),
  );

/** For the verdict of a measured entity: what to join to `candidate`, and SQL for its judged columns. */
const joins = [
  `left join ${standards("standard")}
    on standard.code = candidate.code`,
  `left join ${conversions("conversion")}
    on conversion.code = candidate.code
    and conversion.unit = candidate.unit`,
];
const CONVERTED = "(candidate.value_number * conversion.factor + conversion.shift)";

/** SQL: whether no living person can have the candidate's value. NULL where there is no number, or its unit is not known. */
const isImplausible = `(${CONVERTED} < standard.low or ${CONVERTED} > standard.high)`;

const values = {
  standard_value: `case when not ${isImplausible} then ${CONVERTED} end`,
  standard_unit: "standard.standard_unit",
};

/** SQL: whether it was found, when a row was admitted, that no living person can have its value. */
const isFlagged = (flags) => `contains(coalesce(${flags}, ''), 'value_out_of_range')`;

/** SQL, `{ value, unit }`: the number by which an admitted row is compared with others. What no living person can have is none. */
const compared = (row) => ({
  value: `case when not ${isFlagged(`${row}.flags`)} then coalesce(${row}.standard_value, ${row}.value_number) end`,
  unit: `case when ${row}.standard_value is null and not ${isFlagged(`${row}.flags`)} then ${row}.unit else ${row}.standard_unit end`,
});

module.exports = { COMPONENTS, compared, isFlagged, isImplausible, joins, values };
