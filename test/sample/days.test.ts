/** A sample in daily batches: what was delivered last of each row is the whole sample, and nothing is known before its day. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileOf, generateSample, type Manifest, type Table, tables } from "../../src/sample/index.js";
import { localDay, readTable } from "./recount.js";

const root = mkdtempSync(join(tmpdir(), "medform-sample-days-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAYS = ["2025-06-26", "2025-06-27", "2025-06-28", "2025-06-29", "2025-06-30"];
const request = { patients: 80, seed: 7, rate: 0.02 };
const [whole, daily] = [join(root, "whole"), join(root, "daily")];
let [one, many]: Manifest[] = [];

beforeAll(async () => {
  one = await generateSample({ ...request, out: whole });
  many = await generateSample({ ...request, days: DAYS.length, out: daily });
});

const linesOf = (dir: string, table: Table): readonly string[] =>
  existsSync(join(dir, fileOf(table)))
    ? readFileSync(join(dir, fileOf(table)), "utf8")
        .trimEnd()
        .split("\n")
        .slice(1)
    : [];

describe("daily batches", () => {
  it("are a folder a day, the first with every table, and the same bytes again", async () => {
    expect(readdirSync(daily).sort()).toEqual([...DAYS, "linked_patients.csv", "manifest.json"]);
    for (const table of tables) expect(existsSync(join(daily, DAYS[0] ?? "", fileOf(table)))).toBe(true);
    const again = join(root, "again");
    await generateSample({ ...request, days: DAYS.length, out: again });
    const hash = (dir: string) =>
      readdirSync(dir, { recursive: true, encoding: "utf8" })
        .filter((name) => name.includes("."))
        .sort()
        .map((name) => [
          name,
          createHash("sha256")
            .update(readFileSync(join(dir, name)))
            .digest("hex"),
        ]);
    expect(hash(again)).toEqual(hash(daily));
  });

  it.each(tables)("end in the whole: %s", (table) => {
    const wanted = linesOf(whole, table).toSorted();
    const delivered = DAYS.map((day) => linesOf(join(daily, day), table));
    const changed = (many?.days ?? []).reduce((sum, day) => sum + (day.changed[table] ?? 0), 0);
    const lines = delivered.flat();
    const absent = (many?.days ?? []).reduce((sum, day) => sum + (day.absent[table] ?? 0), 0);
    expect(absent).toBe(table === "beds" ? 1 : 0);
    expect(lines.length).toBe(wanted.length + changed + absent);
    // Each line of the whole was delivered as often as it is there; what remains is older versions.
    const left = new Map<string, number>();
    for (const line of lines) left.set(line, (left.get(line) ?? 0) + 1);
    const missing = wanted.filter((line) => {
      const count = left.get(line) ?? 0;
      left.set(line, count - 1);
      return count === 0;
    });
    expect(missing).toEqual([]);
    expect((many?.days ?? []).map((day) => day.rows[table] ?? 0)).toEqual(delivered.map(({ length }) => length));
  });

  it("have each older version before the one that stays", () => {
    for (const table of ["encounters", "appointments", "patients"] as const) {
      const last = new Map<string | undefined, string>();
      for (const day of DAYS.filter((name) => existsSync(join(daily, name, fileOf(table))))) {
        for (const row of readTable(join(daily, day), table).rows) last.set(row.Id, JSON.stringify(row));
      }
      const identified = readTable(whole, table).rows.filter((row) => row.Id !== "");
      const stale = identified.filter((row) => last.get(row.Id) !== JSON.stringify(row));
      // The older of two versions in one file is a defect, which the whole has too.
      const conflicts =
        (one?.defects ?? []).find(({ table: of, rule }) => of === table && rule === "conflict")?.count ?? 0;
      expect([table, stale.length]).toEqual([table, conflicts]);
    }
  });

  it("tell of nothing that was after their day", () => {
    const told = {
      encounters: ["START", "STOP"],
      observations: ["DATE"],
      lab_reports: ["RESULTED_AT", "UPDATED_AT"],
    } as const;
    for (const day of DAYS) {
      for (const [table, columns] of Object.entries(told)) {
        if (!existsSync(join(daily, day, `${table}.csv`))) continue;
        const times = readTable(join(daily, day), table).rows.flatMap((row) =>
          columns.map((column) => row[column] ?? ""),
        );
        expect(times.filter((time) => (localDay(time) ?? "") > day)).toEqual([]);
      }
    }
  });

  it("are counted as the whole is: each defect on one day, changes and late rows on others", () => {
    expect(many?.defects).toEqual(one?.defects);
    expect(many?.expectedFlags).toEqual(one?.expectedFlags);
    for (const { id, count } of one?.defects ?? []) {
      expect([id, (many?.days ?? []).reduce((sum, day) => sum + (day.defects[id] ?? 0), 0)]).toEqual([id, count]);
    }
    const later = (many?.days ?? []).slice(1);
    expect(later.flatMap((day) => Object.values(day.changed)).length).toBeGreaterThan(0);
    for (const day of later) {
      const manifest = JSON.parse(readFileSync(join(daily, day.day, "manifest.json"), "utf8"));
      expect(manifest).toEqual({ medform: "sample", complete: true, ...day });
    }
  });

  it("give way to another sample in the same folder, and refuse a folder with something else", async () => {
    const out = join(root, "again");
    await generateSample({ patients: 3, seed: 1, out });
    expect(readdirSync(out).sort()).toEqual(
      [...tables.map((table) => fileOf(table)), "linked_patients.csv", "manifest.json"].sort(),
    );
    await generateSample({ patients: 3, seed: 1, out, days: 2 });
    expect(readdirSync(out).sort()).toEqual([...DAYS.slice(-2), "linked_patients.csv", "manifest.json"]);
    for (const years of [0, 11, 1.5]) {
      await expect(generateSample({ patients: 3, seed: 1, out, years })).rejects.toMatchObject({
        problems: [{ code: "sample-option" }],
      });
    }
    for (const days of [0, 61, 1.5]) {
      await expect(generateSample({ patients: 3, seed: 1, out, days })).rejects.toMatchObject({
        problems: [{ code: "sample-option" }],
      });
    }
  });
});
