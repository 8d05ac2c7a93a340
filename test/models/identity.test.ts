/** Who is one person: what matches, what waits for people, what they decide, and that nothing is lost by it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Row } from "../../src/warehouse/index.js";
import { files, type Line } from "./csv.js";
import type { Hospital } from "./hospital.js";
import { openPeople } from "./people.js";

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openPeople({ gold: true });
});
afterAll(() => hospital[Symbol.asyncDispose]());

let batches = 0;
async function land(delivery: Readonly<Record<string, readonly Line[]>>, delivered?: string) {
  batches += 1;
  await hospital.land({ id: `batch-${batches}`, files: files(delivery), ...(delivered && { delivered }) });
  await hospital.refresh();
}

const ann: Line = {
  Id: "ann",
  FIRST: "Ann",
  LAST: "Núñez-Smith",
  BIRTHDATE: "1980-05-07",
  SSN: "999-11-0001",
  GENDER: "F",
  ADDRESS: "12 Long Meadow Street",
  CITY: "Springfield",
  ZIP: "01103",
};
const like = (line: Line, Id: string, change: Line): Line => ({ ...line, Id, ...change });

/** `id=person`, for who is not alone or not itself. */
async function people(): Promise<readonly string[]> {
  const rows = await hospital.rows(
    `select patient.patient_id || '=' || person.patient_id as said
     from "EHR".SILVER.PATIENT_XREF as xref
     inner join "EHR".SILVER.PATIENT as patient on patient.patient_key = xref.patient_key
     inner join "EHR".SILVER.PATIENT as person on person.patient_key = xref.person_id
     where xref.valid_to is null and xref.patient_key <> xref.person_id
     order by said`,
  );
  return rows.map(({ said }) => String(said));
}

const history = async () =>
  (
    await hospital.rows(
      `select patient.patient_id || '=' || person.patient_id || ' ' || xref.cause
         || case when xref.valid_to is null then '' else ' until' end as said
       from "EHR".SILVER.PATIENT_XREF as xref
       inner join "EHR".SILVER.PATIENT as patient on patient.patient_key = xref.patient_key
       inner join "EHR".SILVER.PATIENT as person on person.patient_key = xref.person_id
       order by patient.patient_id, xref.valid_from`,
    )
  ).map(({ said }) => String(said));

/** What came of a pair, both ways round. */
async function pair(one: string, other: string) {
  const [row] = await hospital.rows(
    `select pair.outcome, pair.is_conflict, pair.agreeing_fields, pair.near_fields, pair.differing_fields
     from "EHR".SILVER.PATIENT_MATCH as pair
     inner join "EHR".SILVER.PATIENT as a on a.patient_key = pair.patient_key
     inner join "EHR".SILVER.PATIENT as b on b.patient_key = pair.other_patient_key
     where (a.patient_id, b.patient_id) in (('${one}', '${other}'), ('${other}', '${one}'))`,
  );
  return row;
}

const outcome = async (one: string, other: string) => (await pair(one, other))?.outcome;

/** Two records by what the second says otherwise, and what shall come of them. */
const cases: readonly (readonly [what: string, (of: Line) => Line, outcome: string | undefined])[] = [
  [
    "written in another way",
    ({ LAST = "" }) => ({ LAST: LAST.toUpperCase().replace("-", " "), SSN: "", ADDRESS: "12 Long Meadow St." }),
    "match",
  ],
  ["with slips in the name and the date", ({ LAST = "" }) => ({ LAST: `${LAST}e`, BIRTHDATE: "1980-05-09" }), "match"],
  [
    "without a number, and moved",
    () => ({ SSN: "", ADDRESS: "7 Hill Road", ZIP: "01201", CITY: "Pittsfield" }),
    "review",
  ],
  ["with day and month exchanged", () => ({ BIRTHDATE: "1980-07-05", SSN: "" }), "match"],
  ["with the names exchanged", ({ FIRST = "", LAST = "" }) => ({ FIRST: LAST, LAST: FIRST, SSN: "" }), "match"],
  ["with a slip in the number", ({ SSN = "" }) => ({ SSN: `${SSN.slice(0, -1)}9` }), "match"],
  ["of twins", () => ({ FIRST: "Theodora", SSN: "" }), "review"],
  ["of a mother, and her child by her number", () => ({ FIRST: "Theodora", BIRTHDATE: "2012-01-02" }), "review"],
  ["of father and son", () => ({ BIRTHDATE: "2008-12-24", SSN: "" }), "review"],
  ["with two numbers and two birth dates", () => ({ BIRTHDATE: "1980-05-08", SSN: "999-22-0002" }), "review"],
  [
    "of strangers of one birth date",
    () => ({ FIRST: "Olga", LAST: "Petrova", SSN: "", ADDRESS: "", ZIP: "" }),
    "no_match",
  ],
  ["of which one has only a name", () => ({ BIRTHDATE: "", SSN: "", ADDRESS: "", CITY: "", ZIP: "" }), "no_match"],
];
const families = [
  "Núñez-Smith",
  "Abernathy",
  "Brandywine",
  "Castellano",
  "Dunkirk",
  "Ellsworth",
  "Fairweather",
  "Giordano",
  "Holloway",
  "Ivanhoe",
  "Juarez",
  "Kowalczyk",
];
const givenNames = [
  "Ann",
  "Bertha",
  "Cecily",
  "Dorothy",
  "Eugenia",
  "Florence",
  "Gertrude",
  "Henrietta",
  "Isadora",
  "Josephine",
  "Katherine",
  "Lucinda",
];

