/** The ledger verified: by the built command, and by the script of docs/verify.md on an export, without medform. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const bin = resolve(import.meta.dirname, "../../dist/src/cli/bin.cjs");
const page = readFileSync(resolve(import.meta.dirname, "../../docs/verify.md"), "utf8");
const script = /^```js\n([\s\S]*?)^```/m.exec(page)?.[1] ?? "";

/** A value that stands in the data, and once where a record's kind should. */
const secret = "Zweistein-Quasimodo";

const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "snowflake",
    defaultDatabase: "EHR",
    defaultSchema: "GOLD",
    assertionSchema: "ASSERTIONS",
  }),
  "definitions/sources.js":
    'declare({ schema: "RAW", name: "PEOPLE" }).config({ columns: { ID: "", NAME: "", _SOURCE_SYSTEM: "", _BATCH_ID: "", _FILE: "", _ROW: "", _LOADED_AT: "" } });\n',
  "definitions/person.sqlx": 'config { type: "table", schema: "SILVER" }\nselect ID, NAME from $' + '{ref("PEOPLE")}\n',
  "definitions/named.sqlx":
    'config { type: "assertion", tags: ["rule:NAME_GIVEN"] }\nselect \'NAME_GIVEN\' as RULE, ID from $' +
    '{ref("PERSON")} where NAME is null\n',
  "definitions/endless.sqlx":
    'config { type: "table" }\nselect count(*) as N from range(1000000) a, range(1000000) b where a.range + b.range = -1\n',
  "people.csv": `ID,NAME\n1,${secret}\n2,Bo\n`,
};

const { MEDFORM_DUCKDB: _, FORCE_COLOR: __, ...env } = process.env;
const folder = mkdtempSync(join(tmpdir(), "medform-verify-"));
const warehouse = join(folder, ".medform/warehouse.duckdb");
const untouched = join(folder, "untouched.duckdb");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
  return { code: status, stdout, stderr };
};
const medform = (...args: readonly string[]) => node(bin, ...args);

async function rows(sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`attach '${warehouse}' as "EHR"`);
    const result = await connection.run(sql);
    const found = await result.getRowObjectsJson();
    await connection.run("detach EHR");
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A run that is killed while it builds. */
async function killed(): Promise<void> {
  const child = spawn(process.execPath, [bin, "run", "endless", "--json"], { cwd: folder, env });
  const ended = new Promise((done) => child.on("close", done));
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes('"action-started"')) child.kill("SIGKILL");
  });
  await ended;
}

const restore = () => copyFileSync(untouched, warehouse);

it("is said before there is a warehouse", () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const command of ["verify", "export"]) {
    const ended = medform("audit", command, "--json");
    expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("error: ledger-none: ") });
  }
  expect(existsSync(join(folder, ".medform"))).toBe(false);
});

