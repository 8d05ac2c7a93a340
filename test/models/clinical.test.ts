/** Stays, scores and what is made of them, over patients written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clinic, elsewhere } from "./clinic.js";
import { files } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";
import { asOf } from "./ward.js";

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ gold: true });
  await hospital.land({ id: "one", delivered: "2024-07-20T00:00:00Z", files: files(clinic) });
  await hospital.land({ id: "two", source: "elsewhere", delivered: "2024-07-20T00:00:00Z", files: files(elsewhere) });
  await hospital.refresh({ asOf });
});
afterAll(() => hospital[Symbol.asyncDispose]());

const plain = (value: unknown) => (typeof value === "bigint" ? Number(value) : value);

/** Rows of a query as arrays. */
async function answers(sql: string): Promise<readonly (readonly unknown[])[]> {
  const rows = await hospital.rows(sql);
  return rows.map((row) => Object.values(row).map(plain));
}
/** Columns of a model beside the source's id of its stay or encounter. */
const of = (model: string, key: string, columns: string) =>
  answers(
    `select e.encounter_id as id, ${columns} from "EHR".GOLD."${model}" as g
     inner join "EHR".SILVER.ENCOUNTER as e on e.encounter_key = g.${key} order by e.patient_key, e.started_at`,
  ).then((rows) => Object.fromEntries(rows.map(([id, ...values]) => [id, values])));

describe("stays", () => {
  it("are acute inpatient encounters, joined where they touch", async () => {
    expect(
      await of("STAY", "stay_key", "g.encounter_count, g.is_completed, g.los_days, g.los_midnights, g.is_death"),
    ).toEqual({
      first: [2, true, 5.5625, 5, false],
      thirty: [1, true, 1, 1, false],
      "thirty-one": [1, true, 0.25, 1, false],
      "let-go": [1, true, 2, 2, false],
      last: [1, true, 2 + 1 / 24, 2, true],
      recent: [1, true, 2, 2, false],
      lasting: [1, false, null, null, null],
    });
    expect(await of("STAY_ENCOUNTER", "encounter_key", "g.position")).toMatchObject({ first: [1], overlaps: [2] });
  });

  it("are summed by month of discharge and department", async () => {
    expect(
      await answers(
        `select discharge_month::varchar, stay_count, los_days_total, los_midnights_total, death_count from "EHR".GOLD.LENGTH_OF_STAY order by 1`,
      ),
    ).toEqual([
      ["2024-01-01", 1, 5.5625, 5, 0],
      ["2024-02-01", 1, 1, 1, 0],
      ["2024-03-01", 2, 2.25, 3, 0],
      ["2024-04-01", 1, 2 + 1 / 24, 2, 1],
      ["2024-06-01", 1, 2, 2, 0],
    ]);
  });

  it("are followed by readmissions on the thirtieth day, not on the thirty-first", async () => {
    expect(
      await of(
        "READMISSION",
        "stay_key",
        `g.is_index, g.exclusion_reason, g.days_to_next_stay, g.days_to_next_admission, g.is_readmitted_inpatient_only,
         g.is_readmitted_all_admissions, g.is_planned, g.planned_reason`,
      ),
    ).toEqual({
      first: [true, null, 30, 30, true, true, true, null],
      thirty: [true, null, 31, 31, false, false, null, "not_readmitted"],
      "thirty-one": [true, null, null, 12, false, true, null, "not_readmitted"],
      "let-go": [true, null, null, 0, false, true, null, "not_readmitted"],
      last: [false, "death", null, null, null, null, null, "not_readmitted"],
      recent: [false, "short_follow_up", 19, 19, null, null, null, "not_readmitted"],
    });
    expect(
      await answers(
        `select definition, sum(index_stay_count), sum(readmission_count), sum(excluded_stay_count) from "EHR".GOLD.READMISSION_RATE group by 1 order by 1`,
      ),
    ).toEqual([
      ["all_admissions", 4, 3, 2],
      ["inpatient_only", 4, 1, 2],
    ]);
  });
});