describe("two records", () => {
  let found: ReadonlyMap<string, Row>;
  beforeAll(async () => {
    const patients = cases.flatMap(([, change], i) => {
      const base: Line = {
        ...ann,
        Id: `${i}`,
        FIRST: givenNames[i] ?? "",
        LAST: families[i] ?? "",
        BIRTHDATE: `${1980 - i}-05-07`,
        SSN: `999-1${i % 10}-000${Math.floor(i / 10)}`,
        ADDRESS: `${i}${i} Long Meadow Street`,
      };
      const changed = change(base);
      const year = (line: Line) => line.BIRTHDATE?.replace(/^1980/, `${1980 - i}`) ?? "";
      return [
        base,
        like(base, `${i}-too`, {
          ...changed,
          BIRTHDATE: changed.BIRTHDATE === undefined ? (base.BIRTHDATE ?? "") : year(changed),
        }),
      ];
    });
    await hospital.empty();
    await land({ patients: patients.filter((_, i) => i % 2 === 0) });
    await land({ patients: patients.filter((_, i) => i % 2 === 1) });
    found = new Map(
      await Promise.all(cases.map(async ([what], i) => [what, (await pair(`${i}`, `${i}-too`)) ?? {}] as const)),
    );
    expect(await people()).toEqual(
      cases.flatMap(([, , outcome], i) => (outcome === "match" ? [`${i}-too=${i}`] : [])).sort(),
    );
  });

  it.each(cases)("%s", (what, _, expected) => {
    expect([found.get(what)?.outcome, found.get(what)]).toEqual([expected, found.get(what)]);
  });

  it("are named by the fields that answer, without their values", () => {
    expect(found.get("with slips in the name and the date")).toEqual({
      outcome: "match",
      is_conflict: false,
      agreeing_fields: "ssn,given_name,sex,address,place",
      near_fields: "family_name,birth_date",
      differing_fields: null,
    });
    expect(found.get("with two numbers and two birth dates")).toMatchObject({ is_conflict: true });
  });
});

const decided = (ID: string, PATIENT: string, OTHER_PATIENT: string, DECISION: string, day: number): Line => ({
  ID,
  PATIENT,
  OTHER_PATIENT,
  DECISION,
  DECIDED_AT: `2024-05-0${day}T12:00:00Z`,
  DECIDED_BY: "records",
});
const stranger: Line = { Id: "olga", FIRST: "Olga", LAST: "Petrova", BIRTHDATE: "1950-01-01", SSN: "999-33-0003" };

