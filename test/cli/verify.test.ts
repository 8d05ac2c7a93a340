/** The ledger verified: by the built command, and by the script of docs/verify.md on an export, without medform. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const long = process.env.MEDFORM_LONG === "1";
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

const folder = mkdtempSync(join(tmpdir(), "medform-verify-"));
const elsewhere = mkdtempSync(join(tmpdir(), "medform-anchors-"));
const anchorFile = join(elsewhere, "anchors.jsonl");
const publicKey = join(elsewhere, "anchor-public.pem");
const privateKey = join(elsewhere, "anchor-private.pem");
const { MEDFORM_DUCKDB: _, FORCE_COLOR: __, ...inherited } = process.env;
/** Of commands that write: they anchor. Who verifies says where the anchors are. */
const env = { ...inherited, MEDFORM_ANCHOR_FILE: anchorFile, MEDFORM_ANCHOR_KEY: privateKey };
const reading = new Set(["verify", "export", "keygen"]);
const warehouse = join(folder, ".medform/warehouse.duckdb");
const untouched = join(folder, "untouched.duckdb");
afterAll(() => {
  for (const path of [folder, elsewhere]) rmSync(path, { recursive: true, force: true });
});

const node = (...args: readonly string[]) => {
  const its = args.some((arg) => reading.has(arg)) ? inherited : env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env: its, encoding: "utf8" });
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
    const made = medform("audit", "keygen", "--out", elsewhere, "--json");
    expect(JSON.parse(made.stdout)).toMatchObject({ privateKey, publicKey });
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
      anchors: { status: "unanchored", anchors: 0, others: 0, torn: [] },
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
      expect(script.replace('"medform-anchor"', "")).not.toContain("medform");
    });

    it("accepts the export, and says where the main chain ends", () => {
      const ended = verify(lines);
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      const main = lines.filter((line) => line.includes('"CHAIN":"main"'));
      const head = field(main.at(-1) ?? "", "HASH");
      expect(ended.stdout).toBe(
        `VERIFIED: ${lines.length} records in 5 chains; main ends at ${main.length} with ${head}\nUNANCHORED\n`,
      );
      const anchored = verify(lines, anchorFile, publicKey);
      expect(anchored).toMatchObject({ code: 0, stderr: "" });
      expect(anchored.stdout).toContain(`\nANCHORED up to record ${main.length} of ${main.length}, at `);
    });

    it("refuses what is not as it was anchored, and anchors that nobody signed", () => {
      const anchors = readFileSync(anchorFile, "utf8");
      const against = (text: string) => {
        const file = join(elsewhere, "changed-anchors.jsonl");
        writeFileSync(file, text);
        return [file, publicKey] as const;
      };
      const last =
        index("main", "seal") +
        lines
          .slice(index("main", "seal"))
          .findIndex(
            (line, at, all) =>
              !all.slice(at + 1).some((later) => later.includes('"CHAIN":"main"') && later.includes('"KIND":"seal"')) &&
              line.includes('"KIND":"seal"'),
          );
      refused(lines.toSpliced(last, 1), "that record was altered, or is gone", anchorFile, publicKey);
      const [first = "", ...others] = anchors.split("\n");
      refused(lines, "the anchor before it is missing", ...against(others.join("\n")));
      refused(lines, "not signed so", ...against(anchors.replace(/"at":"2/, '"at":"3')));
      refused(lines, "it stands twice", ...against(`${anchors}${first}\n`));
      const another = ["ledger", "hash"].reduce(
        (line, name) => line.replace(new RegExp(`"${name}":"[0-9a-f]`), (found) => `${found.slice(0, -1)}z`),
        first,
      );
      refused(lines, "not signed so", ...against(another));
    });

    it("says like the command that there is no anchor, and reads lines that end as on other systems", () => {
      const anchors = readFileSync(anchorFile, "utf8");
      const both = (text: string) => {
        const file = join(elsewhere, "changed-anchors.jsonl");
        writeFileSync(file, text);
        const command = medform("audit", "verify", "--json", "--anchors", file, "--public-key", publicKey);
        const found = JSON.parse(command.stdout) as { readonly anchors: { readonly status: string } };
        const { code, stdout } = verify(lines, file, publicKey);
        return { codes: [command.code, code], status: found.anchors.status, last: stdout.trimEnd().split("\n").at(-1) };
      };
      for (const text of ["", "\n", anchors.slice(0, 50)]) {
        expect(both(text)).toEqual({ codes: [0, 0], status: "unanchored", last: "UNANCHORED" });
      }
      const crlf = both(anchors.replaceAll("\n", "\r\n"));
      expect(crlf).toMatchObject({ codes: [0, 0], status: "anchored", last: expect.stringMatching(/^ANCHORED up to/) });
      expect(both(anchors.replaceAll("\n", " x\n"))).toMatchObject({ codes: [4, 1], status: "broken" });
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
      // Each line with MEDFORM_LONG=1; else every seventh, which are some of each chain, and the ends of both.
      const ends = [0, 1, lines.length - 2, lines.length - 1];
      for (const [at, line] of lines.entries()) {
        if (!long && at % 7 !== 0 && !ends.includes(at)) continue;
        const { CHAIN, SEQ } = JSON.parse(line) as { readonly CHAIN: string; readonly SEQ: string };
        const next = lines[at + 1];
        const lastOfMain = CHAIN === "main" && !next?.includes('"CHAIN":"main"');
        refused(lines.toSpliced(at, 0, line), `${CHAIN} ${SEQ}`);
        if (next !== undefined) refused(lines.with(at, next).with(at + 1, line), "NOT VERIFIED");
        // What follows the last seal of the main chain may be missing from its end: that is what anchors are for.
        const [without, anchors] = [lines.toSpliced(at, 1), lastOfMain ? [anchorFile, publicKey] : []];
        refused(without, lastOfMain ? "" : CHAIN, ...anchors);
      }
      refused([], "there is nothing");
    });
  });

  describe("and its anchors", () => {
    const ledger = "EHR.MEDFORM.LEDGER";
    const changed = join(elsewhere, "verified-anchors.jsonl");
    const verify = (text: string, ...more: readonly string[]) => {
      writeFileSync(changed, text);
      const ended = medform("audit", "verify", "--json", "--anchors", changed, ...more);
      const { anchors, ...found } = JSON.parse(ended.stdout) as Readonly<Record<string, unknown>>;
      return { ...ended, found, anchors };
    };
    const checked = (text: string) => verify(text, "--public-key", publicKey);
    let anchors = "";
    let anchored: readonly string[] = [];

    beforeEach(restore);

    beforeAll(() => {
      anchors = readFileSync(anchorFile, "utf8");
      anchored = anchors.trimEnd().split("\n");
    });

    it("are one for each load, run and assertion that was sealed, and name its end", () => {
      const runs = anchored.map((line) => (JSON.parse(line) as { readonly run: string }).run);
      expect(runs.map((id) => id.slice(0, id.indexOf("-")))).toEqual(["load", "run", "assert"]);
      const ended = medform("audit", "verify", "--anchors", anchorFile, "--public-key", publicKey);
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(ended.stdout).toMatch(
        /\nAnchored: 3 signatures hold, the last one of .*Z names the end of the ledger\.\n$/,
      );
      const json = checked(anchors);
      expect(json).toMatchObject({ code: 0, stderr: "" });
      expect(json.found).toMatchObject({ verified: true, anchored: true });
      expect(json.anchors).toMatchObject({ status: "anchored", anchors: 3, after: 0, last: { run: runs[2] } });
    });

    it("say how far it is anchored, and what cannot be seen behind that", () => {
      const ended = checked(`${anchored.slice(0, 2).join("\n")}\n`);
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining("warning: anchors-behind: ") });
      expect(ended.found).toMatchObject({ verified: true, anchored: false });
      expect(ended.anchors).toMatchObject({ status: "behind", anchors: 2, after: 2 });
    });

    it("cannot be checked without the public key, which is said", () => {
      const ended = verify(anchors);
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining("warning: anchors-unchecked: ") });
      expect(ended).toMatchObject({ found: { verified: true, anchored: false }, anchors: { status: "unchecked" } });
    });

    it("are refused where somebody wrote them", () => {
      const ended = checked(anchors.replace(/"signature":"./g, '"signature":"0').replace(/("at":")2/, "$13"));
      expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining("error: anchors-forged: ") });
      expect(ended).toMatchObject({ found: { verified: false }, anchors: { status: "broken" } });
    });

    it("find that its end was cut off, which nothing else does", async () => {
      await rows(`delete from ${ledger} where chain like 'assert-%'`);
      const last = `(select max(seq) from ${ledger} where chain = 'main')`;
      for (const _record of ["seal", "open"])
        await rows(`delete from ${ledger} where chain = 'main' and seq = ${last}`);
      const end = (value: string) => `(select ${value} from ${ledger} where chain = 'main')`;
      await rows(`update EHR.MEDFORM.LEDGER_HEAD set seq = ${end("max(seq)")}, hash = ${end("max_by(hash, seq)")}`);
      expect(medform("audit", "verify").code).toBe(0);
      const ended = checked(anchors);
      expect(ended).toMatchObject({ code: 4, found: { verified: false } });
      expect(ended.anchors).toMatchObject({ status: "broken", problem: { what: "truncated", line: 3 } });
      expect(ended.stderr).toMatch(
        /error: anchors-truncated: .* names record \d{8} of main, and the ledger ends at \d{8}/,
      );
    });

    it("find that it was written anew", async () => {
      const last = `chain = 'main' and seq = (select max(seq) from ${ledger} where chain = 'main')`;
      await rows(`update ${ledger} set outcome = 'cancelled' where ${last}`);
      const parts = ["PREV_HASH", "CHAIN", "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY"];
      const layout = parts.map((name) => `strlen("${name}") || ':' || "${name}"`).join(" || ");
      await rows(`update ${ledger} set hash = sha256(${layout}) where ${last}`);
      await rows(`update EHR.MEDFORM.LEDGER_HEAD set hash = (select hash from ${ledger} where ${last})`);
      expect(medform("audit", "verify").code).toBe(0);
      const ended = checked(anchors);
      expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining("error: anchors-rewritten: ") });
      expect(ended.anchors).toMatchObject({ status: "broken", problem: { what: "rewritten", line: 3 } });
    });

    it("find that it is another one, or gone", async () => {
      await rows(`drop table ${ledger}`);
      await rows("drop table EHR.MEDFORM.LEDGER_HEAD");
      writeFileSync(changed, anchors);
      const ended = medform("audit", "verify", "--anchors", changed, "--public-key", publicKey);
      expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining("error: ledger-gone: ") });
      const json = checked(anchors);
      expect(json).toMatchObject({ code: 4, found: { verified: false, problem: { what: "gone" } } });
      expect(medform("assert", "person").stderr).toContain("warning: anchor-first: The anchor file has lines");
      const other = checked(anchors);
      expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining("error: anchors-foreign: ") });
      writeFileSync(anchorFile, anchors);
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
        "intent",
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
      expect(json.stderr).toContain("error: ledger-broken: The ledger does not verify. ");
      for (const part of [problem.chain, problem.seq, what]) expect(json.stderr).toContain(part);
      expect(json.stdout + json.stderr).not.toContain("Quasimodo");
      if (!long && kind !== "(unknown)") return;
      const ended = medform("audit", "verify");
      expect(ended).toEqual({ code: 4, stdout: "", stderr: json.stderr });
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

    it.each([
      ["CHAIN", "altered"],
      ["SEQ", "reordered"],
    ])("finds a record without %s, which its views would show", async (column, what) => {
      restore();
      await rows(`alter table ${ledger} alter ${column} drop not null`);
      const open = `select * replace (null as ${column}) from ${ledger} where chain = 'main' and kind = 'open'`;
      await rows(`insert into ${ledger} ${open} limit 1`);
      const ended = medform("audit", "verify", "--json");
      expect(ended.code).toBe(4);
      expect(JSON.parse(ended.stdout)).toMatchObject({ verified: false, problem: { what, kind: "open" } });
      medform("audit", "export", "--out", "null.jsonl");
      expect(node("verify.mjs", "null.jsonl").stdout).toMatch(/^NOT VERIFIED: /);
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
