/** The two outputs for others: what of a person comes out of them, what never does, and which ids they have. */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import type { Relation } from "../../src/graph/index.js";
import { type Delivery, files, type Line } from "./csv.js";
import { graph, type Hospital, openHospital } from "./hospital.js";

const asOf = "2024-06-30T12:00:00Z";
const { actions } = await graph();
const relations = actions.filter((action): action is Relation => "columns" in action && action.kind !== "declaration");
const lower = (path: readonly string[]) => path.join(".").toLowerCase();
const of = (...schemas: readonly string[]) => relations.filter(({ target }) => schemas.includes(target.schema));
const outputs = ["SAFE_HARBOR", "SHIFTED_DATES"] as const;
type Output = (typeof outputs)[number];

const people: readonly Line[] = [
  { Id: "young", FIRST: "Yara", LAST: "Youngblood", BIRTHDATE: "1980-07-01", GENDER: "F", ZIP: "10001-1234" },
  { Id: "old", FIRST: "Oda", LAST: "Oldfield", BIRTHDATE: "1930-01-01", GENDER: "F", ZIP: "03601" },
  { Id: "nearly", BIRTHDATE: "1934-07-01", GENDER: "M", ZIP: "0213" },
  { Id: "ninety", BIRTHDATE: "1934-06-30", GENDER: "x", ZIP: "00000" },
  { Id: "died", BIRTHDATE: "1905-01-01", DEATHDATE: "1990-03-01", GENDER: "M" },
  { Id: "died old", BIRTHDATE: "1900-01-01", DEATHDATE: "1995-03-01", GENDER: "M" },
  { Id: "unknown", FIRST: "Una" },
];
const ids = people.map(({ Id = "" }) => Id);
const condition = (PATIENT: string, START: string, more: Line = {}): Line => ({ PATIENT, START, CODE: "c", ...more });
const observation = (CODE: string, VALUE: string, UNITS: string): Line => ({
  PATIENT: "young",
  CATEGORY: "survey",
  DATE: "2024-06-01T14:00:00Z",
  CODE,
  VALUE,
  UNITS,
  TYPE: /^[\d.]+$/.test(VALUE) ? "numeric" : "text",
});
const visit = { PATIENT: "young", ENCOUNTER: "visit" };
const hospitalDelivers: Delivery = {
  organizations: [{ Id: "o", NAME: "Place" }],
  providers: [{ Id: "r", ORGANIZATION: "o", NAME: "Rob" }],
  patients: people,
  encounters: [
    {
      Id: "visit",
      PATIENT: "young",
      START: "2024-06-01T14:00:00Z",
      STOP: "2024-06-03T15:30:00Z",
      ORGANIZATION: "o",
      PROVIDER: "r",
      ENCOUNTERCLASS: "inpatient",
      CODE: "v",
    },
    {
      Id: "nowhere",
      PATIENT: "old",
      START: "2020-06-01T14:00:00Z",
      ENCOUNTERCLASS: "ambulatory",
    },
  ],
  medications: [{ ...visit, START: "2024-06-01T14:10:00Z", CODE: "1", DISPENSES: "3" }],
  allergies: [{ ...visit, START: "2024-06-01", CODE: "2" }],
  immunizations: [{ ...visit, DATE: "2024-06-01T14:20:00Z", CODE: "140" }],
  conditions: [
    condition("young", "2000-01-31", { STOP: "2000-03-01", SYSTEM: "http://snomed.info/sct" }),
    condition("young", "2024-06-30", { CODE: "as Mrs Youngblood says" }),
    condition("young", "2024-07-02"),
    condition("old", "2015-06-01"),
    condition("old", "2021-06-01"),
    condition("nearly", "2024-06-30"),
    condition("ninety", "2024-06-29"),
    condition("died", "1989-01-01"),
    condition("died", "1996-01-01"),
    condition("died old", "1980-01-01"),
    condition("unknown", "2001-01-01"),
  ],
  procedures: [
    {
      PATIENT: "young",
      START: "2024-03-10T04:30:00Z",
      STOP: "2024-03-10T14:00:00Z",
      CODE: "p",
    },
  ],
  observations: [
    observation("score", "7", "{score}"),
    { ...observation("2339-0", "5", "mmol/L"), CATEGORY: "laboratory" },
    { ...observation("8867-4", "70", "/min"), CATEGORY: "vital-signs" },
    observation("number", "5550100", ""),
    observation("lived", "91.5", "a"),
    observation("said", "in Springfield", ""),
  ],
};

