/** MIMIC-IV's demonstration through the built command: what is counted, what is flagged, and what arrives damaged. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { data, medform, reader, scratch } from "../support/medform.js";
import { readCsv } from "./reference/csv.js";

const demo = join(data, "mimic-iv-demo");

async function dispositions(warehouse: string) {
  await using read = await reader(warehouse);
  const rows = await read.rows(
    "select route, disposition, rule, row_count from EHR.SILVER.DISPOSITION order by route, disposition",
  );
  return rows.map((row) => Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)));
}

describe.skipIf(data === "" || !existsSync(demo))("mimic-iv-demo, in MEDFORM_DATA", () => {
  it("has each row where it belongs, and its prescriptions that stop before they start flagged", async () => {
    using box = scratch();
    expect(await medform(["load", "mimic", demo], box.warehouse)).toMatchObject({ code: 0 });
    const selected = ["+silver.accounting", "+silver.finding", "silver.disposition", "+gold.readmission"];
    const run = await medform(["run", ...selected], box.warehouse);
    expect(run.code, run.stderr).toBe(0);
    const counted = await dispositions(box.warehouse);
    expect(counted.filter(([, disposition]) => disposition !== "current")).toEqual([]);
    expect(Object.fromEntries(counted.map(([route, , , rows]) => [route, rows]))).toMatchObject({
      "mimic_patients > patient": 100,
      "mimic_admissions > encounter": 275,
      "mimic_diagnoses_icd > condition": 4_506,
      "mimic_procedures_icd > procedure": 722,
      "mimic_hcpcsevents > procedure": 61,
      "mimic_prescriptions > prescription": 18_087,
      "mimic_labevents > lab_result": 107_727,
      "mimic_transfers > encounter_location": 1_190,
      "mimic_omr > vital_sign": 2_964,
      "mimic_microbiologyevents > observation": 2_899,
    });
    await using read = await reader(box.warehouse);
    expect(
      await read.rows("select cast(count(*) as integer) as n from EHR.SILVER.FINDING where rule = 'stop_before_start'"),
    ).toEqual([{ n: 753 }]);
    expect(
      await read.rows("select * from EHR.SILVER.ACCOUNTING where left_count is distinct from right_count"),
    ).toEqual([]);
    // A quarter of the results belong to no admission, and are there.
    expect(
      await read.rows("select cast(count(*) as integer) as n from EHR.SILVER.LAB_RESULT where encounter_key is null"),
    ).toEqual([{ n: 28_420 }]);
    // A diagnosis that was billed has the time of its admission.
    expect(
      await read.rows(
        `select cast(count(*) as integer) as n from EHR.SILVER.CONDITION as diagnosis
         inner join EHR.SILVER.ENCOUNTER as encounter on encounter.encounter_key = diagnosis.encounter_key
         where diagnosis.started_at = encounter.started_at and diagnosis.start_precision = 'encounter'`,
      ),
    ).toEqual([{ n: 4_506 }]);
    // What is known of whether a readmission was planned follows from the codes of all admissions that it is made of.
    const inTen = (table: string) => {
      const rows = readCsv(join(demo, "hosp", `${table}.csv.gz`)).filter(({ icd_version }) => icd_version === "10");
      return new Set(rows.map(({ hadm_id }) => hadm_id));
    };
    const [diagnosed, operated] = [inTen("diagnoses_icd"), inTen("procedures_icd")];
    const again = await read.rows(
      `select any_value(coalesce(is_planned::varchar, planned_reason)) as said, string_agg(encounter_id, ',') as ids
       from EHR.GOLD.READMISSION as readmission
       inner join EHR.GOLD.STAY_ENCOUNTER as member on member.stay_key = readmission.next_stay_key
       inner join EHR.SILVER.ENCOUNTER using (encounter_key)
       where is_readmitted_inpatient_only group by readmission.stay_key`,
    );
    const counts = new Map<unknown, number>();
    for (const { said, ids } of again) {
      counts.set(said, (counts.get(said) ?? 0) + 1);
      if (said === "true") continue;
      const list = String(ids).split(",");
      const hasProcedure = list.some((id) => operated.has(id));
      const judged = hasProcedure ? "not_judged" : "false";
      expect(said).toBe(list.some((id) => diagnosed.has(id)) ? judged : "no_icd10_codes");
    }
    expect(Object.fromEntries(counts)).toMatchObject({
      false: expect.any(Number),
      no_icd10_codes: expect.any(Number),
      not_judged: expect.any(Number),
    });
  });

  it("is refused whole where a program has dropped the names of columns", async () => {
    using box = scratch();
    const load = await medform(["load", "mimic", join(demo, "malformed")], box.warehouse);
    expect(load.code).toBe(1);
    expect(load.stderr).toMatch(/load-other-table: caregiver\.csv\.gz is not MIMIC's table caregiver/);
    expect(load.stderr).toMatch(/Its columns are numbered/);
    await using read = await reader(box.warehouse);
    expect(await read.rows("select table_name from information_schema.tables where table_name like 'MIMIC%'")).toEqual(
      [],
    );
  });

  it("is said to be, and kept out, where a spreadsheet program has rewritten it", async () => {
    using box = scratch();
    const dir = join(box.dir, "delivery");
    mkdirSync(dir);
    for (const name of readdirSync(join(demo, "excel_mangled"))) {
      copyFileSync(join(demo, "excel_mangled", name), join(dir, name));
    }
    for (const name of ["patients.csv.gz", "admissions.csv.gz"])
      copyFileSync(join(demo, "hosp", name), join(dir, name));
    const load = await medform(["load", "mimic", dir], box.warehouse);
    expect(load.code).toBe(0);
    expect(load.stderr).toMatch(
      /load-spreadsheet: procedures_icd\.csv\.gz was written by a spreadsheet program: CHARTDATE holds dates/,
    );
    const run = await medform(["run", "+silver.disposition"], box.warehouse);
    expect(run.code, run.stderr).toBe(0);
    expect(await dispositions(box.warehouse)).toEqual([
      ["mimic_admissions > encounter", "current", null, 275],
      ["mimic_patients > patient", "current", null, 100],
      ["mimic_procedures_icd > procedure", "quarantined", "file_damaged,event_time_missing", 722],
    ]);
    await using read = await reader(box.warehouse);
    expect(
      await read.rows("select table_name from EHR.SILVER.DELIVERED_FILE where damage = 'spreadsheet' order by all"),
    ).toEqual(
      ["MIMIC_INGREDIENTEVENTS", "MIMIC_OUTPUTEVENTS", "MIMIC_PROCEDUREEVENTS", "MIMIC_PROCEDURES_ICD"].map(
        (table_name) => ({ table_name }),
      ),
    );
  });
});
