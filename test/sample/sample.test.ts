import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { folderFormats } from "../../src/load/index.js";
import {
  columnsOf,
  fileOf,
  generateSample,
  MANIFEST,
  type Manifest,
  type Table,
  tables,
} from "../../src/sample/index.js";
import { data, hasData } from "../support/medform.js";
import { type Cells, judge, judgedEntities, judgedTables, localDay, readTable } from "./recount.js";

const root = mkdtempSync(join(tmpdir(), "medform-sample-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const fresh = () => {
  folders += 1;
  return join(root, String(folders));
};

async function sample(patients: number, seed: number, rate?: number): Promise<{ dir: string; manifest: Manifest }> {
  const dir = fresh();
  return { dir, manifest: await generateSample({ patients, seed, out: dir, rate }) };
}

const hashes = (dir: string) =>
  Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(dir, name)))
          .digest("hex"),
      ]),
  );

/** What the manifest says of the tables that the recount judges, as `outcome entity rule -> rows`. */
function promised({ defects, expectedFlags }: Manifest): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (key: string, count: number) => {
    counts[key] = (counts[key] ?? 0) + count;
  };
  for (const { outcome, entity, table, rule, count } of defects) {
    if (judgedTables.has(table)) add(`${outcome} ${entity ?? table} ${rule}`, count);
  }
  for (const { entity, rule, count } of expectedFlags) {
    if (judgedEntities.has(entity)) add(`flagged ${entity} ${rule}`, count);
  }
  return counts;
}

/** A defect-free hospital that is large enough to have everything. */
const sound = sample(400, 11, 0);
/** A hospital that is large enough to have every kind of defect. */
const defective = sample(150, 3);
const soundTables = new Map<Table, Promise<ReturnType<typeof readTable>>>();

function soundTable(table: Table): Promise<ReturnType<typeof readTable>> {
  const known = soundTables.get(table) ?? sound.then(({ dir }) => readTable(dir, table));
  soundTables.set(table, known);
  return known;
}

describe("the same hospital", () => {
  it("is written byte for byte for the same seed, with the same manifest", async () => {
    const [one, two] = [await sample(40, 7), await sample(40, 7)];
    expect(hashes(one.dir)).toEqual(hashes(two.dir));
    expect(Object.keys(hashes(one.dir))).toEqual(
      [...tables.map((table) => fileOf(table)), "linked_patients.csv", MANIFEST].sort(),
    );
  });

  it("is another for another seed", async () => {
    const [one, two] = [hashes((await sample(10, 7)).dir), hashes((await sample(10, 8)).dir)];
    for (const table of ["patients", "encounters", "observations"] as const) {
      expect(one[fileOf(table)]).not.toBe(two[fileOf(table)]);
    }
  });

  it("keeps each sound row where defects are added", async () => {
    const [without, with_] = [await sample(30, 7, 0), await sample(30, 7, 0.1)];
    for (const table of tables) {
      const lines = new Set(readFileSync(join(with_.dir, fileOf(table)), "utf8").split("\n"));
      const lost = readFileSync(join(without.dir, fileOf(table)), "utf8")
        .split("\n")
        .filter((line) => !lines.has(line));
      expect([table, lost]).toEqual([table, []]);
    }
  });

  it("does not depend on how many patients follow", async () => {
    // Up to 249 patients the network is the same.
    const [few, many] = [await sample(5, 7, 0), await sample(9, 7, 0)];
    for (const table of ["patients", "encounters", "observations", "claims"] as const) {
      const text = readFileSync(join(few.dir, fileOf(table)), "utf8");
      expect(readFileSync(join(many.dir, fileOf(table)), "utf8").startsWith(text)).toBe(true);
    }
  });
});

