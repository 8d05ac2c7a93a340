/** Patients whose stays, scores and medications can be said by hand, at the `asOf` of the ward. Times are UTC, New York is behind. */
import type { Delivery, Line } from "./csv.js";

const encounter = (Id: string, PATIENT: string, START: string, STOP: string, more: Line = {}): Line => ({
  Id,
  PATIENT,
  START,
  STOP,
  ORGANIZATION: "o",
  PROVIDER: "r",
  ENCOUNTERCLASS: "inpatient",
  ...more,
});
const diagnosis = (PATIENT: string, ENCOUNTER: string, SYSTEM: string, CODE: string, START: string): Line => ({
  PATIENT,
  ENCOUNTER,
  SYSTEM,
  CODE,
  START,
});

const medication = (PATIENT: string, CODE: string, DESCRIPTION: string, START = "2024-06-01", STOP = ""): Line => ({
  PATIENT,
  CODE,
  DESCRIPTION,
  START,
  STOP,
});

const una: Line = {
  Id: "una",
  SSN: "999-12-3456",
  FIRST: "Una",
  LAST: "U",
  BIRTHDATE: "1990-01-01",
  GENDER: "F",
  ADDRESS: "7 Only Street",
  CITY: "Salem",
  ZIP: "01970",
};
/** Another source, which knows Una by the same, and delivers nothing but who its patients are. */
export const elsewhere: Delivery = { patients: [{ ...una, Id: "una-elsewhere" }] };

