/** Readers in other processes: what runs leave for them is whole at every moment, and medform itself reads it when shut out. */
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/warehouse/index.js";
import { type Place, place, reader, readOnce } from "./project.js";

const long = process.env.MEDFORM_LONG === "1";

const number = (runId: string) => Number(/^run-0*(\d+)/.exec(runId)?.[1]);

/** A snapshot is of one run, in each of its tables and views, and says of which. */
function expectWhole({ runs, rows, of }: Awaited<ReturnType<typeof readOnce>>): void {
  expect(runs).toEqual([String(number(of))]);
  expect(rows).toBe(20_000);
}

describe("a run", () => {
  let here: Place;
  beforeAll(() => {
    here = place();
  });
  afterAll(() => here[Symbol.dispose]());

  it("leaves a snapshot when it succeeded, and the same one stays where nothing was published since", async () => {
    expect((await here.medform("snapshot")).stderr).toContain("snapshot-unbuilt");
    expect((await here.medform("run", "--environment", "none")).code).toBe(0);
    expect(existsSync(here.snapshots)).toBe(false);
    const { code, stdout } = await here.medform("run", "--full-refresh");
    expect(code).toBe(0);
    expect(stdout).toContain("Snapshot for readers: .medform/warehouse.snapshots/EHR.duckdb");
    expectWhole(await readOnce(here.snapshot));
    expect(statSync(here.snapshot).mode & 0o222).toBe(0);
    const kept = here.kept();
    expect(kept).toHaveLength(1);
    expect((await here.medform("run")).code).toBe(0);
    expect(here.kept()).toEqual(kept);
  });

  it("keeps as many as its environment says, and tells each as an event before its end", async () => {
    const events: { readonly kind: string; readonly file?: string }[] = [];
    for (let time = 0; time < 2; time += 1) {
      const { stdout } = await here.medform("run", "--environment", "two", "--full-refresh", "--json");
      events.push(
        ...stdout
          .trim()
          .split("\n")
          .slice(-2)
          .map((line) => JSON.parse(line)),
      );
    }
    expect(events.map(({ kind }) => kind)).toEqual(Array(2).fill(["snapshot", "run-finished"]).flat());
    expect(events[0]?.file).toBe(here.snapshot);
    const kept = here.kept();
    expect(kept).toHaveLength(2);
    const readings = await Promise.all(kept.map((name) => readOnce(join(here.snapshots, name, "EHR.duckdb"))));
    for (const reading of readings) expectWhole(reading);
    expect(new Set(readings.map(({ of }) => of)).size).toBe(2);
    expect(await readOnce(here.snapshot)).toEqual(readings.at(-1));
  });

  it("is not needed for one: medform snapshot says what it took, and keeps N", async () => {
    const { stdout } = await here.medform("snapshot", "--keep", "1", "--json");
    const taken = JSON.parse(stdout);
    expect(taken).toMatchObject({ file: here.snapshot, kept: 1, runId: expect.stringMatching(/^run-\d{6}-/) });
    expect(taken.bytes).toBe(statSync(here.snapshot).size);
    const { stdout: told } = await here.medform("snapshot", "--keep", "2");
    expect(told).toContain(`as run ${taken.runId} published it\n`);
    expect(told).toContain("2 snapshots kept");
    expect(here.kept()).toHaveLength(2);
    expectWhole(await readOnce(here.snapshot));
  });

  it("leaves none where a rule failed", async () => {
    const before = await readOnce(here.snapshot);
    const { code } = await here.medform("run", "--full-refresh", "--vars", "broken=yes");
    expect(code).toBe(2);
    expect(await readOnce(here.snapshot)).toEqual(before);
  });

  it("is not changed by a snapshot that fails, which is told", async () => {
    const other = place({ ".medform/warehouse.snapshots": "no folder" });
    using _ = other;
    const shown = await other.medform("run");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("snapshot-not-written");
    const quiet = await other.medform("run", "--quiet", "--full-refresh");
    expect(quiet).toMatchObject({ code: 0, stdout: "" });
    expect(quiet.stderr).toContain("snapshot-not-written");
  });
});

