/** What care costs and who pays for it, and what a register knows of patients, on a tiny hospital written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files, type Line } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";

const insured = (PATIENT: string, START_DATE: string, END_DATE: string, PAYER: string, SECONDARY_PAYER = "") => ({
  PATIENT,
  START_DATE,
  END_DATE,
  PAYER,
  SECONDARY_PAYER,
});

const claim = (Id: string, more: Line): Line => ({
  Id,
  PATIENTID: "p",
  PROVIDERID: "r",
  PRIMARYPATIENTINSURANCEID: "blue",
  SECONDARYPATIENTINSURANCEID: "0",
  APPOINTMENTID: "e",
  SERVICEDATE: "2011-01-01T15:00:00Z",
  ...more,
});

const transaction = (CLAIMID: string, ID: string, TYPE: string, more: Line): Line => ({
  ID,
  CLAIMID,
  PATIENTID: "p",
  TYPE,
  FROMDATE: "2011-01-01T15:00:00Z",
  APPOINTMENTID: "e",
  ...more,
});

const remittance = (ID: string, more: Line): Line => ({
  ID,
  CLAIM: "even",
  PATIENT: "p",
  PAYER: "blue",
  DECISION: "paid",
  POSTED_AT: "2011-02-01T15:00:00Z",
  ...more,
});

const number = (ID: string, more: Line): Line => ({
  ID,
  PATIENT: "p",
  AUTHORITY: "East",
  KIND: "mrn",
  VALUE: "0000001",
  ...more,
});

const status = (
  ID: string,
  PATIENT: string,
  STATUS: string,
  CHANGED_AT: string,
  CONFIDENTIALITY: string,
  LANGUAGE: string,
) => ({
  ID,
  PATIENT,
  STATUS,
  CHANGED_AT,
  CONFIDENTIALITY,
  LANGUAGE,
});

const delivery: Delivery = {
  patients: [
    { Id: "p", BIRTHDATE: "1980-05-01", SSN: "999-00-0001" },
    { Id: "q", BIRTHDATE: "1990-01-01" },
    { Id: "d", BIRTHDATE: "1950-01-01", DEATHDATE: "2015-03-03" },
  ],
  patient_identifiers: [
    number("1", { VALID_FROM: "2010-01-01", VALID_TO: "2010-01-01" }),
    number("2", { KIND: "ssn", VALUE: "999000001" }),
    number("3", { KIND: "shoe size" }),
    number("4", { VALUE: "" }),
    number("5", { PATIENT: "nobody" }),
  ],
  patient_contacts: [
    { ID: "1", PATIENT: "p", NAME: "Second", RELATIONSHIP: "sibling", PRIORITY: "2", UPDATED_AT: "2015-01-01" },
    { ID: "2", PATIENT: "p", NAME: "First", RELATIONSHIP: "spouse", PRIORITY: "1", UPDATED_AT: "2015-02-01" },
    { ID: "2", PATIENT: "p", NAME: "Former", RELATIONSHIP: "spouse", PRIORITY: "1", UPDATED_AT: "2014-02-01" },
    { ID: "3", PATIENT: "nobody", NAME: "Whose", PRIORITY: "1" },
  ],
  patient_statuses: [
    status("1", "p", "active", "2010-01-01", "", "en-US"),
    status("2", "p", "inactive", "2011-01-01", "vip", "es"),
    status("3", "q", "inactive", "2010-01-01", "N", "en-US"),
    status("4", "q", "transferred", "2011-01-01", "secret", "en-US"),
    status("5", "q", "inactive", "2012-01-01", "secret", "en-US"),
    status("6", "d", "active", "2015-06-01", "normal", "en-US"),
    status("7", "q", "asleep", "2013-01-01", "normal", "en-US"),
    status("8", "q", "active", "", "normal", "en-US"),
  ],
  risk_scores: [
    { ID: "1", PATIENT: "p", SCORE_NAME: "lace", SCORE: "4", SCORED_AT: "2011-01-01T15:00:00Z" },
    { ID: "2", PATIENT: "p", SCORE_NAME: "lace", SCORE: "9", SCORED_AT: "2012-01-01T15:00:00Z" },
    { ID: "3", PATIENT: "p", SCORE_NAME: "lace", SCORE: "9", SCORED_AT: "2013-01-01T15:00:00Z" },
    { ID: "4", PATIENT: "p", SCORE_NAME: "morse", SCORE: "1", SCORED_AT: "2011-01-01T15:00:00Z" },
    { ID: "5", PATIENT: "d", SCORE_NAME: "morse", SCORE: "1", SCORED_AT: "2016-01-01T15:00:00Z" },
  ],
  legal_holds: [
    // After whatever has happened: it holds all the same.
    { ID: "1", PATIENT: "p", PLACED_AT: "2030-01-01", REASON: "litigation" },
    { ID: "2", PATIENT: "p", PLACED_AT: "2012-01-01", LIFTED_AT: "2011-01-01" },
    { ID: "3", PATIENT: "p", LIFTED_AT: "2011-01-01" },
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
  providers: [{ Id: "r" }],
  encounters: [
    {
      Id: "e",
      PATIENT: "p",
      START: "2011-01-01T15:00:00Z",
      STOP: "2011-01-01T16:00:00Z",
      ENCOUNTERCLASS: "ambulatory",
    },
    { Id: "of-q", PATIENT: "q", START: "2011-01-01T15:00:00Z", ENCOUNTERCLASS: "ambulatory" },
  ],
  claims: [
    claim("even", { OUTSTANDING1: "0.10", OUTSTANDINGP: "10.20" }),
    claim("overpaid", {}),
    claim("short", { OUTSTANDINGP: "1" }),
    claim("without lines", { PRIMARYPATIENTINSURANCEID: "0" }),
    claim("unknown payer", { PRIMARYPATIENTINSURANCEID: "nobody", PROVIDERID: "nobody" }),
    claim("lost", { APPOINTMENTID: "nowhere" }),
    claim("stolen", { APPOINTMENTID: "of-q" }),
    claim("orphan", { PATIENTID: "nobody" }),
    claim("dateless", { SERVICEDATE: "" }),
    claim("unborn", { SERVICEDATE: "1980-04-30" }),
    claim("", {}),
  ],
  claims_transactions: [
    transaction("even", "1", "CHARGE", { AMOUNT: "100.30", TRANSFERTYPE: "1" }),
    transaction("even", "2", "PAYMENT", { PAYMENTS: "50.00", METHOD: "ECHECK" }),
    transaction("even", "3", "PAYMENT", { PAYMENTS: "15.00", METHOD: "COPAY" }),
    transaction("even", "4", "PAYMENT", { PAYMENTS: "5.00", METHOD: "barter" }),
    transaction("even", "5", "ADJUSTMENT", { ADJUSTMENTS: "20.00" }),
    transaction("even", "6", "TRANSFEROUT", { TRANSFERS: "10.20" }),
    transaction("even", "7", "TRANSFERIN", { TRANSFERS: "10.20", AMOUNT: "10.20", TRANSFERTYPE: "p" }),
    transaction("overpaid", "8", "CHARGE", { AMOUNT: "0.02", TRANSFERTYPE: "1" }),
    transaction("overpaid", "9", "PAYMENT", { PAYMENTS: "75.00", METHOD: "COPAY" }),
    transaction("short", "10", "CHARGE", { AMOUNT: "1.01", TRANSFERTYPE: "p" }),
    transaction("nothing", "11", "CHARGE", { AMOUNT: "1" }),
    transaction("even", "12", "DONATION", { PAYMENTS: "1" }),
    transaction("even", "13", "PAYMENT", { PATIENTID: "q", PAYMENTS: "1", APPOINTMENTID: "" }),
    transaction("stolen", "14", "PAYMENT", { PAYMENTS: "1" }),
  ],
  remittances: [
    remittance("1", { DECISION: "denied", AMOUNT: "100.30", REASON_CODE: "197" }),
    remittance("2", { DECISION: "PAID", AMOUNT: "50" }),
    remittance("3", { DECISION: "perhaps" }),
    remittance("4", { POSTED_AT: "" }),
    remittance("5", { CLAIM: "nothing", PAYER: "nobody" }),
    remittance("6", { PATIENT: "q" }),
  ],
};

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ gold: true });
  await hospital.land({ id: "one", delivered: "2016-01-01", files: files(delivery) });
  await hospital.refresh({ asOf: "2016-01-01T00:00:00Z" });
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
  });
});

/** What stands against each id in a verdict table: the rules that keep it out, else its flags. */
const verdicts = async (entity: string, id = `${entity}_id`) =>
  Object.fromEntries(
    (
      await hospital.rows(
        `select coalesce(${id}, '') as id, coalesce('out: ' || broken_rules, flags, '') as said from "EHR".SILVER.${entity}_VERDICT`,
      )
    ).map(({ id, said }) => [id, said]),
  );

