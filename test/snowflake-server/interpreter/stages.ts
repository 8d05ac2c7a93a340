/** Stages: folders on this machine, in which the driver puts files itself (its LOCAL_FS). */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { compilation } from "./errors.js";
import { keyOf, namePattern, parseTarget, type Scope, spoken, type Target } from "./target.js";

export interface StageFile {
  /** Under the stage, with `/`. */
  readonly path: string;
  /** On this machine. */
  readonly file: string;
  /** As LIST says it. */
  readonly listed: string;
  /** As METADATA$FILENAME says it. */
  readonly named: string;
}

interface Stage {
  readonly target: Target;
  readonly folder: string;
  /** Of an external one: what stands before the path of each of its files. Empty: internal. */
  readonly url: string;
}

export interface Stages {
  /** `url` of a folder here that is the bucket of an external one, with `/` at its end. @throws SnowflakeError 002002 */
  create(target: Target, options?: { readonly url?: string; readonly ifMissing?: boolean }): void;
  /** @throws SnowflakeError 002003 */
  need(target: Target): Stage;
  /** Those whose path begins as that of the location, `@STAGE/path`, in the order of their names. @throws SnowflakeError */
  files(location: string, scope: Scope): readonly StageFile[];
  /** The folder behind a location, made where it is missing. @throws SnowflakeError */
  folder(location: string, scope: Scope): string;
  close(): void;
}

export function createStages(): Stages {
  const root = mkdtempSync(join(tmpdir(), "medform-stages-"));
  const stages = new Map<string, Stage>();

  const split = (location: string, scope: Scope) => {
    const match = new RegExp(`^@(${namePattern})(?:/([\\s\\S]*))?$`).exec(location);
    if (match === null) throw compilation("001003", "42000", "syntax error: no stage");
    return { stage: all.need(parseTarget(match[1] ?? "", scope)), path: match[2] ?? "" };
  };

  const all: Stages = {
    create(target, { url = "", ifMissing = false } = {}) {
      if (stages.has(keyOf(target))) {
        if (ifMissing) return;
        throw compilation("002002", "42710", `Object '${spoken(target)}' already exists.`);
      }
      const own = join(root, encodeURIComponent(keyOf(target)));
      stages.set(keyOf(target), { target, folder: url === "" ? own : url.replace(/^file:\/\//, ""), url });
    },
    need(target) {
      const stage = stages.get(keyOf(target));
      if (stage !== undefined) return stage;
      throw compilation("002003", "02000", `Stage '${spoken(target)}' does not exist or not authorized.`);
    },
    files(location, scope) {
      const { stage, path: begins } = split(location, scope);
      const { folder, url, target } = stage;
      if (!existsSync(folder)) return [];
      // What is listed of a bucket begins with its address, what a row says of its file does not.
      const bucket = url === "" ? "" : `${basename(url)}/`;
      return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((path) => ({ path: path.split(sep).join("/"), file: join(folder, path) }))
        .filter(({ path, file }) => path.startsWith(begins) && statSync(file).isFile())
        .map(({ path, file }) => ({
          path,
          file,
          listed: `${url === "" ? `${target.name.toLowerCase()}/` : url}${path}`,
          named: `${bucket}${path}`,
        }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    folder(location, scope) {
      const { stage, path } = split(location, scope);
      const folder = resolve(stage.folder, path);
      if (relative(stage.folder, folder).startsWith("..")) throw compilation("001003", "42000", "no path of the stage");
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
  return all;
}
