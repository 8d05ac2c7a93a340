/** Figures of gold on real files, against plain code that reads the same files and none of the models. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folder, type Hospital, openHospital } from "../hospital.js";
import { conditionsOf, type Diagnosis, type Maps, scoreOf } from "./charlson.js";
import { type Record, readCsv } from "./csv.js";
import { type Admission, daysBetween, followed, localDay, staysOf } from "./stays.js";

const data = process.env.MEDFORM_DATA ?? "";
const maps = join(data, "terminology/comorbidipy_maps.json");
const mimic = join(data, "mimic-iv-demo/hosp");

const SETS = ["synthea-csv-27", "synthea-csv-109"];
const present = data !== "" && SETS.every((set) => existsSync(join(data, set)));

/** Both sets in one warehouse: they have no id in common. */
const read = (table: string): readonly Record[] => SETS.flatMap((set) => readCsv(join(data, set, `${table}.csv.gz`)));
const asOf = "2025-09-23T20:06:03Z";

describe.skipIf(!present)("Synthea's 27 and 109 patients, in MEDFORM_DATA", () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await openHospital({ gold: true });
    for (const set of SETS) {
      const tables = readdirSync(join(data, set)).map((name) => name.replace(".csv.gz", ""));
      const known = tables.filter((name) => !["states", "LICENSE.txt", "README.md"].includes(name));
      await hospital.land({ id: set, files: folder(join(data, set), known) });
    }
    await hospital.refresh({ asOf });
  });
  afterAll(() => hospital?.[Symbol.asyncDispose]());

  const OBSERVATION = "76464004";
  const inpatient = () => read("encounters").filter((row) => row.ENCOUNTERCLASS === "inpatient");
  const admission = (row: Record): Admission => ({
    id: row.Id ?? "",
    patient: row.PATIENT ?? "",
    start: Date.parse(row.START ?? ""),
    stop: Date.parse(row.STOP ?? ""),
  });
  const acute = () =>
    inpatient()
      .filter((row) => row.CODE !== OBSERVATION)
      .map(admission);

  it("has the stays, their days and their midnights", async () => {
    const rows = await hospital.rows(
      `select e.encounter_id as id, s.encounter_count as n, s.los_days as days, s.los_midnights as midnights
       from "EHR".GOLD.STAY as s inner join "EHR".SILVER.ENCOUNTER as e on e.encounter_key = s.stay_key order by id`,
    );
    const expected = staysOf(acute())
      .map((stay) => [stay.first, stay.admissions, stay.days.toFixed(9), stay.midnights])
      .sort();
    expect(expected.length).toBeGreaterThan(100);
    expect(
      rows.map(({ id, n, days, midnights }) => [id, Number(n), Number(days).toFixed(9), Number(midnights)]),
    ).toEqual(expected);
  });

  it("sums days and midnights by month and department to those of all stays", async () => {
    const [row] = await hospital.rows(
      `select sum(stay_count) as n, sum(los_days_total) as days, sum(los_midnights_total) as midnights from "EHR".GOLD.LENGTH_OF_STAY`,
    );
    const stays = staysOf(acute());
    expect([Number(row?.n), Number(row?.days).toFixed(6), Number(row?.midnights)]).toEqual([
      stays.length,
      stays.reduce((sum, { days }) => sum + days, 0).toFixed(6),
      stays.reduce((sum, { midnights }) => sum + midnights, 0),
    ]);
  });

  it("has the readmissions within 30 days, by both definitions", async () => {
    const deaths = new Map(read("patients").flatMap((row) => (row.DEATHDATE ? [[row.Id ?? "", row.DEATHDATE]] : [])));
    const others = inpatient()
      .filter((row) => row.CODE === OBSERVATION)
      .map(admission);
    const all = followed(staysOf(acute()), others, deaths as ReadonlyMap<string, string>, localDay(Date.parse(asOf)));
    const index = all.filter(({ died, followUpDays }) => !died && followUpDays >= 30);
    const [row] = await hospital.rows(
      `select count(*) as stays, sum(is_index::int) as n, sum(is_readmitted_inpatient_only::int) as again,
         sum(is_readmitted_all_admissions::int) as again_any, sum((exclusion_reason = 'death')::int) as deaths
       from "EHR".GOLD.READMISSION`,
    );
    expect(Object.values(row ?? {}).map(Number)).toEqual([
      all.length,
      index.length,
      index.filter(({ readmitted }) => readmitted).length,
      index.filter(({ readmittedAny }) => readmittedAny).length,
      all.filter(({ died }) => died).length,
    ]);
  });

  it("has every row of every file that has an entity, and the deaths", async () => {
    const tables = {
      patients: "PATIENT",
      encounters: "ENCOUNTER",
      conditions: "CONDITION",
      medications: "PRESCRIPTION",
      allergies: "ALLERGY",
      immunizations: "IMMUNIZATION",
    };
    for (const [table, entity] of Object.entries(tables)) {
      const rows = await hospital.count(`select count(*) from "EHR".SILVER."${entity}"`);
      expect([entity, rows]).toEqual([entity, read(table).length]);
    }
    const until = localDay(Date.parse(asOf));
    const died = read("patients").filter(({ DEATHDATE = "" }) => DEATHDATE !== "" && DEATHDATE <= until);
    expect(died.length).toBe(11);
    expect(await hospital.count(`select sum(death_count) from "EHR".GOLD.MORTALITY`)).toBe(died.length);
    expect(await hospital.count(`select count(*) from "EHR".GOLD.DIM_PATIENT where status = 'deceased'`)).toBe(
      died.length,
    );
  });

  it("has what each patient took at any instant, and takes now", async () => {
    const deaths = new Map(read("patients").map(({ Id = "", DEATHDATE = "" }) => [Id, DEATHDATE]));
    const taken = (instant: string) =>
      read("medications")
        .filter(({ START = "", STOP = "", PATIENT = "" }) => {
          const at = Date.parse(instant);
          const death = deaths.get(PATIENT) ?? "";
          const alive = death === "" || death > localDay(at);
          return alive && Date.parse(START) <= at && (STOP === "" || Date.parse(STOP) > at);
        })
        .map(({ PATIENT, CODE, START = "" }) => `${PATIENT} ${CODE} ${new Date(START).toISOString().slice(0, 19)}`)
        .sort();
    const shown = async (sql: string) =>
      (
        await hospital.rows(
          `select p.patient_id || ' ' || m.code || ' ' || strftime(m.began, '%Y-%m-%dT%H:%M:%S') as line
           from (${sql}) as m inner join "EHR".SILVER.PATIENT as p using (patient_key) order by line`,
        )
      ).map(({ line }) => line);
    for (const instant of ["1999-12-31T23:59:59Z", "2012-07-01T12:00:00Z", "2020-04-15T00:00:00Z", asOf]) {
      const expected = taken(instant);
      expect(expected.length).toBeGreaterThan(20);
      expect(
        await shown(
          `select patient_key, code, valid_from as began from "EHR".GOLD.PATIENT_AS_OF where fact_type = 'prescription'
             and valid_from <= timestamp '${instant.slice(0, 19)}' and (valid_to is null or valid_to > timestamp '${instant.slice(0, 19)}')`,
        ),
      ).toEqual(expected);
    }
    expect(
      await shown(
        `select patient_key, code, started_at as began from "EHR".GOLD.CURRENT_MEDICATIONS where prescription_key is not null`,
      ),
    ).toEqual(taken(asOf));
  });

  it("averages the heart rates of each patient and day", async () => {
    const byDay = new Map<string, number[]>();
    for (const { PATIENT, DATE = "", CODE, VALUE } of readCsv(join(data, "synthea-csv-27/observations.csv.gz"))) {
      if (CODE !== "8867-4") continue;
      const day = `${PATIENT} ${localDay(Date.parse(DATE))}`;
      byDay.set(day, [...(byDay.get(day) ?? []), Number(VALUE)]);
    }
    const expected = [...byDay].map(([day, values]) => {
      const average = values.reduce((sum, value) => sum + value, 0) / values.length;
      return `${day} ${values.length} ${average.toFixed(6)}`;
    });
    const rows = await hospital.rows(
      `select p.patient_id || ' ' || d.observed_date as day, d.value_count as n, d.value_average as average
       from "EHR".GOLD.VITAL_DAILY as d inner join "EHR".SILVER.PATIENT as p using (patient_key) where d.code = '8867-4'`,
    );
    expect(rows.map(({ day, n, average }) => `${day} ${Number(n)} ${Number(average).toFixed(6)}`).sort()).toEqual(
      expected.sort(),
    );
    expect(expected.length).toBeGreaterThan(10);
  });

  it("has no comorbidity score without ICD codes, and says why", async () => {
    for (const index of ["CHARLSON", "ELIXHAUSER"]) {
      const rows = await hospital.rows(
        `select count(*) as n, count(${index}_score) as scored, count(distinct score_reason) as reasons, min(score_reason) as reason from "EHR".GOLD.${index}`,
      );
      expect(rows.map((row) => [Number(row.n), Number(row.scored), Number(row.reasons), row.reason])).toEqual([
        [inpatient().length, 0, 1, "no_icd_codes"],
      ]);
    }
  });
});