describe("claims", () => {
  it("are kept out without key, patient or time, and flagged where what they name is not known", async () => {
    expect(await verdicts("claim")).toEqual({
      even: "",
      overpaid: "",
      short: "",
      "without lines": "",
      "unknown payer": "payer_unresolved,provider_unresolved",
      lost: "encounter_unresolved",
      stolen: "out: encounter_other_patient",
      orphan: "out: patient_unresolved",
      dateless: "out: event_time_missing",
      unborn: "out: before_birth",
      "": "out: key_missing",
    });
    expect(await verdicts("claim_line")).toEqual({ 1: "", 8: "", 10: "", 11: "claim_unresolved" });
    expect(await verdicts("payment")).toEqual({
      2: "",
      3: "",
      4: "",
      5: "",
      6: "",
      7: "",
      9: "",
      12: "out: status_unmapped",
      13: "out: claim_other_patient",
      14: "claim_unresolved",
    });
    expect(await verdicts("remittance")).toEqual({
      1: "",
      2: "",
      3: "out: status_unmapped",
      4: "out: event_time_missing",
      5: "claim_unresolved,payer_unresolved",
      6: "out: claim_other_patient",
    });
  });

  it("balance where the charge is what was paid, adjusted and is outstanding; transfers and decisions change nothing", async () => {
    expect(
      await lines(
        `select claim_id, charge_usd::double, insurance_paid_usd::double, patient_paid_usd::double, paid_usd::double, adjusted_usd::double,
           outstanding_usd::double, difference_usd::double, is_balanced
         from "EHR".SILVER.CLAIM_BALANCE join "EHR".SILVER.CLAIM using (claim_key)
         where claim_id not in ('lost', 'unknown payer') order by all`,
      ),
    ).toEqual([
      "even 100.3 50 15 70 20 10.3 0 true",
      "overpaid 0.02 0 75 75 0 0 -74.98 false",
      "short 1.01 0 0 0 0 1 0.01 false",
      "without lines - - - - - 0 - -",
    ]);
    expect(
      await lines(
        `select claim_id from "EHR".SILVER.FINDING join "EHR".SILVER.CLAIM on claim_key = record_key where rule = 'claim_balance' order by all`,
      ),
    ).toEqual(["overpaid", "short"]);
  });

  it("are no events of a patient", async () => {
    expect(await lines(`select distinct event_type from "EHR".SILVER.PATIENT_EVENT`)).toEqual(["encounter"]);
  });
});

