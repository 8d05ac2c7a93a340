/** Code maps: what sources' words mean here. A word that is not in its map has no meaning, and its row is quarantined. */
const patterns = require("./patterns.js");
const seeds = require("./seeds.js");
const transitions = require("./transitions.js");

/** One meaning of several words, which are separated by blanks. */
const spelled = (meaning, words) => Object.fromEntries(words.split(" ").map((word) => [word, meaning]));

/** Class of an encounter, as sources send it, to its type. */
const ENCOUNTER_TYPE = {
  wellness: "office",
  ambulatory: "office",
  outpatient: "office",
  urgentcare: "office",
  office: "office",
  inpatient: "inpatient",
  emergency: "emergency",
  virtual: "telemedicine",
  telemedicine: "telemedicine",
  procedure: "procedure",
  consultation: "consultation",
  snf: "post_acute",
  post_acute: "post_acute",
  hospice: "hospice",
  home: "home",
  // MIMIC's types of admission. Who is kept for observation and not admitted is an outpatient (42 CFR 410.2).
  elective: "inpatient",
  urgent: "inpatient",
  "ew emer.": "inpatient",
  "direct emer.": "inpatient",
  "surgical same day admission": "inpatient",
  "observation admit": "inpatient",
  "eu observation": "emergency",
  "direct observation": "office",
  "ambulatory observation": "office",
};

/** Versions of the International Classification of Diseases to the names of their code systems. */
const ICD_DIAGNOSIS = { 9: "ICD-9-CM", 10: "ICD-10-CM" };
const ICD_PROCEDURE = { 9: "ICD-9-PCS", 10: "ICD-10-PCS" };

/** Measures of MIMIC's outpatient record, a blood pressure as a whole, by the name that holds their unit, to LOINC codes and UCUM units. */
const OMR_CODE = {
  "weight (lbs)": "29463-7",
  weight: "29463-7",
  "height (inches)": "8302-2",
  height: "8302-2",
  "bmi (kg/m2)": "39156-5",
  bmi: "39156-5",
  "blood pressure": "85354-9",
  "blood pressure lying": "85354-9",
  "blood pressure sitting": "85354-9",
  "blood pressure standing": "85354-9",
  "blood pressure standing (1 min)": "85354-9",
  "blood pressure standing (3 mins)": "85354-9",
};
const OMR_UNIT = {
  "weight (lbs)": "[lb_av]",
  "height (inches)": "[in_i]",
  "bmi (kg/m2)": "kg/m2",
};

/** Status of an appointment; beside our own words those of FHIR. */
const APPOINTMENT_STATUS = {
  scheduled: "scheduled",
  booked: "scheduled",
  in_progress: "in_progress",
  "in-progress": "in_progress",
  completed: "completed",
  fulfilled: "completed",
  cancelled: "cancelled",
  canceled: "cancelled",
  no_show: "no_show",
  "no-show": "no_show",
  noshow: "no_show",
};

/** What may follow what: of an appointment from its booking on. The last three end it. */
const APPOINTMENT_COURSE = transitions.course("scheduled", {
  scheduled: ["in_progress", "cancelled", "no_show"],
  in_progress: ["completed", "cancelled"],
  completed: [],
  cancelled: [],
  no_show: [],
});
/** Status of a patient in a register, and which may follow which: nobody comes back from death. */
const PATIENT_STATUS = {
  active: "active",
  inactive: "inactive",
  transferred: "transferred",
  deceased: "deceased",
};
const PATIENT_COURSE = transitions.course("active", {
  active: ["inactive", "transferred", "deceased"],
  inactive: ["active", "transferred", "deceased"],
  transferred: ["active", "deceased"],
  deceased: [],
});

/** Who may see a record, also by HL7's codes (v3 Confidentiality). */
const CONFIDENTIALITY = {
  normal: "normal",
  n: "normal",
  restricted: "restricted",
  r: "restricted",
  v: "restricted",
  vip: "vip",
};

