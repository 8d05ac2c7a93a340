/** A sample as Parquet: what lands of it is what lands of the same sample as CSV. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { openFolder } from "../../src/sample/files.js";
import { generateSample, type Manifest } from "../../src/sample/index.js";
import { medform, reader, scratch } from "../support/medform.js";

const box = scratch();
afterAll(() => box[Symbol.dispose]());

/** Rows of every landing table in the order of the file, without what names file, batch and time of the load. */
async function landed(warehouse: string): Promise<Readonly<Record<string, string>>> {
  using db = await reader(warehouse);
  const names = await db.rows(
    `select table_name as name from information_schema.tables
     where table_schema = 'RAW' and (table_name like 'SYNTHEA%' or table_name like 'HOSPITAL%') order by name`,
  );
  const hashes: Record<string, string> = {};
  for (const { name } of names) {
    const [row] = await db.rows(
      `select count(*) || ' ' || coalesce(md5(string_agg(line, chr(10) order by place)), '') as hash
       from (
         select _row as place, cast(row(columns(* exclude (_row, _file, _batch_id, _loaded_at))) as varchar) as line
         from raw.${name}
       )`,
    );
    hashes[String(name)] = String(row?.hash);
  }
  return hashes;
}

async function load(format: "csv" | "parquet", days?: number) {
  const out = join(box.dir, `${format}-${days ?? 0}`);
  const manifest = await generateSample({ patients: 40, seed: 9, rate: 0.03, out, format, days });
  const warehouse = join(box.dir, `${format}-${days ?? 0}.duckdb`);
  const folders = days === undefined ? [out] : readdirSync(out).filter((name) => name.startsWith("20"));
  for (const folder of folders) {
    const { code, stderr } = await medform(
      ["load", "synthea-csv", days === undefined ? out : join(out, folder)],
      warehouse,
    );
    expect([code, /error:/.test(stderr) ? stderr : ""]).toEqual([0, ""]);
  }
  return { out, manifest, hashes: await landed(warehouse) };
}

const without = ({ defects }: Manifest) => defects.filter(({ outcome }) => outcome !== "rejected");

describe("a sample as Parquet", () => {
  it("lands row for row as the same sample does as CSV; only lines that are no rows are missing", async () => {
    const [text, binary] = [await load("csv"), await load("parquet")];
    expect(binary.hashes).toEqual(text.hashes);
    expect(Object.keys(binary.hashes).length).toBeGreaterThan(45);
    expect(binary.manifest.defects).toEqual(without(text.manifest));
    expect(readdirSync(binary.out).filter((name) => !name.endsWith(".parquet"))).toEqual(["manifest.json"]);
  });

  it("comes in days too, and gives way to another format in the same folder", async () => {
    const out = join(box.dir, "again");
    await generateSample({ patients: 5, seed: 1, out, format: "parquet", days: 2 });
    expect(readdirSync(join(out, "2025-06-30")).filter((name) => name.endsWith(".csv"))).toEqual([]);
    await generateSample({ patients: 5, seed: 1, out });
    expect(readdirSync(out).filter((name) => !name.endsWith(".csv"))).toEqual(["manifest.json"]);
  });

  it("puts a large table together from its parts, in order", async () => {
    const dir = join(box.dir, "parts");
    mkdirSync(dir);
    const { rows: counts, ...begun } = await generateSample({ patients: 0, seed: 1, out: join(box.dir, "nobody") });
    const folder = await openFolder(dir, { ...begun, rows: counts }, [], "parquet", 1000);
    const numbers = Array.from({ length: 60_000 }, (_, index) => String(index));
    for (let from = 0; from < numbers.length; from += 20_000) {
      const some = numbers.slice(from, from + 20_000);
      folder.write(
        "linked_patients",
        some.map((number) => `${number.padStart(20, "0")},"${number}"`),
      );
      await folder.drain();
    }
    expect(readdirSync(dir).filter((name) => /^linked_patients\.parquet\.\d+\.part$/.test(name)).length).toBe(3);
    await folder.finish((rows) => ({ ...begun, rows }));
    expect(readdirSync(dir).filter((name) => name.endsWith(".part"))).toEqual([]);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(`select OTHER from '${join(dir, "linked_patients.parquet")}'`);
    expect(read.getRows().map(([number]) => number)).toEqual(numbers);
    connection.closeSync();
    instance.closeSync();
  });
});