describe("the register", () => {
  it("knows a patient by numbers, and keeps of a social security number only its hash", async () => {
    expect(
      await lines(
        `select patient_id, identifier_kind, i.authority, identifier_value, valid_from, flags from "EHR".SILVER.PATIENT_IDENTIFIER as i
         join (select patient_key, patient_id from "EHR".SILVER.PATIENT) using (patient_key) where patient_id = 'p' order by all`,
      ),
    ).toEqual([
      "p mrn East 0000001 2010-01-01 stop_before_start",
      "p mrn synthea p - -",
      "p ssn East - - -",
      "p ssn US Social Security Administration - - -",
    ]);
    expect(
      await lines(
        `select count(distinct identifier_hash)::integer from "EHR".SILVER.PATIENT_IDENTIFIER where identifier_kind = 'ssn'`,
      ),
    ).toEqual(["1"]);
    expect(await lines(`select broken_rules from "EHR".SILVER.PATIENT_IDENTIFIER_QUARANTINE order by all`)).toEqual([
      "key_missing",
      "patient_unresolved",
      "status_unmapped",
    ]);
  });

  it("calls contacts in their order, each as last changed", async () => {
    expect(await lines(`select priority, contact_name from "EHR".SILVER.PATIENT_CONTACT order by all`)).toEqual([
      "1 First",
      "2 Second",
    ]);
  });

  it("says what a patient is: by its last word, but that nobody comes back from death, and protects what it does not know", async () => {
    expect(
      await lines(`select patient_id, status, confidentiality, language from "EHR".SILVER.PATIENT order by all`),
    ).toEqual(["d deceased normal en-US", "p inactive vip es", "q inactive restricted en-US"]);
    expect(await verdicts("patient_status")).toEqual({
      1: "",
      2: "",
      3: "",
      4: "",
      5: "",
      6: "",
      7: "out: status_unmapped",
      8: "out: event_time_missing",
    });
    expect(
      await lines(
        `select patient_status_id, previous_status, status, is_legal, is_current from "EHR".SILVER.PATIENT_STATUS order by all`,
      ),
    ).toEqual([
      "1 - active true false",
      "2 active inactive true true",
      "3 - inactive true false",
      "4 inactive transferred true false",
      "5 transferred inactive false true",
      "6 - active true true",
    ]);
    expect(
      await lines(
        `select patient_status_id from "EHR".SILVER.FINDING join "EHR".SILVER.PATIENT_STATUS on patient_status_key = record_key where rule = 'transition_illegal'`,
      ),
    ).toEqual(["5"]);
    expect(
      await lines(
        `select status, confidentiality, language, valid_from::date::varchar, valid_to::date::varchar from "EHR".SILVER.PATIENT_STATUS_HISTORY
         join (select patient_key, patient_id from "EHR".SILVER.PATIENT) using (patient_key) where patient_id = 'p' order by all`,
      ),
    ).toEqual(["active normal en-US 2010-01-01 2011-01-01", "inactive vip es 2011-01-01 -"]);
  });

  it("scores risk, with the value before, and holds what must not be destroyed", async () => {
    expect(
      await lines(
        `select score_name, score, current_since::date::varchar, previous_score, previous_since::date::varchar
         from "EHR".SILVER.PATIENT_RISK_SCORE join (select patient_key, patient_id from "EHR".SILVER.PATIENT) using (patient_key) where patient_id = 'p' order by all`,
      ),
    ).toEqual(["lace 9 2012-01-01 4 2011-01-01", "morse 1 2011-01-01 - -"]);
    expect(await verdicts("risk_score")).toEqual({ 1: "", 2: "", 3: "", 4: "", 5: "after_death" });
    expect(await verdicts("legal_hold")).toEqual({ 1: "", 2: "stop_before_start", 3: "out: event_time_missing" });
  });
});