/** Code systems by the names that models and seeds of the project tell them by. */
const CODE_SYSTEM = {
  "snomed-ct": "SNOMED-CT",
  "http://snomed.info/sct": "SNOMED-CT",
  rxnorm: "RxNorm",
  loinc: "LOINC",
  cvx: "CVX",
  "icd-9-cm": "ICD-9-CM",
  "icd-10-cm": "ICD-10-CM",
};

/** Numbers by which a patient is known. */
const IDENTIFIER_KIND = {
  mrn: "mrn",
  ssn: "ssn",
  passport: "passport",
  drivers_license: "drivers_license",
  insurance_member: "insurance_member",
};

/** What a transaction of a claim is. */
const CLAIM_TRANSACTION = {
  charge: "charge",
  payment: "payment",
  adjustment: "adjustment",
  transferin: "transfer_in",
  transferout: "transfer_out",
};

/**
 * Who pays by which method. Synthea pays for patients by copay, cash, card and cheque, and for payers electronically: in its
 * exports what came by cash, card and cheque is to the cent what was charged or passed on to patients.
 */
const PAID_BY = { copay: "patient", cash: "patient", cc: "patient", check: "patient", echeck: "payer" };

/** Of whom an amount is asked, as Synthea numbers them. */
const DEBTOR = { 1: "payer", 2: "secondary_payer", p: "patient" };

/** Type of a claim, as Synthea numbers it. */
const CLAIM_TYPE = { 1: "professional", 2: "institutional" };

/** What a payer decided. */
const REMITTANCE_DECISION = { paid: "paid", denied: "denied", adjusted: "adjusted" };

/** Status of a laboratory order, of a report, of a dose and of a document; beside our own words those of FHIR and of HL7 tables 0085 and 0123. */
const LAB_ORDER_STATUS = {
  ordered: "ordered",
  active: "ordered",
  collected: "collected",
  completed: "completed",
  cancelled: "cancelled",
  canceled: "cancelled",
  revoked: "cancelled",
};
const LAB_RESULT_STATUS = {
  preliminary: "preliminary",
  p: "preliminary",
  final: "final",
  f: "final",
  corrected: "corrected",
  amended: "corrected",
  c: "corrected",
};
const ADMINISTRATION_STATUS = {
  given: "given",
  completed: "given",
  refused: "refused",
  held: "held",
  "on-hold": "held",
  missed: "missed",
  "not-done": "missed",
};
const REPORT_STATUS = {
  preliminary: "preliminary",
  final: "final",
  amended: "amended",
  corrected: "amended",
};
const DOCUMENT_STATUS = {
  draft: "draft",
  preliminary: "draft",
  signed: "signed",
  final: "signed",
  withdrawn: "withdrawn",
  "entered-in-error": "withdrawn",
};

/** Where an observation belongs: first by its code, then by the source's category, else to `observation`. */
const ROUTE_BY_CODE = {
  // Asked in a questionnaire, yet filed as laboratory by Synthea: where the patient lives.
  "56799-0": "observation",
};
const ROUTE_BY_CATEGORY = {
  laboratory: "lab_result",
  "vital-signs": "vital_sign",
};

/**
 * Where patients are discharged to. NUBC form locator 17 (patient discharge status), FHIR's encounter-discharge-disposition and
 * the words of MIMIC-IV. What stands in none of them is `other`.
 */
const DISCHARGE_DISPOSITION = {
  ...spelled("died", "20 40 41 42 exp died expired"),
  ...spelled("against_advice", "7 07 aadvice"),
  "against advice": "against_advice",
  ...spelled("acute_transfer", "2 02 43 66 82 88 94"),
  "acute hospital": "acute_transfer",
  ...spelled("post_acute", "3 03 4 04 61 62 63 64 83 84 89 90 91 92 long rehab snf"),
  "skilled nursing facility": "post_acute",
  "chronic/long term acute care": "post_acute",
  "assisted living": "post_acute",
  ...spelled("hospice", "50 51 hosp hospice"),
  ...spelled("home", "1 01 6 06 81 86 home"),
  "home health care": "home",
};

