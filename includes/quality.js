/**
 * What delivered values are held to before any rule of an entity: that they can be typed, and that what must be said is. By the
 * names of bronze, a time without its _at, _date or _precision.
 */
const codes = require("./codes.js");
const { text, untyped } = require("./format.js");
const { tables } = require("./formats.js");
const sources = require("./source_systems.js");
const units = require("./units.js");
const words = require("./words.js");

/** Columns without which a row of a landing table says less than it is there for. */
const EXPECTED = {
  synthea_patients: "patient_id birth_date sex last_name postal_code",
  synthea_providers: "provider_id organization_id provider_name",
  synthea_organizations: "organization_id organization_name",
  synthea_payers: "payer_id payer_name",
  synthea_payer_transitions: "patient_id payer_id start",
  synthea_encounters: "encounter_id patient_id start encounter_class code organization_id provider_id",
  synthea_appointments: "appointment_id patient_id provider_id scheduled_start status",
  synthea_conditions: "patient_id start code",
  synthea_procedures: "patient_id start code",
  synthea_medications: "patient_id start code",
  synthea_allergies: "patient_id start code",
  synthea_immunizations: "patient_id given code",
  synthea_observations: "patient_id observed code value",
  synthea_imaging_studies: "imaging_study_id patient_id performed",
  synthea_claims: "claim_id patient_id service",
  synthea_claims_transactions: "claim_transaction_id claim_id patient_id transaction_type",
  hospital_organization_units: "organization_id branch region",
  hospital_patient_identifiers: "patient_id kind value",
  hospital_patient_contacts: "patient_id contact_name phone",
  hospital_patient_statuses: "patient_id status changed",
  hospital_risk_scores: "patient_id score_name score scored",
  hospital_legal_holds: "patient_id placed reason",
  hospital_identity_decisions: "patient_id other_patient_id decision decided",
  hospital_staff: "staff_id staff_name role organization_id",
  hospital_licenses: "license_id provider_id license_number expires_on status",
  hospital_access_log: "access_id accessed user_id action outcome",
  hospital_satisfaction: "patient_id surveyed question score",
  hospital_appointment_changes: "appointment_id patient_id changed to_status",
  hospital_provider_schedules: "provider_id start stop bookable_minutes",
  hospital_staff_schedules: "staff_id start stop",
  hospital_timesheets: "staff_id work_date status",
  hospital_beds: "bed_id organization_id kind",
  hospital_bed_days: "bed_id bed_date status",
  hospital_encounter_locations: "patient_id encounter_id bed_id start",
  hospital_equipment: "equipment_id organization_id kind daily_minutes",
  hospital_equipment_usage: "equipment_id start stop",
  hospital_remittances: "claim_id patient_id payer_id decision amount posted",
  hospital_audit_findings: "organization_id found_on category severity status",
  hospital_lab_orders: "patient_id code ordered status",
  hospital_lab_reports: "lab_order_id patient_id code value resulted status",
  hospital_device_vitals: "device_id sequence patient_id measured code value",
  hospital_medication_administrations: "patient_id code scheduled status",
  hospital_radiology_reports: "imaging_study_id patient_id reported status report_text",
  hospital_documents: "document_id version patient_id kind written status",
  hospital_infections: "patient_id diagnosed code origin",
  hospital_adverse_events: "patient_id occurred category severity",
  hospital_medication_errors: "patient_id occurred stage severity",
  mimic_patients: "patient_id sex",
  mimic_admissions: "patient_id encounter_id start encounter_class",
  mimic_d_labitems: "item_id description",
  mimic_d_icd_diagnoses: "code icd_version description",
  mimic_d_icd_procedures: "code icd_version description",
  mimic_d_hcpcs: "code description",
  mimic_diagnoses_icd: "patient_id encounter_id code icd_version",
  mimic_procedures_icd: "patient_id encounter_id code icd_version charted",
  mimic_prescriptions: "patient_id start description",
  mimic_labevents: "patient_id item_id collected value_text",
  mimic_microbiologyevents: "patient_id charted_day code",
  mimic_omr: "patient_id charted description value_text",
  mimic_transfers: "patient_id start event_type",
  reference_potentially_planned_procedure: "code",
  reference_acute_diagnosis: "code",
};

const fieldOf = (table, name) => {
  const field = tables.find((each) => each.name === table)?.fields.find((each) => each.name === name);
  if (field === undefined) throw new Error(`quality: ${table} has no column ${name}`);
  return field;
};

