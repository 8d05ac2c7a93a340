import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, mentions, metadataFingerprint, ownFingerprint, sameAction } from "./fingerprint.js";
import { plainRelation } from "./plain.js";
import { statements, tokenize } from "./tokens.js";
import type { Relation } from "./types.js";

const table = (query: string, change: Partial<Relation> = {}): Relation => ({
  kind: "table",
  target: { schema: "S", name: "T" },
  fileName: "definitions/t.sqlx",
  tags: [],
  disabled: false,
  dependencies: [],
  columns: [],
  query,
  ...plainRelation,
  ...change,
});
const of = (query: string, change?: Partial<Relation>, engine = "duckdb") =>
  ownFingerprint(table(query, change), engine);
const cut = (sql: string, engine = "duckdb") => tokenize(sql, engine).map((token) => token.text);

describe("tokenize", () => {
  it.each<[string, string, readonly string[]]>([
    ["select 'it''s' -- no\n, \"a\"\"b\"", "duckdb", ["select", "'it''s'", ",", '"a""b"']],
    ["1 /* a /* b */ c */ + 1", "duckdb", ["1", "+", "1"]],
    ["1 /* a /* b */ + 1", "snowflake", ["1", "+", "1"]],
    ["'\\' -- x\n'", "duckdb", ["'\\'", "'"]],
    ["'\\' -- x\n'", "snowflake", ["'\\' -- x\n'"]],
    ["e'it\\'s' x", "duckdb", ["e'it\\'s'", "x"]],
    ["$$ -- a $$ $t$b $$ c$t$ $1", "duckdb", ["$$ -- a $$", "$t$b $$ c$t$", "$", "1"]],
    ["7//2", "duckdb", ["7", "//", "2"]],
    ["7//2", "snowflake", ["7"]],
    ["a<=b", "duckdb", ["a", "<=", "b"]],
    ["a::int[1.5e-3] . x$1", "duckdb", ["a", "::", "int", "[", "1.5e-3", "]", ".", "x$1"]],
    ["a+--b\n-1", "duckdb", ["a", "+", "-", "1"]],
    ["größe/*x", "duckdb", ["größe"]],
  ])("cuts %j for %s", (sql, engine, expected) => {
    expect(cut(sql, engine)).toEqual(expected);
  });

  it("knows statements by their semicolons", () => {
    const list = statements(tokenize("select ';'; -- x;\n; delete from t", "duckdb"));
    expect(list.map((statement) => statement.map((token) => token.text))).toEqual([
      ["select", "';'"],
      ["delete", "from", "t"],
    ]);
  });
});

const token = fc.constantFrom(
  ...[
    "select",
    "x",
    "Y",
    '"q ""-- x"',
    "'it''s /* no */'",
    "$$ -- $$",
    "12",
    "1.5",
    "<=",
    "+",
    "(",
    ")",
    ",",
    ".",
    "--",
  ],
);
const code = fc.array(
  token.filter((text) => text !== "--"),
  { minLength: 1, maxLength: 12 },
);
const gap = fc.constantFrom(" ", "\n", "\t ", " -- a 'comment\n", ' /* another " $$ */ ', " /* nested /* one */ */ ");

describe("the build fingerprint", () => {
  it("does not change with comments and whitespace", () => {
    const written = code.chain((tokens) =>
      fc.tuple(
        fc.constant(tokens),
        fc.array(gap, { minLength: tokens.length, maxLength: tokens.length }),
        fc.array(gap, { minLength: tokens.length, maxLength: tokens.length }),
      ),
    );
    const join = (tokens: readonly string[], gaps: readonly string[]) =>
      tokens.map((text, i) => text + gaps[i]).join("");
    fc.assert(fc.property(written, ([tokens, a, b]) => of(join(tokens, a)) === of(join(tokens, b))));
  });

  it("changes with every token", () => {
    fc.assert(
      fc.property(code, code, (a, b) => (of(a.join(" ")) === of(b.join(" "))) === (a.join("\0") === b.join("\0"))),
    );
  });

  it("changes with whatever changes the build, and with nothing that is for people", () => {
    const plain = of("select 1");
    const changes: readonly Partial<Relation>[] = [
      { kind: "view" },
      { kind: "incremental", incrementalQuery: "select 2" },
      { uniqueKey: ["A"] },
      { clusterBy: ["A"] },
      { transient: true },
      { secure: true },
      { materialized: true },
      { preOps: ["select 2"] },
      { postOps: ["select 2"] },
      { incrementalPreOps: ["select 2"] },
      { incrementalPostOps: ["select 2"] },
    ];
    const all = [plain, ...changes.map((change) => of("select 1", change))];
    expect(new Set(all).size).toBe(all.length);
    const words: Partial<Relation> = {
      description: "d",
      tags: ["daily"],
      columns: [{ path: ["A"], description: "a", tags: [] }],
      fileName: "elsewhere.sqlx",
    };
    expect(of("select 1", words)).toBe(plain);
    expect(metadataFingerprint(table("select 1", words))).not.toBe(metadataFingerprint(table("select 1")));
  });

  it("covers what is above, in any order, and still tells the action's own change from it", () => {
    const own = of("select 1");
    const built = fingerprint(own, { A: "1", B: "2" });
    expect(built).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint(own, { B: "2", A: "1" })).toBe(built);
    expect(fingerprint(own, { A: "1", B: "3" })).not.toBe(built);
    expect(sameAction(built, fingerprint(own, { A: "1", B: "3" }))).toBe(true);
    expect(sameAction(built, fingerprint(of("select 2"), { A: "1", B: "2" }))).toBe(false);
  });
});

describe("mentions", () => {
  it("finds a variable in code, not in a comment", () => {
    expect(mentions(table("select getvariable('medform_as_of')"), "MEDFORM_AS_OF", "duckdb")).toBe(true);
    expect(mentions(table("select 1 -- getvariable('MEDFORM_AS_OF')"), "MEDFORM_AS_OF", "duckdb")).toBe(false);
    expect(mentions(table("select 1", { postOps: ["select 'MEDFORM_AS_OF'"] }), "MEDFORM_AS_OF", "duckdb")).toBe(true);
  });
});
