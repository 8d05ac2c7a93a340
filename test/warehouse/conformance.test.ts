/** What every engine must do, held against each of them: the contract of src/warehouse. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import { isTransient, type Warehouse } from "../../src/warehouse/index.js";
import { engines, marker, publish, relation, target, temporaryFolder, values } from "./engines.js";

/** The codes that a promise fails with; an empty list where it does not fail. */
async function codes(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ code }) => code);
    throw error;
  }
}

describe.each(engines)("$name", (engine) => {
  const folder = temporaryFolder();
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await engine.open(join(folder.path, "warehouse.db"));
    await warehouse.catalog.ensureSchemas([
      { database: "EHR", schema: "SILVER" },
      { database: "EHR", schema: "GOLD" },
    ]);
  });

  afterAll(async () => {
    await warehouse[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  describe("session", () => {
    it("gives back what it was given, without loss", async () => {
      await using session = await warehouse.session();
      const [row] = await session.rows(
        "select ? as a, ? as b, ? as c, ? as d, ? as e, cast(1.5 as decimal(10, 2)) as f, cast(12345678901234567890.12 as decimal(30, 2)) as g",
        ["é'\"", 7, 9007199254740993n, null, true],
      );
      expect(Object.values(row ?? {})).toEqual([
        "é'\"",
        7,
        9007199254740993n,
        null,
        true,
        1.5,
        "12345678901234567890.12",
      ]);
    });

    it("reads dates and instants as ISO text", async () => {
      await using session = await warehouse.session();
      const [row] = await session.rows(
        "select cast('2024-02-29' as date) as a, cast('2024-02-29 23:59:59.120' as timestamp) as b, cast('2024-02-29 00:00:00' as timestamp) as c",
      );
      expect(Object.values(row ?? {})).toEqual(["2024-02-29", "2024-02-29T23:59:59.12", "2024-02-29T00:00:00"]);
    });

    it("sets variables that compiled SQL reads, each session its own", async () => {
      await using one = await warehouse.session();
      await using two = await warehouse.session();
      await one.setVariable("MEDFORM_RUN_ID", "run-1");
      await one.setVariable("MEDFORM_AS_OF", null);
      const query = "select getvariable('MEDFORM_RUN_ID') as a, getvariable('MEDFORM_AS_OF') as b";
      expect(await values(one, query)).toEqual([["run-1", null]]);
      expect(await values(two, query)).toEqual([[null, null]]);
      const asText = "select coalesce(getvariable('MEDFORM_AS_OF'), '') || x from (values ('a')) as v(x)";
      expect(await values(one, asText)).toEqual([["a"]]);
    });

    it("orders NULLs as Snowflake does, and divides by zero into NULL", async () => {
      await using session = await warehouse.session();
      const from = "from (values (1), (null)) as v(x)";
      expect(await values(session, `select x ${from} order by x`)).toEqual([[1], [null]]);
      expect(await values(session, `select x ${from} order by x desc`)).toEqual([[null], [1]]);
      expect(await values(session, "select 1.0 / 0 as x")).toEqual([[null]]);
    });

    it("streams what is large in chunks, and can be left in the middle", async () => {
      await using session = await warehouse.session();
      let rows = 0;
      let chunks = 0;
      for await (const chunk of session.stream("select * from range(100000) as r(n)")) {
        rows += chunk.length;
        chunks += 1;
        if (rows > 20000) break;
      }
      expect(chunks).toBeGreaterThan(1);
      expect(rows).toBeLessThan(100000);
      expect(await values(session, "select 1 as x")).toEqual([[1]]);
    });

    it("cancels a running statement, and stays usable", async () => {
      await using session = await warehouse.session();
      const endless = session.rows(
        "select count(*) from range(10000000) a, range(1000000) b where a.range * b.range % 7 = 9",
      );
      const cancelled = codes(endless);
      setTimeout(() => session.cancel(), 50);
      expect(await cancelled).toEqual(["cancelled"]);
      expect(await values(session, "select 1 as x")).toEqual([[1]]);
    });

    it("cancels a statement that was only just sent", async () => {
      await using session = await warehouse.session();
      const cancelled = codes(
        session.rows("select count(*) from range(10000000) a, range(1000000) b where a.range * b.range % 7 = 9"),
      );
      await Promise.resolve();
      await Promise.resolve();
      session.cancel();
      expect(await cancelled).toEqual(["cancelled"]);
    });
  });

  describe("publishing", () => {
    it("shows a build to its own statements only, until it is published", async () => {
      await publish(warehouse, relation("VISIBLE", "select 1 as x"));
      await using reader = await warehouse.session();
      await using scope = await warehouse.publisher.open({ MEDFORM_RUN_ID: "r" });
      const built = await scope.build(relation("VISIBLE", "select 2 as x union all select 3"), "create");
      expect(built).toMatchObject({ rows: 2, changed: 2, columns: ["x"] });
      expect(await values(reader, 'select x from "EHR"."SILVER"."VISIBLE"')).toEqual([[1]]);
      expect(await values(scope.session, 'select sum(x) as x from "EHR"."SILVER"."VISIBLE"')).toEqual([[5]]);
      await scope.publish([marker("VISIBLE", 2)]);
      expect(await values(reader, 'select sum(x) as x from "EHR"."SILVER"."VISIBLE"')).toEqual([[5]]);
    });

    it("leaves everything as it was when a build is discarded, definitions too", async () => {
      await publish(warehouse, relation("KEPT", "select 1 as x", { description: "before" }));
      const before = await warehouse.catalog.relations();
      const scope = await warehouse.publisher.open({});
      await scope.build(relation("KEPT", "select 'a' as y", { kind: "view" }), "create");
      await scope.build(relation("NEVER", "select 1 as x"), "create");
      await scope.discard();
      expect(await warehouse.catalog.relations()).toEqual(before);
      await using reader = await warehouse.session();
      expect(await values(reader, 'select x from "EHR"."SILVER"."KEPT"')).toEqual([[1]]);
    });

    it("discards what is neither published nor discarded", async () => {
      {
        await using scope = await warehouse.publisher.open({});
        await scope.build(relation("FORGOTTEN", "select 1 as x"), "create");
      }
      const names = (await warehouse.catalog.relations()).map((info) => info.target.name);
      expect(names).not.toContain("FORGOTTEN");
    });

    it("changes a table into a view and back", async () => {
      await publish(warehouse, relation("KIND", "select 1 as x"), 1);
      await publish(warehouse, relation("KIND", "select 2 as x", { kind: "view" }), 2);
      const kind = async () => (await warehouse.catalog.relations()).find((info) => info.target.name === "KIND")?.kind;
      expect(await kind()).toBe("view");
      await publish(warehouse, relation("KIND", "select 3 as x", { kind: "incremental" }), 3);
      expect(await kind()).toBe("table");
    });

    it("runs pre and post operations inside, each mode its own", async () => {
      await publish(
        warehouse,
        relation("HOOKED", 'select 1 as x union all select count(*) from "EHR"."SILVER"."BY_HOOK"', {
          preOps: ['create or replace table "EHR"."SILVER"."BY_HOOK" as select 1 as x'],
          postOps: ['delete from "EHR"."SILVER"."HOOKED" where x = 0'],
        }),
      );
      await using reader = await warehouse.session();
      expect(await values(reader, 'select x from "EHR"."SILVER"."HOOKED"')).toEqual([[1], [1]]);
    });

    it("counts failing rows, by rule and as a whole", async () => {
      await using scope = await warehouse.publisher.open({});
      await scope.build(relation("RULED", "select range as id from range(10)"), "create");
      const query = `select 'even' as rule, id from "EHR"."SILVER"."RULED" where id % 2 = 0
union all select 'big', id from "EHR"."SILVER"."RULED" where id > 7 -- the end`;
      const counts = await scope.evaluate(query, { byRule: true, name: "r" });
      expect([...counts].sort((a, b) => a.failing - b.failing)).toEqual([
        { rule: "big", failing: 2 },
        { rule: "even", failing: 5 },
      ]);
      expect(await scope.evaluate(query, { byRule: false, name: "r" })).toEqual([{ rule: "r", failing: 7 }]);
    });

    it("goes no further after a failed statement, and cannot be published", async () => {
      await publish(warehouse, relation("SOUND", "select 1 as x"));
      const scope = await warehouse.publisher.open({});
      await scope.build(relation("SOUND", "select 2 as x"), "create");
      expect(await codes(scope.evaluate("select nothing from nowhere", { byRule: false, name: "r" }))).toEqual([
        "engine-catalog",
      ]);
      expect(await codes(scope.evaluate("select 1 as x", { byRule: false, name: "r" }))).toEqual([
        "transaction-aborted",
      ]);
      expect(await codes(scope.publish([marker("SOUND", 5)]))).toEqual(["transaction-aborted"]);
      await scope.discard();
      await using reader = await warehouse.session();
      expect(await values(reader, 'select x from "EHR"."SILVER"."SOUND"')).toEqual([[1]]);
    });

    it("writes sorted by the cluster key", async () => {
      await publish(
        warehouse,
        relation("SORTED", "select range % 10 as k, range as v from range(100)", { clusterBy: ["k", "v"] }),
      );
      await using reader = await warehouse.session();
      const rows = await values(reader, 'select k, v from "EHR"."SILVER"."SORTED"');
      expect(rows).toEqual([...rows].sort(([a, b], [c, d]) => Number(a) - Number(c) || Number(b) - Number(d)));
    });

    it("publishes descriptions as comments, and takes them back", async () => {
      const comments = async () => {
        await using reader = await warehouse.session();
        return values(
          reader,
          "select column_name, comment from duckdb_columns() where table_name = 'DESCRIBED' order by column_index",
        );
      };
      const described = relation("DESCRIBED", "select 1 as a, 2 as b", {
        description: "it's one",
        columns: [
          { path: ["A"], description: "the 'a'", tags: [] },
          { path: ["nowhere"], description: "no such column", tags: [] },
        ],
      });
      await publish(warehouse, described, 1);
      expect(await comments()).toEqual([
        ["a", "the 'a'"],
        ["b", null],
      ]);
      await publish(warehouse, { ...described, columns: [], kind: "incremental" }, 2, "increment");
      expect(await comments()).toEqual([
        ["a", null],
        ["b", null],
      ]);
    });
  });

  describe("increments", () => {
    const read = async (name: string, order: string) => {
      await using reader = await warehouse.session();
      return values(reader, `select * from "EHR"."SILVER"."${name}" order by ${order}`);
    };

    it("only insert without a key", async () => {
      const first = relation("GROWS", "select 1 as x", { kind: "incremental", incrementalQuery: "select 1 as x" });
      await publish(warehouse, first, 1);
      await using scope = await warehouse.publisher.open({});
      expect(await scope.build(first, "increment")).toMatchObject({ rows: 2, changed: 1 });
      await scope.publish([marker("GROWS", 2)]);
    });

    it("merge by key, in which NULL equals NULL, with columns of any name", async () => {
      const odd = (rows: string) =>
        `select k as "Order", l as "sélect", v as "a ""b" from (values ${rows}) as t(k, l, v)`;
      const built = relation("ODD", odd("(1, null, 'one'), (2, 'b', 'two'), (null, null, 'none')"), {
        kind: "incremental",
        uniqueKey: ["order", "sélect"],
        incrementalQuery: odd("(1, null, 'ONE'), (null, null, 'NONE'), (3, 'c', 'three')"),
      });
      await publish(warehouse, built, 1);
      await using scope = await warehouse.publisher.open({});
      expect(await scope.build(built, "increment")).toMatchObject({
        rows: 4,
        changed: 3,
        columns: ["Order", "sélect", 'a "b'],
      });
      await scope.publish([marker("ODD", 2)]);
      expect(await read("ODD", '"a ""b"')).toEqual([
        [null, null, "NONE"],
        [1, null, "ONE"],
        [3, "c", "three"],
        [2, "b", "two"],
      ]);
    });

    it("read themselves", async () => {
      const built = relation("SELF", "select 1 as id, 0 as n", {
        kind: "incremental",
        uniqueKey: ["id"],
        incrementalQuery:
          'select id, n + 1 as n from "EHR"."SILVER"."SELF" union all select max(id) + 1, 0 from "EHR"."SILVER"."SELF"',
      });
      await publish(warehouse, built, 1);
      await publish(warehouse, built, 2, "increment");
      await publish(warehouse, built, 3, "increment");
      expect(await read("SELF", "id")).toEqual([
        [1, 2],
        [2, 1],
        [3, 0],
      ]);
    });

    it("refuse a key that stands twice in what comes in, and leave the table as it was", async () => {
      const built = relation("TWICE", "select 1 as id, 'a' as v", {
        kind: "incremental",
        uniqueKey: ["id"],
        incrementalQuery: "select 1 as id, 'b' as v union all select 1, 'c'",
      });
      await publish(warehouse, built, 1);
      expect(await codes(publish(warehouse, built, 2, "increment"))).toEqual(["duplicate-key"]);
      expect(await read("TWICE", "id")).toEqual([[1, "a"]]);
    });

    it("refuse columns that are new or gone, by name", async () => {
      const built = relation("SHAPE", "select 1 as id, 2 as gone", {
        kind: "incremental",
        incrementalQuery: "select 1 as ID, 3 as fresh",
      });
      await publish(warehouse, built, 1);
      await using scope = await warehouse.publisher.open({});
      await expect(scope.build(built, "increment")).rejects.toThrow(/has not: fresh; .* has not: gone/);
      expect(await codes(scope.publish([marker("SHAPE", 2)]))).toEqual(["transaction-aborted"]);
    });

    it("refuse a type that the table would round, and take one that fits", async () => {
      const built = relation("TYPED", "select 1 as id, cast(1.5 as decimal(10, 2)) as v", {
        kind: "incremental",
        incrementalQuery: "select 2 as id, cast(2.555 as decimal(10, 3)) as v",
      });
      await publish(warehouse, built, 1);
      await using scope = await warehouse.publisher.open({});
      await expect(scope.build(built, "increment")).rejects.toThrow(/would round what the query returns: v \(/);
      await publish(warehouse, { ...built, incrementalQuery: "select 2 as id, null as v" }, 2, "increment");
      expect(await read("TYPED", "id")).toEqual([
        [1, 1.5],
        [2, null],
      ]);
    });

    it("refuse where there is no table", async () => {
      const built = relation("ABSENT", "select 1 as id", { kind: "incremental" });
      expect(await codes(publish(warehouse, built, 2, "increment"))).toEqual(["increment-without-table"]);
    });
  });

  describe("many at once", () => {
    it("publish different targets, each in its own transaction", async () => {
      const names = Array.from({ length: 12 }, (_, index) => `PARALLEL_${index}`);
      const built = (name: string) =>
        relation(name, "select range as id, range % 7 as v from range(5000)", {
          kind: "incremental",
          uniqueKey: ["id"],
          clusterBy: ["v"],
          description: name,
          columns: [{ path: ["v"], description: "v", tags: [] }],
          incrementalQuery: "select range + 4000 as id, -1 as v from range(2000)",
        });
      for (const [token, mode] of [
        [1, "create"],
        [2, "increment"],
        [3, "create"],
        [4, "increment"],
      ] as const) {
        await Promise.all(names.map((name) => publish(warehouse, built(name), token, mode)));
      }
      await using reader = await warehouse.session();
      for (const name of names) {
        expect(
          await values(reader, `select count(*), count(*) filter (where v = -1) from "EHR"."SILVER"."${name}"`),
        ).toEqual([[6000, 2000]]);
      }
      const tokens = (await warehouse.publisher.markers()).filter((m) => names.includes(m.target.name));
      expect(new Set(tokens.map((m) => m.token))).toEqual(new Set([4]));
      expect(tokens).toHaveLength(names.length);
    });

    it("read what the others have published when they began, nothing half", async () => {
      await publish(warehouse, relation("PAIR", "select 0 as x union all select 0"), 1);
      let writing = true;
      const writer = (async () => {
        for (let token = 2; token < 12; token += 1) {
          await publish(warehouse, relation("PAIR", `select ${token} as x union all select ${token}`), token);
        }
        writing = false;
      })();
      await using reader = await warehouse.session();
      while (writing) {
        const rows = await values(reader, 'select min(x), max(x), count(*) from "EHR"."SILVER"."PAIR"');
        expect(rows).toEqual([[rows[0]?.[0], rows[0]?.[0], 2]]);
      }
      await writer;
    });
  });

  describe("statement ids", () => {
    it("name each statement once, and tell transactions apart", async () => {
      const seen = new Set<string>();
      for (let token = 1; token < 3; token += 1) {
        await using scope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: token });
        expect(scope.statementIds()).toEqual([]);
        await scope.build(relation("NAMED", "select 1 as x"), "create");
        const built = scope.statementIds();
        expect(built.length).toBeGreaterThan(0);
        await scope.evaluate("select 1 as x", { byRule: false, name: "r" });
        const evaluated = scope.statementIds();
        expect(evaluated).toHaveLength(1);
        expect(scope.statementIds()).toEqual([]);
        for (const id of [...built, ...evaluated]) {
          expect(id).toMatch(/^\d+-\d+-\d+$/);
          expect(seen.has(id)).toBe(false);
          seen.add(id);
        }
        await scope.publish([marker("NAMED", token)]);
      }
    });
  });

  describe("the fence", () => {
    it("ends a run with exit 3, and is not repeated; a conflict may be", async () => {
      await publish(warehouse, relation("TOKEN", "select 5 as x"), 5);
      const fenced = await publish(warehouse, relation("TOKEN", "select 4 as x"), 4).catch((error: unknown) => error);
      expect(fenced).toMatchObject({ exitCode: 3, problems: [{ code: "fenced" }] });
      expect(isTransient(fenced)).toBe(false);
      const slow = await warehouse.publisher.open({});
      await slow.session.rows('select * from "EHR"."SILVER"."TOKEN"');
      await publish(warehouse, relation("TOKEN", "select 7 as x"), 7);
      expect(isTransient(await slow.publish([marker("TOKEN", 6)]).catch((error: unknown) => error))).toBe(true);
    });

    it("refuses an older token, and publishes nothing of it", async () => {
      await publish(warehouse, relation("FENCED", "select 5 as x"), 5);
      expect(await codes(publish(warehouse, relation("FENCED", "select 4 as x"), 4))).toEqual(["fenced"]);
      await using reader = await warehouse.session();
      expect(await values(reader, 'select x from "EHR"."SILVER"."FENCED"')).toEqual([[5]]);
      expect((await warehouse.publisher.markers()).find((m) => m.target.name === "FENCED")).toEqual(
        marker("FENCED", 5),
      );
    });

    it("refuses a token that became old while the build went on", async () => {
      await publish(warehouse, relation("RACED", "select 1 as x"), 1);
      const slow = await warehouse.publisher.open({});
      await slow.session.rows('select * from "EHR"."SILVER"."RACED"');
      await publish(warehouse, relation("RACED", "select 3 as x"), 3);
      expect(await codes(slow.publish([marker("RACED", 2)]))).toEqual(["conflict"]);
      expect((await warehouse.publisher.markers()).find((m) => m.target.name === "RACED")?.token).toBe(3);
    });

    it("lets the same run publish again, and several targets at once", async () => {
      for (let time = 0; time < 2; time += 1) {
        await using scope = await warehouse.publisher.open({});
        await scope.build(relation("ONE", "select 1 as x"), "create");
        await scope.build(relation("OTHER", "select 1 as x"), "create");
        await scope.publish([marker("ONE", 7), marker("OTHER", 7)]);
      }
      const tokens = (await warehouse.publisher.markers()).filter((m) => ["ONE", "OTHER"].includes(m.target.name));
      expect(tokens.map((m) => m.token)).toEqual([7, 7]);
    });
  });

  describe("catalog", () => {
    it("lists relations with their columns and types", async () => {
      await publish(warehouse, relation("LISTED", "select cast(1 as bigint) as \"Order\", 'x' as b"));
      const found = (await warehouse.catalog.relations()).find((info) => info.target.name === "LISTED");
      expect(found).toEqual({
        target: target("LISTED"),
        kind: "table",
        columns: [
          { name: "Order", type: "BIGINT" },
          { name: "b", type: "VARCHAR" },
        ],
      });
    });

    it("makes schemas once, however many ask at once", async () => {
      const ask = () => warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "ASKED" }]);
      await Promise.all([ask(), ask(), ask()]);
      await using session = await warehouse.session();
      await session.run('create table "EHR"."ASKED"."T" (x integer)');
    });
  });
});
