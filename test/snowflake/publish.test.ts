/** What publishing on Snowflake sends, in which order, and what stands there when it was cut short. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ProblemError, type Relation } from "../../src/graph/index.js";
import type { PublishScope, Warehouse } from "../../src/warehouse/index.js";
import { policies } from "../../src/warehouse/snowflake/statements.js";
import { type SetHook, type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { marker, planOf, relation, values } from "../warehouse/engines.js";
import { openTaught } from "../warehouse/snowflake.js";
import { openOn, tell } from "./opened.js";

let server: SnowflakeServer;
let warehouse: Warehouse;
let hooks: SetHook[] = [];

beforeAll(async () => {
  server = await startSnowflake();
  warehouse = await openTaught(server);
  await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
});
afterEach(async () => {
  for (const hook of hooks) await hook.remove();
  hooks = [];
});
afterAll(async () => {
  await warehouse?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const failing = async (matches: string, occurrence?: number) => {
  const effect = { kind: "error", code: "000603", sqlState: "XX000", message: "injected" } as const;
  hooks.push(
    await server.hook({ on: "statement", matches, effect, ...(occurrence === undefined ? {} : { occurrence }) }),
  );
};

/** As a process that died would leave it for the next. */
async function reopen(): Promise<void> {
  for (const hook of hooks) await hook.remove();
  hooks = [];
  await warehouse[Symbol.asyncDispose]();
  warehouse = await openTaught(server);
}

async function build(built: readonly Relation[], token: number, more: Parameters<typeof planOf>[2] = {}) {
  const scope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: token }, planOf(built, "create", more));
  for (const each of built) await scope.build(each, "create");
  return scope;
}

async function publish(built: readonly Relation[], token: number): Promise<void> {
  await using scope = await build(built, token);
  await scope.publish(built.map(({ target: { name } }) => marker(name, token)));
}

async function read(sql: string): Promise<readonly unknown[][]> {
  await using session = await warehouse.session();
  return await values(session, sql);
}

const rowsOf = (name: string) => read(`select * from "EHR"."SILVER"."${name}" order by 1`);

/** Kind and transience of what has the name, and what stands beside anything. */
async function state(name: string) {
  const rows = await read(
    `select TABLE_NAME, TABLE_TYPE, IS_TRANSIENT, COMMENT, CLUSTERING_KEY from "EHR".information_schema.tables where TABLE_SCHEMA = 'SILVER' order by 1`,
  );
  const [, kind, transient, comment, clustering] = rows.find(([found]) => found === name) ?? [];
  return {
    kind: transient === "YES" ? `TRANSIENT ${kind}` : kind,
    comment: comment ?? "",
    clustering: clustering ?? "",
    beside: rows.map(([found]) => String(found)).filter((found) => found.includes("$medform")),
    pending: Number((await read('select count(*) as N from "EHR".MEDFORM.PENDING'))[0]?.[0]),
  };
}

/** How the statements begin that were sent since this was last asked; what only looks is left out. */
async function sent(): Promise<readonly string[]> {
  const texts = (await server.statements()).map(({ sqlText }) => sqlText.split(/\s/).slice(0, 2).join(" "));
  await server.forgetStatements();
  return texts.filter((text) => !/^(?:select|update|alter session|set|unset|insert into)\b/.test(text));
}

const code = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  return error instanceof ProblemError ? error.problems[0]?.code : error;
};

const clean = { beside: [], pending: 0 };

