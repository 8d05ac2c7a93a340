/** What increments leave equals what a full refresh makes, whatever came in which batch and in which order. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files, type Line } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";

let hospital: Hospital;
beforeAll(async () => {
  // Judged by the same text as conditions and laboratory results.
  hospital = await openHospital({ asleep: ["procedure", "allergy", "vital_sign", "observation"] });
});
afterAll(() => hospital[Symbol.asyncDispose]());

/** Content of every silver table, row by row; only which run judged a row may differ. */
async function contents(): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await hospital.rows(
    `select table_name as name from information_schema.tables
     where table_catalog = 'EHR' and table_schema = 'SILVER' and table_type = 'BASE TABLE' order by name`,
  );
  const all: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const kept = name === "AS_OF" ? "*" : "columns(c -> lower(c) not in ('run_id', 'judged_run'))";
    // What was once concluded cannot be made anew: only who somebody is now.
    const shown =
      name === "PATIENT_XREF"
        ? 'select patient_key, person_id from "EHR".SILVER.PATIENT_XREF where valid_to is null order by all'
        : `select ${kept} from "EHR".SILVER."${name}" order by all`;
    const rows = await hospital.rows(shown);
    all[String(name)] = rows.map((row) => JSON.stringify(row));
  }
  return all;
}

const judgedLast = () =>
  hospital.count(`select max(judged_run) from (
    select judged_run from "EHR".SILVER.PATIENT_VERDICT union all select judged_run from "EHR".SILVER.ENCOUNTER_VERDICT
    union all select judged_run from "EHR".SILVER.CONDITION_VERDICT union all select judged_run from "EHR".SILVER.LAB_RESULT_VERDICT
    union all select judged_run from "EHR".SILVER.APPOINTMENT_VERDICT)`);

interface Arrival {
  readonly delivered: string;
  readonly rows: Delivery;
}

async function increments(arrivals: readonly Arrival[]): Promise<void> {
  await hospital.empty();
  for (const [index, { delivered, rows }] of arrivals.entries()) {
    await hospital.land({ id: `batch-${index}`, delivered, files: files(rows) });
    await hospital.refresh();
  }
  const before = await judgedLast();
  const incremental = await contents();
  await hospital.refresh();
  expect(await judgedLast()).toBe(before);
  expect(await contents()).toEqual(incremental);
  expect(
    await hospital.rows(`select * from "EHR".SILVER.ACCOUNTING where left_count is distinct from right_count`),
  ).toEqual([]);
  await hospital.refresh({ full: true });
  expect(incremental).toEqual(await contents());
}