describe("the manifest", () => {
  it("counts what a recount by other code finds, rule by rule", async () => {
    const { dir, manifest } = await defective;
    const found = judge(dir);
    expect(found.counts).toEqual(promised(manifest));
    expect(found.several).toBe(0);
    expect(found.strayed).toBe(0);
  });

  it("has every kind of defect, in its place", async () => {
    const { manifest } = await defective;
    const ids = manifest.defects.map(({ id }) => id);
    const events = [
      "encounter",
      "condition",
      "procedure",
      "prescription",
      "allergy",
      "lab_result",
      "vital_sign",
      "observation",
      "appointment",
    ];
    const expected = events.flatMap((entity) => [
      ...["orphan_patient", "before_birth", "bad_date", "after_death", "exact_duplicate"].map(
        (kind) => `${entity}.${kind}`,
      ),
      ...(entity === "encounter" ? [] : [`${entity}.other_patient`, `${entity}.orphan_encounter`]),
    ]);
    expect(ids).toEqual(expect.arrayContaining(expected));
    expect(ids).toEqual(
      expect.arrayContaining([
        "encounter.unknown_class",
        "encounter.end_before_start",
        "encounter.conflict",
        "appointment.unknown_status",
        "appointment.no_provider",
        "appointment.conflict",
        "prescription.stop_before_start",
        "patient.duplicate_patient",
        "observations.unclosed_quote",
        "encounters.wrong_field_count",
        "patients.wrong_field_count",
        "patient.no_id",
        "coverage.overlap",
        "claim.unbalanced",
        "lab_order.out_of_order",
        "lab_report.unknown_unit",
        "lab_report.conflict",
        "device_vital.implausible",
        "staff.wrong_check_digit",
        "timesheet.contradicted",
        "appointment_change.after_the_end",
        "phi_access_log.no_user",
      ]),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("holds for any small hospital and any rate, each defective row wrong in one thing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12 }),
        fc.nat({ max: 2 ** 40 }),
        fc.constantFrom(0, 0.001, 0.02, 0.3, 1),
        async (patients, seed, rate) => {
          const { dir, manifest } = await sample(patients, seed, rate);
          const found = judge(dir);
          expect(found.counts).toEqual(promised(manifest));
          expect([found.several, found.strayed]).toEqual([0, 0]);
          if (rate === 0) expect(manifest.defects).toEqual([]);
          for (const table of tables) {
            const lines = readFileSync(join(dir, fileOf(table)), "utf8").split("\n");
            expect(lines.length - 2).toBe(manifest.rows[table]);
          }
          rmSync(dir, { recursive: true });
        },
      ),
      { numRuns: 15 },
    );
  });

  it("has as many defects as the rate says", async () => {
    const { manifest } = await sample(120, 5, 0.05);
    const rows = Object.values(judgedRows(manifest)).reduce((sum, count) => sum + count, 0);
    const judged = judgedRows(manifest);
    const defects = manifest.defects.filter(({ entity, table }) => entity !== null && table in judged);
    const share = defects.reduce((sum, { count }) => sum + count, 0) / rows;
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.06);
  });
});

function judgedRows({ rows }: Manifest): Record<string, number> {
  const { encounters, conditions, procedures, medications, allergies, observations, appointments } = rows;
  return { encounters, conditions, procedures, medications, allergies, observations, appointments };
}

describe("the files", () => {
  it.each(tables)("%s has columns that the loader knows, and all that both versions write", async (table) => {
    const header = (await soundTable(table)).header.map((column) => column.toUpperCase());
    const known = folderFormats["synthea-csv"].tables.find(({ name }) => name === table);
    expect(known?.columns).toEqual(expect.arrayContaining(header));
    expect(header).toEqual(expect.arrayContaining([...(known?.stable ?? [])]));
    expect(header).toEqual(columnsOf(table).map((column) => column.toUpperCase()));
  });

  it("has appointments in the form that the loader reads", async () => {
    const { dir } = await sound;
    expect(readFileSync(join(dir, "appointments.csv"), "utf8").split("\n")[0]).toBe(
      "Id,PATIENT,PROVIDER,ORGANIZATION,DEPARTMENT,BOOKED_AT,SCHEDULED_START,SCHEDULED_END,CHECKED_IN_AT,STARTED_AT,ENDED_AT,STATUS,REASONCODE,REASONDESCRIPTION,ENCOUNTER,CREATED_BY,UPDATED_AT",
    );
  });

  it("has no defect at rate 0, in any table", async () => {
    const { dir, manifest } = await sound;
    expect(manifest.defects).toEqual([]);
    for (const table of tables) expect((await soundTable(table)).rejected).toEqual({});
    expect(judge(dir).counts).toEqual(promised(manifest));
    // A version of a report has the id of what it takes the place of.
    const versioned: readonly Table[] = ["lab_reports", "radiology_reports"];
    const identified = tables.filter((name) => columnsOf(name)[0]?.toUpperCase() === "ID" && !versioned.includes(name));
    for (const table of identified) {
      const ids = (await soundTable(table)).rows.map((row) => row.Id ?? row.ID);
      expect([table, new Set(ids).size]).toEqual([table, ids.length]);
    }
  });
});

