/** Orders, doses, reports, documents and harm: what of them is admitted, flagged and kept out, written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files, type Line } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";

/** During the visit of `p`: ten to eleven in New York. */
const at = (time: string) => `2010-06-01T${time}:00Z`;
const row = (ID: string, more: Line): Line => ({ ID, PATIENT: "p", ENCOUNTER: "e", ...more });
const order = (id: string, more: Line = {}): Line =>
  row(id, { PROVIDER: "r", CODE: "24323-8", ORDERED_AT: at("14:10"), STATUS: "completed", ...more });
const result = (id: string, CODE: string, VALUE: string, UNITS: string, more: Line = {}): Line =>
  row(id, {
    LAB_ORDER: "ordered",
    CODE,
    VALUE,
    UNITS,
    TYPE: "numeric",
    STATUS: "final",
    RESULTED_AT: at("16:00"),
    ...more,
  });
const pulse = (DEVICE: string, SEQUENCE: string, VALUE: string): Line => ({
  DEVICE,
  SEQUENCE,
  PATIENT: "p",
  ENCOUNTER: "e",
  MEASURED_AT: at("14:30"),
  CODE: "8867-4",
  VALUE,
  UNITS: "/min",
  TYPE: "numeric",
});
const dose = (id: string, more: Line = {}): Line =>
  row(id, {
    CODE: "1",
    DOSE: "2.50",
    SCHEDULED_AT: at("14:30"),
    ADMINISTERED_AT: at("14:35"),
    STATUS: "given",
    ...more,
  });
const read = (id: string, more: Line = {}): Line =>
  row(id, { IMAGING_STUDY: "s", PROVIDER: "r", REPORTED_AT: at("14:50"), STATUS: "final", TEXT: "Clear.", ...more });
const note = (id: string, DOCUMENT: string, VERSION: string, more: Line = {}): Line =>
  row(id, {
    DOCUMENT,
    VERSION,
    TITLE: "Visit",
    WRITTEN_AT: at("14:50"),
    STATUS: "draft",
    TEXT: "No  COMPLAINTS",
    ...more,
  });

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital();
  await hospital.land({
    id: "one",
    files: files({
      organizations: [{ Id: "o" }],
      providers: [{ Id: "r", ORGANIZATION: "o" }],
      patients: [
        { Id: "p", BIRTHDATE: "1980-05-01", GENDER: "F" },
        { Id: "q" },
        { Id: "child", BIRTHDATE: "2005-01-01", GENDER: "M" },
      ],
      encounters: ["p", "q"].map((PATIENT) => ({
        Id: PATIENT === "p" ? "e" : "of-q",
        START: at("14:00"),
        STOP: at("15:00"),
        PATIENT,
        ORGANIZATION: "o",
        PROVIDER: "r",
        ENCOUNTERCLASS: "ambulatory",
      })),
      imaging_studies: [
        { Id: "s", SERIES_UID: "1", INSTANCE_UID: "1", PATIENT: "p", DATE: at("14:40") },
        { Id: "s", SERIES_UID: "1", INSTANCE_UID: "2", PATIENT: "p", DATE: at("14:41") },
        { Id: "of-q", SERIES_UID: "2", INSTANCE_UID: "3", PATIENT: "q", DATE: at("14:41") },
      ],
      lab_orders: [
        order("ordered", { COLLECTED_AT: at("14:20") }),
        order("collected first", { COLLECTED_AT: at("14:09") }),
        order("by nobody", { PROVIDER: "nobody" }),
        order("after the visit", { ORDERED_AT: at("15:01") }),
        order("unheard", { STATUS: "perhaps" }),
        order("", {}),
        order("stolen", { ENCOUNTER: "of-q" }),
      ],
      lab_reports: [
        result("in SI", "2339-0", "6", "mmol/L", { REFERENCE_LOW: "3.9", REFERENCE_HIGH: "5.5", FLAG: "H" }),
        result("corrected", "2823-3", "4.1", "mmol/L", { STATUS: "final", UPDATED_AT: at("16:00") }),
        result("corrected", "2823-3", "6.3", "mEq/L", { STATUS: "corrected", UPDATED_AT: at("17:00") }),
        result("by sex", "718-7", "11.9", "g/dL"),
        result("by age", "718-7", "11.9", "g/dL", { PATIENT: "child", ENCOUNTER: "", LAB_ORDER: "" }),
        result("converted", "2160-0", "110", "umol/L"),
        result("below", "2823-3", "<3.5", "mmol/L"),
        result("above something", "2823-3", ">4", "mmol/L"),
        result("in no known unit", "2823-3", "1", "mg/dL"),
        result("of an unknown kind", "1-8", "1", "mg/dL"),
        result("as sent", "1-8", "1", "mg/dL", { REFERENCE_LOW: "2" }),
        result("lost", "2823-3", "", "mmol/L"),
        result("before it was taken", "2823-3", "4", "mmol/L", { RESULTED_AT: at("14:19") }),
        result("told before", "2823-3", "4", "mmol/L", { NOTIFIED_AT: at("15:59") }),
        result("of no order", "2823-3", "4", "mmol/L", { LAB_ORDER: "unknown", RESULTED_AT: at("14:30") }),
        result("of another's order", "2823-3", "4", "mmol/L", { PATIENT: "child", ENCOUNTER: "" }),
        result("unheard", "2823-3", "4", "mmol/L", { STATUS: "rumoured" }),
        result("", "2823-3", "4", "mmol/L"),
      ],
      device_vitals: [
        pulse("a", "1", "70"),
        pulse("a", "2", "71"),
        pulse("b", "1", "70"),
        pulse("b", "1", "70"),
        pulse("b", "3", ""),
      ],
      medication_administrations: [
        dose("given"),
        dose("refused", { ADMINISTERED_AT: "", STATUS: "refused" }),
        dose("of nothing", { DOSE: "" }),
        dose("never", { SCHEDULED_AT: "", ADMINISTERED_AT: "", STATUS: "missed" }),
        dose("unheard", { STATUS: "maybe" }),
      ],
      radiology_reports: [
        read("read again", { STATUS: "preliminary", UPDATED_AT: at("14:50") }),
        read("read again", { TEXT: "A shadow.", STATUS: "amended", REVIEW: "major", UPDATED_AT: at("14:58") }),
        read("said twice", { UPDATED_AT: at("14:50") }),
        read("said twice", { TEXT: "Not clear.", UPDATED_AT: at("14:50") }),
        read("of no study", { IMAGING_STUDY: "unknown" }),
        read("of another's", { IMAGING_STUDY: "of-q" }),
        read("before it was made", { REPORTED_AT: at("14:39") }),
        read("empty", { TEXT: "", PROVIDER: "nobody" }),
      ],
      documents: [
        note("first", "chain", "1"),
        note("tenth", "chain", "10", { STATUS: "signed", SIGNER: "r", SIGNED_AT: at("14:55") }),
        note("second", "chain", "2", { STATUS: "signed" }),
        note("alone", "other", "1", { TEXT: "" }),
        note("signed before", "third", "1", { SIGNER: "r", SIGNED_AT: at("14:49") }),
        note("of nothing", "", "1"),
      ],
      infections: [
        row("found", { DIAGNOSED_AT: at("14:30"), ORIGIN: "hospital" }),
        row("later", { DIAGNOSED_AT: "2010-06-03", ORIGIN: "community" }),
      ],
      adverse_events: [
        row("fell", { OCCURRED_AT: at("14:30"), REPORTED_AT: at("14:40") }),
        row("foretold", { OCCURRED_AT: at("14:30"), REPORTED_AT: at("14:20") }),
      ],
      medication_errors: [row("slip", { OCCURRED_AT: "", REPORTED_AT: at("14:40") })],
    }),
  });
  await hospital.refresh();
});
afterAll(() => hospital[Symbol.asyncDispose]());