describe("increments equal a full refresh", () => {
  const visit = (id: string, patient: string, more: Line = {}): Line => ({
    Id: id,
    START: "2020-05-01T10:00:00Z",
    STOP: "2020-05-01T11:00:00Z",
    PATIENT: patient,
    ORGANIZATION: "o1",
    PROVIDER: "r1",
    ENCOUNTERCLASS: "ambulatory",
    ...more,
  });
  const event = (patient: string, encounter: string, more: Line = {}): Line => ({
    START: "2020-05-01T10:30:00Z",
    PATIENT: patient,
    ENCOUNTER: encounter,
    CODE: "c1",
    ...more,
  });

  it("where children come first, births are corrected, deliveries come late, and the newest is invalid", async () => {
    const deliveries: readonly Arrival[] = [
      {
        delivered: "2024-03-01",
        rows: {
          patients: [{ Id: "moved", BIRTHDATE: "1980-01-01" }, { Id: "late" }, { Id: "kept" }],
          encounters: [
            visit("before", "moved"),
            visit("newest", "late", { TOTAL_CLAIM_COST: "3" }),
            visit("valid", "kept"),
          ],
          conditions: [event("first", "first"), event("moved", "before", { START: "2021-07-01" })],
          medications: [event("first", "first")],
          appointments: [
            { Id: "a", PATIENT: "first", PROVIDER: "r1", SCHEDULED_START: "2020-05-01T10:00:00Z", STATUS: "completed" },
          ],
        },
      },
      {
        delivered: "2024-01-01",
        rows: {
          encounters: [
            visit("first", "first"),
            visit("newest", "late", { TOTAL_CLAIM_COST: "1" }),
            visit("newest", "late", { TOTAL_CLAIM_COST: "1" }),
          ],
        },
      },
      {
        delivered: "2024-04-01",
        rows: {
          patients: [
            { Id: "first", BIRTHDATE: "1980-01-01" },
            { Id: "moved", BIRTHDATE: "2021-01-01" },
          ],
          encounters: [visit("valid", "nobody yet")],
        },
      },
      {
        delivered: "2024-02-01",
        rows: {
          providers: [{ Id: "r1", ORGANIZATION: "o1" }],
          organizations: [{ Id: "o1" }],
          encounters: [visit("newest", "late", { TOTAL_CLAIM_COST: "2" })],
        },
      },
    ];
    await increments(deliveries);

    // Children that waited for their parents are in their place, and nothing is left to find.
    expect(
      await hospital.rows(
        `select event_type, encounter_key is not null as placed, PATIENT_EVENT.flags
         from "EHR".SILVER.PATIENT_EVENT join "EHR".SILVER.PATIENT using (patient_key)
         where patient_id = 'first' order by all`,
      ),
    ).toEqual([
      { event_type: "appointment", placed: false, flags: null },
      { event_type: "condition", placed: true, flags: null },
      { event_type: "encounter", placed: true, flags: null },
      { event_type: "prescription", placed: true, flags: null },
    ]);
    expect(
      await hospital.count(`select count(*) from "EHR".SILVER.PRESCRIPTION where prescriber_key is not null`),
    ).toBe(1);

    // A corrected birth date took the encounter out from under its condition.
    expect(
      await hospital.rows(`select encounter_id, broken_rules from "EHR".SILVER.ENCOUNTER_QUARANTINE order by all`),
    ).toEqual([
      { encounter_id: "before", broken_rules: "before_birth" },
      { encounter_id: "valid", broken_rules: "patient_unresolved" },
    ]);
    expect(
      await hospital.rows(`select encounter_key, flags from "EHR".SILVER.CONDITION where encounter_raw = 'before'`),
    ).toEqual([{ encounter_key: null, flags: "encounter_unresolved" }]);

    // What is older than the current version is older whenever it comes.
    expect(
      await hospital.rows(
        `select total_claim_cost::integer as cost, disposition from "EHR".SILVER.ENCOUNTER_VERDICT
         where encounter_id = 'newest' order by all`,
      ),
    ).toEqual([
      { cost: 1, disposition: "duplicate" },
      { cost: 1, disposition: "superseded" },
      { cost: 2, disposition: "superseded" },
      { cost: 3, disposition: "current" },
    ]);

    // The last valid version stays until the newest can be admitted.
    const owner = () =>
      hospital.rows(
        `select patient_id from "EHR".SILVER.ENCOUNTER join "EHR".SILVER.PATIENT using (patient_key) where encounter_id = 'valid'`,
      );
    expect(await owner()).toEqual([{ patient_id: "kept" }]);
    await hospital.land({ id: "last", delivered: "2024-05-01", files: files({ patients: [{ Id: "nobody yet" }] }) });
    await hospital.refresh();
    expect(await owner()).toEqual([{ patient_id: "nobody yet" }]);
  });

  const pick = (...values: string[]) => fc.constantFrom(...values);
  const rows = <T>(row: fc.Arbitrary<T>, maxLength: number) => fc.array(row, { maxLength });
  const patient = pick("p1", "p2", "p3", "");
  const encounter = pick("e1", "e2", "e3", "");
  const start = pick("2009-12-31", "2010-06-01T12:00:00Z", "2015-03-01T15:00:00Z", "2020-05-01T03:30:00Z", "no day");
  const stop = pick("", "2010-06-01T13:00:00Z", "2015-03-02T15:00:00Z", "2020-05-01");
  const anEvent = { PATIENT: patient, ENCOUNTER: encounter, CODE: pick("c1", "c2") };
  const arrival: fc.Arbitrary<Arrival> = fc.record({
    delivered: pick("2024-01-01", "2024-02-01", "2024-03-01"),
    rows: fc.record({
      patients: rows(
        fc.record({
          Id: patient,
          BIRTHDATE: pick("1950-01-01", "2010-06-01", "", "2015-04-01"),
          DEATHDATE: pick("", "2018-01-01", "1940-01-01"),
          SSN: pick("999-11-1111", "999-22-2222", ""),
          CITY: pick("here", "there"),
        }),
        3,
      ),
      organizations: rows(fc.record({ Id: pick("o1", "o2") }), 2),
      providers: rows(fc.record({ Id: pick("r1", "r2"), ORGANIZATION: pick("o1", "o2") }), 2),
      encounters: rows(
        fc.record({
          Id: encounter,
          START: start,
          STOP: stop,
          PATIENT: patient,
          ORGANIZATION: pick("o1", "o2", ""),
          PROVIDER: pick("r1", "r2", "r3"),
          ENCOUNTERCLASS: pick("ambulatory", "inpatient", "unheard"),
          TOTAL_CLAIM_COST: pick("1", "2"),
        }),
        4,
      ),
      conditions: rows(fc.record({ ...anEvent, START: start, STOP: stop }), 4),
      medications: rows(fc.record({ ...anEvent, START: start, STOP: stop, DISPENSES: pick("1", "2") }), 4),
      observations: rows(
        fc.record({
          ...anEvent,
          DATE: start,
          CODE: pick("2339-0", "8867-4"),
          CATEGORY: fc.constant("laboratory"),
          VALUE: pick("5", "<90", "300", "words"),
          UNITS: pick("mg/dL", "mmol/L", "/min"),
          TYPE: pick("numeric", "text"),
        }),
        4,
      ),
      appointments: rows(
        fc.record({
          Id: pick("a1", "a2"),
          PATIENT: patient,
          PROVIDER: pick("r1", "r2", "r3"),
          SCHEDULED_START: start,
          STATUS: pick("scheduled", "completed", "unheard"),
          ENCOUNTER: encounter,
          UPDATED_AT: pick("", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
        }),
        3,
      ),
    }),
  });

  // Ten deliveries in days/ take its place where it must be quick.
  it.skipIf(process.env.MEDFORM_LONG !== "1")(
    "for random deliveries (needs MEDFORM_LONG)",
    { timeout: 900_000 },
    async () => {
      await fc.assert(fc.asyncProperty(fc.array(arrival, { minLength: 3, maxLength: 4 }), increments), { numRuns: 12 });
    },
  );
});
