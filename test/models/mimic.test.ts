/** MIMIC-IV's demonstration through the built command: what is counted, what is flagged, and what arrives damaged. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exported, faultsIn } from "../support/fhir.js";
import { data, medform, reader, scratch } from "../support/medform.js";
import { openHospital } from "./hospital.js";
import { readCsv } from "./reference/csv.js";

const demo = join(data, "mimic-iv-demo");

async function dispositions(warehouse: string) {
  await using read = await reader(warehouse);
  const rows = await read.rows(
    "select route, disposition, rule, row_count from EHR.SILVER.DISPOSITION order by route, disposition",
  );
  return rows.map((row) => Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)));
}

type Row = Readonly<Record<string, string | undefined>>;
const rowsOf = (table: string): readonly Row[] => readCsv(join(demo, "hosp", `${table}.csv.gz`));

interface Counted {
  readonly id: string;
  readonly n: number;
}
const sorted = (counted: readonly Counted[]) => [...counted].sort((a, b) => (a.id < b.id ? -1 : 1));
/** How often each is there; what is empty is none. */
function tally(ids: readonly (string | undefined)[]): readonly Counted[] {
  const totals = new Map<string, number>();
  for (const id of ids) if (id) totals.set(id, (totals.get(id) ?? 0) + 1);
  return sorted([...totals].map(([id, n]) => ({ id, n })));
}