describe("comorbidities", () => {
  it("score an admission by its own ICD codes, the graver form only, and age beside it", async () => {
    expect(
      await of(
        "CHARLSON",
        "encounter_key",
        "g.icd_code_count, g.has_diabetes_uncomplicated, g.charlson_score, g.age_years, g.age_adjusted_score, g.score_reason",
      ),
    ).toEqual({
      first: [1, false, 1, 73, 4, null],
      overlaps: [0, null, null, 73, null, "no_icd_codes"],
      thirty: [1, false, 0, 73, 3, null],
      "thirty-one": [4, true, 8, 74, 11, null],
      watched: [0, null, null, 74, null, "no_icd_codes"],
      "let-go": [0, null, null, 39, null, "no_icd_codes"],
      "watched-on": [0, null, null, 39, null, "no_icd_codes"],
      last: [1, false, 1, 84, 5, null],
      recent: [0, null, null, 34, null, "no_icd_codes"],
      lasting: [0, null, null, 34, null, "no_icd_codes"],
    });
    expect(
      await of("ELIXHAUSER", "encounter_key", "g.condition_count, g.elixhauser_score, g.score_reason"),
    ).toMatchObject({
      thirty: [0, 0, null],
      "thirty-one": [2, 12, null],
      last: [1, 7, null],
      recent: [null, null, "no_icd_codes"],
    });
  });
});

describe("alerts", () => {
  it("are of what is taken now, found by ingredient and class", async () => {
    expect(
      await answers(
        `select alert_type, p.patient_id, rule_name, medication_code, other_medication_code, severity, allergy_key is not null
         from "EHR".GOLD.MEDICATION_ALERT as g inner join "EHR".SILVER.PATIENT as p using (patient_key) order by all`,
      ),
    ).toEqual([
      ["age_warning", "sue", "antihistamine_first_generation", "benadryl", null, "caution", false],
      ["allergy_conflict", "sue", "same_code", "brand", null, "contraindicated", true],
      ["allergy_conflict", "vic", "class: nsaid", "nap", null, "serious", true],
      ["allergy_conflict", "vic", "ingredient", "asa", null, "contraindicated", true],
      ["duplicate_therapy", "sue", "same_ingredient", "s10", "s20", "caution", false],
      ["duplicate_therapy", "vic", "same_medication", "nap", null, "caution", false],
      ["duplicate_therapy", "vic", "same_medication", "pack", null, "caution", false],
      ["interaction", "sue", "statin_by_cyp3a4 and cyp3a4_inhibitor", "s10", "clari", "contraindicated", false],
      ["interaction", "sue", "statin_by_cyp3a4 and cyp3a4_inhibitor", "s20", "clari", "contraindicated", false],
      ["interaction", "vic", "opioid and benzodiazepine", "perc", "diaz", "serious", false],
    ]);
  });
});

/** Columns of a model beside the source's patient id. */
const ofPatient = (model: string, columns: string) =>
  answers(
    `select p.patient_id as id, ${columns} from "EHR".GOLD."${model}" as g
     left join "EHR".SILVER.PATIENT as p using (patient_key) order by all`,
  );

