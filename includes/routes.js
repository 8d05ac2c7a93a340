/**
 * The routes from bronze to the entities, and the bronze tables that have none yet. `only` is the condition under which a row
 * of bronze is a candidate; without it every row is. A row that says several things of one entity takes a route for each, which
 * are told apart by `part`. Where each route of a table has a condition, no row satisfies two of them, and so each row takes one.
 */
const codes = require("./codes.js");
const { tables } = require("./formats.js");

const nameOf = ({ bronze, entity, part }) => `${bronze} > ${entity}${part === undefined ? "" : ` (${part})`}`;

const observed = (entity) => ({
  bronze: "synthea_observations",
  entity,
  only: `${codes.observationEntity("code", "category")} = '${entity}'`,
});

/** In which column of synthea_patients a number of a patient stands, by its kind. */
const numberOf = { mrn: "patient_id", ssn: "ssn", passport: "passport", drivers_license: "drivers_license" };

const isCharge = `coalesce(${codes.claimTransaction("transaction_type")} = 'charge', false)`;

const routes = [
  { bronze: "synthea_organizations", entity: "facility" },
  { bronze: "synthea_providers", entity: "provider" },
  { bronze: "synthea_patients", entity: "patient" },
  { bronze: "synthea_patients", entity: "patient_address" },
  { bronze: "hospital_identity_decisions", entity: "identity_decision" },
  { bronze: "synthea_encounters", entity: "encounter" },
  { bronze: "synthea_appointments", entity: "appointment" },
  { bronze: "synthea_conditions", entity: "condition" },
  { bronze: "synthea_procedures", entity: "procedure" },
  { bronze: "synthea_medications", entity: "prescription" },
  { bronze: "synthea_allergies", entity: "allergy" },
  { bronze: "synthea_immunizations", entity: "immunization" },
  { bronze: "synthea_imaging_studies", entity: "imaging_study" },
  ...["mrn", "ssn", "passport", "drivers_license"].map((part) => ({
    bronze: "synthea_patients",
    entity: "patient_identifier",
    part,
    only: `${numberOf[part]} is not null`,
  })),
  { bronze: "hospital_patient_identifiers", entity: "patient_identifier" },
  { bronze: "synthea_payer_transitions", entity: "patient_identifier", part: "member", only: "member_id is not null" },
  { bronze: "hospital_patient_contacts", entity: "patient_contact" },
  { bronze: "hospital_patient_statuses", entity: "patient_status" },
  { bronze: "hospital_risk_scores", entity: "risk_score" },
  { bronze: "hospital_legal_holds", entity: "legal_hold" },
  { bronze: "synthea_payers", entity: "payer" },
  { bronze: "synthea_payer_transitions", entity: "coverage", part: "primary" },
  {
    bronze: "synthea_payer_transitions",
    entity: "coverage",
    part: "secondary",
    only: "secondary_payer_id is not null",
  },
  { bronze: "hospital_appointment_changes", entity: "appointment_change" },
  { bronze: "synthea_claims", entity: "claim" },
  {
    bronze: "synthea_claims_transactions",
    entity: "claim_line",
    only: isCharge,
  },
  // Whatever is no charge, also what is of no known type: that waits in the quarantine of payments.
  { bronze: "synthea_claims_transactions", entity: "payment", only: `not (${isCharge})` },
  { bronze: "hospital_remittances", entity: "remittance" },
  { bronze: "hospital_lab_orders", entity: "lab_order" },
  { bronze: "hospital_organization_units", entity: "organization_unit" },
  { bronze: "hospital_licenses", entity: "provider_license" },
  { bronze: "hospital_provider_schedules", entity: "provider_schedule" },
  { bronze: "hospital_staff", entity: "staff" },
  { bronze: "hospital_staff_schedules", entity: "staff_schedule" },
  { bronze: "hospital_timesheets", entity: "timesheet" },
  { bronze: "hospital_beds", entity: "bed" },
  { bronze: "hospital_bed_days", entity: "bed_day" },
  { bronze: "hospital_encounter_locations", entity: "encounter_location" },
  { bronze: "hospital_equipment", entity: "equipment" },
  { bronze: "hospital_equipment_usage", entity: "equipment_usage" },
  { bronze: "hospital_satisfaction", entity: "satisfaction" },
  { bronze: "hospital_audit_findings", entity: "audit_finding" },
  { bronze: "hospital_access_log", entity: "phi_access_log" },
  observed("lab_result"),
  { bronze: "hospital_lab_reports", entity: "lab_result" },
  observed("vital_sign"),
  { bronze: "hospital_device_vitals", entity: "vital_sign" },
  observed("observation"),
  { bronze: "mimic_transfers", entity: "encounter_location" },
  { bronze: "mimic_provider", entity: "provider" },
  { bronze: "mimic_patients", entity: "patient" },
  { bronze: "mimic_admissions", entity: "encounter" },
  { bronze: "mimic_d_labitems", entity: "concept" },
  { bronze: "mimic_d_icd_diagnoses", entity: "concept" },
  { bronze: "mimic_d_icd_procedures", entity: "concept" },
  { bronze: "mimic_d_hcpcs", entity: "concept" },
  { bronze: "mimic_diagnoses_icd", entity: "condition" },
  { bronze: "mimic_procedures_icd", entity: "procedure" },
  { bronze: "mimic_hcpcsevents", entity: "procedure" },
  { bronze: "mimic_prescriptions", entity: "prescription" },
  { bronze: "mimic_microbiologyevents", entity: "observation" },
  { bronze: "mimic_omr", entity: "vital_sign" },
  {
    bronze: "mimic_omr",
    entity: "vital_sign",
    part: "diastolic",
    only: codes.isBloodPressure("description", "value_text"),
  },
  { bronze: "mimic_labevents", entity: "lab_result" },
  { bronze: "hospital_medication_administrations", entity: "medication_administration" },
  { bronze: "hospital_radiology_reports", entity: "radiology_report" },
  { bronze: "hospital_documents", entity: "document" },
  { bronze: "hospital_infections", entity: "infection" },
  { bronze: "hospital_adverse_events", entity: "adverse_event" },
  { bronze: "hospital_medication_errors", entity: "medication_error" },
].map((route) => ({ ...route, name: nameOf(route) }));