describe("a build in the table as it is", () => {
  it("is one transaction of DML", async () => {
    const built = relation("SAME", "select 1 as x, 'a' as t");
    await publish([built], 1);
    await sent();
    await publish([{ ...built, query: "select 22 as x, 'longer' as t" }], 2);
    expect(await sent()).toEqual(["begin name", "insert overwrite", "commit"]);
    expect(await rowsOf("SAME")).toEqual([[22, "longer"]]);
  });

  it("re-applies what differs of comments and cluster keys when it is committed", async () => {
    const built = relation("TOUCHED", "select 1 as x, 2 as y", { description: "one" });
    await publish([built], 1);
    const description = "it's \\ new";
    const columns = [{ path: ["Y"], description: "why \\ 'not'", tags: [] }];
    await publish([{ ...built, description, columns, clusterBy: ["x"] }], 2);
    expect(await state("TOUCHED")).toMatchObject({ ...clean, comment: description, clustering: "LINEAR(x)" });
    expect(
      await read(
        `select COMMENT from "EHR".information_schema.columns where TABLE_NAME = 'TOUCHED' order by ORDINAL_POSITION`,
      ),
    ).toEqual([[null], ["why \\ 'not'"]]);
    await sent();
    await publish([{ ...built, description, columns, clusterBy: ["x"] }], 3);
    expect(await sent()).toEqual(["begin name", "insert overwrite", "commit"]);
    await publish([built], 4);
    expect(await state("TOUCHED")).toMatchObject({ ...clean, comment: "one", clustering: "" });
  });

  it("tells beforehand under which names its fence and its commit are sent, and tags what it sends", async () => {
    const built = relation("NAMED", "select 1 as x");
    await publish([built], 1);
    await using scope = await build([built], 2, { runId: "run-2" });
    const ids = scope.publishIds();
    await scope.publish([marker("NAMED", 2)]);
    const last = (await server.statements()).filter(({ requestId }) => ids.includes(requestId));
    expect(last.map(({ sqlText }) => sqlText.split(" ")[0])).toEqual(["insert", "commit"]);
    for (const { queryTag } of last) {
      expect(JSON.parse(queryTag ?? "")).toMatchObject({
        run: "run-2",
        project: "test",
        actions: ["EHR.SILVER.NAMED"],
      });
    }
  });
});

describe("a build beside the table", () => {
  const shapes: Readonly<Record<string, readonly [string, Partial<Relation>]>> = {
    table: ["BASE TABLE", {}],
    transient: ["TRANSIENT BASE TABLE", { transient: true }],
    view: ["VIEW", { kind: "view" }],
    secure: ["VIEW", { kind: "view", secure: true }],
    materialized: ["MATERIALIZED VIEW", { kind: "view", materialized: true }],
  };
  /** Each after each other one, there and back. */
  const round = "table transient view secure materialized table view materialized transient secure table".split(" ");

  it("turns anything into anything else, and leaves nothing beside", async () => {
    for (const [number, each] of [...round, ...round.toReversed().slice(1)].entries()) {
      const [kind, more] = shapes[each] ?? [];
      await publish([relation("TURNS", `select ${number} as x`, { description: each, ...more })], number + 1);
      expect(await state("TURNS")).toEqual({ ...clean, kind, comment: each, clustering: "" });
      expect(await rowsOf("TURNS")).toEqual([[number]]);
    }
  });

  it("shows nothing before it is published, and is read under its name by the scope alone", async () => {
    await publish([relation("WIDE", "select 1 as x")], 1);
    await using scope = await build([relation("WIDE", "select 2 as x, 'new' as y")], 2);
    const query = 'select * from "EHR"."SILVER"."WIDE" where x = 2';
    expect(await scope.evaluate(query, { byRule: false, name: "r" })).toEqual([{ rule: "r", failing: 1 }]);
    expect(await rowsOf("WIDE")).toEqual([[1]]);
    await scope.publish([marker("WIDE", 2)]);
    expect(await rowsOf("WIDE")).toEqual([[2, "new"]]);
    expect(await state("WIDE")).toMatchObject(clean);
  });

  it("publishes a group whose members read each other, views between them too", async () => {
    const base = (x: number) => relation("BASE", `select ${x} as x, 'b' as b${x}`);
    const between = relation("BETWEEN", 'select x + 1 as x from "EHR"."SILVER"."BASE"', { kind: "view" });
    const above = (n: number) =>
      relation(
        "ABOVE",
        `select b.x, v.x as y, ${n} as n${n} from "EHR"."SILVER"."BASE" as b, "EHR"."SILVER"."BETWEEN" as v`,
      );
    const top = relation("TOP", 'select "ABOVE".y from "EHR"."SILVER"."ABOVE"', { kind: "view" });
    for (const each of [base(1), between, above(1), top]) await publish([each], 1);
    const group = [base(5), above(2), top];
    await using scope = await build(group, 2, { between: [between] });
    const counted = async (query: string) => (await scope.evaluate(query, { byRule: false, name: "r" }))[0]?.failing;
    expect(await counted('select * from "EHR"."SILVER"."BETWEEN" where x = 6')).toBe(1);
    expect(await counted('select * from "EHR"."SILVER"."TOP" where y = 6')).toBe(1);
    expect(await rowsOf("TOP")).toEqual([[2]]);
    await scope.publish(group.map(({ target: { name } }) => marker(name, 2)));
    expect(await rowsOf("ABOVE")).toEqual([[5, 6, 2]]);
    expect(await rowsOf("TOP")).toEqual([[6]]);
    expect(await state("TOP")).toMatchObject({ ...clean, kind: "VIEW" });
  });

  it("is dropped where a rule fails or a query cannot be built, and the table stays as it was", async () => {
    await publish([relation("STAYS", "select 1 as x")], 1);
    const scope = await build([relation("STAYS", "select 2 as x, 3 as y")], 2);
    await scope.discard();
    const wrong = relation("STAYS", 'select * from "EHR"."SILVER"."NOWHERE"');
    expect(await code(build([wrong], 3).then((each: PublishScope) => each.discard()))).toBe("engine-catalog");
    expect(await rowsOf("STAYS")).toEqual([[1]]);
    expect(await state("STAYS")).toMatchObject(clean);
  });

  it("tells of the relation that cannot be made ready where that one is built", async () => {
    const builds = [relation("FIRST", "select 1 as x"), relation("SECOND", 'select * from "EHR"."SILVER"."NOWHERE"')];
    await using scope = await warehouse.publisher.open({}, planOf(builds));
    expect((await scope.build(builds[0] as Relation, "create")).rows).toBe(1);
    expect(await code(scope.build(builds[1] as Relation, "create"))).toBe("engine-catalog");
  });
});

