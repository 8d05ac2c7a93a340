/** The little that is asked of git. Nothing here fetches, checks out or changes a branch. */
import { execFile } from "node:child_process";
import { nearest, type Position, ProblemError } from "../graph/index.js";

/** Code of one commit, in a folder. */
export interface CodeVersion {
  /** Absolute; the folder that holds dataform.json. */
  readonly dir: string;
  /** Its full hash. */
  readonly commit: string;
}

export interface Repository {
  /** Absolute; the top of the working tree. */
  readonly root: string;
  /** The project's folder within it, with a slash at its end; empty where it is the top. */
  readonly prefix: string;
}

/** git's own variables, set where a hook called us, would send us to another repository. */
export function withoutGitVariables(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|NAMESPACE)$/.test(name),
    ),
  );
}

export type GitAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly missing: boolean; readonly text: string };

const SLOWEST_MS = 120_000;

/** Runs git in a folder; hooks of the repository are not run. */
export function git(folder: string, ...words: readonly string[]): Promise<GitAnswer> {
  const args = ["-C", folder, "-c", "core.hooksPath=/dev/null", "--no-optional-locks", ...words];
  const options = { env: { ...withoutGitVariables(), LC_ALL: "C" }, timeout: SLOWEST_MS, maxBuffer: 1 << 26 };
  return new Promise((done) => {
    execFile("git", args, options, (error, stdout, stderr) => {
      if (error === null) done({ ok: true, text: stdout.trimEnd() });
      else done({ ok: false, missing: error.code === "ENOENT", text: stderr.trim() });
    });
  });
}

/** @throws ProblemError `git-missing`, `git-none`, `git-failed`. */
export async function repositoryOf(folder: string, why: string, at?: Position): Promise<Repository> {
  const answer = await git(folder, "rev-parse", "--show-toplevel", "--show-prefix");
  if (answer.ok) {
    const [root = "", prefix = ""] = answer.text.split("\n");
    return { root, prefix };
  }
  throw answer.missing
    ? new ProblemError({ code: "git-missing", message: `${why}, and there is no git here.`, at, hint: "Install git." })
    : /not a git repository/i.test(answer.text)
      ? new ProblemError({
          code: "git-none",
          message: `${why}, and ${folder} is in no git repository.`,
          at,
          hint: 'Run from a clone of the project, or leave "gitRef" away.',
        })
      : gitFailed(answer.text, at);
}

export function gitFailed(text: string, at?: Position): ProblemError {
  const [line = "git failed"] = text.split("\n").filter((each) => each !== "");
  const foreign = /dubious ownership/.test(line);
  return new ProblemError({
    code: "git-failed",
    message: `git: ${line.replace(/^(?:fatal|error): /, "")}`,
    at,
    ...(foreign
      ? { hint: "It belongs to another account: run as that one, or trust it with git's `safe.directory`." }
      : {}),
  });
}

/**
 * The commit that a branch, tag or hash names: as git reads it here, else as `origin` had it when it was last fetched.
 *
 * @throws ProblemError `git-ref`.
 */
export async function commitAt(folder: string, ref: string, at?: Position): Promise<string> {
  for (const name of ref.startsWith("-") ? [] : [ref, `refs/remotes/origin/${ref}`]) {
    const answer = await git(folder, "rev-parse", "--verify", "--quiet", `${name}^{commit}`);
    if (answer.ok) return answer.text;
  }
  const names = await git(
    folder,
    "for-each-ref",
    "--format=%(refname:short)",
    "refs/heads",
    "refs/tags",
    "refs/remotes",
  );
  const near = nearest(ref, names.ok ? names.text.split("\n").filter((name) => name !== "") : []);
  throw new ProblemError({
    code: "git-ref",
    message: `There is no branch, tag or commit "${ref}" in this repository.`,
    at,
    hint: near.length > 0 ? `Did you mean ${near.join(", ")}?` : "Perhaps it was not fetched: `git fetch`.",
  });
}

/** The commit that is checked out; undefined where there is none yet. */
export async function headOf(folder: string): Promise<string | undefined> {
  const answer = await git(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  return answer.ok ? answer.text : undefined;
}

/** Whether the folder holds anything that is in no commit, or git cannot tell. */
export async function hasChanges(folder: string): Promise<boolean> {
  const answer = await git(folder, "status", "--porcelain", "--", ".");
  return !answer.ok || answer.text !== "";
}