interface Condition {
  readonly name: string;
  readonly weight: number;
  readonly icd9: string;
  readonly icd10: string;
}
interface Comorbidity {
  readonly INDICES: { readonly [index: string]: readonly Condition[] };
  prefixes(text: string): readonly string[];
}

describe.skipIf(!existsSync(maps))("terminology/comorbidipy_maps.json, in MEDFORM_DATA", () => {
  const globals = globalThis as { dataform?: unknown };
  globals.dataform = { projectConfig: { warehouse: "duckdb" } };
  const seed = createRequire(import.meta.url)("../../../includes/comorbidity.js") as Comorbidity;

  // Both list the conditions in the order of the paper.
  it.each([
    ["charlson", "icd9", "charlson"],
    ["charlson", "icd10", "charlson"],
    ["elixhauser", "icd9", "vw"],
    ["elixhauser", "icd10", "vw"],
  ] as const)("has the codes and weights of our seed of %s in %s", (index, version, scheme) => {
    const { mapping, weights } = JSON.parse(readFileSync(maps, "utf8")) as Maps;
    const theirs = mapping[`${index}_${version}_quan`] ?? {};
    const theirWeights = weights[`${index}_${version}_quan`]?.[scheme] ?? {};
    const ours = (seed.INDICES[index] ?? []).map((condition) => [
      [...new Set(seed.prefixes(condition[version]))].sort(),
      condition.weight,
    ]);
    expect(ours).toEqual(
      Object.entries(theirs).map(([name, codes]) => [[...new Set(codes)].sort(), theirWeights[name]]),
    );
  });
});

