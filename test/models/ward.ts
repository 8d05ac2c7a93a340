/** A hospital small enough to say by hand what gold must show of it, at `asOf`: half past a clinic's morning in New York. */
import type { Delivery, Line } from "./csv.js";

export const asOf = "2024-06-30T12:00:00Z";

const encounter = (Id: string, PATIENT: string, START: string, STOP: string, more: Line = {}): Line => ({
  Id,
  PATIENT,
  START,
  STOP,
  ORGANIZATION: "o",
  PROVIDER: "r",
  ENCOUNTERCLASS: "ambulatory",
  ...more,
});
const medication = (PATIENT: string, CODE: string, START: string, STOP: string): Line => ({
  PATIENT,
  CODE,
  START,
  STOP,
});
const lab = (CODE: string, DATE: string, VALUE: string, UNITS: string): Line => ({
  PATIENT: "ann",
  CATEGORY: "laboratory",
  CODE,
  DATE,
  VALUE,
  UNITS,
  TYPE: /\d/.test(VALUE) ? "numeric" : "text",
});

const image = (Id: string, SERIES_UID: string, INSTANCE_UID: string): Line => ({
  Id,
  SERIES_UID,
  INSTANCE_UID,
  PATIENT: "ann",
  ENCOUNTER: "visit",
  DATE: "2024-06-01T14:40:00Z",
});

const transaction = (ID: string, TYPE: string): Line => ({
  ID,
  CLAIMID: "c",
  PATIENTID: "ann",
  TYPE,
  FROMDATE: "2024-06-01T14:00:00Z",
  APPOINTMENTID: "visit",
});
const unit = { ORGANIZATION: "o", DEPARTMENT: "o:ambulatory" };
const license = { PROVIDER: "r", LICENSE_NUMBER: "1", STATE: "NY", KIND: "medical", STATUS: "active" };
const access = (ID: string, ACCESSED_AT: string, USER_ID: string, more: Line = {}): Line => ({
  ID,
  ACCESSED_AT,
  USER_ID,
  USER_ROLE: "nurse",
  PATIENT: "ann",
  ACTION: "view",
  RESOURCE: "encounter",
  PURPOSE: "treatment",
  RELATIONSHIP: "care_team",
  DATA_KINDS: "demographics labs",
  OUTCOME: "success",
  ...unit,
  ...more,
});
const login = { PATIENT: "", ACTION: "login", RESOURCE: "", PURPOSE: "", RELATIONSHIP: "", DATA_KINDS: "" };
/** The last 24 hours are those after noon of the 29th, which is 8 in the morning in New York. */
const accesses: readonly Line[] = [
  access("the day before", "2024-06-29T11:59:59Z", "nurse", { RELATIONSHIP: "None" }),
  // Who bills sees bills; the other one says so, and sees more.
  access("a day ago", "2024-06-29T12:00:00Z", "nurse", {
    RELATIONSHIP: "none",
    PURPOSE: "Payment",
    DATA_KINDS: "Billing",
  }),
  access("login", "2024-06-29T13:00:00Z", "nurse", login),
  access("guessed", "2024-06-29T13:01:00Z", "nurse", { ...login, OUTCOME: "Failure" }),
  access("guessed again", "2024-06-30T06:00:00Z", "somebody", { ...login, OUTCOME: "failure" }),
  access("curious", "2024-06-30T03:00:00Z", "nurse", { RELATIONSHIP: "none", PATIENT: "ben", PURPOSE: "payment" }),
  access("refused", "2024-06-30T03:01:00Z", "nurse", { RELATIONSHIP: "none", PATIENT: "ben", OUTCOME: "FAILURE" }),
  access("broke the glass", "2024-06-29T18:00:00Z", "doctor", {
    USER_ROLE: "provider",
    RELATIONSHIP: "none",
    PURPOSE: "Emergency",
  }),
  access("own record", "2024-06-30T12:00:00Z", "portal", {
    USER_ROLE: "patient",
    RELATIONSHIP: "self",
    PURPOSE: "operations",
  }),
  access("later", "2024-06-30T12:00:01Z", "nurse", { RELATIONSHIP: "none", OUTCOME: "" }),
];

