/** `medform schedule`, as cron calls it: the built command, a real repository, a real webhook. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/cli/program.js";
import type { RunReport } from "../../src/schedule/index.js";
import { command, lines, medform as start } from "../support/medform.js";

const project = realpathSync(mkdtempSync(join(tmpdir(), "medform-schedule-")));
const warehouse = join(project, ".medform/production.duckdb");
const told: RunReport[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part: Buffer) => {
    body += part.toString();
  });
  request.on("end", () => {
    told.push(JSON.parse(body) as RunReport);
    response.end();
  });
});

const git = (...words: readonly string[]) =>
  execFileSync("git", ["-C", project, "-c", "user.name=n", "-c", "user.email=a@b", ...words], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();
const write = (name: string, text: string) => {
  mkdirSync(join(project, name, ".."), { recursive: true });
  writeFileSync(join(project, name), text);
};
/** Commits what lies in the project, and names it. */
const commit = (branch: string) => {
  git("checkout", "-q", "-B", branch);
  git("add", "-A");
  git("commit", "-q", "-m", branch);
};
const hook = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
/** The built command. */
const built = (...args: readonly string[]) => start([...args, "--project", project], "", { HOOK: hook() });
/** The same in this process, which is faster. */
async function medform(...args: readonly string[]) {
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const io = {
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: { HOOK: hook() },
    cwd: project,
    isTTY: false,
    signal: new AbortController().signal,
  };
  return { code: await main([...args], io, () => ""), ...texts };
}

const daily = (sql: string) => `config { type: "table", tags: ["daily"], assertions: { uniqueKey: ["id"] } }\n${sql}`;
const environment = (name: string, schedules: string) =>
  `{ "name": "${name}", "gitRef": "${name}", "configOverride": { "warehouse": "duckdb" },
     "connection": { "path": ".medform/production.duckdb" }, "schedules": [ ${schedules} ] }`;
const nightly = (more = "") =>
  `{ "name": "nightly", "cron": "30 4 * * *", "tags": ["daily"], "notify": [ { "channel": "hook" } ] ${more} }`;

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  execFileSync("git", ["init", "-q", "-b", "main", project]);
  // In no commit: what runs where is said by the working tree.
  write(".gitignore", ".medform/\nenvironments.json\n");
  write("dataform.json", '{ "warehouse": "snowflake", "defaultDatabase": "EHR", "defaultSchema": "GOLD" }');
  write(
    "environments.json",
    `{ "environments": [
      ${environment("good", `${nightly(', "options": { "includeDependencies": true }')}, { "name": "off", "cron": "@daily", "disabled": true, "tags": ["daily"], "options": { "fullRefresh": true }, "notify": [ { "channel": "hook" } ] }, { "name": "tagless", "cron": "@daily", "tags": ["weekly"] }`)},
      ${environment("bad", nightly())},
      ${environment("broken", nightly())},
      ${environment("slow", nightly())},
      ${environment("gone", nightly())},
      { "name": "here", "configOverride": { "warehouse": "duckdb" }, "schedules": [ { "name": "tree", "cron": "0 6 * * mon", "timeZone": "Europe/Berlin", "tags": ["daily", "dialy"] } ] }
    ],
    "notificationChannels": [ { "name": "hook", "webhook": { "url": "\${HOOK}" } } ] }`,
  );
  write("definitions/base.sqlx", 'config { type: "table" }\nselect 1 as id');
  write("definitions/other.sqlx", 'config { type: "table" }\nselect 1 as id');
  const vars = ["environmentName", "scheduleName"].map(
    (name) => `'\${dataform.projectConfig.vars.${name}}' as ${name}`,
  );
  write("definitions/model.sqlx", daily(`select id, ${vars.join(", ")} from \${ref("base")}`));
  commit("good");
  write("definitions/model.sqlx", daily("select 1 as id union all select 1"));
  commit("bad");
  write("definitions/model.sqlx", daily(`select 1 as committed, \${nonsense}`));
  commit("broken");
  write("definitions/model.sqlx", daily("select count(*) as id from range(1000000000000) as r(x) where x % 7 = 3"));
  commit("slow");
  // Somebody works on something else meanwhile.
  git("checkout", "-q", "-B", "work", "good");
  write("definitions/model.sqlx", "config { half written");
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  rmSync(project, { recursive: true, force: true });
});
beforeEach(() => void told.splice(0));