const ccs = join(data, "terminology/readmissions");
describe.skipIf(!existsSync(ccs))("terminology/readmissions, in MEDFORM_DATA", () => {
  const globals = globalThis as { dataform?: unknown };
  globals.dataform = { projectConfig: { warehouse: "duckdb" } };
  const seed = createRequire(import.meta.url)("../../../includes/planned.js") as {
    isPlannedDiagnosis(code: string): string;
    isPlannedProcedure(code: string): string;
  };

  it("has as always planned the codes that our seed has", async () => {
    await using hospital = await openHospital();
    const differ = (map: string, category: string, planned: string, condition: string) =>
      hospital.count(
        `select count(*) from read_parquet('${join(ccs, map)}.parquet') as code
         where ${condition} is distinct from (${category} in (select cast(${category} as varchar) from read_parquet('${join(ccs, planned)}.parquet')))`,
      );
    expect(
      await differ(
        "icd_10_cm_to_ccs",
        "ccs_diagnosis_category",
        "always_planned_ccs_diagnosis_category",
        seed.isPlannedDiagnosis("icd_10_cm"),
      ),
    ).toBe(0);
    expect(
      await differ(
        "icd_10_pcs_to_ccs",
        "ccs_procedure_category",
        "always_planned_ccs_procedure_category",
        seed.isPlannedProcedure("icd_10_pcs"),
      ),
    ).toBe(0);
  });
});

