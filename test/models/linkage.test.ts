/** Records of one person are found, by the warehouse's own models, on sets whose true clusters are known. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { data } from "../support/medform.js";
import { files, type Line } from "./csv.js";
import type { Hospital } from "./hospital.js";
import { openPeople } from "./people.js";

const folder = join(data, "person-matching");
const there = data !== "" && existsSync(folder);

/** Records of a set by column; no value of these sets is quoted. */
function read(name: string): readonly Line[] {
  const [header = "", ...lines] = gunzipSync(readFileSync(join(folder, `${name}.csv.gz`)))
    .toString("utf8")
    .trimEnd()
    .split(/\r?\n/);
  const names = header.split(",").map((column) => column.trim());
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i] ?? "", value.trim()])));
}

interface Known {
  /** The person that the set says a record is of. */
  readonly truth: string;
  readonly line: Line;
}

const day = (digits = "") => digits.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");

const febrl = (name: string): readonly Known[] =>
  read(name).map((record) => ({
    truth: record.rec_id?.split("-")[1] ?? "",
    line: {
      Id: record.rec_id ?? "",
      FIRST: record.given_name ?? "",
      LAST: record.surname ?? "",
      BIRTHDATE: day(record.date_of_birth),
      SSN: record.soc_sec_id ?? "",
      ADDRESS: [record.street_number, record.address_1, record.address_2].filter(Boolean).join(" "),
      CITY: record.suburb ?? "",
      ZIP: record.postcode ?? "",
    },
  }));

const fake = (): readonly Known[] =>
  read("fake_1000").map((record) => ({
    truth: record.cluster ?? "",
    line: {
      Id: record.unique_id ?? "",
      FIRST: record.first_name ?? "",
      LAST: record.surname ?? "",
      BIRTHDATE: record.dob ?? "",
      CITY: record.city ?? "",
    },
  }));

const pairsOf = (column: string) => `select count(*) * (count(*) - 1) / 2 as pairs from known group by ${column}`;

let hospital: Hospital;

/** What was found of a set: compared pairs, and how right those are that were made one person. */
async function linked(known: readonly Known[]) {
  await hospital.empty();
  await hospital.land({ id: "set", files: files({ patients: known.map(({ line }) => line) }) });
  await hospital.refresh();
  const truth = known.map(({ truth, line }) => `('${line.Id}', '${truth}')`).join(", ");
  const set = `with truth (patient_id, truth) as (values ${truth}),
    known as (
      select patient.patient_key, truth.truth, xref.person_id
      from truth
      inner join "EHR".SILVER.PATIENT as patient on patient.patient_id = truth.patient_id
      inner join "EHR".SILVER.PATIENT_XREF as xref on xref.patient_key = patient.patient_key and xref.valid_to is null
    )`;
  const sum = (column: string) =>
    hospital.count(`${set} select coalesce(sum(pairs), 0) from (${pairsOf(column)}) as grouped`);
  const [truly, found, both] = [await sum("truth"), await sum("person_id"), await sum("truth, person_id")];
  const matches = (where: string) =>
    hospital.count(
      `${set} select count(*) from "EHR".SILVER.PATIENT_MATCH as pair
       inner join known as one on one.patient_key = pair.patient_key
       inner join known as other on other.patient_key = pair.other_patient_key
       where ${where}`,
    );
  const [compared, matched, rightly, review] = [
    await matches("true"),
    await matches("outcome = 'match'"),
    await matches("outcome = 'match' and one.truth = other.truth"),
    await matches("outcome = 'review'"),
  ];
  const share = (part: number, whole: number) => Math.round((part / whole) * 10_000) / 10_000;
  return {
    records: known.length,
    compared,
    review,
    pairPrecision: share(rightly, matched),
    pairRecall: share(rightly, truly),
    precision: share(both, found),
    recall: share(both, truly),
  };
}

const isReal = data !== "" && existsSync(join(data, "synthea-csv-109"));

describe.skipIf(!there || !isReal)("record linkage on real sets (needs MEDFORM_DATA)", () => {
  beforeAll(async () => {
    hospital = await openPeople();
  });
  afterAll(() => hospital[Symbol.asyncDispose]());

  it.each([27, 109])("synthea-csv-%i: no two records are of one person", async (count) => {
    await hospital.empty();
    const path = join(data, `synthea-csv-${count}`, "patients.csv.gz");
    await hospital.land({ id: "set", files: { patients: { path } } });
    await hospital.refresh();
    const persons = `select count(distinct person_id) from "EHR".SILVER.PATIENT_XREF where valid_to is null`;
    const pairs = await hospital.rows(
      "select outcome, weight from \"EHR\".SILVER.PATIENT_MATCH where outcome <> 'no_match'",
    );
    expect([await hospital.count(persons), pairs]).toEqual([count, []]);
  });
});

describe.skipIf(!there)("record linkage on sets with known clusters (needs person-matching in MEDFORM_DATA)", () => {
  beforeAll(async () => {
    hospital = await openPeople();
  });
  afterAll(() => hospital[Symbol.asyncDispose]());

  it.each(["dataset1", "dataset2", "dataset3"])("FEBRL %s: precision 0.99, recall 0.95", async (name) => {
    const result = await linked(febrl(name));
    process.stdout.write(`${name} ${JSON.stringify(result)}\n`);
    expect(result.precision).toBeGreaterThanOrEqual(0.99);
    expect(result.recall).toBeGreaterThanOrEqual(0.95);
  });

  it("fake_1000: without numbers, addresses and mail, people are rarely found and never mixed up", async () => {
    const result = await linked(fake());
    process.stdout.write(`fake_1000 ${JSON.stringify(result)}\n`);
    expect(result.precision).toBeGreaterThanOrEqual(0.99);
  });
});