describe.skipIf(!hasData)("the headers of real exports (needs MEDFORM_DATA)", () => {
  const headerIn = (set: string, table: Table) =>
    gunzipSync(readFileSync(join(data, set, `${table}.csv.gz`)))
      .toString("utf8")
      .split("\n")[0]
      ?.trim()
      .split(",");
  const newer = tables.filter((table) => existsSync(join(data, "synthea-csv-109", `${table}.csv.gz`)));

  it.each(newer)("%s is spelled as in version 3.3", (table) => {
    expect(columnsOf(table)).toEqual(headerIn("synthea-csv-109", table));
  });

  it.each(["observations", "claims", "claims_transactions"] as const)("%s is spelled as in version 3.0", (table) => {
    expect(columnsOf(table)).toEqual(headerIn("synthea-csv-27", table));
  });

  it("procedures has the code system beside what version 3.0 has", () => {
    expect(columnsOf("procedures").filter((column) => column !== "SYSTEM")).toEqual(
      headerIn("synthea-csv-27", "procedures"),
    );
  });
});

/** What is known of a patient to whom nothing happened. */
const demographic: readonly Table[] = ["patients", "patient_identifiers", "patient_contacts", "patient_statuses"];
/** What is planned, and what lasts. */
const ahead: readonly Table[] = ["appointments", "payer_transitions", "provider_schedules", "staff_schedules"];

