/** Where a hospital delivers only some of its tables, what the others would say is not known, and never 0. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Delivery, files } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";
import { asOf } from "./ward.js";

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({
    only: `treatment_outcome kpi_part governance_compliance ml_readmission_features critical_lab patient_360 patient_metrics
      mortality fct_claim fct_prescription dim_date dim_provider destruction_manifest`.split(/\s+/),
    asleep:
      `adverse_event allergy bed bed_day document encounter_location equipment equipment_usage imaging_study immunization
      infection lab_order medication_administration medication_error observation organization_unit patient_contact
      patient_identifier patient_status payer radiology_report remittance satisfaction staff_schedule timesheet vital_sign`.split(
        /\s+/,
      ),
  });
});
afterAll(() => hospital[Symbol.asyncDispose]());

async function deliver(id: string, rows: Delivery): Promise<void> {
  await hospital.land({ id, delivered: "2024-07-20T00:00:00Z", files: files(rows) });
  await hospital.refresh({ asOf });
}

const answer = async (sql: string) =>
  (await hospital.rows(sql)).map((row) =>
    Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)),
  );
const kpisOf = (names: string) =>
  answer(
    `select kpi, cast(sum(numerator) as double) from "EHR".GOLD.KPI_PART where kpi in (${names}) group by kpi order by kpi`,
  );

const useOf = (patient: string) =>
  answer(`select encounter_count, provider_count, emergency_visit_count_12_months, stay_count, readmission_count, current_medication_count,
            active_chronic_condition_count, alert_count
          from "EHR".GOLD.PATIENT_METRICS join "EHR".SILVER.PATIENT using (patient_key) where patient_id = '${patient}'`);
const licenses = () => answer(`select active_license_count from "EHR".GOLD.DIM_PROVIDER`);
const calendar = () => answer(`select min(calendar_date), max(calendar_date), count(*) from "EHR".GOLD.DIM_DATE`);

it("knows no admissions without encounters, no bookings without appointments, no payments without claim lines, no accesses without their log", async () => {
  await deliver("first", {
    patients: [
      { Id: "ann", BIRTHDATE: "1950-01-01" },
      { Id: "bob", BIRTHDATE: "1940-01-01", DEATHDATE: "2024-02-02" },
    ],
    organizations: [{ Id: "o1" }],
    providers: [{ Id: "r1", ORGANIZATION: "o1" }],
    procedures: [{ START: "2024-03-01T10:00:00Z", STOP: "2024-03-01T11:00:00Z", PATIENT: "ann", CODE: "p1" }],
    claims: [{ Id: "c1", PATIENTID: "ann", SERVICEDATE: "2024-03-01T10:00:00Z" }],
    provider_schedules: [
      {
        ID: "s1",
        PROVIDER: "r1",
        ORGANIZATION: "o1",
        START: "2024-03-01T10:00:00Z",
        STOP: "2024-03-01T12:00:00Z",
        BOOKABLE_MINUTES: "120",
      },
    ],
  });
  expect(
    await answer(`select followed_count, death_30_day_rate, rate_reason, admission_30_day_count, admission_30_day_rate, admission_reason
                  from "EHR".GOLD.TREATMENT_OUTCOME`),
  ).toEqual([[1, 0, null, null, null, "no_encounters"]]);
  expect(await kpisOf("'claims_submitted', 'insurance_payments', 'provider_utilization'")).toEqual([
    ["claims_submitted", 1],
  ]);
  expect(await useOf("ann")).toEqual([[null, null, null, null, null, null, null, null]]);
  expect(await answer(`select current_medication_count from "EHR".GOLD.PATIENT_360`)).toEqual([[null], [null]]);
  expect(
    await answer(`select month, death_count, discharge_count, in_hospital_death_count, death_within_30_days_count, mortality_reason
                  from "EHR".GOLD.MORTALITY`),
  ).toEqual([["2024-02-01", 1, null, null, null, "no_encounters"]]);
  expect(
    await answer(`select charge_usd, paid_usd, insurance_paid_usd, adjusted_usd from "EHR".GOLD.FCT_CLAIM`),
  ).toEqual([[null, null, null, null]]);
  expect(await calendar()).toEqual([["2024-01-01", "2025-12-31", 731]]);
  expect(await licenses()).toEqual([[null]]);
  const figures = () =>
    answer(`select counted_from, figure_reason, count(*) as n, sum(figure_value) as figures from "EHR".GOLD.GOVERNANCE_COMPLIANCE
            where counted_from in ('silver.accounting', 'gold.breach') group by all order by 1`);
  expect(await figures()).toEqual([
    ["gold.breach", "no source delivers it", 1, null],
    ["silver.accounting", null, 1, 0],
  ]);

  await deliver("second", {
    encounters: [
      {
        Id: "e1",
        START: "2020-03-05T10:00:00Z",
        STOP: "2020-03-07T10:00:00Z",
        PATIENT: "ann",
        ENCOUNTERCLASS: "inpatient",
      },
    ],
    appointments: [
      {
        Id: "a1",
        PATIENT: "ann",
        PROVIDER: "r1",
        SCHEDULED_START: "2024-03-01T10:00:00Z",
        SCHEDULED_END: "2024-03-01T10:30:00Z",
        STATUS: "completed",
      },
      {
        Id: "a2",
        PATIENT: "ann",
        PROVIDER: "r1",
        SCHEDULED_START: "2024-03-04",
        CHECKED_IN_AT: "2024-03-04T15:00:00Z",
        STARTED_AT: "2024-03-04T15:20:00Z",
        STATUS: "completed",
      },
    ],
    claims_transactions: [
      { ID: "t1", CLAIMID: "c1", PATIENTID: "ann", TYPE: "CHARGE", AMOUNT: "100", FROMDATE: "2024-03-01T10:00:00Z" },
    ],
    licenses: [
      {
        ID: "n1",
        PROVIDER: "r1",
        LICENSE_NUMBER: "1",
        STATE: "NY",
        KIND: "medical",
        EXPIRES_ON: "2023-12-31",
        STATUS: "expired",
      },
    ],
    access_log: [{ ID: "l1", USER_ID: "u1", ACTION: "login", ACCESSED_AT: "2024-03-01T10:00:00Z" }],
  });
  expect(
    await answer(
      `select admission_30_day_count, admission_30_day_rate, admission_reason from "EHR".GOLD.TREATMENT_OUTCOME`,
    ),
  ).toEqual([[0, 0, null]]);
  expect(await kpisOf("'claims_submitted', 'insurance_payments', 'provider_utilization'")).toEqual([
    ["claims_submitted", 1],
    ["insurance_payments", 0],
    ["provider_utilization", 30],
  ]);
  expect(await figures()).toEqual([
    ["gold.breach", null, 1, 0],
    ["silver.accounting", null, 1, 0],
  ]);
  expect(await licenses()).toEqual([[0]]);
  // Who is booked for a day comes neither early nor late.
  expect(await kpisOf("'arrival_offset', 'average_wait'")).toEqual([["average_wait", 20]]);
  // Of what the patient takes still nothing is known.
  expect(await useOf("ann")).toEqual([[1, null, 0, 1, 0, null, null, null]]);
  expect(await useOf("bob")).toEqual([[0, 0, 0, 0, 0, null, null, null]]);
  expect(
    await answer(
      `select month, discharge_count, death_within_30_days_count, mortality_reason from "EHR".GOLD.MORTALITY order by month`,
    ),
  ).toEqual([
    ["2020-03-01", 1, 0, null],
    ["2024-02-01", 0, 0, "no_stays"],
  ]);
  expect(
    await answer(`select charge_usd, paid_usd, insurance_paid_usd, adjusted_usd from "EHR".GOLD.FCT_CLAIM`),
  ).toEqual([[100, 0, 0, 0]]);
  // Procedures are delivered, and none was in this stay; of medications and conditions nothing is known.
  expect(
    await answer(
      `select procedure_count, medication_count, chronic_condition_count from "EHR".GOLD.ML_READMISSION_FEATURES`,
    ),
  ).toEqual([[0, null, null]]);
});

it("misses no word of who was told of a critical result, where its source never says it", async () => {
  await hospital.land({
    id: "third",
    source: "mimic",
    files: {
      mimic_patients: "subject_id,gender\n1,F\n",
      mimic_labevents:
        "labevent_id,subject_id,itemid,charttime,storetime,value,valuenum,flag\n" +
        "7,1,50971,2150-01-01 10:00:00,2150-01-01 11:00:00,9,9,HH\n",
    },
  });
  await hospital.refresh({ asOf });
  expect(
    await answer(`select notification_status, is_never_notified, resulted_at is not null from "EHR".GOLD.CRITICAL_LAB`),
  ).toEqual([["not_carried", false, true]]);
});

it("says nothing of now, where nothing that has ended tells when that is", async () => {
  await hospital.empty();
  await hospital.land({
    id: "fourth",
    files: files({
      patients: [{ Id: "ann", BIRTHDATE: "1950-01-01" }],
      encounters: [{ Id: "e1", START: "2024-03-05T10:00:00Z", PATIENT: "ann", ENCOUNTERCLASS: "inpatient" }],
      medications: [{ START: "2023-05-01T10:00:00Z", PATIENT: "ann", CODE: "m1" }],
      conditions: [{ START: "2023-05-01", PATIENT: "ann", CODE: "44054006" }],
    }),
  });
  await hospital.refresh();
  const medications = () =>
    answer(`select p.as_of is null, current_medication_count, is_current
            from "EHR".GOLD.PATIENT_360 as p join "EHR".GOLD.FCT_PRESCRIPTION using (patient_key)`);
  expect(await medications()).toEqual([[true, null, null]]);
  expect(await useOf("ann")).toEqual([[null, null, null, 1, null, null, null, null]]);
  expect(await calendar()).toEqual([["2023-01-01", "2025-12-31", 1096]]);

  await hospital.refresh({ asOf });
  expect(await medications()).toEqual([[false, 1, true]]);
  expect(await useOf("ann")).toEqual([[1, null, 0, 1, 0, 1, 1, 0]]);
});

it("destroys no record while nobody has said which are held", async () => {
  await hospital.empty();
  await deliver("fifth", {
    patients: [{ Id: "ann", BIRTHDATE: "1950-01-01" }],
    encounters: [
      {
        Id: "e1",
        START: "1999-03-05T10:00:00Z",
        STOP: "1999-03-05T11:00:00Z",
        PATIENT: "ann",
        ENCOUNTERCLASS: "wellness",
      },
    ],
  });
  const held = () => answer(`select is_due, hold_count, hold_reason, is_destroyable from "EHR".GOLD.RETENTION`);
  const listed = () => answer(`select distinct entity from "EHR".GOLD.DESTRUCTION_MANIFEST order by 1`);
  expect(await held()).toEqual([[true, null, "no register", false]]);
  expect(await listed()).toEqual([]);

  // A register without a hold.
  await deliver("sixth", { legal_holds: [] });
  expect(await held()).toEqual([[true, 0, null, true]]);
  expect(await listed()).toEqual([["encounter"], ["patient"], ["patient_address"], ["patient_identifier"]]);
});
