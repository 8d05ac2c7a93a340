/**
 * Chronic conditions, as the Chronic Conditions Warehouse of CMS groups them (30 CCW Chronic Conditions), by code: SNOMED CT
 * concepts as they are sent, ICD-10-CM and ICD-9-CM by prefix. CCW counts claims over one to three years; here a diagnosis is enough.
 */
const seeds = require("./seeds.js");

const group = (name, snomed, icd10, icd9) => ({ name, snomed, icd10, icd9 });

const GROUPS = [
  group("alzheimers_and_dementia", "26929004 230265002 52448006", "F01 F02 F03 G30 G31", "290 2941 2942 3310"),
  group("asthma", "195967001 233678006 426656000 427603009", "J45", "493"),
  group("atrial_fibrillation", "49436004 282825002", "I48", "4273"),
  group("cancer_breast", "254837009 353431000119107 372064008", "C50 D05", "174 175 2330"),
  group("cancer_colorectal", "363406005 109838007 93761005", "C18 C19 C20", "153 154"),
  group("cancer_lung", "254637007 254632001", "C34", "162"),
  group("cancer_prostate", "126906006 92691004 314994000 399068003", "C61 D075", "185 2334"),
  group(
    "chronic_kidney_disease",
    "431855005 431856006 433144002 431857002 433146000 46177005 127013003",
    "N18 D631 E0821 E0822 E1021 E1022 E1121 E1122 E1321 E1322 I12 I13",
    "585 403 404",
  ),
  group("copd", "13645005 185086009 87433001 63480004", "J41 J42 J43 J44", "490 491 492 494 496"),
  group("depression", "370143000 35489007 36923009 79298009", "F32 F33 F341", "2962 2963 3004 311"),
  group(
    "diabetes",
    "44054006 46635009 73211009 90781000119102 157141000119108 127013003 422034002 1551000119108 368581000119106 97331000119101",
    "E08 E09 E10 E11 E13",
    "249 250 3572 3620 36641",
  ),
  group("epilepsy", "128613002 84757009", "G40", "345"),
  group(
    "heart_failure",
    "88805009 84114007 42343007",
    "I50 I110 I130 I132",
    "428 39891 40201 40211 40291 40401 40403 40411 40413 40491 40493",
  ),
  group("hyperlipidemia", "55822004 302870006 267432004", "E780 E781 E782 E783 E784 E785", "2720 2721 2722 2723 2724"),
  group("hypertension", "59621000 38341003", "I10 I11 I12 I13 I15", "401 402 403 404 405"),
  group("hypothyroidism", "40930008 83664006", "E00 E01 E02 E03 E890", "244"),
  group(
    "ischemic_heart_disease",
    "414545008 53741008 22298006 401303003 401314000 399211009",
    "I20 I21 I22 I23 I24 I25",
    "410 411 412 413 414",
  ),
  group("osteoporosis", "64859006 443165006", "M80 M81", "7330"),
  group(
    "rheumatoid_arthritis_and_osteoarthritis",
    "69896004 239872002 239873007 201834006",
    "M05 M06 M15 M16 M17 M18 M19",
    "714 715",
  ),
  group("stroke", "230690007 266257000", "I60 I61 I63 G45", "430 431 434 435 436"),
];

const rows = GROUPS.flatMap(({ name, snomed, icd10, icd9 }) => [
  ...snomed.split(" ").map((code) => [name, "SNOMED-CT", code]),
  ...icd10.split(" ").map((code) => [name, "ICD-10-CM", code]),
  ...icd9.split(" ").map((code) => [name, "ICD-9-CM", code]),
]);

module.exports = {
  names: GROUPS.map(({ name }) => name),
  /** `condition_name`, `system`, `code`: whole concepts of SNOMED CT, prefixes of ICD-10-CM and ICD-9-CM. */
  seed: (name) => seeds.relation(name, ["condition_name", "system", "code"], rows),
};
