/** Real repositories in folders of their own. */
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ProblemError } from "../graph/index.js";
import { commitAt, hasChanges, headOf, openWorktree } from "./index.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "medform-test-worktree-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gitIn = (dir: string, ...words: readonly string[]) =>
  execFileSync("git", ["-C", dir, "-c", "user.name=n", "-c", "user.email=a@b", ...words], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();

/** A repository with a project in `warehouse/`; two commits on main, the first of them tagged v1. */
function repository(name: string) {
  const root = join(folder, name);
  const project = join(root, "warehouse");
  mkdirSync(project, { recursive: true });
  gitIn(folder, "init", "-q", "-b", "main", root);
  const commit = (text: string) => {
    writeFileSync(join(project, "dataform.json"), JSON.stringify({ text }));
    gitIn(root, "add", "-A");
    gitIn(root, "commit", "-q", "-m", text);
    return gitIn(root, "rev-parse", "HEAD");
  };
  const first = commit("first");
  gitIn(root, "tag", "v1");
  const second = commit("second");
  return { root, project, first, second };
}

const textIn = (dir: string) => (JSON.parse(readFileSync(join(dir, "dataform.json"), "utf8")) as { text: string }).text;
const worktreesOf = (root: string) => gitIn(root, "worktree", "list").split("\n").slice(1);

describe("a worktree", () => {
  const { root, project, first, second } = repository("one");
  const at = { file: "environments.json", line: 3, column: 5 };

  test.each([
    ["main", second, "second"],
    [first.slice(0, 8), first, "first"],
  ])("of %s holds the code of that commit, and is gone afterwards", async (ref, commit, text) => {
    writeFileSync(join(project, "dataform.json"), "half written");
    writeFileSync(join(project, "new.txt"), "not added");
    let dir = "";
    {
      await using worktree = await openWorktree(project, ref, at);
      ({ dir } = worktree);
      expect(worktree.commit).toBe(commit);
      expect(textIn(dir)).toBe(text);
      expect(dir.startsWith(root)).toBe(false);
      expect(existsSync(join(dir, "new.txt"))).toBe(false);
    }
    expect(existsSync(dir)).toBe(false);
    expect(worktreesOf(root)).toEqual([]);
    expect(readFileSync(join(project, "dataform.json"), "utf8")).toBe("half written");
    expect(gitIn(root, "status", "--porcelain")).toBe("M warehouse/dataform.json\n?? warehouse/new.txt");
    expect(gitIn(root, "branch", "--show-current")).toBe("main");
  });

  test("finds the packages of the project and of the folders above it, and leaves them", async () => {
    for (const where of [root, project]) {
      mkdirSync(join(where, "node_modules/thing"), { recursive: true });
      writeFileSync(join(where, "node_modules/thing/index.js"), where);
    }
    {
      await using worktree = await openWorktree(project, "main");
      expect(readFileSync(join(worktree.dir, "node_modules/thing/index.js"), "utf8")).toBe(project);
      expect(readFileSync(join(worktree.dir, "../node_modules/thing/index.js"), "utf8")).toBe(root);
    }
    for (const where of [root, project]) expect(readdirSync(join(where, "node_modules"))).toEqual(["thing"]);
  });

  test("of a reference that is not there is none, and the nearest is named", async () => {
    const problem = { code: "git-ref", at, message: expect.stringContaining('"mian"'), hint: "Did you mean main?" };
    await expect(openWorktree(project, "mian", at)).rejects.toMatchObject({ problems: [problem] });
    for (const ref of ["--all", "no/such", "v1:warehouse", "HEAD:warehouse/dataform.json"]) {
      await expect(openWorktree(project, ref)).rejects.toMatchObject({ problems: [{ code: "git-ref" }] });
    }
  });

  test("of a repository without a commit is none, and nothing is guessed", async () => {
    const empty = join(folder, "empty");
    gitIn(folder, "init", "-q", empty);
    await expect(openWorktree(empty, "v1")).rejects.toMatchObject({
      problems: [{ code: "git-ref", hint: expect.stringContaining("git fetch") }],
    });
  });

  test("of another account's repository is none, and the way out is named", async () => {
    process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = "1";
    try {
      await expect(openWorktree(project, "main")).rejects.toMatchObject({
        problems: [
          {
            code: "git-failed",
            message: expect.stringContaining("dubious ownership"),
            hint: expect.stringContaining("safe.directory"),
          },
        ],
      });
    } finally {
      delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER;
    }
  });

  test("of a commit without the project is none, and nothing is left of it", async () => {
    gitIn(root, "checkout", "-q", "--orphan", "bare");
    gitIn(root, "rm", "-rfq", "--cached", ".");
    gitIn(root, "commit", "-q", "--allow-empty", "-m", "empty");
    gitIn(root, "checkout", "-qf", "main");
    const before = readdirSync(tmpdir()).filter(
      (name) => name.startsWith("medform-") && name.includes(`-${process.pid}-`),
    );
    const problem = { code: "git-project", message: expect.stringContaining("no dataform.json in warehouse/") };
    await expect(openWorktree(project, "bare")).rejects.toMatchObject({ problems: [problem] });
    expect(worktreesOf(root)).toEqual([]);
    expect(
      readdirSync(tmpdir()).filter((name) => name.startsWith("medform-") && name.includes(`-${process.pid}-`)),
    ).toEqual(before);
  });

  test("runs no hook of the repository", async () => {
    mkdirSync(join(root, ".git/hooks"), { recursive: true });
    writeFileSync(join(root, ".git/hooks/post-checkout"), `#!/bin/sh\ntouch ${join(folder, "hooked")}\n`, {
      mode: 0o755,
    });
    await using _ = await openWorktree(project, "main");
    expect(existsSync(join(folder, "hooked"))).toBe(false);
  });

  test("of an origin is found where only it was fetched, as a CI job does", async () => {
    const clone = join(folder, "clone");
    gitIn(folder, "clone", "-q", "--branch", "v1", root, clone);
    await using worktree = await openWorktree(join(clone, "warehouse"), "main");
    expect(worktree.commit).toBe(second);
  });

  test("needs room for it", async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = join(folder, "nowhere");
    const opened = openWorktree(project, "main");
    await expect(opened).rejects.toMatchObject({
      problems: [{ code: "temporary-folder", hint: expect.stringContaining("TMPDIR") }],
    });
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });

  test("needs a repository", async () => {
    const outside = mkdtempSync(join(folder, "outside-"));
    writeFileSync(join(outside, "dataform.json"), "{}");
    const opened = openWorktree(outside, "main", at);
    await expect(opened).rejects.toBeInstanceOf(ProblemError);
    await expect(opened).rejects.toMatchObject({
      problems: [{ code: "git-none", at, hint: expect.stringContaining("gitRef") }],
    });
    expect(await headOf(outside)).toBeUndefined();
  });
});