describe("policies", () => {
  const guard = (name: string, kind: "table" | "view", rows: readonly (readonly (string | null)[])[]) =>
    server.know([
      {
        snowflake: policies("EHR", `"EHR"."SILVER"."${name}"`, kind),
        duckdb: `select * from (values ${rows.map((row) => `('EHR', 'SAFE', ${row.map((cell) => (cell === null ? "null" : `'${cell}'`)).join(", ")})`).join(", ")}) as p("DATABASE", "SCHEMA", "NAME", "KIND", "COLUMN", "ARGUMENTS", "TAG")`,
      },
    ]);
  const created = async () =>
    (await server.statements())
      .map(({ sqlText }) => sqlText)
      .filter((text) => /^create or replace (?!temp)/.test(text));

  it.each(["table", "view"] as const)("of a %s go over to what takes its place, in its CREATE", async (kind) => {
    const name = `GUARDED_${kind.toUpperCase()}`;
    const built = relation(name, "select 1 as x, 'a' as state", { kind });
    await publish([built], 1);
    await guard(name, kind, [
      ["HIDE", "MASKING_POLICY", "X", '[ "STATE" ]', null],
      ["OWN", "ROW_ACCESS_POLICY", null, '[ "STATE" ]', null],
      ["GONE", "MASKING_POLICY", "Y", null, null],
    ]);
    await sent();
    await publish([{ ...built, query: "select 1 as x, 'a' as state, 2 as z" }], 2);
    const last = (await created()).at(-1);
    expect(last).toContain(`with masking policy "EHR"."SAFE"."HIDE" using ("X", "STATE")`);
    expect(last).toContain(`with row access policy "EHR"."SAFE"."OWN" on ("STATE")`);
    expect(last).not.toContain("GONE");
    if (kind === "view") expect(await created()).toHaveLength(2);
    for (const each of (await created()).filter((text) => !/ like /.test(text)))
      expect(each).toMatch(/"HIDE".* with row access policy /);
  });

  it("of a view between guard the candidate through which it is read", async () => {
    const base = relation("UNDER", "select 1 as x, 'a' as state");
    const between = relation("OVER", 'select x, state from "EHR"."SILVER"."UNDER"', { kind: "view" });
    for (const each of [base, between]) await publish([each], 1);
    await guard("OVER", "view", [["HIDE", "MASKING_POLICY", "X", null, null]]);
    await sent();
    await using scope = await build([{ ...base, query: "select 2 as x, 'a' as state, 3 as y" }], 2, {
      between: [between],
    });
    const made = (await created()).filter((text) => text.includes('"OVER$medform'));
    expect(made).toHaveLength(1);
    expect(made[0]).toContain('("X" with masking policy "EHR"."SAFE"."HIDE", "STATE")');
    await scope.publish([marker("UNDER", 2)]);
  });

  it.each([
    ["OWN", "ROW_ACCESS_POLICY", null, '[ "Y" ]', null],
    ["HIDE", "MASKING_POLICY", "X", '[ "Y" ]', null],
    ["HIDE", "MASKING_POLICY", "X", null, "PHI"],
    ["COUNTED", "AGGREGATION_POLICY", null, null, null],
  ])("that cannot go over keep the table as it is: %s %s %s %s %s", async (...row) => {
    lost += 1;
    const built = relation(`UNGUARDED_${lost}`, "select 1 as x, 2 as y");
    await publish([built], 1);
    await guard(built.target.name, "table", [row]);
    expect(await code(publish([{ ...built, query: "select 3 as x" }], 2))).toBe("policy-lost");
    await publish([{ ...built, query: "select 4 as x, 5 as y" }], 3);
    expect(await rowsOf(built.target.name)).toEqual([[4, 5]]);
    expect(await state(built.target.name)).toMatchObject(clean);
  });

  const guards = {
    masking: { x: "SAFE.PHI_{TYPE}", state: "other.safe.hide" },
    rowAccess: { policy: "SAFE.OWN", column: "tenant" },
  };
  const rowOf = "select 1 as x, 'a' as state, 'b' as tenant";

  it.each(["table", "view", "incremental"] as const)(
    "that the project asks for stand in the first CREATE of a %s",
    async (kind) => {
      await sent();
      await publish([relation(`ASKED_${kind.toUpperCase()}`, rowOf, { kind, guards })], 1);
      const made = await created();
      expect(made.length).toBeGreaterThan(0);
      for (const each of made) {
        expect(each).toMatch(/"X"(?: NUMBER\(38,0\))? with masking policy "EHR"."SAFE"."PHI_NUMBER"/);
        expect(each).toMatch(/"STATE"(?: VARCHAR)? with masking policy "OTHER"."SAFE"."HIDE"/);
        expect(each).toContain('with row access policy "EHR"."SAFE"."OWN" on ("TENANT")');
      }
    },
  );

  it("that the project asks for later are attached before a table that stays is written", async () => {
    const built = relation("LATER", rowOf);
    await publish([built], 1);
    await guard("LATER", "table", [
      ["PHI_NUMBER", "MASKING_POLICY", "X", null, null],
      ["FORMER", "ROW_ACCESS_POLICY", null, '[ "TENANT" ]', null],
    ]);
    await sent();
    await publish([{ ...built, guards }], 2);
    const texts = (await server.statements()).map(({ sqlText }) => sqlText);
    expect(texts.filter((text) => text.startsWith("alter table"))).toEqual([
      'alter table "EHR"."SILVER"."LATER" drop row access policy "EHR"."SAFE"."FORMER", add row access policy "EHR"."SAFE"."OWN" on ("TENANT")',
      'alter table "EHR"."SILVER"."LATER" alter column "STATE" set masking policy "OTHER"."SAFE"."HIDE" force',
    ]);
    expect(texts.findLastIndex((text) => text.startsWith("alter table"))).toBeLessThan(
      texts.findIndex((text) => text.startsWith("begin")),
    );
  });

  it("that nobody asks for stay on a table that is written in its place, of whatever kind", async () => {
    const built = relation("OTHERS", rowOf);
    await publish([built], 1);
    await guard("OTHERS", "table", [
      ["COUNTED", "AGGREGATION_POLICY", null, null, null],
      ["HIDE", "MASKING_POLICY", "X", null, "PHI"],
    ]);
    await sent();
    await publish([{ ...built, guards: { masking: { state: "SAFE.HIDE" } } }], 2);
    const texts = (await server.statements()).map(({ sqlText }) => sqlText);
    expect(texts.filter((text) => text.startsWith("alter table"))).toEqual([
      'alter table "EHR"."SILVER"."OTHERS" alter column "STATE" set masking policy "EHR"."SAFE"."HIDE" force',
    ]);
  });

  it("that the project asks for are of one type, so a table whose masked column becomes wider is made anew", async () => {
    const masked = { masking: { x: "SAFE.PHI_{TYPE}" } };
    const built = relation("WIDER", "select cast(1 as decimal(18, 2)) as x", { kind: "incremental", guards: masked });
    await publish([built], 1);
    await sent();
    const query = "select cast(2.5 as decimal(30, 2)) as x";
    const wider = { ...built, query, incrementalQuery: query };
    await using scope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: 2 }, planOf([wider], "increment"));
    await scope.build(wider, "increment");
    await scope.publish([marker("WIDER", 2)]);
    const made = (await created()).filter((text) => !/ like /.test(text));
    expect(made.join()).toMatch(/"X" NUMBER\(30,2\) with masking policy "EHR"."SAFE"."PHI_NUMBER_2"/);
    expect(made).toHaveLength(1);
    expect((await rowsOf("WIDER")).map(([x]) => Number(x))).toEqual([1, 2.5]);
  });

  it("that the project asks for guard the column that an increment adds", async () => {
    const built = relation("GROWN", "select 1 as x", { kind: "incremental", guards });
    await publish([built], 1);
    await sent();
    const grown = { ...built, query: rowOf, incrementalQuery: rowOf };
    await using scope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: 2 }, planOf([grown], "increment"));
    await scope.build(grown, "increment");
    await scope.publish([marker("GROWN", 2)]);
    const texts = (await server.statements()).map(({ sqlText }) => sqlText);
    expect(texts.find((text) => / add column "STATE"/.test(text))).toContain(
      ' with masking policy "OTHER"."SAFE"."HIDE"',
    );
  });

  it("of a materialized view are asked for as a view's", async () => {
    expect(policies("EHR", '"EHR"."SILVER"."M"', "materialized view")).toContain("ref_entity_domain => 'view'");
  });

  let lost = 0;
});

