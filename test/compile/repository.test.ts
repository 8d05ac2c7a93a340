/** This repository is a Dataform project: the stock CLI compiles the same actions from it, assertions included. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import { stockGraph, withoutStacks } from "./harness.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

test("this repository compiles as the Dataform CLI compiles it", async () => {
  const [oracle, { compiled, problems }] = await Promise.all([
    stockGraph(root),
    compileProject({ projectDir: root, print: () => {} }),
  ]);
  expect(problems).toEqual([]);
  const own = (compiled.assertions ?? []).filter((each) => each.fileName?.startsWith("assertions/"));
  expect(own.length).toBeGreaterThan(0);
  for (const each of own) Object.assign(each, { fileName: "definitions/assertions.js" });
  expect(withoutStacks(compiled)).toEqual(withoutStacks(oracle));
});
