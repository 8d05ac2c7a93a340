/**
 * What is usual of a laboratory value and what is critical, by component of units.js and in its standard unit, by sex and full
 * years of age.
 *
 * USUAL. From 18 years on: American Board of Internal Medicine, ABIM Laboratory Test Reference Ranges, January 2024 (fasting
 * glucose; of lipids what it calls desirable). Haemoglobin of children from 1 year on and of the young from 15: the limit below
 * which there is anaemia at sea level, WHO, Haemoglobin concentrations for the diagnosis of anaemia, WHO/NMH/NHD/MNM/11.1, 2011.
 * Of other values of children nothing is said.
 *
 * CRITICAL: means of what hospitals call somebody for. Adults: G. J. Kost, Critical limits for urgent clinician notification at US
 * medical centers, JAMA 263 (1990) 704-707. Under 18 years: the same, Critical limits for emergency clinician notification at
 * United States children's hospitals, Pediatrics 88 (1991) 597-603; newborns are not told apart. Where no birth date is known the
 * limits are those beyond which a value is critical for both.
 */
const age = require("./age.js");
const seeds = require("./seeds.js");
const { COMPONENTS, isImplausible } = require("./units.js");

const CHILD = [0, 17];
const ADULT = [18, 200];

/** Component, sex (null: any), ages, low, high. */
const USUAL = [
  ["glucose", null, ADULT, 70, 99],
  ["cholesterol", null, ADULT, null, 200],
  ["cholesterol_hdl", "F", ADULT, 50, null],
  ["cholesterol_hdl", "M", ADULT, 40, null],
  ["triglyceride", null, ADULT, null, 150],
  ["urea_nitrogen", null, ADULT, 8, 20],
  ["creatinine", "F", ADULT, 0.5, 1.1],
  ["creatinine", "M", ADULT, 0.7, 1.3],
  ["sodium", null, ADULT, 136, 145],
  ["potassium", null, ADULT, 3.5, 5],
  ["chloride", null, ADULT, 98, 106],
  ["carbon_dioxide", null, ADULT, 23, 28],
  ["calcium", null, ADULT, 8.6, 10.2],
  ["hba1c", null, ADULT, 4, 5.6],
  ["hemoglobin", null, [1, 4], 11, null],
  ["hemoglobin", null, [5, 11], 11.5, null],
  ["hemoglobin", null, [12, 14], 12, null],
  ["hemoglobin", "F", [15, 17], 12, null],
  ["hemoglobin", "M", [15, 17], 13, null],
  ["hemoglobin", "F", ADULT, 12, 16],
  ["hemoglobin", "M", ADULT, 14, 18],
  ["hematocrit", "F", ADULT, 37, 47],
  ["hematocrit", "M", ADULT, 42, 50],
  ["platelets", null, ADULT, 150, 450],
  ["leukocytes", null, ADULT, 4, 11],
];

/** Component, ages, low, high: beyond them somebody must be told at once. */
const CRITICAL = [
  ["glucose", ADULT, 46, 484],
  ["glucose", CHILD, 2.6 * 18.0156, 24.7 * 18.0156],
  ["potassium", ADULT, 2.8, 6.2],
  ["potassium", CHILD, 2.8, 6.4],
  ["calcium", ADULT, 6.6, 12.9],
  ["calcium_molar", ADULT, 1.65, 3.22],
  ["calcium_molar", CHILD, 1.62, 3.17],
  ["sodium", ADULT, 120, 158],
  ["sodium", CHILD, 121, 156],
  ["hematocrit", ADULT, 18, 61],
  ["hematocrit", CHILD, 20, 62],
  ["hemoglobin", ADULT, 6.6, 19.9],
  ["hemoglobin", CHILD, 6.9, 20.8],
  ["platelets", ADULT, 37, 910],
  ["platelets", CHILD, 53, 916],
  ["leukocytes", ADULT, 2, 37],
  ["leukocytes", CHILD, 2.1, 42.9],
];