describe("grants", () => {
  async function plainly(text: string) {
    await tell(server, text);
    await using plain = await openOn(server, { readOnly: true });
    await using session = await plain.session();
    return await session.rows(text);
  }
  const granted = async (name: string) =>
    (await plainly(`show grants on view "EHR"."SILVER"."${name}"`))
      .map((row) => `${row.privilege} ${row.grantee_name}`)
      .filter((each) => !each.startsWith("OWNERSHIP"));
  const give = (privileges: string, name: string, to = 'role "Night shift"') =>
    plainly(`grant ${privileges} on table "EHR"."SILVER"."${name}" to ${to}`);

  it("go from a table to a view and back, as far as both have them", async () => {
    const built = relation("GIVEN", "select 1 as x");
    await publish([built], 1);
    await give("select, insert", "GIVEN");
    await publish([{ ...built, kind: "view" }], 2);
    expect(await granted("GIVEN")).toEqual(["SELECT Night shift"]);
    await publish([{ ...built, transient: true }], 3);
    expect(await granted("GIVEN")).toEqual(["SELECT Night shift"]);
    expect(await state("GIVEN")).toMatchObject({ ...clean, kind: "TRANSIENT BASE TABLE" });
  });

  it("are given by who comes next, where the one died that was to give them", async () => {
    const built = relation("GIVEN_LATER", "select 1 as x");
    await publish([built], 1);
    await give("select", "GIVEN_LATER");
    await failing("^grant select on view");
    await failing("delete from .*PENDING where BATCH");
    await expect(publish([{ ...built, kind: "view" }], 2)).rejects.toThrow();
    await reopen();
    expect(await granted("GIVEN_LATER")).toEqual(["SELECT Night shift"]);
    expect(await state("GIVEN_LATER")).toMatchObject(clean);
  });

  it("to a share are not lost in silence", async () => {
    const built = relation("SHARED_OUT", "select 1 as x");
    await publish([built], 1);
    await give("select", "SHARED_OUT", 'share "PARTNER"');
    const view: Relation = { ...built, kind: "view" };
    {
      await using scope = await warehouse.publisher.open({}, planOf([view]));
      expect(await code(scope.build(view, "create"))).toBe("grants-lost");
    }
    expect(await state("SHARED_OUT")).toMatchObject({ ...clean, kind: "BASE TABLE" });
  });
});