/** What is made of them; nothing else is delivered. */
const awake =
  /^(facility|provider|patient|encounter|condition|procedure|prescription|allergy|immunization|lab_result|vital_sign|observation|identity_decision)(_verdict)?$|^patient_|^(as_of|delivered_file|golden_patient|subject)$/;

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({
    only: ["dim_patient", "pseudonym_key", ...of(...outputs).map(({ target }) => target.name.toLowerCase())],
    asleep: actions.map(({ target }) => target.name.toLowerCase()).filter((name) => !awake.test(name)),
  });
  await hospital.land({ id: "all", files: files(hospitalDelivers) });
  await hospital.refresh({ asOf });
});
afterAll(() => hospital[Symbol.asyncDispose]());

const values = (rows: readonly object[]) =>
  rows.map((row) => Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)));

/** Columns of a table of an output beside the patient's id, of the `others`. */
async function shown(output: Output, table: string, columns: string): Promise<readonly (readonly unknown[])[]> {
  const rows = await hospital.rows(
    `select patient.patient_id, ${columns}
     from "EHR"."${output}"."${table.toUpperCase()}" as g
     inner join "EHR".CROSSWALK.PATIENT as ids on ids.${output}_id = g.person_id
     inner join "EHR".SILVER.PATIENT as patient on patient.patient_key = ids.patient_key
     where patient.patient_id in (${ids.map((id) => `'${id}'`).join(", ")}) order by all`,
  );
  return values(rows);
}

/** Every column of the warehouse, with its type. */
const columnsOf = async (...schemas: readonly string[]) =>
  (
    await hospital.rows(
      `select upper(table_schema) as s, upper(table_name) as t, lower(column_name) as c, data_type
       from information_schema.columns
       where table_catalog = 'EHR' and upper(table_schema) in (${schemas.map((each) => `'${each}'`).join(", ")})`,
    )
  ).map(({ s, t, c, data_type }) => ({
    schema: String(s),
    table: String(t),
    name: String(c),
    type: String(data_type),
  }));

const isTime = (type: string) => /^(DATE|TIMESTAMP|TIME)/.test(type);

