/** Profile and reconcile: what they say of files and tables whose every row is known, and that no value is told. */

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onFile, type Place, place } from "./project.js";

let p: Place;
beforeAll(async () => {
  p = place();
  await p.medform("run");
  p.write(
    "legacy/patients.csv",
    "id,zip,born,seen,weight,note,empty\n" +
      '1,02110,2020-01-01,2024-01-01T10:00:00Z,70.5,"a, b",\n' +
      "2,02111,2020-01-02,2024-01-02T10:00:00Z,71,secret-value,\n" +
      "3,10001,2020-01-03,2024-01-03T10:00:00Z,,,\n" +
      "3,10001,2020-01-03,2024-01-03T10:00:00Z,,,\n",
  );
  p.write("legacy/visits.csv", "patient,number,kind\r\n1,1,x\r\n1,2,x\r\n2,1,x\r\n");
  p.write("legacy/readme.txt", "not a table");
  await onFile(
    p.path("legacy.duckdb"),
    "create schema OLD",
    "create table OLD.PERSON as select cast(range as varchar) as NUMBER, 'name ' || range as NAME, case when range % 7 = 0 then '' else cast(range / 4.0 as varchar) end as AMOUNT, cast(date '2020-01-01' + cast(range as integer) as varchar) as BORN from range(5000)",
    "create view OLD.SHORT as select * from OLD.PERSON where cast(NUMBER as integer) <> 4711",
  );
});
afterAll(() => p[Symbol.dispose]());

interface Profile {
  relation: string;
  rows: number;
  duplicateRows: number;
  keys: string[][];
  columns: {
    name: string;
    looksLike: string;
    exceptions: number;
    empty: number;
    distinct: number;
    minLength: number;
    maxLength: number;
  }[];
}
async function profiles(source: string): Promise<readonly Profile[]> {
  const { code, stdout, stderr } = await p.medform("profile", source, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Profile);
}

describe("profile", () => {
  it("says of each file of a folder what is in it", async () => {
    const [patients, visits, ...more] = await profiles("legacy");
    expect(more).toEqual([]);
    expect(patients).toMatchObject({ relation: "patients.csv", rows: 4, duplicateRows: 1, keys: [] });
    const shown = patients?.columns.map((c) => [c.name, c.looksLike, c.empty, c.distinct, c.minLength, c.maxLength]);
    expect(shown).toEqual([
      ["ID", "integer", 0, 3, 1, 1],
      // A leading zero: as a number it would be lost.
      ["ZIP", "text", 0, 3, 5, 5],
      ["BORN", "date", 0, 3, 10, 10],
      ["SEEN", "instant", 0, 3, 20, 20],
      ["WEIGHT", "decimal", 2, 2, 2, 4],
      ["NOTE", "text", 2, 2, 4, 12],
      ["EMPTY", null, 4, 0, null, null],
    ]);
    expect(visits).toMatchObject({ relation: "visits.csv", rows: 3, keys: [["PATIENT", "NUMBER"]] });
  });

  it("reads a table of the warehouse and tables of another database, and finds keys", async () => {
    const [ours] = await profiles("gold.patient");
    expect(ours).toMatchObject({
      relation: "GOLD.PATIENT",
      rows: 5000,
      duplicateRows: 0,
      keys: [["ID"], ["NAME"], ["BORN"]],
    });
    expect((await profiles("legacy.duckdb")).map(({ relation }) => relation)).toEqual([
      "legacy.duckdb:OLD.PERSON",
      "legacy.duckdb:OLD.SHORT",
    ]);
    const [one] = await profiles("legacy.duckdb:old.person");
    expect(one?.columns.map(({ looksLike }) => looksLike)).toEqual(["integer", "text", "decimal", "date"]);
  });

  it("counts what a column is not", async () => {
    const dates = Array.from({ length: 60 }, (_, i) =>
      i === 7 ? "unknown" : `2024-01-${String((i % 28) + 1).padStart(2, "0")}`,
    );
    p.write("dates.csv", `day,x\n${dates.map((day, i) => `${day},${i}`).join("\n")}\n`);
    const [{ columns } = { columns: [] }] = await profiles("dates.csv");
    expect(columns[0]).toMatchObject({ looksLike: "date", exceptions: 1, distinct: 29 });
    writeFileSync(p.path("dates.csv.gz"), gzipSync("day,x\n2024-01-01,1\n"));
    expect((await profiles("dates.csv.gz"))[0]).toMatchObject({ rows: 1 });
  });

  it("counts lines that are no rows, and goes on", async () => {
    p.write("ragged.csv", 'name,b\nann,2\nsecret-value,4,5,6\n"open,1\nben,3\n');
    expect((await profiles("ragged.csv"))[0]).toMatchObject({ rows: 2, malformed: 2, keys: [["NAME"], ["B"]] });
    p.write("sound.csv", "name,b\nann,2\nben,3\n");
    const { code, malformed, equal, differing } = await reconciled("ragged.csv", "sound.csv", "--key", "NAME").then(
      ({ left, ...rest }) => ({ ...rest, malformed: left.malformed }),
    );
    expect({ code, malformed, equal, differing }).toEqual({ code: 2, malformed: 2, equal: false, differing: 0 });
  });

  it("shows no value", async () => {
    const { stdout, stderr } = await p.medform("profile", "legacy");
    expect(stdout + stderr).not.toMatch(/02110|secret-value|2020-01|a, b/);
    expect(stdout).toContain("No column and no pair of columns tells all rows apart.");
  });

  it("says what it cannot read", async () => {
    p.write("workbook.csv", "PK\u0003\u0004 and so on");
    p.write("headless.csv", "1,2020-01-01,3\n4,2020-01-02,6\n");
    p.write("broken.parquet", "no parquet");
    p.write("broken.duckdb", "no database");
    p.write("nothing/here.txt", "");
    const cases = {
      "workbook.csv": "load-not-csv",
      "headless.csv": "load-no-header",
      "broken.parquet": "legacy-unreadable",
      "broken.duckdb": "legacy-unreadable",
      "absent.csv": "legacy-no-such-path",
      nothing: "legacy-empty",
      "legacy/readme.txt": "legacy-unknown-file",
      "legacy.duckdb:OLD.NOBODY": "legacy-no-such-relation",
      "gold.patinet": "show-unknown",
    };
    for (const [source, problem] of Object.entries(cases)) {
      const { code, stderr, stdout } = await p.medform("profile", source);
      expect([source, code, stdout, stderr]).toEqual([source, 1, "", expect.stringContaining(problem)]);
      expect(stderr).not.toContain("secret-value");
    }
  });
});

