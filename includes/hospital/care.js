/** What happened to patients that Synthea does not write: orders, corrected results, devices, doses, reports and harm. */
const { encounter, field, id, moment, patient, plain } = require("../fields.js");

const coded = (what) => [
  plain("CODE", "code", `Code of ${what}.`),
  plain("DESCRIPTION", "description", `Text for ${what}.`),
];

const reported = [
  moment("OCCURRED_AT", "occurred", "When it happened."),
  moment("REPORTED_AT", "reported", "When it was reported."),
];

module.exports = {
  lab_orders: {
    description: "Laboratory tests that were ordered, one row an order.",
    fields: [
      id("lab_order"),
      patient,
      encounter,
      plain("PROVIDER", "provider_id", "Id of the provider who ordered it."),
      ...coded("the test, in LOINC"),
      moment("ORDERED_AT", "ordered", "When it was ordered."),
      moment("COLLECTED_AT", "collected", "When the specimen was taken."),
      plain("STATUS", "status", "`ordered`, `collected`, `completed` or `cancelled`."),
    ],
  },
  lab_reports: {
    description:
      "Results of ordered tests, one row a version of a result: corrections have the id of what they correct.",
    fields: [
      id("lab_report"),
      plain("LAB_ORDER", "lab_order_id", "Id of the order.", ["phi:other"]),
      patient,
      encounter,
      ...coded("the test, in LOINC"),
      field("VALUE", "value", "measure", "The value: a number or words.", ["phi:other"]),
      plain("UNITS", "unit", "Unit of the value."),
      plain("TYPE", "value_type", "`numeric` or `text`."),
      field("REFERENCE_LOW", "reference_low", "quantity", "Least of the reference range, in the unit of the value."),
      field(
        "REFERENCE_HIGH",
        "reference_high",
        "quantity",
        "Greatest of the reference range, in the unit of the value.",
      ),
      plain("FLAG", "flag", "`L`, `H`, `LL`, `HH`, `A` or `N`, as in HL7 table 0078."),
      plain("STATUS", "status", "`preliminary`, `final` or `corrected`."),
      moment("RESULTED_AT", "resulted", "When it was resulted."),
      moment("NOTIFIED_AT", "notified", "When somebody was told of a critical value."),
      moment("UPDATED_AT", "updated", "When this version was made."),
    ],
  },
  device_vitals: {
    description: "What monitors measured, one row a value.",
    fields: [
      plain("DEVICE", "device_id", "Id of the monitor.", ["phi:device"]),
      field("SEQUENCE", "sequence", "integer", "The monitor's own count."),
      patient,
      encounter,
      moment("MEASURED_AT", "measured", "When it was measured."),
      ...coded("what was measured, in LOINC"),
      field("VALUE", "value", "measure", "The value.", ["phi:other"]),
      plain("UNITS", "unit", "Unit of the value."),
      plain("TYPE", "value_type", "`numeric` or `text`."),
    ],
  },
  medication_administrations: {
    description: "Doses that were given, one row a dose.",
    fields: [
      id("medication_administration"),
      patient,
      encounter,
      ...coded("the medication, in RxNorm"),
      field("DOSE", "dose", "quantity", "How much."),
      plain("UNIT", "dose_unit", "Unit of the dose."),
      plain("ROUTE", "route_of_administration", "`oral`, `intravenous`, `subcutaneous`, …"),
      moment("SCHEDULED_AT", "scheduled", "When it should be given."),
      moment("ADMINISTERED_AT", "administered", "When it was given."),
      plain("STATUS", "status", "`given`, `refused`, `held` or `missed`."),
      plain("STAFF", "staff_id", "Id of the staff member."),
    ],
  },
  radiology_reports: {
    description: "What radiologists wrote about a study, one row a version of a report.",
    fields: [
      id("radiology_report"),
      plain("IMAGING_STUDY", "imaging_study_id", "Id of the study.", ["phi:other"]),
      patient,
      encounter,
      plain("PROVIDER", "provider_id", "Id of the radiologist."),
      moment("REPORTED_AT", "reported", "When it was reported."),
      plain("STATUS", "status", "`preliminary`, `final` or `amended`."),
      plain("TEXT", "report_text", "The report.", ["phi:other"]),
      plain("REVIEWER", "reviewer_id", "Id of the provider who reviewed it."),
      plain("REVIEW", "review", "`agree`, `minor` or `major` discrepancy."),
      moment("UPDATED_AT", "updated", "When this version was made."),
    ],
  },
  documents: {
    description: "Clinical documents, one row a version.",
    fields: [
      id("document_version"),
      plain("DOCUMENT", "document_id", "Id of the document.", ["phi:other"]),
      field("VERSION", "version", "integer", "Number of the version, from 1."),
      patient,
      encounter,
      plain("KIND", "kind", "`discharge_summary`, `progress_note`, `consent` or `referral`."),
      plain("TITLE", "title", "Title.", ["phi:other"]),
      plain("PROVIDER", "provider_id", "Id of the author."),
      moment("WRITTEN_AT", "written", "When it was written."),
      plain("SIGNER", "signer_id", "Id of the provider who signed it."),
      moment("SIGNED_AT", "signed", "When it was signed."),
      plain("STATUS", "status", "`draft`, `signed` or `withdrawn`."),
      plain("TEXT", "document_text", "The text.", ["phi:other"]),
    ],
  },
  infections: {
    description: "Infections, one row each.",
    fields: [
      id("infection"),
      patient,
      encounter,
      moment("DIAGNOSED_AT", "diagnosed", "When it was diagnosed."),
      ...coded("the infection, in SNOMED CT"),
      plain("ORGANISM", "organism", "What was found."),
      plain("ORIGIN", "origin", "`hospital` or `community`."),
    ],
  },
  adverse_events: {
    description: "Harm that came of care, one row an event.",
    fields: [
      id("adverse_event"),
      patient,
      encounter,
      ...reported,
      plain("CATEGORY", "category", "`fall`, `pressure_injury`, `reaction`, `procedure` or `device`."),
      plain("SEVERITY", "severity", "`mild`, `moderate`, `severe` or `fatal`."),
    ],
  },
  medication_errors: {
    description: "Errors with medications, one row an error.",
    fields: [
      id("medication_error"),
      patient,
      encounter,
      ...reported,
      ...coded("the medication, in RxNorm"),
      plain("STAGE", "stage", "`prescribing`, `dispensing`, `administration` or `monitoring`."),
      plain("SEVERITY", "severity", "Category A to I of the NCC MERP index."),
    ],
  },
};
