/** Whether a readmission was planned: by hand-written admissions and lists, and by the published lists on MIMIC-IV's real ones. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { data, medform, reader, scratch } from "../support/medform.js";
import { type Hospital, openHospital } from "./hospital.js";
import { readCsv } from "./reference/csv.js";

const STENT = "027034Z";
const FEEDING = "3E0G76Z";

interface Admission {
  /** Codes of ICD-10-CM, the principal one first. */
  readonly diagnoses: readonly string[];
  readonly procedures?: readonly string[];
  readonly version?: string;
  /** Whether it is said which diagnosis is the principal one. */
  readonly isOrdered?: boolean;
}

/** What each patient came back with, ten days after a stay; a second admission is a transfer into another bed. */
const patients: Readonly<Record<string, readonly Admission[]>> = {
  chemotherapy: [{ diagnoses: ["Z5111"] }],
  transplant: [{ diagnoses: ["N186"], procedures: ["0TY00Z0"] }],
  stent: [{ diagnoses: ["I2510", "I214"], procedures: [FEEDING, STENT] }],
  infarction: [{ diagnoses: ["I214", "I2510"], procedures: [STENT] }],
  feeding: [{ diagnoses: ["I2510"], procedures: [FEEDING] }],
  talk: [{ diagnoses: ["I2510"] }],
  unordered: [{ diagnoses: ["I2510"], procedures: [STENT], isOrdered: false }],
  "unordered feeding": [{ diagnoses: ["I2510"], procedures: [FEEDING], isOrdered: false }],
  "ICD-9": [{ diagnoses: ["41401"], procedures: ["3606"], version: "9" }],
  "sent on for a stent": [{ diagnoses: ["I214"] }, { diagnoses: ["I2510"], procedures: [STENT] }],
  "sent on with an infarction": [{ diagnoses: ["I2510"], procedures: [STENT] }, { diagnoses: ["I214"] }],
};

const csv = (rows: readonly (readonly string[])[]) => rows.map((row) => `${row.join(",")}\n`).join("");

/** MIMIC's files of them. */
function admitted(): Record<string, string> {
  const sound: Admission = { diagnoses: ["J189"] };
  const admissions = Object.entries(patients).flatMap(([name, back], i) => [
    { name, id: `${i}0`, from: "2150-01-01", to: "2150-01-05", ...sound },
    ...back.map((admission, n) => ({
      ...{ name, id: `${i}${n + 1}`, from: `2150-01-${15 + 3 * n}`, to: `2150-01-${18 + 3 * n}` },
      ...admission,
    })),
  ]);
  const coded = (of: "diagnoses" | "procedures") =>
    admissions.flatMap(({ name, id, from, version = "10", isOrdered = true, ...codes }) =>
      (codes[of] ?? []).map((code, i) => [name, id, isOrdered ? `${i + 1}` : "", from, code, version]),
    );
  const header = ["subject_id", "hadm_id", "seq_num", "chartdate", "icd_code", "icd_version"];
  return {
    mimic_patients: csv([["subject_id", "gender"], ...Object.keys(patients).map((name) => [name, "F"])]),
    mimic_admissions: csv([
      ["subject_id", "hadm_id", "admittime", "dischtime", "admission_type"],
      ...admissions.map(({ name, id, from, to }) => [name, id, `${from} 12:00:00`, `${to} 12:00:00`, "URGENT"]),
    ]),
    mimic_diagnoses_icd: csv([header, ...coded("diagnoses")].map((row) => row.filter((_, i) => i !== 3))),
    mimic_procedures_icd: csv([header, ...coded("procedures")]),
  };
}

