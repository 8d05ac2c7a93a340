import { expect, it } from "vitest";
import { guardsAsked, guardsOf, namesPolicy } from "./guards.js";

const column = (name: string, ...tags: readonly string[]) => ({ path: [name], tags });

it("masks a column by the nearest variable of its tags", () => {
  const vars = { "masking_policy:phi": "SAFE.PHI_{TYPE}", "masking_policy:phi:name": "SAFE.NAMES", other: "x" };
  const columns = [
    column("last_name", "provenance", "phi:name"),
    column("born", "phi:date"),
    column("told", "phi:name:given"),
    column("sex"),
    column("phial", "phial"),
  ];
  expect(guardsOf(columns, vars)).toEqual({
    masking: { last_name: "SAFE.NAMES", born: "SAFE.PHI_{TYPE}", told: "SAFE.NAMES" },
  });
});

it("guards the rows of what has the column, in whatever case, and nothing else", () => {
  const vars = { "row_access_policy:TENANT_ID": "SAFE.ROWS" };
  expect(guardsOf([column("id"), column("tenant_id")], vars)).toEqual({
    masking: {},
    rowAccess: { column: "tenant_id", policy: "SAFE.ROWS" },
  });
  expect(guardsOf([column("id")], vars)).toBeUndefined();
  expect(guardsOf([{ path: ["tenant_id", "part"], tags: [] }], vars)).toBeUndefined();
});

it("says all that is asked for, though a relation can have one policy for its rows", () => {
  const vars = { "row_access_policy:a": "S.A", "row_access_policy:b": "S.B" };
  expect(guardsAsked([column("b"), column("a")], vars).rowAccess).toEqual([
    { column: "b", policy: "S.B" },
    { column: "a", policy: "S.A" },
  ]);
});

it("knows what is a policy's name", () => {
  const masking = (policy: string) => namesPolicy("masking_policy:x", policy);
  expect(["S.P", "D.S.P", "S.P_{TYPE}"].map(masking)).toEqual([true, true, true]);
  expect(["P", "S.P; drop", "A.B.C.D", 'S."P"', ""].map(masking)).toEqual([false, false, false, false, false]);
  expect(namesPolicy("row_access_policy:x", "S.P_{TYPE}")).toBe(false);
});
