/** What medform sends to publish relations: its candidates and stages, its DML, the fence, and what is done after COMMIT. */

const masking = "[ with masking policy <target>[ using (<columns>)]]";
const rowAccess = "[ with row access policy <target> on (<columns>)]";
const viewColumns = `({<name>${masking}[ comment <literal>]|, })`;

export const looks: readonly string[] = [
  `select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "RELATION", t.TABLE_TYPE as "KIND", t.IS_TRANSIENT as "TRANSIENT", t.CLUSTERING_KEY as "CLUSTERING", t.COMMENT as "DESCRIPTION", c.COLUMN_NAME as "NAME", c.DATA_TYPE as "TYPE", c.CHARACTER_MAXIMUM_LENGTH as "LENGTH", c.NUMERIC_PRECISION as "PRECISION", c.NUMERIC_SCALE as "SCALE", c.DATETIME_PRECISION as "FRACTION", c.COMMENT as "COMMENT"
from <name>.information_schema.tables as t inner join <name>.information_schema.columns as c on c.TABLE_SCHEMA = t.TABLE_SCHEMA and c.TABLE_NAME = t.TABLE_NAME
where {(t.TABLE_SCHEMA = ? and t.TABLE_NAME = ?)| or }
order by t.TABLE_SCHEMA, t.TABLE_NAME, c.ORDINAL_POSITION`,
  `select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "NAME", t.TABLE_TYPE as "KIND", t.COMMENT as "COMMENT" from <name>.information_schema.tables as t where contains(t.TABLE_NAME, '$medform_')`,
  `select POLICY_DB as "DATABASE", POLICY_SCHEMA as "SCHEMA", POLICY_NAME as "NAME", POLICY_KIND as "KIND", REF_COLUMN_NAME as "COLUMN", REF_ARG_COLUMN_NAMES as "ARGUMENTS", TAG_NAME as "TAG" from table(<name>.information_schema.policy_references(ref_entity_name => <literal>, ref_entity_domain => '<domain>'))`,
];

export const candidates: readonly string[] = [
  `create or replace[ transient] table <target> ({<name> <type>${masking}[ comment <literal>]|, })[ cluster by (<keys>)][ copy grants][ comment = <literal>]${rowAccess}`,
  "create or replace[ transient] table <target> like <target> copy grants",
  "create or replace[ transient] table <target> clone <target> copy grants",
  "create or replace temporary table <target> like <target>",
  "create or replace temporary table <target> clone <target>",
  `alter table <target> add column <name> <type>${masking}[ comment <literal>]`,
  "alter table <target> alter column <name> set masking policy <target> force",
  "alter table <target>[ drop row access policy <target>,] add row access policy <target> on (<columns>)",
  "alter table <target> alter column <name> set data type <type>",
  "alter table <target> drop column <name>",
  `create or replace[ secure] view <target> ${viewColumns}[ copy grants][ comment = <literal>]${rowAccess} as\n<query>`,
  `create or replace[ secure] materialized view <target>[ copy grants] ${viewColumns}${rowAccess}[ comment = <literal>][ cluster by (<keys>)] as\n<query>`,
];

const same = "{equal_null(t.<name>, s.<name>)| and }";
/** By the columns, or by one of them cut to a grain. */
const distinct = {
  columns: ["{<name> as <name>|, }", same],
  grain: ["date_trunc(<grain>, <name>) as <name>", "equal_null(date_trunc(<grain>, t.<name>), s.<name>)"],
} as const;
const matches = Object.values(distinct);

export const changes: readonly string[] = [
  "begin name <transaction>",
  "insert overwrite into <target> (<columns>)\n<query>",
  "insert into <target> (<columns>) select {<taken>|, } from (\n<query>\n)",
  "insert into <target> (<columns>) select {<taken>|, } from <target>",
  'select count(*) as "N" from <target>',
  'select count(*) as "N" from (select 1 as "ONE" from <target> group by <columns> having count(*) > 1)',
  `merge into <target> as t using <target> as s on ${same} when matched then update set {<name> = s.<name>|, } when not matched then insert (<columns>) values ({s.<name>|, })`,
  `delete from <target> as t using <target> as s where ${same}`,
  ...matches.flatMap(([some, equal]) => [
    `delete from <target> as t using (select distinct ${some} from <target>) as s where ${equal}`,
    `insert into <target> (<columns>) select {t.<name>|, } from <target> as t inner join (select distinct ${some} from <target>) as s on ${equal}`,
  ]),
  'select RULE as "RULE", count(*) as "FAILING" from (\n<query>\n) group by RULE',
  'select count(*) as "FAILING" from (\n<query>\n)',
  // How many rows a share is a share of; among them new ones only.
  'select count(*) as "FAILING" from (\nselect 1 as one from <target>[ as <name>]\n)',
  "commit",
  "rollback",
];