/** Where patients are admitted from. NUBC form locator 15 (point of origin), FHIR's encounter-admit-source and MIMIC-IV. */
const ADMISSION_SOURCE = {
  4: "acute_transfer",
  "hosp-trans": "acute_transfer",
  "transfer from hospital": "acute_transfer",
  7: "emergency",
  emd: "emergency",
  "emergency room": "emergency",
};

const otherwise = (x, map) => `case when ${x} is not null then coalesce(${seeds.mapped(x, map)}, 'other') end`;

module.exports = {
  appointmentCourse: APPOINTMENT_COURSE,
  /** `acute_transfer`, `emergency` or `other`; NULL where the source does not say. */
  admissionSource: (source) => otherwise(source, ADMISSION_SOURCE),
  /** `died`, `against_advice`, `acute_transfer`, `post_acute`, `hospice`, `home` or `other`; NULL where the source does not say. */
  dischargeDisposition: (disposition) => otherwise(disposition, DISCHARGE_DISPOSITION),
  patientCourse: PATIENT_COURSE,
  patientStatus: (status) => seeds.mapped(status, PATIENT_STATUS),
  /** A mark that is not known protects: it is `restricted`. Nothing said is `normal`. */
  confidentiality: (mark) =>
    `case when ${mark} is null then 'normal' else coalesce(${seeds.mapped(mark, CONFIDENTIALITY)}, 'restricted') end`,
  /** NULL for a mark that is not known. */
  knownConfidentiality: (mark) => seeds.mapped(mark, CONFIDENTIALITY),
  codeSystem: (system) => seeds.mapped(system, CODE_SYSTEM),
  identifierKind: (kind) => seeds.mapped(kind, IDENTIFIER_KIND),
  claimTransaction: (type) => seeds.mapped(type, CLAIM_TRANSACTION),
  claimType: (type) => seeds.mapped(type, CLAIM_TYPE),
  debtor: (type) => seeds.mapped(type, DEBTOR),
  paidBy: (method) => seeds.mapped(method, PAID_BY),
  remittanceDecision: (decision) => seeds.mapped(decision, REMITTANCE_DECISION),
  appointmentStatus: (status) => seeds.mapped(status, APPOINTMENT_STATUS),
  icdDiagnosisSystem: (version) => seeds.mapped(version, ICD_DIAGNOSIS),
  icdProcedureSystem: (version) => seeds.mapped(version, ICD_PROCEDURE),
  administrationStatus: (status) => seeds.mapped(status, ADMINISTRATION_STATUS),
  documentStatus: (status) => seeds.mapped(status, DOCUMENT_STATUS),
  /** A condition, always true or false: a blood pressure of MIMIC's outpatient record with both of its values. */
  isBloodPressure: (name, value) =>
    `coalesce(${seeds.mapped(name, OMR_CODE)} = '85354-9' and ${patterns.matches(value, "[0-9]{2,3}/[0-9]{2,3}")}, false)`,
  omrCode: (name) => seeds.mapped(name, OMR_CODE),
  omrUnit: (name) => seeds.mapped(name, OMR_UNIT),
  encounterType: (sentClass) => seeds.mapped(sentClass, ENCOUNTER_TYPE),
  labOrderStatus: (status) => seeds.mapped(status, LAB_ORDER_STATUS),
  labResultStatus: (status) => seeds.mapped(status, LAB_RESULT_STATUS),
  observationEntity: (code, category) =>
    `coalesce(${seeds.mapped(code, ROUTE_BY_CODE)}, ${seeds.mapped(category, ROUTE_BY_CATEGORY)}, 'observation')`,
  reportStatus: (status) => seeds.mapped(status, REPORT_STATUS),
};