describe("the outputs for others", () => {
  it("have the same tables, each with a label, and none with a column that nothing describes", () => {
    const [harbor, shifted] = outputs.map((output) =>
      of(output)
        .map(({ target }) => target.name)
        .sort(),
    );
    expect(harbor?.length).toBeGreaterThan(10);
    expect(shifted).toEqual(harbor);
    for (const { target, description, columns, secure } of of(...outputs)) {
      const label = target.schema === "SAFE_HARBOR" ? "safe harbor" : "Requires expert determination";
      expect([target.name, description?.includes(label), secure]).toEqual([target.name, true, true]);
      expect(columns.filter((column) => (column.description ?? "").length < 4)).toEqual([]);
    }
  });

  it("have no identifier; the safe harbor has no date, the other has moved ones", () => {
    const tagged = (output: Output) =>
      of(output).flatMap(({ columns }) => columns.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith("phi:"))));
    expect(new Set(tagged("SAFE_HARBOR"))).toEqual(new Set());
    expect(new Set(tagged("SHIFTED_DATES"))).toEqual(new Set());
    const names = of(...outputs).flatMap(({ columns }) => columns.map(({ path }) => lower(path)));
    const identifying = names.filter((name) =>
      /name|address|(^|_)city|county|postal|latitude|longitude|birth|death|phone|mail|ssn|mrn|member|device/.test(name),
    );
    expect(new Set(identifying)).toEqual(new Set(["birth_year", "birth_date", "death_year", "death_date"]));
    expect(
      names.filter((name) => /_(key|raw|hash|uid)$|description|^(source|recorded|loaded|run)_/.test(name)),
    ).toEqual([]);
    expect(new Set(names.filter((name) => name.endsWith("_id")))).toEqual(
      new Set(["person_id", "encounter_id", "facility_id", "provider_id"]),
    );
  });

  it("have columns that are just those described, in the safe harbor no time among them", async () => {
    const there = await columnsOf(...outputs);
    expect(there.map(({ schema, table, name }) => `${schema}.${table}.${name}`).sort()).toEqual(
      of(...outputs)
        .flatMap(({ target, columns }) => columns.map(({ path }) => `${target.schema}.${target.name}.${lower(path)}`))
        .sort(),
    );
    expect(there.filter(({ schema, type }) => schema === "SAFE_HARBOR" && isTime(type))).toEqual([]);
  });

  it("show each person, and each event that began by as_of", async () => {
    const tables = of("SAFE_HARBOR").map(({ target }) => target.name);
    for (const table of tables.filter((name) => !["PERSON", "DEATH"].includes(name))) {
      const entity = (await columnsOf("SILVER")).filter((column) => column.table === table).map(({ name }) => name);
      const at = ["started_at", "given_at", "observed_at"].find((name) => entity.includes(name));
      const count = (from: string) => hospital.count(`select count(*) from "EHR".${from}`);
      const expected = await count(`SILVER.${table} where ${at} <= timestamp '${asOf.slice(0, 19)}'`);
      expect(expected).toBeGreaterThan(0);
      for (const output of outputs) expect([table, await count(`${output}.${table}`)]).toEqual([table, expected]);
    }
    for (const output of outputs) {
      expect((await shown(output, "person", "g.person_id")).map(([id]) => id)).toEqual(ids.toSorted());
    }
  });
});

describe("masked views", () => {
  it("pool ages from 90 on, and tell no birth by whose year such an age is known again", async () => {
    const masked = of("MASKED");
    const ofDim = masked.find(({ target }) => target.name === "DIM_PATIENT")?.query ?? "";
    // Who has the key of the pseudonyms knows who it is.
    const rows = await hospital.rows(
      `select known.patient_id, cast(extract(year from shown.birth_date) as integer) as birth, shown.age_years
       from (${ofDim}) as shown
       cross join EHR.GOVERNANCE.PSEUDONYM_KEY as secret
       inner join EHR.SILVER.PATIENT as known
         on shown.patient_key = sha256(secret.pseudonym_key || ':' || known.patient_key)
       order by known.patient_id`,
    );
    expect(values(rows)).toEqual([
      ["died", 1905, 85],
      ["died old", null, 90],
      ["nearly", 1934, 89],
      ["ninety", null, 90],
      ["old", null, 90],
      ["unknown", null, null],
      ["young", 1980, 43],
    ]);
    // Every view that has a birth hides it in the same way, and none tells when somebody comes of age.
    const born = masked.filter(({ columns }) => columns.some(({ path }) => lower(path) === "birth_date"));
    expect(born.map(({ target }) => target.name).sort()).toEqual([
      "DIM_PATIENT",
      "DIM_PATIENT_VERSION",
      "ENCOUNTER_SUMMARY",
      "PATIENT_360",
      "PATIENT_SEARCH",
      "PATIENT_SEARCH_NUMBER",
    ]);
    const hiding = /case when aged\.age_years <= 89 then [^,]*,\s*source\.birth_date\) as date\) end as birth_date/;
    for (const { target, query } of born) expect(query, target.name).toMatch(hiding);
    const retention = masked.find(({ target }) => target.name === "RETENTION");
    expect(retention?.query).toContain("nullif(source.majority_date, source.majority_date) as majority_date");
  });
});

