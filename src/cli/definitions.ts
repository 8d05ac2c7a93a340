/** Every command: its words, its options, and where it is loaded from when it is called. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { GlobalOptions, Io } from "./io.js";

export type Runner = (io: Io, options: GlobalOptions) => Promise<number>;

/** Takes down which command was called; running it comes after parsing. */
type Choose = (command: Command, run: Runner) => void;

/** Only what works is listed. */
export function addCommands(program: Command, choose: Choose): void {
  compile(program, choose);
  show(program, choose);
}

function compile(program: Command, choose: Choose): void {
  program
    .command("compile")
    .description("the graph, as `dataform compile --json` prints it")
    .option("--timeout <seconds>", "stop project code that runs longer", number({ least: 1 }), 60)
    .action((given: { timeout: number }, command: Command) =>
      choose(command, async (io, options) => {
        const { compileCommand } = await import("./commands/compile.js");
        return compileCommand({ ...options, timeout: given.timeout }, io);
      }),
    );
}

function show(program: Command, choose: Choose): void {
  program
    .command("show")
    .description("rows of a table or view, or those that an assertion finds")
    .argument("<target>", "schema.name, or a name that only one has")
    .addOption(new Option("--where <sql>", "one condition"))
    .option("--limit <n>", "rows at most", number({ least: 0 }), 20)
    .action((target: string, given: { where?: string; limit: number }, command: Command) =>
      choose(command, async (io, options) => {
        const { showCommand } = await import("./commands/show.js");
        return showCommand({ ...options, target, ...given }, io);
      }),
    );
}

/** A whole number of at least `least`. */
function number({ least }: { readonly least: number }): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || text.trim() === "") {
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    }
    return value;
  };
}
