/**
 * Preventive care that is due by age and sex: what counts as done, for how many months, and who recommends it. Ages are full
 * years at as_of, from and to both included. Codes: CVX of vaccines, SNOMED CT of procedures, LOINC of measurements.
 */
const seeds = require("./seeds.js");

const measure = (name, label, sex, from, to, months, source, done) => ({
  name,
  label,
  sex,
  from,
  to,
  months,
  source,
  done,
});
const vaccine = (codes) => ["immunization", codes];
const procedure = (codes) => ["procedure", codes];
const vital = (codes) => ["vital_sign", codes];
const lab = (codes) => ["lab_result", codes];

/** `months` 0: once for all. */
const MEASURES = [
  measure(
    "influenza_vaccine",
    "Influenza vaccine within a year",
    null,
    1,
    150,
    12,
    "ACIP, MMWR Recomm Rep 2023;72(RR-2)",
    vaccine("111 135 140 141 149 150 158 161 168 171 185 186 197 205"),
  ),
  measure(
    "pneumococcal_vaccine",
    "A pneumococcal vaccine at any time",
    null,
    65,
    150,
    0,
    "ACIP, MMWR 2022;71:109-117",
    vaccine("33 109 133 152 215 216 327"),
  ),
  measure(
    "blood_pressure",
    "Blood pressure measured within a year",
    null,
    40,
    150,
    12,
    "USPSTF 2021, screening for hypertension in adults",
    vital("8480-6 85354-9"),
  ),
  measure(
    "colorectal_cancer_screening",
    "Colonoscopy within ten years",
    null,
    45,
    75,
    120,
    "USPSTF 2021, screening for colorectal cancer; stool tests are not counted",
    procedure("73761001"),
  ),
  measure(
    "mammography",
    "Mammography within two years",
    "F",
    40,
    74,
    24,
    "USPSTF 2024, screening for breast cancer",
    procedure("71651007 24623002 241055006"),
  ),
  measure(
    "depression_screening",
    "Depression screening within a year",
    null,
    12,
    150,
    12,
    "USPSTF 2022 and 2023, screening for depression; the interval is that of CMS2",
    procedure("171207006 454711000124102 715252007"),
  ),
  measure(
    "cholesterol",
    "Cholesterol measured within five years",
    null,
    40,
    75,
    60,
    "USPSTF 2022, statin use for the primary prevention of cardiovascular disease",
    lab("2093-3 18262-6 13457-7"),
  ),
];

module.exports = {
  names: MEASURES.map(({ name }) => name),
  measures: (name) =>
    seeds.relation(
      name,
      ["measure_name", "measure", "sex", "from_years", "to_years", "valid_months", "measure_source", "event_type"],
      MEASURES.map(({ name: measureName, label, sex, from, to, months, source, done: [type] }) => [
        measureName,
        label,
        sex,
        from,
        to,
        months,
        source,
        type,
      ]),
    ),
  codes: (name) =>
    seeds.relation(
      name,
      ["measure_name", "event_type", "code"],
      MEASURES.flatMap(({ name: measureName, done }) => done[1].split(" ").map((code) => [measureName, done[0], code])),
    ),
};
