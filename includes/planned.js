/**
 * Admissions that are always planned: Planned Readmission Algorithm 4.0 of CMS and Yale CORE, tables PR.1 (procedures: bone
 * marrow, kidney and other organ transplants) and PR.2 (principal diagnoses: maintenance chemotherapy and radiotherapy,
 * rehabilitation, prostheses), from categories of CCS to the shortest prefixes of their ICD-10 codes. Tables PR.3 and PR.4,
 * tens of thousands of codes that are planned in some cases, a hospital loads: reference.js.
 */
const DIAGNOSES = "Z440 Z441 Z443 Z448 Z449 Z451 Z453 Z454 Z4581 Z4682 Z4689 Z469 Z510 Z511";
const PROCEDURES = [
  "02Y 07Y 0BY 0DY 0FY 0TY 0UY 0WY 0XY",
  "30230A 30230G 30230U 30230X 30230Y 30233A 30233G 30233U 30233X 30233Y",
  "30240A 30240G 30240U 30240X 30240Y 30243A 30243G 30243U 30243X 30243Y",
  "30250G 30250X 30250Y 30253G 30253X 30253Y 30260G 30260X 30260Y 30263G 30263X 30263Y",
  "3E030U 3E033U 3E0J3U 3E0J7U 3E0J8U",
].join(" ");

/** SQL: whether a code without its point begins with one of the prefixes. */
const begins = (code, prefixes) => {
  const list = prefixes.split(" ");
  const lengths = [...new Set(list.map(({ length }) => length))].sort();
  const each = lengths.map((length) => {
    const some = list.filter((prefix) => prefix.length === length);
    return `left(${code}, ${length}) in (${some.map((prefix) => `'${prefix}'`).join(", ")})`;
  });
  return `(${each.join(" or ")})`;
};

module.exports = {
  DIAGNOSES,
  PROCEDURES,
  /** SQL over a code of ICD-10-CM, or of ICD-10-PCS, in upper case and without its point. */
  isPlannedDiagnosis: (code) => begins(code, DIAGNOSES),
  isPlannedProcedure: (code) => begins(code, PROCEDURES),
};
