/** What a load sends: landing tables, the stage of its own, COPY out of it, and out of stages of others. */

export const landing: readonly string[] = [
  'select column_name as "name" from information_schema.columns where table_catalog = ? and table_schema = ? and table_name = ? order by ordinal_position',
  'select column_name as "name" from information_schema.columns where table_catalog = current_database() and table_schema = ? and table_name = ? order by ordinal_position',
  "create table <target> ({<name> <landed>|, })",
  "alter table <target> add column <name> <landed>",
  `select batch_id as "batch", source_system as "source", table_name as "landing", file as "name", content_hash as "hash",
       delivered_at as "delivered", loaded_at as "loaded", record_count as "records", landed_count as "landed",
       rejected_count as "rejected"
     from <target> order by loaded_at, table_name, file`,
  'select source_system as "source", table_name as "landing", content_hash as "hash", delivered_at as "delivered" from <target>',
];

const json =
  "file_format = (type = json compression = gzip trim_space = false null_if = () strip_outer_array = false strip_null_values = false replace_invalid_characters = false)";

const ofFile =
  "select ? as BATCH_ID, ? as SOURCE_SYSTEM, ? as TABLE_NAME, ? as FILE, ? as CONTENT_HASH, cast(? as timestamp_ntz) as DELIVERED_AT, cast(? as number(38, 0)) as RECORD_COUNT, cast(? as number(38, 0)) as LANDED_COUNT, cast(? as number(38, 0)) as REJECTED_COUNT, cast(? as timestamp_ntz) as LOADED_AT, ? as HEADER";
const again =
  "select ? as SOURCE_SYSTEM, ? as TABLE_NAME, ? as FILE, ? as CONTENT_HASH, cast(? as timestamp_ntz) as DELIVERED_AT, cast(? as timestamp_ntz) as LOADED_AT";
const ofLine =
  "select ? as SOURCE_SYSTEM, ? as BATCH_ID, ? as TABLE_NAME, ? as FILE, cast(? as number(38, 0)) as LINE_NUMBER, ? as REASON, ? as LINE";

export const parts: readonly string[] = [
  "create stage if not exists <name>.MEDFORM.LANDING encryption = (type = 'SNOWFLAKE_FULL') comment = 'Rows on their way into landing tables; empty between loads.'",
  "remove <literal>",
  "put <literal> <literal> parallel = 4 auto_compress = false source_compression = gzip overwrite = true",
  `copy into <target> (<columns>)
from (select {$1\\[<number>\\]::varchar|, }, <literal>, <literal>, <literal>, $1\\[0\\]::number(38, 0), <literal>::timestamp_ntz from <literal>)
${json} on_error = abort_statement`,
  `copy into <target> (<columns>)
from (select <literal>, <literal>, <literal>, <literal>, $1\\[0\\]::number(38, 0), $1\\[1\\]::varchar, $1\\[2\\]::varchar from <literal>)
${json} on_error = abort_statement`,
  `insert into <target> (BATCH_ID, SOURCE_SYSTEM, TABLE_NAME, FILE, CONTENT_HASH, DELIVERED_AT, RECORD_COUNT, LANDED_COUNT, REJECTED_COUNT, LOADED_AT, HEADER)
select n.BATCH_ID, n.SOURCE_SYSTEM, n.TABLE_NAME, n.FILE, n.CONTENT_HASH, n.DELIVERED_AT, n.RECORD_COUNT, n.LANDED_COUNT, n.REJECTED_COUNT, n.LOADED_AT, n.HEADER from ({${ofFile}| union all }) as n
where not exists (select 1 from <target> as f where f.TABLE_NAME = n.TABLE_NAME and f.CONTENT_HASH = n.CONTENT_HASH)`,
  `insert into <target> (SOURCE_SYSTEM, TABLE_NAME, FILE, CONTENT_HASH, DELIVERED_AT, LOADED_AT)
select n.SOURCE_SYSTEM, n.TABLE_NAME, n.FILE, n.CONTENT_HASH, n.DELIVERED_AT, n.LOADED_AT from ({${again}| union all }) as n
where not exists (select 1 from <target> as f where f.TABLE_NAME = n.TABLE_NAME and f.CONTENT_HASH = n.CONTENT_HASH and f.DELIVERED_AT = n.DELIVERED_AT)`,
];

const format = (settings: string) =>
  `type = csv compression = auto record_delimiter = '\\\\n' ${settings} trim_space = false escape = none escape_unenclosed_field = none null_if = () empty_field_as_null = false replace_invalid_characters = false encoding = 'UTF8'`;
const fields = (header: 0 | 1) =>
  format(
    `field_delimiter = ',' skip_header = ${header} skip_blank_lines = true field_optionally_enclosed_by = '"' error_on_column_count_mismatch = true`,
  );

export const staged: readonly string[] = [
  `create or replace temporary file format <target> ${format("field_delimiter = none skip_header = 0 skip_blank_lines = false field_optionally_enclosed_by = none")}`,
  "list <literal>",
  "desc stage <target>",
  'select $1 as "LINE" from <literal> (file_format => <literal>) where metadata$file_row_number = 1 and endswith(metadata$filename, <literal>) limit 1',
  "create or replace temporary table <target> (R number(38, 0), {C<number> varchar|, })",
  "create or replace temporary table <target> ({C<number> varchar|, })",
  `copy into <target> (R, {C<number>|, })
from (select metadata$file_row_number, {$<number>|, } from <literal>)
files = (<literal>) file_format = (${fields(0)}) on_error = continue`,
  `copy into <target> from <literal> files = (<literal>) file_format = (${fields(1)}) validation_mode = return_all_errors`,
  `insert into <target> (<columns>)
select {nullif(C<number>, '')|, }, <literal>, <literal>, <literal>, R - 1, cast(<literal> as timestamp_ntz) from <target> where R > 1 and C<number> is not null and C<number> is null`,
  "delete from <target>",
  `insert into <target> (SOURCE_SYSTEM, BATCH_ID, TABLE_NAME, FILE, LINE_NUMBER, REASON, LINE) {${ofLine}| union all }`,
];
