import { describe, expect, it } from "vitest";
import * as sql from "./statements-staged.js";

describe("what Snowflake is sent to land files of a stage", () => {
  const place = { database: "EHR", schema: "RAW" };
  const plan = { place, source: "it's", batchId: "b", loadedAt: "2024-05-31T14:00:00.123Z", files: [] };
  const columns = ["ID", 'A "B"'];
  const file = { target: { schema: "RAW", name: "CLAIMS" }, columns, wanted: columns, file: "in/it's.csv" };
  const path = { folder: '@"EHR"."RAW"."INBOX"/in/', file: "it's.csv" };

  it("has every setting of a format in it, and tells a field that is not there from an empty one", () => {
    const all = [
      sql.describeStage('"EHR"."RAW"."INBOX"'),
      sql.listStage('@"EHR"."RAW"."INBOX"/in/'),
      sql.createLineFormat(place),
      sql.firstLine(`@"EHR"."RAW"."INBOX"/in/it's.csv`, "in/it's.csv", place),
      ...sql.createFields(place, 2),
      sql.copyFields(place, 2, path),
      sql.insertFields(plan, file, place),
      sql.emptyFields(place, 2),
      sql.validate(place, 2, path),
      sql.insertRejected({ ...place, name: "REJECTED_LINE" }, 2),
    ];
    expect(all.join("\n\n")).toMatchInlineSnapshot(`
      "desc stage "EHR"."RAW"."INBOX"

      list '@"EHR"."RAW"."INBOX"/in/'

      create or replace temporary file format "EHR"."RAW"."LINE$MEDFORM" type = csv compression = auto record_delimiter = '\\n' field_delimiter = none skip_header = 0 skip_blank_lines = false field_optionally_enclosed_by = none trim_space = false escape = none escape_unenclosed_field = none null_if = () empty_field_as_null = false replace_invalid_characters = false encoding = 'UTF8'

      select $1 as "LINE" from '@"EHR"."RAW"."INBOX"/in/it''s.csv' (file_format => '"EHR"."RAW"."LINE$MEDFORM"') where metadata$file_row_number = 1 and endswith(metadata$filename, 'in/it''s.csv') limit 1

      create or replace temporary table "EHR"."RAW"."FIELDS$MEDFORM_2" (R number(38, 0), C1 varchar, C2 varchar, C3 varchar)

      create or replace temporary table "EHR"."RAW"."PLAIN$MEDFORM_2" (C1 varchar, C2 varchar)

      copy into "EHR"."RAW"."FIELDS$MEDFORM_2" (R, C1, C2, C3)
      from (select metadata$file_row_number, $1, $2, $3 from '@"EHR"."RAW"."INBOX"/in/')
      files = ('it''s.csv') file_format = (type = csv compression = auto record_delimiter = '\\n' field_delimiter = ',' skip_header = 0 skip_blank_lines = true field_optionally_enclosed_by = '"' error_on_column_count_mismatch = true trim_space = false escape = none escape_unenclosed_field = none null_if = () empty_field_as_null = false replace_invalid_characters = false encoding = 'UTF8') on_error = continue

      insert into "EHR"."RAW"."CLAIMS" ("ID", "A ""B""", "_SOURCE_SYSTEM", "_BATCH_ID", "_FILE", "_ROW", "_LOADED_AT")
      select nullif(C1, ''), nullif(C2, ''), 'it''s', 'b', 'in/it''s.csv', R - 1, cast('2024-05-31 14:00:00.123' as timestamp_ntz) from "EHR"."RAW"."FIELDS$MEDFORM_2" where R > 1 and C2 is not null and C3 is null

      delete from "EHR"."RAW"."FIELDS$MEDFORM_2"

      copy into "EHR"."RAW"."PLAIN$MEDFORM_2" from '@"EHR"."RAW"."INBOX"/in/' files = ('it''s.csv') file_format = (type = csv compression = auto record_delimiter = '\\n' field_delimiter = ',' skip_header = 1 skip_blank_lines = true field_optionally_enclosed_by = '"' error_on_column_count_mismatch = true trim_space = false escape = none escape_unenclosed_field = none null_if = () empty_field_as_null = false replace_invalid_characters = false encoding = 'UTF8') validation_mode = return_all_errors

      insert into "EHR"."RAW"."REJECTED_LINE" (SOURCE_SYSTEM, BATCH_ID, TABLE_NAME, FILE, LINE_NUMBER, REASON, LINE) select ? as SOURCE_SYSTEM, ? as BATCH_ID, ? as TABLE_NAME, ? as FILE, cast(? as number(38, 0)) as LINE_NUMBER, ? as REASON, ? as LINE union all select ? as SOURCE_SYSTEM, ? as BATCH_ID, ? as TABLE_NAME, ? as FILE, cast(? as number(38, 0)) as LINE_NUMBER, ? as REASON, ? as LINE"
    `);
  });
});