const zone = sources.zone("_source_system");
const expectedOf = (table) => (EXPECTED[table] === undefined ? [] : EXPECTED[table].split(" "));
for (const table of Object.keys(EXPECTED)) for (const name of expectedOf(table)) fieldOf(table, name);

/**
 * What silver.value_check looks at: `{ table, trimmed, checks }`, a check `{ column, check, failed }` with the condition that a row
 * fails it, over `trimmed`, the select list of landing's text.
 */
const valueChecks = tables
  .map(({ name: table, fields, steps }) => ({
    table,
    trimmed: steps.trimmed,
    checks: [
      ...fields
        .filter(({ type }) => type !== "text")
        .map((field) => ({ column: field.name, check: "typed", failed: untyped(field, zone) })),
      ...expectedOf(table).map((name) => ({
        column: name,
        check: "given",
        failed: `${text(fieldOf(table, name))} is null`,
      })),
    ],
  }))
  .filter(({ checks }) => checks.length > 0);

/** Words that a column may say: `known` is SQL that is NULL for what no map or list of the project knows. */
const mapped = (table, columnName, known) => ({ table, column: columnName, known: known(columnName) });
const listed = (table, columnName, list) => ({ table, column: columnName, known: words.meant(columnName, list) });

/** Columns of bronze that hold codes which the project has a map or a list for. */
const CODED = [
  mapped("synthea_encounters", "encounter_class", codes.encounterType),
  mapped("synthea_appointments", "status", codes.appointmentStatus),
  mapped("synthea_conditions", "code_system", codes.codeSystem),
  mapped("synthea_procedures", "code_system", codes.codeSystem),
  mapped("synthea_allergies", "code_system", codes.codeSystem),
  mapped("synthea_claims", "claim_type_1", codes.claimType),
  mapped("synthea_claims_transactions", "transaction_type", codes.claimTransaction),
  mapped("synthea_claims_transactions", "method", codes.paidBy),
  mapped("synthea_claims_transactions", "transfer_type", codes.debtor),
  mapped("hospital_patient_identifiers", "kind", codes.identifierKind),
  mapped("hospital_patient_statuses", "status", codes.patientStatus),
  mapped("hospital_patient_statuses", "confidentiality", codes.knownConfidentiality),
  mapped("hospital_appointment_changes", "from_status", codes.appointmentStatus),
  mapped("hospital_appointment_changes", "to_status", codes.appointmentStatus),
  mapped("hospital_remittances", "decision", codes.remittanceDecision),
  mapped("hospital_lab_orders", "status", codes.labOrderStatus),
  mapped("hospital_lab_reports", "status", codes.labResultStatus),
  mapped("hospital_medication_administrations", "status", codes.administrationStatus),
  mapped("hospital_radiology_reports", "status", codes.reportStatus),
  mapped("hospital_documents", "status", codes.documentStatus),
  listed("hospital_licenses", "status", words.licenseStatus),
  listed("hospital_access_log", "user_role", words.staffRole),
  listed("hospital_access_log", "action", words.accessAction),
  listed("hospital_audit_findings", "status", words.auditStatus),
  listed("hospital_bed_days", "status", words.bedStatus),
  listed("hospital_staff", "role", words.staffRole),
  listed("hospital_timesheets", "status", words.timesheetStatus),
  mapped("mimic_admissions", "encounter_class", codes.encounterType),
  mapped("mimic_diagnoses_icd", "icd_version", codes.icdDiagnosisSystem),
  mapped("mimic_procedures_icd", "icd_version", codes.icdProcedureSystem),
  mapped("mimic_d_icd_diagnoses", "icd_version", codes.icdDiagnosisSystem),
  mapped("mimic_d_icd_procedures", "icd_version", codes.icdProcedureSystem),
  mapped("mimic_omr", "description", codes.omrCode),
];

/** Columns of units, beside the code whose unit they say; of codes that units.js knows. */
const MEASURED = ["synthea_observations", "hospital_lab_reports", "hospital_device_vitals"];

/** One row a code and unit that units.js knows. */
const knownUnits = Object.values(units.COMPONENTS).flatMap((component) =>
  component.codes.flatMap((code) => component.units.map(([unit]) => [code, unit])),
);

const knownUnitCodes = [...new Set(knownUnits.map(([code]) => code))].map((code) => [code]);

for (const { table, column: columnName } of CODED) fieldOf(table, columnName);

module.exports = { coded: CODED, knownUnitCodes, knownUnits, measured: MEASURED, valueChecks };
