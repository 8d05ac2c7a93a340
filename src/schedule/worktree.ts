/**
 * The code of a git reference in a folder of its own, outside the project. A keeper, which is a process of its own, removes
 * it when we are done or dead: its standard input ends either way, after `kill -9` too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execPath as node } from "node:process";
import { type Position, ProblemError } from "../graph/index.js";
import { type CodeVersion, commitAt, git, gitFailed, repositoryOf, withoutGitVariables } from "./git.js";

export interface Worktree extends CodeVersion, AsyncDisposable {}

/**
 * Checks `ref` out, detached, with the packages that the project has installed. Dispose it to remove it.
 *
 * @throws ProblemError `git-missing`, `git-none`, `git-ref`, `git-failed`, `git-project`, `temporary-folder`.
 */
export async function openWorktree(project: string, ref: string, at?: Position): Promise<Worktree> {
  const { root, prefix } = await repositoryOf(project, `The code to run is that of "${ref}"`, at);
  const commit = await commitAt(root, ref, at);
  await removeStale(root);
  // Resolved, for the compiler tells what is inside the project by its path.
  const base = realpathSync(await temporaryFolder());
  const keeper = startKeeper(root, base);
  const close = () => stopKeeper(keeper, root, base);
  try {
    const added = await git(root, "worktree", "add", "--quiet", "--detach", "--force", base, commit);
    if (!added.ok) throw gitFailed(added.text, at);
    const dir = join(base, prefix);
    if (!existsSync(join(dir, "dataform.json"))) {
      throw new ProblemError({
        code: "git-project",
        message: `At "${ref}" (${commit.slice(0, 12)}) there is no dataform.json in ${prefix === "" ? "the repository" : prefix}.`,
        at,
        hint: "Commit the project, or name a reference that has it.",
      });
    }
    await linkPackages(project, root, base);
    return { dir, commit, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Says whose a worktree is, so that those of the dead are known. */
const ours = `medform-${hostname().replaceAll(/[^A-Za-z0-9]/g, "")}-`;

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), `${ours}${process.pid}-`));
  } catch (error) {
    throw new ProblemError({
      code: "temporary-folder",
      message: `No folder for the code can be made in ${tmpdir()} (${(error as NodeJS.ErrnoException).code}).`,
      hint: "Make room there, or name another folder with TMPDIR.",
    });
  }
}

/** Of the project's folder and of those above it, as Node looks for packages. */
async function linkPackages(project: string, root: string, base: string): Promise<void> {
  const top = realpathSync(root);
  for (let folder = realpathSync(project); folder.startsWith(top); folder = dirname(folder)) {
    const [packages, link] = [join(folder, "node_modules"), join(base, folder.slice(top.length), "node_modules")];
    if (existsSync(packages) && !existsSync(link) && existsSync(dirname(link)))
      await symlink(packages, link, "junction");
  }
}

/** Left by a machine that lost its power, say. */
async function removeStale(root: string): Promise<void> {
  const list = await git(root, "worktree", "list", "--porcelain");
  const folders = list.ok ? [...list.text.matchAll(/^worktree (.*)$/gm)].map(([, folder = ""]) => folder) : [];
  for (const folder of folders.filter((each) => basename(each).startsWith(ours))) {
    const pid = Number(basename(folder).slice(ours.length).split("-")[0]);
    // Its folder may be there and out of our sight, as where a service has a temporary folder of its own.
    if (isAlive(pid)) continue;
    await git(root, "worktree", "remove", "--force", "--force", folder);
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

interface Keeper {
  readonly process: ChildProcess;
  /** It has ended, or never began. */
  readonly gone: Promise<unknown>;
}

/** Signals to our group or session are not for it: it ends when we have. */
const keeping = `
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const [root, base] = process.argv.slice(1);
process.stdin.resume().on("close", () => {
  const { spawnSync } = require("node:child_process");
  spawnSync("git", ["-C", root, "worktree", "remove", "--force", "--force", base], { stdio: "ignore" });
  require("node:fs").rmSync(base, { recursive: true, force: true });
});`;

function startKeeper(root: string, base: string): Keeper {
  const process = spawn(node, ["-e", keeping, root, base], {
    cwd: root,
    detached: true,
    env: withoutGitVariables(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  process.stdin?.on("error", () => undefined);
  return { process, gone: new Promise((done) => process.once("exit", done).once("error", done)) };
}

/** Does its work where it was ended before us. */
async function stopKeeper({ process, gone }: Keeper, root: string, base: string): Promise<void> {
  process.stdin?.end();
  await gone;
  if (!existsSync(base)) return;
  await git(root, "worktree", "remove", "--force", "--force", base);
  await rm(base, { recursive: true, force: true });
}
