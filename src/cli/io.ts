/** What a command may touch of the process: handed in, so that a test can hand in its own. */
import pc from "picocolors";
import type { CodeVersion } from "../schedule/index.js";
import type { BeforeStatement } from "../warehouse/index.js";

/** The part of a writable stream that commands use. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Io {
  /** Results only. With `--json` nothing but JSON goes here. */
  readonly stdout: Output;
  /** Messages: errors, warnings, notes. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
  /** Aborted by SIGINT or SIGTERM; its reason is a `Interrupted`. */
  readonly signal: AbortSignal;
  /** Called before each statement that the warehouse is sent; what it throws fails the statement. */
  readonly beforeStatement?: BeforeStatement;
}

/** The options that every command has; a command's own options extend it. */
export interface GlobalOptions {
  /** Absolute folder that holds dataform.json. */
  readonly project: string;
  readonly environment?: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly quiet: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
  /** Where the code is not the project's working tree, but that of a commit in a folder of its own. */
  readonly code?: CodeVersion;
}

/** Why `Io.signal` was aborted, and the exit code that follows. */
export class Interrupted extends Error {
  readonly exitCode: 130 | 143;

  constructor(signal: "SIGINT" | "SIGTERM") {
    super(signal === "SIGINT" ? "Interrupted" : "Terminated");
    this.name = "Interrupted";
    this.exitCode = signal === "SIGINT" ? 130 : 143;
  }
}

export type Paint = ReturnType<typeof pc.createColors>;

/** Colours for one output: none with `--no-color`, NO_COLOR or outside a terminal; FORCE_COLOR overrides the last. */
export function paintFor(output: Output, io: Pick<Io, "env">, options: Pick<GlobalOptions, "color">): Paint {
  const refused = !options.color || (io.env.NO_COLOR ?? "") !== "" || io.env.TERM === "dumb";
  const forced = (io.env.FORCE_COLOR ?? "") !== "" && io.env.FORCE_COLOR !== "0";
  return pc.createColors(!refused && (forced || output.isTTY === true));
}

/** Characters that fit on a line of this output; 100 where it is no terminal. */
export function widthOf(output: Output): number {
  return output.isTTY === true && output.columns !== undefined && output.columns > 0 ? output.columns : 100;
}
