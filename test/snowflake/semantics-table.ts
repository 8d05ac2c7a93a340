/**
 * The same SQL, another answer: for each such expression the helper that says it alike, what Snowflake documents that its
 * rendering there answers, and that rendering, read by eye. DuckDB's is executed against the answer.
 */
import { dates, json, lists, numbers, order, patterns, scd, texts, types } from "./helpers.js";

export interface Row {
  /** The expression whose answers differ. */
  readonly of: string;
  /** Made anew for each warehouse. SQL for one value, or a query of one column with one row. */
  readonly said: () => string;
  readonly snowflake: string;
  /** As text; null for NULL. */
  readonly answer: string | null;
  readonly documented: string;
}

const functions = (name: string) => `https://docs.snowflake.com/en/sql-reference/functions/${name}`;
const conversion = "https://docs.snowflake.com/en/sql-reference/data-type-conversion";
const regexp = "https://docs.snowflake.com/en/sql-reference/functions-regexp";
const formats = "https://docs.snowflake.com/en/sql-reference/date-time-input-output";
const orderBy = "https://docs.snowflake.com/en/sql-reference/constructs/order-by";
const strings = "https://docs.snowflake.com/en/sql-reference/data-types-text";
const arithmetic = "https://docs.snowflake.com/en/sql-reference/operators-arithmetic";

const nothing = "(select cast(null as varchar) as x where 1 = 0) as t";
const values = "(values ('b', 2), (null, 3), ('a', 1)) as t (x, n)";
const [zone, sunday, monday] = ["'America/New_York'", "date '2024-01-07'", "date '2024-01-08'"];
const at = (text: string) => `cast('${text}' as datetime)`;

