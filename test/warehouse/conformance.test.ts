/** What every engine must do, held against each of them: the contract of src/warehouse. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProblemError, type Relation } from "../../src/graph/index.js";
import { isTransient, namesRelation, type PublishScope, type Warehouse } from "../../src/warehouse/index.js";
import { engines, has, marker, planOf, publish, relation, target, temporaryFolder, values } from "./engines.js";

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
  const { said, named, typed } = engine;
  const asNamed = (names: readonly string[]) => names.map(named);
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
        "select ? as a, ? as b, cast(? as bigint) as c, ? as d, ? as e, cast(1.5 as decimal(10, 2)) as f, cast(12345678901234567890.12 as decimal(30, 2)) as g",
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
      for await (const chunk of session.stream(said(({ series }) => `select * from ${series(100000)} as r`))) {
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
        said(
          ({ series }) => `select count(*) from ${series(10000000)} a, ${series(1000000)} b where a.n * b.n % 7 = 9`,
        ),
      );
      const cancelled = codes(endless);
      setTimeout(() => session.cancel(), 50);
      expect(await cancelled).toEqual(["cancelled"]);
      expect(await values(session, "select 1 as x")).toEqual([[1]]);
    });

    it("cancels a statement that was only just sent", async () => {
      await using session = await warehouse.session();
      const cancelled = codes(
        session.rows(
          said(
            ({ series }) => `select count(*) from ${series(10000000)} a, ${series(1000000)} b where a.n * b.n % 7 = 9`,
          ),
        ),
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
      expect(built).toMatchObject({ rows: 2, changed: 2, columns: asNamed(["x"]) });
      expect(await values(reader, 'select x from "EHR"."SILVER"."VISIBLE"')).toEqual([[1]]);
      expect(await values(scope.session, 'select sum(x) as x from "EHR"."SILVER"."VISIBLE"')).toEqual([[5]]);
      await scope.publish([marker("VISIBLE", 2)]);
      expect(await values(reader, 'select sum(x) as x from "EHR"."SILVER"."VISIBLE"')).toEqual([[5]]);
    });

    it("leaves everything as it was when a build is discarded, definitions too", async () => {
      await publish(warehouse, relation("KEPT", "select 1 as x", { description: "before" }));
      const before = await warehouse.catalog.relations();
      const builds = [relation("KEPT", "select 'a' as y", { kind: "view" }), relation("NEVER", "select 1 as x")];
      const scope = await warehouse.publisher.open({}, planOf(builds));
      for (const built of builds) await scope.build(built, "create");
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
      await scope.build(
        relation(
          "RULED",
          said(({ series }) => `select n as id from ${series(10)} as r`),
        ),
        "create",
      );
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
        relation(
          "SORTED",
          said(({ series }) => `select n % 10 as k, n as v from ${series(100)} as r`),
          { clusterBy: ["k", "v"] },
        ),
      );
      await using reader = await warehouse.session();
      const rows = await values(reader, 'select k, v from "EHR"."SILVER"."SORTED"');
      const sorted = [...rows].sort(([a, b], [c, d]) => Number(a) - Number(c) || Number(b) - Number(d));
      expect(rows).toHaveLength(100);
      if (has(engine, "sorted writing")) expect(rows).toEqual(sorted);
    });

    it("publishes descriptions as comments, and takes them back", async () => {
      const comments = async () => {
        await using reader = await warehouse.session();
        return engine.comments(reader, "DESCRIBED");
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
        ["", "it's one"],
        [named("a"), "the 'a'"],
        [named("b"), null],
      ]);
      await publish(warehouse, { ...described, columns: [], kind: "incremental" }, 2, "increment");
      expect(await comments()).toEqual([
        ["", "it's one"],
        [named("a"), null],
        [named("b"), null],
      ]);
    });

    it("gives an increment's table its descriptions again, whoever changed them and whenever the catalog was looked at", async () => {
      const kept = relation("REDESCRIBED", "select 1 as a", {
        kind: "incremental",
        description: "its own",
        incrementalQuery: "select 1 as a where false",
      });
      await publish(warehouse, kept, 1);
      await using hand = await warehouse.session();
      let token = 1;
      for (const looked of [true, false, true]) {
        await hand.run('comment on table "EHR"."SILVER"."REDESCRIBED" is \'by hand\'');
        if (looked) await warehouse.catalog.relations();
        token += 1;
        await publish(warehouse, kept, token, "increment");
        expect((await engine.comments(hand, "REDESCRIBED"))[0]).toEqual(["", "its own"]);
      }
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

    it.runIf(has(engine, "a column that is returned twice"))(
      "refuse a column twice, and leave the table as it was",
      async () => {
        const built = relation("DOUBLE", "select 1 as id, 2 as v, 3 as v_1", {
          kind: "incremental",
          incrementalQuery: "select 2 as id, 2 as v, 3 as v",
        });
        await publish(warehouse, built, 1);
        expect(await codes(publish(warehouse, built, 2, "increment"))).toEqual(["duplicate-column"]);
        const whole = { ...built, query: "select 2 as id, 2 as v, 3 as V" };
        expect(await codes(publish(warehouse, whole, 2))).toEqual(["duplicate-column"]);
        expect(await read("DOUBLE", "id")).toEqual([[1, 2, 3]]);
      },
    );

    it("put in only what is new by key, in which NULL equals NULL", async () => {
      const built = relation("ONCE", "select 1 as id, 'a' as v union all select null, 'n'", {
        kind: "incremental",
        uniqueKey: ["ID"],
        increment: { kind: "insert" },
        incrementalQuery: "select 1 as id, 'b' as v union all select null, 'm' union all select 2, 'c'",
      });
      await publish(warehouse, built, 1);
      await using scope = await warehouse.publisher.open({});
      expect(await scope.build(built, "increment")).toMatchObject({ rows: 3, changed: 1 });
      await scope.publish([marker("ONCE", 2)]);
      expect(await read("ONCE", "v")).toEqual([
        [1, "a"],
        [2, "c"],
        [null, "n"],
      ]);
      const twice = { ...built, incrementalQuery: "select 1 as id, 'b' as v union all select 1, 'c'" };
      expect(await codes(publish(warehouse, twice, 3, "increment"))).toEqual(["duplicate-key"]);
    });

    it.each(["merge", "insert", "interval"] as const)(
      "compare what they bring as the table stores it: %s",
      async (kind) => {
        const name = `STORED_${kind.toUpperCase()}`;
        const built = relation(name, "select '01' as id, 'a' as v union all select '2', 'b'", {
          kind: "incremental",
          uniqueKey: ["id"],
          increment: kind === "interval" ? { kind, column: "id" } : { kind },
          incrementalQuery: "select 1 as id, 'c' as v union all select 2, 'd'",
        });
        await publish(warehouse, built, 1);
        await publish(warehouse, built, 2, "increment");
        const second = kind === "insert" ? "b" : "d";
        expect(await read(name, "id")).toEqual([
          ["01", "a"],
          ["1", "c"],
          ["2", second],
        ]);
      },
    );

    it("replace whole intervals, of values or of a grain, and the one without a value", async () => {
      const at = (rows: string) => `select cast(a as timestamp) as at, v from (values ${rows}) as t(a, v)`;
      const built = relation(
        "DAYS",
        at("('2024-01-01 01:00', 1), ('2024-01-01 02:00', 2), ('2024-01-02', 3), (null, 4)"),
        {
          kind: "incremental",
          increment: { kind: "interval", column: "AT", grain: "day" },
          incrementalQuery: at("('2024-01-01 05:00', 5), (null, 6), (null, 6)"),
        },
      );
      await publish(warehouse, built, 1);
      await using scope = await warehouse.publisher.open({});
      expect(await scope.build(built, "increment")).toMatchObject({ rows: 4, changed: 3 });
      await scope.publish([marker("DAYS", 2)]);
      expect((await read("DAYS", "v")).map(([, v]) => v)).toEqual([3, 5, 6, 6]);
      const exact = {
        ...built,
        increment: { kind: "interval", column: "at" },
        incrementalQuery: at("('2024-01-01 05:00', 7), ('2024-01-01 06:00', 8)"),
      } as const;
      await publish(warehouse, exact, 3, "increment");
      expect((await read("DAYS", "v")).map(([, v]) => v)).toEqual([3, 6, 6, 7, 8]);
      const nothing = { ...built, incrementalQuery: `select * from (${at("(null, 1)")}) where false` };
      await publish(warehouse, nothing, 4, "increment");
      expect((await read("DAYS", "v")).map(([, v]) => v)).toEqual([3, 6, 6, 7, 8]);
      const unknown = { ...built, increment: { kind: "interval", column: "nowhere" } } as const;
      expect(await codes(publish(warehouse, unknown, 5, "increment"))).toEqual(["interval-column"]);
      const untimed = { ...built, increment: { kind: "interval", column: "v", grain: "day" } } as const;
      expect(await codes(publish(warehouse, untimed, 6, "increment"))).toEqual(["interval-column"]);
      const keyed = { ...built, uniqueKey: ["v"] };
      expect(await codes(publish(warehouse, keyed, 7, "increment"))).toEqual(["duplicate-key"]);
      expect((await read("DAYS", "v")).map(([, v]) => v)).toEqual([3, 6, 6, 7, 8]);
    });

    it("refuse a merge without a key, and a key that one side has not", async () => {
      const built = relation("KEYLESS", "select 1 as id", { kind: "incremental", increment: { kind: "merge" } });
      await publish(warehouse, built, 1);
      expect(await codes(publish(warehouse, built, 2, "increment"))).toEqual(["unique-key"]);
      const keyed = { ...built, uniqueKey: ["other"] };
      expect(await codes(publish(warehouse, keyed, 2, "increment"))).toEqual(["unique-key"]);
      const added = { ...keyed, query: "select 1 as id, 2 as other" };
      expect(await codes(publish(warehouse, added, 2, "increment"))).toEqual(["unique-key"]);
      expect(await read("KEYLESS", "id")).toEqual([[1]]);
    });

    it("need their key or interval in the first build already", async () => {
      const built = relation("MISNAMED", "select 1 as id", { kind: "incremental", uniqueKey: ["idd"] });
      expect(await codes(publish(warehouse, built, 1))).toEqual(["unique-key"]);
      const byDay = { ...built, uniqueKey: [], increment: { kind: "interval", column: "day" } } as const;
      expect(await codes(publish(warehouse, byDay, 1))).toEqual(["interval-column"]);
    });

    it("refuse where there is no table", async () => {
      const built = relation("ABSENT", "select 1 as id", { kind: "incremental" });
      expect(await codes(publish(warehouse, built, 2, "increment"))).toEqual(["increment-without-table"]);
    });
  });

  describe("a changed schema", () => {
    const shaped = (name: string, more: Partial<Relation>) =>
      relation(name, "select 1 as id, 'old' as gone, cast(2 as smallint) as n", {
        kind: "incremental",
        uniqueKey: ["id"],
        increment: { kind: "merge" },
        columns: [{ path: ["fresh"], description: "new here", tags: [] }],
        ...more,
      });
    const next = { query: "select 2 as ID, 70000 as N, date '2024-01-01' as Fresh" };
    /** As the engine's catalog has names and types that are written here as DuckDB's. */
    const columnsOf = (columns: readonly string[]) =>
      columns.map((column) => {
        const [name = "", type = ""] = column.split(" ");
        return `${named(name)} ${typed(type)}`;
      });
    const shown = (type: string) => typed(type).replace("(16777216)", "");
    const state = async (name: string) => {
      await using reader = await warehouse.session();
      const found = (await warehouse.catalog.relations()).find((info) => info.target.name === name);
      return {
        columns: found?.columns.map((column) => `${column.name} ${column.type}`),
        rows: await values(reader, `select * from "EHR"."SILVER"."${name}" order by id`),
      };
    };

    it("extends the table: new columns, wider types, and NULL in what is gone", async () => {
      await publish(warehouse, shaped("EXTENDED", {}), 1);
      await using scope = await warehouse.publisher.open({});
      const built = await scope.build(shaped("EXTENDED", next), "increment");
      expect(built).toEqual({ rows: 2, changed: 1, columns: asNamed(["id", "gone", "n", "Fresh"]) });
      await scope.publish([marker("EXTENDED", 2)]);
      expect(await state("EXTENDED")).toEqual({
        columns: columnsOf(["id INTEGER", "gone VARCHAR", "n INTEGER", "Fresh DATE"]),
        rows: [
          [1, "old", 2, null],
          [2, null, 70000, "2024-01-01"],
        ],
      });
      await using reader = await warehouse.session();
      const comments = await engine.comments(reader, "EXTENDED");
      expect(comments.filter(([, comment]) => comment !== null)).toEqual([[named("Fresh"), "new here"]]);
    });

    it("with sync drops what is gone, with ignore takes nothing new, with fail refuses", async () => {
      for (const policy of ["sync", "ignore", "fail"] as const) {
        await publish(warehouse, shaped(`BY_${policy}`, { onSchemaChange: policy }), 1);
      }
      await publish(warehouse, shaped("BY_sync", { ...next, onSchemaChange: "sync" }), 2, "increment");
      expect(await state("BY_sync")).toEqual({
        columns: columnsOf(["id INTEGER", "n INTEGER", "Fresh DATE"]),
        rows: [
          [1, 2, null],
          [2, 70000, "2024-01-01"],
        ],
      });
      const narrow = { query: "select 2 as ID, cast(7 as smallint) as N, date '2024-01-01' as Fresh" };
      await publish(warehouse, shaped("BY_ignore", { ...narrow, onSchemaChange: "ignore" }), 2, "increment");
      expect(await state("BY_ignore")).toEqual({
        columns: columnsOf(["id INTEGER", "gone VARCHAR", "n SMALLINT"]),
        rows: [
          [1, "old", 2],
          [2, null, 7],
        ],
      });
      if (has(engine, "integers of several widths")) {
        const wider = shaped("BY_ignore", { ...next, onSchemaChange: "ignore" });
        await expect(publish(warehouse, wider, 3, "increment")).rejects.toThrow(/n \(SMALLINT in the table, INTEGER/);
      }
      const refused = publish(warehouse, shaped("BY_fail", { ...next, onSchemaChange: "fail" }), 2, "increment");
      await expect(refused).rejects.toThrow(
        has(engine, "integers of several widths")
          ? /has not: Fresh; .* has not: gone; .* n \(SMALLINT .* INTEGER in the query/
          : /has not: Fresh; .* has not: gone$/i,
      );
    });

    it("refuses a narrower type by name, with both types, and leaves the table as it was", async () => {
      const built = shaped("NARROW", {
        query: "select 1 as id, cast(1.5 as decimal(10, 2)) as v, 'x' as w, 1.5::double as d",
      });
      await publish(warehouse, built, 1);
      const before = await state("NARROW");
      const narrower = shaped("NARROW", {
        query: "select 2 as id, cast(2.555 as decimal(10, 3)) as v, 2 as w, 1 as d, 'new' as extra",
      });
      const difference = (name: string, there: string, wanted: string) =>
        `${named(name)} (${shown(there)} in the table, ${shown(wanted)} in the query)`;
      await expect(publish(warehouse, narrower, 2, "increment")).rejects.toThrow(
        [
          difference("v", "DECIMAL(10,2)", "DECIMAL(10,3)"),
          difference("w", "VARCHAR", "INTEGER"),
          difference("d", "DOUBLE", "INTEGER"),
        ].join(", "),
      );
      expect(await state("NARROW")).toEqual(before);
      const hints = async (isProtected: boolean) => {
        const tried = publish(warehouse, { ...narrower, protected: isProtected }, 2, "increment");
        const error = await tried.catch((thrown: unknown) => thrown);
        return error instanceof ProblemError ? error.problems[0]?.hint : error;
      };
      expect(await hints(false)).toContain("--full-refresh");
      expect(await hints(true)).toContain("a full refresh does not make it anew");
    });

    it("is none where only the increment happens to return a smaller type", async () => {
      const built = shaped("LITERAL", {
        query: "select cast(1 as bigint) as id, cast(1.5 as decimal(10, 2)) as v, date '2024-01-01' as d",
        incrementalQuery: "select 2 as id, cast(7 as decimal(3, 1)) as v, date '2024-01-02' as d",
      });
      await publish(warehouse, built, 1);
      for (const token of [2, 3]) await publish(warehouse, built, token, "increment");
      expect((await state("LITERAL")).columns).toEqual(columnsOf(["id BIGINT", "v DECIMAL(10,2)", "d DATE"]));
      const grown = {
        ...built,
        incrementalQuery: "select 3 as id, cast(7 as decimal(10, 0)) as v, date '2024-01-02' as d",
      };
      for (const token of [4, 5]) await publish(warehouse, grown, token, "increment");
      expect((await state("LITERAL")).columns).toEqual(columnsOf(["id BIGINT", "v DECIMAL(12,2)", "d DATE"]));
    });

    it("goes together with hooks that delete before, and is gone with a discarded build", async () => {
      const built = shaped("HOOKS", { description: "kept" });
      await publish(warehouse, built, 1);
      const before = await state("HOOKS");
      const changed = shaped("HOOKS", {
        ...next,
        description: "kept",
        incrementalPreOps: ['delete from "EHR"."SILVER"."HOOKS" where id = 1'],
      });
      const scope = await warehouse.publisher.open({});
      await scope.build(changed, "increment");
      await scope.discard();
      expect(await state("HOOKS")).toEqual(before);
      await publish(warehouse, changed, 2, "increment");
      expect(await state("HOOKS")).toEqual({
        columns: columnsOf(["id INTEGER", "gone VARCHAR", "n INTEGER", "Fresh DATE"]),
        rows: [[2, null, 70000, "2024-01-01"]],
      });
      await using reader = await warehouse.session();
      expect((await engine.comments(reader, "HOOKS"))[0]).toEqual(["", "kept"]);
    });

    it("is one within the stage only, until it is published", async () => {
      await publish(warehouse, shaped("ALTERED", {}), 1);
      await using reader = await warehouse.session();
      const scope = await warehouse.publisher.open({});
      await scope.build(shaped("ALTERED", next), "increment");
      expect(await values(reader, 'select * from "EHR"."SILVER"."ALTERED"')).toEqual([[1, "old", 2]]);
      await scope.publish([marker("ALTERED", 2)]);
      expect(await values(reader, 'select count(*) from "EHR"."SILVER"."ALTERED"')).toEqual([[2]]);
    });
  });

  describe("rules over new rows", () => {
    const table = '"EHR"."SILVER"."FRESH"';
    const built = relation(
      "FRESH",
      said(({ series }) => `select n as id, 'old' as v from ${series(10)} as r`),
      {
        kind: "incremental",
        uniqueKey: ["id"],
        increment: { kind: "merge" },
        incrementalQuery: said(({ series }) => `select n + 8 as id, 'new' as v from ${series(5)} as r`),
      },
    );
    const newRowsOf = [target("FRESH")];
    const count = async (scope: PublishScope, query: string) =>
      (await scope.evaluate(query, { byRule: false, name: "r", newRowsOf }))[0]?.failing;

    it("read what the increment brought, wherever the query names the table", async () => {
      await publish(warehouse, built, 1);
      await using scope = await warehouse.publisher.open({});
      await scope.build(built, "increment");
      expect(await count(scope, `select * from ${table}`)).toBe(5);
      expect(await count(scope, `select "FRESH"."id" from ehr.silver.fresh -- ${table}`)).toBe(5);
      expect(await count(scope, `select ${table}."id" from ${table} where v <> '${table}'`)).toBe(5);
      expect(
        await count(scope, `with a as (select * from ${table} as x) select a.* from a join ${table} b using (id)`),
      ).toBe(5);
      expect((await scope.evaluate(`select * from ${table}`, { byRule: false, name: "r" }))[0]?.failing).toBe(13);
      await scope.publish([marker("FRESH", 2)]);
    });

    it("read all rows of what is built anew or not at all", async () => {
      await publish(warehouse, built, 2);
      await publish(warehouse, built, 2, "increment");
      await using scope = await warehouse.publisher.open({});
      expect(await count(scope, `select * from ${table}`)).toBe(13);
      await scope.build(built, "create");
      expect(await count(scope, `select * from ${table}`)).toBe(10);
    });

    it("read only those that went in, with every column of the table", async () => {
      const wider = said(({ series }) => `select n as id, 'old' as v, 1 as gone from ${series(10)} as r`);
      await publish(warehouse, relation("FRESH", wider), 3);
      await using scope = await warehouse.publisher.open({});
      await scope.build({ ...built, increment: { kind: "insert" } }, "increment");
      expect(await count(scope, `select * from ${table} where gone is null and v = 'new'`)).toBe(3);
      expect(await count(scope, `select * from ${table} where v = 'old'`)).toBe(0);
    });

    it("read them as post operations left them, or are refused where these cannot be told", async () => {
      await publish(warehouse, built, 4);
      const mended = { ...built, incrementalPostOps: [`update ${table} set v = 'mended'`] };
      await using scope = await warehouse.publisher.open({});
      await scope.build(mended, "increment");
      expect(await count(scope, `select * from ${table} where v = 'mended'`)).toBe(5);
      await scope.discard();
      await using other = await warehouse.publisher.open({});
      await other.build({ ...mended, uniqueKey: [], increment: { kind: "insert" } }, "increment");
      expect(await codes(count(other, `select * from ${table}`))).toEqual(["rows-new-hooks"]);
    });

    it("are refused where a view stands between", async () => {
      await publish(warehouse, built, 5);
      const views = [
        relation("OVER", `select * from ${table}`, { kind: "view" }),
        relation("ABOVE", 'select * from "EHR"."SILVER"."OVER"', { kind: "view" }),
      ];
      for (const view of views) await publish(warehouse, view, 5);
      for (const view of ["OVER", "ABOVE"]) {
        await using scope = await warehouse.publisher.open({}, planOf([built], "increment", { between: views }));
        await scope.build(built, "increment");
        expect(await codes(count(scope, `select * from "EHR"."SILVER"."${view}"`))).toEqual(["rows-new-view"]);
      }
    });
  });

  describe("many at once", () => {
    it("publish different targets, each in its own transaction", async () => {
      const names = Array.from({ length: engine.many }, (_, index) => `PARALLEL_${index}`);
      const built = (name: string) =>
        relation(
          name,
          said(({ series }) => `select n as id, n % 7 as v from ${series(5000)} as r`),
          {
            kind: "incremental",
            uniqueKey: ["id"],
            clusterBy: ["v"],
            description: name,
            columns: [{ path: ["v"], description: "v", tags: [] }],
            incrementalQuery: said(({ series }) => `select n + 4000 as id, -1 as v from ${series(2000)} as r`),
          },
        );
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
          await values(
            reader,
            said(({ countIf }) => `select count(*), ${countIf("v = -1")} from "EHR"."SILVER"."${name}"`),
          ),
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
          expect(id).toMatch(engine.statementId);
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
      const late = await slow.publish([marker("TOKEN", 6)]).catch((error: unknown) => error);
      expect(isTransient(late)).toBe(has(engine, "a conflict where a newer token came between"));
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
      expect(await codes(slow.publish([marker("RACED", 2)]))).toEqual([
        has(engine, "a conflict where a newer token came between") ? "conflict" : "fenced",
      ]);
      expect((await warehouse.publisher.markers()).find((m) => m.target.name === "RACED")?.token).toBe(3);
    });

    it("lets the same run publish again, and several targets at once", async () => {
      for (let time = 0; time < 2; time += 1) {
        const builds = ["ONE", "OTHER"].map((name) => relation(name, "select 1 as x"));
        await using scope = await warehouse.publisher.open({}, planOf(builds));
        for (const built of builds) await scope.build(built, "create");
        await scope.publish([marker("ONE", 7), marker("OTHER", 7)]);
      }
      const tokens = (await warehouse.publisher.markers()).filter((m) => ["ONE", "OTHER"].includes(m.target.name));
      expect(tokens.map((m) => m.token)).toEqual([7, 7]);
    });
  });

  describe("withdrawing", () => {
    const there = async (name: string) =>
      (await warehouse.catalog.relations()).find((info) => info.target.name === name)?.kind;
    const marked = async (name: string) =>
      (await warehouse.publisher.markers()).filter((each) => each.target.name === name).length;

    it("drops a table and a view with their markers, and may be repeated", async () => {
      await publish(warehouse, relation("WITHDRAWN", "select 1 as X"), 1);
      await publish(warehouse, relation("WITHDRAWN", "select 2 as X"), 2);
      await publish(warehouse, relation("WITHDRAWN_VIEW", "select 1 as X", { kind: "view" }));
      for (const [name, kind] of [
        ["WITHDRAWN_VIEW", "view"],
        ["WITHDRAWN", "table"],
      ] as const) {
        expect([await there(name), await marked(name)]).toEqual([kind, 1]);
        expect(await warehouse.publisher.withdraw(target(name), kind)).toBe(true);
        expect([await there(name), await marked(name)]).toEqual([undefined, 0]);
        expect(await warehouse.publisher.withdraw(target(name), kind)).toBe(false);
      }
      await publish(warehouse, relation("WITHDRAWN", "select 3 as X"), 1);
      expect([await there("WITHDRAWN"), await marked("WITHDRAWN")]).toEqual(["table", 1]);
    });

    it("forgets one that is gone, and the marker alone of what it did not make", async () => {
      await publish(warehouse, relation("TAKEN_AWAY", "select 1 as X"));
      await publish(warehouse, relation("SOMEBODYS", "select 1 as X"));
      await using session = await warehouse.session();
      await session.run('drop table "EHR"."SILVER"."TAKEN_AWAY"');
      expect(await warehouse.publisher.withdraw(target("TAKEN_AWAY"), "table")).toBe(false);
      expect(await warehouse.publisher.withdraw(target("SOMEBODYS"), null)).toBe(false);
      expect([await marked("TAKEN_AWAY"), await marked("SOMEBODYS")]).toEqual([0, 0]);
      expect(await there("SOMEBODYS")).toBe("table");
    });

    it("touches nothing of another kind", async () => {
      await publish(warehouse, relation("EXCHANGED", "select 1 as X"));
      await using session = await warehouse.session();
      await session.run('drop table "EHR"."SILVER"."EXCHANGED"');
      await session.run('create view "EHR"."SILVER"."EXCHANGED" as select 2 as X');
      expect(await codes(warehouse.publisher.withdraw(target("EXCHANGED"), "table"))).toEqual(["relation-changed"]);
      expect([await there("EXCHANGED"), await marked("EXCHANGED")]).toEqual(["view", 1]);
    });

    it("is asked for the views that read a relation, whoever made them", async () => {
      await publish(warehouse, relation("READ_BY", "select 1 as X"));
      const query = 'select X from "EHR"."SILVER"."READ_BY"';
      await publish(warehouse, relation("READS", query, { kind: "view", target: target("READS", "GOLD") }));
      await using session = await warehouse.session();
      await session.run('create view "EHR"."SILVER"."READS_TOO" as select X from SILVER.READ_BY');
      const { engine: name, database } = warehouse;
      const reading = (await warehouse.catalog.views())
        .filter(({ text }) => namesRelation(text, target("READ_BY"), { database, engine: name }))
        .map((view) => view.target.name);
      expect(reading.toSorted()).toEqual(["READS", "READS_TOO"]);
    });
  });

  describe("catalog", () => {
    it("lists relations with their columns, types and descriptions", async () => {
      const query = "select cast(1 as bigint) as \"Order\", 'x' as b";
      const columns = [{ path: ["b"], description: "said of b", tags: [] }];
      await publish(warehouse, relation("LISTED", query, { description: "what it's for", columns }));
      const found = (await warehouse.catalog.relations()).find((info) => info.target.name === "LISTED");
      expect(found).toMatchObject({
        target: target("LISTED"),
        kind: "table",
        description: "what it's for",
        columns: [
          { name: "Order", type: typed("BIGINT"), description: "" },
          { name: named("b"), type: typed("VARCHAR"), description: "said of b" },
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