describe("an increment that widens its table", () => {
  const first = relation("GROWS", "select 1 as id, cast(1.5 as decimal(5, 2)) as v, 'x' as gone", {
    kind: "incremental",
    uniqueKey: ["id"],
    increment: { kind: "merge" },
    description: "kept",
    transient: false,
  });
  const next = (query: string, more: Partial<Relation> = {}): Relation => ({
    ...first,
    incrementalQuery: query,
    ...more,
  });
  const increment = async (built: Relation, token: number) => {
    await using scope = await warehouse.publisher.open({}, planOf([built], "increment"));
    const made = await scope.build(built, "increment");
    await scope.publish([marker(built.target.name, token)]);
    return made;
  };

  it("does so in a clone, or in a copy where a type cannot be altered in its place", async () => {
    await publish([first], 1);
    await sent();
    const wider = next("select 2 as id, cast(2.5 as decimal(7, 2)) as v, 'y' as gone, 'n' as fresh", {
      onSchemaChange: "sync",
      columns: [{ path: ["fresh"], description: "new here", tags: [] }],
    });
    expect(await increment(wider, 2)).toEqual({ rows: 2, changed: 1, columns: ["ID", "V", "GONE", "FRESH"] });
    expect((await server.statements()).some(({ sqlText }) => / clone /.test(sqlText))).toBe(true);
    await sent();
    const scaled = next("select 2 as id, cast(2.525 as decimal(9, 4)) as v, 'n' as fresh", { onSchemaChange: "sync" });
    expect(await increment(scaled, 3)).toEqual({ rows: 2, changed: 1, columns: ["ID", "V", "FRESH"] });
    expect((await server.statements()).some(({ sqlText }) => / clone /.test(sqlText))).toBe(false);
    expect(await rowsOf("GROWS")).toEqual([
      [1, 1.5, null],
      [2, 2.525, "n"],
    ]);
    expect(await state("GROWS")).toEqual({ ...clean, kind: "BASE TABLE", comment: "kept", clustering: "" });
    const types = `select NUMERIC_PRECISION, NUMERIC_SCALE from "EHR".information_schema.columns where TABLE_NAME = 'GROWS' and COLUMN_NAME = 'V'`;
    expect(await read(types)).toEqual([[9, 4]]);
  });

  it("reads itself and is hooked where its rows are", async () => {
    const self = '"EHR"."SILVER"."SELFISH"';
    const built = relation("SELFISH", "select 1 as id, 1 as v", { kind: "incremental", uniqueKey: ["id"] });
    await publish([built], 1);
    const again: Relation = {
      ...built,
      incrementalQuery: `select id + 1 as id, v + 1 as v, 'n' as fresh from ${self}`,
      incrementalPreOps: [`update ${self} set v = 10`],
      incrementalPostOps: [`update ${self} set fresh = 'hooked' where id = 2`],
    };
    expect(await increment(again, 2)).toMatchObject({ rows: 2, changed: 1 });
    expect(await rowsOf("SELFISH")).toEqual([
      [1, 10, null],
      [2, 11, "hooked"],
    ]);
  });
});

