/** What is said of deliveries: scores, codes, lateness, headers and absence; and what of a patient changes beside them. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files } from "./csv.js";
import { graph, type Hospital, openHospital } from "./hospital.js";

const asOf = "2024-06-08T00:00:00Z";
const delivered = [
  "facility",
  "provider",
  "patient",
  "patient_identifier",
  "payer",
  "coverage",
  "encounter",
  "appointment",
  "vital_sign",
  "bed",
];

const unit = { ORGANIZATION: "o" };
const visit = { PATIENT: "p", PROVIDER: "r", CODE: "185349003", ...unit };
const height = { PATIENT: "p", CATEGORY: "vital-signs", CODE: "8302-2", TYPE: "numeric" };
const booking = {
  PATIENT: "p",
  PROVIDER: "r",
  BOOKED_AT: "2024-05-30T10:00:00Z",
  SCHEDULED_START: "2024-07-01T10:00:00Z",
};

const first: Delivery = {
  organizations: [{ Id: "o", NAME: "Place" }],
  providers: [{ Id: "r", ORGANIZATION: "o", NAME: "Ray" }],
  patients: [
    { Id: "p", BIRTHDATE: "1980-05-01", FIRST: "Ann", LAST: "Ash", GENDER: "F", ZIP: "10001" },
    { Id: "q", BIRTHDATE: "never", LAST: "Birch", GENDER: "M" },
  ],
  patient_identifiers: [
    { ID: "1", PATIENT: "p", AUTHORITY: "north", KIND: "mrn", VALUE: "ab-12 3" },
    { ID: "2", PATIENT: "p", AUTHORITY: "north", KIND: "passport", VALUE: "X9", VALID_TO: "2024-06-01" },
  ],
  payers: [
    { Id: "A", NAME: "Ace" },
    { Id: "B", NAME: "Best" },
  ],
  payer_transitions: [
    { PATIENT: "p", START_DATE: "2020-01-01T00:00:00Z", END_DATE: "2024-06-03T00:00:00Z", PAYER: "A" },
    { PATIENT: "p", START_DATE: "2024-06-03T00:00:00Z", END_DATE: "2025-01-01T00:00:00Z", PAYER: "B" },
    { PATIENT: "p", START_DATE: "2025-01-01T00:00:00Z", PAYER: "A" },
  ],
  encounters: [
    { Id: "old", START: "2010-05-01T10:00:00Z", STOP: "2010-05-01T11:00:00Z", ENCOUNTERCLASS: "inpatient", ...visit },
    { Id: "odd", START: "2024-05-01T10:00:00Z", STOP: "2024-05-01T11:00:00Z", ENCOUNTERCLASS: "Daycare", ...visit },
  ],
  observations: [
    { DATE: "2024-05-01T10:00:00Z", VALUE: "1", UNITS: "furlong", ...height },
    { DATE: "2024-05-02T10:00:00Z", VALUE: "172", UNITS: "cm", ...height },
    { DATE: "2024-05-03T10:00:00Z", VALUE: "tall", UNITS: "cm", ...height },
    { DATE: "2024-05-04T10:00:00Z", VALUE: "9000", UNITS: "cm", ...height },
  ],
  appointments: [
    { Id: "1", STATUS: "waitlist", ...booking },
    { Id: "2", STATUS: "call 5551234", ...booking },
  ],
};

const second: Delivery = {
  encounters: [
    // A correction of what was told, what an earlier file should have told, and what could not come earlier.
    { Id: "old", START: "2010-05-01T10:00:00Z", STOP: "2010-05-01T12:00:00Z", ENCOUNTERCLASS: "inpatient", ...visit },
    { Id: "late", START: "2024-05-20T10:00:00Z", STOP: "2024-05-20T12:00:00Z", ENCOUNTERCLASS: "inpatient", ...visit },
    { Id: "new", START: "2024-06-01T10:00:00Z", STOP: "2024-06-01T12:00:00Z", ENCOUNTERCLASS: "daycare", ...visit },
  ],
};
const third: Delivery = {
  encounters: [{ Id: "last", START: "2024-06-04T10:00:00Z", ENCOUNTERCLASS: "inpatient", ...visit }],
};

let hospital: Hospital;
beforeAll(async () => {
  const entities = (await graph()).actions.flatMap(({ target: { name } }) =>
    name.endsWith("_VERDICT") ? [name.slice(0, -"_VERDICT".length).toLowerCase()] : [],
  );
  hospital = await openHospital({
    only: [
      ...["quality_score", "unmapped_code", "late_file", "schema_drift"],
      ...["dim_patient_version", "patient_search_number", "payer", "bed"],
    ],
    asleep: entities.filter((entity) => !delivered.includes(entity)),
  });
});
afterAll(() => hospital[Symbol.asyncDispose]());

/** A file of no rows with this header: names as written, each by the column that it is. */
const empty = (delivered: string, header: Readonly<Record<string, string>>) =>
  hospital.rows(
    `insert into "EHR".RAW.LOADED_FILE by name
     select 'north-' || '${delivered}' as batch_id, 'north' as source_system, 'SYNTHEA_SUPPLIES' as table_name, 'supplies.csv' as file,
       '${delivered}' as content_hash, timestamp '${delivered}' as delivered_at, 0 as record_count, 0 as landed_count,
       0 as rejected_count, timestamp '2026-02-01' as loaded_at,
       '${JSON.stringify(Object.entries(header).map(([written, column]) => ({ written, column })))}' as header`,
  );

