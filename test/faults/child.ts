/** Starts the built command with one fault in it, and says how it ended and what was struck. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const script = join(import.meta.dirname, "child.mjs");

export const isBuilt = existsSync(resolve(import.meta.dirname, "../../dist/src/cli/program.js"));

/** Statements are counted from 1, those alone whose text matches `matching`, without regard to case. */
interface Where {
  readonly at: number;
  readonly matching?: string;
}

export type Fault =
  | { readonly kind: "none" }
  /** Every statement is told on stderr. */
  | { readonly kind: "trace" }
  /** SIGKILL before the statement; `of: "file"` counts what is done to whole files instead: written, named, linked, copied, removed. */
  | ({ readonly kind: "kill"; readonly of?: "file" } & Where)
  /** The statement, and as many more as `times` says, fail with what an engine would say. */
  | ({ readonly kind: "fail"; readonly message: string; readonly times?: number } & Where)
  | ({ readonly kind: "signal"; readonly signal: "SIGINT" | "SIGTERM" } & Where)
  /** Waits there until a file is made. */
  | ({ readonly kind: "wait"; readonly until: string } & Where)
  | ({ readonly kind: "remove"; readonly path: string } & Where)
  | ({ readonly kind: "truncate"; readonly path: string; readonly size: number } & Where);

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The statement that the fault struck. */
  readonly struck: string | undefined;
  readonly pid: number;
  readonly milliseconds: number;
}

export interface Start {
  readonly args: readonly string[];
  readonly warehouse: string;
  readonly fault?: Fault;
  readonly env?: Readonly<Record<string, string>>;
  /** A script of bash that starts it as "$@", within limits or mounts of its own. */
  readonly within?: string;
  readonly started?: (child: ChildProcess) => void;
}

export function start({ args, warehouse, fault = { kind: "none" }, env, within, started }: Start): Promise<Ended> {
  const began = performance.now();
  const command = [process.execPath, script, ...args];
  const [file = "", ...rest] = within === undefined ? command : ["bash", "-c", within, "bash", ...command];
  return new Promise((done, failed) => {
    const child = spawn(file, rest, {
      env: {
        ...process.env,
        MEDFORM_DUCKDB: warehouse,
        NO_COLOR: "1",
        // As the command's own door sets it, before anything is loaded.
        UV_THREADPOOL_SIZE: "16",
        FAULT: JSON.stringify(fault),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.on("error", failed);
    child.on("close", (code, signal) =>
      done({
        code,
        signal,
        stdout,
        stderr,
        struck: /^struck (.*)$/m.exec(stderr)?.[1],
        pid: child.pid ?? 0,
        milliseconds: performance.now() - began,
      }),
    );
    started?.(child);
  });
}

/** The statements that a command sends, in order. */
export async function statementsOf(
  asked: Omit<Start, "fault">,
): Promise<{ readonly ended: Ended; readonly statements: readonly string[] }> {
  const ended = await start({ ...asked, fault: { kind: "trace" } });
  return { ended, statements: [...ended.stderr.matchAll(/^statement (.*)$/gm)].map(([, text = ""]) => text) };
}