describe("readers in other processes", () => {
  it("see one whole run at a time, and no error, while runs publish snapshots", async () => {
    using here = place();
    await here.medform("run");
    const readers = [reader(here.snapshot), reader(here.snapshot)];
    await Promise.all(readers.map((one) => one.first()));
    const runs = long ? 40 : 2;
    for (let run = 0; run < runs; run += 1) {
      expect((await here.medform("run", "--full-refresh", "--quiet")).code).toBe(0);
      const before = readers.map(({ readings }) => readings.length);
      // Each reads what this run has left, before the next one.
      while (readers.some(({ readings }, index) => readings.length < (before[index] ?? 0) + 2)) {
        await new Promise((done) => setTimeout(done, 10));
      }
    }
    for (const one of readers) {
      const { readings, errors } = await one.stop();
      expect(errors).toBe("");
      for (const reading of readings) expectWhole(reading);
      const seen = [...new Set(readings.map(({ of }) => of))];
      expect(seen).toHaveLength(runs + 1);
      expect(seen).toEqual(seen.toSorted());
    }
  }, 900_000);
});

describe("a process that is killed while it takes a snapshot", () => {
  it("leaves the former one, and what the next one removes", async () => {
    using here = place();
    await here.medform("run");
    let left = 0;
    for (const wait of long ? [0, 1, 2, 4, 8, 16, 32, 64, 0, 3, 9, 27, 81] : [0, 20]) {
      const before = await readOnce(here.snapshot);
      await here.medform("run", "--environment", "none", "--full-refresh");
      const child = here.start("snapshot");
      while (here.unfinished().length === 0 && child.exitCode === null)
        await new Promise((done) => setTimeout(done, 1));
      await new Promise((done) => setTimeout(done, wait));
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      if (here.unfinished().length > 0) {
        left += 1;
        expect(await readOnce(here.snapshot)).toEqual(before);
      } else expectWhole(await readOnce(here.snapshot));
      expect((await here.medform("snapshot")).code).toBe(0);
      expect(here.unfinished()).toEqual([]);
      expect(here.kept()).toHaveLength(1);
      const after = await readOnce(here.snapshot);
      expectWhole(after);
      expect(number(after.of)).toBe(number(before.of) + 1);
    }
    expect(left).toBeGreaterThan(0);
  }, 900_000);
});

describe("while a run holds the warehouse", () => {
  const reading = [
    ["show", "FIRST", "--limit", "1"],
    ["status"],
    ["audit", "report"],
    ["audit", "verify"],
    ["audit", "export"],
  ];
  const writing = [["plan"], ["snapshot"], ...(long ? [["run"], ["assert"]] : [])];

  it("commands that only read are refused without a snapshot, and read the last one where there is one", async () => {
    using here = place();
    expect((await here.medform("run", "--environment", "none")).code).toBe(0);
    const open = () => openDuckDb({ path: here.warehouse, database: "EHR", holder: { command: "medform run" } });
    {
      await using held = await open();
      const refused = await Promise.all(
        [...reading.slice(0, long ? undefined : 2), ...writing].map((command) => here.elsewhere(...command)),
      );
      for (const { code, stderr } of refused) {
        expect(code).toBe(3);
        expect(stderr).toContain(`locked: the warehouse ${here.warehouse} is in use by \`medform run\``);
        expect(stderr).toContain(held.lease.holder.since);
      }
    }
    await here.medform("snapshot");
    await using held = await open();
    await using session = await held.session();
    await session.run(`insert into "EHR"."GOLD"."FIRST" values (-1, -1)`);
    const answered = await Promise.all(reading.map((command) => here.elsewhere(...command, "--json")));
    for (const { code, stdout, stderr } of answered) {
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("reading-snapshot") });
      expect(stderr).toContain(`is in use by \`medform run\``);
      expect(stderr).toContain(held.lease.holder.since);
      expect(stderr).toMatch(
        /What follows is of \d{4}-\d\d-\d\d \d\d:\d\d UTC: its last snapshot, with what run run-000001-\w+ published/,
      );
      expect(
        stdout
          .trim()
          .split("\n")
          .map((line) => typeof JSON.parse(line)),
      ).not.toEqual([]);
    }
    const { stdout } = await here.elsewhere("show", "FIRST", "--where", "ID < 1", "--json");
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([{ ID: 0, RUN: 1 }]);
    expect((await here.elsewhere("plan")).code).toBe(3);
  });
});
