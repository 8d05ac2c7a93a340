/** What single commands send: a run and its proofs about data, `show`, `schedule deploy`, `status`. */

/** A row for each that stands more often on one side of a comparison. */
const surplus = `select [<columns>, ]sum("MEDFORM_SIDE") as "MEDFORM_SIDE"
from (
  select [<columns>, ]1 as "MEDFORM_SIDE" from <target>
  union all
  select [<columns>, ]-1 as "MEDFORM_SIDE" from <target>
) as both_sides
[group by <columns>]
having sum("MEDFORM_SIDE") <> 0`;

export const data: readonly string[] = [
  '{select <number> as "n" where exists (select 1 from <target>)|\nunion all }',
  'select route as "route", disposition as "disposition", rule as "rule", sum(row_count) as "count" from <target> group by 1, 2, 3 order by 1, 2, 3',
  `select
  (select count(*) from <target>) as "left_rows",
  (select count(*) from <target>) as "right_rows",
  coalesce(sum(case when "MEDFORM_SIDE" > 0 then "MEDFORM_SIDE" end), 0) as "only_left",
  coalesce(sum(case when "MEDFORM_SIDE" < 0 then -"MEDFORM_SIDE" end), 0) as "only_right"
from (
${surplus}
) as differing`,
  `select
  {sum(case when published.<name> is distinct from rebuilt.<name> then 1 else 0 end) as <name>|,\n  }
from <target> as published
inner join <target> as rebuilt
  on {published.<name> is not distinct from rebuilt.<name>|\n  and }`,
];

/** A condition of `--where` is a text that somebody wrote, as a query is. */
export const show: readonly string[] = [
  "select *\nfrom <target>[\nwhere (<query>)]\nlimit <number>",
  "select *\nfrom (\n<query>\n) as failing[\nwhere (<query>)]\nlimit <number>",
];

export const status: readonly string[] = [
  'select current_user() as "USER", current_role() as "ROLE", current_warehouse() as "WAREHOUSE", current_database() as "DATABASE"',
];

export const tasks: readonly string[] = [
  `create[ or replace] task <name>.MEDFORM.<name>
  schedule = <literal>
  allow_overlapping_execution = false
  user_task_timeout_ms = 86400000
  comment = <literal>
as
execute job service
  in compute pool <word>
  from specification <literal>[
  external_access_integrations = (<words>)]`,
  "alter task <name>.MEDFORM.<name> resume",
  "alter task <name>.MEDFORM.<name> suspend",
  "drop task if exists <name>.MEDFORM.<name>",
  "show tasks in schema <name>.MEDFORM",
];