/** Of MIMIC-IV's demonstration here there is no such file to hold a model against. */
const UNSEEN = "Landed and typed by its documentation; read by no model until one was held against a real file.";

const LIST = "A list of codes, and no fact about a patient; silver.listed_code has what is in use.";

const bronzeOnly = {
  synthea_careplans:
    "A plan is what shall be done; what was done arrives as procedures, prescriptions and observations.",
  synthea_devices: "Nothing is asked of what a patient carries; monitors send their own values, see vital_sign.",
  synthea_supplies: "Consumption of material belongs to stores, and to no question about a patient.",
  reference_potentially_planned_procedure: LIST,
  reference_acute_diagnosis: LIST,
  mimic_services:
    "Which service a patient was under is part of the encounter's history, which no figure here asks for.",
  mimic_drgcodes: "Groups for billing; severity is computed from the diagnoses.",
  mimic_pharmacy: "How it was dispensed; the prescription itself arrives in prescriptions.",
  mimic_poe: UNSEEN,
  mimic_poe_detail: "Details of orders, which no figure here asks for.",
  mimic_emar: UNSEEN,
  mimic_emar_detail: UNSEEN,
  mimic_chartevents: UNSEEN,
  mimic_inputevents: UNSEEN,
  mimic_icustays: "Where a patient lay says transfers, intensive care too.",
  mimic_datetimeevents: "Dates that were recorded as values in intensive care; no question here asks for them.",
  mimic_ingredientevents: "Ingredients of infusions, which no question here asks for.",
  mimic_outputevents: "Balance of fluids in intensive care; no question here asks for it.",
  mimic_procedureevents: "Care in intensive care by the hour; what was billed arrives as procedures.",
  mimic_caregiver: "Ids of who recorded in intensive care, and nothing else.",
  mimic_d_items: "A dictionary of the codes of intensive care, of which no model reads a row.",
};

for (const { name } of tables) {
  const isRouted = routes.some(({ bronze }) => bronze === name);
  if (isRouted === name in bronzeOnly) throw new Error(`${name} takes a route, or ends in bronze for a reason`);
}

module.exports = { bronzeOnly, isCharge, nameOf, numberOf, routes };
