/**
 * What the words of silver are called in FHIR R4 (4.0.1). Where an element is bound to a value set with strength `required`, no
 * other word may stand there; which value set it is stands beside each map. A word that is not in its map has no code.
 */
const seeds = require("../seeds.js");
const texts = require("../texts.js");

/** Code systems, by http://hl7.org/fhir/R4/terminologies-systems.html. */
const CODE_SYSTEM = {
  "snomed-ct": "http://snomed.info/sct",
  loinc: "http://loinc.org",
  rxnorm: "http://www.nlm.nih.gov/research/umls/rxnorm",
  cvx: "http://hl7.org/fhir/sid/cvx",
  ndc: "http://hl7.org/fhir/sid/ndc",
  "icd-9-cm": "http://hl7.org/fhir/sid/icd-9-cm",
  "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
  "icd-9-pcs": "urn:oid:2.16.840.1.113883.6.104",
  "icd-10-pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
  hcpcs: "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
};

/** http://hl7.org/fhir/R4/valueset-administrative-gender.html (required). What is said and is neither is `other`. */
const GENDER = { m: "male", f: "female", u: "unknown", unknown: "unknown" };
/** http://hl7.org/fhir/R4/valueset-marital-status.html (extensible), of v3-MaritalStatus. */
const MARITAL_STATUS = { s: "S", m: "M", d: "D", w: "W", single: "S", married: "M", divorced: "D", widowed: "W" };
/** http://terminology.hl7.org/CodeSystem/v3-Confidentiality; who is a VIP is very restricted. */
const CONFIDENTIALITY = { normal: "N", restricted: "R", vip: "V" };
/** http://terminology.hl7.org/CodeSystem/v2-0203. A social security number is kept as a hash only and is not given on. */
const IDENTIFIER_TYPE = { mrn: "MR", passport: "PPN", drivers_license: "DL", insurance_member: "MB" };

/** http://hl7.org/fhir/R4/valueset-encounter-status.html (required); it has no word for a patient who did not come. */
const ENCOUNTER_STATUS = {
  scheduled: "planned",
  in_progress: "in-progress",
  completed: "finished",
  cancelled: "cancelled",
  no_show: "cancelled",
  voided: "entered-in-error",
};
/** http://terminology.hl7.org/ValueSet/v3-ActEncounterCode (extensible). */
const ENCOUNTER_CLASS = {
  office: "AMB",
  consultation: "AMB",
  procedure: "AMB",
  inpatient: "IMP",
  emergency: "EMER",
  telemedicine: "VR",
  post_acute: "NONAC",
  hospice: "NONAC",
  home: "HH",
};
/** http://hl7.org/fhir/R4/valueset-appointmentstatus.html (required). */
const APPOINTMENT_STATUS = {
  scheduled: "booked",
  in_progress: "arrived",
  completed: "fulfilled",
  cancelled: "cancelled",
  no_show: "noshow",
};
/** http://hl7.org/fhir/R4/valueset-observation-status.html (required): `unknown` where the source has no status. */
const OBSERVATION_STATUS = { preliminary: "preliminary", final: "final", corrected: "corrected" };
/** http://hl7.org/fhir/R4/valueset-diagnostic-report-status.html (required). */
const REPORT_STATUS = { preliminary: "preliminary", final: "final", amended: "amended" };
/** http://hl7.org/fhir/R4/valueset-medication-admin-status.html (required). A dose that was held waits; one that was missed was not given. */
const ADMINISTRATION_STATUS = { given: "completed", refused: "not-done", missed: "not-done", held: "on-hold" };
/** http://hl7.org/fhir/R4/valueset-composition-status.html (required). */
const DOCUMENT_STATUS = { draft: "preliminary", signed: "final", withdrawn: "entered-in-error" };
/** http://hl7.org/fhir/R4/valueset-allergy-intolerance-type.html and -category.html (required). */
const ALLERGY_TYPE = { allergy: "allergy", intolerance: "intolerance" };
const ALLERGY_CATEGORY = {
  food: "food",
  medication: "medication",
  drug: "medication",
  environment: "environment",
  biologic: "biologic",
};
/** http://hl7.org/fhir/R4/valueset-reaction-event-severity.html (required). */
const SEVERITY = { mild: "mild", moderate: "moderate", severe: "severe" };
/** http://hl7.org/fhir/R4/valueset-quantity-comparator.html (required) are the comparators of silver. */