describe("what a hospital is like", () => {
  const rowsOf = async (table: Table): Promise<readonly Cells[]> => (await soundTable(table)).rows;

  it("refers only to what is there", async () => {
    const ids = async (table: Table) => new Set((await rowsOf(table)).map((row) => row.Id ?? row.ID));
    const known: Readonly<Record<string, ReadonlySet<string | undefined>>> = {
      PATIENT: await ids("patients"),
      PATIENTID: await ids("patients"),
      ENCOUNTER: await ids("encounters"),
      APPOINTMENTID: await ids("encounters"),
      PROVIDER: await ids("providers"),
      PROVIDERID: await ids("providers"),
      SIGNER: await ids("providers"),
      REVIEWER: await ids("providers"),
      ORGANIZATION: await ids("organizations"),
      PAYER: await ids("payers"),
      CLAIMID: await ids("claims"),
      CLAIM: await ids("claims"),
      APPOINTMENT: await ids("appointments"),
      STAFF: await ids("staff"),
      USER_ID: await ids("staff"),
      SCHEDULE: await ids("staff_schedules"),
      BED: await ids("beds"),
      EQUIPMENT: await ids("equipment"),
      LAB_ORDER: await ids("lab_orders"),
      IMAGING_STUDY: await ids("imaging_studies"),
      OTHER_PATIENT: await ids("patients"),
    };
    // What may be empty: the patient of a login or a free bed, the provider of a nurse, the nurse of a dose that nobody gave.
    const optional = "ENCOUNTER APPOINTMENTID SIGNER REVIEWER BED STAFF".split(" ");
    const isOptional = (table: Table, column: string) =>
      optional.includes(column) ||
      (column === "PATIENT" && ["access_log", "bed_days"].includes(table)) ||
      (column === "PROVIDER" && table === "staff");
    // Locums stand in no register.
    const isLocum = (table: Table, column: string, id = "") =>
      table === "encounters" && column === "PROVIDER" && id.startsWith("locum-");
    for (const table of tables) {
      const columns = columnsOf(table).filter((column) => column in known);
      const stray = (await rowsOf(table)).filter((row) =>
        columns.some(
          (column) =>
            !(row[column] === "" && isOptional(table, column)) &&
            !isLocum(table, column, row[column]) &&
            !known[column]?.has(row[column]),
        ),
      );
      expect([table, stray.length]).toEqual([table, 0]);
    }
  });

  it("has several facilities, every class of encounter, and patients without any event", async () => {
    const encounters = await rowsOf("encounters");
    expect(new Set(encounters.map((row) => row.ORGANIZATION)).size).toBeGreaterThanOrEqual(5);
    expect([...new Set(encounters.map((row) => row.ENCOUNTERCLASS))].sort()).toEqual([
      "ambulatory",
      "emergency",
      "home",
      "hospice",
      "inpatient",
      "outpatient",
      "snf",
      "urgentcare",
      "virtual",
      "wellness",
    ]);
    const seen = new Set<string | undefined>();
    for (const table of tables) {
      if (demographic.includes(table)) continue;
      for (const row of await rowsOf(table)) seen.add(row.PATIENT ?? row.PATIENTID);
    }
    const without = (await rowsOf("patients")).filter((row) => !seen.has(row.Id)).length;
    expect(without).toBeGreaterThan(2);
    expect(without).toBeLessThan(40);
  });

  it("keeps appointments in order, with early arrivals and departments that have encounters", async () => {
    const appointments = await rowsOf("appointments");
    const departments = new Set((await rowsOf("encounters")).map((row) => `${row.ORGANIZATION}:${row.ENCOUNTERCLASS}`));
    const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
    let early = 0;
    for (const row of appointments) {
      const { BOOKED_AT = "", SCHEDULED_START = "", SCHEDULED_END = "" } = row;
      const { CHECKED_IN_AT = "", STARTED_AT = "", ENDED_AT = "" } = row;
      for (const text of [BOOKED_AT, SCHEDULED_START, SCHEDULED_END]) expect(text).toMatch(instant);
      expect(BOOKED_AT <= SCHEDULED_START && SCHEDULED_START < SCHEDULED_END).toBe(true);
      if (STARTED_AT !== "") expect(CHECKED_IN_AT <= STARTED_AT).toBe(true);
      if (ENDED_AT !== "") expect(STARTED_AT <= ENDED_AT).toBe(true);
      expect(departments).toContain(row.DEPARTMENT);
      if (STARTED_AT !== "" && STARTED_AT < SCHEDULED_START) early += 1;
    }
    expect(early).toBeGreaterThan(appointments.length / 20);
    const statuses = new Set(appointments.map((row) => row.STATUS));
    for (const status of ["scheduled", "completed", "cancelled", "no_show"]) expect(statuses).toContain(status);
  });

  it("has stays of days, open prescriptions, results after discharge, and laboratory values without an encounter", async () => {
    const stays = (await rowsOf("encounters")).filter((row) => row.ENCOUNTERCLASS === "inpatient" && row.STOP !== "");
    const days = stays.map((row) => (Date.parse(row.STOP ?? "") - Date.parse(row.START ?? "")) / 86_400_000);
    expect(Math.max(...days)).toBeGreaterThan(3);
    const medications = await rowsOf("medications");
    expect(medications.filter((row) => row.STOP === "").length).toBeGreaterThan(100);
    const observations = await rowsOf("observations");
    const outside = observations.filter((row) => row.ENCOUNTER === "" && row.CATEGORY === "laboratory");
    expect(outside.length).toBeGreaterThan(50);
    const flags = (await sound).manifest.expectedFlags.map(({ rule, entity }) => `${entity} ${rule}`);
    for (const flag of ["lab_result outside_encounter", "condition outside_encounter", "encounter after_death"]) {
      expect(flags).toContain(flag);
    }
    const deaths = (await rowsOf("patients")).filter(
      (row) => row.DEATHDATE !== "" && row.HEALTHCARE_EXPENSES !== "0.00",
    );
    expect(observations.filter((row) => row.CODE === "69453-9").length).toBe(deaths.length);
  });

  it("has patients who come back within 30 days, planned or not, elsewhere too, or are moved, as the manifest counts them", async () => {
    const encounters = (await rowsOf("encounters")).toSorted((a, b) => ((a.START ?? "") < (b.START ?? "") ? -1 : 1));
    const sentOn = new Set(
      (await rowsOf("encounter_locations")).filter((row) => row.DISPOSITION === "02").map((row) => row.ENCOUNTER),
    );
    const minutes = (from = "", to = "") => (Date.parse(to) - Date.parse(from)) / 60_000;
    const day = (text = "") => Date.parse(localDay(text) ?? "") / 86_400_000;
    const found = { count: 0, planned: 0, elsewhere: 0, transfers: 0 };
    const onDay: number[] = [];
    const last = new Map<string, Cells>();
    const emergencies = new Map<string, Cells>();
    for (const row of encounters) {
      const patient = row.PATIENT ?? "";
      if (row.ENCOUNTERCLASS === "emergency") emergencies.set(patient, row);
      if (row.ENCOUNTERCLASS !== "inpatient") continue;
      const before = last.get(patient);
      last.set(patient, row);
      if (before === undefined) continue;
      const isElsewhere = before.ORGANIZATION !== row.ORGANIZATION;
      const days = day(row.START) - day(before.STOP);
      expect(minutes(before.STOP, row.START)).toBeGreaterThan(0);
      if (sentOn.has(before.Id) && isElsewhere && minutes(before.STOP, row.START) <= 240) found.transfers += 1;
      else if (days <= 30) {
        found.count += 1;
        onDay.push(days);
        if (isElsewhere) found.elsewhere += 1;
        if (!(minutes(emergencies.get(patient)?.STOP, row.START) <= 40)) found.planned += 1;
      }
    }
    const { readmissions } = (await sound).manifest;
    expect(found).toEqual(readmissions);
    for (const [kind, count] of Object.entries(readmissions)) expect([kind, count > 0]).toEqual([kind, true]);
    const stays = encounters.filter((row) => row.ENCOUNTERCLASS === "inpatient").length;
    expect(readmissions.count / stays).toBeGreaterThan(0.08);
    expect(readmissions.count / stays).toBeLessThan(0.18);
    // Sooner rather than later.
    expect(onDay.filter((days) => days <= 15).length).toBeGreaterThan(onDay.length / 2);
    const operated = (await rowsOf("procedures")).filter((row) => row.SYSTEM === "ICD-10-PCS");
    expect(operated.length).toBeGreaterThan(0);
  });

  it("sends both unit systems, by place, in plausible numbers", async () => {
    const observations = await rowsOf("observations");
    const unitsOf = (code: string) => new Set(observations.filter((row) => row.CODE === code).map((row) => row.UNITS));
    expect(unitsOf("2339-0")).toEqual(new Set(["mg/dL", "mmol/L"]));
    expect(unitsOf("38483-4")).toEqual(new Set(["mg/dL", "umol/L"]));
    expect(unitsOf("29463-7")).toEqual(new Set(["kg", "[lb_av]"]));
    expect(unitsOf("8310-5")).toEqual(new Set(["Cel", "[degF]"]));
    const glucose = observations
      .filter((row) => row.CODE === "2339-0")
      .map((row) => Number(row.VALUE) * (row.UNITS === "mmol/L" ? 18.0156 : 1));
    expect(Math.min(...glucose)).toBeGreaterThan(40);
    expect(Math.max(...glucose)).toBeLessThan(250);
    for (const category of ["vital-signs", "laboratory", "survey", "social-history", "exam", ""]) {
      expect(observations.some((row) => row.CATEGORY === category)).toBe(true);
    }
    expect(observations.some((row) => row.VALUE?.startsWith("<"))).toBe(true);
  });

  it("has evenings that are the next day in UTC, and nothing after its today but what is booked", async () => {
    const observations = await rowsOf("observations");
    expect(observations.some((row) => localDay(row.DATE ?? "") !== row.DATE?.slice(0, 10))).toBe(true);
    for (const table of tables) {
      if (ahead.includes(table)) continue;
      const times = (await rowsOf(table)).flatMap((row) => [row.START, row.STOP, row.DATE]);
      expect([table, times.filter((time = "") => time > "2025-06-30T21:00:00Z")]).toEqual([table, []]);
    }
    const visits = (await rowsOf("encounters")).filter((row) => row.STOP !== "");
    expect(visits.filter((row) => (row.STOP ?? "") <= (row.START ?? ""))).toEqual([]);
  });

  it("gives everybody a social security number that nobody has, and each claim a balance", async () => {
    const twice = new Set(readTable((await sound).dir, "linked_patients").rows.map((row) => row.OTHER));
    const patients = (await rowsOf("patients")).filter((row) => !twice.has(row.Id));
    const numbers = patients.map((row) => row.SSN ?? "");
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(number).toMatch(/^999-\d{2}-\d{4}$/);
    const charge = new Map<string, number>();
    const cents = (text: string | undefined) => Math.round(Number(text || 0) * 100);
    for (const row of await rowsOf("claims_transactions")) {
      const change = row.TYPE === "CHARGE" ? cents(row.AMOUNT) : -cents(row.PAYMENTS) - cents(row.ADJUSTMENTS);
      charge.set(row.CLAIMID ?? "", (charge.get(row.CLAIMID ?? "") ?? 0) + change);
    }
    for (const claim of await rowsOf("claims")) {
      expect(charge.get(claim.Id ?? "")).toBe(cents(claim.OUTSTANDINGP) + cents(claim.OUTSTANDING1));
    }
  });

  it("quotes what CSV must quote", async () => {
    const [medications, appointments] = [await rowsOf("medications"), await rowsOf("appointments")];
    expect(medications.some((row) => row.DESCRIPTION?.startsWith("insulin isophane, human"))).toBe(true);
    expect(appointments.some((row) => row.REASONDESCRIPTION?.includes('"white coat" hypertension, home'))).toBe(true);
  });
});