describe("three deliveries", () => {
  beforeAll(async () => {
    await hospital.land({ id: "one", delivered: "2024-06-01T00:00:00", files: files(first) });
    await hospital.land({ id: "two", delivered: "2024-06-02T00:00:00", files: files(second) });
    await hospital.land({ id: "three", delivered: "2024-06-05T00:00:00", files: files(third) });
    const supplies = { DATE: "DATE", PATIENT: "PATIENT", ENCOUNTER: "ENCOUNTER", CODE: "CODE", QUANTITY: "QUANTITY" };
    await empty("2024-01-01", { ...supplies, DESCRIPTION: "DESCRIPTION" });
    await empty("2024-01-02", { ...supplies, LOT: "LOT" });
    await empty("2024-01-03", { ...supplies, LOT: "LOT", Description: "DESCRIPTION" });
    await empty("2024-01-04", { ...supplies, DESCRIPTION: "DESCRIPTION" });
    await empty("2024-01-05", supplies);
    await hospital.refresh({ asOf });
  });

  it("are scored by what failed of what was checked", async () => {
    const scores = await hospital.rows(
      `select delivered_date, category, numerator, denominator, score, reason from "EHR".GOLD.QUALITY_SCORE
       where table_name = 'synthea_encounters' order by all`,
    );
    const of = (delivered_date: string, category: string, failed: number, made: number) => ({
      ...{ delivered_date, category, numerator: made - failed, denominator: made },
      ...{ score: expect.anything(), reason: null },
    });
    // Seven columns must be given and five typed. The older version of one encounter is checked by its values alone.
    expect(scores).toEqual([
      of("2024-06-01", "completeness", 0, 1 + 2 * 7),
      of("2024-06-01", "conformance", 1, 1 + 2 * 5),
      of("2024-06-01", "plausibility", 0, 1),
      of("2024-06-02", "completeness", 0, 3 + 3 * 7),
      of("2024-06-02", "conformance", 1, 3 + 3 * 5),
      of("2024-06-02", "plausibility", 0, 3),
      of("2024-06-05", "completeness", 0, 1 + 7),
      of("2024-06-05", "conformance", 0, 1 + 5),
      of("2024-06-05", "plausibility", 0, 1),
    ]);
    const failed = await hospital.rows(
      `select table_name, category, check_name, checked_count, failed_count from "EHR".GOLD.QUALITY_CHECK
       where failed_count > 0 and table_name in ('synthea_patients', 'synthea_observations') order by all`,
    );
    expect(failed.map((row) => Object.values(row).map(String).join(" "))).toEqual([
      "synthea_observations conformance as vital_sign 4 1",
      "synthea_observations conformance typed 8 1",
      "synthea_observations plausibility as vital_sign 4 1",
      "synthea_patients completeness given 10 1",
      "synthea_patients conformance typed 14 1",
    ]);
    expect(
      await hospital.count(`select count(*) from "EHR".GOLD.QUALITY_SCORE where (score is null) = (reason is null)`),
    ).toBe(0);
  });

  it("say words that nobody knows, and no words that may be anything", async () => {
    expect(
      await hospital.rows(
        `select table_name, column_name, measured_code, code, row_count from "EHR".GOLD.UNMAPPED_CODE order by all`,
      ),
    ).toEqual(
      [
        ["synthea_appointments", "status", null, "(text)", 1],
        ["synthea_appointments", "status", null, "waitlist", 1],
        ["synthea_encounters", "encounter_class", null, "Daycare", 1],
        ["synthea_encounters", "encounter_class", null, "daycare", 1],
        ["synthea_observations", "unit", "8302-2", "furlong", 1],
      ].map(([table_name, column_name, measured_code, code, row_count]) => ({
        ...{ table_name, column_name, measured_code, code, row_count },
      })),
    );
  });

  it("are late, or bring what is late, by what their source declares", async () => {
    expect(
      await hospital.rows(
        `select lateness, table_name, due_at, delivered_at, cast(late_hours as integer) as late_hours, event_count
         from "EHR".GOLD.LATE_FILE order by all`,
      ),
    ).toEqual([
      {
        ...{ lateness: "late_events", table_name: "synthea_encounters", due_at: null },
        ...{ delivered_at: "2024-06-02T00:00:00", late_hours: 300 - 48, event_count: 1 },
      },
      {
        ...{ lateness: "missing", table_name: null, due_at: "2024-06-07T00:00:00" },
        ...{ delivered_at: null, late_hours: 24, event_count: null },
      },
      {
        ...{ lateness: "overdue", table_name: null, due_at: "2024-06-04T00:00:00" },
        ...{ delivered_at: "2024-06-05T00:00:00", late_hours: 24, event_count: null },
      },
    ]);
  });

  it("have headers that differ from a file on, and until another", async () => {
    expect(
      await hospital.rows(
        `select drift, column_name, began_at, ended_at, file_count from "EHR".GOLD.SCHEMA_DRIFT
         where sent_by = 'north' order by all`,
      ),
    ).toEqual([
      drift("missing", "DESCRIPTION", "02", "03", 1),
      drift("missing", "DESCRIPTION", "05", null, 1),
      drift("new", "LOT", "02", "04", 2),
      drift("rewritten", "DESCRIPTION", "03", "04", 1),
    ]);
  });

  it("tell of patients by whom they were insured, and by which numbers they are found", async () => {
    expect(
      await hospital.rows(
        `select version.patient_id, payer.payer_id, version.valid_from, version.valid_to, version.is_current
         from "EHR".GOLD.DIM_PATIENT_VERSION as version
         left join "EHR".SILVER.PAYER as payer on payer.payer_key = version.primary_payer_key order by 1, 3`,
      ),
    ).toEqual([
      version("p", "A", "2024-06-01T00:00:00", "2024-06-03T00:00:00"),
      version("p", "B", "2024-06-03T00:00:00", null),
      version("q", null, "2024-06-01T00:00:00", null),
    ]);
    expect(
      await hospital.rows(
        `select search_number, identifier_kind, valid_to_date, search_name from "EHR".GOLD.PATIENT_SEARCH_NUMBER
         where authority = 'north' order by all`,
      ),
    ).toEqual([
      { search_number: "AB123", identifier_kind: "mrn", valid_to_date: null, search_name: "ASH, ANN" },
      { search_number: "X9", identifier_kind: "passport", valid_to_date: "2024-06-01", search_name: "ASH, ANN" },
    ]);
  });
});

