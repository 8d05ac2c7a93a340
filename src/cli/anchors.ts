/** Where anchors are kept and what they are signed with: from the environment of the process, never from the project. */
import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { ProblemError } from "../graph/index.js";
import {
  type AnchorLine,
  fileAnchoring,
  type Ledger,
  openLedger,
  type PublicKeys,
  publicKeysOf,
  readAnchorFile,
  readPublicKeys,
  readSigningKey,
  touchAnchorFile,
} from "../ledger/index.js";
import type { Warehouse } from "../warehouse/index.js";
import type { GlobalOptions, Io } from "./io.js";
import { messages } from "./messages.js";

const refused = (code: string, message: string, hint: string) => new ProblemError({ code, message, hint });

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";

/** As it is on the disk: of what is not there yet, its folder is. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(await real(folder), basename(path));
  }
}

/**
 * Outside the project, `.medform` too: whoever removes or restores the project would take the anchors along, a commit would
 * carry the key, and each line would make the project differ from its commit.
 */
export async function outsideProject(path: string, project: string, what: string, hint: string): Promise<void> {
  const inside = relative(await real(project), await real(path));
  if (inside.startsWith("..") || isAbsolute(inside)) return;
  throw refused("anchor-place", `${what} is inside the project.`, hint);
}

function absolute(path: string, name: string): string {
  if (isAbsolute(path)) return path;
  throw refused(
    "anchor-place",
    `${name} is no absolute path.`,
    "Commands that start elsewhere would use another file.",
  );
}

const outside = "Keep it where those who write the warehouse cannot change what is written: elsewhere, append-only.";

/** The ledger for a command that writes: each of its seals is anchored where the environment says so. */
export async function openRecordingLedger(warehouse: Warehouse, options: GlobalOptions, io: Io): Promise<Ledger> {
  const { MEDFORM_ANCHOR_FILE: file = "", MEDFORM_ANCHOR_KEY: key = "" } = io.env;
  if (file === "" && key === "") return openLedger(warehouse);
  if (file === "" || key === "") {
    const [set, unset] =
      file === "" ? ["MEDFORM_ANCHOR_KEY", "MEDFORM_ANCHOR_FILE"] : ["MEDFORM_ANCHOR_FILE", "MEDFORM_ANCHOR_KEY"];
    throw refused(
      "anchor-half",
      `${set} is set and ${unset} is not.`,
      "Set both, or none to leave the ledger unanchored.",
    );
  }
  await outsideProject(absolute(file, "MEDFORM_ANCHOR_FILE"), options.project, "The anchor file", outside);
  await outsideProject(
    absolute(key, "MEDFORM_ANCHOR_KEY"),
    options.project,
    "The private key for anchors",
    "Keep it where only the account that runs medform can read it.",
  );
  const signing = await readSigningKey(key);
  try {
    await touchAnchorFile(file);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw refused(
      "anchor-file",
      `The anchor file cannot be written${codeOf(error)}.`,
      "MEDFORM_ANCHOR_FILE names a file in a folder that is there.",
    );
  }
  const { warning } = messages(io, options);
  return openLedger(warehouse, { anchoring: fileAnchoring({ file, key: signing, notify: warning }) });
}

export interface AnchorOptions {
  /** Anchor file; MEDFORM_ANCHOR_FILE unless told. */
  readonly anchors?: string;
  /** PEM file; MEDFORM_ANCHOR_PUBLIC_KEY unless told, else the public half of MEDFORM_ANCHOR_KEY. */
  readonly publicKey?: string;
}

export interface Anchors {
  /** Absent where no anchor file is named. */
  readonly lines?: readonly AnchorLine[];
  readonly keys?: PublicKeys;
}

/** @throws ProblemError `anchor-file`, `anchor-key` where what is named cannot be read. */
export async function readAnchors({ anchors, publicKey }: AnchorOptions, io: Io): Promise<Anchors> {
  const { env, cwd } = io;
  const file = anchors ?? (env.MEDFORM_ANCHOR_FILE || undefined);
  if (file === undefined) return {};
  let lines: readonly AnchorLine[];
  try {
    lines = await readAnchorFile(resolve(cwd, file));
  } catch (error) {
    throw refused(
      "anchor-file",
      `The anchor file cannot be read${codeOf(error)}.`,
      "--anchors FILE or MEDFORM_ANCHOR_FILE names it.",
    );
  }
  const pem = publicKey ?? (env.MEDFORM_ANCHOR_PUBLIC_KEY || undefined);
  if (pem !== undefined) return { lines, keys: await readPublicKeys(resolve(cwd, pem)) };
  const own = env.MEDFORM_ANCHOR_KEY || undefined;
  return own === undefined ? { lines } : { lines, keys: publicKeysOf(await readSigningKey(own)) };
}
