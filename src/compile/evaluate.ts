/** Evaluates a project as core's `main` does, without its protobuf round trip, and inside a time limit. */
import { join, relative, resolve, sep } from "node:path";
import vm from "node:vm";
import { type CompiledGraph, type Problem, ProblemError } from "../graph/index.js";
import type { ConfigOverrides } from "../project/index.js";
import { locateCore } from "./core.js";
import type { CoreBundle, Session } from "./coreTypes.js";
import { registerDuckdb, withSnowflakeChecks } from "./duckdb.js";
import { withQuickChecks } from "./faster.js";
import { type ProjectFiles, projectFiles } from "./files.js";
import { guardProblems } from "./guards.js";
import { Loader } from "./modules.js";
import { compilationProblems } from "./problems.js";
import { makeRealm } from "./sandbox.js";
import { shimProblems } from "./shim.js";
import { tagProblems } from "./tags.js";
import { displacedProblems, displacedTests, type UnitTestDetails, unitTestDetails } from "./unitTests.js";

export interface EvaluateOptions {
  readonly projectDir: string;
  readonly overrides?: ConfigOverrides;
  /** Milliseconds; 60,000 unless told. */
  readonly timeoutMs?: number;
  /** Receives what project code prints; it goes to stderr unless told. */
  readonly print?: (text: string) => void;
}

export interface Evaluated {
  /** In the JSON form of `dataform compile --json`; its objects belong to the project's realm. */
  readonly compiled: CompiledGraph;
  /**
   * Core's errors in their order, then those of our own: a severity on a table, two unit tests of one name, files of
   * `assertions/` that nothing requires.
   */
  readonly problems: readonly Problem[];
  /** What core's form of a unit test does not say. */
  readonly unitTests: readonly UnitTestDetails[];
}

/**
 * Compiles, as JSON form only. The project's dataform.json was validated before.
 *
 * @throws ProblemError `compile-timeout`, `compile-failed`, and those of `locateCore`.
 */
export function evaluate(options: EvaluateOptions): Evaluated {
  const projectDir = resolve(options.projectDir);
  const core = locateCore(projectDir);
  const files = projectFiles(projectDir, core.legacy);
  const entry = join(projectDir, "index.js");
  const realm = makeRealm(entry, options.print ?? ((text) => process.stderr.write(text)));
  const project = (file: string) => relative(projectDir, file).split(sep).join("/");
  let bundle: CoreBundle | undefined;
  /** The file whose action core compiles, once evaluation is over. */
  let compiling: string | undefined;
  const evaluated = new Set<string>();
  const attributed = new WeakSet<object>();

  const translate = (code: string, file: string) => (bundle ? bundle.compiler(code, file) : code);

  const loader = new Loader(realm, {
    projectDir,
    coreFile: core.file,
    translate,
    around(file, run) {
      const name = project(file);
      evaluated.add(name);
      if (!name.startsWith("assertions/") || !bundle) return run();
      const { session } = bundle;
      const before = declared(session);
      try {
        run();
      } finally {
        attribute(declared(session), before, name, attributed);
      }
    },
  });

  const main = () => {
    const require = loader.requireFrom(entry);
    const original = require("./dataform.json") as Record<string, unknown>;
    if (!original.defaultDatabase) original.defaultDatabase = original.gcloudProjectId;
    delete original.gcloudProjectId;
    const { vars, ...overrides } = options.overrides ?? {};
    const config = { ...original, ...overrides, vars: { ...(original.vars as object), ...vars } };
    bundle = require("@dataform/core") as CoreBundle;
    registerDuckdb(bundle);
    const { session } = bundle;
    session.init(projectDir, config, original, core.legacy);
    withSnowflakeChecks(session);
    withQuickChecks(session);
    const displaced = displacedTests(session);
    const load = (file: string) => loader.load(join(projectDir, file));
    evaluateFiles(files, session, realm.global, load, core.legacy);
    const chunk = session.compileGraphChunk.bind(session);
    session.compileGraphChunk = (actions, verify) =>
      chunk(
        tracked(actions, (action) => {
          compiling = action.proto.fileName;
        }),
        verify,
      );
    const graph = session.compile().toJSON();
    for (const error of graph.graphErrors?.compilationErrors ?? []) hideHost(error, entry);
    return { compiled: graph, unitTests: unitTestDetails(session, projectDir), displaced };
  };

  const { compiled, unitTests, displaced } = limited(main, realm.context, entry, options.timeoutMs ?? 60_000, () => {
    const innermost = loader.evaluating.at(-1);
    return innermost ? project(innermost) : compiling;
  });
  const errors = compiled.graphErrors?.compilationErrors ?? [];
  const problems = [
    ...compilationProblems(errors, { projectDir, coreFile: core.file, translate }),
    ...tagProblems(compiled, projectDir),
    ...guardProblems(compiled),
    ...displacedProblems(displaced, projectDir),
    ...shimProblems(files.assertions, evaluated, projectDir),
  ];
  return { compiled, problems, unitTests };
}