describe("a person", () => {
  beforeEach(() => hospital.empty());

  it("keeps the name of the record that was landed first, whoever comes later and whatever was delivered when", async () => {
    await land({ patients: [ann] });
    await land({ patients: [like(ann, "b", { SSN: "" })] }, "2001-01-01T00:00:00");
    await land({ patients: [like(ann, "a", { LAST: "Smith", ADDRESS: "7 Hill Road" })] }, "2002-01-01T00:00:00");
    expect(await people()).toEqual(["a=ann", "b=ann"]);
    expect(await history()).toEqual(["a=ann link", "ann=ann identity", "b=ann link"]);
  });

  it("is merged and unmerged by what somebody decides, and every row is as before", async () => {
    const rows = async () => {
      const all: Record<string, readonly Row[]> = {};
      for (const table of ["PATIENT", "PATIENT_ADDRESS", "PATIENT_HISTORY", "PATIENT_EVENT", "PATIENT_STANDARD"])
        all[table] = await hospital.rows(
          `select * exclude (run_id) from (select *, 1 as run_id from "EHR".SILVER."${table}") order by all`,
        );
      return all;
    };
    await land({ patients: [ann, stranger] });
    const before = await rows();
    await land({ identity_decisions: [decided("1", "ann", "olga", "merge", 1)] });
    expect(await people()).toHaveLength(1);
    await land({ identity_decisions: [decided("2", "olga", "ann", "unlink", 2)] });
    expect(await people()).toEqual([]);
    expect(await rows()).toEqual(before);
    const [kept, moved] = (await history()).reduce<[string[], string[]]>(
      ([stays, moves], said) => (said.endsWith("identity") ? [[...stays, said], moves] : [stays, [...moves, said]]),
      [[], []],
    );
    expect([kept.length, moved.map((said) => said.split(" ").slice(1).join(" "))]).toEqual([
      1,
      ["identity until", "merge until", "unlink"],
    ]);
    // What was decided later holds, though it was landed earlier.
    await land({ identity_decisions: [decided("3", "ann", "olga", "link", 1)] });
    expect(await people()).toEqual([]);
  });

  it("is never made of two whom somebody held apart, also where a third one is like both", async () => {
    await land({ patients: [ann] });
    await land({ patients: [like(ann, "b", {}), like(ann, "c", {})] });
    expect(await people()).toEqual(["b=ann", "c=ann"]);
    await land({ identity_decisions: [decided("1", "ann", "b", "not_same", 1)] });
    expect(await people()).toEqual([]);
    // Somebody says to whom the third one belongs.
    await land({ identity_decisions: [decided("2", "c", "b", "link", 2)] });
    expect(await people()).toHaveLength(1);
    expect(await outcome("ann", "c")).toBe("match");
  });

  it("is never made of two with two numbers and two birth dates by one that is like both", async () => {
    const one = { ...ann, SSN: "999-11-0001" };
    const other = like(ann, "other", { SSN: "999-22-0002", BIRTHDATE: "1980-05-08" });
    const between = like(ann, "between", { SSN: "" });
    await land({ patients: [one, other, between, like(one, "again", {})] });
    expect(await outcome("ann", "between")).toBe("match");
    expect(await outcome("other", "between")).toBe("match");
    // Who has the same number stays together.
    expect((await people()).map((said) => said.split("=").sort().join())).toEqual(["again,ann"]);
    expect(await hospital.count('select count(*) from "EHR".SILVER.PATIENT_CLUSTER where is_split')).toBe(4);
  });

  it("waits for the record that a decision names", async () => {
    await land({ patients: [ann], identity_decisions: [decided("1", "ann", "olga", "link", 1)] });
    expect(await hospital.rows('select broken_rules from "EHR".SILVER.IDENTITY_DECISION_QUARANTINE')).toEqual([
      { broken_rules: "patient_unresolved" },
    ]);
    await land({ patients: [stranger] });
    expect(await people()).toEqual(["olga=ann"]);
  });

  it("is found along a long row of records, each like the next", async () => {
    const ids = Array.from({ length: 64 }, (_, i) => `r${i}`);
    await land({
      patients: ids.map((Id, i) => ({ Id, FIRST: givenNames[i % 12] ?? "", LAST: families[(i * 5) % 12] ?? "" })),
      identity_decisions: ids.slice(1).map((Id, i) => decided(Id, ids[i] ?? "", Id, "link", 1)),
    });
    expect(await people()).toHaveLength(63);
  });
});