export const table: readonly Row[] = [
  {
    of: "1/0",
    said: () => numbers.ratio("1", "0"),
    snowflake: "cast(1 as double) / nullif(0, 0)",
    answer: null,
    documented: functions("nullif"),
  },
  {
    of: "integer /",
    said: () => numbers.ratio("7", "2"),
    snowflake: "cast(7 as double) / nullif(2, 0)",
    answer: "3.5",
    documented: arithmetic,
  },
  {
    of: "integer /",
    said: () => numbers.quotient("9999999999", "10000000000"),
    snowflake: "cast((9999999999 - mod(9999999999, nullif(10000000000, 0))) / nullif(10000000000, 0) as bigint)",
    answer: "0",
    documented: arithmetic,
  },
  {
    of: "integer /",
    said: () => numbers.quotient("-7", "2"),
    snowflake: "cast((-7 - mod(-7, nullif(2, 0))) / nullif(2, 0) as bigint)",
    answer: "-3",
    documented: functions("mod"),
  },
  {
    of: "week difference",
    said: () => dates.between("week", sunday, monday),
    snowflake:
      "cast(cast(datediff('day', dateadd('day', 1 - dayofweekiso(date '2024-01-07'), cast(date '2024-01-07' as date)), dateadd('day', 1 - dayofweekiso(date '2024-01-08'), cast(date '2024-01-08' as date))) as double) / 7 as bigint)",
    answer: "1",
    documented: functions("datediff"),
  },
  {
    of: "week difference",
    said: () => dates.between("week", monday, "date '2024-01-14'"),
    snowflake:
      "cast(cast(datediff('day', dateadd('day', 1 - dayofweekiso(date '2024-01-08'), cast(date '2024-01-08' as date)), dateadd('day', 1 - dayofweekiso(date '2024-01-14'), cast(date '2024-01-14' as date))) as double) / 7 as bigint)",
    answer: "0",
    documented: functions("datediff"),
  },
  {
    of: "date + interval",
    said: () => dates.plus("date '2024-01-31'", "1", "month"),
    snowflake: "dateadd('month', 1, date '2024-01-31')",
    answer: "2024-02-29",
    documented: functions("dateadd"),
  },
  {
    of: "date + interval",
    said: () => dates.plus(at("2024-01-31 08:15:00"), "-1", "quarter", "instant"),
    snowflake: "dateadd('quarter', -1, cast('2024-01-31 08:15:00' as datetime))",
    answer: "2023-10-31 08:15:00",
    documented: functions("dateadd"),
  },
  {
    of: "date_trunc of a date",
    said: () => dates.firstOf("quarter", "date '2024-05-17'"),
    snowflake: "cast(date_trunc('quarter', date '2024-05-17') as date)",
    answer: "2024-04-01",
    documented: functions("date_trunc"),
  },
  {
    of: "date_trunc of a date",
    said: () => dates.firstOf("week", sunday),
    snowflake: "dateadd('day', 1 - dayofweekiso(date '2024-01-07'), cast(date '2024-01-07' as date))",
    answer: "2024-01-01",
    documented: functions("year"),
  },
  {
    of: "edit distance",
    said: () => texts.editDistance("'kitten'", "'sitting'"),
    snowflake: "editdistance('kitten', 'sitting')",
    answer: "3",
    documented: functions("editdistance"),
  },
  {
    of: "concat with NULL",
    said: () => texts.together("'a'", "null", "'b'"),
    snowflake: "(coalesce('a', '') || coalesce(null, '') || coalesce('b', ''))",
    answer: "ab",
    documented: functions("concat"),
  },
  {
    of: "concat_ws with NULL",
    said: () => texts.listed(", ", "'a'", "null", "'b'"),
    snowflake: "array_to_string(array_construct_compact('a', null, 'b'), ', ')",
    answer: "a, b",
    documented: functions("array_construct_compact"),
  },
  {
    of: "greatest and least with NULL",
    said: () => numbers.greatest("1", "null", "3"),
    snowflake: "greatest_ignore_nulls(1, null, 3)",
    answer: "3",
    documented: functions("greatest_ignore_nulls"),
  },
  {
    of: "greatest and least with NULL",
    said: () => numbers.least("1", "null", "3"),
    snowflake: "least_ignore_nulls(1, null, 3)",
    answer: "1",
    documented: functions("least_ignore_nulls"),
  },
  {
    of: "order by x desc",
    said: () => `select x from ${values} order by ${order.newestFirst(["x"])} limit 1`,
    snowflake: `select x from ${values} order by x desc nulls last limit 1`,
    answer: "b",
    documented: orderBy,
  },
  {
    of: "order by x desc",
    said: () => `select x from ${values} order by ${order.oldestFirst(["x"])} limit 1`,
    snowflake: `select x from ${values} order by x asc nulls first limit 1`,
    answer: null,
    documented: orderBy,
  },
  {
    of: "regexp_replace",
    said: () => patterns.replaced("'1 mg, 20 mg'", "([0-9]+) mg", "\\1 g"),
    snowflake: "regexp_replace('1 mg, 20 mg', '([0-9]+) mg', '\\\\1 g')",
    answer: "1 g, 20 g",
    documented: functions("regexp_replace"),
  },
  {
    of: "no match",
    said: () => patterns.extracted("'none'", "[0-9]+"),
    snowflake: "nullif(regexp_substr('none', '[0-9]+', 1, 1), '')",
    answer: null,
    documented: functions("regexp_substr"),
  },
  {
    of: "no match",
    said: () => patterns.extracted("'take 20 mg'", "(\\d+)\\s(mg|ml)", 2),
    snowflake: "nullif(regexp_substr('take 20 mg', '(\\\\d+)\\\\s(mg|ml)', 1, 1, 'e', 2), '')",
    answer: "mg",
    documented: functions("regexp_substr"),
  },
  {
    of: "regexp_like",
    said: () => patterns.matches("'a1'", "[0-9]"),
    snowflake: "regexp_like('a1', '[0-9]')",
    answer: "false",
    documented: functions("regexp_like"),
  },
  {
    of: "regexp_like",
    said: () => patterns.finds("'a1'", "[0-9]"),
    snowflake: "regexp_instr('a1', '[0-9]') > 0",
    answer: "true",
    documented: functions("regexp_instr"),
  },
  {
    of: "listagg of nothing",
    said: () => `select ${texts.gathered("x", ",", "x")} from ${nothing}`,
    snowflake: `select nullif(listagg(x, ',') within group (order by x), '') from ${nothing}`,
    answer: null,
    documented: functions("listagg"),
  },
  {
    of: "listagg of nothing",
    said: () => `select ${texts.gathered("x", ",", "n")} from ${values}`,
    snowflake: `select nullif(listagg(x, ',') within group (order by n), '') from ${values}`,
    answer: "a,b",
    documented: functions("listagg"),
  },
  {
    of: "array_agg of nothing",
    said: () => `select ${lists.gathered("x", "x")} from ${nothing}`,
    snowflake: `select array_agg(x) within group (order by x) from ${nothing}`,
    answer: "[]",
    documented: functions("array_agg"),
  },
  {
    of: "merge with duplicate source keys",
    said: () =>
      `select x from (${scd.type1({ from: "(values ('k', 'old', 1), ('k', 'new', 2)) as t (k, x, said_at)", key: ["k"], attributes: ["x"], at: "said_at" })}) as one`,
    snowflake: `select x from (select
  k,
  x
from (values ('k', 'old', 1), ('k', 'new', 2)) as t (k, x, said_at)
qualify row_number() over (partition by k order by said_at desc nulls last, x desc nulls last) = 1) as one`,
    answer: "new",
    documented: "https://docs.snowflake.com/en/sql-reference/sql/merge",
  },
  {
    of: "text of JSON",
    said: () => json.text(`'{"name":[{"family":"Ng"}]}'`, ["name", 0, "family"]),
    snowflake: `cast(get_path(try_parse_json('{"name":[{"family":"Ng"}]}'), 'name[0].family') as varchar)`,
    answer: "Ng",
    documented: functions("get_path"),
  },
  {
    of: "text of JSON",
    said: () => json.text(`'no JSON'`, ["name"]),
    snowflake: `cast(get_path(try_parse_json('no JSON'), 'name') as varchar)`,
    answer: null,
    documented: functions("try_parse_json"),
  },
  {
    of: "text of JSON",
    said: () =>
      json.object({
        said: json.string(`'a "b"'`),
        unsaid: json.string("cast(null as varchar)"),
        empty: json.list(json.object({ nothing: json.string("cast(null as varchar)") })),
        known: json.constant("it's"),
        some: json.list(json.number("cast(1.50 as decimal(4, 2))"), json.boolean("1 = 2")),
      }),
    snowflake: `nullif('{' || array_to_string(array_construct_compact('"said":' || to_json(to_variant('a "b"')), '"unsaid":' || to_json(to_variant(cast(null as varchar))), '"empty":[{"nothing":' || to_json(to_variant(cast(null as varchar))) || '}' || ']', '"known":"it''s"', '"some":' || nullif('[' || array_to_string(array_construct_compact(cast(cast(1.50 as decimal(4, 2)) as varchar), case when 1 = 2 then 'true' when not (1 = 2) then 'false' end), ',') || ']', '[]')), ',') || '}', '{}')`,
    answer: `{"said":"a \\"b\\"","known":"it's","some":[1.50,false]}`,
    documented: functions("to_json"),
  },
  {
    of: "flatten of JSON",
    said: () =>
      `select max(item) from (${json.elements({ from: `(select 1 as k, '{"a":["x","y"]}' as j)`, json: "j", path: ["a"], columns: ["k"], as: "item" })}) as t`,
    snowflake: `select max(item) from (select whole.k, to_json(element.value) as item
from (select 1 as k, '{"a":["x","y"]}' as j) as whole,
  lateral flatten(input => get_path(try_parse_json(whole.j), 'a')) as element) as t`,
    answer: '"y"',
    documented: functions("flatten"),
  },
  {
    of: "flatten of JSON",
    said: () =>
      `select max(item) from (${json.elements({ from: `(select 1 as k, '["x","y"]' as j)`, json: "j", path: [], columns: ["k"], as: "item" })}) as t`,
    snowflake: `select max(item) from (select whole.k, to_json(element.value) as item
from (select 1 as k, '["x","y"]' as j) as whole,
  lateral flatten(input => try_parse_json(whole.j)) as element) as t`,
    answer: '"y"',
    documented: functions("flatten"),
  },
  {
    of: "timestamps",
    said: () => types.instant("'2023-01-27T16:17:47.1234567Z'", zone),
    snowflake: `case
      when '2023-01-27T16:17:47.1234567Z' like '____-__-__' then convert_timezone('America/New_York', 'UTC', cast(try_to_date('2023-01-27T16:17:47.1234567Z', 'YYYY-MM-DD') as datetime))
      when regexp_like('2023-01-27T16:17:47.1234567Z', '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[-+](0[0-9]|1[0-8]):[0-5][0-9])') then cast(convert_timezone('UTC', try_to_timestamp_tz(regexp_replace(replace('2023-01-27T16:17:47.1234567Z', 'Z', '+00:00'), '([.][0-9]{6})[0-9]+', '\\\\1'), 'AUTO')) as datetime)
      when regexp_like('2023-01-27T16:17:47.1234567Z', '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?') then convert_timezone('America/New_York', 'UTC', try_to_timestamp_ntz(regexp_replace('2023-01-27T16:17:47.1234567Z', '([.][0-9]{6})[0-9]+', '\\\\1'), 'AUTO'))
    end`,
    answer: "2023-01-27 16:17:47.123456",
    documented: formats,
  },
  {
    of: "timestamps",
    said: () => types.asText(at("2023-01-27 16:17:47"), "instant"),
    snowflake: "cast(date_part(epoch_microsecond, cast('2023-01-27 16:17:47' as datetime)) as varchar)",
    answer: "1674836267000000",
    documented: functions("date_part"),
  },
  {
    of: "timestamps",
    said: () => dates.at("2023-01-27 16:17:47"),
    snowflake: "to_timestamp_ntz('2023-01-27 16:17:47', 'YYYY-MM-DD HH24:MI:SS')",
    answer: "2023-01-27 16:17:47",
    documented: functions("to_timestamp"),
  },
  {
    of: "text of a time",
    said: () => types.readable(at("2023-01-27 16:17:47"), "instant"),
    snowflake: "to_char(cast('2023-01-27 16:17:47' as datetime), 'YYYY-MM-DD HH24:MI:SS.FF6')",
    answer: "2023-01-27 16:17:47.000000",
    documented: functions("to_char"),
  },
  {
    of: "text of a time",
    said: () => dates.formatted(at("2023-01-27 06:07:08"), "YYYY-MM-DDTHH24:MI:SS.FF3"),
    snowflake: `to_char(cast('2023-01-27 06:07:08' as datetime), 'YYYY-MM-DD"T"HH24:MI:SS.FF3')`,
    answer: "2023-01-27T06:07:08.000",
    documented: functions("to_char"),
  },
  {
    of: "text as a time",
    said: () => dates.parsed("'20230127160708'", "YYYYMMDDHH24MISS"),
    snowflake:
      "case when regexp_like('20230127160708', '[0-9]{4}[0-9]{2}[0-9]{2}[0-9]{2}[0-9]{2}[0-9]{2}') then try_to_timestamp_ntz('20230127160708', 'YYYYMMDDHH24MISS') end",
    answer: "2023-01-27 16:07:08",
    documented: functions("try_to_timestamp"),
  },
  {
    of: "text as a time",
    said: () => dates.parsed("'2023127'", "YYYYMMDD"),
    snowflake:
      "case when regexp_like('2023127', '[0-9]{4}[0-9]{2}[0-9]{2}') then try_to_timestamp_ntz('2023127', 'YYYYMMDD') end",
    answer: null,
    documented: regexp,
  },
  {
    of: "date_diff('hour', …)",
    said: () => dates.between("hour", at("2024-01-01 00:59:00"), at("2024-01-01 01:01:00")),
    snowflake: "datediff('hour', cast('2024-01-01 00:59:00' as datetime), cast('2024-01-01 01:01:00' as datetime))",
    answer: "1",
    documented: functions("datediff"),
  },
  {
    of: "text as a number",
    said: () => types.integer("'0x1F'"),
    snowflake: "cast(try_cast(case when not contains('0x1F', '_') then '0x1F' end as decimal(18, 0)) as bigint)",
    answer: null,
    documented: conversion,
  },
  {
    of: "text as a number",
    said: () => types.money("'1_000'"),
    snowflake: "try_cast(case when not contains('1_000', '_') then '1_000' end as decimal(18, 4))",
    answer: null,
    documented: conversion,
  },
  {
    of: "text as a number",
    said: () => types.number("'-1.5e3'"),
    snowflake:
      "try_cast(case when not contains('-1.5e3', '_') and not contains(lower('-1.5e3'), 'inf') then '-1.5e3' end as double)",
    answer: "-1500.0",
    documented: conversion,
  },
  {
    of: "trim",
    said: () => texts.trimmed("' a\u00a0'"),
    snowflake: `trim(' a\u00a0', ' \\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\\u2007\\u2008\\u2009\\u200a\\u202f\\u205f\\u3000')`,
    answer: "a",
    documented: functions("trim"),
  },
  {
    of: "backslash",
    said: () => texts.literal("it's a\\b"),
    snowflake: "'it''s a\\\\b'",
    answer: "it's a\\b",
    documented: strings,
  },
];

/** What is not said by a helper but denied: by name, of the deny list. */
export const deniedInstead: Readonly<Record<string, string>> = { "a SEMI JOIN b": "joins of DuckDB" };