describe("tenants who are kept apart by row", () => {
  it("have outputs of their own, in which nobody of another stands", async () => {
    const apart = await compileProject({
      projectDir: resolve(import.meta.dirname, "../.."),
      overrides: { warehouse: "duckdb", vars: { tenancy: "row" } },
    });
    const views = apart.graph.actions.filter(
      (action): action is Relation =>
        action.kind === "view" && /^(SAFE_HARBOR|SHIFTED_DATES)/.test(action.target.schema),
    );
    const schemas = new Set(views.map(({ target }) => target.schema));
    expect(schemas.size).toBe(4);
    for (const { target, query } of views) {
      const [, output = "", tenant] = /^(SAFE_HARBOR|SHIFTED_DATES)_(\w+)$/.exec(target.schema) ?? [];
      const all = await hospital.count(`select count(*) from "EHR"."${output}"."${target.name}"`);
      const shownHere = await hospital.count(`select count(*) from (${query}) as view`);
      expect([target.schema, target.name, shownHere]).toEqual([
        target.schema,
        target.name,
        tenant === "NETWORK" ? all : 0,
      ]);
    }
  });
});

describe("the safe harbor", () => {
  it("pools ages from 90 on and drops their years, and three digits of ZIP codes that few people share", async () => {
    expect(await shown("SAFE_HARBOR", "person", "birth_year, age_years, is_deceased, g.sex, zip3")).toEqual([
      ["died", 1905, 85, true, "m", null],
      ["died old", null, 90, true, "m", null],
      ["nearly", 1934, 89, false, "m", null],
      ["ninety", null, 90, false, "other", null],
      ["old", null, 90, false, "f", "000"],
      ["unknown", null, null, false, null, null],
      ["young", 1980, 43, false, "f", "100"],
    ]);
    // Zeros are no ZIP code, and no neighbourhood by which records would be one person's either.
    expect(
      await hospital.rows(`select postal_code from "EHR".SILVER.PATIENT_STANDARD where postal_code like '000%'`),
    ).toEqual([]);
    expect(await shown("SAFE_HARBOR", "death", "death_year, age_years")).toEqual([
      ["died", 1990, 85],
      ["died old", null, 90],
    ]);
  });

  it("tells no year of any event from which such an age could be told", async () => {
    expect(await shown("SAFE_HARBOR", "condition", "start_year, stop_year, age_years, code, code_system")).toEqual([
      ["died", 1989, null, 84, "c", "SNOMED-CT"],
      ["died", 1996, null, 85, "c", "SNOMED-CT"],
      ["died old", null, null, 80, "c", "SNOMED-CT"],
      ["nearly", 2024, null, 89, "c", "SNOMED-CT"],
      ["ninety", null, null, 89, "c", "SNOMED-CT"],
      ["old", null, null, 85, "c", "SNOMED-CT"],
      ["old", null, null, 90, "c", "SNOMED-CT"],
      ["unknown", null, null, null, "c", "SNOMED-CT"],
      ["young", 2000, 2000, 19, "c", "http://snomed.info/sct"],
      ["young", 2024, null, 43, null, "SNOMED-CT"],
    ]);
  });

  it("has numbers that were measured, no others, and no words", async () => {
    expect(await shown("SAFE_HARBOR", "observation", "code, value_number, unit")).toEqual([
      ["young", "lived", null, null],
      ["young", "number", null, null],
      ["young", "said", null, null],
      ["young", "score", 7, "{score}"],
    ]);
  });
});

