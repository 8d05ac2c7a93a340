/** Relations whose model is gone: listed, dropped on request, recorded; and what is left alone. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isBuilt, start } from "../faults/child.js";
import { onFile, type Place, place } from "./project.js";

let p: Place;
/** The warehouse with everything in it, as each test begins. */
let full: string;
const restore = () => {
  rmSync(join(p.dir, ".medform"), { recursive: true, force: true });
  cpSync(full, join(p.dir, ".medform"), { recursive: true });
};
const gone = ["headcount", "counted", "summed", "operated"];

beforeAll(async () => {
  p = place();
  p.write("definitions/headcount.sqlx", `config { type: "table" } select count(*) as N from \${ref("PATIENT")}`);
  p.write("definitions/counted.sqlx", `config { type: "view" } select N from \${ref("HEADCOUNT")}`);
  p.write("definitions/summed.sqlx", `config { type: "view" } select sum(N) as N from \${ref("COUNTED")}`);
  p.write(
    "definitions/operated.sqlx",
    `config { type: "operations", hasOutput: true } create or replace table \${self()} as select 1 as N`,
  );
  expect(await p.medform("run")).toMatchObject({ code: 0 });
  for (const name of gone) rmSync(p.path(`definitions/${name}.sqlx`));
  full = mkdtempSync(join(p.dir, "full-"));
  cpSync(join(p.dir, ".medform"), full, { recursive: true });
});
beforeEach(restore);
afterAll(() => p?.[Symbol.dispose]());

const drops = (...names: readonly string[]) => names.flatMap((name) => ["--drop", name]);
const clean = async (...args: readonly string[]) => JSON.parse((await p.medform("clean", "--json", ...args)).stdout);
const namesIn = (list: readonly { target: { name: string } }[]) => list.map(({ target }) => target.name);
const relations = async () =>
  (await onFile(p.warehouse, "select table_name from information_schema.tables where table_schema = 'GOLD' order by 1"))
    .flat()
    .join(" ");
const markers = async () =>
  (await onFile(p.warehouse, "select name from MEDFORM.PUBLICATION order by 1")).flat().join(" ");