/** Category of an observation: http://hl7.org/fhir/R4/valueset-observation-category.html (preferred). */
const OBSERVATION_CATEGORY = [
  "social-history",
  "vital-signs",
  "imaging",
  "laboratory",
  "procedure",
  "survey",
  "exam",
  "therapy",
  "activity",
];
/** Of http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation what silver's flags say. */
const INTERPRETATION = { ll: "LL", l: "L", n: "N", h: "H", hh: "HH", a: "A", aa: "AA" };
/** Kinds of documents as LOINC names them. */
const DOCUMENT_KIND = {
  discharge_summary: "18842-5",
  progress_note: "11506-3",
  consent: "59284-0",
  referral: "57133-1",
};

/** Units as sources write them that are UCUM already, or are written otherwise there. A unit that is not listed has no code. */
const UCUM = Object.fromEntries(
  [
    ..."% /min /uL 10*3/uL 10*6/uL 10*9/L Cel a cm d fL g g/dL h kPa kU/L kg kg/m2 L L/min m mL mL/min mm mm[Hg] mg mg/dL mg/g mg/L".split(
      " ",
    ),
    ..."mL/min/{1.73_m2} mmol/L mmol/mol mo nmol/L pg ng/mL ng/dL pg/mL U/L umol/L ug ug/dL ug/L wk {#} {score} {nominal} {count} {index} [degF] [in_i] [lb_av] [pH] [iU] meq/L m[IU]/L /[HPF] {presence} {breaths}/min {beats}/min".split(
      " ",
    ),
  ].map((unit) => [unit, unit]),
);
Object.assign(UCUM, { mmHg: "mm[Hg]", "mEq/L": "meq/L", "µmol/L": "umol/L", "/a": "/a", "m[IU]/L": "m[iU]/L" });

/** As seeds.mapped, telling upper from lower case. */
const exactly = (x, map) =>
  `case ${x} ${Object.entries(map)
    .map(([from, to]) => `when ${texts.literal(from)} then ${texts.literal(to)}`)
    .join(" ")} end`;

const said = (map) => (x) => seeds.mapped(x, map);

module.exports = {
  administrationStatus: said(ADMINISTRATION_STATUS),
  allergyCategory: said(ALLERGY_CATEGORY),
  allergyType: said(ALLERGY_TYPE),
  appointmentStatus: said(APPOINTMENT_STATUS),
  codeSystem: said(CODE_SYSTEM),
  confidentiality: said(CONFIDENTIALITY),
  documentKind: said(DOCUMENT_KIND),
  documentStatus: said(DOCUMENT_STATUS),
  encounterClass: said(ENCOUNTER_CLASS),
  encounterStatus: said(ENCOUNTER_STATUS),
  gender: (sex) => `case when ${sex} is null then 'unknown' else coalesce(${seeds.mapped(sex, GENDER)}, 'other') end`,
  identifierType: said(IDENTIFIER_TYPE),
  interpretation: said(INTERPRETATION),
  maritalStatus: said(MARITAL_STATUS),
  observationCategory: (category) =>
    `case when ${category} in (${OBSERVATION_CATEGORY.map(texts.literal).join(", ")}) then ${category} end`,
  observationStatus: (status) => `coalesce(${seeds.mapped(status, OBSERVATION_STATUS)}, 'unknown')`,
  reportStatus: said(REPORT_STATUS),
  severity: said(SEVERITY),
  ucum: (unit) => exactly(unit, UCUM),
};