describe("hooks that are no DML", () => {
  const self = '"EHR"."SILVER"."HOOKED"';

  it("run before the transaction or after it, in their order", async () => {
    const built = relation("HOOKED", 'select x from "EHR"."SILVER"."BEFORE"', {
      preOps: [
        'create or replace table "EHR"."SILVER"."BEFORE" as select 1 as x',
        'insert into "EHR"."SILVER"."BEFORE" select 2',
      ],
      postOps: [
        `delete from ${self} where x = 1`,
        `create or replace table "EHR"."SILVER"."AFTER" as select * from ${self}`,
        'insert into "EHR"."SILVER"."AFTER" select 9',
      ],
    });
    await publish([built], 1);
    expect(await rowsOf("HOOKED")).toEqual([[2]]);
    expect(await rowsOf("AFTER")).toEqual([[2], [9]]);
  });

  it.each([
    ["preOps", `create or replace table ${self} as select 3 as x`],
    ["preOps", `drop table if exists ${self}`],
    ["preOps", `alter table ${self} add column y integer`],
    ["postOps", `truncate table ${self}`],
  ] as const)("are refused where they would change the table itself without its rules: %s %s", async (list, hook) => {
    const built = relation("HOOKED", "select 4 as x", { [list]: [hook] });
    expect(await code(publish([built], 2))).toBe("hook-ungated");
    expect(await rowsOf("HOOKED")).toEqual([[2]]);
  });

  it("that fail after the commit say that it was published", async () => {
    const built = relation("HOOKED", "select 5 as x", { postOps: ['drop view "EHR"."SILVER"."NOT_THERE"'] });
    expect(await code(publish([built], 3))).toBe("hook-after-publish");
    expect(await rowsOf("HOOKED")).toEqual([[5]]);
    expect((await warehouse.publisher.markers()).find((each) => each.target.name === "HOOKED")?.token).toBe(3);
  });
});