/** In the order and with the visibility of core's `main`; an error of a file is recorded and the next file follows. */
function evaluateFiles(
  files: ProjectFiles,
  session: Session,
  global: Record<string, unknown>,
  load: (file: string) => unknown,
  legacy: boolean,
): void {
  global.dataform = session;
  const attempt = (file: string, use: (exports: unknown) => void) => {
    try {
      use(load(file));
    } catch (error) {
      session.compileError(error as Error, file);
    }
  };
  const includes: Record<string, unknown> = {};
  for (const file of files.includes) {
    attempt(file, (exports) => {
      (legacy ? global : includes)[(file.split("/")[1] ?? "").split(".")[0] ?? ""] = exports;
    });
  }
  Object.assign(global, includes, {
    publish: session.publish.bind(session),
    operate: session.operate.bind(session),
    assert: session.assert.bind(session),
    declare: session.declare.bind(session),
    test: session.test.bind(session),
  });
  for (const file of files.definitions) attempt(file, () => undefined);
}

/** A stack trace begins with the project: what lies beneath the entry is ours. */
function hideHost(error: { stack?: string }, entry: string): void {
  const lines = error.stack?.split("\n") ?? [];
  const last = lines.findLastIndex((line) => line.includes(`${entry}:`));
  if (last >= 0) error.stack = lines.slice(0, last).join("\n");
}

type Declared = readonly { fileName?: string }[];

/** Everything that carries a file name so far: actions, tests, errors. */
function declared(session: Session): Declared {
  return [
    ...session.actions.map((action) => action.proto),
    ...Object.values(session.tests).map((test) => test.proto),
    ...session.graphErrors.compilationErrors,
  ];
}

/** What a file of `assertions/` declared is its own, not the requiring file's; the innermost file comes first. */
function attribute(after: Declared, before: Declared, file: string, done: WeakSet<object>): void {
  const known = new Set<object>(before);
  for (const item of after) {
    if (known.has(item) || done.has(item)) continue;
    item.fileName = file;
    done.add(item);
  }
}

function tracked<T>(items: readonly T[], notice: (item: T) => void): readonly T[] {
  const visit = (use: (item: T) => void) =>
    items.forEach((item) => {
      notice(item);
      use(item);
    });
  return { forEach: visit } as unknown as readonly T[];
}

/** Runs `main` from a script of the realm, so that the watchdog also ends loops and regular expressions of project code. */
function limited<T>(
  main: () => T,
  context: vm.Context,
  entry: string,
  timeoutMs: number,
  where: () => string | undefined,
): T {
  const start = new vm.Script("medformMain()", { filename: entry });
  const outcome: { value?: { readonly result: T } } = {};
  context.medformMain = () => {
    delete context.medformMain;
    outcome.value = { result: main() };
  };
  const handlers = withoutSignalHandlers();
  try {
    start.runInContext(context, { timeout: timeoutMs });
  } catch (error) {
    throw fatal(error, timeoutMs, where());
  } finally {
    handlers.restore();
  }
  if (!outcome.value) throw new Error("The project's evaluation ended without a result.");
  return outcome.value.result;
}

/** A handler runs between tasks only; without one a signal ends the process at once, and nothing is open yet. */
function withoutSignalHandlers(): { restore(): void } {
  const signals = (["SIGINT", "SIGTERM"] as const).map((name) => ({ name, listeners: process.rawListeners(name) }));
  for (const { name } of signals) process.removeAllListeners(name);
  return {
    restore: () => {
      for (const { name, listeners } of signals) {
        for (const listener of listeners) process.on(name, listener as () => void);
      }
    },
  };
}

function fatal(error: unknown, timeoutMs: number, file: string | undefined): ProblemError {
  const at = file ? { at: { file } } : {};
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
    return new ProblemError({
      code: "compile-timeout",
      message: `${file ?? "The project"} was still being evaluated after ${timeoutMs / 1000} s; evaluation was stopped.`,
      ...at,
      hint: "Look for a loop that does not end. A project that needs longer: --timeout SECONDS.",
    });
  }
  if (error instanceof ProblemError) return error;
  return new ProblemError({ code: "compile-failed", message: (error as Error).message, ...at });
}