describe("gold", () => {
  it("shows of a claim what was paid by whom, and what the payer decided, or why it does not", async () => {
    expect(
      await lines(
        `select claim_id, payer_id, charge_usd::double, insurance_paid_usd::double, patient_paid_usd::double, g.balance_reason,
           decision, denied_count::integer, denied_usd::double, denial_reason_code, decision_reason
         from "EHR".GOLD.FCT_CLAIM as g join "EHR".SILVER.CLAIM using (claim_key) left join "EHR".GOLD.DIM_PAYER as p on p.payer_key = g.payer_key
         where claim_id in ('even', 'without lines') order by all`,
      ),
    ).toEqual(["even blue 100.3 50 15 - paid 1 100.3 197 -", "without lines - - - - no line - - - - no decision"]);
  });

  it("shows of an encounter what its claims charged, beside what it says itself", async () => {
    expect(
      await lines(
        `select encounter_id, claim_count::integer, claimed_usd::double, claim_insurance_paid_usd::double, claim_patient_paid_usd::double,
           claim_adjusted_usd::double, claim_outstanding_usd::double
         from "EHR".GOLD.FCT_ENCOUNTER join "EHR".SILVER.ENCOUNTER using (encounter_key) order by all`,
      ),
    ).toEqual(["e 5 101.33 50 90 20 11.3", "of-q 0 - - - - -"]);
  });

  const retention = `select patient_id, last_encounter_date, majority_date, retain_until, retain_reason, tier, hold_count::integer, is_due, is_destroyable
    from "EHR".GOLD.RETENTION join "EHR".SILVER.PATIENT_XREF using (person_id) join "EHR".SILVER.PATIENT using (patient_key) order by all`;

  it("keeps a record by the last encounter, and none is due yet", async () => {
    expect(await lines(retention)).toEqual([
      "d - 1968-01-01 - no encounter - 0 false false",
      "p 2011-01-01 1998-05-01 2021-01-01 - warm 2 false false",
      "q 2011-01-01 2008-01-01 2021-01-01 - warm 0 false false",
    ]);
    expect(await lines(`select person_id from "EHR".GOLD.DESTRUCTION_MANIFEST`)).toEqual([]);
  });

  it("lists what is due, and nothing that is held", async () => {
    await hospital.refresh({ asOf: "2021-01-01T12:00:00Z" });
    expect(await lines(retention)).toEqual([
      "d - 1968-01-01 - no encounter - 0 false false",
      "p 2011-01-01 1998-05-01 2021-01-01 - archive 2 true false",
      "q 2011-01-01 2008-01-01 2021-01-01 - archive 0 true true",
    ]);
    expect(
      await lines(
        `select patient_id, entity, row_count::integer from "EHR".GOLD.DESTRUCTION_MANIFEST
         join "EHR".SILVER.PATIENT_XREF using (person_id) join "EHR".SILVER.PATIENT using (patient_key) order by all`,
      ),
    ).toEqual([
      "q coverage 2",
      "q encounter 1",
      "q patient 1",
      "q patient_address 1",
      "q patient_identifier 1",
      "q patient_status 3",
    ]);
  });

  it("lists nobody of whom an encounter waits to be judged", async () => {
    const odd = { Id: "odd", PATIENT: "q", START: "2016-12-01T15:00:00Z", ENCOUNTERCLASS: "unheard of" };
    await hospital.land({ id: "waits", delivered: "2016-12-31", files: files({ encounters: [odd] }) });
    await hospital.refresh({ asOf: "2021-01-01T12:00:00Z" });
    expect((await lines(retention)).filter((line) => line.startsWith("q"))).toEqual([
      "q 2011-01-01 2008-01-01 2021-01-01 - archive 0 true false",
    ]);
    expect(await lines(`select person_id from "EHR".GOLD.DESTRUCTION_MANIFEST`)).toEqual([]);
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
        patient_statuses: [status("9", "p", "active", "2016-01-01", "normal", "es")],
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
    expect(
      await lines(`select rule from "EHR".SILVER.FINDING where rule = 'payer_unresolved' and entity = 'coverage'`),
    ).toEqual([]);
    const register = `select patient_id, status, confidentiality from "EHR".SILVER.PATIENT order by all`;
    const known = ["d deceased normal", "nobody active normal", "p active normal", "q inactive restricted"];
    expect(await lines(register)).toEqual(known);
    await hospital.refresh({ full: true });
    expect(await lines(register)).toEqual(known);
    expect(await lines(coverage)).toEqual(increment);
    expect(await lines(unbalanced)).toEqual([]);
  });
});