describe("illness and treatment", () => {
  it("averages vital signs by local day", async () => {
    expect(
      await ofPatient(
        "VITAL_DAILY",
        "observed_date::varchar, code, unit, value_count, value_average, value_least, value_greatest",
      ),
    ).toEqual([
      ["una", "2024-06-09", "8867-4", "/min", 2, 75, 70, 80],
      ["una", "2024-06-10", "8867-4", "/min", 1, 90, 90, 90],
    ]);
  });

  it("groups diagnoses of both code systems as chronic conditions", async () => {
    expect(
      await ofPatient(
        "CHRONIC_CONDITION",
        "condition_name, first_date::varchar, last_date::varchar, diagnosis_count, is_active",
      ),
    ).toEqual([
      ["sue", "cancer_breast", "2024-03-08", "2024-03-08", 1, true],
      ["sue", "chronic_kidney_disease", "2024-03-08", "2024-03-08", 1, true],
      ["sue", "diabetes", "2024-01-01", "2024-03-08", 3, true],
      ["sue", "ischemic_heart_disease", "2024-01-01", "2024-01-01", 1, true],
      ["tom", "heart_failure", "2024-04-01", "2024-04-01", 1, true],
      ["una", "diabetes", "2024-06-08", "2024-06-08", 2, true],
    ]);
  });

  it("says what is due, and that it does not know where nothing of the kind is delivered", async () => {
    const rows = await ofPatient(
      "PREVENTIVE_CARE",
      "measure_name, last_done_date::varchar, due_date::varchar, is_up_to_date, status_reason",
    );
    expect(rows.filter(([id]) => id === "sue")).toEqual([
      ["sue", "blood_pressure", null, null, false, null],
      ["sue", "cholesterol", null, null, false, null],
      ["sue", "colorectal_cancer_screening", "2014-07-01", "2024-07-01", true, null],
      ["sue", "depression_screening", null, null, false, null],
      ["sue", "influenza_vaccine", null, null, null, "not_delivered"],
      ["sue", "pneumococcal_vaccine", null, null, null, "not_delivered"],
    ]);
    expect(rows.filter(([id]) => id === "tom")).toEqual([]);
    // Una's other source delivers no such thing; the first one does, and both are of her.
    const ofUna = (record: string) => rows.filter(([id]) => id === record).map(([, ...rest]) => rest);
    expect(ofUna("una-elsewhere")).toEqual(ofUna("una"));
    expect(ofUna("una").map(([name, , , , reason]) => [name, reason])).toEqual([
      ["depression_screening", null],
      ["influenza_vaccine", "not_delivered"],
    ]);
  });

  it("counts deaths by month, in stays and after them", async () => {
    expect(
      await answers(
        `select month::varchar, death_count, patient_count, crude_death_rate_per_1000, discharge_count, in_hospital_death_count,
           in_hospital_mortality, death_within_30_days_count from "EHR".GOLD.MORTALITY order by 1`,
      ),
    ).toEqual([
      ["2024-01-01", 0, 4, 0, 1, 0, 0, 0],
      ["2024-02-01", 0, 4, 0, 1, 0, 0, 0],
      ["2024-03-01", 0, 4, 0, 2, 0, 0, 0],
      ["2024-04-01", 1, 4, 250, 1, 1, 1, 0],
      ["2024-06-01", 0, 3, 0, 1, 0, 0, 0],
    ]);
  });

  it("follows treatments for 30 days", async () => {
    expect(
      await answers(
        `select month::varchar, code, procedure_count, followed_count, death_30_day_count, admission_30_day_count, death_30_day_rate,
           rate_reason, reason_count, resolved_90_day_count from "EHR".GOLD.TREATMENT_OUTCOME order by 1, 2`,
      ),
    ).toEqual([
      ["2014-07-01", "73761001", 1, 1, 0, 0, 0, null, 0, 0],
      ["2024-02-01", "0TY00Z0", 1, 1, 0, 0, 0, null, 0, 0],
      ["2024-03-01", "p0", 1, 1, 0, 0, 0, null, 0, 0],
      ["2024-03-01", "p1", 1, 1, 1, 1, 1, null, 0, 0],
      ["2024-06-01", "p1", 1, 0, 0, 0, null, "short_follow_up", 0, 0],
    ]);
  });

  it("knows of a stay what was known at its discharge", async () => {
    expect(
      await of(
        "ML_READMISSION_FEATURES",
        "stay_key",
        `g.age_years, g.is_weekend_discharge, g.is_emergency_admission, g.stay_count_365_days, g.emergency_visit_count_180_days,
         g.procedure_count, g.medication_count, g.chronic_condition_count, g.charlson_score, g.lace_score, g.lace_reason,
         g.hemoglobin_g_dl, g.sodium_mmol_l`,
      ),
    ).toEqual({
      first: [73, true, false, 0, 0, 0, 1, 2, 1, 5, null, null, null],
      thirty: [73, false, false, 1, 0, 1, 0, 2, 0, 1, null, null, null],
      "thirty-one": [74, false, false, 2, 0, 1, 0, 4, 8, 5, null, null, null],
      "let-go": [39, false, false, 0, 0, 0, 0, 0, null, null, "no_icd_codes", null, null],
      recent: [34, false, true, 0, 1, 1, 0, 1, null, null, "no_icd_codes", 12, null],
    });
  });
});

