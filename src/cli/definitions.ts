/** Every command: its words, its options, and where it is loaded from when it is called. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { GlobalOptions, Io } from "./io.js";

export type Runner = (io: Io, options: GlobalOptions) => Promise<number>;

/** Takes down which command was called; running it comes after parsing. */
type Choose = (command: Command, run: Runner) => void;

/** Only what works is listed. */
export function addCommands(program: Command, choose: Choose): void {
  compile(program, choose);
  load(program, choose);
  plan(program, choose);
  run(program, choose);
  test(program, choose);
  assertRules(program, choose);
  show(program, choose);
  exportRows(program, choose);
  status(program, choose);
  snapshot(program, choose);
  backup(program, choose);
  restore(program, choose);
  profile(program, choose);
  reconcile(program, choose);
  clean(program, choose);
  docs(program, choose);
  audit(program, choose);
  schedule(program, choose);
  sample(program, choose);
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

function load(program: Command, choose: Choose): void {
  program
    .command("load")
    .description("files of a delivery into landing tables")
    .argument("<format>", "synthea-csv or mimic (a folder), or csv (a file, with --table)")
    .argument("<path>", "the folder or file")
    .option("--source <name>", "the system that delivered it (default: by the format)")
    .option("--table <name>", "landing table, for csv")
    .option("--delivered <date>", "when it was delivered (default: the date in its name, else of the file)")
    .action(
      (
        format: string,
        path: string,
        given: { readonly source?: string; readonly table?: string; readonly delivered?: string },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { loadCommand } = await import("./commands/load.js");
          return loadCommand({ ...options, ...given, format, path }, io);
        }),
    );
}

interface SelectionOptions {
  readonly exclude: readonly string[];
  readonly fullRefresh?: true;
  readonly asOf: string | null;
}

const selectHelp = "silver.patient, gold.*, tag:daily, path:definitions/gold, +x, x+; all unless told";

/** What plan, run and assert have in common. */
function selecting(command: Command): Command {
  return command
    .argument("[select...]", selectHelp)
    .addOption(
      new Option("--exclude <selection>", "leave these out; repeat it for more")
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], "none"),
    );
}

/** What plan and run have in common besides. */
function building(command: Command): Command {
  return selecting(command)
    .option("--full-refresh", "build from nothing, incremental tables too")
    .addOption(
      new Option("--as-of <instant>", '"now" for the models; a date is its first instant, UTC')
        .argParser(instant)
        .default(null, "the project's own"),
    );
}

function plan(program: Command, choose: Choose): void {
  building(program.command("plan").description("what a run would do, and why; touches nothing")).action(
    (select: readonly string[], given: SelectionOptions, command: Command) =>
      choose(command, async (io, options) => {
        const { planCommand } = await import("./commands/plan.js");
        return planCommand({ ...options, ...given, select, fullRefresh: given.fullRefresh === true }, io);
      }),
  );
}

function run(program: Command, choose: Choose): void {
  building(program.command("run").description("build what changed, assert it, publish it"))
    .option("--threads <n>", "tables built at a time", number({ least: 1 }))
    .option("--fail-fast", "start nothing new after a failure")
    .option("--resume", "go on from the last run, if it failed or was cut short")
    .option("--prove-incremental", "then rebuild incremental tables aside from all history, and compare")
    .option("--any-commit", "also where the environment's gitRef is another commit than the one checked out")
    .action(
      (
        select: readonly string[],
        given: SelectionOptions & {
          readonly threads?: number;
          readonly failFast?: true;
          readonly resume?: true;
          readonly proveIncremental?: true;
          readonly anyCommit?: true;
        },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { runCommand } = await import("./commands/run.js");
          const [fullRefresh, failFast] = [given.fullRefresh === true, given.failFast === true];
          const [resume, prove] = [given.resume === true, given.proveIncremental === true];
          const anyCommit = given.anyCommit === true;
          return runCommand({ ...options, ...given, select, fullRefresh, failFast, resume, prove, anyCommit }, io);
        }),
    );
}