async function rows(sql: string) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`attach '${warehouse}' as ehr (read_only)`);
  const found = await connection.runAndReadAll(sql);
  connection.closeSync();
  instance.closeSync();
  return found.getRowsJS();
}

const nothingLeft = () => {
  expect(git("worktree", "list").split("\n")).toHaveLength(1);
  expect(git("status", "--porcelain")).toBe("M definitions/model.sqlx");
  expect(git("branch", "--show-current")).toBe("work");
};

describe("schedule run", () => {
  test("runs the commit's code in the project's warehouse, and tells it", async () => {
    const ended = await built("schedule", "run", "good.nightly");
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining("Told hook.") });
    expect(await rows("select * from ehr.gold.model")).toEqual([[1, "good", "nightly"]]);
    // What the tagged action depends on was wanted; what nobody asked for was not built.
    expect(await rows("select table_name from duckdb_tables() where schema_name = 'GOLD' order by 1")).toEqual([
      ["BASE"],
      ["MODEL"],
    ]);
    const head = git("rev-parse", "good");
    expect(told).toMatchObject([
      {
        status: "SUCCESS",
        outcome: "succeeded",
        exitCode: 0,
        environment: "good",
        schedule: "nightly",
        commit: head,
        failing: [],
      },
    ]);
    expect(told[0]?.look).toBe(`medform status --project ${project} --environment good`);
    const opened = await rows("select body from ehr.medform.ledger where chain = 'main' and kind = 'open'");
    expect(opened[0]?.[0]).toContain(`"commit":{"dirty":false,"id":"${head.slice(0, 12)}"}`);
    nothingLeft();
  });

  test("advises what works afterwards: the schedule, for a plain run would be of another commit", async () => {
    const { code, stdout } = await medform("schedule", "run", "bad.nightly", "--vars", "site=north");
    expect(code).toBe(2);
    const next = stdout.slice(stdout.indexOf("Next"));
    expect(next).toMatch(/^ +medform schedule run bad\.nightly --vars site=north( |$)/m);
    expect(next).not.toContain("medform run");
    expect(next).toMatch(/medform audit report --environment bad --vars environmentName=bad/);
  });

  test("ends with 2 where a rule fails, and tells which", async () => {
    const ended = await medform("schedule", "run", "bad.nightly", "--json");
    expect(ended.code).toBe(2);
    const events = lines<{ kind: string; runId?: string }>(ended.stdout);
    expect(events.at(-1)?.kind).toBe("run-finished");
    expect(told).toMatchObject([
      { status: "FAILURE", outcome: "failed", runId: events[0]?.runId, actions: { discarded: 1 } },
    ]);
    expect(told[0]?.failing).toMatchObject([{ table: "gold.model", outcome: "fail", rows: 1 }]);
    nothingLeft();
  });

  test("ends with 1 where the commit does not compile, shows its line, and tells it", async () => {
    const { code, stderr } = await medform("schedule", "run", "broken.nightly");
    expect(code).toBe(1);
    expect(stderr).toContain("definitions/model.sqlx:2:");
    expect(stderr).toContain("select 1 as committed");
    expect(stderr).not.toContain("half written");
    expect(told).toMatchObject([{ status: "FAILURE", outcome: "error", runId: null, actions: null }]);
    expect(told[0]?.problems[0]?.at).toContain("definitions/model.sqlx:2");
    nothingLeft();
  });

  test("ends with 3 where another holds the warehouse, and tells it", async () => {
    const holder = await DuckDBInstance.create(warehouse);
    const { code, stderr } = await built("schedule", "run", "good.nightly");
    holder.closeSync();
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining("error: locked") });
    expect(told).toMatchObject([
      { status: "FAILURE", outcome: "refused", exitCode: 3, problems: [{ code: "locked" }] },
    ]);
    nothingLeft();
  });

  test("ends with 1 at the place of a reference that is not there", async () => {
    const { code, stderr } = await medform("schedule", "run", "gone.nightly");
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/git-ref: .*"gone"[\s\S]*environments\.json:\d+:\d+/),
    });
    expect(told).toMatchObject([{ status: "FAILURE", problems: [{ code: "git-ref" }] }]);
  });

  test("ends with 1 at its place where nothing has its tag", async () => {
    const { code, stderr } = await medform("schedule", "run", "tagless");
    expect(code).toBe(1);
    expect(stderr).toMatch(/selection-unknown: "tag:weekly"[\s\S]*environments\.json:\d+:\d+[\s\S]*"name": "tagless"/);
    nothingLeft();
  });

  test("ends with 143 on SIGTERM: cancelled, told, nothing left", async () => {
    const env = { ...process.env, MEDFORM_DUCKDB: "", NO_COLOR: "1", HOOK: hook() };
    const child = spawn(
      process.execPath,
      [command, "schedule", "run", "slow.nightly", "--json", "--project", project],
      { env },
    );
    let stdout = "";
    child.stdout.on("data", (part: Buffer) => {
      stdout += part.toString();
      // Who asks twice is not waited for.
      if (stdout.includes('"action-started"') && !child.killed) child.kill("SIGTERM");
    });
    const code = await new Promise((done) => child.once("close", done));
    expect(code).toBe(143);
    expect(told).toMatchObject([{ status: "FAILURE", outcome: "cancelled", exitCode: 143 }]);
    nothingLeft();
  });

  test.skipIf(process.env.MEDFORM_LONG !== "1")(
    "leaves nothing, whenever it is ended",
    async () => {
      const env = { ...process.env, MEDFORM_DUCKDB: "", HOOK: hook() };
      for (let i = 0; i < 20; i++) {
        const child = spawn(process.execPath, [command, "schedule", "run", "bad.nightly", "--project", project], {
          env,
        });
        const closed = new Promise((done) => child.once("close", done));
        await new Promise((done) => setTimeout(done, 100 * i));
        child.kill(i % 2 === 0 ? "SIGTERM" : "SIGKILL");
        await closed;
        await expect.poll(() => git("worktree", "list").split("\n").length, { timeout: 20_000 }).toBe(1);
        nothingLeft();
      }
      expect((await medform("schedule", "run", "good.nightly")).code).toBe(0);
    },
    600_000,
  );

  test("is refused where the schedule is disabled, and tells nobody", async () => {
    const { code, stderr } = await medform("schedule", "run", "off");
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining("schedule-disabled") });
    expect(stderr).toContain(
      "medform run tag:daily --full-refresh --any-commit --environment good --vars environmentName=good --vars scheduleName=off",
    );
    expect(told).toEqual([]);
  });

  test("names those that it could have meant", async () => {
    expect((await medform("schedule", "run", "nightly")).stderr).toContain("Say which: good.nightly, bad.nightly");
    expect((await medform("schedule", "run", "nightli", "--environment", "good")).stderr).toContain(
      "Did you mean nightly",
    );
    expect(await medform("schedule", "run", "off", "--environment", "goood")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Did you mean good?"),
    });
  });
});

