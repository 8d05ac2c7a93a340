/**
 * Snowflake's SQL that a parser does not know, by exact construct. It is said in words that the parser knows, so that all
 * around it is read; a statement of which nothing remains is read by the other parser, or by nobody but the golden. Each
 * must be needed: where the parser has learned it, the test says so.
 */
export interface Exception {
  readonly parser: "sqlparser" | "polyglot";
  readonly construct: RegExp;
  readonly instead: string;
  readonly why: string;
}

const documented = (command: string) => `documented at https://docs.snowflake.com/en/sql-reference/sql/${command}`;

export const exceptions: readonly Exception[] = [
  {
    parser: "sqlparser",
    construct: /^(create( or replace)?|alter|drop) task [\s\S]*$/,
    instead: "",
    why: `it knows no tasks; ${documented("create-task")}`,
  },
  {
    parser: "polyglot",
    construct: /\nexecute job service\n[\s\S]*$/,
    instead: "\nselect 1",
    why: `it knows no job services; ${documented("execute-job-service")}`,
  },
  {
    parser: "sqlparser",
    construct: /^unset \([^)]*\)$/,
    instead: "",
    why: `it knows no UNSET; ${documented("unset")}`,
  },
  {
    parser: "sqlparser",
    construct: /^create or replace temporary file format [\s\S]*$/,
    instead: "",
    why: `it knows no file formats; ${documented("create-file-format")}`,
  },
  ...(["sqlparser", "polyglot"] as const).map((parser) => ({
    parser,
    construct: /^desc stage [^\n]*$/,
    instead: "",
    why: `it knows no stages to describe; ${documented("desc-stage")}`,
  })),
  {
    parser: "polyglot",
    construct: /^show grants on [^\n]*$/,
    instead: "",
    why: `it knows no grants of one relation; ${documented("show-grants")}`,
  },
  {
    parser: "polyglot",
    construct: / to database role ("[^"]+")\."[^\n]*" with grant option$/,
    instead: " to role $1 with grant option",
    why: `it knows no database roles; ${documented("grant-privilege")}`,
  },
  {
    parser: "sqlparser",
    construct: /^put '[^\n]*$/,
    instead: "",
    why: `it knows no PUT; ${documented("put")}`,
  },
  {
    parser: "sqlparser",
    construct: /\$1\[\d+\]::\w+(?:\(38, 0\))?/g,
    instead: "$$1",
    why: `it knows neither places of a list nor their casts where COPY reads a file; ${documented("copy-into-table")}`,
  },
  {
    parser: "sqlparser",
    construct: /^begin name \w+$/,
    instead: "begin",
    why: `it knows no names of transactions; ${documented("begin")}`,
  },
  {
    parser: "polyglot",
    construct: / with masking policy "[^ ]+"(?: using \([^)]*\))?/g,
    instead: "",
    why: `it knows no masking policies; ${documented("create-table")}`,
  },
  {
    parser: "polyglot",
    construct: /^(create or replace view [^\n]*) with row access policy "[^ ]+" on \([^)]*\) as$/m,
    instead: "$1 as",
    why: `it knows row access policies of tables only; ${documented("create-view")}`,
  },
  {
    parser: "sqlparser",
    construct: /^(create or replace view [^\n]*) with row access policy "[^ ]+" on \([^)]*\) as$/m,
    instead: "$1 as",
    why: `it knows row access policies of tables only; ${documented("create-view")}`,
  },
  ...(["sqlparser", "polyglot"] as const).map((parser) => ({
    parser,
    construct: /^(alter table \S+ alter column \S+) set masking policy "[^ ]+" force$/,
    instead: "$1 drop not null",
    why: `it knows no masking policies; ${documented("alter-table")}`,
  })),
  {
    parser: "sqlparser",
    construct: /^alter table (\S+)(?: drop row access policy "[^ ]+",)? add row access policy "[^ ]+" on \([^)]*\)$/,
    instead: "alter table $1 drop column C",
    why: `it knows no row access policies of a table that is there; ${documented("alter-table")}`,
  },
  {
    parser: "sqlparser",
    construct: /^(create or replace secure view [^\n]*\)) copy grants/,
    instead: "$1",
    why: `it knows COPY GRANTS of tables only; ${documented("create-view")}`,
  },
  {
    parser: "sqlparser",
    construct: /^(create or replace materialized view [^\n]*) cluster by \([^)]*\) as$/m,
    instead: "$1 as",
    why: `it knows CLUSTER BY of a view only before its comment; ${documented("create-materialized-view")}`,
  },
  {
    parser: "sqlparser",
    construct: /^alter view (\S+) rename to/,
    instead: "alter table $1 rename to",
    why: `it knows only ALTER TABLE to rename; ${documented("alter-view")}`,
  },
  {
    parser: "sqlparser",
    construct: /^alter materialized view (\S+) set comment =/,
    instead: "comment on table $1 is",
    why: `it knows no ALTER MATERIALIZED VIEW; ${documented("alter-materialized-view")}`,
  },
  {
    parser: "sqlparser",
    construct: /^(alter table \S+ alter column \S+) comment '.*'$/,
    instead: "$1 set not null",
    why: `it knows no comment there; ${documented("alter-table-column")}`,
  },
  {
    parser: "polyglot",
    construct: /( cluster by \([^()]*)to_date\((\w+)\)/,
    instead: "$1$2",
    why: `it knows columns only as clustering keys; ${documented("create-table")}`,
  },
  {
    parser: "polyglot",
    construct: /( (?:like|clone) \S+) copy grants$/,
    instead: "$1",
    why: `it knows no COPY GRANTS after LIKE and CLONE; ${documented("create-table")}`,
  },
  {
    parser: "polyglot",
    construct: /^(create or replace(?: transient)? table [^\n]*\)) copy grants( comment = '.*')?$/,
    instead: "$1",
    why: `it knows COPY GRANTS of views only, and no comment after CLUSTER BY; ${documented("create-table")}`,
  },
  {
    parser: "polyglot",
    construct:
      /^create or replace materialized view (\S+) copy grants (\([^\n]*\)) comment = ([^\n]*) cluster by \([^)]*\) as$/m,
    instead: "create or replace view $1 $2 copy grants comment = $3 as",
    why: `it knows of a materialized view neither COPY GRANTS nor comments of columns; ${documented("create-materialized-view")}`,
  },
  {
    parser: "polyglot",
    construct: /^(delete from \S+ as t using )(?:"[^"]+"\.)+/,
    instead: "$1",
    why: `it knows only plain names after USING; ${documented("delete")}`,
  },
];

export const exceptionsFor = (sql: string, parser: string): readonly Exception[] =>
  exceptions.filter((each) => each.parser === parser && sql.search(each.construct) >= 0);

/** The statement in words that the parser knows. */
export const said = (sql: string, taken: readonly Exception[]): string =>
  taken.reduce((text, { construct, instead }) => text.replace(construct, instead), sql);
