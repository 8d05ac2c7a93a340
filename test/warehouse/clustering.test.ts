/** Tables on DuckDB that increments go on adding to: still sorted enough that one key is found in a few row groups. */
import { describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/warehouse/index.js";
import { publish, relation, values } from "./engines.js";

const holder = { command: "medform test" };

const rowGroup = 122_880;
/** Rows of a day, of all keys; and the days of which there are rows at first. */
const [day, first] = [rowGroup, 17];

/** Keys of 2,048 patients, spread as hashes are, or in the order in which they came. */
const keys = {
  text: "md5((n % 2048)::varchar)",
  number: "(n % 2048) - 1024",
} as const;

const rowsOf = (key: string, from: number, to: number) =>
  `select ${key} as patient_key, n, n // ${day} as day from range(${from * day}, ${to * day}) as r(n)`;

describe("a clustered table of DuckDB", () => {
  it.each(["text", "number"] as const)(
    "is sorted anew when increments have scattered a key that is a %s",
    async (kind) => {
      await using warehouse = await openDuckDb({ path: ":memory:", database: "EHR", threads: 2, holder });
      await warehouse.catalog.ensureSchemas([relation("events", "").target]);
      const events = (from: number, to: number) =>
        relation("events", rowsOf(keys[kind], from, to), {
          kind: "incremental",
          clusterBy: ["patient_key", "n"],
          description: "What happened.",
          columns: [{ path: ["n"], description: "Its number.", tags: [] }],
        });
      await using session = await warehouse.session();
      /** Row groups that hold the first of all keys. */
      const places = async () => {
        const [held] = await values(
          session,
          `select count(distinct rowid // ${rowGroup}) from SILVER.events where patient_key = (select min(patient_key) from SILVER.events)`,
        );
        return Number(held?.[0]);
      };
      await publish(warehouse, events(0, first));
      expect(await places()).toBe(1);
      const after: number[] = [];
      for (let at = first; at < first + 10; at += 1) {
        await publish(warehouse, events(at, at + 1), at, "increment");
        after.push(await places());
      }
      expect(after).toEqual([2, 3, 4, 5, 6, 7, 8, 1, 2, 3]);
      const [counted] = await values(session, "select count(*), count(distinct n), min(n), max(n) from SILVER.events");
      const all = (first + 10) * day;
      expect(counted?.map(Number)).toEqual([all, all, 0, all - 1]);
      expect(
        await values(session, "select comment from duckdb_columns() where table_name = 'events' and column_name = 'n'"),
      ).toEqual([["Its number."]]);
    },
  );
});
