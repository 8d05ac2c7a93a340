import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toSource } from "./sourceMap.js";

const { compiler } = createRequire(import.meta.url)("@dataform/core") as {
  compiler(code: string, file: string): string;
};

/** Lines that core changes on their way (quotes, backslashes, comments), repeats, or could take for one another. */
const sqlLine = fc.constantFrom(
  "",
  "  a,",
  "  a,",
  "select 'it''s' as b",
  "  'a \\\\ backslash' as c,",
  `  -- a comment with \`ticks\` and \${nothing}`,
  "  /* and",
  "     more */",
  `  \${column(1)} as d,`,
  '  "Quoted" as e,',
  `from \${ref('x')}`,
);
const jsLine = fc.constantFrom("", "  const a = 1;", `  function column(n) { return \`c\${n}\`; }`, "  // a note");
const sqlx = fc
  .record({
    js: fc.array(jsLine, { maxLength: 4 }),
    sql: fc.array(sqlLine, { minLength: 1, maxLength: 8 }),
    pre: fc.option(fc.array(sqlLine, { minLength: 1, maxLength: 4 })),
    after: fc.array(sqlLine, { maxLength: 6 }),
    indent: fc.constantFrom("", "  "),
  })
  .map(({ js, sql, pre, after, indent }) =>
    [
      'config {\n  type: "incremental",\n  tags: ["a"]\n}\n',
      js.length > 0 ? `js {\n${js.join("\n")}\n}\n` : "",
      `${[...sql, `${indent}\${MARK} as marked,`, ...after].join("\n")}\n`,
      pre ? `pre_operations {\n${pre.filter((line) => !/^ +(?:\/\*|more|a,)/.test(line)).join("\n")}\n}\n` : "",
    ].join("\n"),
  )
  // A comment that is opened and not closed swallows the rest, marks included.
  .filter(
    (text) => text.split("/*").length === text.split("*/").length && /\/\* and\n(?! {5}more)/.test(text) === false,
  );

describe("toSource", () => {
  test("finds the place of an expression in SQL wherever core put it", () => {
    fc.assert(
      fc.property(sqlx, (text) => {
        const generated = compiler(text, "/p/definitions/a.sqlx");
        const place = placeOf(generated, "MARK");
        expect(toSource(generated, text, place)).toEqual(placeOf(text, "MARK"));
      }),
      { numRuns: 200 },
    );
  });

  test("says nothing of core's own lines", () => {
    const text = 'config { type: "table" }\nselect 1';
    const generated = compiler(text, "/p/definitions/a.sqlx");
    const line = generated.split("\n").findIndex((each) => each.includes("incrementalWhereContextable")) + 1;
    expect(toSource(generated, text, { line, column: 3 })).toBeUndefined();
    expect(toSource(generated, text, { line: 10_000, column: 1 })).toBeUndefined();
  });

  test("tells lines that read alike apart by their neighbours", () => {
    const text = `config { type: 'table' }\nselect\n  f(\${x}),\n  g(1),\n  f(\${x}),\n  h(2)\nfrom y`;
    const generated = compiler(text, "/p/definitions/a.sqlx");
    const lines = generated.split("\n").flatMap((each, index) => (each === `  f(\${x}),` ? [index + 1] : []));
    expect(lines.map((line) => toSource(generated, text, { line, column: 5 })?.line)).toEqual([3, 5]);
  });
});

function placeOf(text: string, word: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(word));
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