describe.skipIf(data === "" || !existsSync(demo))("mimic-iv-demo, in MEDFORM_DATA", () => {
  it("fills the whole warehouse, each row where it belongs, and its prescriptions that stop before they start flagged", async () => {
    using box = scratch();
    expect(await medform(["load", "mimic", demo], box.warehouse)).toMatchObject({ code: 0 });
    const run = await medform(["run"], box.warehouse);
    expect(run.code, run.stdout + run.stderr).toBe(0);
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
      "mimic_omr > vital_sign (diastolic)": 872,
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
    const inTen = (table: string, place?: string) => {
      const rows = readCsv(join(demo, "hosp", `${table}.csv.gz`)).filter(({ icd_version }) => icd_version === "10");
      return new Set(
        rows.filter(({ seq_num }) => place === undefined || seq_num === place).map(({ hadm_id }) => hadm_id),
      );
    };
    const [diagnosed, operated] = [inTen("diagnoses_icd"), inTen("procedures_icd")];
    const principal = inTen("diagnoses_icd", "1");
    const again = await read.rows(
      `select any_value(coalesce(is_planned::varchar, planned_reason)) as said, string_agg(encounter_id, ',' order by position) as ids
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
      const unknown = principal.has(list[0]) ? "no_code_lists" : "not_judged";
      const judged = hasProcedure ? unknown : "false";
      expect(said).toBe(list.some((id) => diagnosed.has(id)) ? judged : "no_icd10_codes");
    }
    expect(Object.fromEntries(counts)).toMatchObject({
      false: expect.any(Number),
      no_icd10_codes: expect.any(Number),
      no_code_lists: expect.any(Number),
    });
    // A result's collection is known without an order: its turnaround is said, and no reason why there is none. It is the time
    // between the source's two clocks, also over a night in which those of the shifted day's calendar would be put forward.
    const [turnaround] = await read.rows(
      `select cast(count(*) as integer) as n, cast(count(lab_order_key) as integer) as ordered
       from EHR.GOLD.FCT_LAB_RESULT where turnaround_hours is not null and turnaround_reason is null`,
    );
    expect(turnaround).toEqual({ n: 106_735, ordered: 0 });
    const waited = readCsv(join(demo, "hosp", "labevents.csv.gz")).flatMap(({ charttime = "", storetime = "" }) =>
      storetime === "" ? [] : [(Date.parse(`${storetime}Z`) - Date.parse(`${charttime}Z`)) / 3_600_000],
    );
    expect(await read.one("select sum(turnaround_hours) from EHR.GOLD.FCT_LAB_RESULT")).toBeCloseTo(
      waited.reduce((sum, hours) => sum + hours, 0),
      3,
    );
    // A bound is a number with its comparator.
    expect(
      await read.rows(
        `select cast(count(*) as integer) as n, cast(count(result_value) as integer) as numbers
         from EHR.GOLD.FCT_LAB_RESULT where comparator is not null`,
      ),
    ).toEqual([{ n: 12, numbers: 12 }]);
    // A blood pressure is two values.
    const pressures = readCsv(join(demo, "hosp", "omr.csv.gz"))
      .filter(({ result_name = "" }) => result_name.startsWith("Blood Pressure"))
      .map(({ result_value = "" }) => result_value.split("/").map(Number));
    expect(
      await read.rows(
        `select code, cast(count(*) as integer) as n, cast(sum(standard_value) as integer) as total from EHR.SILVER.VITAL_SIGN
         where standard_unit = 'mm[Hg]' group by code order by code`,
      ),
    ).toEqual(
      ["8462-4", "8480-6"].map((code, place) => ({
        code,
        n: pressures.length,
        total: pressures.reduce((sum, values) => sum + (values[1 - place] ?? Number.NaN), 0),
      })),
    );
    // Who ordered a medication or a test is whom its own row names, and of a medication without one who admitted.
    const providers = (sql: string) =>
      read.rows(`select provider_id as id, cast(count(*) as integer) as n from (${sql}) group by all order by all`);
    const admissions = readCsv(join(demo, "hosp", "admissions.csv.gz"));
    const admitting = new Map(admissions.map(({ hadm_id, admit_provider_id }) => [hadm_id, admit_provider_id]));
    expect(
      await providers(
        `select provider_id from EHR.GOLD.FCT_PRESCRIPTION inner join EHR.SILVER.PROVIDER on provider_key = prescriber_key`,
      ),
    ).toEqual(
      tally(
        readCsv(join(demo, "hosp", "prescriptions.csv.gz")).map(
          ({ order_provider_id, hadm_id }) => order_provider_id || admitting.get(hadm_id ?? ""),
        ),
      ),
    );
    expect(
      await providers(
        `select provider_id from EHR.GOLD.FCT_LAB_RESULT inner join EHR.SILVER.PROVIDER using (provider_key)`,
      ),
    ).toEqual(tally(readCsv(join(demo, "hosp", "labevents.csv.gz")).map(({ order_provider_id }) => order_provider_id)));
    // Of procedures only the day is sent: those of the day of admission belong to the stay, and no admission of that day follows them.
    const procedures = ["procedures_icd", "hcpcsevents"].flatMap((table) =>
      readCsv(join(demo, "hosp", `${table}.csv.gz`)).map(({ subject_id, chartdate }) => ({
        subject: subject_id,
        day: Date.parse(chartdate?.slice(0, 10) ?? ""),
      })),
    );
    const stays = (
      await read.rows(
        `select patient_id, stay.stay_key, admission_date::varchar as admitted, discharge_date::varchar as discharged, procedure_count
         from EHR.GOLD.STAY as stay
         inner join EHR.SILVER.PATIENT using (patient_key)
         left join EHR.GOLD.ML_READMISSION_FEATURES as known on known.stay_key = stay.stay_key`,
      )
    ).map(({ patient_id, admitted, discharged, procedure_count }) => ({
      subject: patient_id,
      from: Date.parse(String(admitted)),
      to: Date.parse(String(discharged)),
      count: procedure_count === null ? null : Number(procedure_count),
    }));
    const during = ({ subject, from, to }: (typeof stays)[number]) =>
      procedures.filter((done) => done.subject === subject && done.day >= from && done.day <= to).length;
    const survived = stays.filter(({ count }) => count !== null);
    expect(survived.map(({ count }) => count)).toEqual(survived.map(during));
    const dayLength = 86_400_000;
    const followed = procedures.filter(({ subject, day }) =>
      stays.some((stay) => stay.subject === subject && stay.from > day && stay.from - day <= 30 * dayLength),
    );
    expect(
      await read.rows("select cast(sum(admission_30_day_count) as integer) as n from EHR.GOLD.TREATMENT_OUTCOME"),
    ).toEqual([{ n: followed.length }]);
    // What has no national code has the hospital's own.
    expect(
      await read.rows(
        `select code_system, cast(count(*) as integer) as n from EHR.SILVER.PRESCRIPTION where code is not null
         group by code_system order by code_system`,
      ),
    ).toEqual([
      { code_system: "MIMIC", n: 2_619 },
      { code_system: "NDC", n: 15_456 },
    ]);
    // Its codes come without texts, which its dictionaries hold; of procedures by ICD it has none here. Of what a result is, where
    // that is no blood, is said behind the name that does not say it.
    const texts = (table: string, keyOf: (row: Row) => string, textOf: (row: Row) => string) =>
      new Map(rowsOf(table).map((row) => [keyOf(row), textOf(row).trim()]));
    const items = texts(
      "d_labitems",
      ({ itemid = "" }) => itemid,
      ({ label = "", fluid = "" }) => (fluid === "Blood" || label.includes(fluid) ? label : `${label} (${fluid})`),
    );
    const icd = ({ icd_code, icd_version }: Row) => `${icd_version} ${icd_code}`;
    const diagnoses = texts("d_icd_diagnoses", icd, ({ long_title = "" }) => long_title);
    const described = {
      lab_result: tally(rowsOf("labevents").map(({ itemid = "" }) => items.get(itemid))),
      condition: tally(rowsOf("diagnoses_icd").map((row) => diagnoses.get(icd(row)))),
      procedure: tally(rowsOf("hcpcsevents").map(({ short_description }) => short_description)),
    };
    expect(described.lab_result.reduce((sum, { n }) => sum + n, 0)).toBe(107_727);
    expect(described.condition.reduce((sum, { n }) => sum + n, 0)).toBe(4_506);
    for (const [entity, expected] of Object.entries(described)) {
      for (const table of [`SILVER.${entity}`, `(from EHR.GOLD.PATIENT_TIMELINE where event_type = '${entity}')`]) {
        const rows = await read.rows(
          `select description as id, cast(count(*) as integer) as n from ${table.replace(/^SILVER/, "EHR.SILVER")}
           where description is not null group by all`,
        );
        expect(sorted(rows.map(({ id, n }) => ({ id: String(id), n: Number(n) }))), table).toEqual(expected);
      }
    }
    expect(described.lab_result).toContainEqual({ id: "Glucose (Urine)", n: 339 });
    const out = join(box.dir, "fhir");
    expect(await medform(["export", "tag:fhir", "--column", "resource", "--out", out], box.warehouse)).toMatchObject({
      code: 0,
    });
    const resources = exported(out);
    expect(faultsIn(resources, 2_000)).toEqual([]);
    expect(
      tally(
        resources.flatMap(({ resourceType, code }) =>
          resourceType === "Condition" ? [(code as { readonly text?: string }).text] : [],
        ),
      ),
    ).toEqual(described.condition);
  }, 600_000);

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
    const before = join(box.dir, "before");
    mkdirSync(before);
    for (const name of ["patients.csv.gz", "admissions.csv.gz", "procedures_icd.csv.gz"])
      copyFileSync(join(demo, "hosp", name), join(before, name));
    const sound = await medform(["load", "mimic", before, "--delivered", "2024-01-01"], box.warehouse);
    expect(sound.code, sound.stderr).toBe(0);
    const load = await medform(["load", "mimic", dir, "--delivered", "2024-01-02"], box.warehouse);
    expect(load.code).toBe(0);
    expect(load.stderr).toMatch(
      /load-spreadsheet: procedures_icd\.csv\.gz was written by a spreadsheet program: CHARTDATE holds dates/,
    );
    const run = await medform(["run", "+silver.disposition", "+silver.absence"], box.warehouse);
    expect(run.code, run.stderr).toBe(0);
    expect(await dispositions(box.warehouse)).toEqual([
      ["mimic_admissions > encounter", "current", null, 275],
      ["mimic_patients > patient", "current", null, 100],
      ["mimic_procedures_icd > procedure", "current", null, 722],
      ["mimic_procedures_icd > procedure", "quarantined", "file_damaged,event_time_missing", 722],
    ]);
    await using read = await reader(box.warehouse);
    // What cannot be found in a damaged file may well be in it.
    expect(await read.rows("select entity from EHR.SILVER.ABSENCE")).toEqual([]);
    expect(
      await read.rows("select table_name from EHR.SILVER.DELIVERED_FILE where damage = 'spreadsheet' order by all"),
    ).toEqual(
      ["MIMIC_INGREDIENTEVENTS", "MIMIC_OUTPUTEVENTS", "MIMIC_PROCEDUREEVENTS", "MIMIC_PROCEDURES_ICD"].map(
        (table_name) => ({ table_name }),
      ),
    );
  }, 600_000);
});

/** Twelve patients, of whom four have died, as many admissions, and of each what has a time, an id, a number or a code. */
const sound = (() => {
  const of = <Row>(row: (i: number) => Row) => Array.from({ length: 12 }, (_, i) => row(i));
  const day = (i: number) => `2150-0${1 + (i % 9)}-1${i % 9}`;
  const who = (i: number) => [`1000${1000 + i}`, `2000${1000 + i}`];
  return {
    mimic_patients: [["subject_id", "dod"], ...of((i) => [who(i)[0], i % 3 === 0 ? `2151-0${1 + (i % 9)}-20` : ""])],
    mimic_admissions: [
      ["subject_id", "hadm_id", "admittime", "dischtime", "admission_type"],
      ...of((i) => [...who(i), `${day(i)} 08:05:00`, `2150-10-0${1 + (i % 9)} 12:00:00`, "URGENT"]),
    ],
    mimic_diagnoses_icd: [
      ["subject_id", "hadm_id", "seq_num", "icd_code", "icd_version"],
      ...of((i) => [...who(i), "1", ["0389", "0088", "4280"][i % 3] ?? "", "9"]),
    ],
    mimic_prescriptions: [
      ["subject_id", "hadm_id", "pharmacy_id", "starttime", "stoptime", "drug", "ndc"],
      ...of((i) => [
        ...who(i),
        `3${i}`,
        `${day(i)} 09:00:00`,
        "",
        "Aspirin",
        i % 4 === 0 ? "0" : `0090419893${i % 10}`,
      ]),
    ],
    mimic_labevents: [
      ["labevent_id", "subject_id", "hadm_id", "itemid", "charttime", "value", "valuenum"],
      ...of((i) => [
        `${700000 + i}`,
        ...who(i),
        "50912",
        `${day(i)} 10:00:00`,
        `${i}.5`,
        i % 2 === 0 ? `${i}.5` : `${i}`,
      ]),
    ],
    mimic_omr: [
      ["subject_id", "chartdate", "seq_num", "result_name", "result_value"],
      ...of((i) => [who(i)[0], day(i), "1", "BMI (kg/m2)", `2${i % 10}.5`]),
    ],
  };
})();
type Tables = { readonly [table: string]: readonly (readonly (string | undefined)[])[] };

/** With each value that follows a header as a program writes it. */
const rewritten = (tables: Tables, written: (value: string, header: string) => string): Tables =>
  Object.fromEntries(
    Object.entries(tables).map(([table, [header = [], ...rows]]) => [
      table,
      [header, ...rows.map((row) => row.map((value = "", at) => written(value, header[at] ?? "")))],
    ]),
  );
const dates = (form: (year: string, month: number, day: number, time: string) => string) => (value: string) =>
  value.replace(/^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d):00)?$/, (_, year, month, day, time = "") =>
    form(year, Number(month), Number(day), time && ` ${time}`),
  );
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const csv = (tables: Tables) =>
  Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => [
      table,
      rows.map((row) => row.map((value = "") => `"${value}"`.replace('""', "")).join(",")).join("\n"),
    ]),
  );

/** What a program made of which tables: nothing of them may be taken as true. */
const DAMAGE: readonly (readonly [string, readonly string[], (value: string, header: string) => string])[] = [
  [
    "month/day/year",
    Object.keys(sound).filter((table) => table !== "mimic_diagnoses_icd"),
    dates((y, m, d, t) => `${m}/${d}/${y}${t}`),
  ],
  ["year/month/day", ["mimic_patients", "mimic_admissions"], dates((y, m, d, t) => `${y}/${m}/${d}${t}`)],
  ["day.month.year", ["mimic_patients", "mimic_labevents"], dates((y, m, d, t) => `${d}.${m}.${y}${t}`)],
  [
    "day-month-year",
    ["mimic_patients", "mimic_prescriptions"],
    dates((y, m, d) => `${d}-${MONTHS[m - 1]}-${y.slice(2)}`),
  ],
  [
    "short ids of patients",
    Object.keys(sound),
    (value, header) => (header === "subject_id" ? `${value[0]}.00E+07` : value),
  ],
  ["short ids of rows", ["mimic_labevents"], (value, header) => (header === "labevent_id" ? "7.00E+05" : value)],
  [
    "lost zeros",
    ["mimic_diagnoses_icd", "mimic_prescriptions"],
    (value, header) => (/^(ndc|icd_code)$/.test(header) ? value.replace(/^0+(?=.)/, "") : value),
  ],
  [
    "decimal commas",
    ["mimic_labevents", "mimic_omr"],
    (value, header) => (header.includes("value") ? value.replace(".", ",") : value),
  ],
];

describe("MIMIC's files that a spreadsheet program has rewritten", () => {
  const entities = ["patient", "encounter", "condition", "prescription", "lab_result", "vital_sign"];

  it("change nothing of what sound ones said, whichever come first", async () => {
    await using hospital = await openHospital({ only: entities });
    const mimic = { source: "mimic" } as const;
    const damaged = DAMAGE.map(([name, tables, written]) => ({
      name,
      files: rewritten(Object.fromEntries(Object.entries(sound).filter(([table]) => tables.includes(table))), written),
    }));
    const landSound = () =>
      hospital.land({ ...mimic, id: "sound", delivered: "2024-01-01T00:00:00", files: csv(sound) });
    const landDamaged = async () => {
      for (const [at, { name, files }] of damaged.entries())
        await hospital.land({ ...mimic, id: name, delivered: `2024-02-0${at + 1}T00:00:00`, files: csv(files) });
    };
    const content = async () => {
      const held: { [entity: string]: unknown } = {};
      for (const entity of entities)
        held[entity] = await hospital.rows(
          `select * exclude (run_id, judged_run, loaded_at) from "EHR".SILVER.${entity} order by source_record`,
        );
      return held;
    };
    const keptOut = () =>
      hospital.rows(
        `select batch_id, cast(count(*) as integer) as n
         from (${entities.map((entity) => `select batch_id, disposition from "EHR".SILVER.${entity}_VERDICT`).join(" union all ")})
         where disposition = 'quarantined' group by batch_id order by batch_id`,
      );
    const rowsOf = damaged
      .map(({ name, files }) => ({ batch_id: name, n: 12 * Object.keys(files).length }))
      .sort((a, b) => (a.batch_id < b.batch_id ? -1 : 1));

    await landSound();
    await hospital.refresh({ asOf: "2160-01-01" });
    const expected = await content();
    expect(await hospital.count('select count(death_date) from "EHR".SILVER.PATIENT')).toBe(4);
    await landDamaged();
    await hospital.refresh({ asOf: "2160-01-01" });
    expect(await content()).toEqual(expected);
    expect(await keptOut()).toEqual(rowsOf);

    await hospital.empty();
    await landDamaged();
    await hospital.refresh({ asOf: "2160-01-01" });
    // A patient with an id is never kept out; what is left of a longer one is none.
    expect(
      await hospital.rows(
        'select flags, cast(count(*) as integer) as n, count(death_date)::int as dead from "EHR".SILVER.PATIENT group by flags',
      ),
    ).toEqual([{ flags: "file_damaged", n: 12, dead: 0 }]);
    expect(await hospital.count('select count(*) from "EHR".SILVER.LAB_RESULT')).toBe(0);
    await landSound();
    await hospital.refresh({ asOf: "2160-01-01" });
    expect(await content()).toEqual(expected);
    expect(await keptOut()).toEqual(rowsOf);
  }, 600_000);
});