describe("shifted dates", () => {
  const moved = "date_diff('day', patient.birth_date";

  it("keep every interval of a person, and the clock on the wall", async () => {
    expect(
      await shown(
        "SHIFTED_DATES",
        "condition",
        "g.start_date - patient.birth_date - ids.shift_days, g.stop_date - g.start_date",
      ),
    ).toEqual(
      values(
        await hospital.rows(
          `select patient.patient_id, c.start_date - patient.birth_date, c.stop_date - c.start_date
           from "EHR".SILVER.CONDITION as c inner join "EHR".SILVER.PATIENT as patient using (patient_key)
           where patient.patient_id in (${ids.map((id) => `'${id}'`).join(", ")})
             and c.started_at <= timestamp '${asOf.slice(0, 19)}' order by all`,
        ),
      ),
    );
    // On both sides of the change of clocks: half past eleven at night in winter, ten in the morning in summer.
    expect(
      await shown(
        "SHIFTED_DATES",
        "procedure",
        "strftime(start_time, '%H:%M'), strftime(stop_time, '%H:%M'), stop_date - start_date, date_diff('minute', start_time, stop_time)",
      ),
    ).toEqual([["young", "23:30", "10:00", 1, 630]]);
    expect(
      await shown("SHIFTED_DATES", "condition", "start_time").then((rows) => rows.map(([, time]) => time)),
    ).toEqual(Array(10).fill(null));
  });

  it("are never the true ones, and tell no birth of who is 90 or older", async () => {
    const rows = await shown(
      "SHIFTED_DATES",
      "person",
      `${moved}, g.birth_date) = ids.shift_days, g.birth_date = patient.birth_date`,
    );
    expect(rows).toEqual([
      ["died", true, false],
      ["died old", null, null],
      ["nearly", true, false],
      ["ninety", null, null],
      ["old", null, null],
      ["unknown", null, null],
      ["young", true, false],
    ]);
    const days = await hospital.rows(`select shift_days from "EHR".CROSSWALK.PATIENT`);
    expect(days.filter(({ shift_days }) => Number(shift_days) === 0 || Math.abs(Number(shift_days)) > 365)).toEqual([]);
    expect(new Set(days.map(({ shift_days }) => Number(shift_days))).size).toBeGreaterThan(days.length / 2);
  });
});

describe("random ids", () => {
  const drawn = async () =>
    Object.fromEntries(
      (
        await hospital.rows(
          ["patient", "encounter", "facility", "provider"]
            .map(
              (entity) =>
                `select ${entity}_key as key, safe_harbor_id, shifted_dates_id, ${entity === "patient" ? "shift_days" : "0"} as days
                 from "EHR".CROSSWALK.${entity}`,
            )
            .join(" union all "),
        )
      ).map(({ key, ...ids }) => [String(key), ids]),
    );

  it("are those of no key, and no two alike", async () => {
    const all = Object.entries(await drawn()).flatMap(([key, { safe_harbor_id, shifted_dates_id }]) => [
      key,
      String(safe_harbor_id),
      String(shifted_dates_id),
    ]);
    expect(all.length).toBeGreaterThan(30);
    expect(new Set(all).size).toBe(all.length);
  });

  it("are kept when something is delivered anew, and are one person's where records are of one", async () => {
    const before = await drawn();
    await hospital.land({
      id: "more",
      delivered: "2024-07-01T00:00:00Z",
      files: files({
        patients: [
          { Id: "twin", FIRST: "Yara", BIRTHDATE: "1980-07-02" },
          { Id: "young", BIRTHDATE: "1980-07-03" },
        ],
        conditions: [condition("twin", "2001-01-31")],
        identity_decisions: [
          { ID: "3", PATIENT: "young", OTHER_PATIENT: "twin", DECISION: "merge", DECIDED_AT: "2024-06-02T00:00:00Z" },
        ],
      }),
    });
    await hospital.refresh({ asOf });
    const after = await drawn();
    expect(Object.keys(after).length).toBe(Object.keys(before).length + 1);
    expect(after).toMatchObject(before);
    expect((await shown("SAFE_HARBOR", "person", "birth_year")).filter(([id]) => id === "young")).toEqual([
      ["young", 1980],
    ]);
    expect((await shown("SAFE_HARBOR", "condition", "start_year")).filter(([id]) => id === "young")).toEqual([
      ["young", 2000],
      ["young", 2001],
      ["young", 2024],
    ]);
  });
});

describe("areas", () => {
  const require = createRequire(import.meta.url);
  const configure = (vars: Readonly<Record<string, string>>) => {
    (globalThis as { dataform?: unknown }).dataform = { projectConfig: { warehouse: "duckdb", vars } };
  };
  const { smallZip3 } = require("../../includes/areas.js") as { readonly smallZip3: () => readonly string[] };

  it("are those of the census of 2000 unless the project names others", () => {
    configure({});
    expect(smallZip3()).toHaveLength(17);
    expect(smallZip3()).toContain("893");
    configure({ small_zip3: "036, 059 692" });
    expect(smallZip3()).toEqual(["036", "059", "692"]);
    configure({ small_zip3: "36" });
    expect(() => smallZip3()).toThrow(/three digits/);
  });
});