describe("what was cut short", () => {
  it.each([
    ["before the swap", "swap with"],
    ["after it", "comment on table"],
    ["before it is forgotten", "delete from .*PENDING"],
  ])("%s is published by its markers, and finished when these are asked for", async (_, matches) => {
    const name = `CUT_${matches.replace(/\W+/g, "_").toUpperCase()}`;
    await publish([relation(name, "select 1 as x", { description: "kept" })], 1);
    await failing(matches, 1);
    await expect(publish([relation(name, "select 2 as x, 3 as y", { description: "kept" })], 2)).rejects.toThrow();
    const found = (await warehouse.publisher.markers()).find((each) => each.target.name === name);
    expect(found).toMatchObject({ token: 2 });
    expect(await rowsOf(name)).toEqual([[2, 3]]);
    expect(await state(name)).toMatchObject({ comment: "kept", pending: 0 });
    await reopen();
    expect(await state(name)).toMatchObject({ ...clean, comment: "kept" });
    expect(await rowsOf(name)).toEqual([[2, 3]]);
  });

  it.each([
    ["a swap", {}, {}, "swap with"],
    ["what follows a swap", {}, {}, "comment on table"],
    ["a table's name given up for a view", {}, { kind: "view" }, 'create or replace view \\S+LATER_\\d" '],
    ["a view's name given up for a table", { kind: "view" }, {}, 'rename to \\S+LATER_\\d"'],
    ["a transient table's name given up", { transient: true }, {}, 'rename to \\S+LATER_\\d"'],
    ["a first build's name", undefined, {}, "rename to"],
  ] as readonly (readonly [string, Partial<Relation> | undefined, Partial<Relation>, string])[])(
    "is finished by the next who opens the warehouse: %s",
    async (_, before, after, matches) => {
      later += 1;
      const name = `LATER_${later}`;
      if (before !== undefined) await publish([relation(name, "select 1 as x", before)], 1);
      await failing(matches);
      await expect(publish([relation(name, "select 2 as x, 3 as y", after)], 2)).rejects.toThrow();
      await reopen();
      expect(await rowsOf(name)).toEqual([[2, 3]]);
      expect(await state(name)).toMatchObject(clean);
      expect((await warehouse.publisher.markers()).find((each) => each.target.name === name)?.token).toBe(2);
    },
  );

  it.each(["after", "before"] as const)(
    "by the end of the session %s its commit was carried out is what the markers say",
    async (when) => {
      const name = `ANSWER_${when.toUpperCase()}`;
      await publish([relation(name, "select 1 as x")], 1);
      const effect = { kind: "end", code: "390111" } as const;
      hooks.push(await server.hook({ on: "statement", matches: "^commit$", when, occurrence: 1, effect }));
      await expect(publish([relation(name, "select 2 as x, 3 as y")], 2)).rejects.toThrow();
      const token = (await warehouse.publisher.markers()).find((each) => each.target.name === name)?.token;
      expect(token).toBe(when === "after" ? 2 : 1);
      expect(await rowsOf(name)).toEqual(when === "after" ? [[2, 3]] : [[1]]);
      await reopen();
      expect(await rowsOf(name)).toEqual(when === "after" ? [[2, 3]] : [[1]]);
      expect(await state(name)).toMatchObject(clean);
    },
  );

  it.each([
    ["a changed table", {}, {}],
    ["a first build", undefined, {}],
    ["a table that becomes a view", {}, { kind: "view" }],
  ] as readonly (readonly [string, Partial<Relation> | undefined, Partial<Relation>])[])(
    "by a commit that was carried out and never answered is published all the same: %s",
    async (_, before, after) => {
      unanswered += 1;
      const name = `UNANSWERED_${unanswered}`;
      if (before !== undefined) await publish([relation(name, "select 1 as x", before)], 1);
      const on = { on: "statement", matches: "^commit$" } as const;
      hooks.push(await server.hook({ ...on, occurrence: 1, when: "after", effect: { kind: "drop" } }));
      hooks.push(await server.hook({ ...on, occurrence: 2, effect: { kind: "end", code: "390111" } }));
      expect(await code(publish([relation(name, "select 2 as x, 3 as y", after)], 2))).toBe("commit-unknown");
      expect((await warehouse.publisher.markers()).find((each) => each.target.name === name)?.token).toBe(2);
      expect(await rowsOf(name)).toEqual([[2, 3]]);
      await reopen();
      expect(await rowsOf(name)).toEqual([[2, 3]]);
      expect(await state(name)).toMatchObject(clean);
    },
  );

  it("before the commit leaves the table as it was, and nothing beside", async () => {
    await publish([relation("NEVER", "select 1 as x")], 1);
    await failing("^(?:commit|rollback|drop )");
    await expect(publish([relation("NEVER", "select 2 as x, 3 as y")], 2)).rejects.toThrow();
    await reopen();
    expect(await rowsOf("NEVER")).toEqual([[1]]);
    expect(await state("NEVER")).toMatchObject(clean);
    expect((await warehouse.publisher.markers()).find((each) => each.target.name === "NEVER")?.token).toBe(1);
  });

  let later = 0;
  let unanswered = 0;
});

