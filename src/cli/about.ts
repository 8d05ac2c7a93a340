/** What the ledger keeps of a command's circumstances. */
import { hostname, userInfo } from "node:os";
import type { Commit } from "../ledger/index.js";
import { version } from "./version.js";

/** The commit of the project's folder, where it is under git and git is there. */
async function commitOf(folder: string): Promise<Commit | undefined> {
  const { hasChanges, headOf } = await import("../schedule/index.js");
  const head = await headOf(folder);
  return head === undefined ? undefined : { id: shortCommit(head), dirty: await hasChanges(folder) };
}

/** As the ledger keeps it. */
export const shortCommit = (hash: string): string => hash.slice(0, 12);

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
