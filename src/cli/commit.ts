/** An environment with a gitRef is for the code of that reference. */
import { ProblemError } from "../graph/index.js";
import { commitAt, hasChanges, headOf, repositoryOf } from "../schedule/index.js";
import type { Messages } from "./messages.js";
import type { OpenedProject } from "./open.js";

/**
 * Refuses, with exit code 3, where another commit is checked out than the one that the environment names; says so where the
 * working tree differs from it.
 *
 * @throws ProblemError `other-commit`, `git-ref`, `git-none`, `git-missing`, `git-failed`.
 */
export async function refuseOtherCommit({ environment, project }: OpenedProject, say: Messages): Promise<void> {
  const { name, gitRef, gitRefAt: at } = environment;
  if (gitRef === undefined) return;
  const why = `The environment "${name}" runs the code of "${gitRef}"`;
  await repositoryOf(project.dir, why, at);
  const wanted = await commitAt(project.dir, gitRef, at);
  const head = await headOf(project.dir);
  if (head !== wanted) {
    const here = head === undefined ? "no commit" : head.slice(0, 12);
    const message = `${why} (${wanted.slice(0, 12)}), and ${here} is checked out.`;
    const hint = `\`medform schedule run\` runs the code of "${gitRef}" without checking it out; --any-commit runs what is here.`;
    throw new ProblemError({ code: "other-commit", message, at, hint }, 3);
  }
  if (await hasChanges(project.dir)) {
    say.warning({
      code: "uncommitted",
      message: `${why}, and the project holds changes that are in no commit.`,
      hint: "The ledger records that. Commit them, or put them aside with `git stash`.",
    });
  }
}
