/** What both engines read, and answer differently; each with what to say instead. It holds for the project, not for templates. */
import type { Token } from "../../../src/graph/tokens.js";
import { calls, closing, type Denial, matching, type Sql, sequence } from "./match.js";

const text = (tokens: readonly Token[] | undefined) =>
  (tokens ?? []).map((token) => token.text.toLowerCase()).join(" ");

/** A type after `as` in a cast, or after `::`. */
const typed = (types: RegExp, isDenied: (next: string) => boolean) =>
  matching(
    (token, { tokens }, at) =>
      token.kind === "word" &&
      types.test(token.text) &&
      (tokens[at - 1]?.text === "::" ||
        (/^as$/i.test(tokens[at - 1]?.text ?? "") && /^[()]$/.test(tokens[at + 1]?.text ?? ""))) &&
      isDenied(tokens[at + 1]?.text ?? ""),
  );

/** The window of a call: what stands in the parentheses after OVER. */
const windowOf = (after: readonly Token[]) => {
  const over = after.findIndex(({ text: word }) => /^over$/i.test(word));
  return over < 0 || over > 2 ? "" : text(after.slice(over + 1, closing(after, over + 1)));
};

/** Division is safe where the left side was made a double; anything else says numbers.ratio. */
const divisions = ({ tokens }: Sql) =>
  tokens.filter(
    ({ kind, text: op }, at) =>
      kind === "symbol" && op === "/" && text(tokens.slice(Math.max(at - 3, 0), at)) !== "as double )",
  );

