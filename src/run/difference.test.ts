import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb, type Session, type Warehouse } from "../warehouse/index.js";
import { countRows, rowsOnly } from "./difference.js";

let warehouse: Warehouse;
let session: Session;
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
  session = await warehouse.session();
});
afterAll(() => warehouse[Symbol.asyncDispose]());

type Pair = readonly [string | null, number | null];

const value = fc.tuple(fc.constantFrom("a", "b", "", null), fc.constantFrom(0, 1, null));
const rows = fc.array(value, { maxLength: 8 });

async function table(name: string, list: readonly Pair[]): Promise<void> {
  await session.run(`create or replace temporary table ${name} ("odd ""name" varchar, side integer)`);
  for (const pair of list) await session.run(`insert into ${name} values (?, ?)`, [...pair]);
}

/** What is left of a list when each of the others has taken one equal row away. */
function without(list: readonly Pair[], others: readonly Pair[]): readonly string[] {
  const left = list.map((row) => JSON.stringify(row));
  for (const other of others) {
    const at = left.indexOf(JSON.stringify(other));
    if (at >= 0) left.splice(at, 1);
  }
  return left.sort();
}

describe("the difference of two tables", () => {
  it("is that of two multisets in which NULL equals NULL", async () => {
    const sides = { left: "one_side", right: "other_side" };
    const columns = ['odd "name', "side"];
    await fc.assert(
      fc.asyncProperty(rows, rows, async (left, right) => {
        await table(sides.left, left);
        await table(sides.right, right);
        const counts = await countRows(session, columns, sides);
        const [onlyLeft, onlyRight] = [without(left, right), without(right, left)];
        expect(counts).toEqual({
          left: left.length,
          right: right.length,
          onlyLeft: onlyLeft.length,
          onlyRight: onlyRight.length,
        });
        const found = await rowsOnly(session, columns, sides, "left", 20);
        expect(found.map((row) => JSON.stringify(columns.map((name) => row[name]))).sort()).toEqual(onlyLeft);
      }),
      { numRuns: 40 },
    );
  });

  it("counts rows where there is no column to compare", async () => {
    await table("one_side", [["a", 1]]);
    await table("other_side", []);
    const counts = await countRows(session, [], { left: "one_side", right: "other_side" });
    expect(counts).toEqual({ left: 1, right: 0, onlyLeft: 1, onlyRight: 0 });
  });
});
