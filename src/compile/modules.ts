/** A CommonJS loader for project code: `require` as the Dataform CLI resolves it, SQLX translated by core on the way in. */
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Realm } from "./sandbox.js";
import { compileModule } from "./syntax.js";

interface Module {
  readonly id: string;
  exports: unknown;
  loaded: boolean;
}

export interface LoaderOptions {
  readonly projectDir: string;
  readonly coreFile: string;
  /** Core's translation of SQLX, which knows a file by the end of its name. */
  translate(code: string, file: string): string;
  /** Around the evaluation of one file of the project. */
  around(file: string, evaluate: () => void): void;
}

const extensions = [".js", ".sql", ".sqlx", ".json"];

export class Loader {
  private readonly cache = new Map<string, Module>();
  /** Files of the project whose evaluation has begun and not ended, innermost last; a stop leaves them here. */
  readonly evaluating: string[] = [];

  constructor(
    private readonly realm: Realm,
    private readonly options: LoaderOptions,
  ) {}

  /** `require` as the file sees it. */
  requireFrom(file: string): (id: string) => unknown {
    const require = (id: string): unknown => this.require(id, file);
    return Object.assign(require, { resolve: (id: string) => this.resolve(id, file) });
  }

  private require(id: string, from: string): unknown {
    if (id === "path" || id === "node:path") return path;
    return this.load(this.resolve(id, from));
  }

  /** The exports of a file, evaluated unless it was before. */
  load(file: string): unknown {
    const cached = this.cache.get(file);
    if (cached) return cached.exports;
    const module = this.newModule(file);
    this.cache.set(file, module);
    try {
      this.evaluate(module, file);
      module.loaded = true;
    } catch (error) {
      // A module that failed is evaluated, and reported, again where it is required again.
      this.cache.delete(file);
      throw error;
    }
    return module.exports;
  }

  private newModule(file: string): Module {
    const module = this.realm.newObject() as unknown as Module;
    return Object.assign(module, { id: file, filename: file, loaded: false, exports: this.realm.newObject() });
  }

  private evaluate(module: Module, file: string): void {
    const source = readFileSync(file, "utf8");
    if (file.endsWith(".json")) {
      module.exports = this.realm.JSON.parse(source);
      return;
    }
    const run = (code: string) => {
      const body = compileModule(code, file, this.realm);
      body.call(module.exports, module.exports, this.requireFrom(file), module, file, path.dirname(file));
    };
    if (file === this.options.coreFile) {
      run(source);
      return;
    }
    this.evaluating.push(file);
    try {
      this.options.around(file, () => run(this.options.translate(withoutShebang(source), file)));
    } finally {
      this.evaluating.pop();
    }
  }

  private resolve(id: string, from: string): string {
    const found = this.find(id, path.dirname(from));
    if (found) return found;
    throw Object.assign(new this.realm.Error(`Cannot find module '${id}'`), { code: "ENOTFOUND" });
  }

  private find(id: string, dir: string): string | undefined {
    if (id === "@dataform/core") return this.options.coreFile;
    if (path.isAbsolute(id)) return this.inside(fileOrIndex(id));
    if (/^\.\.?(?:\/|$)/.test(id)) return this.inside(fileOrIndex(path.join(dir, id)));
    return this.packageFile(id, dir) ?? this.inside(fileOrIndex(path.join(this.options.projectDir, id)));
  }

  private inside(file: string | undefined): string | undefined {
    return file?.startsWith(this.options.projectDir + path.sep) ? file : undefined;
  }

  private packageFile(id: string, dir: string): string | undefined {
    if (!isDirectory(path.join(this.options.projectDir, "node_modules"))) return undefined;
    try {
      const file = createRequire(path.join(dir, "x.js")).resolve(id);
      return path.isAbsolute(file) ? file : undefined;
    } catch {
      return undefined;
    }
  }
}

function fileOrIndex(base: string): string | undefined {
  return withExtension(base) ?? withExtension(path.join(base, "index"));
}

function withExtension(base: string): string | undefined {
  return ["", ...extensions].map((extension) => base + extension).find(isFile);
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function withoutShebang(source: string): string {
  return source.startsWith("#!") ? `//${source.slice(2)}` : source;
}