const ofMarker =
  "select ? as DATABASE_NAME, ? as SCHEMA_NAME, ? as NAME, cast(? as number(38, 0)) as TOKEN, ? as RUN_ID, ? as FINGERPRINT, cast(? as number(38, 0)) as REVISION";
const ofStep =
  "select ? as BATCH, cast(? as number(38, 0)) as POSITION, ? as DATABASE_NAME, ? as SCHEMA_NAME, ? as NAME, ? as KIND, ? as STATEMENT";

export const fence: readonly string[] = [
  'select DATABASE_NAME as "DATABASE_NAME", SCHEMA_NAME as "SCHEMA_NAME", NAME as "NAME", TOKEN as "TOKEN", RUN_ID as "RUN_ID", FINGERPRINT as "FINGERPRINT" from <name>.MEDFORM.PUBLICATION qualify row_number() over (partition by DATABASE_NAME, SCHEMA_NAME, NAME order by TOKEN desc, REVISION desc) = 1',
  `insert into <name>.MEDFORM.PUBLICATION (DATABASE_NAME, SCHEMA_NAME, NAME, TOKEN, RUN_ID, FINGERPRINT, REVISION)
select m.DATABASE_NAME, m.SCHEMA_NAME, m.NAME, m.TOKEN, m.RUN_ID, m.FINGERPRINT, m.REVISION
from ({${ofMarker}| union all }) as m
left join <name>.MEDFORM.PUBLICATION as t on t.DATABASE_NAME = m.DATABASE_NAME and t.SCHEMA_NAME = m.SCHEMA_NAME and t.NAME = m.NAME and t.TOKEN >= m.TOKEN and t.RUN_ID <> m.RUN_ID
where t.NAME is null and exists (select 1 from <name>.MEDFORM.LEASE where NAME = 'main' and OWNER = ? and TOKEN = ?)`,
  "delete from <name>.MEDFORM.PUBLICATION as t using (select DATABASE_NAME, SCHEMA_NAME, NAME, max(TOKEN) as TOKEN from <name>.MEDFORM.PUBLICATION group by DATABASE_NAME, SCHEMA_NAME, NAME) as s where t.DATABASE_NAME = s.DATABASE_NAME and t.SCHEMA_NAME = s.SCHEMA_NAME and t.NAME = s.NAME and t.TOKEN < s.TOKEN",
];

export const steps: readonly string[] = [
  `insert into <name>.MEDFORM.PENDING (BATCH, POSITION, DATABASE_NAME, SCHEMA_NAME, NAME, KIND, STATEMENT) {${ofStep}| union all }`,
  'select BATCH as "BATCH", POSITION as "POSITION", DATABASE_NAME as "DATABASE_NAME", SCHEMA_NAME as "SCHEMA_NAME", NAME as "NAME", KIND as "KIND", STATEMENT as "STATEMENT" from <name>.MEDFORM.PENDING order by BATCH, POSITION',
  "delete from <name>.MEDFORM.PENDING where BATCH = ?",
  "delete from <name>.MEDFORM.PENDING where DATABASE_NAME = ? and SCHEMA_NAME = ? and NAME = ?",
  "delete from <name>.MEDFORM.PUBLICATION where DATABASE_NAME = ? and SCHEMA_NAME = ? and NAME = ?",
  "alter table <target> swap with <target>",
  "alter <kind> <target> rename to <target>",
  "drop <kind> if exists <target>",
  "show grants on <kind> <target>",
  "grant <word> on <kind> <target> to role <name>[ with grant option]",
  "grant <word> on <kind> <target> to database role <target>[ with grant option]",
  "alter table <target> cluster by (<keys>)",
  "alter table <target> drop clustering key",
  "comment on <kind> <target> is <literal>",
  "alter materialized view <target> set comment = <literal>",
  "alter table <target> alter column <name> comment <literal>",
];