describe.skipIf(!existsSync(maps) || !existsSync(mimic))("MIMIC-IV's diagnoses, in MEDFORM_DATA", () => {
  const table = (name: string) => readCsv(join(mimic, `${name}.csv.gz`));
  let hospital: Hospital;
  const quoted = (values: readonly string[]) =>
    `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")}\n`;

  beforeAll(async () => {
    hospital = await openHospital({ gold: true });
    const file = (header: readonly string[], lines: readonly (readonly string[])[]) =>
      [header, ...lines].map(quoted).join("");
    const patients = table("patients").map(({ subject_id = "", anchor_year, anchor_age, dod = "" }) => [
      subject_id,
      `${Number(anchor_year) - Number(anchor_age)}-01-01`,
      dod,
    ]);
    const stops = new Map(table("admissions").map((row) => [row.hadm_id ?? "", row.admittime ?? ""]));
    await hospital.land({
      id: "mimic",
      delivered: "2300-01-01",
      files: {
        patients: file(["Id", "BIRTHDATE", "DEATHDATE"], patients),
        encounters: file(
          ["Id", "PATIENT", "START", "STOP", "ENCOUNTERCLASS"],
          table("admissions").map((row) => [
            row.hadm_id ?? "",
            row.subject_id ?? "",
            row.admittime ?? "",
            row.dischtime ?? "",
            "inpatient",
          ]),
        ),
        conditions: file(
          ["START", "PATIENT", "ENCOUNTER", "SYSTEM", "CODE"],
          table("diagnoses_icd").map((row) => [
            stops.get(row.hadm_id ?? "") ?? "",
            row.subject_id ?? "",
            row.hadm_id ?? "",
            `ICD-${row.icd_version}-CM`,
            row.icd_code ?? "",
          ]),
        ),
      },
    });
    await hospital.refresh({ asOf: "2250-01-01" });
  });
  afterAll(() => hospital?.[Symbol.asyncDispose]());

  it("give each admission the scores that plain code gives it", async () => {
    const known = JSON.parse(readFileSync(maps, "utf8")) as Maps;
    const diagnoses = new Map<string, Diagnosis[]>();
    for (const row of table("diagnoses_icd")) {
      const list = diagnoses.get(row.hadm_id ?? "") ?? [];
      diagnoses.set(row.hadm_id ?? "", [...list, { code: row.icd_code ?? "", version: Number(row.icd_version) }]);
    }
    const expected = table("admissions")
      .map(({ hadm_id = "" }) => {
        const codes = diagnoses.get(hadm_id);
        if (codes === undefined) return [hadm_id, null, null, null, null];
        const scores = [scoreOf(known, "charlson", codes), scoreOf(known, "elixhauser", codes)];
        return [
          hadm_id,
          ...scores,
          conditionsOf(known, "charlson", codes).size,
          conditionsOf(known, "elixhauser", codes).size,
        ];
      })
      .sort();
    const rows = await hospital.rows(
      `with found as (select encounter_key, index_name, count(*) as n from "EHR".GOLD.ADMISSION_COMORBIDITY group by all)
       select e.encounter_id as id, c.charlson_score as charlson, x.elixhauser_score as elixhauser,
         case when c.icd_code_count > 0 then coalesce(fc.n, 0) end as c_n, case when c.icd_code_count > 0 then coalesce(fx.n, 0) end as x_n
       from "EHR".SILVER.ENCOUNTER as e
       inner join "EHR".GOLD.CHARLSON as c using (encounter_key)
       inner join "EHR".GOLD.ELIXHAUSER as x using (encounter_key)
       left join found as fc on fc.encounter_key = e.encounter_key and fc.index_name = 'charlson'
       left join found as fx on fx.encounter_key = e.encounter_key and fx.index_name = 'elixhauser'
       order by id`,
    );
    const number = (value: unknown) => (value === null ? null : Number(value));
    expect(rows).toHaveLength(275);
    expect(rows.map((row) => [row.id, ...[row.charlson, row.elixhauser, row.c_n, row.x_n].map(number)])).toEqual(
      expected,
    );
  });

  it("have the stays, days and midnights that plain code finds", async () => {
    // MIMIC's times are of the clock on the wall; read as such, they become instants in UTC on the way.
    const zone = (text: string) => {
      const utc = Date.parse(`${text.replace(" ", "T")}Z`);
      const shown = new Date(utc).toLocaleString("sv-SE", { timeZone: "America/New_York" });
      const first = utc - (Date.parse(`${shown.replace(" ", "T")}Z`) - utc);
      const again = new Date(first).toLocaleString("sv-SE", { timeZone: "America/New_York" });
      return first + (utc - Date.parse(`${again.replace(" ", "T")}Z`));
    };
    const admissions = table("admissions")
      .map((row) => ({
        id: row.hadm_id ?? "",
        patient: row.subject_id ?? "",
        start: zone(row.admittime ?? ""),
        stop: zone(row.dischtime ?? ""),
      }))
      .filter(({ start, stop }) => stop >= start);
    const rows = await hospital.rows(
      `select e.encounter_id as id, s.los_days as days, s.los_midnights as midnights
       from "EHR".GOLD.STAY as s inner join "EHR".SILVER.ENCOUNTER as e on e.encounter_key = s.stay_key
       where s.is_completed order by id`,
    );
    expect(rows.map((row) => [row.id, Number(row.days).toFixed(6), Number(row.midnights)])).toEqual(
      staysOf(admissions)
        .map(({ first, days, midnights }) => [first, days.toFixed(6), midnights])
        .sort(),
    );
    expect(daysBetween("2024-02-28", "2024-03-01")).toBe(2);
  });
});