const january = (day: string | null) => (day === null ? null : `2024-01-${day}T00:00:00`);
const drift = (kind: string, column_name: string, began: string, ended: string | null, file_count: number) => ({
  ...{ drift: kind, column_name, began_at: january(began), ended_at: january(ended), file_count },
});
const version = (patient_id: string, payer_id: string | null, valid_from: string, valid_to: string | null) => ({
  ...{ patient_id, payer_id, valid_from, valid_to, is_current: valid_to === null },
});

interface Snapshot {
  /** Hour of its delivery. */
  readonly hour: number;
  readonly beds: readonly string[];
  readonly isDamaged: boolean;
}

const at = (hour: number) => new Date(Date.UTC(2024, 0, 1, hour)).toISOString().slice(0, 19);

/** By bed: since when it is absent, by what stands in the snapshots alone. */
function absentOf(snapshots: readonly Snapshot[]): Readonly<Record<string, string>> {
  const absent: Record<string, string> = {};
  for (const bed of new Set(snapshots.flatMap(({ beds }) => beds))) {
    const seen = Math.max(...snapshots.filter(({ beds }) => beds.includes(bed)).map(({ hour }) => hour));
    const without = snapshots.filter(({ hour, isDamaged }) => hour > seen && !isDamaged).map(({ hour }) => hour);
    if (without.length > 0) absent[bed] = at(Math.min(...without));
  }
  return absent;
}