export const meaning: readonly Denial[] = [
  {
    name: "division",
    why: "whole numbers divide to six digits there and to a double on DuckDB, and by zero to an error: numbers.ratio, numbers.quotient",
    find: divisions,
    caught: ["select 7 / 2", "select a / b from t"],
    passed: ["select cast(a as double) / nullif(b, 0) from t", "select 'a/b'"],
  },
  {
    name: "descending without NULLS",
    why: "NULL comes first there and last on DuckDB; say nulls last",
    find: sequence("desc", ["nulls"]),
    caught: ["select a from t order by a desc", "select max(a) over (order by b desc) from t"],
    passed: ["select a from t order by a desc nulls last", "select a from t order by a"],
  },
  {
    name: "functions of several values",
    why: "with NULL among them it is NULL there and is left out on DuckDB: numbers.greatest, numbers.least, texts.together, texts.listed",
    find: calls(["concat", "concat_ws", "greatest", "least"]),
    caught: ["select greatest(a, b) from t", "select concat(a, b) from t", "select concat_ws(',', a, b) from t"],
    passed: ["select a || b, greatest_ignore_nulls(a, b) from t"],
  },
  {
    name: "trim without characters",
    why: "it takes off the blank only, and on DuckDB every kind of space: types.text, texts.trimmed",
    find: calls(["trim", "ltrim", "rtrim"], (args) => args.length === 1),
    caught: ["select trim(a) from t", "select rtrim(a) from t"],
    passed: ["select ltrim(a, ',') from t"],
  },
  {
    name: "the type TIMESTAMP",
    why: "which of three types it is, the account says: datetime is the one without a zone on both",
    find: ({ tokens, text: sql }) => [
      ...typed(/^(timestamp|timestamptz)$/i, () => true)({ tokens, text: sql }),
      ...sequence("timestamp|timestamptz <text>")({ tokens, text: sql }),
    ],
    caught: [
      "select cast(a as timestamp) from t",
      "select a::timestamp from t",
      "select timestamp '2024-01-01 00:00:00'",
    ],
    passed: ["select cast(a as datetime) from t"],
  },
  {
    name: "types of another size",
    why: "decimal without digits is (18, 3) on DuckDB and (38, 0) there, float has 4 bytes and 8, char is one character there: say decimal(18, 4), double, varchar",
    find: typed(/^(decimal|numeric|number|float|real|char|character)$/i, (next) => next !== "("),
    caught: ["select cast(a as decimal) from t", "select a::float from t"],
    passed: ["select cast(a as decimal(18, 4)) from t", "select cast(a as double) from t"],
  },
  {
    name: "text of a time, or of a double",
    why: "how it looks, the session says there: types.asText, dates.formatted",
    find: calls(["to_char", "to_varchar"], (args) => args.length === 1),
    caught: ["select to_char(a) from t"],
    passed: ["select to_char(a, 'YYYY-MM-DD') from t"],
  },
  {
    name: "text read by the session's format",
    why: "which forms are a time, the session says there: types.instant, types.day, dates.parsed",
    find: ({ tokens, text: sql }) => [
      ...calls(
        [
          "to_date",
          "to_timestamp",
          "to_timestamp_ntz",
          "to_timestamp_tz",
          "try_to_date",
          "try_to_timestamp_ntz",
          "try_to_timestamp_tz",
        ],
        (args) => args.length === 1,
      )({ tokens, text: sql }),
      ...calls(["try_cast"], ([of]) => /as (date|datetime|time|timestamp_ntz|timestamp_tz)$/.test(text(of)))({
        tokens,
        text: sql,
      }),
    ],
    caught: ["select try_cast(a as date) from t", "select try_to_timestamp_tz(a) from t"],
    passed: ["select try_to_date(a, 'YYYY-MM-DD') from t", "select try_cast(a as double) from t"],
  },
  {
    name: "text as a whole number or a double",
    why: "DuckDB also reads 0x1F, 1_000 and Infinity: types.integer, types.number",
    find: calls(["try_cast"], ([of]) => /^(?!case when not ).*as (bigint|integer|int|double)$/.test(text(of))),
    caught: ["select try_cast(a as bigint) from t", "select try_cast(a as double) from t"],
    passed: [
      "select try_cast(case when not contains(a, '_') then a end as double) from t",
      "select try_cast(a as boolean) from t",
    ],
  },
  {
    name: "weeks",
    why: "where a week begins, the session says there, and DuckDB counts whole weeks: dates.firstOf, dates.between",
    find: calls(
      ["date_trunc", "datediff", "dateadd", "date_part", "dayofweek", "dayname", "weekofyear", "week"],
      ([part], _) =>
        part === undefined ||
        !/^'?(year|quarter|month|day|hour|minute|second|epoch_microsecond|milliseconds?|microseconds?)'?$/.test(
          text(part),
        ),
    ),
    caught: [
      "select date_trunc('week', a) from t",
      "select datediff('week', a, b) from t",
      "select dayofweek(a) from t",
    ],
    passed: ["select date_trunc('month', a) from t", "select datediff('day', a, b), dayofweekiso(a) from t"],
  },
  {
    name: "intervals",
    why: "a date plus an interval is a date there and a timestamp on DuckDB: dates.plus",
    find: sequence("interval <text>"),
    caught: ["select a + interval '1 day' from t"],
    passed: ["select dateadd('day', 1, a) from t"],
  },
  {
    name: "first and last without a frame",
    why: "its frame is the whole partition there and ends at the current row on DuckDB: write the frame",
    find: calls(
      ["first_value", "last_value", "nth_value"],
      (_, after) => !/ rows between | range between /.test(windowOf(after)),
    ),
    caught: ["select last_value(a) over (order by b) from t"],
    passed: ["select last_value(a) over (order by b rows between unbounded preceding and unbounded following) from t"],
  },
  {
    name: "lists of nothing",
    why: "of nothing it is '' or [] there and NULL on DuckDB, and array_agg leaves NULL out there: texts.gathered, lists.gathered",
    find: ({ tokens, text: sql }) =>
      calls(["listagg", "array_agg"])({ tokens, text: sql }).filter((token) => {
        const at = tokens.indexOf(token);
        return token.text.toLowerCase() === "array_agg" || text(tokens.slice(at - 2, at)) !== "nullif (";
      }),
    caught: ["select listagg(a, ',') within group (order by a) from t", "select array_agg(a) from t"],
    passed: ["select nullif(listagg(a, ',') within group (order by a), '') from t"],
  },
  {
    name: "patterns",
    why: "regexp_like means the whole text there, and DuckDB replaces the first match only: patterns.js",
    find: calls(["rlike", "regexp"]),
    caught: ["select rlike(a, 'b') from t"],
  },
  {
    name: "backslashes",
    why: "a backslash escapes within a text there, so that one alone is gone: patterns.js writes patterns for both",
    find: matching(
      ({ kind, text: literal }) => kind === "string" && /\\/.test(literal.replace(/\\\\|\\u[0-9a-f]{4}/gi, "")),
    ),
    caught: ["select '\\d+'", "select 'a\\nb'"],
    passed: ["select '\\\\d+'", "select '\\u00a0'"],
  },
  {
    name: "quoted names in lower case",
    why: "in quotes a name keeps its case there, and DuckDB looks at none",
    find: matching(({ kind, text: name }) => kind === "quoted" && /[a-z]/.test(name)),
    caught: ['select "code" from t'],
    passed: ['select "CODE" from t'],
  },
  {
    name: "joins by USING",
    why: "the column of a full join is one side's there and both sides' on DuckDB: say on",
    find: sequence("using ("),
    caught: ["select a from t full join u using (a)"],
    passed: ["select a from t full join u on t.a = u.a"],
  },
  {
    name: "elements of a list",
    why: "lists begin at 0 there and at 1 on DuckDB, and are written differently: lists.js, json.js",
    find: matching(({ kind, text: symbol }) => kind === "symbol" && /^[[{]$/.test(symbol)),
    caught: ["select a[1] from t", "select {'a': 1}"],
  },
  {
    name: "lateral joins",
    why: "of a lateral join only FLATTEN is sure: json.js",
    find: sequence("lateral", ["flatten"]),
    caught: ["select 1 from t, lateral (select t.a)"],
    passed: ["select 1 from t, lateral flatten(input => t.a) as f"],
  },
  {
    name: "logarithms",
    why: "log of one number is to base 10 on DuckDB, and needs the base there: ln(x)",
    find: calls(["log"]),
    caught: ["select log(a) from t"],
    passed: ["select ln(a) from t"],
  },
];
