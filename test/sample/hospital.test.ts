/** What a hospital delivers beside Synthea's export: the files agree with the loader, the descriptions and one another. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { folderFormats } from "../../src/load/index.js";
import { columnsOf, generateSample, type Table, tables } from "../../src/sample/index.js";
import { type Cells, localDay, readTable } from "./recount.js";

type Described = Readonly<Record<string, { readonly fields: readonly { readonly header: string }[] }>>;
const require = createRequire(import.meta.url);
const described = ["people", "operations", "care"].map(
  (part) => require(`../../includes/hospital/${part}.js`) as Described,
);

const root = mkdtempSync(join(tmpdir(), "medform-sample-hospital-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const out = join(root, "sample");
const written = generateSample({ patients: 300, seed: 5, out, rate: 0 });
const read = new Map<Table, readonly Cells[]>();

async function rowsOf(table: Table): Promise<readonly Cells[]> {
  await written;
  const rows = read.get(table) ?? readTable(out, table).rows;
  read.set(table, rows);
  return rows;
}

function byColumn(rows: readonly Cells[], column: string): ReadonlyMap<string | undefined, readonly Cells[]> {
  const groups = new Map<string | undefined, Cells[]>();
  for (const row of rows) groups.set(row[column], [...(groups.get(row[column]) ?? []), row]);
  return groups;
}

const at = (text = "") => Date.parse(text) / 1000;
const TODAY = "2025-06-30";
const hospitalTables = folderFormats["synthea-csv"].tables.filter(({ landing }) => landing.startsWith("HOSPITAL_"));

describe("the contract", () => {
  it("is one for the generator, the loader and the descriptions of bronze", () => {
    const asLoaded = Object.fromEntries(hospitalTables.map(({ name, columns }) => [name, columns]));
    const asDescribed = Object.fromEntries(
      described.flatMap((part) =>
        Object.entries(part).map(([name, { fields }]) => [name, fields.map(({ header }) => header)]),
      ),
    );
    const asWritten = Object.fromEntries(
      tables.filter((table) => table in asLoaded).map((table) => [table, columnsOf(table)]),
    );
    expect(asWritten).toEqual(asLoaded);
    expect(asDescribed).toEqual(asLoaded);
  });

  // Decisions about pairs are rare; a small hospital may have none.
  const common = hospitalTables.map(({ name }) => name as Table).filter((name) => name !== "identity_decisions");
  it.each(common)("has rows in %s", async (table) => {
    expect((await rowsOf(table)).length).toBeGreaterThan(0);
  });
});

describe("the hospital's own tables", () => {
  it("tell how each appointment came to its status, in order", async () => {
    const changes = byColumn(await rowsOf("appointment_changes"), "APPOINTMENT");
    for (const appointment of await rowsOf("appointments")) {
      const list = changes.get(appointment.Id) ?? [];
      expect(list[0]).toMatchObject({ FROM_STATUS: "", TO_STATUS: "scheduled", CHANGED_AT: appointment.BOOKED_AT });
      expect(list.at(-1)?.TO_STATUS).toBe(appointment.STATUS);
      list.slice(1).forEach((change, before) => {
        expect(change.FROM_STATUS).toBe(list[before]?.TO_STATUS);
        expect(at(change.CHANGED_AT)).toBeGreaterThanOrEqual(at(list[before]?.CHANGED_AT));
      });
    }
  });

  it("have remittances that add up to what the claims' lines say", async () => {
    const cents = (text: string | undefined) => Math.round(Number(text || 0) * 100);
    const sums = new Map<string, number>();
    const add = (claim: string | undefined, what: string, by: number) =>
      sums.set(`${claim} ${what}`, (sums.get(`${claim} ${what}`) ?? 0) + by);
    const insured = new Set<string | undefined>();
    for (const row of await rowsOf("remittances")) {
      insured.add(row.CLAIM);
      if (row.DECISION !== "denied") add(row.CLAIM, row.DECISION ?? "", cents(row.AMOUNT));
    }
    for (const row of await rowsOf("claims_transactions")) {
      if (!insured.has(row.CLAIMID)) continue;
      if (row.METHOD === "ECHECK") add(row.CLAIMID, "paid", -cents(row.PAYMENTS));
      if (row.TYPE === "ADJUSTMENT") add(row.CLAIMID, "adjusted", -cents(row.ADJUSTMENTS));
    }
    expect([...sums.values()].filter((sum) => sum !== 0)).toEqual([]);
    const decisions = new Set((await rowsOf("remittances")).map((row) => row.DECISION));
    expect(decisions).toEqual(new Set(["paid", "denied", "adjusted"]));
  });

  it("give each provider an NPI with a check digit that is right, by other arithmetic", async () => {
    const numbers = (await rowsOf("staff")).filter((row) => row.ROLE === "provider").map((row) => row.NPI ?? "");
    expect(numbers.length).toBeGreaterThan(20);
    for (const npi of numbers) {
      expect(npi).toMatch(/^[12]\d{9}$/);
      // CMS: the constant 24 stands for the prefix 80840; every other digit from the left is doubled.
      const sum = [...npi.slice(0, 9)].reduce((total, digit, index) => {
        const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
        return total + Math.floor(doubled / 10) + (doubled % 10);
      }, 24);
      expect((10 - (sum % 10)) % 10).toBe(Number(npi[9]));
    }
  });

  it("have licences that end within sixty days, and later", async () => {
    const days = (await rowsOf("licenses"))
      .filter((row) => row.STATUS === "active")
      .map((row) => (at(row.EXPIRES_ON) - at(TODAY)) / 86_400);
    expect(days.filter((left) => left <= 60).length).toBeGreaterThan(0);
    expect(days.filter((left) => left > 60).length).toBeGreaterThan(10);
    expect(Math.min(...days)).toBeGreaterThan(0);
  });

  it("say where each patient went, once a stay that is over, and that who died there died", async () => {
    const locations = await rowsOf("encounter_locations");
    const deaths = new Map((await rowsOf("patients")).map((row) => [row.Id, row.DEATHDATE]));
    const left = locations.filter((row) => row.DISPOSITION !== "");
    const stays = new Map((await rowsOf("encounters")).map((row) => [row.Id, row]));
    const over = [...new Set(locations.map((row) => row.ENCOUNTER))].filter((id) => stays.get(id)?.STOP !== "");
    expect(left.map((row) => row.ENCOUNTER).toSorted()).toEqual(over.toSorted());
    for (const row of left) {
      expect(row.STOP).toBe(stays.get(row.ENCOUNTER)?.STOP);
      const died = localDay(row.STOP ?? "") === deaths.get(row.PATIENT);
      expect([row.ENCOUNTER, row.DISPOSITION === "20"]).toEqual([row.ENCOUNTER, died]);
    }
    // Home, to another hospital, nursing, home health, against advice, died, rehabilitation.
    const known = ["01", "02", "03", "06", "07", "20", "62"];
    expect(known.filter((status) => !left.some((row) => row.DISPOSITION === status))).toEqual([]);
  });

  it("put one patient into a bed at a time, within the stay, and count bed days by it", async () => {
    const encounters = new Map((await rowsOf("encounters")).map((row) => [row.Id, row]));
    const locations = await rowsOf("encounter_locations");
    const nights = new Set<string>();
    const twice: (string | undefined)[] = [];
    for (const row of locations) {
      const stay = encounters.get(row.ENCOUNTER);
      expect(stay?.ENCOUNTERCLASS).toBe("inpatient");
      expect(at(row.START)).toBeGreaterThanOrEqual(at(stay?.START));
      if (row.STOP === "") expect(stay?.STOP).toBe("");
      else if (stay?.STOP !== "") expect(at(row.STOP)).toBeLessThanOrEqual(at(stay?.STOP));
      const last = row.STOP === "" ? "9999-12-31" : (localDay(row.STOP ?? "") ?? "");
      for (let day = at(localDay(row.START ?? "")); row.BED !== ""; day += 86_400) {
        const date = new Date(day * 1000).toISOString().slice(0, 10);
        if (date >= last || date > TODAY) break;
        if (nights.has(`${row.BED} ${date}`)) twice.push(row.BED);
        nights.add(`${row.BED} ${date}`);
      }
    }
    expect(twice).toEqual([]);
    const days = await rowsOf("bed_days");
    for (const row of days)
      expect([row.BED, nights.has(`${row.BED} ${row.DATE}`)]).toEqual([row.BED, row.STATUS === "occupied"]);
    expect(new Set(days.map((row) => row.STATUS))).toEqual(new Set(["occupied", "free", "blocked"]));
    expect(new Set(days.map((row) => `${row.BED} ${row.DATE}`)).size).toBe(days.length);
  });

  it("use each piece of equipment for one patient at a time", async () => {
    const uses = byColumn(await rowsOf("equipment_usage"), "EQUIPMENT");
    for (const list of uses.values()) {
      const sorted = list.toSorted((a, b) => at(a.START) - at(b.START));
      sorted.slice(1).forEach((use, before) => {
        expect(at(use.START)).toBeGreaterThanOrEqual(at(sorted[before]?.STOP));
      });
    }
  });

  it("order, collect and result each laboratory test in this order, some corrected, some critical and never told", async () => {
    const orders = new Map((await rowsOf("lab_orders")).map((row) => [row.ID, row]));
    const reports = await rowsOf("lab_reports");
    for (const row of reports) {
      const order = orders.get(row.LAB_ORDER);
      expect(order?.STATUS).toBe("completed");
      expect(at(order?.ORDERED_AT)).toBeLessThanOrEqual(at(order?.COLLECTED_AT));
      expect(at(order?.COLLECTED_AT)).toBeLessThanOrEqual(at(row.RESULTED_AT));
      expect(at(row.RESULTED_AT)).toBeLessThanOrEqual(at(row.UPDATED_AT));
    }
    const critical = reports.filter((row) => row.FLAG === "HH" || row.FLAG === "LL");
    expect(critical.some((row) => row.NOTIFIED_AT === "")).toBe(true);
    expect(critical.some((row) => at(row.NOTIFIED_AT) > at(row.RESULTED_AT))).toBe(true);
    expect(reports.filter((row) => row.STATUS === "corrected").length).toBeGreaterThan(10);
    expect(new Set(reports.filter((row) => row.CODE === "2339-0").map((row) => row.UNITS))).toEqual(
      new Set(["mg/dL", "mmol/L"]),
    );
  });

  it("log who failed to get in, who looked without any part in the care, and at night", async () => {
    const log = await rowsOf("access_log");
    const night = (row: Cells) =>
      localDay(row.ACCESSED_AT ?? "") === row.ACCESSED_AT?.slice(0, 10) && Number(row.ACCESSED_AT?.slice(11, 13)) < 10;
    expect(log.filter((row) => row.ACTION === "login" && row.OUTCOME === "failure").length).toBeGreaterThan(10);
    expect(log.filter((row) => row.RELATIONSHIP === "none" && row.PATIENT !== "" && night(row)).length).toBeGreaterThan(
      0,
    );
    expect(log.filter((row) => row.RELATIONSHIP === "care_team").length).toBeGreaterThan(50);
  });

  it("number each patient once in each register, and each version of a document once", async () => {
    const numbers = (await rowsOf("patient_identifiers")).filter((row) => row.KIND === "mrn");
    expect(new Set(numbers.map((row) => `${row.AUTHORITY} ${row.VALUE}`)).size).toBe(numbers.length);
    expect(new Set(numbers.map((row) => `${row.AUTHORITY} ${row.PATIENT}`)).size).toBe(numbers.length);
    const versions = await rowsOf("documents");
    expect(new Set(versions.map((row) => `${row.DOCUMENT} ${row.VERSION}`)).size).toBe(versions.length);
    const vitals = await rowsOf("device_vitals");
    expect(new Set(vitals.map((row) => `${row.DEVICE} ${row.SEQUENCE}`)).size).toBe(vitals.length);
  });
});

describe("patients who are known twice", () => {
  it("are other rows with visits of their own in another register, nearly the same, and counted", async () => {
    const { linkedPatients } = await written;
    const pairs = readTable(out, "linked_patients").rows;
    expect(pairs.length).toBe(linkedPatients);
    expect(pairs.length).toBeGreaterThan(3);
    const patients = new Map((await rowsOf("patients")).map((row) => [row.Id, row]));
    expect(patients.size).toBe(300 + pairs.length);
    const registers = byColumn(
      (await rowsOf("patient_identifiers")).filter((row) => row.KIND === "mrn"),
      "PATIENT",
    );
    const seen = new Set((await rowsOf("encounters")).map((row) => row.PATIENT));
    let [same, withNumber] = [0, 0];
    for (const { PATIENT, OTHER } of pairs) {
      const [one, two] = [patients.get(PATIENT), patients.get(OTHER)];
      expect(one?.GENDER).toBe(two?.GENDER);
      expect(seen).toContain(OTHER);
      const authorities = (id: string | undefined) => (registers.get(id) ?? []).map((row) => row.AUTHORITY);
      expect(authorities(PATIENT).filter((authority) => authorities(OTHER).includes(authority))).toEqual([]);
      if (two?.SSN !== "") withNumber += 1;
      if (one?.FIRST === two?.FIRST && one?.LAST === two?.LAST && one?.BIRTHDATE === two?.BIRTHDATE) same += 1;
    }
    expect(withNumber).toBeLessThan(pairs.length / 2);
    expect(same).toBeLessThan(pairs.length);
    expect(new Set(pairs.map(({ OTHER }) => OTHER)).size).toBe(pairs.length);
  });
});
