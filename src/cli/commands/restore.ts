/** `medform restore`: a backup into the place of the warehouse; with `--verify` only whether it holds what it says. */
import { resolve } from "node:path";
import {
  type BackupVerdict,
  type Difference,
  type Manifest,
  restoreBackup,
  rowsIn,
  verifyBackup,
} from "../../backup/index.js";
import { type Problem, ProblemError, quoteName } from "../../graph/index.js";
import { openLedger, restoreEntry } from "../../ledger/index.js";
import { about } from "../about.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { fileLabel, type OpenedProject, openCopy, openDraft, openProject, openWarehouse } from "../open.js";
import { count, counted, duration } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface RestoreOptions extends GlobalOptions {
  /** Relative to where the command runs. */
  readonly folder: string;
  readonly verify: boolean;
  readonly replace: boolean;
}

/**
 * With `--json` one value: `{restored, from, aside, takenAt, runId, relations, rows, milliseconds}`, with `--verify`
 * `{verified, takenAt, runId, relations, rows, files, differences, ledgerVerified, milliseconds}`.
 * 1 where the backup does not hold what it says, 3 where a warehouse is in the way, 4 where its ledger does not verify.
 */
export async function restoreCommand(options: RestoreOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  refuseSnowflake(opened);
  const folder = resolve(io.cwd, options.folder);
  return options.verify ? verify(folder, opened, options, io) : restore(folder, opened, options, io);
}

export function refuseSnowflake({ graph }: OpenedProject): void {
  if (graph.engine !== "snowflake") return;
  throw new ProblemError({
    code: "backup-not-here",
    message: "On Snowflake backups are the platform's: Time Travel, Fail-safe and clones.",
    hint: "docs/backup.md has the statements that make one and prove it.",
  });
}

async function restore(folder: string, opened: OpenedProject, options: RestoreOptions, io: Io): Promise<number> {
  const started = performance.now();
  const { warehouseFile: path, graph } = opened;
  const { manifest, aside } = await restoreBackup({
    folder,
    path,
    database: graph.defaultDatabase ?? "MEDFORM",
    replace: options.replace,
    openWarehouse: () => openWarehouse(opened, { command: "restore" }),
    openCopy: (file) => openCopy(opened, "restore", file),
    record: (file, taken) => record(file, taken, opened),
    signal: io.signal,
  });
  const milliseconds = Math.round(performance.now() - started);
  const { takenAt, runId, relations } = manifest;
  const rows = rowsIn(manifest);
  if (options.json) {
    const said = {
      restored: path,
      from: folder,
      aside,
      takenAt,
      runId,
      relations: relations.length,
      rows,
      milliseconds,
    };
    io.stdout.write(`${jsonLine(said)}\n`);
    return 0;
  }
  if (options.quiet) return 0;
  const of = runId === null ? "nothing published yet" : `as run ${runId} published it`;
  io.stdout.write(`Restored ${fileLabel(path, io.cwd)} as of ${takenAt}: ${of}\n`);
  io.stdout.write(
    `${counted(relations.length, "relation")} with ${counted(rows, "row")}, read and found the same before they were put in place; ${duration(milliseconds)}\n`,
  );
  if (aside !== null) io.stdout.write(`What was there is in ${fileLabel(aside, io.cwd)}\n`);
  messages(io, options).note("Other processes read the last snapshot until another is taken: medform snapshot.");
  return 0;
}

/** A chain of its own: who brought it back, from which moment. Its anchors follow with the next run. */
async function record(file: string, manifest: Manifest, opened: OpenedProject): Promise<void> {
  await using warehouse = await openDraft(opened, "restore", file);
  await using ledger = await openLedger(warehouse);
  const chain = await ledger.open("restore", {
    ...(await about("restore", opened.project.dir)),
    environment: opened.environment.name,
    project: opened.name,
  });
  const { takenAt, runId, relations } = manifest;
  const [at, head] = [new Date().toISOString(), manifest.ledger?.head ?? null];
  await chain.append([restoreEntry({ at, takenAt, runId, relations: relations.length, rows: rowsIn(manifest), head })]);
  await chain.seal("succeeded");
  await using session = await warehouse.session();
  // All of it in the file that takes the warehouse's place.
  await session.run(`force checkpoint ${quoteName(warehouse.database)}`);
}

async function verify(folder: string, opened: OpenedProject, options: RestoreOptions, io: Io): Promise<number> {
  const started = performance.now();
  const verdict = await verifyBackup({
    folder,
    openCopy: (file) => openCopy(opened, "restore", file),
    signal: io.signal,
  });
  const milliseconds = Math.round(performance.now() - started);
  const { manifest, verified, files, differences, ledgerVerified } = verdict;
  const { takenAt, runId, relations } = manifest;
  const rows = rowsIn(manifest);
  if (options.json) {
    const about = { verified, takenAt, runId, relations: relations.length, rows };
    io.stdout.write(`${jsonLine({ ...about, files, differences, ledgerVerified, milliseconds })}\n`);
  } else if (verified && !options.quiet) {
    const ledger = ledgerVerified === null ? "there is no ledger yet" : "the ledger verifies";
    io.stdout.write(
      `${counted(relations.length, "relation")} with ${counted(rows, "row")} are as they were at ${takenAt}; ${ledger}; ${duration(milliseconds)}\n`,
    );
  }
  const say = messages(io, options);
  for (const problem of problemsOf(verdict)) say.error(problem);
  if (verified) return 0;
  return ledgerVerified === false ? 4 : 1;
}

function problemsOf({ files, differences, ledgerVerified }: BackupVerdict): readonly Problem[] {
  const hint = "Restore another backup, and find out what wrote here.";
  return [
    ...files.map(({ file, what }): Problem => {
      const is = what === "missing" ? "is not there" : "is not what was written";
      return { code: `backup-file-${what}`, message: `${file} ${is}.`, hint };
    }),
    ...differences.map(
      (difference): Problem => ({ code: "backup-differs", message: `${sentenceOf(difference)}.`, hint }),
    ),
    ...(ledgerVerified === false
      ? [
          {
            code: "ledger-broken",
            message: "The ledger in the backup does not verify.",
            hint: "Keep it as it is for whoever looks into it.",
          },
        ]
      : []),
  ];
}

function sentenceOf({ relation, what, expected, found }: Difference): string {
  switch (what) {
    case "missing":
      return `${relation} is not there`;
    case "unexpected":
      return `${relation} was not there when the backup was taken`;
    case "kind":
      return `${relation} is no longer a table, or no longer a view`;
    case "columns":
      return `${relation} has other columns`;
    case "rows":
      return `${relation} has ${count(found ?? 0)} rows instead of ${count(expected ?? 0)}`;
    case "content":
      return `${relation} holds other values in as many rows`;
    case "ledger":
      return "The ledger ends elsewhere";
  }
}