describe("a ledger with a load, a run that was killed, and runs that were not", () => {
  let lines: readonly string[] = [];
  let run = "";

  beforeAll(async () => {
    expect(medform("load", "csv", "people.csv", "--table", "PEOPLE").code).toBe(0);
    await killed();
    expect(medform("run", "person").code).toBe(0);
    expect(medform("assert", "person").code).toBe(0);
    const [found] = await rows(
      `select max(subject) as id from EHR.MEDFORM.LEDGER where kind = 'open' and outcome = 'run'`,
    );
    run = String(found?.id);
    copyFileSync(warehouse, untouched);
    writeFileSync(join(folder, "verify.mjs"), script);
    expect(medform("audit", "export", "--out", "sub/ledger.jsonl").code).toBe(0);
    lines = readFileSync(join(folder, "sub/ledger.jsonl"), "utf8").trimEnd().split("\n");
  });

  it("verifies, unanchored, and says which chain was interrupted", () => {
    const ended = medform("audit", "verify");
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe(
      `${lines.length} records in 5 chains verify: none was altered, removed, inserted or reordered.\n1 chain has no seal: interrupted.\nUnanchored.\n`,
    );
    expect(ended.stderr).toContain("warning: unanchored: ");
    const json = medform("audit", "verify", "--json");
    expect(JSON.parse(json.stdout)).toEqual({
      verified: true,
      anchored: false,
      records: lines.length,
      chains: 5,
      interrupted: 1,
    });
    expect(medform("audit", "verify", "--quiet")).toMatchObject({ code: 0, stdout: "" });
  });

  it("is exported as it is stored, the same to a file and to stdout", async () => {
    expect(medform("audit", "export")).toEqual({ code: 0, stdout: `${lines.join("\n")}\n`, stderr: "" });
    const columns = ["CHAIN", "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY", "PREV_HASH", "HASH"];
    const records = lines.map((line) => JSON.parse(line) as Record<string, string>);
    for (const record of records) expect(Object.keys(record)).toEqual(columns);
    const stored = await rows(`select * from EHR.MEDFORM.LEDGER order by chain <> 'main', chain, seq`);
    expect(records).toEqual(stored);
    expect(lines.join()).not.toContain("Quasimodo");
    const to = medform("audit", "export", "--out", "again.jsonl", "--json");
    expect(JSON.parse(to.stdout)).toEqual({ export: join(folder, "again.jsonl"), records: lines.length });
    expect(medform("audit", "export", "--out", "people.csv/x")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error: export-not-written: "),
    });
  });

  describe("and the script of the page", () => {
    const verify = (changed: readonly string[], ...more: readonly string[]) => {
      writeFileSync(join(folder, "changed.jsonl"), changed.map((line) => `${line}\n`).join(""));
      return node("verify.mjs", "changed.jsonl", ...more);
    };
    const refused = (changed: readonly string[], where: string, ...more: readonly string[]) => {
      const ended = verify(changed, ...more);
      expect(ended.code).not.toBe(0);
      expect(ended.stdout).toMatch(/^NOT VERIFIED: /);
      expect(ended.stdout).toContain(where);
    };
    const index = (chain: string, kind: string) =>
      lines.findIndex((line) => line.includes(`"CHAIN":"${chain}"`) && line.includes(`"KIND":"${kind}"`));
    const field = (line: string, name: string) => (JSON.parse(line) as Record<string, string>)[name] ?? "";

    it("is short and needs nothing but Node", () => {
      expect(script.trimEnd().split("\n").length).toBeLessThanOrEqual(50);
      const imports = [...script.matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => name);
      expect(imports.length).toBeGreaterThan(0);
      for (const name of imports) expect(name).toMatch(/^node:/);
      expect(script).not.toContain("medform");
    });

    it("accepts the export, and says where the main chain ends", () => {
      const ended = verify(lines);
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      const main = lines.filter((line) => line.includes('"CHAIN":"main"'));
      const head = field(main.at(-1) ?? "", "HASH");
      expect(ended.stdout).toBe(
        `VERIFIED: ${lines.length} records in 5 chains; main ends at ${main.length} with ${head}\n`,
      );
      expect(verify(lines, field(main[1] ?? "", "HASH")).code).toBe(0);
      refused(lines, "the hash that you kept", "0".repeat(64));
    });

    it("refuses a record that was altered, in any column", () => {
      const at = index(run, "evaluation");
      for (const column of Object.keys(JSON.parse(lines[at] ?? "{}") as object)) {
        const record = JSON.parse(lines[at] ?? "{}") as Record<string, string>;
        refused(lines.with(at, JSON.stringify({ ...record, [column]: `${record[column]}0` })), "NOT VERIFIED");
      }
      const failed = (lines[at] ?? "").replace('"OUTCOME":"pass"', '"OUTCOME":"warn"');
      refused(lines.with(at, failed), `${run} ${field(failed, "SEQ")} (evaluation)`);
    });

    it("refuses it after any one line was removed, stands twice, or changed places with the next", () => {
      for (const [at, line] of lines.entries()) {
        const { CHAIN, SEQ } = JSON.parse(line) as { readonly CHAIN: string; readonly SEQ: string };
        const next = lines[at + 1];
        const lastOfMain = CHAIN === "main" && !next?.includes('"CHAIN":"main"');
        refused(lines.toSpliced(at, 0, line), `${CHAIN} ${SEQ}`);
        if (next !== undefined) refused(lines.with(at, next).with(at + 1, line), "NOT VERIFIED");
        // What follows the last seal of the main chain may be missing from its end: that is what a kept hash is for.
        const [without, kept] = [lines.toSpliced(at, 1), lastOfMain ? [field(line, "HASH")] : []];
        refused(without, lastOfMain ? "" : CHAIN, ...kept);
      }
      refused([], "there is nothing");
    });
  });

  describe("after somebody wrote to its table", () => {
    const ledger = "EHR.MEDFORM.LEDGER";
    const body = `chain = '%' and kind = 'evaluation'`;

    it.each([
      ["altered", "evaluation", `update ${ledger} set outcome = 'fail' where ${body}`],
      ["altered", "intent", `update ${ledger} set body = body || ' ' where chain = '%' and kind = 'intent'`],
      ["removed", undefined, `delete from ${ledger} where ${body}`],
      ["removed", undefined, `delete from ${ledger} where chain = '%'`],
      [
        "removed",
        undefined,
        `delete from ${ledger} where chain = 'main' and seq = (select max(seq) from ${ledger} where chain = 'main')`,
      ],
      ["inserted", "evaluation", `insert into ${ledger} select * from ${ledger} where ${body}`],
      [
        "reordered",
        "evaluation",
        `update ${ledger} set seq = case seq when '00000001' then '00000002' else '00000001' end where chain = '%' and seq <= '00000002'`,
      ],
      [
        "altered",
        "seal",
        `update ${ledger} set body = replace(body, '"records"', '"record"') where subject = '%' and kind = 'seal'`,
      ],
      ["altered", "(unknown)", `update ${ledger} set kind = '${secret}' where ${body}`],
      ["removed", undefined, `delete from EHR.MEDFORM.LEDGER_HEAD where chain = 'main'`],
    ])("names what was %s (%s): %s", async (what, kind, sql) => {
      restore();
      await rows(sql.replaceAll("%", run));
      const ended = medform("audit", "verify");
      expect(ended).toMatchObject({ code: 4, stdout: "" });
      expect(ended.stderr).toContain("error: ledger-broken: The ledger does not verify. ");
      const json = medform("audit", "verify", "--json");
      expect(json.code).toBe(4);
      const { problem, ...found } = JSON.parse(json.stdout) as {
        readonly problem: { readonly chain: string; readonly seq: string; readonly message: string };
      };
      expect(found).toMatchObject({ verified: false, anchored: false });
      expect(problem).toMatchObject({
        what,
        ...(kind === undefined ? {} : { kind }),
        chain: sql.includes("'main'") || kind === "seal" ? "main" : run,
        seq: expect.stringMatching(/^\d{8}$/),
      });
      for (const part of [problem.chain, problem.seq, what]) expect(ended.stderr).toContain(part);
      expect(ended.stderr + json.stdout + json.stderr).not.toContain("Quasimodo");
    });

    it.each(["LEDGER", "LEDGER_HEAD"])("finds that its table %s is gone", async (table) => {
      restore();
      await rows(`drop table EHR.MEDFORM.${table}`);
      const ended = medform("audit", "verify", "--json");
      expect(ended.code).toBe(4);
      expect(JSON.parse(ended.stdout)).toMatchObject({ verified: false, problem: { chain: "main", what: "removed" } });
      const exported = medform("audit", "export");
      expect(exported).toMatchObject({
        code: 4,
        stdout: "",
        stderr: expect.stringContaining("error: ledger-broken: "),
      });
    });

    it("finds that it has no table left", async () => {
      restore();
      await rows("drop table EHR.MEDFORM.LEDGER");
      await rows("drop table EHR.MEDFORM.LEDGER_HEAD");
      const ended = medform("audit", "verify");
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("error: ledger-none: ") });
    });
  });
});