/** Of whom no birth date is known: beyond these limits a value is critical at any age. Not an age that anybody has. */
const NO_AGE = [-1000, -1000];
const AT_ANY_AGE = [...new Set(CRITICAL.map(([component]) => component))].flatMap((component) => {
  const of = CRITICAL.filter(([name]) => name === component);
  if (of.length < 2) return [];
  return [[component, NO_AGE, Math.min(...of.map((row) => row[2])), Math.max(...of.map((row) => row[3]))]];
});

const eachCode = (component, row) => COMPONENTS[component].codes.map((code) => [code, ...row]);

/** By sex, `any` where another one or none is known: so that an engine finds a range by its key, and need not compare all with all. */
const usual = (name) =>
  seeds.relation(
    name,
    ["code", "sex", "age_from", "age_to", "low", "high"],
    USUAL.flatMap(([component, sex, ages, low, high]) =>
      (sex === null ? ["F", "M", "any"] : [sex]).flatMap((each) => eachCode(component, [each, ...ages, low, high])),
    ),
  );

/** One row a code and ages: `(code, age_from, age_to, low, high)`. */
const critical = (name) =>
  seeds.relation(
    name,
    ["code", "age_from", "age_to", "low", "high"],
    [...CRITICAL, ...AT_ANY_AGE].flatMap(([component, ages, low, high]) => eachCode(component, [...ages, low, high])),
  );

const years = age.full_years("patient.birth_date", "candidate.observed_date");

/** SQL: the age by which a critical limit is found. */
const criticalAge = (fullYears) => `coalesce(${fullYears}, ${NO_AGE[0]})`;

/** For the verdict of laboratory results, after the joins of units.js. */
const joins = [
  `left join ${usual("usual")}
    on usual.code = candidate.code
    and usual.sex = case when patient.sex in ('F', 'M') then patient.sex else 'any' end
    and ${years} between usual.age_from and usual.age_to`,
  `left join ${critical("critical")}
    on critical.code = candidate.code
    and ${criticalAge(years)} between critical.age_from and critical.age_to`,
];

/** A number of the source in the unit in which values are compared: the standard one where the unit is known, else as sent. */
const compared = (x) => `(${x} * coalesce(conversion.factor, 1) + coalesce(conversion.shift, 0))`;
const VALUE = compared("candidate.value_number");

const IS_SENT = "(candidate.reference_low is not null or candidate.reference_high is not null)";
const IS_SEEDED = "(conversion.unit is not null and usual.code is not null)";
const limit = (end) => `case
      when ${IS_SENT} then ${compared(`candidate.reference_${end}`)}
      when ${IS_SEEDED} then usual.${end}
    end`;

/** A bound that was sent instead of a value (`<5`) says only what every value under it says. */
const isBelow = (x) => `(case
        when candidate.comparator is null or candidate.comparator = '<=' then ${VALUE} < ${x}
        when candidate.comparator = '<' then ${VALUE} <= ${x}
      end)`;
const isAbove = (x) => `(case
        when candidate.comparator is null or candidate.comparator = '>=' then ${VALUE} > ${x}
        when candidate.comparator = '>' then ${VALUE} >= ${x}
      end)`;

const values = {
  range_low: limit("low"),
  range_high: limit("high"),
  range_source: `case when ${IS_SENT} then 'sent' when ${IS_SEEDED} then 'seed' end`,
  // What nobody can have is a slip, and tells nothing of the patient.
  flag_computed: `case
      when ${isImplausible} then null
      when conversion.unit is not null and ${isBelow("critical.low")} then 'LL'
      when conversion.unit is not null and ${isAbove("critical.high")} then 'HH'
      when ${isBelow(limit("low"))} then 'L'
      when ${isAbove(limit("high"))} then 'H'
      when candidate.value_number is not null and candidate.comparator is null and (${IS_SENT} or ${IS_SEEDED}) then 'N'
    end`,
};

module.exports = { AT_ANY_AGE, CRITICAL, critical, criticalAge, joins, USUAL, values };
