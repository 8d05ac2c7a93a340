/** What medform sends beside publishing: of its sessions, the catalog, the lease, and the ledger with what recovery asks. */

export const session: readonly string[] = [
  "alter session set TIMEZONE = 'UTC', TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ', DATE_INPUT_FORMAT = 'AUTO', TIME_INPUT_FORMAT = 'AUTO', TIMESTAMP_INPUT_FORMAT = 'AUTO', DATE_OUTPUT_FORMAT = 'YYYY-MM-DD', TIME_OUTPUT_FORMAT = 'HH24:MI:SS.FF9', TIMESTAMP_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM', TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3', TIMESTAMP_LTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM', TIMESTAMP_TZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM', BINARY_INPUT_FORMAT = 'HEX', BINARY_OUTPUT_FORMAT = 'HEX', TWO_DIGIT_CENTURY_START = 1970, WEEK_START = 0, WEEK_OF_YEAR_POLICY = 0, DEFAULT_NULL_ORDERING = 'LAST', QUOTED_IDENTIFIERS_IGNORE_CASE = false, ERROR_ON_NONDETERMINISTIC_MERGE = true, ERROR_ON_NONDETERMINISTIC_UPDATE = true, AUTOCOMMIT = true, TRANSACTION_ABORT_ON_ERROR = false, ROWS_PER_RESULTSET = 0, LOCK_TIMEOUT = 1800, ABORT_DETACHED_QUERY = true",
  'select current_session() as "SESSION", current_warehouse() as "WAREHOUSE"',
  "use warehouse <name>",
  "set (<words>) = (select {?|, })",
  "unset (<words>)",
  "drop <temporary> if exists <written>",
];

const schemata = 'select CATALOG_NAME as "DATABASE", SCHEMA_NAME as "SCHEMA" from <name>.information_schema.schemata';
const tables = `select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "NAME", TABLE_TYPE as "KIND", ROW_COUNT as "ROWS", BYTES as "BYTES", IS_TRANSIENT as "TRANSIENT", CLUSTERING_KEY as "CLUSTERING", COMMENT as "DESCRIPTION" from <name>.information_schema.tables where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'`;
const columns = `select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "RELATION", COLUMN_NAME as "NAME", DATA_TYPE as "TYPE", CHARACTER_MAXIMUM_LENGTH as "LENGTH", NUMERIC_PRECISION as "PRECISION", NUMERIC_SCALE as "SCALE", DATETIME_PRECISION as "FRACTION", COMMENT as "COMMENT", ORDINAL_POSITION as "POSITION" from <name>.information_schema.columns where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'`;

const views =
  'select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "NAME", VIEW_DEFINITION as "TEXT" from <name>.information_schema.views where VIEW_DEFINITION is not null';

export const catalog: readonly string[] = [
  'select current_version() as "VERSION"',
  'select DATABASE_NAME as "DATABASE" from <name>.information_schema.databases',
  `{${schemata}|\nunion all\n}`,
  `{${tables}|\nunion all\n}`,
  `{${views}|\nunion all\n}`,
  `{${columns}|\nunion all\n}\norder by "DATABASE", "SCHEMA", "RELATION", "POSITION"`,
  "create schema if not exists <name>.<name>",
  `select TABLE_NAME as "NAME" from <name>.information_schema.tables where TABLE_SCHEMA = 'MEDFORM'`,
  "create table if not exists <name>.MEDFORM.PUBLICATION (DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, TOKEN number(38, 0) not null, RUN_ID varchar not null, FINGERPRINT varchar not null, REVISION number(38, 0) not null)",
  "create table if not exists <name>.MEDFORM.PENDING (BATCH varchar not null, POSITION number(38, 0) not null, DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, KIND varchar not null, STATEMENT varchar not null)",
  "create table if not exists <name>.MEDFORM.LEASE (NAME varchar not null, TOKEN number(38, 0) not null, OWNER varchar not null, RUN_ID varchar not null, PID number(38, 0) not null, HOST varchar not null, COMMAND varchar not null, SINCE varchar not null, HEARTBEAT timestamp_ntz(9) not null)",
];

const ours = "where NAME = 'main' and OWNER = ? and TOKEN = ?";
const now = "datediff('millisecond', cast('1970-01-01' as timestamp_ntz(9)), sysdate())";
const held = `exists (select 1 from <name>.MEDFORM.LEASE ${ours})`;

