/** Whether a backup still holds what its manifest says: the bytes of its files, then every relation and the ledger's chain. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ProblemError } from "../graph/index.js";
import type { Warehouse } from "../warehouse/index.js";
import { compareContents, contentsOf, type Difference } from "./contents.js";
import { problemOf } from "./disk.js";
import { type Manifest, readManifest, sha256 } from "./manifest.js";

export interface VerifyOptions {
  /** Absolute. */
  readonly folder: string;
  /** Opens a file of a database for reading, as the warehouse's. */
  readonly openCopy: (file: string) => Promise<Warehouse>;
  readonly signal?: AbortSignal;
}

export interface BackupVerdict {
  readonly verified: boolean;
  readonly manifest: Manifest;
  /** Files whose bytes are not those of the backup, by name; then nothing else was looked at. */
  readonly files: readonly { readonly file: string; readonly what: "missing" | "altered" }[];
  readonly differences: readonly Difference[];
  /** Of what was read now; null where there is none, or nothing was looked at. */
  readonly ledgerVerified: boolean | null;
}

/** @throws ProblemError `backup-none`, `backup-unreadable`, and those of opening. */
export async function verifyBackup({ folder, openCopy, signal }: VerifyOptions): Promise<BackupVerdict> {
  const manifest = await readManifest(folder);
  return verifyFiles(manifest, { folder, openCopy, signal });
}

/** The same for a copy of a backup's files in another folder. */
export async function verifyFiles(
  manifest: Manifest,
  { folder, openCopy, signal }: VerifyOptions,
): Promise<BackupVerdict> {
  try {
    const files = await wrongFiles(manifest, folder, signal);
    if (files.length > 0) return { verified: false, manifest, files, differences: [], ledgerVerified: null };
    await using copy = await openCopy(join(folder, fileOf(manifest, manifest.database)));
    const found = await contentsOf(copy, signal);
    const differences = compareContents(manifest, found);
    const ledgerVerified = found.ledger?.verified ?? null;
    return {
      verified: differences.length === 0 && ledgerVerified !== false,
      manifest,
      files,
      differences,
      ledgerVerified,
    };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw problemOf(error, folder);
  }
}

export const fileOf = ({ files }: Manifest, database: string): string =>
  files.find((each) => each.database === database)?.file ?? "";

async function wrongFiles({ files }: Manifest, folder: string, signal?: AbortSignal): Promise<BackupVerdict["files"]> {
  const wrong: BackupVerdict["files"][number][] = [];
  for (const { file, bytes, sha256: expected } of files) {
    const path = join(folder, file);
    const size = await stat(path).then(
      (info) => info.size,
      () => undefined,
    );
    if (size === undefined) wrong.push({ file, what: "missing" });
    else if (size !== bytes || (await sha256(path, signal)) !== expected) wrong.push({ file, what: "altered" });
  }
  return wrong;
}

/** @throws ProblemError `backup-damaged`; exit 4 where it is the ledger that does not verify. */
export function refuseUnverified({ verified, files, differences, ledgerVerified }: BackupVerdict): void {
  if (verified) return;
  const [file] = files;
  if (file !== undefined)
    throw damaged(`${file.file} is ${file.what === "missing" ? "not there" : "not what was written"}`);
  if (ledgerVerified === false) {
    throw new ProblemError(
      {
        code: "ledger-broken",
        message: "the ledger in the backup does not verify",
        hint: "Keep this backup as it is for whoever looks into it, and restore an older one.",
      },
      4,
    );
  }
  const [first] = differences;
  throw damaged(
    `${first?.relation ?? "something"} is not as it was${differences.length > 1 ? `, and ${differences.length - 1} more` : ""}`,
  );
}

const damaged = (why: string) =>
  new ProblemError({
    code: "backup-damaged",
    message: `the backup does not hold what its manifest says: ${why}`,
    hint: "Restore another one.",
  });