export const clinic: Delivery = {
  organizations: [
    { Id: "o", NAME: "South" },
    { Id: "north", NAME: "North" },
  ],
  patients: [
    { Id: "sue", FIRST: "Sue", LAST: "S", BIRTHDATE: "1950-03-01" },
    { Id: "tom", FIRST: "Tom", LAST: "T", BIRTHDATE: "1940-01-01", DEATHDATE: "2024-04-03" },
    // The same person, of whom this record does not know that he died.
    { Id: "tim", FIRST: "Tim", LAST: "T", BIRTHDATE: "1940-01-01" },
    una,
    { Id: "vic", FIRST: "Vic", LAST: "V", BIRTHDATE: "1985-01-01" },
  ],
  identity_decisions: [
    {
      ID: "1",
      PATIENT: "tom",
      OTHER_PATIENT: "tim",
      DECISION: "link",
      DECIDED_AT: "2024-05-01T12:00:00Z",
      DECIDED_BY: "records",
    },
  ],
  encounters: [
    encounter("first", "sue", "2024-01-01T15:00:00Z", "2024-01-05T15:00:00Z"),
    // Ends at half past eleven in the evening of the 6th.
    encounter("overlaps", "sue", "2024-01-05T14:00:00Z", "2024-01-07T04:30:00Z"),
    encounter("thirty", "sue", "2024-02-05T15:00:00Z", "2024-02-06T15:00:00Z"),
    encounter("thirty-one", "sue", "2024-03-08T15:00:00Z", "2024-03-08T21:00:00Z"),
    encounter("watched", "sue", "2024-03-20T15:00:00Z", "2024-03-21T15:00:00Z", { CODE: "76464004" }),
    // From the bed into observation, in the same second.
    encounter("watched-on", "vic", "2024-03-05T15:00:00Z", "2024-03-06T15:00:00Z", { CODE: "76464004" }),
    encounter("let-go", "vic", "2024-03-03T15:00:00Z", "2024-03-05T15:00:00Z"),
    encounter("last", "tom", "2024-04-01T15:00:00Z", "2024-04-03T16:00:00Z"),
    encounter("recent", "una", "2024-06-08T15:00:00Z", "2024-06-10T15:00:00Z"),
    encounter("long-before", "una", "2024-05-01T10:00:00Z", "2024-05-01T14:00:00Z", { ENCOUNTERCLASS: "emergency" }),
    encounter("just-before", "una", "2024-06-08T10:00:00Z", "2024-06-08T14:00:00Z", {
      ENCOUNTERCLASS: "emergency",
      ORGANIZATION: "north",
    }),
    encounter("lasting", "una", "2024-06-29T15:00:00Z", ""),
    encounter("nursing", "vic", "2024-05-01T15:00:00Z", "2024-05-20T15:00:00Z", { ENCOUNTERCLASS: "snf" }),
    encounter("er", "vic", "2024-05-01T10:00:00Z", "2024-05-01T14:00:00Z", { ENCOUNTERCLASS: "emergency" }),
  ],
  conditions: [
    diagnosis("sue", "first", "ICD-10-CM", "I21.9", "2024-01-01"),
    diagnosis("sue", "first", "SNOMED-CT", "44054006", "2024-01-01"),
    // Diabetes with and without complications, breast cancer with and without metastasis: 2 and 6.
    ...["E11.9", "E11.22", "C50.911", "C78.00"].map((code) =>
      diagnosis("sue", "thirty-one", "ICD-10-CM", code, "2024-03-08"),
    ),
    // Of no condition.
    diagnosis("sue", "thirty", "ICD-10-CM", "J01.90", "2024-02-05"),
    // Heart failure with its weight in both indices.
    diagnosis("tom", "last", "ICD-9-CM", "428.0", "2024-04-01"),
    diagnosis("una", "recent", "SNOMED-CT", "44054006", "2024-06-08"),
    // Made twice on a day is made twice.
    diagnosis("una", "", "SNOMED-CT", "44054006", "2024-06-08"),
    { ...diagnosis("una", "", "SNOMED-CT", "one-day", "2024-06-09"), STOP: "2024-06-09" },
    { ...diagnosis("una", "", "SNOMED-CT", "to-come", "2024-06-09"), STOP: "2024-07-01" },
  ],
  medications: [
    medication("sue", "s20", "Simvastatin 20 MG Oral Tablet"),
    medication("sue", "s10", "simvastatin 10 MG Oral Tablet"),
    medication("sue", "clari", "clarithromycin 500 MG Oral Tablet"),
    medication("sue", "benadryl", "diphenhydrAMINE Hydrochloride 25 MG Oral Tablet"),
    // Not understood, not any more, and not the word.
    medication("sue", "brand", "Zocor Pack"),
    medication("sue", "past", "itraconazole 100 MG Oral Capsule", "2024-01-01", "2024-02-01"),
    medication("sue", "other", "norcodeineless 5 MG Oral Tablet"),
    medication("tom", "heart", "Furosemide 40 MG Oral Tablet", "2024-03-01"),
    medication("tim", "after", "Furosemide 40 MG Oral Tablet", "2024-03-01"),
    medication("vic", "nap", "Naproxen sodium 220 MG Oral Tablet"),
    medication("vic", "nap", "Naproxen sodium 220 MG Oral Tablet", "2024-06-02"),
    // Of no ingredient that is known.
    medication("vic", "pack", "Glucophage Pack"),
    medication("vic", "pack", "Glucophage Pack", "2024-06-02"),
    medication("vic", "asa", "aspirin 81 MG Oral Tablet"),
    medication("vic", "amox", "Amoxicillin 250 MG Oral Capsule"),
    medication("vic", "perc", "Acetaminophen 325 MG / Oxycodone Hydrochloride 10 MG Oral Tablet [Percocet]"),
    medication("vic", "diaz", "Diazepam 5 MG Oral Tablet"),
  ],
  procedures: [
    // Ten years are over the day after.
    { PATIENT: "sue", CODE: "73761001", DESCRIPTION: "Colonoscopy", START: "2014-07-01T15:00:00Z" },
    // A kidney transplant.
    { PATIENT: "sue", ENCOUNTER: "thirty", SYSTEM: "ICD-10-PCS", CODE: "0TY00Z0", START: "2024-02-05T16:00:00Z" },
    // Of the day of the admission in which it was done nobody knows the hour.
    { PATIENT: "sue", ENCOUNTER: "thirty-one", CODE: "p0", START: "2024-03-08" },
    { PATIENT: "tom", CODE: "p1", START: "2024-03-20T15:00:00Z" },
    { PATIENT: "una", ENCOUNTER: "recent", CODE: "p1", REASONCODE: "44054006", START: "2024-06-09T15:00:00Z" },
  ],
  patient_statuses: [
    { ID: "watched", PATIENT: "una", STATUS: "active", CHANGED_AT: "2024-05-01", CONFIDENTIALITY: "vip" },
    // Whose death the register has not heard of.
    { ID: "unheard", PATIENT: "tom", STATUS: "active", CHANGED_AT: "2024-01-01", CONFIDENTIALITY: "normal" },
  ],
  observations: [
    ["2024-06-09T15:00:00Z", "70"],
    // Still the 9th in New York.
    ["2024-06-10T03:00:00Z", "80"],
    ["2024-06-10T14:00:00Z", "90"],
    ["2024-06-10T14:30:00Z", "fast"],
    // What a monitor without a patient says.
    ["2024-06-10T14:45:00Z", "99999"],
  ].map(([DATE = "", VALUE = ""]) => ({
    PATIENT: "una",
    ENCOUNTER: "recent",
    CATEGORY: "vital-signs",
    CODE: "8867-4",
    DATE,
    VALUE,
    UNITS: "/min",
    TYPE: VALUE === "fast" ? "text" : "numeric",
  })),
  lab_reports: [
    // Corrected before the discharge and after it, and told only then.
    ...[
      ["early", "718-7", "11", "g/dL", "2024-06-09T10:00:00Z", "2024-06-09T10:00:00Z"],
      ["early", "718-7", "12", "g/dL", "2024-06-09T10:00:00Z", "2024-06-10T14:00:00Z"],
      ["early", "718-7", "13", "g/dL", "2024-06-09T10:00:00Z", "2024-06-12T10:00:00Z"],
      ["late", "2951-2", "140", "mmol/L", "2024-06-09T10:00:00Z", "2024-06-11T10:00:00Z"],
    ].map(([ID = "", CODE = "", VALUE = "", UNITS = "", RESULTED_AT = "", UPDATED_AT = ""]) => ({
      ID,
      PATIENT: "una",
      ENCOUNTER: "recent",
      CODE,
      VALUE,
      UNITS,
      TYPE: "numeric",
      STATUS: UPDATED_AT === RESULTED_AT ? "final" : "corrected",
      RESULTED_AT,
      UPDATED_AT,
    })),
  ],
  payer_transitions: [
    {
      PATIENT: "vic",
      MEMBERID: "1",
      START_DATE: "2020-01-01T05:00:00Z",
      END_DATE: "2024-05-01T04:00:00Z",
      PAYER: "mutual",
    },
    // Ends before it begins.
    {
      PATIENT: "vic",
      MEMBERID: "2",
      START_DATE: "2024-05-01T04:00:00Z",
      END_DATE: "2023-05-01T04:00:00Z",
      PAYER: "mutual",
    },
  ],
  payers: [{ Id: "mutual", NAME: "Mutual" }],
  allergies: [
    { PATIENT: "una", CODE: "264287008", DESCRIPTION: "Animal dander", START: "2010-01-01", STOP: "2024-07-01" },
    { PATIENT: "vic", CODE: "1191", DESCRIPTION: "Aspirin", START: "2010-01-01" },
    { PATIENT: "vic", CODE: "7984", DESCRIPTION: "Penicillin V", START: "2010-01-01", STOP: "2020-01-01" },
    { PATIENT: "sue", SYSTEM: "RxNorm", CODE: "brand", DESCRIPTION: "Zocor Pack", START: "2010-01-01" },
    { PATIENT: "sue", CODE: "111088007", DESCRIPTION: "Latex (substance)", START: "2010-01-01" },
  ],
};