test("a plain run is refused on another commit than the environment's, unless any will do", async () => {
  git("stash", "-q");
  git("checkout", "-q", "bad");
  const refused = await medform("run", "--environment", "good");
  expect(refused).toMatchObject({
    code: 3,
    stdout: "",
    stderr: expect.stringMatching(/other-commit: [\s\S]*--any-commit/),
  });
  git("checkout", "-q", "--detach", "good");
  const allowed = await medform("run", "base", "--environment", "good");
  expect(allowed.code, allowed.stderr).toBe(0);
  git("checkout", "-q", "work");
  git("stash", "pop", "-q");
  write("definitions/model.sqlx", daily("select 2 as id"));
  const dirty = await medform("run", "--environment", "bad", "--any-commit");
  expect(dirty.code, dirty.stderr).toBe(0);
  const noticed = await medform("run", "--environment", "good");
  expect(noticed).toMatchObject({ code: 0, stderr: expect.stringContaining("warning: uncommitted") });
});

test("a plain run where the commit cannot be told says why", async () => {
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "medform-schedule-new-")));
  try {
    for (const file of ["dataform.json", "environments.json"])
      writeFileSync(join(elsewhere, file), readFileSync(join(project, file)));
    const run = () => medform("run", "--environment", "good", "--project", elsewhere);
    expect(await run()).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/git-none: .*is in no git repository[\s\S]*environments\.json:\d+:\d+/),
    });
    execFileSync("git", ["init", "-q", elsewhere]);
    expect((await run()).stderr).toContain("git-ref: ");
    expect(existsSync(join(elsewhere, ".medform"))).toBe(false);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

