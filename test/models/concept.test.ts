/** Codes that come without texts, and the dictionaries that hold these: whichever comes first, changes, or was damaged. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files, type Line } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";

const entities = ["condition", "procedure", "lab_result"];

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ only: [...entities, "concept"] });
});
afterAll(() => hospital[Symbol.asyncDispose]());

let deliveries = 0;
async function deliver(rows: Delivery, source = "mimic"): Promise<void> {
  deliveries += 1;
  const delivered = `2024-01-${String(deliveries).padStart(2, "0")}`;
  await hospital.land({ id: `batch-${deliveries}`, source, delivered, files: files(rows) });
  await hospital.refresh({ asOf: "2160-01-01" });
}

const who = { SUBJECT_ID: "10000001", HADM_ID: "20000001" };
const result = (id: string, ITEMID: string) => ({
  LABEVENT_ID: id,
  ...who,
  ITEMID,
  CHARTTIME: "2150-01-02 10:00:00",
  VALUE: "1",
  VALUENUM: "1",
});
const stay: Delivery = {
  mimic_patients: [{ SUBJECT_ID: "10000001" }],
  mimic_admissions: [
    { ...who, ADMITTIME: "2150-01-01 08:00:00", DISCHTIME: "2150-01-09 08:00:00", ADMISSION_TYPE: "URGENT" },
  ],
  mimic_diagnoses_icd: [
    { ...who, SEQ_NUM: "1", ICD_CODE: "0389", ICD_VERSION: "9" },
    { ...who, SEQ_NUM: "2", ICD_CODE: "A419", ICD_VERSION: "10" },
    // A code that both versions have, and one of a version that is none.
    { ...who, SEQ_NUM: "3", ICD_CODE: "V061", ICD_VERSION: "9" },
    { ...who, SEQ_NUM: "4", ICD_CODE: "V061", ICD_VERSION: "10" },
    { ...who, SEQ_NUM: "5", ICD_CODE: "V061", ICD_VERSION: "11" },
  ],
  mimic_procedures_icd: [{ ...who, SEQ_NUM: "1", CHARTDATE: "2150-01-02", ICD_CODE: "0389", ICD_VERSION: "9" }],
  mimic_hcpcsevents: [
    { ...who, SEQ_NUM: "1", CHARTDATE: "2150-01-02", HCPCS_CD: "G0378", SHORT_DESCRIPTION: "Hospital" },
    { ...who, SEQ_NUM: "2", CHARTDATE: "2150-01-02", HCPCS_CD: "G0379" },
    { ...who, SEQ_NUM: "3", CHARTDATE: "2150-01-02", HCPCS_CD: "G0380" },
  ],
  mimic_labevents: [result("1", "50912"), result("2", "51082"), result("3", "51478"), result("4", "99999")],
};
const items = (creatinine: string): readonly Line[] => [
  { ITEMID: "50912", LABEL: creatinine, FLUID: "Blood", CATEGORY: "Chemistry" },
  { ITEMID: "51082", LABEL: "Creatinine / Urine", FLUID: "Urine", CATEGORY: "Chemistry" },
  { ITEMID: "51478", LABEL: "Glucose", FLUID: "Urine", CATEGORY: "Hematology" },
  { ITEMID: "50000", FLUID: "Blood", CATEGORY: "Chemistry" },
  { LABEL: "Nothing's" },
];
const dictionaries: Delivery = {
  mimic_d_labitems: items("Creatinine"),
  mimic_d_icd_diagnoses: [
    { ICD_CODE: "0389", ICD_VERSION: "9", LONG_TITLE: "Septicemia" },
    { ICD_CODE: "A419", ICD_VERSION: "10", LONG_TITLE: "Sepsis" },
    { ICD_CODE: "V061", ICD_VERSION: "9", LONG_TITLE: "Vaccination" },
    { ICD_CODE: "V061", ICD_VERSION: "10", LONG_TITLE: "Pedestrian" },
    { ICD_CODE: "V061", ICD_VERSION: "11", LONG_TITLE: "Of no version" },
  ],
  mimic_d_icd_procedures: [{ ICD_CODE: "0389", ICD_VERSION: "9", LONG_TITLE: "Operation" }],
  mimic_d_hcpcs: [
    { CODE: "G0378", LONG_DESCRIPTION: "Observation by the hour", SHORT_DESCRIPTION: "Observation" },
    { CODE: "G0379", LONG_DESCRIPTION: "Direct admission", SHORT_DESCRIPTION: "Direct" },
    { CODE: "G0380", SHORT_DESCRIPTION: "Emergency" },
  ],
};

const texts = async () =>
  Object.fromEntries(
    await Promise.all(
      entities.map(async (entity) => {
        const rows = await hospital.rows(
          `select description from "EHR".SILVER.${entity} order by ${entity === "lab_result" ? "lab_result_id" : "ordinal, code"}`,
        );
        return [entity, rows.map(({ description }) => description)];
      }),
    ),
  );
const hashes = () =>
  hospital.rows(
    `${entities
      .map((entity) => `select '${entity}' as entity, source_record, row_hash from "EHR".SILVER.${entity}`)
      .join(" union all ")} order by all`,
  );
/** How many verdicts the newest run wrote on those that events name, and on concepts. */
const judged = async () => {
  const rows = await hospital.rows(
    `${[...entities, "concept"]
      .map(
        (entity) =>
          `select '${entity}' as entity, disposition, cast(count(*) as integer) as n from "EHR".SILVER.${entity}_VERDICT
           where judged_run = ${deliveries} group by all`,
      )
      .join(" union all ")} order by all`,
  );
  return rows.map((row) => Object.values(row).join(" "));
};
const contents = async () => {
  const held: Record<string, unknown> = {};
  for (const table of [...entities.flatMap((entity) => [entity, `${entity}_verdict`]), "concept"])
    held[table] = await hospital.rows(`select * exclude (run_id, judged_run) from "EHR".SILVER.${table} order by all`);
  return held;
};