interface Reconciled {
  equal: boolean;
  left: { rows: number; malformed: number; keys: number; repeated: number; keyless: number; digest: string };
  right: { rows: number; digest: string };
  matched: number;
  onlyLeft: number;
  onlyRight: number;
  differing: number;
  columns: { column: string; differing: number }[];
  sums: { column: string; left: string; right: string; unreadable: number; equal: boolean }[];
  keys?: { onlyLeft: string[]; onlyRight: string[]; differing: string[] };
}
async function reconciled(...args: readonly string[]): Promise<Reconciled & { code: number }> {
  const { code, stdout, stderr } = await p.with({ MEDFORM_HASH_KEY: "a key" }, "reconcile", ...args, "--json");
  expect(stderr).toBe("");
  return { code, ...(JSON.parse(stdout) as Reconciled) };
}
const legacy = "legacy.duckdb:OLD.PERSON";
const key = ["--key", "NUMBER=ID"];

/** A table of the legacy database, made of the person's with something changed. */
async function changed(name: string, select: string): Promise<string> {
  await onFile(p.path("legacy.duckdb"), `create or replace table OLD.${name} as ${select}`);
  return `legacy.duckdb:OLD.${name}`;
}

describe("reconcile", () => {
  it("finds equal what is, though one side is text", async () => {
    const found = await reconciled(legacy, "gold.patient", ...key, "--sum", "AMOUNT");
    expect(found).toMatchObject({ code: 0, equal: true, matched: 5000, onlyLeft: 0, onlyRight: 0, differing: 0 });
    expect(found.columns).toEqual(["NAME", "AMOUNT", "BORN"].map((column) => ({ column, differing: 0 })));
    expect(found.left.digest).toBe(found.right.digest);
    const [sum] = found.sums;
    expect(sum).toMatchObject({ column: "AMOUNT", unreadable: 0, equal: true });
    expect(Number(sum?.left)).toBeCloseTo(
      Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? 0 : i / 4)).reduce((a, b) => a + b, 0),
    );
  });

  it("counts keys that one side lacks, and tells them as keyed hashes only where asked", async () => {
    const found = await reconciled("legacy.duckdb:OLD.SHORT", "gold.patient", ...key, "--keys", "3");
    expect(found).toMatchObject({ code: 2, equal: false, matched: 4999, onlyLeft: 0, onlyRight: 1, differing: 0 });
    const same = await reconciled("gold.patient", "legacy.duckdb:OLD.SHORT", "--key", "ID=NUMBER", "--keys", "3");
    expect(same.keys).toEqual({ onlyLeft: found.keys?.onlyRight, onlyRight: [], differing: [] });
    expect(found.keys?.onlyRight).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    const other = await p.with(
      { MEDFORM_HASH_KEY: "another" },
      "reconcile",
      "legacy.duckdb:OLD.SHORT",
      "gold.patient",
      ...key,
      "--keys",
      "3",
      "--json",
    );
    expect(JSON.parse(other.stdout).keys.onlyRight).not.toEqual(found.keys?.onlyRight);
    const without = await p.medform("reconcile", legacy, "gold.patient", ...key, "--keys", "3");
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining("reconcile-hash-key")]);
  });

  it("names columns that differ, and counts in how many keys", async () => {
    const table = await changed(
      "CHANGED",
      "select * replace (case when NUMBER in ('5', '6') then 'secret-value' else NAME end as NAME, case when NUMBER = '6' then '2099-01-01' else BORN end as BORN) from OLD.PERSON",
    );
    const found = await reconciled(table, "gold.patient", ...key);
    expect(found).toMatchObject({ code: 2, matched: 5000, differing: 2 });
    expect(found.columns).toEqual([
      { column: "NAME", differing: 2 },
      { column: "AMOUNT", differing: 0 },
      { column: "BORN", differing: 1 },
    ]);
    const { stdout, stderr } = await p.medform("reconcile", table, "gold.patient", ...key);
    expect(stdout + stderr).not.toContain("secret-value");
    expect(stdout).toMatch(/name +2\n/i);
    const ignoring = await reconciled(table, "gold.patient", ...key, "--ignore", "NAME,born");
    expect(ignoring).toMatchObject({ code: 0, equal: true });
  });

  it("finds what a cast would hide: more digits, a time of day, a text that is no date", async () => {
    const table = await changed(
      "LOSSY",
      "select * replace (case NUMBER when '1' then '0.2500001' else AMOUNT end as AMOUNT, case NUMBER when '2' then BORN || ' 10:00:00' when '3' then '2020-13-45' else BORN end as BORN) from OLD.PERSON",
    );
    const found = await reconciled(table, "gold.patient", ...key);
    expect(found.columns).toEqual([
      { column: "NAME", differing: 0 },
      { column: "AMOUNT", differing: 1 },
      { column: "BORN", differing: 2 },
    ]);
  });

  it("keeps rows without a key and keys that are there again out of the comparison, and counts them", async () => {
    const table = await changed(
      "REPEATED",
      "select * from OLD.PERSON union all select * from OLD.PERSON where NUMBER = '9' union all select null, NAME, AMOUNT, BORN from OLD.PERSON where NUMBER = '9'",
    );
    const found = await reconciled(table, "gold.patient", ...key);
    expect(found).toMatchObject({
      code: 2,
      equal: false,
      matched: 5000,
      differing: 0,
      left: { rows: 5002, keys: 5000, repeated: 1, keyless: 1 },
    });
  });

  it("adds up what can be added, and counts what cannot", async () => {
    const table = await changed(
      "SUMS",
      "select * replace (case NUMBER when '1' then 'much' when '2' then '100.5' else AMOUNT end as AMOUNT) from OLD.PERSON",
    );
    const { sums, code } = await reconciled(table, "gold.patient", ...key, "--compare", "NAME", "--sum", "AMOUNT");
    expect([code, sums]).toEqual([
      2,
      [{ column: "AMOUNT", left: expect.anything(), right: expect.anything(), unreadable: 1, equal: false }],
    ]);
    expect(Number(sums[0]?.left) - Number(sums[0]?.right)).toBeCloseTo(100.5 - 0.5 - 0.25);
  });

  it("compares two files without any project", async () => {
    p.write("a/x.csv", "id,v\n1,a\n2,\n");
    p.write("b/x.csv", 'v,id\n"a",1\n"",2\n');
    const found = await p.medform("reconcile", "a/x.csv", "b/x.csv", "--key", "id", "--project", "/");
    expect([found.code, found.stdout]).toEqual([0, expect.stringContaining("Equal.")]);
  });

  it("says what it cannot compare", async () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ["reconcile-column", [legacy, "gold.patient", "--key", "ID"]],
      ["reconcile-column", [legacy, "gold.patient", ...key, "--sum", "nothing"]],
      ["reconcile-several", ["legacy", "gold.patient", ...key]],
      ["show-unknown", ["gold.nobody", "gold.patient", "--key", "ID"]],
      ["legacy-no-such-path", ["absent.csv", "gold.patient", "--key", "ID"]],
      ["reconcile-key", [legacy, "gold.patient"]],
    ];
    for (const [problem, args] of cases) {
      const { code, stderr } = await p.medform("reconcile", ...args);
      expect([args, code, stderr]).toEqual([args, 1, expect.stringContaining(problem)]);
    }
  });
});