export const lease: readonly string[] = [
  `select TOKEN as "TOKEN", OWNER as "OWNER", RUN_ID as "RUN_ID", PID as "PID", HOST as "HOST", COMMAND as "COMMAND", SINCE as "SINCE", datediff('second', HEARTBEAT, sysdate()) as "SILENT" from <name>.MEDFORM.LEASE where NAME = 'main'`,
  `merge into <name>.MEDFORM.LEASE as t
using (select 'main' as NAME, ? as OWNER, ? as RUN_ID, ? as PID, ? as HOST, ? as COMMAND, ? as SINCE) as s
on t.NAME = s.NAME
when matched and (t.OWNER = '' or t.OWNER = s.OWNER or datediff('second', t.HEARTBEAT, sysdate()) >= ?) then update set TOKEN = case when t.TOKEN < ${now} then ${now} else t.TOKEN + 1 end, OWNER = s.OWNER, RUN_ID = s.RUN_ID, PID = s.PID, HOST = s.HOST, COMMAND = s.COMMAND, SINCE = s.SINCE, HEARTBEAT = sysdate()
when not matched then insert (NAME, TOKEN, OWNER, RUN_ID, PID, HOST, COMMAND, SINCE, HEARTBEAT) values (s.NAME, ${now}, s.OWNER, s.RUN_ID, s.PID, s.HOST, s.COMMAND, s.SINCE, sysdate())`,
  `update <name>.MEDFORM.LEASE set RUN_ID = ?, HEARTBEAT = sysdate() ${ours}`,
  `update <name>.MEDFORM.LEASE set HEARTBEAT = sysdate() ${ours}`,
  `update <name>.MEDFORM.LEASE set OWNER = '', HEARTBEAT = sysdate() ${ours}`,
  "delete from <name>.MEDFORM.LEASE where NAME = 'main' and OWNER = ?",
  "show transactions",
  "select system$abort_transaction(<number>)",
];

const listed = '"CHAIN", "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY", "PREV_HASH", "HASH"';
const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";
const records = `select ${listed} from <name>.MEDFORM.LEDGER`;

export const ledger: readonly string[] = [
  `select table_name as "NAME", table_type as "TYPE" from information_schema.tables where table_catalog = ? and table_schema = 'MEDFORM' and table_name in ({?|, })`,
  'create table if not exists <name>.MEDFORM.LEDGER ("CHAIN" varchar not null, "SEQ" varchar not null, "AT" varchar not null, "KIND" varchar not null, "SUBJECT" varchar not null, "OUTCOME" varchar not null, "BODY" varchar not null, "PREV_HASH" varchar not null, "HASH" varchar not null)',
  "create table <name>.MEDFORM.LEDGER_HEAD as select cast(v.CHAIN as varchar) as CHAIN, cast(v.SEQ as varchar) as SEQ, cast(v.HASH as varchar) as HASH from (values ('main', <literal>, <literal>), ('seal', <literal>, <literal>)) as v(CHAIN, SEQ, HASH)",
  'select count(*) as "N" from <name>.MEDFORM.LEDGER',
  "select seq, hash from <name>.MEDFORM.LEDGER_HEAD where chain = ?",
  "update <name>.MEDFORM.LEDGER_HEAD set seq = ?, hash = ? where chain = ? and seq = ? and hash = ?",
  `insert into <name>.MEDFORM.LEDGER (${listed}) select ${listed} from (values {${row}|, }) as v(${listed}) where ${held}`,
  `${records} where chain = ? and seq >= ? order by seq`,
  `${records} where chain in ({?|, }) order by chain, seq`,
  `${records} where chain = 'main' and kind = 'open' and subject in ({?|, })`,
  `select "HASH" as "HASH" from <name>.MEDFORM.LEDGER where chain = 'main' and seq = ?`,
  "select distinct subject from <name>.MEDFORM.LEDGER where kind = 'load-file' and subject in ({?|, })",
  // As a whole, for who verifies or exports it.
  'select chain as "C", seq as "S", hash as "H" from <name>.MEDFORM.LEDGER_HEAD',
  `select count(*) as "N" from <name>.MEDFORM.LEDGER where "CHAIN" = 'main'`,
  `${records} where "CHAIN" = 'main'[ and ("SEQ" >= ? or "SEQ" is null)][ and "SEQ" < ?] order by "SEQ"`,
  `${records} where "CHAIN" is distinct from 'main' order by "CHAIN", "SEQ"`,
];

export const recovery: readonly string[] = [
  "select count(*) as n from <target>",
  'select count(*) as "n", max(case when loaded_at = (select max(loaded_at) from <target>) then batch_id end) as "b" from <target>',
  `select batch_id as "b", table_name as "t", content_hash as "h", landed_count as "n", rejected_count as "r" from <target> as f[ where not exists (select 1 from <name>.MEDFORM.LEDGER as l where l.KIND = 'load-file' and l.SUBJECT = ? || f.table_name || ':' || f.content_hash)] order by loaded_at, table_name`,
];
