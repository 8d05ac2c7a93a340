/** What care costs and who pays for it, on a tiny hospital written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";

const insured = (PATIENT: string, START_DATE: string, END_DATE: string, PAYER: string, SECONDARY_PAYER = "") => ({
  PATIENT,
  START_DATE,
  END_DATE,
  PAYER,
  SECONDARY_PAYER,
});

const delivery: Delivery = {
  patients: [
    { Id: "p", BIRTHDATE: "1980-05-01" },
    { Id: "q", BIRTHDATE: "1990-01-01" },
  ],
  payers: [{ Id: "blue" }, { Id: "green" }, { Id: "" }],
  payer_transitions: [
    insured("p", "2010-01-01", "2012-01-01", "blue", "green"),
    // Begins before the other one ends, which ends there.
    insured("p", "2011-07-01", "2013-01-01", "green"),
    insured("p", "2014-01-01", "", "blue"),
    // The next one ends what is open; that is no overlap.
    insured("p", "2015-01-01", "", "unheard of"),
    insured("q", "2010-01-01", "2009-01-01", "blue"),
    // Covers no time; the other one that begins then stands.
    insured("q", "2012-01-01", "2012-01-01", "blue"),
    insured("q", "2012-01-01", "2013-01-01", "green"),
    insured("nobody", "2010-01-01", "", "blue"),
    insured("q", "some day", "", "blue"),
  ],
};

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital();
  await hospital.land({ id: "one", delivered: "2016-01-01", files: files(delivery) });
  await hospital.refresh();
});
afterAll(() => hospital[Symbol.asyncDispose]());

/** Rows as text, one line each. */
const lines = async (sql: string) =>
  (await hospital.rows(sql)).map((row) =>
    Object.values(row)
      .map((value) => value ?? "-")
      .join(" "),
  );

const coverage = `select p.patient_id, c.coverage_rank, c.payer_raw, c.valid_from::date::varchar, c.valid_to::date::varchar, c.is_current
  from "EHR".SILVER.COVERAGE as c join "EHR".SILVER.PATIENT as p using (patient_key) order by all`;

const unbalanced = `select * from "EHR".SILVER.ACCOUNTING where left_count is distinct from right_count`;

describe("coverage", () => {
  it("never overlaps within a rank, and has one that is current", async () => {
    expect(await lines(coverage)).toEqual([
      "p primary blue 2010-01-01 2011-07-01 false",
      "p primary blue 2014-01-01 2015-01-01 false",
      "p primary green 2011-07-01 2013-01-01 false",
      "p primary unheard of 2015-01-01 - true",
      "p secondary green 2010-01-01 2012-01-01 true",
      "q primary blue 2010-01-01 2012-01-01 false",
      "q primary green 2012-01-01 2013-01-01 true",
    ]);
  });

  it("says what was sent otherwise, and keeps out what has no patient or no start", async () => {
    expect(
      await lines(
        `select rule, payer_raw, start_date from "EHR".SILVER.FINDING
         join "EHR".SILVER.COVERAGE on coverage_key = record_key where entity = 'coverage' order by all`,
      ),
    ).toEqual([
      "conflict green 2012-01-01",
      "coverage_overlap blue 2010-01-01",
      "payer_unresolved unheard of 2015-01-01",
      "stop_before_start blue 2010-01-01",
    ]);
    expect(await lines(`select broken_rules from "EHR".SILVER.COVERAGE_QUARANTINE order by all`)).toEqual([
      "event_time_missing",
      "patient_unresolved",
    ]);
    expect(await lines(`select broken_rules from "EHR".SILVER.PAYER_QUARANTINE`)).toEqual(["key_missing"]);
  });

  it("counts a row that says two payers on two routes", async () => {
    expect(
      await lines(
        `select route, sum(row_count)::integer from "EHR".SILVER.DISPOSITION where route like '% > coverage %' group by route order by all`,
      ),
    ).toEqual([
      "synthea_payer_transitions > coverage (primary) 9",
      "synthea_payer_transitions > coverage (secondary) 1",
    ]);
    expect(await lines(unbalanced)).toEqual([]);
  });
});

describe("a later delivery", () => {
  it("ends what it changes, and is what a full refresh makes", async () => {
    await hospital.land({
      id: "two",
      delivered: "2017-01-01",
      files: files({
        patients: [{ Id: "nobody" }],
        payers: [{ Id: "unheard of" }],
        payer_transitions: [insured("p", "2016-03-01", "", "green")],
      }),
    });
    await hospital.refresh();
    const increment = await lines(coverage);
    expect(increment).toEqual([
      "nobody primary blue 2010-01-01 - true",
      "p primary blue 2010-01-01 2011-07-01 false",
      "p primary blue 2014-01-01 2015-01-01 false",
      "p primary green 2011-07-01 2013-01-01 false",
      "p primary green 2016-03-01 - true",
      "p primary unheard of 2015-01-01 2016-03-01 false",
      "p secondary green 2010-01-01 2012-01-01 true",
      "q primary blue 2010-01-01 2012-01-01 false",
      "q primary green 2012-01-01 2013-01-01 true",
    ]);
    expect(await lines(`select rule from "EHR".SILVER.FINDING where rule = 'payer_unresolved'`)).toEqual([]);
    await hospital.refresh({ full: true });
    expect(await lines(coverage)).toEqual(increment);
    expect(await lines(unbalanced)).toEqual([]);
  });
});
