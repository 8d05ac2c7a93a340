/** Stays, scores and what is made of them, over patients written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clinic } from "./clinic.js";
import { files } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";
import { asOf } from "./ward.js";

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ gold: true });
  await hospital.land({ id: "one", delivered: "2024-07-20T00:00:00Z", files: files(clinic) });
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
      ["2024-03-01", 1, 0.25, 1, 0],
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
      first: [true, null, 30, 30, true, true, null, "not_judged"],
      thirty: [true, null, 31, 31, false, false, null, "not_readmitted"],
      "thirty-one": [true, null, null, 12, false, true, null, "not_readmitted"],
      last: [false, "death", null, null, null, null, null, "not_readmitted"],
      recent: [false, "short_follow_up", 19, 19, null, null, null, "not_readmitted"],
    });
    expect(
      await answers(
        `select definition, sum(index_stay_count), sum(readmission_count), sum(excluded_stay_count) from "EHR".GOLD.READMISSION_RATE group by 1 order by 1`,
      ),
    ).toEqual([
      ["all_admissions", 3, 2, 2],
      ["inpatient_only", 3, 1, 2],
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
      ["allergy_conflict", "vic", "class: nsaid", "nap", null, "serious", true],
      ["allergy_conflict", "vic", "ingredient", "asa", null, "contraindicated", true],
      ["duplicate_therapy", "sue", "same_ingredient", "s10", "s20", "caution", false],
      ["duplicate_therapy", "vic", "same_medication", "nap", null, "caution", false],
      ["interaction", "sue", "statin_by_cyp3a4 and cyp3a4_inhibitor", "s10", "clari", "contraindicated", false],
      ["interaction", "sue", "statin_by_cyp3a4 and cyp3a4_inhibitor", "s20", "clari", "contraindicated", false],
      ["interaction", "vic", "opioid and benzodiazepine", "perc", "diaz", "serious", false],
    ]);
  });
});
