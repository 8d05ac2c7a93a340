/** From the options of a command to the compiled project and its warehouse. */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { compileProject, refusedByDataformOnly } from "../compile/index.js";
import { type Graph, ProblemError } from "../graph/index.js";
import {
  type ConfigOverrides,
  type Project,
  type ResolvedEnvironment,
  readEnvironments,
  readProject,
  resolveEnvironment,
  warehousePath,
} from "../project/index.js";
import {
  type BeforeStatement,
  type OpenOptions,
  openDuckDb,
  openSnapshot,
  openSnowflake,
  type SnowflakeOptions,
  type Warehouse,
} from "../warehouse/index.js";
import { computeFor, concurrencyOf } from "./compute.js";
import type { GlobalOptions, Io } from "./io.js";
import { type Messages, messages } from "./messages.js";
import { instant } from "./render/layout.js";

export interface OpenedProject {
  readonly project: Project;
  /** Absolute; holds what was compiled, and differs from the project's folder where a commit's code is run. */
  readonly codeDir: string;
  readonly environment: ResolvedEnvironment & { readonly name: string };
  readonly graph: Graph;
  /** As package.json calls the project, else its folder. */
  readonly name: string;
  /** Absolute; of the embedded engine. */
  readonly warehouseFile: string;
  /** False where a run would begin with making it; Snowflake's is always there, or said to be unreachable. */
  readonly warehouseExists: boolean;
  readonly env: Io["env"];
  /** What the engine may take, from MEDFORM_MEMORY_LIMIT. */
  readonly memoryLimit?: string;
  /** Bytes that must be free on the disk before anything is written, from MEDFORM_DISK_RESERVE. */
  readonly diskReserve?: number;
  readonly beforeStatement?: BeforeStatement;
}

const DEFAULT_ENVIRONMENT = "local";
/** Milliseconds. */
const READER_PATIENCE = 3_000;

/**
 * Compiles the project under its environment (`local` unless named); with `engine`, for that one all the same.
 *
 * @throws ProblemError of the project, the environment and every compile error.
 */
export async function openProject(
  options: GlobalOptions,
  io: Io,
  { engine }: { readonly engine?: "duckdb" } = {},
): Promise<OpenedProject> {
  // Warehouse, ledger and environments are the project's; only the code may be a commit's.
  const code = readProject(options.code?.dir ?? options.project);
  const project = { ...code, dir: options.project };
  const name = options.environment ?? DEFAULT_ENVIRONMENT;
  const environment = resolveEnvironment(name, readEnvironments(project.dir), options.vars);
  const overrides: ConfigOverrides = { ...environment.overrides, ...(engine && { warehouse: engine }) };
  const { graph, ...compiled } = await compileProject({
    projectDir: code.dir,
    overrides,
    print: (text) => void io.stderr.write(text),
  });
  const problems = compiled.problems.filter((problem) => !refusedByDataformOnly(problem));
  if (problems.length > 0) throw new ProblemError(problems);
  const warehouseFile = warehousePath(project.dir, environment, io.env);
  return {
    project,
    codeDir: code.dir,
    environment: { ...environment, name },
    graph: asNamed(graph),
    name: await nameOf(project.dir),
    warehouseFile,
    warehouseExists: graph.engine !== "duckdb" || existsSync(warehouseFile),
    env: io.env,
    memoryLimit: memoryLimitOf(io.env),
    diskReserve: diskReserveOf(io.env),
    beforeStatement: io.beforeStatement,
  };
}

/** Both adapters write every name in upper case, and so the database of the project. */
function asNamed(graph: Graph): Graph {
  const { defaultDatabase } = graph;
  if (defaultDatabase === undefined) return graph;
  return { ...graph, defaultDatabase: defaultDatabase.toUpperCase() };
}

async function nameOf(folder: string): Promise<string> {
  try {
    const found: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    if (typeof found === "object" && found !== null && "name" in found && typeof found.name === "string")
      return found.name;
  } catch {
    // A project needs no package.json.
  }
  return basename(folder);
}

/**
 * Opens the warehouse for one command; dispose it afterwards. `readOnly` needs a warehouse that exists.
 *
 * @throws ProblemError `engine-unavailable`, `database-missing`, `locked` (exit 3) and those of the engine.
 */
export async function openWarehouse(
  opened: OpenedProject,
  options: { readonly command: string; readonly readOnly?: boolean },
): Promise<Warehouse> {
  const { engine } = opened.graph;
  if (engine === "snowflake") return openSnowflake(snowflakeOptions(opened, options));
  if (engine !== "duckdb") {
    throw new ProblemError({
      code: "engine-unavailable",
      message: `The environment "${opened.environment.name}" is for ${engine}; medform runs on DuckDB and Snowflake.`,
      hint: "Leave --environment away to use the embedded warehouse.",
    });
  }
  return openDuckDb(openOptions(opened, options));
}

/**
 * Opens the warehouse for a command that only reads: where somebody else holds it, its newest snapshot, and says so.
 *
 * @throws ProblemError as `openWarehouse`; `locked` only where there is no snapshot.
 */
export async function openForReading(
  opened: OpenedProject,
  command: string,
  io: Io,
  options: GlobalOptions,
): Promise<Warehouse> {
  return (await openWarehouseOrSnapshot(opened, command, io, options)).warehouse;
}