describe("medform clean", () => {
  it("lists what was published and has no model any more, and touches nothing", async () => {
    const said = await p.medform("clean");
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(said.stdout.split("\n").map((line) => line.replace(/, published .*?UTC/, ""))).toEqual([
      "no model:  gold.counted  view",
      "no model:  gold.headcount  table, 1 row",
      "no model:  gold.operated  operation",
      "no model:  gold.summed  view",
      "4 relations without a model: medform clean --drop NAME drops one.",
      "",
    ]);
    expect(await relations()).toBe("COUNTED HEADCOUNT OPERATED PATIENT SHOWN SUMMED");
  });

  it("drops readers before what they read; an operation's output is not medform's to drop", async () => {
    const said = await p.medform("clean", ...drops("headcount", "gold.counted", "EHR.GOLD.SUMMED", "operated"));
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(said.stdout).toBe(
      "dropped:   gold.summed\ndropped:   gold.counted\ndropped:   gold.headcount\nforgotten: gold.operated, an operation: what it made is not medform's to drop\nNothing is left to clean.\n",
    );
    expect(await relations()).toBe("OPERATED PATIENT SHOWN");
    expect(await markers()).toBe("PATIENT SHOWN");
    expect((await p.medform("status")).stdout).not.toMatch(/headcount|counted|summed|operated/i);
    expect((await p.medform("run")).stdout).toContain("Nothing to do");
    expect(await p.medform("audit", "verify")).toMatchObject({ code: 0 });
    const rows = await onFile(
      p.warehouse,
      "select TARGET, TYPE, ACTION.OUTCOME, ROW_COUNT::int, RUN.KIND, RUN.OUTCOME, COMMAND, ACTOR is not null from MEDFORM.ACTION join MEDFORM.RUN using (RUN_ID) where KIND = 'clean' order by TARGET",
    );
    const by = ["clean", "succeeded", "clean", true];
    expect(rows).toEqual([
      ["EHR.GOLD.COUNTED", "view", "dropped", null, ...by],
      ["EHR.GOLD.HEADCOUNT", "table", "dropped", 1, ...by],
      ["EHR.GOLD.OPERATED", "operation", "forgotten", null, ...by],
      ["EHR.GOLD.SUMMED", "view", "dropped", null, ...by],
    ]);
  });

  it("makes what was dropped anew when its model comes back", async () => {
    await p.medform("clean", ...drops("summed", "counted", "headcount"));
    const file = p.write("definitions/headcount.sqlx", 'config { type: "table" } select 7 as N');
    const again = await p.medform("run");
    rmSync(file);
    expect(again).toMatchObject({ code: 0 });
    expect(await onFile(p.warehouse, "select N from GOLD.HEADCOUNT")).toEqual([[7]]);
  });

  it.each([
    ["what a view still reads", ["headcount", "counted"], "", "clean-read", "EHR.GOLD.SUMMED"],
    [
      "what somebody's own view reads",
      ["headcount", "counted", "summed"],
      "create view GOLD.OWN as select * from GOLD.HEADCOUNT",
      "clean-read",
      "EHR.GOLD.OWN",
    ],
    [
      "what is of another kind now",
      ["summed"],
      "drop view GOLD.SUMMED; create table GOLD.SUMMED (N integer)",
      "clean-changed",
      "EHR.GOLD.SUMMED",
    ],
    [
      "what has other columns now",
      ["headcount", "counted", "summed"],
      "drop table GOLD.HEADCOUNT; create table GOLD.HEADCOUNT (OTHER integer)",
      "clean-changed",
      "EHR.GOLD.HEADCOUNT",
    ],
    ["what has a model", ["patient"], "", "clean-unknown", "patient"],
    [
      "what medform did not make",
      ["own_table"],
      "create table GOLD.OWN_TABLE (N integer)",
      "clean-unknown",
      "own_table",
    ],
  ])("refuses %s, and drops nothing at all", async (_, names, sql, code, word) => {
    if (sql !== "") await onFile(p.warehouse, sql);
    const before = await relations();
    const said = await p.medform("clean", ...drops(...names));
    expect(said).toMatchObject({ code: 1, stdout: "" });
    expect(said.stderr).toContain(`error: ${code}`);
    expect(said.stderr).toContain(word);
    expect(await relations()).toBe(before);
    expect(namesIn((await clean()).stale)).toEqual(gone.map((name) => name.toUpperCase()).toSorted());
  });

  it("leaves what other environments and projects publish into the same warehouse to them", async () => {
    p.write("package.json", '{ "name": "another" }');
    expect(await clean()).toMatchObject({ stale: [], others: 4 });
    rmSync(p.path("package.json"));
    p.write(
      "environments.json",
      JSON.stringify({
        environments: ["plain", "beside"].map((name) => ({ name, configOverride: { warehouse: "duckdb" } })),
      }),
    );
    expect(await clean("--environment", "beside")).toMatchObject({ stale: [], others: 4 });
    expect((await p.medform("clean", "--environment", "beside")).stdout).toContain(
      "4 relations of other projects or environments in this warehouse: theirs to clean.",
    );
    expect((await clean()).stale).toHaveLength(4);
  });

  it("says nothing is left where nothing was ever run", async () => {
    rmSync(join(p.dir, ".medform"), { recursive: true });
    expect(await clean()).toEqual({ pending: [], stale: [], others: 0, givenUp: [], dropped: [] });
  });

  /** The others take seconds. */
  const always = ["^commit", "^insert into .*LEDGER"];
  const steps: readonly (readonly [what: string, matching: string, at: number, left: string])[] = [
    ["before the first drop", "^drop view", 1, "COUNTED SUMMED"],
    ["before its commit", "^commit", 2, "COUNTED SUMMED"],
    ["before its record", "^insert into .*LEDGER", 3, "COUNTED SUMMED"],
    ["before the second drop", "^drop view", 2, "COUNTED"],
    ["before the end", "^update .*LEDGER_HEAD", 2, ""],
  ];
  it
    .skipIf(!isBuilt)
    .each(steps.filter(([, matching]) => process.env.MEDFORM_LONG === "1" || always.includes(matching)))(
    "killed %s, is ended by a repetition (needs the built command)",
    async (_, matching, at, expected) => {
      const args = ["clean", ...drops("counted", "summed"), "--project", p.dir, "--environment", "plain"];
      const killed = await start({ args, warehouse: p.warehouse, fault: { kind: "kill", matching, at } });
      expect([killed.signal, killed.struck]).toEqual(["SIGKILL", expect.anything()]);
      const left = namesIn((await clean()).stale).filter((name) => name === "COUNTED" || name === "SUMMED");
      expect(left.join(" ")).toBe(expected);
      if (left.length > 0) expect(await p.medform("clean", ...drops(...left))).toMatchObject({ code: 0 });
      expect(await relations()).toBe("HEADCOUNT OPERATED PATIENT SHOWN");
      expect(await markers()).toBe("HEADCOUNT OPERATED PATIENT SHOWN");
      expect(await p.medform("audit", "verify")).toMatchObject({ code: 0 });
      expect((await p.medform("run")).stdout).toContain("Nothing to do");
    },
  );
});
