/** Which files make up a project, in the order in which Dataform takes them. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface ProjectFiles {
  /** Top level of `includes/` only. Relative to the project, forward slashes. */
  readonly includes: readonly string[];
  readonly definitions: readonly string[];
  readonly assertions: readonly string[];
}

const order = new Intl.Collator().compare;

/** `legacy`: also `.sql` files and the folder `models/`, as before Dataform 2.0.4. */
export function projectFiles(projectDir: string, legacy: boolean): ProjectFiles {
  const code = legacy ? /\.(?:js|sql|sqlx)$/ : /\.(?:js|sqlx)$/;
  const under = (folder: string, pattern: RegExp) =>
    walk(projectDir, folder)
      .filter((file) => pattern.test(file))
      .sort(order);
  return {
    includes: under("includes", /\.js$/).filter((file) => file.split("/").length === 2),
    definitions: [...under("definitions", code), ...(legacy ? under("models", code) : [])],
    assertions: under("assertions", code),
  };
}

function walk(projectDir: string, folder: string): string[] {
  const path = join(projectDir, folder);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith("."))
    .flatMap((entry) => {
      const inner = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(projectDir, inner);
      if (entry.isFile()) return [inner];
      return entry.isSymbolicLink() && statSync(join(projectDir, inner), { throwIfNoEntry: false })?.isFile()
        ? [inner]
        : [];
    });
}
