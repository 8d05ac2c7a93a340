import { describe, expect, it } from "vitest";
import * as sql from "./statements-load.js";

const golden = (all: readonly string[]) => all.join("\n\n");

describe("what Snowflake is sent to land part files", () => {
  const plan = {
    place: { schema: "RAW" },
    source: "it's",
    batchId: "it's-0123456789ab",
    loadedAt: "2024-05-31T14:00:00.123Z",
    files: [],
  };
  const file = {
    target: { schema: "RAW", name: "SYNTHEA_A" },
    columns: ["ID", 'A "B"'],
    wanted: ["ID", 'A "B"'],
    file: "a\\b'c.csv",
  };

  it("names the stage, the parts and every setting of their format", () => {
    const all = [
      sql.createStage("EHR"),
      sql.removeStaged("EHR"),
      sql.removeStaged("EHR", "0a1b/"),
      sql.put("/tmp/it's here/0_0.json.gz", "EHR", "0a1b/0/rows/"),
      sql.copyRows(plan, file, "EHR", "0a1b/0/rows/"),
      sql.copyRejected(plan, file, "EHR", "0a1b/0/rejected/"),
      sql.insertLoadedFiles({ database: "EHR", schema: "RAW", name: "LOADED_FILE" }, 2),
      sql.insertRepeatedFiles({ database: "EHR", schema: "RAW", name: "REPEATED_FILE" }, 1),
    ];
    expect(golden(all)).toMatchInlineSnapshot(`
      "create stage if not exists "EHR".MEDFORM.LANDING encryption = (type = 'SNOWFLAKE_FULL') comment = 'Rows on their way into landing tables; empty between loads.'

      remove '@"EHR".MEDFORM.LANDING'

      remove '@"EHR".MEDFORM.LANDING/0a1b/'

      put 'file:///tmp/it''s here/0_0.json.gz' '@"EHR".MEDFORM.LANDING/0a1b/0/rows/' parallel = 4 auto_compress = false source_compression = gzip overwrite = true

      copy into "EHR"."RAW"."SYNTHEA_A" ("ID", "A ""B""", "_SOURCE_SYSTEM", "_BATCH_ID", "_FILE", "_ROW", "_LOADED_AT")
      from (select $1[1]::varchar, $1[2]::varchar, 'it''s', 'it''s-0123456789ab', 'a\\\\b''c.csv', $1[0]::number(38, 0), '2024-05-31 14:00:00.123'::timestamp_ntz from '@"EHR".MEDFORM.LANDING/0a1b/0/rows/')
      file_format = (type = json compression = gzip trim_space = false null_if = () strip_outer_array = false strip_null_values = false replace_invalid_characters = false) on_error = abort_statement

      copy into "EHR"."RAW"."REJECTED_LINE" ("SOURCE_SYSTEM", "BATCH_ID", "TABLE_NAME", "FILE", "LINE_NUMBER", "REASON", "LINE")
      from (select 'it''s', 'it''s-0123456789ab', 'SYNTHEA_A', 'a\\\\b''c.csv', $1[0]::number(38, 0), $1[1]::varchar, $1[2]::varchar from '@"EHR".MEDFORM.LANDING/0a1b/0/rejected/')
      file_format = (type = json compression = gzip trim_space = false null_if = () strip_outer_array = false strip_null_values = false replace_invalid_characters = false) on_error = abort_statement

      insert into "EHR"."RAW"."LOADED_FILE" (BATCH_ID, SOURCE_SYSTEM, TABLE_NAME, FILE, CONTENT_HASH, DELIVERED_AT, RECORD_COUNT, LANDED_COUNT, REJECTED_COUNT, LOADED_AT, HEADER)
      select n.BATCH_ID, n.SOURCE_SYSTEM, n.TABLE_NAME, n.FILE, n.CONTENT_HASH, n.DELIVERED_AT, n.RECORD_COUNT, n.LANDED_COUNT, n.REJECTED_COUNT, n.LOADED_AT, n.HEADER from (select ? as BATCH_ID, ? as SOURCE_SYSTEM, ? as TABLE_NAME, ? as FILE, ? as CONTENT_HASH, cast(? as timestamp_ntz) as DELIVERED_AT, cast(? as number(38, 0)) as RECORD_COUNT, cast(? as number(38, 0)) as LANDED_COUNT, cast(? as number(38, 0)) as REJECTED_COUNT, cast(? as timestamp_ntz) as LOADED_AT, ? as HEADER union all select ? as BATCH_ID, ? as SOURCE_SYSTEM, ? as TABLE_NAME, ? as FILE, ? as CONTENT_HASH, cast(? as timestamp_ntz) as DELIVERED_AT, cast(? as number(38, 0)) as RECORD_COUNT, cast(? as number(38, 0)) as LANDED_COUNT, cast(? as number(38, 0)) as REJECTED_COUNT, cast(? as timestamp_ntz) as LOADED_AT, ? as HEADER) as n
      where not exists (select 1 from "EHR"."RAW"."LOADED_FILE" as f where f.TABLE_NAME = n.TABLE_NAME and f.CONTENT_HASH = n.CONTENT_HASH)

      insert into "EHR"."RAW"."REPEATED_FILE" (SOURCE_SYSTEM, TABLE_NAME, FILE, CONTENT_HASH, DELIVERED_AT, LOADED_AT)
      select n.SOURCE_SYSTEM, n.TABLE_NAME, n.FILE, n.CONTENT_HASH, n.DELIVERED_AT, n.LOADED_AT from (select ? as SOURCE_SYSTEM, ? as TABLE_NAME, ? as FILE, ? as CONTENT_HASH, cast(? as timestamp_ntz) as DELIVERED_AT, cast(? as timestamp_ntz) as LOADED_AT) as n
      where not exists (select 1 from "EHR"."RAW"."REPEATED_FILE" as f where f.TABLE_NAME = n.TABLE_NAME and f.CONTENT_HASH = n.CONTENT_HASH and f.DELIVERED_AT = n.DELIVERED_AT)"
    `);
  });
});
