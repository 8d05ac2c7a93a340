/** Where @dataform/core comes from, and which of its two ways to compile a project asks for. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
// Not the whole of semver, which is fifty files to load.
import lt from "semver/functions/lt.js";
import major from "semver/functions/major.js";
import subset from "semver/ranges/subset.js";
import { ProblemError } from "../graph/index.js";

export interface Core {
  /** The bundle to evaluate. */
  readonly file: string;
  readonly version: string;
  /**
   * Dataform 2.0.4 moved from a generated index file to `main`; the CLI chooses by the range in the project's package.json.
   * The older way shows each include the globals of those before it, compiles `.sql` files and `models/`, and lets a
   * reference to nothing through until dependencies are checked.
   */
  readonly legacy: boolean;
}

/**
 * The project's own copy of @dataform/core 2.x, else medform's. Nothing needs to be installed in the project.
 *
 * @throws ProblemError `core-version` where the project installed another major version.
 */
export function locateCore(projectDir: string): Core {
  const installed = join(projectDir, "node_modules", "@dataform", "core", "package.json");
  if (!existsSync(installed)) {
    const bundle = createRequire(import.meta.url).resolve("@dataform/core");
    return { ...describe(join(dirname(bundle), "package.json")), legacy: false };
  }
  const core = describe(installed);
  if (major(core.version) !== 2 || lt(core.version, "2.0.4")) {
    throw new ProblemError({
      code: "core-version",
      message: `The project has @dataform/core ${core.version} installed; medform compiles with 2.x, from 2.0.4 on.`,
      at: { file: "package.json" },
      hint: 'Say "@dataform/core": "2.9.0" in package.json and install again, or remove it: medform brings its own.',
    });
  }
  return { ...core, legacy: !asksForMain(projectDir) };
}

function describe(packageFile: string): Pick<Core, "file" | "version"> {
  const manifest = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string; main?: string };
  return { file: join(dirname(packageFile), manifest.main ?? "bundle.js"), version: manifest.version };
}

function asksForMain(projectDir: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    return subset(manifest.dependencies?.["@dataform/core"] ?? "*", ">=2.0.4");
  } catch {
    return false;
  }
}