describe("the folder", () => {
  const request = { patients: 3, seed: 1 };

  it("is created, and a former sample is overwritten", async () => {
    const out = join(fresh(), "deep", "er");
    await generateSample({ ...request, out });
    const first = hashes(out);
    await generateSample({ ...request, seed: 2, out });
    expect(hashes(out)["patients.csv"]).not.toBe(first["patients.csv"]);
    expect(Object.keys(hashes(out))).toEqual(Object.keys(first));
  });

  it("is refused where it holds something else, and left as it is", async () => {
    const out = fresh();
    mkdirSync(out);
    writeFileSync(join(out, "patients.csv"), "Id\n");
    await expect(generateSample({ ...request, out })).rejects.toMatchObject({
      problems: [{ code: "sample-folder-in-use" }],
    });
    expect(readdirSync(out)).toEqual(["patients.csv"]);
  });

  it("is refused where a sample has something beside it", async () => {
    const { dir } = await sample(2, 1);
    writeFileSync(join(dir, "notes.txt"), "mine");
    await expect(generateSample({ ...request, out: dir })).rejects.toMatchObject({
      problems: [{ code: "sample-folder-in-use" }],
    });
  });

  it("keeps the former sample where a new one is interrupted", async () => {
    const { dir } = await sample(40, 1);
    const before = hashes(dir);
    const abort = new AbortController();
    const interrupted = generateSample({
      patients: 400,
      seed: 2,
      out: dir,
      signal: abort.signal,
      onProgress: () => abort.abort(new Error("stop")),
    });
    await expect(interrupted).rejects.toThrow("stop");
    expect(hashes(dir)).toEqual(before);
  });

  it("is known again after a crash that left its parts", async () => {
    const out = fresh();
    mkdirSync(out);
    writeFileSync(join(out, "manifest.json.part"), JSON.stringify({ medform: "sample", complete: false }));
    writeFileSync(join(out, "patients.csv.part"), "Id");
    writeFileSync(join(out, "encounters.csv"), "Id");
    const manifest = await generateSample({ ...request, out });
    expect(manifest.complete).toBe(true);
    expect(readdirSync(out).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("goes back as far as it is asked to", async () => {
    const out = fresh();
    await generateSample({ patients: 60, seed: 3, rate: 0, years: 2, out });
    const dead = new Set(readTable(out, "patients").rows.flatMap(({ Id, DEATHDATE }) => (DEATHDATE ? [Id] : [])));
    const living = readTable(out, "encounters").rows.filter(({ PATIENT }) => !dead.has(PATIENT));
    const starts = living.map(({ START = "" }) => START);
    expect(starts.length).toBeGreaterThan(60);
    expect(starts.filter((start) => start < "2023-06-01")).toEqual([]);
  });

  it("refuses what is no request", async () => {
    const out = fresh();
    for (const wrong of [
      { patients: 1.5 },
      { patients: -1 },
      { patients: 1_000_001 },
      { seed: -1 },
      { rate: 2 },
      { rate: Number.NaN },
    ]) {
      await expect(generateSample({ ...request, ...wrong, out })).rejects.toMatchObject({
        problems: [{ code: "sample-option" }],
      });
    }
    expect(existsSync(out)).toBe(false);
  });
});