describe("a readmission", () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await openHospital({ only: ["readmission"] });
    await hospital.land({ id: "mimic", source: "mimic", delivered: "2024-01-01T00:00:00Z", files: admitted() });
  });
  afterAll(() => hospital?.[Symbol.asyncDispose]());

  const land = (list: string, delivered: string, codes: readonly string[]) =>
    hospital.land({
      id: `${list} ${delivered} ${codes.join(" ")}`,
      source: "csv",
      delivered: `${delivered}T00:00:00Z`,
      files: { [`reference_${list}`]: csv([["CODE", "DESCRIPTION"], ...codes.map((code) => [code, "A text"])]) },
    });
  const answers = () =>
    hospital.rows(
      `select patient_id as id, coalesce(is_planned::varchar, planned_reason) as said from "EHR".GOLD.READMISSION
       inner join "EHR".SILVER.PATIENT using (patient_key) where is_readmitted_inpatient_only order by all`,
    );
  const said = async () => {
    await hospital.refresh({ asOf: "2150-06-01" });
    return Object.fromEntries((await answers()).map(({ id, said }) => [String(id), said]));
  };
  const used = () =>
    hospital.rows(
      `select list_name, delivered_at::date::varchar as day, unused_reason from "EHR".SILVER.CODE_LIST order by all`,
    );

  const without = {
    chemotherapy: "true",
    transplant: "true",
    stent: "no_code_lists",
    infarction: "no_code_lists",
    feeding: "no_code_lists",
    talk: "false",
    unordered: "not_judged",
    "unordered feeding": "not_judged",
    "ICD-9": "no_icd10_codes",
    "sent on for a stent": "no_code_lists",
    "sent on with an infarction": "no_code_lists",
  };
  const whole = {
    ...without,
    stent: "true",
    infarction: "false",
    feeding: "false",
    "unordered feeding": "false",
    "sent on for a stent": "false",
    "sent on with an infarction": "true",
  };

  it("is judged by what is always planned alone, as long as not both lists are there", async () => {
    expect(await said()).toEqual(without);
    await land("potentially_planned_procedure", "2023-01-01", [STENT.toLowerCase(), "0210093"]);
    expect(await said()).toEqual(without);
  });

  it("is planned by a procedure of the one list, unless what it began with is of the other", async () => {
    await land("acute_diagnosis", "2023-01-01", ["I21.4", "i219"]);
    expect(await said()).toEqual(whole);
  });

  it("is judged again by a newer list, whole, and not by an older one that comes later", async () => {
    await land("acute_diagnosis", "2024-02-01", ["I219"]);
    expect(await said()).toEqual({ ...whole, infarction: "true", "sent on for a stent": "true" });
    await land("acute_diagnosis", "2022-01-01", ["I2510"]);
    await land("potentially_planned_procedure", "2024-02-01", [STENT]);
    await land("potentially_planned_procedure", "2024-02-01", [FEEDING]);
    expect(await said()).toEqual({
      ...whole,
      ...{ infarction: "true", feeding: "true", "unordered feeding": "not_judged", "sent on for a stent": "true" },
    });
  });

  it("is never judged by a list that is none, and the warehouse says so", async () => {
    const before = await answers();
    await land("acute_diagnosis", "2024-03-01", ["I214", "100"]);
    await land("acute_diagnosis", "2024-03-02", []);
    // A spreadsheet program has taken the zeros.
    await land("potentially_planned_procedure", "2024-03-01", ["210093", "270346", STENT]);
    await said();
    expect(await answers()).toEqual(before);
    expect(await used()).toEqual(
      [
        ["acute_diagnosis", "2022-01-01", "superseded"],
        ["acute_diagnosis", "2023-01-01", "superseded"],
        ["acute_diagnosis", "2024-02-01", null],
        ["acute_diagnosis", "2024-03-01", "not_codes"],
        ["acute_diagnosis", "2024-03-02", "empty"],
        ["potentially_planned_procedure", "2023-01-01", "superseded"],
        ["potentially_planned_procedure", "2024-02-01", null],
        ["potentially_planned_procedure", "2024-03-01", "damaged"],
      ].map(([list_name, day, unused_reason]) => ({ list_name, day, unused_reason })),
    );
  });

  it("is judged so by a full refresh too", async () => {
    const all = () => hospital.rows(`select * exclude (run_id) from "EHR".GOLD.READMISSION order by all`);
    const before = await all();
    await hospital.refresh({ asOf: "2150-06-01", full: true });
    expect(await all()).toEqual(before);
  });
});

