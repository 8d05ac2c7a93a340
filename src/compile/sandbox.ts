/** The realm that a project's code runs in: the language, a console that never reaches stdout, and little else. */
import { Console } from "node:console";
import { Writable } from "node:stream";
import vm from "node:vm";

/** The parts of the realm that the host makes values with, so that project code sees values of its own realm. */
export interface Realm {
  readonly context: vm.Context;
  readonly global: Record<string, unknown>;
  readonly Error: ErrorConstructor;
  readonly SyntaxError: SyntaxErrorConstructor;
  readonly JSON: JSON;
  newObject(): Record<string, unknown>;
}

/**
 * Makes a fresh realm. `entry` is the name of the script that evaluation starts from: to code that inspects the stack, as
 * core does to learn which file declares an action, nothing lies beneath it.
 *
 * @param print receives what project code writes to its console.
 */
export function makeRealm(entry: string, print: (text: string) => void): Realm {
  // Promises of project code run inside the time limit, never in the host's queue.
  const context = vm.createContext({}, { microtaskMode: "afterEvaluate" });
  const parts = vm.runInContext(
    "({ global: globalThis, Error, SyntaxError, JSON, newObject: () => ({}) })",
    context,
  ) as Omit<Realm, "context">;
  Object.assign(parts.global, { global: parts.global, console: consoleFor(print), process: processFor(), ...quiet });
  vm.runInContext(hideHostFrames, context)(entry);
  return { context, ...parts };
}

const hideHostFrames = `(entry) => {
  Error.stackTraceLimit = 50;
  let prepare, wrapped;
  Object.defineProperty(Error, "prepareStackTrace", {
    configurable: true,
    get: () => wrapped,
    set: (value) => {
      if (value === wrapped) return;
      prepare = value;
      wrapped = typeof value !== "function" ? value : (error, frames) => {
        const last = frames.findLastIndex((frame) => frame.getFileName() === entry);
        return prepare(error, last < 0 ? frames : frames.slice(0, last + 1));
      };
    },
  });
}`;

function consoleFor(print: (text: string) => void): Console {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      print(String(chunk));
      done();
    },
  });
  return new Console({ stdout: sink, stderr: sink });
}

/** As much of `process` as the Dataform CLI shows; its environment is empty, so that a graph depends on files alone. */
function processFor() {
  const { version, versions, arch, platform } = process;
  const argv: string[] = [];
  return { argv, env: {}, version, versions, arch, platform, nextTick: () => undefined, cwd: () => process.cwd() };
}

// Compilation ends with the last synchronous statement, so a timer never fires; the CLI ends its process there.
const timer = () => ({});
const quiet = {
  setTimeout: timer,
  setInterval: timer,
  setImmediate: timer,
  clearTimeout: () => undefined,
  clearInterval: () => undefined,
  clearImmediate: () => undefined,
  Buffer,
  URL,
  URLSearchParams,
};