/** At this time of Ann's visit. */
const at = (time: string) => `2024-06-01T${time}:00Z`;
const care = (ID: string, CODE?: string): Line => ({
  ID,
  PATIENT: "ann",
  ENCOUNTER: "visit",
  ...(CODE === undefined ? {} : { CODE }),
});
const note = (VERSION: string, time: string): Line => ({
  DOCUMENT: "note",
  VERSION,
  KIND: "progress_note",
  TITLE: "Visit",
  PROVIDER: "r",
  WRITTEN_AT: at(time),
  TEXT: "No complaints.",
});

export const ward: Delivery = {
  organizations: [{ Id: "o", NAME: "Place" }],
  providers: [{ Id: "r", ORGANIZATION: "o" }],
  patients: [
    { Id: "ann", FIRST: "Ann", LAST: "A", BIRTHDATE: "1980-07-01", CITY: "Here" },
    { Id: "ben", FIRST: "Ben", LAST: "B", BIRTHDATE: "1950-06-30", DEATHDATE: "2024-06-30" },
    { Id: "cat", FIRST: "Cat", LAST: "C", BIRTHDATE: "1990-01-01", DEATHDATE: "2024-07-15" },
    { Id: "dot", FIRST: "Dot", LAST: "D" },
    { Id: "eve", FIRST: "Eve", LAST: "E", BIRTHDATE: "2000-02-29" },
    { Id: "new", FIRST: "New", LAST: "N", BIRTHDATE: "2024-07-01" },
  ],
  identity_decisions: [
    { ID: "1", PATIENT: "ann", OTHER_PATIENT: "ben", DECISION: "not_same", DECIDED_AT: "2024-06-01T00:00:00Z" },
    { ID: "2", PATIENT: "cat", OTHER_PATIENT: "dot", DECISION: "unlink", DECIDED_AT: "2024-06-01T00:00:00Z" },
  ],
  encounters: [
    encounter("visit", "ann", "2024-06-01T14:00:00Z", "2024-06-01T15:30:00Z", {
      CODE: "v",
      TOTAL_CLAIM_COST: "200.50",
      PAYER_COVERAGE: "150.25",
    }),
    encounter("stay", "ann", "2024-06-30T03:00:00Z", "", { ENCOUNTERCLASS: "inpatient", TOTAL_CLAIM_COST: "100" }),
    encounter("backwards", "ben", "2024-02-01T15:00:00Z", "2024-02-01T14:00:00Z", {
      TOTAL_CLAIM_COST: "10",
      PAYER_COVERAGE: "0",
    }),
    encounter("short", "cat", "2024-03-01T14:00:00Z", "2024-03-01T14:20:00Z"),
    encounter("unheard", "dot", "2024-03-01T14:00:00Z", "", { ENCOUNTERCLASS: "seance" }),
    encounter("dateless", "dot", "soon", ""),
    encounter("nobody's", "nobody", "2024-03-01T14:00:00Z", ""),
  ],
  conditions: [
    { PATIENT: "ann", ENCOUNTER: "visit", CODE: "open", START: "2024-06-01" },
    { PATIENT: "ann", ENCOUNTER: "visit", CODE: "closed", START: "2024-06-01", STOP: "2024-06-10" },
    { PATIENT: "dot", ENCOUNTER: "visit", CODE: "stolen", START: "2024-06-01" },
  ],
  procedures: [
    {
      PATIENT: "ann",
      ENCOUNTER: "visit",
      CODE: "done",
      START: "2024-06-01T14:15:00Z",
      STOP: "2024-06-01T14:45:00Z",
    },
  ],
  medications: [
    { ...medication("ann", "open", "2024-06-01T14:10:00Z", ""), ENCOUNTER: "visit" },
    medication("ann", "ends-now", "2024-06-01T14:11:00Z", "2024-06-30T12:00:00Z"),
    medication("ann", "ends-then", "2024-06-01T14:12:00Z", "2024-06-30T12:00:01Z"),
    medication("ann", "begins-now", "2024-06-30T12:00:00Z", ""),
    medication("ann", "begins-then", "2024-06-30T12:00:01Z", ""),
    medication("ann", "backwards", "2024-06-02T00:00:00Z", "2024-06-01T23:59:59Z"),
    medication("ben", "of-the-dead", "2024-02-01T14:00:00Z", ""),
    medication("cat", "from-today", "2024-06-30", "2024-07-01"),
    medication("cat", "until-today", "2024-06-01", "2024-06-30"),
    medication("dot", "dateless", "", ""),
  ],
  allergies: [{ PATIENT: "ann", ENCOUNTER: "visit", CODE: "nuts", START: "2024-06-01" }],
  immunizations: [{ PATIENT: "ann", ENCOUNTER: "visit", CODE: "140", DATE: "2024-06-01T14:25:00Z" }],
  imaging_studies: [
    { ...image("chest", "s1", "i1"), MODALITY_CODE: "DX" },
    { ...image("chest", "s1", "i2"), MODALITY_CODE: "DX" },
  ],
  patient_identifiers: [
    { ID: "m1", PATIENT: "ann", AUTHORITY: "East", KIND: "mrn", VALUE: "0000001", VALID_FROM: "2020-01-01" },
  ],
  patient_contacts: [{ ID: "k1", PATIENT: "ann", NAME: "Ned A", RELATIONSHIP: "spouse", PRIORITY: "1" }],
  patient_statuses: [
    { ID: "s1", PATIENT: "ann", STATUS: "active", CONFIDENTIALITY: "vip", LANGUAGE: "es", CHANGED_AT: "2024-01-01" },
  ],
  risk_scores: [{ ID: "g1", PATIENT: "ann", SCORE_NAME: "lace", SCORE: "7", SCORED_AT: "2024-06-01T15:30:00Z" }],
  legal_holds: [{ ID: "h1", PATIENT: "ann", PLACED_AT: "2024-06-05", REASON: "litigation" }],
  payers: [{ Id: "i", NAME: "Insurer", OWNERSHIP: "PRIVATE" }],
  payer_transitions: [
    { PATIENT: "ann", MEMBERID: "m", START_DATE: "2020-01-01T05:00:00Z", PAYER: "i" },
    { PATIENT: "ben", START_DATE: "2000-01-01", END_DATE: "2024-06-30", PAYER: "i", SECONDARY_PAYER: "i" },
  ],
  claims: [
    {
      Id: "c",
      PATIENTID: "ann",
      PROVIDERID: "r",
      PRIMARYPATIENTINSURANCEID: "i",
      SECONDARYPATIENTINSURANCEID: "0",
      APPOINTMENTID: "visit",
      SERVICEDATE: "2024-06-01T14:00:00Z",
      OUTSTANDINGP: "20.25",
    },
    {
      Id: "uncharged",
      PATIENTID: "cat",
      PRIMARYPATIENTINSURANCEID: "0",
      APPOINTMENTID: "short",
      SERVICEDATE: "2024-03-01T14:00:00Z",
    },
  ],
  claims_transactions: [
    { ...transaction("1", "CHARGE"), AMOUNT: "200.50", TRANSFERTYPE: "1" },
    { ...transaction("2", "PAYMENT"), PAYMENTS: "150.25", METHOD: "ECHECK" },
    { ...transaction("3", "PAYMENT"), PAYMENTS: "20", METHOD: "COPAY" },
    { ...transaction("4", "ADJUSTMENT"), ADJUSTMENTS: "10" },
    { ...transaction("5", "TRANSFEROUT"), TRANSFERS: "20.25" },
  ],
  remittances: [
    { ID: "r", CLAIM: "c", PATIENT: "ann", PAYER: "i", DECISION: "paid", AMOUNT: "150.25", POSTED_AT: "2024-06-20" },
  ],
  observations: [
    lab("2339-0", "2024-01-10T15:00:00Z", "5", "mmol/L"),
    lab("2339-0", "2024-03-10T15:00:00Z", "100", "mg/dL"),
    // A slip of the hand, which nobody lives with.
    lab("2339-0", "2024-04-10T15:00:00Z", "99999", "mmol/L"),
    lab("2339-0", "2024-05-10T15:00:00Z", "6", "mmol/L"),
    // Another unit that is not known for the code: a trend of its own.
    lab("2339-0", "2024-05-11T15:00:00Z", "7", "spoons"),
    // The first moment of the day six months before in New York, and the second before it.
    lab("2093-3", "2023-12-30T05:00:00Z", "5", "mmol/L"),
    lab("2093-3", "2023-12-30T04:59:59Z", "4", "mmol/L"),
    lab("2093-3", "2024-06-30T12:00:01Z", "6", "mmol/L"),
    lab("seen", "2024-06-01T10:00:00Z", "<0.01", ""),
    lab("seen", "2024-06-01T11:00:00Z", "0.03", ""),
    lab("word", "2024-06-01T11:00:00Z", "positive", ""),
    {
      PATIENT: "ben",
      CATEGORY: "vital-signs",
      CODE: "8867-4",
      DATE: "2024-02-01T14:30:00Z",
      VALUE: "70",
      UNITS: "/min",
    },
    {
      PATIENT: "ann",
      ENCOUNTER: "visit",
      CATEGORY: "survey",
      CODE: "asked",
      DATE: "2024-06-01T14:20:00Z",
      VALUE: "yes",
    },
    { PATIENT: "dot", CATEGORY: "laboratory", CODE: "2339-0", DATE: "never", VALUE: "5" },
  ],
  appointments: [
    {
      Id: "booked",
      PATIENT: "cat",
      PROVIDER: "r",
      ORGANIZATION: "o",
      DEPARTMENT: "o:ambulatory",
      SCHEDULED_START: "2024-07-10T14:00:00Z",
      SCHEDULED_END: "2024-07-10T14:30:00Z",
      STATUS: "scheduled",
    },
    { Id: "unsure", PATIENT: "dot", PROVIDER: "r", SCHEDULED_START: "2024-07-10T14:00:00Z", STATUS: "perhaps" },
  ],
  organization_units: [{ ORGANIZATION: "o", BRANCH: "North", REGION: "Coast", BED_COUNT: "2" }],
  staff: [
    { ID: "nurse", NAME: "Nell", ROLE: "nurse", ...unit, HIRED_ON: "2020-01-01" },
    { ID: "doctor", NAME: "Rob", ROLE: "provider", PROVIDER: "r", NPI: "1234567893", ...unit },
  ],
  licenses: [
    { ...license, ID: "ends-today", EXPIRES_ON: "2024-06-30" },
    { ...license, ID: "ends-on-the-60th", EXPIRES_ON: "2024-08-29" },
    { ...license, ID: "ends-on-the-61st", EXPIRES_ON: "2024-08-30" },
    { ...license, ID: "ended-yesterday", EXPIRES_ON: "2024-06-29" },
    { ...license, ID: "suspended", EXPIRES_ON: "2024-07-01", STATUS: "suspended" },
  ],
  provider_schedules: [
    {
      ID: "session",
      PROVIDER: "r",
      ...unit,
      START: "2024-06-28T13:00:00Z",
      STOP: "2024-06-28T17:00:00Z",
      BOOKABLE_MINUTES: "240",
    },
  ],
  staff_schedules: [
    { ID: "shift", STAFF: "nurse", ...unit, START: "2024-06-28T11:00:00Z", STOP: "2024-06-28T23:00:00Z" },
  ],
  timesheets: [
    {
      ID: "worked",
      STAFF: "nurse",
      SCHEDULE: "shift",
      WORK_DATE: "2024-06-28",
      CLOCK_IN: "2024-06-28T11:00:00Z",
      CLOCK_OUT: "2024-06-28T23:00:00Z",
      STATUS: "present",
    },
  ],
  beds: [
    { ID: "bed-1", ...unit, KIND: "ward" },
    { ID: "bed-2", ...unit, KIND: "icu" },
  ],
  bed_days: [
    { BED: "bed-1", DATE: "2024-06-29", STATUS: "occupied", PATIENT: "ann", ENCOUNTER: "stay" },
    { BED: "bed-2", DATE: "2024-06-29", STATUS: "free" },
  ],
  encounter_locations: [
    {
      ID: "lay",
      PATIENT: "ann",
      ENCOUNTER: "visit",
      BED: "bed-1",
      DEPARTMENT: "o:ambulatory",
      START: "2024-06-01T14:50:00Z",
      STOP: "2024-06-01T15:20:00Z",
    },
  ],
  equipment: [
    { ID: "scanner", ...unit, KIND: "ct", DAILY_MINUTES: "600" },
    { ID: "ventilator", ...unit, KIND: "ventilator", DAILY_MINUTES: "1440" },
  ],
  equipment_usage: [
    {
      ID: "scan",
      EQUIPMENT: "scanner",
      PATIENT: "ann",
      ENCOUNTER: "visit",
      START: "2024-06-01T14:50:00Z",
      STOP: "2024-06-01T15:00:00Z",
    },
    // From six in the evening, over the night to summer time, to midnight of the day after.
    { ID: "breath", EQUIPMENT: "ventilator", START: "2024-03-09T23:00:00Z", STOP: "2024-03-11T04:00:00Z" },
  ],
  audit_findings: [
    {
      ID: "found",
      ...unit,
      FOUND_ON: "2024-06-20",
      CATEGORY: "privacy",
      SEVERITY: "low",
      STATUS: "closed",
      CLOSED_ON: "2024-06-25",
    },
  ],
  satisfaction: [
    {
      ID: "answer",
      PATIENT: "ben",
      ENCOUNTER: "backwards",
      SURVEYED_AT: "2024-02-03T14:00:00Z",
      QUESTION: "overall",
      SCORE: "4",
    },
  ],
  access_log: accesses,
  appointment_changes: [
    {
      ID: "booking",
      APPOINTMENT: "booked",
      PATIENT: "cat",
      CHANGED_AT: "2024-06-20T14:00:00Z",
      TO_STATUS: "scheduled",
      REASON: "asked for",
    },
  ],
  lab_orders: [
    {
      ...care("order", "24323-8"),
      PROVIDER: "r",
      ORDERED_AT: at("14:05"),
      COLLECTED_AT: at("14:12"),
      STATUS: "completed",
    },
  ],
  lab_reports: [
    {
      ...care("potassium", "6298-4"),
      LAB_ORDER: "order",
      VALUE: "6.5",
      UNITS: "mmol/L",
      TYPE: "numeric",
      FLAG: "HH",
      STATUS: "final",
      RESULTED_AT: at("18:12"),
      NOTIFIED_AT: at("18:32"),
    },
    {
      ...care("sodium", "2947-0"),
      LAB_ORDER: "order",
      VALUE: "110",
      UNITS: "mmol/L",
      TYPE: "numeric",
      FLAG: "L",
      STATUS: "final",
      RESULTED_AT: at("18:13"),
    },
  ],
  device_vitals: [
    {
      DEVICE: "monitor",
      SEQUENCE: "1",
      PATIENT: "ann",
      ENCOUNTER: "visit",
      MEASURED_AT: at("14:50"),
      CODE: "8867-4",
      VALUE: "72",
      UNITS: "/min",
      TYPE: "numeric",
    },
  ],
  medication_administrations: [
    {
      ...care("dose", "open"),
      DOSE: "2.5",
      UNIT: "mg",
      SCHEDULED_AT: at("14:30"),
      ADMINISTERED_AT: at("14:32"),
      STATUS: "given",
    },
  ],
  radiology_reports: [
    {
      ...care("read"),
      IMAGING_STUDY: "chest",
      PROVIDER: "r",
      REPORTED_AT: at("15:00"),
      STATUS: "final",
      TEXT: "Clear lungs.",
      REVIEW: "agree",
    },
  ],
  documents: [
    { ...care("draft"), ...note("1", "15:05"), STATUS: "draft" },
    { ...care("signed"), ...note("2", "15:06"), STATUS: "signed", SIGNER: "r", SIGNED_AT: at("15:07") },
  ],
  infections: [{ ...care("fever", "68566005"), DIAGNOSED_AT: at("15:10"), ORIGIN: "community" }],
  adverse_events: [{ ...care("fall"), OCCURRED_AT: at("15:11"), REPORTED_AT: at("16:00"), CATEGORY: "fall" }],
  medication_errors: [{ ...care("slip", "open"), OCCURRED_AT: at("15:12"), REPORTED_AT: at("16:00"), SEVERITY: "B" }],
};
