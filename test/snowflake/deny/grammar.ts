/** What Snowflake refuses, or takes for something else, and at least one of the parsers lets pass. */
import { tokenize } from "../../../src/graph/tokens.js";
import { calls, type Denial, matching, sequence } from "./match.js";

/** Words that no name may be without quotes. https://docs.snowflake.com/en/sql-reference/reserved-keywords */
const reserved =
  "account all alter and any as between by case cast check column connect connection constraint create cross current current_date current_time current_timestamp current_user database delete distinct drop else exists false following for from full grant group gscluster having ilike in increment inner insert intersect into is issue join lateral left like localtime localtimestamp minus natural not null of on or order organization qualify regexp revoke right rlike row rows sample schema select set some start table tablesample then to trigger true try_cast union unique update using values view when whenever where with".split(
    " ",
  );

const duckdbOnly =
  "list_* struct_* map_from_entries row_to_json union_* enum_* epoch epoch_* regexp_extract regexp_matches regexp_full_match regexp_split_to_* strftime strptime try_strptime date_add date_sub date_diff datesub range generate_series unnest string_agg group_concat strpos instr string_split str_split printf format read_* sha256 md5_number json_extract json_extract_string json_array_length json_valid json_structure json_each make_date make_timestamp* today now timezone age isnan isinf isfinite quantile quantile_cont quantile_disc arg_max arg_min bool_and bool_or list len prefix suffix starts_with ends_with if try hash uuid gen_random_uuid current_setting to_days to_months to_years to_hours to_minutes to_seconds to_microseconds to_timestamp_s first last columns".split(
    " ",
  );

