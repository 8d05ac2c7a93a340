/** `assertions/`: the Dataform CLI does not look there, so `definitions/assertions.js` must require each of its files. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../graph/index.js";

const shim = "definitions/assertions.js";

/** A problem for each file that was never evaluated: its rules would silently not exist. */
export function shimProblems(
  files: readonly string[],
  evaluated: ReadonlySet<string>,
  projectDir: string,
): readonly Problem[] {
  return files
    .filter((file) => !evaluated.has(file))
    .map((file) => ({
      code: "assertion-not-required",
      message: `${file} is not required by ${shim}, so none of its assertions exist.`,
      at: { file },
      hint: `${existsSync(join(projectDir, shim)) ? "Add" : `Make ${shim} and add`} the line: require("../${file}");`,
    }));
}