const demo = join(data, "mimic-iv-demo/hosp");
const published = join(data, "terminology/readmissions");
describe.skipIf(data === "" || !existsSync(demo) || !existsSync(published))(
  "mimic-iv-demo and terminology/readmissions, in MEDFORM_DATA",
  () => {
    it("have the planned readmissions that plain code finds by the published categories and codes", async () => {
      using box = scratch();
      const run = async (...args: string[]) => {
        const ended = await medform(args, box.warehouse);
        expect(ended.code, ended.stdout + ended.stderr).toBe(0);
      };
      await run("load", "mimic", join(data, "mimic-iv-demo"));
      await run("run", "+gold.readmission");
      const readmissions = async () => {
        await using read = await reader(box.warehouse);
        return await read.rows(
          `select readmission.stay_key, coalesce(any_value(is_planned)::varchar, any_value(planned_reason)) as said,
             string_agg(encounter_id, ',' order by position) as ids
           from EHR.GOLD.READMISSION as readmission
           inner join EHR.GOLD.STAY_ENCOUNTER as member on member.stay_key = readmission.next_stay_key
           inner join EHR.SILVER.ENCOUNTER as encounter on encounter.encounter_key = member.encounter_key
           where is_readmitted_inpatient_only group by readmission.stay_key order by all`,
        );
      };
      const before = await readmissions();

      const file = (name: string) => `read_parquet('${join(published, name)}.parquet')`;
      // A list holds codes: those of its categories, and the single ones.
      const list = async (
        name: string,
        code: string,
        category: string,
        map: string,
        categories: string,
        codes: string,
      ) => {
        const path = join(box.dir, `${name}.csv`);
        await using read = await reader(box.warehouse);
        await read.rows(
          `copy (
             select ${code} as code from ${file(map)}
             where ${category}::varchar in (select ${category}::varchar from ${file(categories)})
             union select ${code} from ${file(codes)} order by all
           ) to '${path}' (header)`,
        );
        return path;
      };
      const procedures = await list(
        "potentially_planned_procedure",
        "icd_10_pcs",
        "ccs_procedure_category",
        "icd_10_pcs_to_ccs",
        "potentially_planned_ccs_procedure_category",
        "potentially_planned_icd_10_pcs",
      );
      const diagnoses = await list(
        "acute_diagnosis",
        "icd_10_cm",
        "ccs_diagnosis_category",
        "icd_10_cm_to_ccs",
        "acute_diagnosis_ccs",
        "acute_diagnosis_icd_10_cm",
      );
      await run("load", "csv", procedures, "--table", "reference_potentially_planned_procedure");
      await run("load", "csv", diagnoses, "--table", "reference_acute_diagnosis");
      await run("run", "+gold.readmission");
      const after = await readmissions();

      // The same by the categories, in plain code.
      await using read = await reader(box.warehouse);
      const column = async (name: string, sql: string) =>
        (await read.rows(`select ${sql} from ${file(name)}`)).map((row) =>
          Object.values(row).map((value) => String(value).trim()),
        );
      const set = async (name: string, sql: string) => new Set((await column(name, sql)).map(([value = ""]) => value));
      const procedureCategory = new Map(
        (await column("icd_10_pcs_to_ccs", "icd_10_pcs, ccs_procedure_category")) as [string, string][],
      );
      const diagnosisCategory = new Map(
        (await column("icd_10_cm_to_ccs", "icd_10_cm, ccs_diagnosis_category")) as [string, string][],
      );
      const alwaysProcedure = await set("always_planned_ccs_procedure_category", "ccs_procedure_category");
      const alwaysDiagnosis = await set("always_planned_ccs_diagnosis_category", "ccs_diagnosis_category");
      const sometimesCategory = await set("potentially_planned_ccs_procedure_category", "ccs_procedure_category");
      const sometimesCode = await set("potentially_planned_icd_10_pcs", "icd_10_pcs");
      const acuteCategory = await set("acute_diagnosis_ccs", "ccs_diagnosis_category");
      const acuteCode = await set("acute_diagnosis_icd_10_cm", "icd_10_cm");

      const inTen = (table: string) =>
        readCsv(join(demo, `${table}.csv.gz`))
          .filter(({ icd_version }) => icd_version === "10")
          .map(({ hadm_id = "", seq_num = "", icd_code = "" }) => ({ id: hadm_id, place: seq_num, code: icd_code }));
      const [diagnosed, operated] = [inTen("diagnoses_icd"), inTen("procedures_icd")];
      const expected = (ids: readonly string[]) => {
        const of = (rows: typeof diagnosed, ...some: readonly (string | undefined)[]) =>
          rows.filter(({ id }) => some.includes(id));
        if (of(diagnosed, ...ids).length === 0) return "no_icd10_codes";
        const done = of(operated, ...ids).map(({ code }) => code);
        const principals = of(diagnosed, ...ids).filter(({ place }) => place === "1");
        if (done.some((code) => alwaysProcedure.has(procedureCategory.get(code) ?? ""))) return "true";
        if (principals.some(({ code }) => alwaysDiagnosis.has(diagnosisCategory.get(code) ?? ""))) return "true";
        const [first] = of(principals, ids[0]);
        const may = done.some(
          (code) => sometimesCode.has(code) || sometimesCategory.has(procedureCategory.get(code) ?? ""),
        );
        if (!may) return "false";
        if (first === undefined) return "not_judged";
        return String(!acuteCode.has(first.code) && !acuteCategory.has(diagnosisCategory.get(first.code) ?? ""));
      };
      expect(after.map(({ ids, said }) => [ids, said])).toEqual(
        after.map(({ ids }) => [ids, expected(String(ids).split(","))]),
      );
      const counted = (rows: typeof after) => {
        const counts: Record<string, number> = {};
        for (const { said } of rows) counts[String(said)] = (counts[String(said)] ?? 0) + 1;
        return counts;
      };
      // Nothing that was judged without the lists is judged otherwise with them.
      const known = new Map(after.map(({ stay_key, said }) => [stay_key, said]));
      for (const { stay_key, said } of before) if (said !== "no_code_lists") expect(known.get(stay_key)).toBe(said);
      expect([counted(before), counted(after)]).toEqual([
        { false: 7, no_code_lists: 17, no_icd10_codes: 22 },
        { true: 3, false: 21, no_icd10_codes: 22 },
      ]);
    });
  },
);
