/** Each entry of the deny list is caught, and what only looks like it is not. */
import { describe, expect, it } from "vitest";
import { denials, denied } from "./deny/index.js";
import { read } from "./deny/match.js";
import type { Statement } from "./statements.js";

describe.each(denials.map((denial) => [denial.name, denial] as const))("%s", (_, { find, caught, passed = [] }) => {
  it.each(caught.map((sql) => [sql]))("is found in %s", (sql) => {
    expect(find(read(sql)).length).toBe(1);
  });
  it.each(passed.map((sql) => [sql]))("is not found in %s", (sql) => {
    expect(find(read(sql))).toEqual([]);
  });
});

describe("the deny list", () => {
  const statement: Statement = {
    name: "SILVER.X query",
    file: "definitions/silver/patient_xref.sqlx",
    sql: "select a\nfrom t\norder by a desc",
    of: "project",
  };

  it("has a name for each entry, and a text in which it is caught", () => {
    expect(new Set(denials.map(({ name }) => name)).size).toBe(denials.length);
    expect(denials.filter(({ caught }) => caught.length === 0)).toEqual([]);
  });

  it("says statement, file and line", () => {
    expect(denied(statement)).toEqual([
      expect.stringMatching(/^definitions\/silver\/patient_xref\.sqlx: SILVER\.X query, line 3: desc: /),
    ]);
  });

  it("says the line of the source where it can tell", () => {
    const sql =
      "select\n  patient_key,\n  tenant_id,\n  cast(null as timestamp) as valid_from,\n  cast(null as timestamp) as valid_to";
    expect(denied({ ...statement, sql })[0]).toMatch(
      /^definitions\/silver\/patient_xref\.sqlx(:\d+)?: .* line 4: timestamp: /,
    );
  });

  it("holds templates to the grammar only: Snowflake alone reads them", () => {
    expect(denied({ ...statement, of: "template" })).toEqual([]);
    expect(denied({ ...statement, of: "template", sql: "select 7 // 2" })).toHaveLength(1);
  });
});
