/** `manifest.json` of a backup: what its files hold, so that anybody can say later whether they still do. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { ProblemError } from "../graph/index.js";

export const manifestFile = "manifest.json";
export const backupFormat = "medform-backup-1";

const hex = z.string().regex(/^[0-9a-f]+$/);

const manifestSchema = z.object({
  format: z.literal(backupFormat),
  engine: z.literal("duckdb"),
  engineVersion: z.string(),
  /** The one that models call by this name, and whose file is the warehouse. */
  database: z.string(),
  /** ISO instant. */
  takenAt: z.string(),
  /** The last run that had published something; null before the first. */
  runId: z.string().nullable(),
  files: z.array(
    z.object({
      database: z.string(),
      // A name and no path, so that nothing is written outside of the folder that a restore is about.
      file: z.string().regex(/^[^/\\]+\.duckdb$/),
      bytes: z.number(),
      sha256: hex,
    }),
  ),
  relations: z.array(
    z.object({
      relation: z.string(),
      kind: z.enum(["table", "view"]),
      shape: hex,
      rows: z.number().nullable(),
      digest: hex.nullable(),
    }),
  ),
  ledger: z
    .object({
      verified: z.boolean(),
      records: z.number(),
      head: z.object({ seq: z.string(), hash: z.string() }).nullable(),
    })
    .nullable(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** @throws ProblemError `backup-none`, `backup-unreadable`. */
export async function readManifest(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(folder, manifestFile), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new ProblemError({
      code: "backup-none",
      message: `${folder} is no backup: its ${manifestFile} cannot be read (${code})`,
      hint: "medform backup DIR makes one. What ends in .new was not finished.",
    });
  }
  const read = manifestSchema.safeParse(parsed(text));
  if (read.success && read.data.files.some(({ database }) => database === read.data.database)) return read.data;
  throw new ProblemError({
    code: "backup-unreadable",
    message: `${manifestFile} of ${basename(folder)} is not what medform writes`,
    hint: "It was changed or damaged, or a newer medform wrote it. Take another backup.",
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** SHA-256 of a file's bytes, in hex. */
export async function sha256(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest("hex");
}
