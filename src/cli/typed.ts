/** Commands that we advise, as they must be typed where this one was. */
import { relative } from "node:path";
import type { GlobalOptions, Io } from "./io.js";

/** `medform show x` → `npx medform show x --project ../hospital`: what this command was called by and with. */
export type Typed = (command: string) => string;

export function typedHere(
  io: Pick<Io, "cwd" | "env">,
  options: Pick<GlobalOptions, "project" | "environment" | "vars">,
): Typed {
  // npm says so to what it starts; then there need be no `medform` on the path.
  const prefix = io.env.npm_command === undefined ? "" : "npx ";
  const vars = Object.entries(options.vars).map(([name, value]) => `${name}=${value}`);
  const words = (command: string) => [
    ...(options.project === io.cwd ? [] : ["--project", nearer(io.cwd, options.project)]),
    ...(options.environment === undefined ? [] : ["--environment", options.environment]),
    // What goes on with an earlier run takes those of that run.
    ...(command.endsWith(" --resume") ? [] : vars.flatMap((pair) => ["--vars", pair])),
  ];
  return (command) => [`${prefix}${command}`, ...words(command).map(quoted)].join(" ");
}

function nearer(cwd: string, folder: string): string {
  const path = relative(cwd, folder);
  return path.length < folder.length ? path : folder;
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