describe("the patient at hand", () => {
  const at = (instant: string) =>
    `valid_from <= timestamp '${instant}' and (valid_to is null or valid_to > timestamp '${instant}')`;

  it("is shown as of any instant", async () => {
    const taken = (instant: string) =>
      answers(
        `select p.patient_id as id, g.code from "EHR".GOLD.PATIENT_AS_OF as g inner join "EHR".SILVER.PATIENT as p using (patient_key)
         where fact_type = 'prescription' and ${at(instant)} order by all`,
      );
    expect(await taken("2024-01-15")).toEqual([["sue", "past"]]);
    expect(await taken("2024-04-03 03:59:59")).toEqual([
      ["tim", "after"],
      ["tom", "heart"],
    ]);
    expect(await taken("2024-04-03 04:00:00")).toEqual([]);
    const now = await answers(
      `select p.patient_id as id, g.code from "EHR".GOLD.CURRENT_MEDICATIONS as g inner join "EHR".SILVER.PATIENT as p using (patient_key)
       where prescription_key is not null order by all`,
    );
    expect(now.length).toBe(14);
    expect(await taken("2024-06-30 12:00:00")).toEqual(now);
    const ill = (instant: string) =>
      answers(`select code from "EHR".GOLD.PATIENT_AS_OF where code = 'one-day' and ${at(instant)}`);
    expect([await ill("2024-06-09 03:59:59"), await ill("2024-06-10 04:00:00")]).toEqual([[], []]);
    expect([await ill("2024-06-09 04:00:00"), await ill("2024-06-10 03:59:59")]).toEqual([
      [["one-day"]],
      [["one-day"]],
    ]);
    const rate = (instant: string) =>
      answers(`select value_number from "EHR".GOLD.PATIENT_AS_OF where fact_type = 'vital_sign' and ${at(instant)}`);
    expect(await rate("2024-06-09 14:59:59")).toEqual([]);
    expect(await rate("2024-06-09 15:00:00")).toEqual([[70]]);
    expect(await rate("2024-06-10 03:00:00")).toEqual([[80]]);
    // What the register says of protection holds, and not the rows of patients, which know of none.
    const standing = (patient: string, instant: string) =>
      answers(`select g.status, g.description from "EHR".GOLD.PATIENT_AS_OF as g inner join "EHR".SILVER.PATIENT as p using (patient_key)
        where fact_type = 'status' and p.patient_id = '${patient}' and ${at(instant)}`);
    expect(await standing("una", "2024-07-20 12:00:00")).toEqual([["active", "vip"]]);
    expect(await standing("tom", "2024-04-03 03:59:59")).toEqual([["active", "normal"]]);
    expect(await standing("tom", "2024-04-03 04:00:00")).toEqual([["deceased", "normal"]]);
  });

  it("has died where another record of the person says so", async () => {
    expect(
      await answers(`select p.patient_id as id, g.status, g.age_years from "EHR".GOLD.DIM_PATIENT as g
        inner join "EHR".SILVER.PATIENT as p using (patient_key) where p.patient_id in ('tim', 'tom') order by all`),
    ).toEqual([
      ["tim", "deceased", 84],
      ["tom", "deceased", 84],
    ]);
    expect(
      await answers(`select p.patient_id in ('tim', 'tom') as is_theirs, g.status, g.death_date::varchar, g.current_medication_count
        from "EHR".GOLD.PATIENT_360 as g inner join "EHR".SILVER.PATIENT as p using (patient_key) where g.death_date is not null`),
    ).toEqual([[true, "deceased", "2024-04-03", 0]]);
    expect(
      await answers(`select count(*) from "EHR".GOLD.PREVENTIVE_CARE inner join "EHR".SILVER.PATIENT using (patient_key)
        where patient_id in ('tim', 'tom')`),
    ).toEqual([[0]]);
  });

  it("has what ends after now, in resources of FHIR too, and nobody to pay by a coverage that ends before it begins", async () => {
    const status = (model: string, code: string) =>
      answers(
        `select resource::json->'clinicalStatus'->'coding'->0->>'code', resource::json->>'abatementDateTime'
         from "EHR".GOLD."${model}" where resource like '%${code}%'`,
      );
    expect(await status("FHIR_CONDITION", '"to-come"')).toEqual([["active", null]]);
    expect(await status("FHIR_CONDITION", '"one-day"')).toEqual([["resolved", "2024-06-09"]]);
    expect(await status("FHIR_ALLERGY_INTOLERANCE", "264287008")).toEqual([["active", null]]);
    expect(await status("FHIR_ALLERGY_INTOLERANCE", '"7984"')).toEqual([["resolved", null]]);
    expect(
      await ofPatient("DIM_PATIENT_VERSION", "valid_from::date::varchar, primary_payer_key is not null").then((rows) =>
        rows.filter(([id]) => id === "vic"),
      ),
    ).toEqual([["vic", "2024-07-20", false]]);
  });

  it("has the facility of the last completed encounter, in periods that follow one another", async () => {
    const periods = await answers(
      `select p.patient_id as id, f.facility_id, e.encounter_id, g.valid_from::varchar, g.valid_to::varchar, g.is_current
       from "EHR".GOLD.PATIENT_FACILITY as g
       inner join "EHR".SILVER.PATIENT as p using (patient_key)
       inner join "EHR".SILVER.FACILITY as f using (facility_key)
       inner join "EHR".SILVER.ENCOUNTER as e using (encounter_key)
       where p.patient_id in ('una', 'una-elsewhere', 'vic', 'sue') order by id, g.valid_from`,
    );
    expect(periods).toEqual([
      ["sue", "o", "first", "2024-01-05 15:00:00", null, true],
      ["una", "o", "long-before", "2024-05-01 14:00:00", "2024-06-08 14:00:00", false],
      ["una", "north", "just-before", "2024-06-08 14:00:00", "2024-06-10 15:00:00", false],
      ["una", "o", "recent", "2024-06-10 15:00:00", null, true],
      ["vic", "o", "let-go", "2024-03-05 15:00:00", null, true],
    ]);
  });

  it("is found by the beginning of a name, page by page", async () => {
    const page = (after: string) =>
      answers(
        `select search_name, mrn, birth_date::varchar from "EHR".GOLD.PATIENT_SEARCH
         where (search_name > '${after}') order by search_name, patient_key limit 2`,
      );
    expect(await page("")).toEqual([
      ["S, SUE", "sue", "1950-03-01"],
      ["T, TIM", "tim", "1940-01-01"],
    ]);
    expect((await page("T, TIM")).map(([name]) => name)).toEqual(["T, TOM", "U, UNA"]);
  });

  it("is summed up for the provider and in figures", async () => {
    expect(
      await of(
        "ENCOUNTER_SUMMARY",
        "encounter_key",
        "g.condition_count, g.procedure_count, g.vital_sign_count, g.first_name",
      ),
    ).toEqual({
      "just-before": [0, 0, 0, "Una"],
      recent: [1, 1, 5, "Una"],
      lasting: [0, 0, 0, "Una"],
    });
    expect(
      await ofPatient(
        "PATIENT_METRICS",
        `encounter_count, encounter_count_12_months, emergency_visit_count_12_months, stay_count, round(los_days_average, 6),
         readmission_count, current_medication_count, active_chronic_condition_count, alert_count`,
      ),
    ).toEqual([
      ["sue", 5, 5, 0, 3, 2.270833, 1, 6, 4, 5],
      ["tim", 0, 0, 0, 0, null, 0, 0, 0, 0],
      ["tom", 1, 1, 0, 1, 2.041667, 0, 0, 1, 0],
      ["una", 4, 4, 2, 2, 2, 0, 0, 1, 0],
      ["una-elsewhere", 0, 0, 0, 0, null, 0, 0, 0, 0],
      ["vic", 4, 4, 1, 1, 2, 0, 8, 0, 5],
    ]);
  });
});
