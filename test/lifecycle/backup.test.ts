/** A backup holds what the warehouse held, says so when it no longer does, and is restored without writing over anything. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/warehouse/index.js";
import { onFile, type Place, place } from "./project.js";

let p: Place;
beforeAll(async () => {
  p = place();
  expect((await p.medform("run")).code).toBe(0);
  expect(await p.medform("backup", "first")).toMatchObject({ code: 0 });
});
afterAll(() => p[Symbol.dispose]());

interface Manifest {
  files: { database: string; file: string; bytes: number; sha256: string }[];
  relations: { relation: string; rows: number | null; digest: string | null }[];
  ledger: { verified: boolean; records: number; head: { seq: string; hash: string } };
}
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(p.path(folder), "manifest.json"), "utf8")) as Manifest;

/** A copy of the first backup to be spoiled; its database is written anew by `statements`, and the manifest told of the bytes. */
async function spoiled(name: string, ...statements: readonly string[]): Promise<string> {
  cpSync(p.path("first"), p.path(name), { recursive: true });
  const file = join(p.path(name), "EHR.duckdb");
  await onFile(file, ...statements, "checkpoint");
  const bytes = readFileSync(file);
  const manifest = manifestOf(name);
  const files = manifest.files.map((each) =>
    each.database === "EHR"
      ? { ...each, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
      : each,
  );
  writeFileSync(join(p.path(name), "manifest.json"), JSON.stringify({ ...manifest, files }));
  return name;
}

describe("a backup", () => {
  it("has a file for each database and a manifest that counts them, for its owner alone", () => {
    const { files, relations, ledger } = manifestOf("first");
    expect(files.map(({ database, file }) => [database, file]).toSorted()).toEqual([
      ["BESIDE", "BESIDE.duckdb"],
      ["EHR", "EHR.duckdb"],
    ]);
    for (const name of ["manifest.json", "EHR.duckdb", "BESIDE.duckdb"]) {
      expect([name, statSync(join(p.path("first"), name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    const of = (name: string) => relations.find(({ relation }) => relation === name);
    expect(of("EHR.GOLD.PATIENT")).toMatchObject({ rows: 5000, digest: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(of("BESIDE.GOLD.BESIDE")).toMatchObject({ rows: 5000 });
    expect(of("EHR.GOLD.SHOWN")).toMatchObject({ rows: null, digest: null });
    expect(of("EHR.MEDFORM.LEDGER")?.rows).toBeGreaterThan(0);
    expect(ledger).toMatchObject({ verified: true, head: { seq: expect.stringMatching(/^\d{8}$/) } });
  });

  it("verifies, as text and as JSON, and nothing is written by it", async () => {
    const before = statSync(join(p.path("first"), "EHR.duckdb")).mtimeMs;
    const said = await p.medform("restore", "first", "--verify");
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(said.stdout).toMatch(/^\d+ relations with [\d,]+ rows are as they were at .*; the ledger verifies/);
    const { stdout } = await p.medform("restore", "first", "--verify", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, files: [], differences: [], ledgerVerified: true });
    expect(statSync(join(p.path("first"), "EHR.duckdb")).mtimeMs).toBe(before);
  });

  it("is of what the tables hold, whatever the order of their rows", async () => {
    const sorted = await spoiled(
      "sorted",
      "create table t as select * from GOLD.PATIENT order by ID desc",
      "truncate GOLD.PATIENT",
      "insert into GOLD.PATIENT select * from t",
      "drop table t",
    );
    expect(await p.medform("restore", sorted, "--verify")).toMatchObject({ code: 0 });
  });

  it("says of each relation in what it is not as it was", async () => {
    const name = await spoiled(
      "spoiled",
      "update GOLD.PATIENT set NAME = 'x' where ID = 4711",
      "drop view GOLD.SHOWN",
      "create table GOLD.MORE (ID integer)",
      "delete from MEDFORM.PUBLICATION where true",
      "alter table MEDFORM.ATTACHED_DATABASE add column MORE integer",
    );
    const { code, stdout, stderr } = await p.medform("restore", name, "--verify", "--json");
    expect(code).toBe(1);
    const { verified, differences } = JSON.parse(stdout) as { verified: boolean; differences: object[] };
    expect(verified).toBe(false);
    expect(differences).toEqual([
      { relation: "EHR.GOLD.PATIENT", what: "content" },
      { relation: "EHR.GOLD.SHOWN", what: "missing" },
      { relation: "EHR.MEDFORM.ATTACHED_DATABASE", what: "columns" },
      { relation: "EHR.MEDFORM.PUBLICATION", what: "rows", expected: 2, found: 0 },
      { relation: "EHR.GOLD.MORE", what: "unexpected" },
    ]);
    expect(stderr).toContain("backup-differs");
    expect(stderr).not.toContain("4711");
    // Nothing of it comes into the place of a warehouse either.
    const elsewhere = p.path("spoiled-place/w.duckdb");
    expect(await p.with({ MEDFORM_DUCKDB: elsewhere }, "restore", name)).toMatchObject({ code: 1 });
    expect(existsSync(elsewhere)).toBe(false);
  });

  it.each([
    ["a value that is given away", "update GOLD.PATIENT set AMOUNT = null where ID = 4712"],
    [
      "a row that stands there twice, and another not at all",
      "update GOLD.PATIENT set ID = 1, NAME = 'name 1', AMOUNT = 0.25, BORN = date '2020-01-02' where ID = 2",
    ],
  ])("notices %s", async (_, statement) => {
    const name = await spoiled(`spoiled-${statement.length}`, statement);
    const { code, stdout } = await p.medform("restore", name, "--verify", "--json");
    expect([code, JSON.parse(stdout).differences]).toEqual([1, [{ relation: "EHR.GOLD.PATIENT", what: "content" }]]);
  });

  it("says that its ledger was changed, with 4", async () => {
    const name = await spoiled("ledger", `update MEDFORM.LEDGER set "OUTCOME" = 'failed' where "SEQ" = '00000001'`);
    const { code, stderr } = await p.medform("restore", name, "--verify");
    expect([code, stderr]).toEqual([4, expect.stringContaining("ledger-broken")]);
    const elsewhere = p.path("ledger-place/w.duckdb");
    expect(await p.with({ MEDFORM_DUCKDB: elsewhere }, "restore", name)).toMatchObject({ code: 4 });
  });

  it("says that bytes are other ones, or a file is gone", async () => {
    cpSync(p.path("first"), p.path("bytes"), { recursive: true });
    const file = join(p.path("bytes"), "EHR.duckdb");
    const bytes = readFileSync(file);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    rmSync(join(p.path("bytes"), "BESIDE.duckdb"));
    const { code, stdout } = await p.medform("restore", "bytes", "--verify", "--json");
    expect(code).toBe(1);
    expect(
      JSON.parse(stdout).files.toSorted((a: { file: string }, b: { file: string }) => (a.file < b.file ? -1 : 1)),
    ).toEqual([
      { file: "BESIDE.duckdb", what: "missing" },
      { file: "EHR.duckdb", what: "altered" },
    ]);
  });

  it("is refused where something has its name, and where there is no warehouse, and on Snowflake", async () => {
    expect(await p.medform("backup", "first")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("backup-exists"),
    });
    const nowhere = { MEDFORM_DUCKDB: p.path("nowhere/w.duckdb") };
    expect(await p.with(nowhere, "backup", "none")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("backup-unbuilt"),
    });
    for (const command of ["backup", "restore"]) {
      expect(await p.medform(command, "first", "--environment", "snow")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("backup-not-here"),
      });
    }
    p.write("in-the-way", "a file");
    const below = await p.medform("backup", "in-the-way/backup");
    expect([below.code, below.stderr]).toEqual([1, expect.stringContaining("backup-not-written")]);
  });

  it("with a ledger that does not verify is made all the same, and says so with 4", async () => {
    using other = place();
    await other.medform("run");
    await onFile(other.warehouse, `update MEDFORM.LEDGER set "OUTCOME" = 'failed' where "SEQ" = '00000001'`);
    expect(await other.medform("backup", "kept")).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("ledger-broken"),
    });
    expect(existsSync(other.path("kept/manifest.json"))).toBe(true);
  });
});

describe("a restore", () => {
  const rows = (file: string) => onFile(file, "select count(*), max(RUN) from GOLD.PATIENT");

  it("into an empty place makes a warehouse that goes on", async () => {
    const warehouse = p.path("empty/w.duckdb");
    const env = { MEDFORM_DUCKDB: warehouse };
    const { code, stdout } = await p.with(env, "restore", "first", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      restored: warehouse,
      aside: null,
      runId: expect.stringMatching(/^run-/),
    });
    expect(statSync(warehouse).mode & 0o777).toBe(0o600);
    expect(await p.with(env, "audit", "verify")).toMatchObject({ code: 0 });
    const again = await p.with(env, "run");
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/[Nn]othing/)]);
    expect((await p.with(env, "run", "--full-refresh")).code).toBe(0);
    expect(await rows(warehouse)).toEqual([[5000n, 4n]]);
    const recorded = await onFile(
      warehouse,
      "select LEDGER.OUTCOME, json_extract_string(BODY, '$.runId'), cast(json_extract_string(BODY, '$.rows') as integer) > 5000, SUBJECT, RUN.KIND, RUN.COMMAND, RUN.ACTOR is not null from MEDFORM.LEDGER join MEDFORM.RUN on RUN_ID = CHAIN where LEDGER.KIND = 'restore'",
    );
    const { runId, takenAt } = JSON.parse(stdout) as { runId: string; takenAt: string };
    expect(recorded).toEqual([["restored", runId, true, takenAt, "restore", "restore", true]]);
  });

  it("refuses where a warehouse is, and with --replace puts it aside whole", async () => {
    using other = place();
    await other.medform("run");
    await other.medform("backup", "b");
    await other.medform("run", "--full-refresh");
    expect(await other.medform("restore", "b")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("restore-exists"),
    });
    expect(await rows(other.warehouse)).toEqual([[5000n, 2n]]);
    const { code, stdout } = await other.medform("restore", "b", "--replace", "--json");
    expect(code).toBe(0);
    const { aside } = JSON.parse(stdout) as { aside: string };
    expect(await rows(other.warehouse)).toEqual([[5000n, 1n]]);
    expect(await rows(join(aside, "EHR.duckdb"))).toEqual([[5000n, 2n]]);
    expect(existsSync(join(aside, "BESIDE.duckdb"))).toBe(true);
    expect(other.names().filter((name) => /restoring|\.wal|\.new/.test(name))).toEqual([]);
  });

  it("follows a link to the warehouse, and leaves the link", async () => {
    const warehouse = p.write("real/w.duckdb", "no database at all");
    mkdirSync(p.path("linked"));
    symlinkSync(warehouse, p.path("linked/w.duckdb"));
    const env = { MEDFORM_DUCKDB: p.path("linked/w.duckdb") };
    expect(await p.with(env, "restore", "first", "--replace")).toMatchObject({ code: 0 });
    expect(lstatSync(p.path("linked/w.duckdb")).isSymbolicLink()).toBe(true);
    expect(await rows(warehouse)).toEqual([[5000n, 1n]]);
  });

  it("replaces a warehouse that is too damaged to be opened", async () => {
    const warehouse = p.write("damaged/w.duckdb", "no database at all");
    const env = { MEDFORM_DUCKDB: warehouse };
    expect(await p.with(env, "restore", "first", "--replace")).toMatchObject({ code: 0 });
    expect(await rows(warehouse)).toEqual([[5000n, 1n]]);
  });

  it("is refused while another process or session has the warehouse", async () => {
    using other = place();
    await other.medform("run");
    await other.medform("backup", "b");
    await using held = await openDuckDb({
      path: other.warehouse,
      database: "EHR",
      readOnly: true,
      holder: { command: "test" },
    });
    const { code } = await other.medform("restore", "b", "--replace");
    expect(code).not.toBe(0);
    await using session = await held.session();
    expect(await session.rows("select count(*)::int as n from GOLD.PATIENT")).toEqual([{ n: 5000 }]);
    expect(existsSync(other.warehouse)).toBe(true);
  });

  it("says what is no backup, and what is one of another database", async () => {
    p.write("garbage/manifest.json", '{"format": "medform-backup-1"}');
    p.write(
      "outside/manifest.json",
      JSON.stringify({
        ...manifestOf("first"),
        files: [{ database: "EHR", file: "../x.duckdb", bytes: 1, sha256: "00" }],
      }),
    );
    const cases = { nothing: "backup-none", garbage: "backup-unreadable", outside: "backup-unreadable" };
    for (const [folder, code] of Object.entries(cases)) {
      for (const verify of [[], ["--verify"]]) {
        const said = await p.with({ MEDFORM_DUCKDB: p.path("fresh/w.duckdb") }, "restore", folder, ...verify);
        expect([folder, said.code, said.stderr]).toEqual([folder, 1, expect.stringContaining(code)]);
      }
    }
    const env = { MEDFORM_DUCKDB: p.path("fresh/w.duckdb") };
    const other = await p.with(env, "restore", "first", "--environment", "other");
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("restore-other-database")]);
    expect(existsSync(p.path("fresh/w.duckdb"))).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)("says which folder cannot be written", async () => {
    p.write("closed/x", "");
    chmodSync(p.path("closed"), 0o500);
    const said = await p.medform("backup", "closed/b");
    expect([said.code, said.stderr]).toEqual([1, expect.stringContaining("backup-not-written")]);
  });
});
