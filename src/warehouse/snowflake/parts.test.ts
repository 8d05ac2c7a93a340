/** What is written into part files is what was read, for a reader that is not ours; and nobody else can read them. */
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session, Warehouse } from "../contract.js";
import { openDuckDb } from "../duckdb/open.js";
import { rejectedLines, rowLines } from "./lines.js";
import { PartSeries, partFolder } from "./parts.js";

let folder = "";
let warehouse: Warehouse;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "medform-parts-"));
  warehouse = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
  session = await warehouse.session();
});
afterAll(async () => {
  await warehouse[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

let series = 0;

/** Parts that the lines became, in order. */
async function written(lines: Iterable<string>, partBytes: number): Promise<readonly string[]> {
  const parts: string[] = [];
  series += 1;
  const writer = new PartSeries(folder, `s${series}`, partBytes, async (path) => {
    parts.push(path);
  });
  for (const text of lines) await writer.write(text);
  await writer.close();
  return parts;
}

async function readBack(parts: readonly string[]): Promise<readonly (readonly (string | null)[])[]> {
  if (parts.length === 0) return [];
  const rows = await session.rows(
    `select from_json(json, '["VARCHAR"]')::json::varchar as line from read_ndjson_objects([${parts.map((part) => `'${part}'`).join(", ")}], compression = 'gzip')`,
  );
  return rows.map(({ line }) => JSON.parse(String(line)));
}

/** What is mistaken for something else by one format or another. */
const traps = [
  "",
  "\\N",
  "null",
  "NULL",
  '"',
  '""',
  "\\",
  "\\\\",
  "\n",
  "\r\n",
  ",",
  "\t",
  "\u2028",
  "\ufeff",
  " ",
  "'",
  "[1]",
  "0123",
];
const field = fc.option(
  fc.oneof(
    fc.constantFrom(...traps),
    fc.array(fc.constantFrom(...traps), { maxLength: 5 }).map((some) => some.join("")),
    fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", "")),
  ),
  { nil: null },
);

describe("part files", () => {
  it("keep NULL, empty text, line ends, quotes and backslashes apart", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 4 })
          .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 20 })),
        fc.integer({ min: 1, max: 400 }),
        async (table, partBytes) => {
          const width = table[0]?.length ?? 1;
          const columns = Array.from({ length: width }, (_, column) => table.map((row) => row[column] ?? null));
          const rows = table.map((_, index) => index * 2 + 1);
          const rejected = table.map((row, line) => ({ line, reason: "r", text: row[0] ?? "" }));
          const parts = await written(rowLines({ columns, rows, rejected }), partBytes);
          expect(await readBack(parts)).toEqual(table.map((row, index) => [String(rows[index]), ...row]));
          const lines = await written(rejectedLines({ columns, rows, rejected }), partBytes);
          expect(await readBack(lines)).toEqual(table.map((row, line) => [String(line), "r", row[0] ?? ""]));
        },
      ),
      { numRuns: process.env.MEDFORM_LONG === "1" ? 1_000 : 60 },
    );
  });

  it("are closed when large enough, one after another, readable by their owner alone", async () => {
    const text = `${JSON.stringify(["x".repeat(1_000)])}\n`;
    const parts = await written(
      Array.from({ length: 10 }, () => text),
      2_500,
    );
    expect(parts).toHaveLength(4);
    expect(parts.map((part) => statSync(part).mode & 0o777)).toEqual([0o600, 0o600, 0o600, 0o600]);
    expect(await readBack(parts)).toHaveLength(10);
  });

  it("are not written over what is there, and an error of the disk is told", async () => {
    const writer = new PartSeries(join(folder, "nowhere"), "x", 10, async () => undefined);
    await expect(
      (async () => {
        await writer.write("[1]\n");
        await writer.close();
      })(),
    ).rejects.toThrow("ENOENT");
    await writer.abandon();
  });

  it("leave nothing behind, not even those of a process that died", async () => {
    const parent = await mkdtemp(join(folder, "tmp-"));
    mkdirSync(join(parent, "medform-load-999999999-abc"));
    mkdirSync(join(parent, `medform-load-${process.pid}-other`));
    mkdirSync(join(parent, "medform-else"));
    const made = await partFolder(parent);
    expect(statSync(made.path).mode & 0o777).toBe(0o700);
    expect(readdirSync(parent).toSorted()).toEqual(
      ["medform-else", `medform-load-${process.pid}-other`, made.path.slice(parent.length + 1)].toSorted(),
    );
    await made[Symbol.asyncDispose]();
    expect(existsSync(made.path)).toBe(false);
  });
});