function test(program: Command, choose: Choose): void {
  selecting(
    program.command("test").description("unit tests of models, incremental ones too; needs no warehouse and no data"),
  )
    .addOption(
      new Option("--as-of <instant>", '"now" for the models; a date is its first instant, UTC')
        .argParser(instant)
        .default(null, "none"),
    )
    .action(
      (
        select: readonly string[],
        given: { readonly exclude: readonly string[]; readonly asOf: string | null },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { testCommand } = await import("./commands/test.js");
          return testCommand({ ...options, ...given, select }, io);
        }),
    );
}

function assertRules(program: Command, choose: Choose): void {
  selecting(program.command("assert").description("evaluate rules on what is published now; builds nothing"))
    .option("--threads <n>", "rules evaluated at a time", number({ least: 1 }))
    .action(
      (
        select: readonly string[],
        given: { readonly exclude: readonly string[]; readonly threads?: number },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { assertCommand } = await import("./commands/assert.js");
          return assertCommand({ ...options, ...given, select }, io);
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

function exportRows(program: Command, choose: Choose): void {
  selecting(program.command("export").description("rows of tables and views as JSON lines, a file for each"))
    .requiredOption("--out <dir>", "folder to write to")
    .option("--column <name>", "write the text of this column, not the whole row")
    .action(
      (
        select: readonly string[],
        given: { readonly exclude: readonly string[]; readonly out: string; readonly column?: string },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { exportCommand } = await import("./commands/export-rows.js");
          return exportCommand({ ...options, ...given, select }, io);
        }),
    );
}

function status(program: Command, choose: Choose): void {
  program
    .command("status")
    .description("what is built, how fresh, what fails")
    .action((_given: unknown, command: Command) =>
      choose(command, async (io, options) => {
        const { statusCommand } = await import("./commands/status.js");
        return statusCommand(options, io);
      }),
    );
}

function snapshot(program: Command, choose: Choose): void {
  program
    .command("snapshot")
    .description("a read-only copy of the warehouse for other processes")
    .addOption(
      new Option("--keep <n>", "snapshots kept, the new one too (default: as the environment says, else 1)").argParser(
        number({ least: 1 }),
      ),
    )
    .action((given: { readonly keep?: number }, command: Command) =>
      choose(command, async (io, options) => {
        const { snapshotCommand } = await import("./commands/snapshot.js");
        return snapshotCommand({ ...options, ...given }, io);
      }),
    );
}

function backup(program: Command, choose: Choose): void {
  program
    .command("backup")
    .description("a copy of the warehouse in a folder of its own, read back, with a manifest of what it holds")
    .argument("<dir>", "the folder; must not be there")
    .action((folder: string, _given: unknown, command: Command) =>
      choose(command, async (io, options) => {
        const { backupCommand } = await import("./commands/backup.js");
        return backupCommand({ ...options, folder }, io);
      }),
    );
}

function restore(program: Command, choose: Choose): void {
  program
    .command("restore")
    .description("a backup into the place of the warehouse, after it was read and found to hold what it says")
    .argument("<dir>", "what medform backup wrote")
    .option("--verify", "only say whether it holds what it says")
    .option("--replace", "put the warehouse that is there aside")
    .action((folder: string, given: { readonly verify?: true; readonly replace?: true }, command: Command) =>
      choose(command, async (io, options) => {
        const { restoreCommand } = await import("./commands/restore.js");
        const [verify, replace] = [given.verify === true, given.replace === true];
        return restoreCommand({ ...options, folder, verify, replace }, io);
      }),
    );
}

/** Of an option that may be repeated, and whose values commas part. */
const listed = (text: string, before: readonly string[]): readonly string[] => [
  ...before,
  ...text.split(",").map((part) => part.trim()),
];

function profile(program: Command, choose: Choose): void {
  program
    .command("profile")
    .description("rows, columns, what is empty, distinct, how long, and what could be a key; no value")
    .argument(
      "<source>",
      "a folder of CSV or Parquet files, one such file, a DuckDB file, or a relation of the warehouse",
    )
    .action((source: string, _given: unknown, command: Command) =>
      choose(command, async (io, options) => {
        const { profileCommand } = await import("./commands/profile.js");
        return profileCommand({ ...options, source }, io);
      }),
    );
}

function reconcile(program: Command, choose: Choose): void {
  program
    .command("reconcile")
    .description("two relations, key by key: what is missing, what differs, and sums; counts and names, no value")
    .argument("<left>", "a CSV or Parquet file, FILE.duckdb:SCHEMA.TABLE, or a relation of the warehouse")
    .argument("<right>", "the same")
    .addOption(
      new Option("--key <columns>", "what tells rows apart; LEFT=RIGHT where the names differ")
        .argParser(listed)
        .default([], "none"),
    )
    .addOption(new Option("--sum <columns>", "numbers to add up on both sides").argParser(listed).default([], "none"))
    .addOption(
      new Option("--compare <columns>", "what must be equal (default: all that both have)")
        .argParser(listed)
        .default([], "all"),
    )
    .addOption(new Option("--ignore <columns>", "leave these out").argParser(listed).default([], "none"))
    .option("--keys <n>", "show so many keys of each kind, as hashes", number({ least: 0 }), 0)
    .action(
      (
        left: string,
        right: string,
        given: {
          readonly key: readonly string[];
          readonly sum: readonly string[];
          readonly compare: readonly string[];
          readonly ignore: readonly string[];
          readonly keys: number;
        },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { reconcileCommand } = await import("./commands/reconcile.js");
          return reconcileCommand({ ...options, ...given, left, right }, io);
        }),
    );
}

function clean(program: Command, choose: Choose): void {
  program
    .command("clean")
    .description("relations whose model is gone; on Snowflake also what a run committed and could not put into place")
    .option(
      "--drop <target>",
      "drops the relation, or gives up what waits: the next run builds it anew; repeat it",
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .action((given: { readonly drop: readonly string[] }, command: Command) =>
      choose(command, async (io, options) => {
        const { cleanCommand } = await import("./commands/clean.js");
        return cleanCommand({ ...options, ...given }, io);
      }),
    );
}

function docs(program: Command, choose: Choose): void {
  selecting(
    program
      .command("docs")
      .description("tables, columns, grain, rules and lineage as a page of Markdown; needs no warehouse"),
  )
    .option("--out <file>", "write it there (default: stdout)")
    .option("--title <text>", "title of the page (default: the folder's name)")
    .option("--keys", "instead of the page a script for Snowflake that declares the keys that rules hold")
    .action(
      (
        select: readonly string[],
        given: {
          readonly exclude: readonly string[];
          readonly out?: string;
          readonly title?: string;
          readonly keys?: true;
        },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { docsCommand } = await import("./commands/docs.js");
          return docsCommand({ ...options, ...given, select }, io);
        }),
    );
}

function audit(program: Command, choose: Choose): void {
  const group = program.command("audit").description("what an auditor reads");
  group
    .command("report")
    .description("the verdict, rules, rows, tables and sources as one HTML file")
    .option("--out <dir>", "folder for index.html (default: .medform/report of the project)")
    .action((given: { readonly out?: string }, command: Command) =>
      choose(command, async (io, options) => {
        const { auditReportCommand } = await import("./commands/audit.js");
        return auditReportCommand({ ...options, ...given }, io);
      }),
    );
  group
    .command("verify")
    .description("recomputes the ledger's chains: says that they hold, or names the first record that does not")
    .option("--anchors <file>", "signed ends of the ledger (default: MEDFORM_ANCHOR_FILE)")
    .option("--public-key <file>", "PEM file of the key that signed them (default: MEDFORM_ANCHOR_PUBLIC_KEY)")
    .action((given: { readonly anchors?: string; readonly publicKey?: string }, command: Command) =>
      choose(command, async (io, options) => {
        const { auditVerifyCommand } = await import("./commands/verify.js");
        return auditVerifyCommand({ ...options, ...given }, io);
      }),
    );
  group
    .command("keygen")
    .description("a pair of keys: one that signs the end of the ledger after each run, one that checks it")
    .requiredOption("--out <dir>", "folder outside the project")
    .action((given: { readonly out: string }, command: Command) =>
      choose(command, async (io, options) => {
        const { auditKeygenCommand } = await import("./commands/keygen.js");
        return auditKeygenCommand({ ...options, ...given }, io);
      }),
    );
  group
    .command("export")
    .description("the ledger as JSON lines, every column as stored")
    .option("--out <file>", "file to write to (default: stdout)")
    .action((given: { readonly out?: string }, command: Command) =>
      choose(command, async (io, options) => {
        const { auditExportCommand } = await import("./commands/export.js");
        return auditExportCommand({ ...options, ...given }, io);
      }),
    );
}

function schedule(program: Command, choose: Choose): void {
  const group = program.command("schedule").description("what runs when, of environments.json");
  group
    .command("list")
    .description("each schedule: its cron line, when it is next due, what it runs")
    .action((_given: unknown, command: Command) =>
      choose(command, async (io, options) => {
        const { scheduleListCommand } = await import("./commands/schedule.js");
        return scheduleListCommand(options, io);
      }),
    );
  group
    .command("next")
    .description("when schedules come due")
    .option("--count <n>", "times at most", number({ least: 1, most: 1000 }), 10)
    .addOption(
      new Option("--after <instant>", "times after this one; a date is its first instant, UTC")
        .argParser(instant)
        .default(null, "now"),
    )
    .action((given: { readonly count: number; readonly after: string | null }, command: Command) =>
      choose(command, async (io, options) => {
        const { scheduleNextCommand } = await import("./commands/schedule.js");
        return scheduleNextCommand({ ...options, ...given }, io);
      }),
    );
  group
    .command("run")
    .description("what a schedule runs, in its environment, with the code of its gitRef; then tells its channels")
    .argument("<name>", "the schedule, or environment.schedule")
    .action((name: string, _given: unknown, command: Command) =>
      choose(command, async (io, options) => {
        const { scheduleRunCommand } = await import("./commands/schedule-run.js");
        return scheduleRunCommand({ ...options, name }, io);
      }),
    );
  group
    .command("deploy")
    .description("tasks of Snowflake that start an environment's schedules, for who has no scheduler")
    .argument(
      "[name]",
      "one schedule, or environment.schedule (default: all of the environment; what is gone is dropped)",
    )
    .option("--dry-run", "print the statements; nothing is asked or sent")
    .option("--suspend", "make them, but start none; those that are started are suspended")
    .action((name: string | undefined, given: { readonly dryRun?: true; readonly suspend?: true }, command: Command) =>
      choose(command, async (io, options) => {
        const { scheduleDeployCommand } = await import("./commands/schedule-deploy.js");
        const [dryRun, suspend] = [given.dryRun === true, given.suspend === true];
        return scheduleDeployCommand({ ...options, name, dryRun, suspend }, io);
      }),
    );
}

function sample(program: Command, choose: Choose): void {
  program
    .command("sample")
    .description("a synthetic hospital with known defects, as files")
    .option("--patients <n>", "patients", number({ least: 0 }), 100)
    .option("--seed <n>", "the same seed gives the same bytes", number({ least: 0 }), 1)
    .requiredOption("--out <dir>", "folder to write to")
    .option("--defects <rate>", "defective rows for each sound one, 0 to 1", rate)
    .option("--days <n>", "daily batches, each in a folder of its date (default: all in one)", number({ least: 1 }))
    .addOption(new Option("--format <format>", "of the files").choices(["csv", "parquet"]).default("csv"))
    .option("--years <n>", "how far the records go back, 1 to 10 (default: 10)", number({ least: 1 }))
    .action(
      (
        given: {
          readonly patients: number;
          readonly seed: number;
          readonly out: string;
          readonly defects?: number;
          readonly days?: number;
          readonly format: "csv" | "parquet";
          readonly years?: number;
        },
        command: Command,
      ) =>
        choose(command, async (io, options) => {
          const { sampleCommand } = await import("./commands/sample.js");
          return sampleCommand({ ...options, ...given }, io);
        }),
    );
}

function rate(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1) || text.trim() === "") throw new InvalidArgumentError("It must be from 0 to 1.");
  return value;
}

/** An ISO date or instant as an ISO instant in UTC. */
function instant(text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
    ? new Date(/\d{2}:\d{2}/.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text)
    : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError("Write it as 2024-02-02 or 2024-02-02T12:00:00Z.");
  }
  return date.toISOString();
}

/** A whole number of at least `least`, and of at most `most` where that is said. */
function number({
  least,
  most = Number.MAX_SAFE_INTEGER,
}: {
  readonly least: number;
  readonly most?: number;
}): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || value > most || text.trim() === "") {
      throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
    }
    return value;
  };
}
