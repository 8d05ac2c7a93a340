import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sqlHash } from "./sql-hash.js";
import type { Action } from "./types.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

it("is the hash of the compiled text, with the hooks that run around it", () => {
  const hooks = { preOps: [], postOps: [], incrementalPreOps: ["set x = 1"], incrementalPostOps: ["set x = 2"] };
  const table = { kind: "incremental", query: "select 1", incrementalQuery: "select 2", ...hooks } as unknown as Action;
  expect(sqlHash(table)).toBe(sha256("select 1"));
  expect(sqlHash(table, true)).toBe(sha256("set x = 1\n---\nselect 2\n---\nset x = 2"));
  const operation = { kind: "operation", queries: ["a", "b"] } as unknown as Action;
  expect(sqlHash(operation)).toBe(sha256("a\n---\nb"));
});
