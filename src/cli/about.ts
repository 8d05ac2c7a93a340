/** What the ledger keeps of a command's circumstances. */
import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { promisify } from "node:util";
import type { Commit } from "../ledger/index.js";
import { version } from "./version.js";

/** The commit of the project's folder, where it is under git and git is there. */
async function commitOf(folder: string): Promise<Commit | undefined> {
  const git = async (...words: readonly string[]) =>
    (await promisify(execFile)("git", ["-C", folder, ...words], { timeout: 5000 })).stdout.trim();
  try {
    const [id, changes] = await Promise.all([
      git("rev-parse", "--short=12", "HEAD"),
      git("--no-optional-locks", "status", "--porcelain", "--", "."),
    ]);
    return { id, dirty: changes !== "" };
  } catch {
    return undefined;
  }
}

/** Who ran what, where, on which commit (`known`, or the folder's); names only. */
export async function about(
  command: string,
  folder: string,
  selection?: { readonly select: readonly string[]; readonly exclude: readonly string[] },
  known?: Commit,
): Promise<Readonly<Record<string, unknown>>> {
  const commit = known ?? (await commitOf(folder));
  return {
    command,
    actor: actor(),
    host: hostname(),
    medform: version(),
    ...(selection === undefined ? {} : { selection }),
    ...(commit === undefined ? {} : { commit }),
  };
}

function actor(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
