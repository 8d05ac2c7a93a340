/** Parses a command line and runs one command; every outcome ends as an exit code. */
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type Problem, ProblemError } from "../graph/index.js";
import { addCommands, type Runner } from "./definitions.js";
import { type GlobalOptions, Interrupted, type Io } from "./io.js";
import { messages } from "./messages.js";

/** Runs `argv` (without node and script). 0 done, 1 error, 2 a rule failed, 3 refused, 4 unverified, 130/143 a signal. */
export async function main(argv: readonly string[], io: Io, version: () => string): Promise<number> {
  if (argv[0] === "--version") {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  let chosen: { readonly command: Command; readonly run: Runner } | undefined;
  const program = createProgram(io);
  addCommands(program, (command, run) => {
    chosen = { command, run };
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return afterParsing(error, argv, program, io);
    throw error;
  }
  if (chosen === undefined) return 0;
  const options = globalOptions(chosen.command, io);
  const say = messages(io, options);
  try {
    const code = await chosen.run(io, options);
    return code !== 0 && io.signal.reason instanceof Interrupted ? io.signal.reason.exitCode : code;
  } catch (error) {
    if (io.signal.reason instanceof Interrupted) {
      say.note(`${io.signal.reason.message}.`);
      return io.signal.reason.exitCode;
    }
    if (error instanceof ProblemError) {
      for (const problem of error.problems) say.error(problem);
      return error.exitCode;
    }
    say.error(unexpected(error, io));
    return 1;
  }
}

function createProgram(io: Io): Command {
  const program = new Command("medform")
    .description("Compiles, runs and audits a Dataform project: no table is published before its rules passed.")
    .usage("<command> [options]")
    .addOption(new Option("--project <dir>", "folder that holds dataform.json").default(".", "here"))
    .addOption(
      new Option("--environment <name>", 'an environment of environments.json (default "local"; compile: none)'),
    )
    .addOption(
      new Option("--vars <k=v>", "variables of the project; repeat it, or part pairs by commas")
        .argParser(readVars)
        .default({}, "none"),
    )
    .option("--json", "JSON on stdout and nothing else there")
    .option("--quiet", "only what went wrong")
    .option("--no-color", "no colours, as with NO_COLOR")
    .option("--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.stdout.columns ?? 100, 120) })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Rendered as every other problem, below.
      outputError: () => undefined,
    });
  return program;
}

function globalOptions(command: Command, io: Io): GlobalOptions {
  const given = command.optsWithGlobals<{
    project: string;
    environment?: string;
    vars: Readonly<Record<string, string>>;
    json?: boolean;
    quiet?: boolean;
    color: boolean;
  }>();
  return {
    project: resolve(io.cwd, given.project),
    environment: given.environment,
    vars: given.vars,
    json: given.json === true,
    quiet: given.quiet === true,
    color: given.color,
  };
}

/** `a=1,b=2` adds both; a comma that no `name=` follows belongs to the value. */
function readVars(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const pairs = text.split(/,(?=[A-Za-z_][\w.-]*=)/).map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw new InvalidArgumentError(`Write it as name=value.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

/** Help and version end well; all else that stops parsing is a problem of the command line. */
function afterParsing(error: CommanderError, argv: readonly string[], program: Command, io: Io): number {
  if (error.exitCode === 0) return 0;
  const bare = { project: io.cwd, quiet: false, color: !argv.includes("--no-color") };
  if (error.code === "commander.help") return 1;
  const [text = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const nearest = suggestion?.replace(/^\(?Did you mean (.*?)\??\)?$/, "Did you mean $1?");
  const code = `cli-${error.code.replace(/^commander\./, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const command = argv.find((word) => program.commands.some((each) => each.name() === word));
  messages(io, bare).error({
    code,
    message: text.charAt(0).toUpperCase() + text.slice(1),
    hint: nearest ?? `medform ${command === undefined ? "" : `${command} `}--help lists what there is.`,
  });
  return 1;
}

/** An error that nobody foresaw: its own text could quote a value, so it is only shown where it is asked for. */
export function unexpected(error: unknown, io: Io): Problem {
  const name = error instanceof Error ? error.name : typeof error;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return io.env.MEDFORM_DEBUG === "1"
    ? { code: "internal", message: stack }
    : {
        code: "internal",
        message: `Something went wrong inside medform (${name}${where(stack)}).`,
        hint: "MEDFORM_DEBUG=1 shows where. Its text may quote values of your tables, so look before you share it.",
      };
}

function where(stack: string): string {
  const frame = /[\\/](?:dist[\\/])?src[\\/]([\w\\/.-]+:\d+)/.exec(stack);
  return frame === null ? "" : ` at ${frame[1]}`;
}