/** The same; `older` where it is a snapshot, which does not hold what was written since. */
export async function openWarehouseOrSnapshot(
  opened: OpenedProject,
  command: string,
  io: Io,
  options: GlobalOptions,
): Promise<{ readonly warehouse: Warehouse; readonly older: boolean }> {
  try {
    return { warehouse: await openWarehouse(opened, { command, readOnly: true }), older: false };
  } catch (error) {
    const locked = error instanceof ProblemError ? error.problems.find(({ code }) => code === "locked") : undefined;
    if (locked === undefined) throw error;
    const snapshot = await openSnapshot(openOptions(opened, { command }));
    if (snapshot === undefined) throw error;
    const { takenAt, runId, warehouse } = snapshot;
    messages(io, options).warning({
      code: "reading-snapshot",
      message: `${locked.message}. What follows is of ${instant(takenAt)}: its last snapshot${runId === null ? "" : `, with what run ${runId} published`}.`,
    });
    return { warehouse, older: true };
  }
}

/** Opens the file of a backup for reading, under the name by which the models call the warehouse. */
export function openCopy(opened: OpenedProject, command: string, file: string): Promise<Warehouse> {
  return openDuckDb({ ...openOptions(opened, { command, readOnly: true }), path: file });
}

/** Opens it as its one writer. */
export function openDraft(opened: OpenedProject, command: string, file: string): Promise<Warehouse> {
  return openDuckDb({ ...openOptions(opened, { command }), path: file });
}

/** @throws ProblemError `database-missing`. */
export function snowflakeOptions(
  opened: OpenedProject,
  { command, readOnly }: { readonly command: string; readonly readOnly?: boolean },
): SnowflakeOptions {
  const { graph, environment } = opened;
  if (graph.defaultDatabase === undefined) {
    throw new ProblemError({
      code: "database-missing",
      message: "The project names no database, and Snowflake needs one.",
      at: { file: "dataform.json" },
      hint: `Write "defaultDatabase" there, or into the configOverride of the environment "${environment.name}".`,
    });
  }
  const { path: _, snapshots: __, ...connection } = environment.connection ?? {};
  const compute = computeFor(opened, command);
  return {
    connection: { ...connection, ...(compute.warehouse !== undefined && { warehouse: compute.warehouse }) },
    env: opened.env,
    database: graph.defaultDatabase,
    databases: [...new Set(graph.actions.flatMap(({ target: { database } }) => database ?? []))],
    compute,
    project: opened.name,
    readOnly,
    publishes: command !== "load" && command !== "clean",
    holder: { command },
    sessions: concurrencyOf(opened),
    // Who asks how things are wants to know that nobody answers; a run waits for a service that is away for a moment.
    ...(readOnly && { patience: READER_PATIENCE }),
    beforeStatement: opened.beforeStatement,
  };
}

function openOptions(
  opened: OpenedProject,
  { command, readOnly }: { readonly command: string; readonly readOnly?: boolean },
): OpenOptions {
  return {
    path: opened.warehouseFile,
    database: opened.graph.defaultDatabase,
    readOnly,
    holder: { command },
    memoryLimit: opened.memoryLimit,
    diskReserve: opened.diskReserve,
    beforeStatement: opened.beforeStatement,
  };
}

/**
 * Says who died while it held the warehouse: its lock is ours now, and what it had not committed is gone. And what else people
 * have to know of how it was found.
 */
export function tellPrevious({ lease: { previous }, notices }: Warehouse, say: Messages): void {
  for (const problem of notices) say.warning(problem);
  if (previous === undefined) return;
  const { command, runId, pid, host, since } = previous;
  const run = runId === "" ? "" : ` (${runId})`;
  say.note(
    `The last \`${command}\`${run}, process ${pid} on ${host} since ${since}, ended without a word. What it had not published or landed by then is undone.`,
  );
}

/** From MEDFORM_MEMORY_LIMIT. */
export function memoryLimitOf({ MEDFORM_MEMORY_LIMIT: text = "" }: NodeJS.ProcessEnv): string | undefined {
  if (text === "") return undefined;
  if (/^[1-9]\d*(\.\d+)? ?[KMGT]i?B$/i.test(text)) return text;
  throw new ProblemError({
    code: "memory-limit",
    message: "MEDFORM_MEMORY_LIMIT is no amount of memory.",
    hint: "Write it with its unit, such as 4GB; unset, the engine takes up to a quarter of the machine's memory.",
  });
}

function diskReserveOf({ MEDFORM_DISK_RESERVE: text = "" }: NodeJS.ProcessEnv): number | undefined {
  if (text === "") return undefined;
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?) ?(KB|MB|GB)$/i.exec(text === "0" ? "0MB" : text) ?? [];
  if (amount !== "") return Number(amount) * 1024 ** (["KB", "MB", "GB"].indexOf(unit.toUpperCase()) + 1);
  throw new ProblemError({
    code: "disk-reserve",
    message: "MEDFORM_DISK_RESERVE is no amount of bytes.",
    hint: "Write it with its unit, such as 1GB, or 0; unset, 64MB must be free before anything is written.",
  });
}

/** Reads files of the project by their names in the graph; `undefined` for what cannot be read. */
export function sourcesOf({ codeDir }: OpenedProject): (file: string) => string | undefined {
  return (file) => {
    try {
      return readFileSync(join(codeDir, file), "utf8");
    } catch {
      return undefined;
    }
  };
}

/** The warehouse as people know it: its file, or its database and account. */
export function warehouseLabel({ graph, environment, warehouseFile }: OpenedProject, cwd: string): string {
  if (graph.engine === "duckdb") return fileLabel(warehouseFile, cwd);
  const { account, accessUrl } = environment.connection ?? {};
  return [graph.defaultDatabase ?? "no database", account ?? accessUrl]
    .filter((part) => part !== undefined)
    .join(" at ");
}

/** The warehouse's file as people find it: relative to where they are, where that is shorter. */
export function fileLabel(file: string, cwd: string): string {
  const inside = relative(cwd, file);
  return inside !== "" && !inside.startsWith("..") ? inside : file;
}