describe("what people see of it", () => {
  beforeEach(() => hospital.empty());

  it("is a queue of the pairs that wait, each with its reason, until somebody decides", async () => {
    await land({
      patients: [
        ann,
        like(ann, "twin", { FIRST: "Theodora", SSN: "" }),
        stranger,
        like(stranger, "moved", { SSN: "", GENDER: "F", ADDRESS: "7 Hill Road", ZIP: "01201", CITY: "Pittsfield" }),
        like(stranger, "clash", { SSN: "999-44-0004", BIRTHDATE: "1951-01-01" }),
      ],
    });
    const waiting = async () =>
      (
        await hospital.rows(
          `select review.reason || ' ' || least(a.patient_id, b.patient_id) || ' ' || greatest(a.patient_id, b.patient_id) as said
           from "EHR".GOLD.MATCH_REVIEW as review
           inner join "EHR".SILVER.PATIENT as a on a.patient_key = review.patient_key
           inner join "EHR".SILVER.PATIENT as b on b.patient_key = review.other_patient_key
           order by said`,
        )
      ).map(({ said }) => String(said));
    expect(await waiting()).toContain("relatives ann twin");
    const before = await waiting();
    await land({ identity_decisions: [decided("1", "ann", "twin", "not_same", 1)] });
    expect(await waiting()).toEqual(before.filter((said) => said !== "relatives ann twin"));
  });

  it("is one golden record, each value by the last who said it, and the address of one record", async () => {
    await land({ patients: [ann] }, "2024-01-01T00:00:00");
    await land({ patients: [like(ann, "b", { LAST: "", ADDRESS: "7 Hill Road", CITY: "" })] }, "2024-02-01T00:00:00");
    const rows = await hospital.rows(
      `select golden.attribute, golden.value, patient.patient_id, golden.source_record like '%patients.csv#1' as is_sourced
       from "EHR".GOLD.GOLDEN_PATIENT as golden
       inner join "EHR".SILVER.PATIENT as patient on patient.patient_key = golden.patient_key
       where golden.attribute not in ('ssn_hash', 'birth_date', 'sex') order by golden.attribute`,
    );
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["address_line", "7 Hill Road", "b", true],
      ["first_name", "Ann", "b", true],
      ["last_name", "Núñez-Smith", "ann", true],
      ["postal_code", "01103", "b", true],
    ]);
  });

  it("is what two hospitals say differently of an allergy or a medication, and neither is overwritten", async () => {
    const taken = (PATIENT: string, CODE: string, START: string, STOP = ""): Line => ({ PATIENT, CODE, START, STOP });
    await land({
      patients: [ann, like(ann, "b", {})],
      allergies: [
        taken("ann", "nuts", "2010-01-01"),
        taken("b", "nuts", "2010-01-01", "2015-01-01"),
        taken("ann", "cats", "2010-01-01"),
        taken("b", "dogs", "2010-01-01"),
      ],
      medications: [
        taken("ann", "open", "2020-01-01T00:00:00Z"),
        taken("b", "open", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
        taken("ann", "again", "2022-01-01T00:00:00Z"),
        taken("b", "again", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
        taken("ann", "same", "2020-01-01T00:00:00Z"),
        taken("b", "same", "2020-01-01T00:00:00Z"),
      ],
    });
    const rows = await hospital.rows(
      'select entity, code, disagreement from "EHR".GOLD.SYNC_CONFLICT order by entity, code',
    );
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["allergy", "nuts", "ended"],
      ["prescription", "open", "ended"],
    ]);
    expect(await hospital.count('select count(*) from "EHR".SILVER.ALLERGY')).toBe(4);
    expect(await hospital.count('select count(*) from "EHR".SILVER.PRESCRIPTION')).toBe(6);
  });
});

describe("an increment of pairs", () => {
  const pairs = async () =>
    (
      await hospital.rows(
        `select patient_key || other_patient_key || outcome || weight || coalesce(agreeing_fields, '') as said
         from "EHR".SILVER.PATIENT_MATCH order by said`,
      )
    ).map(({ said }) => String(said));
  const compared = () =>
    hospital.count(`select count(*) from "EHR".SILVER.PATIENT_MATCH where other_patient_key in (
    select patient_key from "EHR".SILVER.PATIENT where patient_id like 'crowd-%')
    and patient_key in (select patient_key from "EHR".SILVER.PATIENT where patient_id like 'crowd-%')`);

  it("is what all pairs compared anew are, also where so many come to share a thing that it tells nobody apart, and where they part", async () => {
    await hospital.empty();
    const letters = (n: number) => String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26));
    const crowd = Array.from(
      { length: 61 },
      (_, n): Line => ({
        Id: `crowd-${n}`,
        FIRST: `${letters(n)}vid`,
        LAST: `${letters(n + 100)}son`,
        BIRTHDATE: "1970-03-04",
        GENDER: "F",
        SSN: n < 11 ? "999-77-0001" : `999-88-${1000 + n}`,
      }),
    );
    await land({ patients: crowd.filter((_, n) => n !== 10) }, "2026-01-01");
    expect(await compared()).toBe(1770);
    // 61 of a birth date, and 11 of a number, are too many; 60, and 10, are not.
    const deliveries: readonly (readonly [patients: readonly Line[], compared: number])[] = [
      [[crowd[10] ?? {}], 0],
      [
        [
          { ...crowd[60], BIRTHDATE: "1971-03-04" },
          { ...crowd[10], SSN: "999-88-9999" },
        ],
        1770,
      ],
    ];
    for (const [i, [patients, expected]] of deliveries.entries()) {
      await land({ patients }, `2026-01-0${i + 2}`);
      expect(await compared()).toBe(expected);
      const incremental = await pairs();
      await hospital.refresh({ full: true });
      expect(await pairs()).toEqual(incremental);
    }
  });
});