export const grammar: readonly Denial[] = [
  {
    name: "//",
    why: "// begins a comment; divide by the helper numbers.quotient",
    find: ({ text }) => tokenize(text, "duckdb").filter(({ kind, text: op }) => kind === "symbol" && op.includes("//")),
    caught: ["select 7 // 2 as half", "select 7//2"],
    passed: ["select 'https://example.org'", "select 1 -- https://example.org"],
  },
  {
    name: "joins of DuckDB",
    why: "a SEMI JOIN b is an inner join with the alias SEMI; say where exists (…), or in (select …)",
    find: sequence("semi|anti|asof|positional join"),
    caught: ["select 1 from a semi join b on a.x = b.x", "select 1 from a ANTI JOIN b using (x)"],
    passed: ["select 1 from a left join b on a.x = b.x"],
  },
  {
    name: "distinct on",
    why: "there is no DISTINCT ON; say qualify row_number() over (…) = 1",
    find: sequence("distinct on ("),
    caught: ["select distinct on (a) a, b from t"],
    passed: ["select distinct a from t"],
  },
  {
    name: "filter",
    why: "an aggregate has no FILTER; say sum(case when … then … end)",
    find: sequence(") filter ("),
    caught: ["select count(*) filter (where a > 1) from t"],
    passed: ["select filter(a, x) from t"],
  },
  {
    name: "operators of DuckDB",
    why: "there is no such operator; for patterns and JSON see patterns.js and json.js",
    find: matching(
      ({ kind, text }) => kind === "symbol" && /~|\^|@|->|==|<<|>>|:=|^[&|]$|^[#!]$|\*\*/.test(text) && text !== "||",
    ),
    caught: [
      "select a ~ 'x'",
      "select a !~ 'x'",
      "select j ->> '$.a'",
      "select 2 ^ 3",
      "select 2 ** 3",
      "select a == b",
    ],
    passed: ["select a || b, a <> b, a != b, a >= b, a::date"],
  },
  {
    name: "types of DuckDB",
    why: "there is no such type",
    find: ({ tokens }) =>
      tokens.filter(
        ({ kind, text }, at) =>
          kind === "word" &&
          /^(u?hugeint|u(tiny|small|big)?int(eger)?|uuid|json|blob|bytea|timestamp_(s|ms|us|ns)|bit|struct|enum|bignum)$/i.test(
            text,
          ) &&
          /^(::|as)$/i.test(tokens[at - 1]?.text ?? "") &&
          (tokens[at - 1]?.text === "::" || /^[)[(]$/.test(tokens[at + 1]?.text ?? "")),
      ),
    caught: ["select cast(a as hugeint)", "select a::json", "select try_cast(a as uuid)"],
    passed: ["select a as json from t", "select cast(a as bigint), a::varchar"],
  },
  {
    name: "functions of DuckDB",
    why: "there is no such function, or it takes other arguments; see docs/portable-sql.md",
    find: calls(duckdbOnly),
    caught: [
      ...["list_sort(a)", "struct_pack(a)", "epoch_us(a)", "regexp_extract(a, 'b')", "strftime(a, '%Y')"],
      "now()",
    ].map((call) => `select ${call}`),
    passed: ["with now as (select 1 as a) select now.a from now", "select f.range(1)", "select t.unnest from t"],
  },
  {
    name: "table functions of DuckDB",
    why: "there is no such function; rows of a list come by json.js, rows of numbers by a VALUES list",
    find: calls(["range", "unnest", "generate_series"]),
    caught: ["select * from range(10)", "select unnest([1, 2])"],
  },
  {
    name: "named windows",
    why: "there is no WINDOW clause; write the window out in each OVER",
    find: ({ tokens }) => [
      ...sequence("window <name> as (")({ text: "", tokens }),
      ...sequence(") over", ["("])({ text: "", tokens }),
    ],
    caught: ["select max(a) over w from t", "select 1 from t window w as (order by a)"],
    passed: ["select max(a) over (order by a) from t"],
  },
  {
    name: "frames of DuckDB",
    why: "a frame has no GROUPS and no EXCLUDE",
    find: ({ tokens }) => [
      ...sequence("groups between|unbounded|current")({ text: "", tokens }),
      ...sequence("exclude current|ties|group|no")({ text: "", tokens }),
    ],
    caught: [
      "select max(a) over (order by a groups between 1 preceding and 1 following) from t",
      "select max(a) over (order by a rows between 1 preceding and current row exclude ties) from t",
    ],
  },
  {
    name: "nulls within the parentheses",
    why: "IGNORE NULLS stands after the parentheses there and within them on DuckDB: choose by engine.js",
    find: ({ tokens }) =>
      tokens.filter(
        ({ text }, at) =>
          /^(ignore|respect)$/i.test(text) &&
          /^nulls$/i.test(tokens[at + 1]?.text ?? "") &&
          tokens[at - 1]?.text !== ")",
      ),
    caught: ["select lag(a ignore nulls) over (order by b) from t"],
    passed: ["select lag(a) ignore nulls over (order by b) from t"],
  },
  {
    name: "set operations of DuckDB",
    why: "there is no EXCEPT ALL, INTERSECT ALL or UNION BY NAME",
    find: ({ tokens }) => [
      ...sequence("except|intersect all")({ text: "", tokens }),
      ...sequence("union by")({ text: "", tokens }),
      ...sequence("union all by")({ text: "", tokens }),
    ],
    caught: ["select 1 except all select 2", "select 1 union by name select 2", "select 1 union all by name select 2"],
    passed: ["select 1 union all select 2"],
  },
  {
    name: "clauses of DuckDB",
    why: "there is no such clause or predicate",
    find: ({ tokens }) =>
      ["at time zone", "similar to", "using sample", "glob <text>", "notnull", "* rename|except|like"].flatMap(
        (pattern) => sequence(pattern)({ text: "", tokens }),
      ),
    caught: [
      "select a at time zone 'UTC' from t",
      "select a similar to 'x' from t",
      "select a from t using sample 10%",
      "select a glob '*' from t",
      "select a notnull from t",
      "select * except (a) from t",
    ],
  },
  {
    name: "a query that begins with FROM",
    why: "a statement begins with SELECT or WITH",
    find: ({ tokens }) => tokens.slice(0, 1).filter(({ text }) => /^(from|pivot|unpivot|summarize)$/i.test(text)),
    caught: ["from t select a", "from t"],
    passed: ["select a from t"],
  },
  {
    name: "trailing commas",
    why: "a comma stands between two things",
    find: sequence(", from|)|where|group|order"),
    caught: ["select a, from t", "select f(a, )", "select a from t group by a, order by a"],
    passed: ["select a, b from t"],
  },
  {
    name: "reserved words as names",
    why: "a reserved word is a name only in quotes",
    find: ({ tokens }) =>
      tokens.filter(
        ({ kind, text }, at) =>
          kind === "word" &&
          /^as$/i.test(tokens[at - 1]?.text ?? "") &&
          reserved.includes(text.toLowerCase()) &&
          !/^(select|with|case)$/i.test(text),
      ),
    caught: ["select a as row from t", "select 1 as start", "select 1 from t as organization"],
    passed: ['select a as "ROW" from t', "create view v as select 1", "select cast(a as date)"],
  },
  {
    name: "long names",
    why: "a name has at most 255 characters",
    find: matching(
      ({ kind, text }) => (kind === "word" && text.length > 255) || (kind === "quoted" && text.length > 257),
    ),
    caught: [`select ${"a".repeat(256)}`, `select "${"A".repeat(256)}"`],
    passed: [`select "${"A".repeat(255)}"`],
  },
  {
    name: "numbers of DuckDB",
    why: "a number has neither underscores nor a prefix",
    find: matching(({ kind, text }) => kind === "number" && (/_/.test(text) || /^0[xbo]/i.test(text))),
    caught: ["select 1_000", "select 0xff"],
    passed: ["select 1000, 1.5e3"],
  },
  {
    name: "texts with a prefix",
    why: "only x'…' is a text with a letter before it",
    find: matching(({ kind, text }) => kind === "string" && /^[ebn]/i.test(text)),
    caught: ["select e'a'"],
    passed: ["select x'00'"],
  },
  {
    name: "lower-case variables",
    why: "getvariable finds a variable only by its name in upper case",
    find: calls(["getvariable"], ([name]) => /[a-z]/.test(name?.[0]?.text ?? "")),
    caught: ["select getvariable('medform_run_id')"],
    passed: ["select getvariable('MEDFORM_RUN_ID')"],
  },
];
