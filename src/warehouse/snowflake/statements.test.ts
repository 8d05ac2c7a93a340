import { describe, expect, it } from "vitest";
import { candidateOf, formerOf, newRowsOf, qualified, stageOf } from "./names.js";
import * as sql from "./statements.js";
import { isHeld } from "./statements-lease.js";

const target = { schema: "SILVER", name: 'A "b"' };
const name = qualified(target, "EHR");
const candidate = qualified(candidateOf(target, { database: "EHR", token: 7 }), "EHR");
const stage = qualified(stageOf(target), "EHR");
const columns = [
  { name: "ID", type: "NUMBER(38,0)", description: "it's the \\ key" },
  { name: "at", type: "TIMESTAMP_NTZ(9)" },
];
const names = ["ID", "at"];
const table = { name: candidate, columns, transient: false, clusterBy: [], copyGrants: false, comment: "" };
const query = "select ID, AT from RAW.T -- end";
const view = { ...table, secure: false, materialized: false, query };
const policy = { name: '"EHR"."SAFE"."HIDE"', columns: ["ID", "at"] };
const rowAccess = { name: '"EHR"."SAFE"."OWN"', columns: ["at"] };
const masked = columns.map((column) => ({ ...column, masking: policy }));
const day = { columns: ["at"], grain: "day" };

const golden = (statements: readonly string[]) => statements.join("\n\n");