describe("schedule list and next", () => {
  test("list says what is when, and warns of tags that nothing has", async () => {
    write("definitions/model.sqlx", daily("select 2 as id"));
    const { code, stdout, stderr } = await medform("schedule", "list", "--environment", "here");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^schedule +cron +next +what +code\nhere\.tree +0 6 \* \* mon +\d{4}-\d\d-\d\d 06:00 Europe\/Berlin +daily dialy +working tree\n$/,
    );
    expect(stderr).toMatch(/schedule-tag: The schedule "tree" .* "dialy"[\s\S]*environments\.json:\d+:\d+/);
    const listed = await medform("schedule", "list", "--json");
    const values = JSON.parse(listed.stdout) as { name: string; next: string | null }[];
    expect(values.map(({ name }) => name)).toEqual([
      "nightly",
      "off",
      "tagless",
      "nightly",
      "nightly",
      "nightly",
      "nightly",
      "tree",
    ]);
    expect(values[1]?.next).toBeNull();
    expect(listed.stdout).not.toContain("127.0.0.1");
  });

  // They are computed in one go, in which no signal is heard.
  test("next takes no count that would not end", async () => {
    const { code, stderr } = await medform("schedule", "next", "--count", "1001");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("1 to 1000") });
    const { stdout } = await medform("schedule", "next", "--count", "1000", "--json");
    expect(JSON.parse(stdout)).toHaveLength(1000);
  });

  test("next is the same whenever it is asked, after an instant", async () => {
    const args = ["schedule", "next", "--count", "2", "--after", "2026-03-29T00:00:00Z", "--environment", "here"];
    expect(await medform(...args)).toMatchObject({
      code: 0,
      stdout:
        "2026-03-30 04:00 UTC  here.tree  2026-03-30 06:00 Europe/Berlin\n2026-04-06 04:00 UTC  here.tree  2026-04-06 06:00 Europe/Berlin\n",
    });
    expect(JSON.parse((await medform(...args, "--json")).stdout)).toEqual(
      ["2026-03-30T04:00:00.000Z", "2026-04-06T04:00:00.000Z"].map((at) => ({
        at,
        timeZone: "Europe/Berlin",
        environment: "here",
        schedule: "tree",
      })),
    );
  });
});

test("the repository's own environments.json says where its schema is", () => {
  const own = join(import.meta.dirname, "../..");
  const { $schema } = JSON.parse(readFileSync(join(own, "environments.json"), "utf8")) as { $schema: string };
  expect(existsSync(join(own, $schema))).toBe(true);
});
