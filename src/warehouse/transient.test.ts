import { describe, expect, it } from "vitest";
import { ProblemError } from "../graph/index.js";
import { isTransient } from "./transient.js";

const problem = (code: string) => ({ code, message: "m" });

describe("what may be repeated", () => {
  it("is a conflict with another transaction, as an error or as a problem", () => {
    expect(isTransient(new ProblemError(problem("conflict")))).toBe(true);
    expect(isTransient(problem("conflict"))).toBe(true);
  });

  it("is a transaction whose session was lost, but not one whose commit may have been carried out", () => {
    expect(isTransient(problem("connection-lost"))).toBe(true);
    for (const code of ["commit-unknown", "outcome-unknown", "snowflake-unreachable", "engine-timeout"]) {
      expect(isTransient(problem(code))).toBe(false);
    }
  });

  it("is nothing else, and nothing that is not known", () => {
    for (const code of ["fenced", "locked", "disk-full", "cancelled", "engine-error", "engine-io", "conflicts", ""]) {
      expect(isTransient(new ProblemError(problem(code)))).toBe(false);
      expect(isTransient(problem(code))).toBe(false);
    }
    const both = new ProblemError([problem("conflict"), problem("engine-io")]);
    const others = [both, new ProblemError([]), Object.assign(new Error("conflict"), { code: "conflict" }), "conflict"];
    for (const error of [...others, undefined, null, { code: "conflict" }]) expect(isTransient(error)).toBe(false);
  });
});
