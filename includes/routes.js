/**
 * The routes from bronze to the entities, and the bronze tables that have none yet. `only` is the condition under which a row
 * of bronze is a candidate; without it every row is.
 */
const codes = require("./codes.js");

const observed = (entity) => ({
  bronze: "synthea_observations",
  entity,
  only: `${codes.observationEntity("code", "category")} = '${entity}'`,
});

const routes = [
  { bronze: "synthea_organizations", entity: "facility" },
  { bronze: "synthea_providers", entity: "provider" },
  { bronze: "synthea_patients", entity: "patient" },
  { bronze: "synthea_patients", entity: "patient_address" },
  { bronze: "synthea_encounters", entity: "encounter" },
  { bronze: "synthea_appointments", entity: "appointment" },
  { bronze: "synthea_conditions", entity: "condition" },
  { bronze: "synthea_procedures", entity: "procedure" },
  { bronze: "synthea_medications", entity: "prescription" },
  { bronze: "synthea_allergies", entity: "allergy" },
  observed("lab_result"),
  observed("vital_sign"),
  observed("observation"),
].map((route) => ({ ...route, name: `${route.bronze} > ${route.entity}` }));

const bronzeOnly = {
  synthea_careplans: "Care plans have no entity yet.",
  synthea_claims: "Claims have no entity yet.",
  synthea_claims_transactions: "Claim lines and payments have no entity yet.",
  synthea_devices: "Devices have no entity yet.",
  synthea_imaging_studies: "Imaging studies have no entity yet.",
  synthea_immunizations: "Immunizations have no entity yet.",
  synthea_payer_transitions: "Coverage has no entity yet.",
  synthea_payers: "Coverage has no entity yet.",
  synthea_supplies: "Supplies have no entity yet.",
  hospital_organization_units: "No entity yet.",
  hospital_patient_identifiers: "No entity yet.",
  hospital_patient_contacts: "No entity yet.",
  hospital_patient_statuses: "No entity yet.",
  hospital_risk_scores: "No entity yet.",
  hospital_legal_holds: "No entity yet.",
  hospital_staff: "No entity yet.",
  hospital_licenses: "No entity yet.",
  hospital_access_log: "No entity yet.",
  hospital_satisfaction: "No entity yet.",
  hospital_appointment_changes: "No entity yet.",
  hospital_provider_schedules: "No entity yet.",
  hospital_staff_schedules: "No entity yet.",
  hospital_timesheets: "No entity yet.",
  hospital_beds: "No entity yet.",
  hospital_bed_days: "No entity yet.",
  hospital_encounter_locations: "No entity yet.",
  hospital_equipment: "No entity yet.",
  hospital_equipment_usage: "No entity yet.",
  hospital_remittances: "No entity yet.",
  hospital_audit_findings: "No entity yet.",
  hospital_lab_orders: "No entity yet.",
  hospital_lab_reports: "No entity yet.",
  hospital_device_vitals: "No entity yet.",
  hospital_medication_administrations: "No entity yet.",
  hospital_radiology_reports: "No entity yet.",
  hospital_documents: "No entity yet.",
  hospital_infections: "No entity yet.",
  hospital_adverse_events: "No entity yet.",
  hospital_medication_errors: "No entity yet.",
};

module.exports = { bronzeOnly, routes };
