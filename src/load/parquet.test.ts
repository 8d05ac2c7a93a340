import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import type { Batch } from "./csv.js";
import { parquetColumns, readParquet } from "./parquet.js";
import { fingerprint } from "./source-file.js";

const root = mkdtempSync(join(tmpdir(), "medform-parquet-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function written(name: string, select: string) {
  const path = join(root, name);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${path}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
  return { path, name: basename(path) };
}

async function all(batches: AsyncIterable<Batch>): Promise<readonly Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

describe("a Parquet file", () => {
  it("is read as text, whatever its columns are, in its order and by pieces", async () => {
    const file = await written(
      "some.parquet",
      "select 'é, \"' || i as name, i as number, date '2024-05-31' as day, 1.5 as size, null::varchar as nothing, '' as empty from range(20000) t(i)",
    );
    expect(await parquetColumns(file)).toEqual(["name", "number", "day", "size", "nothing", "empty"]);
    const batches = await all(readParquet(await fingerprint(file)));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap(({ rows }) => rows)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    const first = batches[0]?.columns.map((column) => column[7]);
    expect(first).toEqual(['é, "7', "7", "2024-05-31", "1.5", null, ""]);
    expect(batches.flatMap(({ columns }) => columns[1]).at(-1)).toBe("19999");
  });

  it("may have no rows", async () => {
    const file = await written("none.parquet", "select 1 as a where false");
    expect(await parquetColumns(file)).toEqual(["a"]);
    expect(await all(readParquet(await fingerprint(file)))).toEqual([]);
  });

  it("has no row with a NUL byte: that is kept aside, and counted", async () => {
    const file = await written("nul.parquet", "select * from (values ('a'), ('b' || chr(0) || 'c'), ('d')) t(x)");
    const [batch] = await all(readParquet(await fingerprint(file)));
    expect(batch?.rows).toEqual([1, 3]);
    expect(batch?.rejected).toEqual([{ line: 2, reason: "NUL byte", text: "b\\x00c" }]);
  });

  it("is refused where it is none, without a word of what it holds", async () => {
    const path = join(root, "secret.parquet");
    writeFileSync(path, "PAR1 Jane Doe");
    const refused = parquetColumns({ path, name: "secret.parquet" });
    await expect(refused).rejects.toMatchObject({ problems: [{ code: "load-damaged-parquet" }] });
    await expect(refused).rejects.not.toThrow("Jane");
  });

  it("is refused where it changed since it was looked at", async () => {
    const file = await written("changing.parquet", "select 1 as a");
    const before = await fingerprint(file);
    await written("changing.parquet", "select 2 as a");
    await expect(all(readParquet(before))).rejects.toMatchObject({ problems: [{ code: "load-changed" }] });
  });
});