describe("snapshots", () => {
  it("say what is absent, and since when, in whatever order they are loaded", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `bed-${index}`);
    const beds = fc.subarray(names, { minLength: 1 });
    const snapshots = fc
      .uniqueArray(fc.record({ hour: fc.nat(99), beds, isDamaged: fc.boolean() }), {
        minLength: 3,
        maxLength: 4,
        selector: ({ hour }) => hour,
      })
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
    await fc.assert(
      fc.asyncProperty(snapshots, fc.integer({ min: 100, max: 199 }), async (all, again) => {
        await hospital.empty();
        await hospital.land({ id: "who", files: files({ organizations: [{ Id: "o", NAME: "Place" }] }) });
        const landed: Snapshot[] = [];
        const held = async () => {
          await hospital.refresh({ asOf });
          const rows = await hospital.rows(
            `select bed.bed_id, cast(absence.absent_since as varchar) as since from "EHR".SILVER.ABSENCE as absence
             inner join "EHR".SILVER.BED as bed on bed.bed_key = absence.record_key`,
          );
          expect(
            Object.fromEntries(rows.map(({ bed_id, since }) => [bed_id, String(since).replace(" ", "T")])),
          ).toEqual(absentOf(landed));
          expect(await hospital.count('select count(*) from "EHR".SILVER.BED')).toBe(
            new Set(landed.flatMap((snapshot) => snapshot.beds)).size,
          );
          expect(
            await hospital.count(
              `select count(*) from "EHR".SILVER.FINDING where rule = 'absent_from_snapshot' and entity = 'bed'`,
            ),
          ).toBe(rows.length);
        };
        for (const [index, snapshot] of all.entries()) {
          const id = `b${index}`;
          const lines = snapshot.beds.map((ID) => ({ ID, KIND: "ward", ...unit }));
          await hospital.land({ id, delivered: at(snapshot.hour), files: files({ beds: lines }) });
          const rejected = snapshot.isDamaged ? 1 : 0;
          await hospital.rows(`update "EHR".RAW.LOADED_FILE set rejected_count = ${rejected} where batch_id = '${id}'`);
          landed.push(snapshot);
          if (index === 1) await held();
        }
        // One of them comes again, as it was: what it holds returns, what it does not goes.
        const [repeated] = all;
        if (repeated === undefined) return;
        await hospital.rows(
          `insert into "EHR".RAW.REPEATED_FILE
           select source_system, table_name, file, content_hash, timestamp '${at(again)}', loaded_at
           from "EHR".RAW.LOADED_FILE where batch_id = 'b0' and table_name = 'HOSPITAL_BEDS'`,
        );
        landed.push({ ...repeated, hour: again });
        await held();
      }),
      { numRuns: process.env.MEDFORM_LONG === "1" ? 10 : 1, endOnFailure: true },
    );
  }, 600_000);
});
