/**
 * Comorbidity indices from diagnosis codes: seeds in comorbidity/, and the SQL that reads them. A code without its point
 * belongs to a condition where it begins with one of the condition's prefixes.
 */
const seeds = require("./seeds.js");
const charlson = require("./comorbidity/charlson.js");
const elixhauser = require("./comorbidity/elixhauser.js");

const INDICES = { charlson, elixhauser };

/** What sources call the two classifications. */
const SYSTEMS = {
  "icd-9-cm": "ICD-9-CM",
  "icd-9": "ICD-9-CM",
  icd9: "ICD-9-CM",
  "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
  "icd-10-cm": "ICD-10-CM",
  "icd-10": "ICD-10-CM",
  icd10: "ICD-10-CM",
  "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
  "http://hl7.org/fhir/sid/icd-10": "ICD-10-CM",
};

/** SQL: `ICD-9-CM`, `ICD-10-CM` or NULL. */
const icdVersion = (system) => seeds.mapped(system, SYSTEMS);
/** SQL: a code as the seeds write it. */
const icdCode = (code) => `upper(replace(${code}, '.', ''))`;

/** `4254-4259` as each of its prefixes. */
const prefixes = (text) =>
  text.split(" ").flatMap((item) => {
    const [from, to = from] = item.split("-");
    const stem = from.replace(/\d+$/, "");
    const digits = from.length - stem.length;
    const first = Number(from.slice(stem.length));
    const last = Number(to.slice(stem.length));
    if (to.length !== from.length || !to.startsWith(stem) || !(first <= last))
      throw new Error(`comorbidity: ${item} is no range of codes`);
    return Array.from({ length: last - first + 1 }, (_, i) => `${stem}${String(first + i).padStart(digits, "0")}`);
  });

/** @returns rows `[index, system, condition, prefix]` of all seeds */
const prefixRows = () =>
  Object.entries(INDICES).flatMap(([index, conditions]) =>
    conditions.flatMap(({ name, icd9, icd10 }) =>
      [
        ["ICD-9-CM", icd9],
        ["ICD-10-CM", icd10],
      ].flatMap(([system, codes]) => prefixes(codes).map((prefix) => [index, system, name, prefix])),
    ),
  );

/** The seed as a relation, to be selected from. */
const prefixSeed = (name) =>
  seeds.relation(name, ["index_name", "icd_version", "condition_name", "code_prefix"], prefixRows());

/** SQL over columns `has_<condition>`: the sum of what each counts; beside a graver form the milder counts nothing. */
const summed = (index, points) =>
  INDICES[index]
    .filter((condition) => points(condition) !== 0)
    .map((condition) => {
      const { name, supersededBy } = condition;
      const counts = supersededBy ? `has_${name} and not has_${supersededBy}` : `has_${name}`;
      return `case when ${counts} then ${points(condition)} else 0 end`;
    })
    .join("\n      + ");
const score = (index) => summed(index, ({ weight }) => weight);
const counted = (index) => summed(index, () => 1);

/**
 * Points that age adds to Charlson's (Charlson M et al., J Clin Epidemiol 1994;47:1245-1251): one for each decade from 50 on, 4
 * from 80 on. NULL where the age is not known.
 */
const agePoints = (years) => `case
      when ${years} >= 80 then 4
      when ${years} >= 70 then 3
      when ${years} >= 60 then 2
      when ${years} >= 50 then 1
      when ${years} >= 0 then 0
    end`;

/** Descriptions of the columns `has_<condition>`. */
const described = (index) =>
  Object.fromEntries(
    INDICES[index].map(({ name, label, weight, supersededBy }) => [
      `has_${name}`,
      `${label}: ${weight} points${supersededBy ? `, none beside ${supersededBy}` : ""}. NULL without ICD codes.`,
    ]),
  );

/** Names of the conditions of an index. */
const conditions = (index) => INDICES[index].map(({ name }) => name);

module.exports = {
  agePoints,
  conditions,
  counted,
  described,
  icdCode,
  icdVersion,
  INDICES,
  prefixes,
  prefixRows,
  prefixSeed,
  score,
};
