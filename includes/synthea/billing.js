/** Claims and their lines. */
const { field, id, moment } = require("../fields.js");

const text = (header, name, description, tags) => field(header, name, "text", description, tags);
const money = (header, name, description) => field(header, name, "money", `${description} in USD.`, ["phi:other"]);
const diagnoses = (of, header, column) =>
  of.map((n) => text(`${header}${n}`, `${column}${n}`, `Diagnosis ${n} of the claim.`));

module.exports = {
  claims: {
    description: "Claims, one row each.",
    fields: [
      id("claim"),
      text("PATIENTID", "patient_id", "Id of the patient.", ["phi:mrn"]),
      text("PROVIDERID", "provider_id", "Id of the provider."),
      text("PRIMARYPATIENTINSURANCEID", "primary_payer_id", "Id of the first payer."),
      text("SECONDARYPATIENTINSURANCEID", "secondary_payer_id", "Id of the second payer."),
      text("DEPARTMENTID", "department_id", "Number of the department."),
      text("PATIENTDEPARTMENTID", "patient_department_id", "Number of the patient's department."),
      ...diagnoses([1, 2, 3, 4, 5, 6, 7, 8], "DIAGNOSIS", "diagnosis_code_"),
      text("REFERRINGPROVIDERID", "referring_provider_id", "Id of the provider who referred."),
      text("APPOINTMENTID", "encounter_id", "Id of the encounter, whatever the header says.", ["phi:other"]),
      moment("CURRENTILLNESSDATE", "illness", "When the illness began."),
      moment("SERVICEDATE", "service", "When the service was given."),
      text("SUPERVISINGPROVIDERID", "supervising_provider_id", "Id of the supervising provider."),
      text("STATUS1", "status_1", "Status at the first payer."),
      text("STATUS2", "status_2", "Status at the second payer."),
      text("STATUSP", "status_patient", "Status at the patient."),
      money("OUTSTANDING1", "outstanding_1", "Outstanding at the first payer"),
      money("OUTSTANDING2", "outstanding_2", "Outstanding at the second payer"),
      money("OUTSTANDINGP", "outstanding_patient", "Outstanding at the patient"),
      moment("LASTBILLEDDATE1", "billed_1", "When the first payer was last billed."),
      moment("LASTBILLEDDATE2", "billed_2", "When the second payer was last billed."),
      moment("LASTBILLEDDATEP", "billed_patient", "When the patient was last billed."),
      text("HEALTHCARECLAIMTYPEID1", "claim_type_1", "Type of the claim: 1 professional, 2 institutional."),
      text("HEALTHCARECLAIMTYPEID2", "claim_type_2", "Type of the claim at the second payer."),
    ],
  },
  claims_transactions: {
    description: "Lines of claims: charges, payments, adjustments and transfers.",
    fields: [
      id("claim_transaction"),
      text("CLAIMID", "claim_id", "Id of the claim.", ["phi:other"]),
      text("CHARGEID", "charge_id", "Number of the charge in its claim.", ["phi:other"]),
      text("PATIENTID", "patient_id", "Id of the patient.", ["phi:mrn"]),
      text("TYPE", "transaction_type", "`CHARGE`, `PAYMENT`, `ADJUSTMENT`, `TRANSFERIN` or `TRANSFEROUT`."),
      money("AMOUNT", "amount", "Amount"),
      text("METHOD", "method", "How it was paid."),
      moment("FROMDATE", "service_start", "When the service began."),
      moment("TODATE", "service_stop", "When the service ended."),
      text("PLACEOFSERVICE", "place_of_service_id", "Id of the organization where it was given."),
      text("PROCEDURECODE", "procedure_code", "Code of the procedure."),
      text("MODIFIER1", "modifier_1", "First modifier of the code."),
      text("MODIFIER2", "modifier_2", "Second modifier of the code."),
      ...diagnoses([1, 2, 3, 4], "DIAGNOSISREF", "diagnosis_reference_"),
      field("UNITS", "unit_count", "number", "Number of units."),
      text("DEPARTMENTID", "department_id", "Number of the department."),
      text("NOTES", "notes", "Notes.", ["phi:other"]),
      money("UNITAMOUNT", "unit_amount", "Amount of one unit"),
      text("TRANSFEROUTID", "transfer_out_id", "Id of the line that it was transferred out of.", ["phi:other"]),
      text("TRANSFERTYPE", "transfer_type", "To whom it was transferred: 1, 2 or p."),
      money("PAYMENTS", "payments", "Payments"),
      money("ADJUSTMENTS", "adjustments", "Adjustments"),
      money("TRANSFERS", "transfers", "Transfers"),
      money("OUTSTANDING", "outstanding", "Outstanding"),
      text("APPOINTMENTID", "encounter_id", "Id of the encounter, whatever the header says.", ["phi:other"]),
      text("LINENOTE", "line_note", "Note of the line.", ["phi:other"]),
      text("PATIENTINSURANCEID", "member_id", "The member's id at the payer.", ["phi:beneficiary"]),
      text("FEESCHEDULEID", "fee_schedule_id", "Number of the fee schedule."),
      text("PROVIDERID", "provider_id", "Id of the provider."),
      text("SUPERVISINGPROVIDERID", "supervising_provider_id", "Id of the supervising provider."),
    ],
  },
};