describe("who lost the lease", () => {
  it("publishes nothing", async () => {
    await publish([relation("LOST", "select 1 as x")], 1);
    await using scope = await build([relation("LOST", "select 2 as x")], 2);
    await using session = await warehouse.session();
    await session.run(`update "EHR".MEDFORM.LEASE set TOKEN = TOKEN + 1`);
    expect(await code(scope.publish([marker("LOST", 2)]))).toBe("fenced");
    expect(await rowsOf("LOST")).toEqual([[1]]);
    await session.run(`update "EHR".MEDFORM.LEASE set TOKEN = TOKEN - 1`);
  });
});

it("leaves alone what another warehouse is putting into place in the same database", async () => {
  await reopen();
  {
    await using plain = await openOn(server, { readOnly: true });
    await using session = await plain.session();
    await tell(server, 'create database "OTHER"');
    await session.run('create database "OTHER"');
  }
  await using other = await openOn(server, { database: "OTHER", databases: ["EHR"] });
  const built = relation("SHARED", "select 7 as x");
  await using scope = await other.publisher.open({}, planOf([built]));
  await scope.build(built, "create");
  const hook = await server.hook({ on: "statement", matches: "SHARED.* rename to", effect: { kind: "pause" } });
  hooks.push(hook);
  const published = scope.publish([marker("SHARED", 1)]);
  await hook.reached();
  await using again = await openOn(server);
  expect(again.database).toBe("EHR");
  await hook.release();
  await published;
  expect(await rowsOf("SHARED")).toEqual([[7]]);
});