const TOLD = {
  condition: ["Septicemia", "Sepsis", "Vaccination", "Pedestrian", null],
  procedure: ["Operation", "Hospital", "Direct admission", "Emergency"],
  lab_result: ["Creatinine", "Creatinine / Urine", "Glucose (Urine)", null],
};

describe("texts of codes", () => {
  it("are those of the source's dictionary as it is known, and change nothing of what was sent", async () => {
    await deliver(stay);
    expect(await texts()).toEqual({
      condition: [null, null, null, null, null],
      procedure: [null, "Hospital", null, null],
      lab_result: [null, null, null, null],
    });
    const before = await hashes();

    // What another source calls a code says nothing of this one's.
    await deliver(dictionaries, "elsewhere");
    expect((await judged()).filter((line) => !line.startsWith("concept"))).toEqual([]);

    await deliver(dictionaries);
    expect(await texts()).toEqual(TOLD);
    expect(await hashes()).toEqual(before);
    // A code that no dictionary has is no finding.
    for (const entity of entities)
      expect(await hospital.count(`select count(flags) from "EHR".SILVER.${entity}`), entity).toBe(0);

    // The same rows once more are copies; nothing that they name is judged again.
    await deliver({ ...stay, mimic_labevents: [...(stay.mimic_labevents ?? []), result("5", "51478")] });
    expect(await texts()).toEqual({ ...TOLD, lab_result: [...TOLD.lab_result, "Glucose (Urine)"] });
    expect(await judged()).toEqual([
      "condition duplicate 5",
      "lab_result current 1",
      "lab_result duplicate 4",
      "procedure duplicate 4",
    ]);

    // Of a new edition only what has changed.
    await deliver({ mimic_d_labitems: items("Creatinine (enzymatic)") });
    expect((await texts()).lab_result?.[0]).toBe("Creatinine (enzymatic)");
    expect(await judged()).toEqual([
      "concept current 1",
      "concept duplicate 3",
      "concept quarantined 1",
      "concept superseded 1",
      "lab_result current 1",
      "lab_result duplicate 1",
    ]);
    const now = await texts();

    // Codes that lost their zeros are nobody's.
    await deliver({
      mimic_d_icd_diagnoses: [
        { ICD_CODE: "38", ICD_VERSION: "9", LONG_TITLE: "Damaged" },
        { ICD_CODE: "A419", ICD_VERSION: "10", LONG_TITLE: "Damaged" },
      ],
    });
    expect(await texts()).toEqual(now);
    expect(await judged()).toEqual(["concept quarantined 2"]);

    const increments = await contents();
    await hospital.refresh({ asOf: "2160-01-01", full: true });
    expect(await contents()).toEqual(increments);
  }, 300_000);
});