/** Of a process, which may have ended meanwhile. */
function argumentsOf(pid: string): string {
  try {
    return readFileSync(join("/proc", pid, "cmdline"), "utf8");
  } catch {
    return "";
  }
}

describe("what is left behind", () => {
  test("by the dead is removed by the next, and nothing else is", async () => {
    const { root, project } = repository("two");
    const theirs = join(folder, "theirs");
    gitIn(root, "worktree", "add", "-q", "--detach", theirs, "v1");
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((done) => dead.once("exit", done));
    const host = hostname().replaceAll(/[^A-Za-z0-9]/g, "");
    const [left, lost] = ["left", "lost"].map((name) => join(folder, `medform-${host}-${dead.pid}-${name}`));
    for (const each of [left, lost]) gitIn(root, "worktree", "add", "-q", "--detach", each ?? "", "v1");
    rmSync(lost ?? "", { recursive: true });
    {
      await using mine = await openWorktree(project, "v1");
      await using other = await openWorktree(project, "main");
      expect(textIn(mine.dir)).toBe("first");
      expect(textIn(other.dir)).toBe("second");
      expect(existsSync(left ?? "")).toBe(false);
      expect(worktreesOf(root)).toHaveLength(3);
    }
    expect(worktreesOf(root).map((line) => basename(line.split(" ")[0] ?? ""))).toEqual(["theirs"]);
  });

  test.skipIf(!existsSync("/proc/self/cmdline"))("by a keeper that is killed: we see to it", async () => {
    const { root, project } = repository("five");
    const worktree = await openWorktree(project, "main");
    const own = basename(join(worktree.dir, ".."));
    const keeper = readdirSync("/proc").find((pid) => /^\d+$/.test(pid) && argumentsOf(pid).includes(own));
    process.kill(Number(keeper), "SIGKILL");
    await worktree[Symbol.asyncDispose]();
    expect(worktreesOf(root)).toEqual([]);
    expect(existsSync(worktree.dir)).toBe(false);
  });

  test("by nobody who is killed: the keeper sees to it", async () => {
    const { root, project } = repository("three");
    const script = `
      import { openWorktree } from ${JSON.stringify(resolve(import.meta.dirname, "../../dist/src/schedule/index.js"))};
      const { dir } = await openWorktree(${JSON.stringify(project)}, "main");
      console.log(dir);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const dir = await new Promise<string>((done) =>
      child.stdout.once("data", (text: Buffer) => done(text.toString().trim())),
    );
    expect(textIn(dir)).toBe("second");
    child.kill("SIGKILL");
    await expect.poll(() => existsSync(dir), { timeout: 20_000 }).toBe(false);
    await expect.poll(() => worktreesOf(root), { timeout: 20_000 }).toEqual([]);
    expect(existsSync(join(project, "dataform.json"))).toBe(true);
  });
});

test("what git says of a folder", async () => {
  const { project, root, second } = repository("four");
  expect(await headOf(project)).toBe(second);
  expect(await hasChanges(project)).toBe(false);
  writeFileSync(join(root, "elsewhere.txt"), "");
  expect(await hasChanges(project)).toBe(false);
  renameSync(join(root, "elsewhere.txt"), join(project, "here.txt"));
  expect(await hasChanges(project)).toBe(true);
  await expect(commitAt(project, "v2")).rejects.toMatchObject({ problems: [{ hint: expect.stringContaining("v1") }] });
});