/** What stands against each id in a verdict table: the rules that keep it out, else its flags. */
async function said(entity: string, id = `${entity}_id`): Promise<Readonly<Record<string, string>>> {
  const rows = await hospital.rows(
    `select coalesce(${id}, '') as id, disposition, coalesce(broken_rules, flags, '') as rules
     from "EHR".SILVER.${entity.toUpperCase()}_VERDICT order by record_number`,
  );
  const all: Record<string, string> = {};
  for (const { id: name, disposition, rules } of rows) {
    const text = disposition === "current" ? String(rules) : `${disposition}${rules === "" ? "" : `: ${rules}`}`;
    all[String(name)] = [all[String(name)], text].filter((part) => part !== undefined).join(" / ");
  }
  return all;
}

describe("care", () => {
  it("takes an order with its own times in order, and says of each what is wrong with it", async () => {
    expect(await said("lab_order")).toEqual({
      ordered: "",
      "collected first": "out_of_order",
      "by nobody": "author_unresolved",
      "after the visit": "outside_encounter",
      unheard: "quarantined: status_unmapped",
      "": "quarantined: key_missing",
      stolen: "quarantined: encounter_other_patient",
    });
  });

  it("takes a result as its newest version says, and looks for the visit of its specimen", async () => {
    expect(await said("lab_result")).toEqual({
      "in SI": "",
      corrected: "superseded / ",
      "by sex": "",
      "by age": "",
      converted: "",
      below: "",
      "above something": "",
      "in no known unit": "unit_unknown",
      "of an unknown kind": "",
      "as sent": "",
      lost: "value_missing",
      "before it was taken": "out_of_order",
      "told before": "out_of_order",
      "of no order": "lab_order_unresolved",
      "of another's order": "quarantined: lab_order_other_patient",
      unheard: "quarantined: status_unmapped",
      "": "quarantined: key_missing",
    });
    expect(
      await hospital.rows(
        `select distinct ordered_at, collected_at, resulted_at from "EHR".SILVER.LAB_RESULT where lab_result_id = 'in SI'`,
      ),
    ).toEqual([
      {
        ordered_at: "2010-06-01T14:10:00",
        collected_at: "2010-06-01T14:20:00",
        resulted_at: "2010-06-01T16:00:00",
      },
    ]);
  });

  it("compares a result with the range that was sent, else with that of its age and sex, and computes its flag", async () => {
    const rows = await hospital.rows(
      `select lab_result_id as id, round(standard_value, 2) as value, round(range_low, 2) as low, round(range_high, 2) as high,
         range_source as source, flag_sent as sent, flag_computed as computed
       from "EHR".SILVER.LAB_RESULT
       where lab_result_id in ('in SI', 'corrected', 'by sex', 'by age', 'converted', 'below', 'above something',
         'in no known unit', 'of an unknown kind', 'as sent', 'lost', 'told before')`,
    );
    expect(Object.fromEntries(rows.map(({ id, ...rest }) => [String(id), Object.values(rest)]))).toEqual({
      "in SI": [108.09, 70.26, 99.09, "sent", "H", "H"],
      corrected: [6.3, 3.5, 5, "seed", null, "HH"],
      "by sex": [11.9, 12, 16, "seed", null, "L"],
      "by age": [11.9, 11.5, null, "seed", null, "N"],
      converted: [1.24, 0.5, 1.1, "seed", null, "H"],
      below: [3.5, 3.5, 5, "seed", null, "L"],
      "above something": [4, 3.5, 5, "seed", null, null],
      "in no known unit": [null, null, null, null, null, null],
      "of an unknown kind": [null, null, null, null, null, null],
      "as sent": [null, 2, null, "sent", null, "L"],
      lost: [null, 3.5, 5, "seed", null, null],
      "told before": [4, 3.5, 5, "seed", null, "N"],
    });
  });

  it("tells what monitors say at one time apart by device and count", async () => {
    expect(await said("vital_sign", "device_raw || device_sequence")).toEqual({
      a1: "",
      a2: "",
      b1: " / duplicate",
      b3: "value_missing",
    });
  });

  it("places a dose where it was given, else where it should have been", async () => {
    expect(await said("medication_administration")).toEqual({
      given: "",
      refused: "",
      "of nothing": "value_missing",
      never: "quarantined: event_time_missing",
      unheard: "quarantined: status_unmapped",
    });
    expect(
      await hospital.rows(
        `select medication_administration_id as id, occurred_at, cast(dose as double) as dose
         from "EHR".SILVER.MEDICATION_ADMINISTRATION where status in ('given', 'refused') and dose is not null order by 1`,
      ),
    ).toEqual([
      { id: "given", occurred_at: "2010-06-01T14:35:00", dose: 2.5 },
      { id: "refused", occurred_at: "2010-06-01T14:30:00", dose: 2.5 },
    ]);
  });

  it("takes the newest version of a report, and calls it a conflict only where its own time does not tell", async () => {
    expect(await said("radiology_report")).toEqual({
      "read again": "superseded / ",
      "said twice": "superseded / conflict",
      "of no study": "study_unresolved",
      "of another's": "quarantined: study_other_patient",
      "before it was made": "out_of_order",
      empty: "value_missing,author_unresolved",
    });
    expect(
      await hospital.rows(
        `select report.status, peer_review, count(image.imaging_study_key) as images
         from "EHR".SILVER.RADIOLOGY_REPORT as report left join "EHR".SILVER.IMAGING_STUDY as image using (study_key)
         where radiology_report_id = 'read again' group by all`,
      ),
    ).toEqual([{ status: "amended", peer_review: "major", images: 2 }]);
  });

  it("chains the versions of a document by their number, with one that is current", async () => {
    expect(await said("document", "document_version_id")).toEqual({
      first: "",
      tenth: "",
      second: "signature_missing",
      alone: "value_missing",
      "signed before": "out_of_order",
      "of nothing": "quarantined: document_missing",
    });
    expect(
      await hospital.rows(
        `select document_version_id as id, search_text as text from "EHR".SILVER.DOCUMENT where is_current order by 1`,
      ),
    ).toEqual([
      { id: "alone", text: "visit " },
      { id: "signed before", text: "visit no complaints" },
      { id: "tenth", text: "visit no complaints" },
    ]);
  });

  it("makes a newer version current in an increment, and the one before it no longer", async () => {
    const current = `select document_version_id as id from "EHR".SILVER.DOCUMENT where is_current and document_id = 'chain'`;
    await hospital.land({
      id: "two",
      delivered: "2024-06-02T00:00:00",
      files: files({ documents: [note("eleventh", "chain", "11")] }),
    });
    await hospital.refresh();
    expect(await hospital.rows(current)).toEqual([{ id: "eleventh" }]);
    expect(await hospital.count(`select count(*) from "EHR".SILVER.DOCUMENT where document_id = 'chain'`)).toBe(4);
  });

  it("takes what did harm, and what is found without saying when keeps waiting", async () => {
    expect(await said("infection")).toEqual({ found: "", later: "outside_encounter" });
    expect(await said("adverse_event")).toEqual({ fell: "", foretold: "out_of_order" });
    expect(await said("medication_error")).toEqual({ slip: "quarantined: event_time_missing" });
  });

  it("accounts for every row", async () => {
    expect(
      await hospital.rows(`select * from "EHR".SILVER.ACCOUNTING where left_count is distinct from right_count`),
    ).toEqual([]);
  });
});
