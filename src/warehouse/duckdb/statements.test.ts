import { describe, expect, it } from "vitest";
import type { Relation } from "../../graph/index.js";
import { plainRelation } from "../../graph/index.js";
import * as sql from "./statements.js";

const relation: Relation = {
  target: { database: "EHR", schema: "SILVER", name: 'A "b"' },
  kind: "incremental",
  query: "select 1 as id -- one",
  fileName: "definitions/a.sqlx",
  tags: [],
  disabled: false,
  dependencies: [],
  columns: [
    { path: ["ID"], description: "it's the key", tags: [] },
    { path: ["nested", "part"], description: "not a column", tags: [] },
  ],
  description: "one",
  ...plainRelation,
  uniqueKey: ["id"],
  clusterBy: ["id", "date_trunc('month', at)"],
};

describe("statements for DuckDB", () => {
  it("writes a table sorted", () => {
    expect(sql.createTable(relation, "X")).toBe(`create or replace table "EHR"."SILVER"."A ""b""" as select * from (
select 1 as id -- one
)
order by id, date_trunc('month', at)`);
  });

  it("puts a union together before it is sorted", () => {
    const union = { ...relation, query: "select 1 as id\nunion all\nselect 2" };
    expect(
      sql.createTable(union, "X"),
    ).toBe(`create or replace table "EHR"."SILVER"."A ""b""" as with medform_union as materialized (
select 1 as id
union all
select 2
)
select * from medform_union
order by id, date_trunc('month', at)`);
  });

  it("writes a view as it is", () => {
    expect(sql.createView({ ...relation, kind: "view" }, "X")).toBe(
      'create or replace view "EHR"."SILVER"."A ""b""" as\nselect 1 as id -- one',
    );
  });

  it("puts a target without a database into the warehouse's own", () => {
    expect(sql.qualified({ schema: "S", name: "T" }, "MEDFORM")).toBe('"MEDFORM"."S"."T"');
  });

  it("replaces by null-safe keys, in the order of the stage", () => {
    const stage = sql.stageName(1);
    const match = sql.matchByKeys(["id", "Order"], stage);
    expect(sql.deleteReplaced(relation, match, "X")).toBe(
      'delete from "EHR"."SILVER"."A ""b""" as t using temp.main.medform_stage_1 as s where t."id" = s."id" and t."Order" = s."Order"',
    );
    expect(sql.deleteReplacedNulls(relation, match, "X")).toBe(
      'delete from "EHR"."SILVER"."A ""b""" as t using (select s.* from temp.main.medform_stage_1 as s where s."id" is null or s."Order" is null) as s where t."id" is not distinct from s."id" and t."Order" is not distinct from s."Order"',
    );
    expect(sql.insertStaged(relation, ["id", "Order"], stage, "X")).toBe(
      'insert into "EHR"."SILVER"."A ""b""" ("id", "Order") select "id", "Order" from temp.main.medform_stage_1',
    );
    expect(sql.deleteReplaced(relation, sql.matchByInterval("At", "day", stage), "X")).toContain(
      `(select distinct date_trunc('day', "At") as value from temp.main.medform_stage_1) as s where date_trunc('day', t."At") = s.value`,
    );
  });

  it("comments only on what is there and differs", () => {
    const all = sql.comments(relation, ["id", "other"], new Map(), "X");
    expect(all).toEqual([
      `comment on table "EHR"."SILVER"."A ""b""" is 'one'`,
      `comment on column "EHR"."SILVER"."A ""b"""."id" is 'it''s the key'`,
    ]);
    const current = new Map([
      ["", "one"],
      ["id", "it's the key"],
      ["other", "stale"],
    ]);
    expect(sql.comments(relation, ["id", "other"], current, "X")).toEqual([
      `comment on column "EHR"."SILVER"."A ""b"""."other" is null`,
    ]);
  });

  it("counts failing rows by rule, on lines of the query's own", () => {
    expect(sql.countFailing("select 'a' as rule -- end", true)).toBe(
      "select cast(failing_rows.rule as varchar) as rule, count(*) as failing from (\nselect 'a' as rule -- end\n) as failing_rows group by all",
    );
  });

  it("binds markers to the fence, and quotes nothing into it", () => {
    const marker = { target: { schema: "S", name: "T'" }, token: 7, runId: "r", fingerprint: "f" };
    const fence = sql.fence([marker, { ...marker, target: { database: "D", schema: "S", name: "U" } }], "EHR");
    expect(fence.binds).toEqual(["", "S", "T'", 7, "r", "f", "D", "S", "U", 7, "r", "f"]);
    expect(fence.sql).toContain("values (?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?)");
    expect(fence.sql).not.toContain("T'");
  });
});
