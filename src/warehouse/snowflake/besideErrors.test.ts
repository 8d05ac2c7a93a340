import { expect, it } from "vitest";
import { ProblemError } from "../../graph/index.js";
import { EngineError } from "../engineError.js";
import { underOwnNames } from "./besideErrors.js";

it("says relations' own names, and the place in the text as it was compiled", () => {
  const error = new EngineError(
    { code: "engine-catalog", message: 'column X does not exist in "A$medform_c7" (line 2)' },
    {
      sql: 'select a\nfrom "S"."A$medform_c7" where X = 1',
      line: 2,
      column: 31,
      message: 'column X does not exist in "A$medform_c7"',
    },
  );
  const told = underOwnNames(error);
  expect(told).toBeInstanceOf(EngineError);
  expect((told as EngineError).message).toBe('column X does not exist in "A" (line 2)');
  expect((told as EngineError).place).toEqual({
    sql: 'select a\nfrom "S"."A" where X = 1',
    line: 2,
    column: 20,
    message: 'column X does not exist in "A"',
  });
});

it("leaves everything else as it is", () => {
  for (const error of [
    new Error("A$medform_c7"),
    new ProblemError({ code: "c", message: "m" }),
    new EngineError({ code: "c", message: "m" }, { sql: "select x", line: 1, message: "m" }),
  ])
    expect(underOwnNames(error)).toBe(error);
});
