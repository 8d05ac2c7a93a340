import { describe, expect, it } from "vitest";
import { locateInSource } from "./locate.js";

const source = `config { type: "table" }
js { const x = 1; }
select
  id,
  name,
  \${helper("a", { b: 1 })} as helped, wrong
from \${ref("RAW", "P")} as p
where id > 1 and nmae = '\${x}'
union all
select
  id,
  name,
  other
from \${ref("Q")}`;

const sql = `

select
  id,
  name,
  lower("a") as helped, wrong
from "EHR"."RAW"."P" as p
where id > 1 and nmae = '1'
union all
select
  id,
  name,
  other
from "EHR"."S"."Q"`;

/** The place of a piece of the text that stands there once, or of its `n`th occurrence. */
function placeOf(text: string, piece: string, n = 0) {
  let at = -1;
  for (let i = 0; i <= n; i += 1) at = text.indexOf(piece, at + 1);
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

describe("a place in compiled SQL is found in its file", () => {
  it.each([
    ["other", 0, "other"],
    ["wrong", 0, "wrong"],
    ["nmae", 0, "nmae"],
    ["lower", 0, '${helper("a"'],
    ['"EHR"."RAW"', 0, '${ref("RAW"'],
    ["as p", 0, "as p"],
    ["name", 0, "name"],
    ["name", 1, "name"],
  ])("%s (%i)", (piece, n, wanted) => {
    expect(locateInSource(sql, source, placeOf(sql, piece, n))).toEqual(placeOf(source, wanted, n));
  });

  it("by its line alone, where the column is not known", () => {
    expect(locateInSource(sql, source, { line: placeOf(sql, "nmae").line })).toEqual({
      line: placeOf(source, "nmae").line,
    });
  });

  it("or not at all, where a helper wrote it or two places fit alike", () => {
    expect(locateInSource("select\n  made_by_helper", source, { line: 2, column: 3 })).toBeUndefined();
    expect(locateInSource("  id,", source, { line: 1, column: 3 })).toBeUndefined();
    expect(locateInSource(sql, source, { line: 99 })).toBeUndefined();
  });
});