describe("what Snowflake is sent to publish", () => {
  it("asks what is there", () => {
    expect(
      golden([sql.existing("EHR", 2), sql.allBeside("EHR"), sql.policies("EHR", name, "table")]),
    ).toMatchInlineSnapshot(`
      "select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "RELATION", t.TABLE_TYPE as "KIND", t.IS_TRANSIENT as "TRANSIENT", t.CLUSTERING_KEY as "CLUSTERING", t.COMMENT as "DESCRIPTION", c.COLUMN_NAME as "NAME", c.DATA_TYPE as "TYPE", c.CHARACTER_MAXIMUM_LENGTH as "LENGTH", c.NUMERIC_PRECISION as "PRECISION", c.NUMERIC_SCALE as "SCALE", c.DATETIME_PRECISION as "FRACTION", c.COMMENT as "COMMENT"
      from "EHR".information_schema.tables as t inner join "EHR".information_schema.columns as c on c.TABLE_SCHEMA = t.TABLE_SCHEMA and c.TABLE_NAME = t.TABLE_NAME
      where (t.TABLE_SCHEMA = ? and t.TABLE_NAME = ?) or (t.TABLE_SCHEMA = ? and t.TABLE_NAME = ?)
      order by t.TABLE_SCHEMA, t.TABLE_NAME, c.ORDINAL_POSITION

      select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "NAME", t.TABLE_TYPE as "KIND", t.COMMENT as "COMMENT" from "EHR".information_schema.tables as t where contains(t.TABLE_NAME, '$medform_')

      select POLICY_DB as "DATABASE", POLICY_SCHEMA as "SCHEMA", POLICY_NAME as "NAME", POLICY_KIND as "KIND", REF_COLUMN_NAME as "COLUMN", REF_ARG_COLUMN_NAMES as "ARGUMENTS", TAG_NAME as "TAG" from table("EHR".information_schema.policy_references(ref_entity_name => '"EHR"."SILVER"."A ""b"""', ref_entity_domain => 'table'))"
    `);
  });

  it("makes ready before the transaction", () => {
    const all = [
      sql.createTable(table),
      sql.createTable({
        ...table,
        transient: true,
        clusterBy: ["ID", "to_date(AT)"],
        copyGrants: true,
        comment: "it's",
      }),
      sql.createLike(candidate, name, true),
      sql.createLike(candidate, name, false),
      sql.cloneTable(candidate, name, false),
      sql.createStage(stage, name),
      sql.createStage(qualified(newRowsOf(target), "EHR"), candidate),
      sql.alterAdd(candidate, { name: "NEW", type: "VARCHAR", description: "new" }),
      sql.alterType(candidate, { name: "ID", type: "NUMBER(38,2)" }),
      sql.alterDrop(candidate, "OLD"),
      sql.createView(view),
      sql.createView({ ...view, secure: true, copyGrants: true, comment: "one" }),
      sql.createTable({ ...table, columns: masked, comment: "one", rowAccess }),
      sql.createView({ ...view, columns: masked, copyGrants: true, comment: "one", rowAccess }),
      sql.createView({ ...view, materialized: true, rowAccess, comment: "one" }),
      sql.createView({ ...view, materialized: true, clusterBy: ["ID"], copyGrants: true, comment: "one" }),
    ];
    expect(golden(all)).toMatchInlineSnapshot(`
      "create or replace table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" NUMBER(38,0) comment 'it''s the \\\\ key', "at" TIMESTAMP_NTZ(9))

      create or replace transient table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" NUMBER(38,0) comment 'it''s the \\\\ key', "at" TIMESTAMP_NTZ(9)) cluster by (ID, to_date(AT)) copy grants comment = 'it''s'

      create or replace transient table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" like "EHR"."SILVER"."A ""b""" copy grants

      create or replace table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" like "EHR"."SILVER"."A ""b""" copy grants

      create or replace table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" clone "EHR"."SILVER"."A ""b""" copy grants

      create or replace temporary table "EHR"."SILVER"."A ""b""$medform_stage" like "EHR"."SILVER"."A ""b"""

      create or replace temporary table "EHR"."SILVER"."A ""b""$medform_new" like "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8"

      alter table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" add column "NEW" VARCHAR comment 'new'

      alter table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" alter column "ID" set data type NUMBER(38,2)

      alter table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" drop column "OLD"

      create or replace view "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" comment 'it''s the \\\\ key', "at") as
      select ID, AT from RAW.T -- end

      create or replace secure view "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" comment 'it''s the \\\\ key', "at") copy grants comment = 'one' as
      select ID, AT from RAW.T -- end

      create or replace table "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" NUMBER(38,0) with masking policy "EHR"."SAFE"."HIDE" using ("ID", "at") comment 'it''s the \\\\ key', "at" TIMESTAMP_NTZ(9) with masking policy "EHR"."SAFE"."HIDE" using ("ID", "at")) comment = 'one' with row access policy "EHR"."SAFE"."OWN" on ("at")

      create or replace view "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" with masking policy "EHR"."SAFE"."HIDE" using ("ID", "at") comment 'it''s the \\\\ key', "at" with masking policy "EHR"."SAFE"."HIDE" using ("ID", "at")) copy grants comment = 'one' with row access policy "EHR"."SAFE"."OWN" on ("at") as
      select ID, AT from RAW.T -- end

      create or replace materialized view "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID" comment 'it''s the \\\\ key', "at") with row access policy "EHR"."SAFE"."OWN" on ("at") comment = 'one' as
      select ID, AT from RAW.T -- end

      create or replace materialized view "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" copy grants ("ID" comment 'it''s the \\\\ key', "at") comment = 'one' cluster by (ID) as
      select ID, AT from RAW.T -- end"
    `);
  });

  it("puts rows in within the transaction", () => {
    const all = [
      sql.begin("MEDFORM_0_7_1F"),
      sql.overwrite(name, names, query),
      sql.fillStage(
        stage,
        [
          { name: "ID", from: "id" },
          { name: "at", from: "AT", as: "DATE" },
        ],
        query,
      ),
      sql.copyRows(candidate, [{ name: "ID", as: "FLOAT" }, { name: "at" }], name),
      sql.countRows(name),
      sql.duplicateKeys(stage, names),
      sql.merge(name, stage, ["ID"], names),
      sql.merge(name, stage, names, names),
      sql.deleteKnown(stage, name, names),
      sql.deleteReplaced(name, stage, day),
      sql.deleteReplaced(name, stage, { columns: ["at"] }),
      sql.copyRows(name, [{ name: "ID" }, { name: "at" }], stage),
      sql.fillNewRows(qualified(newRowsOf(target), "EHR"), name, stage, day, names),
      sql.countFailing(query, true),
      sql.countFailing(query, false),
    ];
    expect(golden(all)).toMatchInlineSnapshot(`
      "begin name MEDFORM_0_7_1F

      insert overwrite into "EHR"."SILVER"."A ""b""" ("ID", "at")
      select ID, AT from RAW.T -- end

      insert into "EHR"."SILVER"."A ""b""$medform_stage" ("ID", "at") select "id", cast("AT" as DATE) from (
      select ID, AT from RAW.T -- end
      )

      insert into "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" ("ID", "at") select cast("ID" as FLOAT), "at" from "EHR"."SILVER"."A ""b"""

      select count(*) as "N" from "EHR"."SILVER"."A ""b"""

      select count(*) as "N" from (select 1 as "ONE" from "EHR"."SILVER"."A ""b""$medform_stage" group by "ID", "at" having count(*) > 1)

      merge into "EHR"."SILVER"."A ""b""" as t using "EHR"."SILVER"."A ""b""$medform_stage" as s on equal_null(t."ID", s."ID") when matched then update set "at" = s."at" when not matched then insert ("ID", "at") values (s."ID", s."at")

      merge into "EHR"."SILVER"."A ""b""" as t using "EHR"."SILVER"."A ""b""$medform_stage" as s on equal_null(t."ID", s."ID") and equal_null(t."at", s."at") when matched then update set "ID" = s."ID", "at" = s."at" when not matched then insert ("ID", "at") values (s."ID", s."at")

      delete from "EHR"."SILVER"."A ""b""$medform_stage" as t using "EHR"."SILVER"."A ""b""" as s where equal_null(t."ID", s."ID") and equal_null(t."at", s."at")

      delete from "EHR"."SILVER"."A ""b""" as t using (select distinct date_trunc('day', "at") as "at" from "EHR"."SILVER"."A ""b""$medform_stage") as s where equal_null(date_trunc('day', t."at"), s."at")

      delete from "EHR"."SILVER"."A ""b""" as t using (select distinct "at" as "at" from "EHR"."SILVER"."A ""b""$medform_stage") as s where equal_null(t."at", s."at")

      insert into "EHR"."SILVER"."A ""b""" ("ID", "at") select "ID", "at" from "EHR"."SILVER"."A ""b""$medform_stage"

      insert into "EHR"."SILVER"."A ""b""$medform_new" ("ID", "at") select t."ID", t."at" from "EHR"."SILVER"."A ""b""" as t inner join (select distinct date_trunc('day', "at") as "at" from "EHR"."SILVER"."A ""b""$medform_stage") as s on equal_null(date_trunc('day', t."at"), s."at")

      select RULE as "RULE", count(*) as "FAILING" from (
      select ID, AT from RAW.T -- end
      ) group by RULE

      select count(*) as "FAILING" from (
      select ID, AT from RAW.T -- end
      )"
    `);
  });

  it("fences, and writes down what is left to do", () => {
    const all = [
      sql.readPublication("EHR"),
      sql.fence(2, "EHR", isHeld("EHR")),
      sql.deleteReplacedPublications("EHR"),
      sql.createPending("EHR"),
      sql.insertPending(2, "EHR"),
      sql.readPending("EHR"),
      sql.deletePending("EHR"),
      sql.withdrawPublication("EHR"),
      sql.giveUpPending("EHR"),
      sql.showGrants("table", '"EHR"."SILVER"."T"'),
      sql.grant("view", '"EHR"."SILVER"."T"', {
        privilege: "SELECT",
        role: ["R"],
        ofDatabase: false,
        withOption: false,
      }),
      sql.commit,
      sql.rollback,
    ];
    expect(golden(all)).toMatchInlineSnapshot(`
      "select DATABASE_NAME as "DATABASE_NAME", SCHEMA_NAME as "SCHEMA_NAME", NAME as "NAME", TOKEN as "TOKEN", RUN_ID as "RUN_ID", FINGERPRINT as "FINGERPRINT" from "EHR".MEDFORM.PUBLICATION qualify row_number() over (partition by DATABASE_NAME, SCHEMA_NAME, NAME order by TOKEN desc, REVISION desc) = 1

      insert into "EHR".MEDFORM.PUBLICATION (DATABASE_NAME, SCHEMA_NAME, NAME, TOKEN, RUN_ID, FINGERPRINT, REVISION)
      select m.DATABASE_NAME, m.SCHEMA_NAME, m.NAME, m.TOKEN, m.RUN_ID, m.FINGERPRINT, m.REVISION
      from (select ? as DATABASE_NAME, ? as SCHEMA_NAME, ? as NAME, cast(? as number(38, 0)) as TOKEN, ? as RUN_ID, ? as FINGERPRINT, cast(? as number(38, 0)) as REVISION union all select ? as DATABASE_NAME, ? as SCHEMA_NAME, ? as NAME, cast(? as number(38, 0)) as TOKEN, ? as RUN_ID, ? as FINGERPRINT, cast(? as number(38, 0)) as REVISION) as m
      left join "EHR".MEDFORM.PUBLICATION as t on t.DATABASE_NAME = m.DATABASE_NAME and t.SCHEMA_NAME = m.SCHEMA_NAME and t.NAME = m.NAME and t.TOKEN >= m.TOKEN and t.RUN_ID <> m.RUN_ID
      where t.NAME is null and exists (select 1 from "EHR".MEDFORM.LEASE where NAME = 'main' and OWNER = ? and TOKEN = ?)

      delete from "EHR".MEDFORM.PUBLICATION as t using (select DATABASE_NAME, SCHEMA_NAME, NAME, max(TOKEN) as TOKEN from "EHR".MEDFORM.PUBLICATION group by DATABASE_NAME, SCHEMA_NAME, NAME) as s where t.DATABASE_NAME = s.DATABASE_NAME and t.SCHEMA_NAME = s.SCHEMA_NAME and t.NAME = s.NAME and t.TOKEN < s.TOKEN

      create table if not exists "EHR".MEDFORM.PENDING (BATCH varchar not null, POSITION number(38, 0) not null, DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, KIND varchar not null, STATEMENT varchar not null)

      insert into "EHR".MEDFORM.PENDING (BATCH, POSITION, DATABASE_NAME, SCHEMA_NAME, NAME, KIND, STATEMENT) select ? as BATCH, cast(? as number(38, 0)) as POSITION, ? as DATABASE_NAME, ? as SCHEMA_NAME, ? as NAME, ? as KIND, ? as STATEMENT union all select ? as BATCH, cast(? as number(38, 0)) as POSITION, ? as DATABASE_NAME, ? as SCHEMA_NAME, ? as NAME, ? as KIND, ? as STATEMENT

      select BATCH as "BATCH", POSITION as "POSITION", DATABASE_NAME as "DATABASE_NAME", SCHEMA_NAME as "SCHEMA_NAME", NAME as "NAME", KIND as "KIND", STATEMENT as "STATEMENT" from "EHR".MEDFORM.PENDING order by BATCH, POSITION

      delete from "EHR".MEDFORM.PENDING where BATCH = ?

      delete from "EHR".MEDFORM.PUBLICATION where DATABASE_NAME = ? and SCHEMA_NAME = ? and NAME = ?

      delete from "EHR".MEDFORM.PENDING where DATABASE_NAME = ? and SCHEMA_NAME = ? and NAME = ?

      show grants on table "EHR"."SILVER"."T"

      grant select on view "EHR"."SILVER"."T" to role "R"

      commit

      rollback"
    `);
  });

  it("takes names over after the commit", () => {
    const former = qualified(formerOf(target, { database: "EHR", token: 7 }), "EHR");
    const all = [
      sql.swap(name, candidate),
      sql.rename("table", name, former),
      sql.rename("view", candidate, name),
      sql.drop("table", former),
      sql.drop("view", former),
      sql.drop("materialized view", former),
      sql.clusterBy(name, ["ID", "to_date(AT)"]),
      sql.clusterBy(name, []),
      sql.comment("table", name, "it's \\ new"),
      sql.comment("view", name, ""),
      sql.comment("materialized view", name, "one"),
      sql.commentColumn(name, 'a "b', "it's"),
    ];
    expect(golden(all)).toMatchInlineSnapshot(`
      "alter table "EHR"."SILVER"."A ""b""" swap with "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8"

      alter table "EHR"."SILVER"."A ""b""" rename to "EHR"."SILVER"."A ""b""$medform_f7_13e6b7e8"

      alter view "EHR"."SILVER"."A ""b""$medform_c7_13e6b7e8" rename to "EHR"."SILVER"."A ""b"""

      drop table if exists "EHR"."SILVER"."A ""b""$medform_f7_13e6b7e8"

      drop view if exists "EHR"."SILVER"."A ""b""$medform_f7_13e6b7e8"

      drop materialized view if exists "EHR"."SILVER"."A ""b""$medform_f7_13e6b7e8"

      alter table "EHR"."SILVER"."A ""b""" cluster by (ID, to_date(AT))

      alter table "EHR"."SILVER"."A ""b""" drop clustering key

      comment on table "EHR"."SILVER"."A ""b""" is 'it''s \\\\ new'

      comment on view "EHR"."SILVER"."A ""b""" is ''

      alter materialized view "EHR"."SILVER"."A ""b""" set comment = 'one'

      alter table "EHR"."SILVER"."A ""b""" alter column "a ""b" comment 'it''s'"
    `);
  });

  it("binds markers to the fence", () => {
    const marker = { target: { schema: "S", name: "T'" }, token: 7, runId: "r", fingerprint: "f" };
    const other = { ...marker, target: { database: "D", schema: "S", name: "U" } };
    expect(sql.fenceBinds([marker, other], 9)).toEqual(["", "S", "T'", 7, "r", "f", 9, "D", "S", "U", 7, "r", "f", 9]);
  });
});
