/** The built command on a Snowflake, by the real driver over HTTP: logins, a small project from end to end, tasks, secrets. */
import { spawn } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import { whoAmI } from "../../src/warehouse/index.js";
import { defaultUser, type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs, pairsOf } from "../snowflake-server/pairs.js";
import { command, type Ended, scratch } from "../support/medform.js";

const at = scratch();
const project = join(at.dir, "shop");
const home = join(at.dir, "home");
// Of this test alone: other processes of the machine may say the usual ones.
const own = randomUUID();
const user = { name: defaultUser.name, password: `battery staple ${own}` };
const passphrase = `open sesame ${own}`;
const hashKey = `hash key of the shop ${own}`;
const password = { SNOWFLAKE_PASSWORD: user.password };
const secrets = [user.password, passphrase, hashKey];

/** What says the same of other settings, or waits. */
const long = test.skipIf(process.env.MEDFORM_LONG !== "1");

let server: SnowflakeServer;

beforeAll(async () => {
  server = await startSnowflake({ users: [user] });
  mkdirSync(join(project, "definitions"), { recursive: true });
  mkdirSync(home);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  at[Symbol.dispose]();
});

const order = (state: string) => `config {
  type: "table", description: "It's what was ordered.", tags: ["heavy"], assertions: { nonNull: ["state"] }
}
select /* who ordered what */ 1 as order_id, 'open' as state
union all
select 2 as order_id, ${state} as state`;

const schedules = (...names: readonly string[]) =>
  names.map((name) => ({ name, cron: "30 4 * * mon-fri", timeZone: "Europe/Berlin" }));

function write(
  more: { readonly connection?: object; readonly schedules?: readonly object[]; readonly state?: string } = {},
) {
  const connection = {
    account: "TEST",
    accessUrl: server.accessUrl,
    user: user.name,
    warehouse: "REFRESH",
    warehouses: { "tag:heavy": "REFRESH_XL", "command:show": "READING", "command:status": "AUDIT" },
    ...more.connection,
  };
  writeFileSync(
    join(project, "environments.json"),
    JSON.stringify({ environments: [{ name: "production", connection, schedules: more.schedules ?? [] }] }),
  );
  writeFileSync(
    join(project, "dataform.json"),
    JSON.stringify({ warehouse: "snowflake", defaultDatabase: "shop", defaultSchema: "main" }),
  );
  writeFileSync(join(project, "definitions/order.sqlx"), order(more.state ?? "'paid'"));
  writeFileSync(
    join(project, "definitions/paid.sqlx"),
    `config { type: "view" } select order_id from \${ref("order")} where state = 'paid'`,
  );
}

/** The server knows the project that is written, as both engines compile it. */
async function told(): Promise<void> {
  const [ours, theirs] = await Promise.all(
    (["snowflake", "duckdb"] as const).map((warehouse) =>
      compileProject({ projectDir: project, overrides: { warehouse } }),
    ),
  );
  if (ours === undefined || theirs === undefined) throw new Error("two compilations");
  await server.know([...pairsOf(ours.graph, theirs.graph), ...ledgerPairs("SHOP")]);
}

/** What other processes can see of the command while it runs. */
const processes: string[] = [];

function medform(args: string | readonly string[], env: NodeJS.ProcessEnv = password): Promise<Ended> {
  const { PATH } = process.env;
  const words = typeof args === "string" ? args.split(" ") : args;
  const child = spawn(process.execPath, [command, ...words, "--environment", "production"], {
    cwd: project,
    env: { PATH, HOME: home, NO_COLOR: "1", ...env },
  });
  const watch = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        processes.push(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // It has ended.
      }
    }
  }, 200);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  }
  return new Promise((done) => {
    child.once("close", (code) => {
      clearInterval(watch);
      const all = `${said.stdout}${said.stderr}`;
      for (const secret of secrets) expect(all).not.toContain(secret);
      // The driver keeps no log beside the project, and nothing of its own at home.
      expect(readdirSync(project).filter((name) => /log/.test(name))).toEqual([]);
      done({ code: code ?? 1, ...said });
    });
  });
}

const pair = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase },
});
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });

describe("a login", () => {
  const keyFile = join(at.dir, "rsa.p8");
  const otherFile = join(at.dir, "other.p8");
  const keyed = { SNOWFLAKE_PRIVATE_KEY_FILE: keyFile, SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: passphrase };

  beforeAll(async () => {
    await server.reset();
    write();
    await server.user({ ...user, publicKeys: [pair.publicKey], defaultRole: "RUNNER" });
    writeFileSync(keyFile, pair.privateKey, { mode: 0o600 });
    writeFileSync(otherFile, other.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  });

  test.each([
    ["nothing to log in with", {}, "snowflake-access", "how to log in"],
    ["a wrong password", { SNOWFLAKE_PASSWORD: "mellon" }, "snowflake-login", "does not know this password"],
    ["another key", { SNOWFLAKE_PRIVATE_KEY_FILE: otherFile }, "snowflake-login", "key"],
  ])("with %s is told in plain words", async (_, env, code, words) => {
    const { code: exit, stdout, stderr } = await medform("status", env);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toContain(`error: ${code}`);
    expect(stderr).toContain(words);
    expect(stderr).toContain("hint:");
    expect(stderr).not.toContain("mellon");
  });

  long("where nobody answers is told within seconds (MEDFORM_LONG=1)", async () => {
    write({ connection: { accessUrl: "http://127.0.0.1:9" } });
    const started = performance.now();
    const { code, stderr } = await medform("status");
    expect(code).toBe(1);
    expect(stderr).toContain("error: snowflake-unreachable");
    expect(performance.now() - started).toBeLessThan(30_000);
    write();
  });

  test("that is right says as whom, where and on which compute", async () => {
    const { code, stdout } = await medform("status", keyed);
    expect(code).toBe(0);
    expect(stdout).toContain("production on snowflake · SHOP at TEST");
    expect(stdout).toContain("Logged in as MEDFORM with role RUNNER, in SHOP, on warehouse AUDIT.");
  });

  long("without compute says so (MEDFORM_LONG=1)", async () => {
    write({ connection: { warehouse: undefined, warehouses: {} } });
    const { code, stderr } = await medform("status");
    expect(code).toBe(1);
    expect(stderr).toContain("warehouse-missing: The login goes well, as MEDFORM with role RUNNER;");
    write();
  });

  test("in the file is refused before anything is sent", async () => {
    await server.forgetStatements();
    write({ connection: { password: passphrase } });
    const { code, stderr } = await medform("status", {});
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /environments-secret: environments\[0\]\.connection\.password: .*\n *--> environments\.json:1:\d+/,
    );
    expect(await server.statements()).toEqual([]);
    write();
  });
});

describe("a project", () => {
  const key = { ...password, MEDFORM_HASH_KEY: hashKey };

  beforeAll(async () => {
    await server.reset();
    write();
    await told();
  });

  test("is planned and refreshed, each on its compute", async () => {
    const { estimate } = JSON.parse((await medform("plan --json")).stdout) as { estimate: { relations: unknown[] } };
    expect(estimate.relations).toEqual([
      expect.objectContaining({ how: "whole", candidate: "yes", warehouse: "REFRESH_XL", rows: null }),
      expect.objectContaining({ how: "view", candidate: "no", warehouse: "REFRESH" }),
    ]);

    await server.forgetStatements();
    const first = await medform("run", key);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/built +main\.order +2 rows/);
    const sent = await server.statements();
    const built = sent.filter(({ sqlText }) => sqlText.includes("who ordered what"));
    expect(built.length).toBeGreaterThan(0);
    expect(new Set(built.map(({ warehouse }) => warehouse))).toEqual(new Set(["REFRESH_XL"]));
    expect(JSON.stringify(sent.map(({ sqlText, queryTag }) => [sqlText, queryTag]))).not.toContain(hashKey);

    expect((await medform("run", key)).stdout).toContain("Nothing to do: 2 actions up to date.");
  });

  test("keeps what is published where a rule fails, and is read and verified", async () => {
    write({ state: "null" });
    await told();
    const failing = await medform("run", key);
    expect(failing.code).toBe(2);
    expect(failing.stdout).toMatch(/discarded +main\.order/);
    await server.forgetStatements();
    const shown = await medform("show order --json");
    expect(
      shown.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { ORDER_ID: 1, STATE: "open" },
      { ORDER_ID: 2, STATE: "paid" },
    ]);
    expect(new Set((await server.statements()).map(({ warehouse }) => warehouse))).toEqual(new Set(["READING"]));

    write();
    const planned = await medform("plan");
    expect(planned.stdout).toContain("failed last time");
    expect(planned.stdout).toContain("Estimate: nothing is written.");
    expect(await medform("assert", key)).toMatchObject({ code: 0 });
    expect((await medform("audit verify")).stdout).toMatch(/verify: none was altered/);
    expect(JSON.parse((await medform("status --json")).stdout)).toMatchObject({
      warehouse: "SHOP at TEST",
      session: { user: "MEDFORM", role: "PUBLIC", warehouse: "AUDIT", database: "SHOP" },
    });
  });

  test("shows rows under a condition in the engine's words", async () => {
    await server.know([{ snowflake: "order_id > 1", duckdb: "order_id > 1" }]);
    const shown = await medform(["show", "order", "--json", "--where", "order_id > 1"]);
    expect(shown).toMatchObject({ code: 0, stderr: "", stdout: '{"ORDER_ID":2,"STATE":"paid"}\n' });
  });

  test("is refused while what was committed cannot be put into place, until that is given up", async () => {
    const effect = { kind: "error", code: "000603", sqlState: "XX000", message: "injected" } as const;
    const hook = await server.hook({ on: "statement", matches: '^create or replace view \\S+PAID"', effect });
    writeFileSync(
      join(project, "definitions/paid.sqlx"),
      `config { type: "view" } select order_id, state from \${ref("order")} where state = 'paid'`,
    );
    await told();
    const stuck = await medform("run", key);
    expect(stuck.code).toBe(1);
    expect(`${stuck.stdout}${stuck.stderr}`).toMatch(/pending-step: SHOP\.MAIN\.PAID was committed/);
    expect((await medform("clean")).stdout).toMatch(
      /waiting: +main\.paid\n +create or replace view\n1 relation waiting/,
    );
    expect(JSON.parse((await medform("clean --json --drop main.paid")).stdout)).toMatchObject({
      pending: [],
      givenUp: [{ target: { name: "PAID" } }],
      dropped: [],
    });
    await hook.remove();

    const records = (await medform("audit export")).stdout.split("\n").filter((line) => line.includes('"given-up"'));
    expect(records).toHaveLength(1);
    expect(records[0]).toContain("SHOP.MAIN.PAID");
    const again = await medform("run", key);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/built +main\.paid/);
    write();
  });

  test("drops relations whose model is gone, and ends what was cut short", async () => {
    rmSync(join(project, "definitions/paid.sqlx"));
    writeFileSync(join(project, "definitions/open.sqlx"), 'config { type: "table" } select 1 as one');
    await told();
    expect(await medform("run", key)).toMatchObject({ code: 0 });
    rmSync(join(project, "definitions/open.sqlx"));
    // The relation is dropped, its marker is not: nothing says that it is gone.
    const effect = { kind: "error", code: "000603", sqlState: "XX000", message: "injected" } as const;
    const hook = await server.hook({ on: "statement", matches: "^delete from .*PUBLICATION where", effect });
    expect((await medform("clean --drop open")).code).toBe(1);
    await hook.remove();
    expect((await medform("clean")).stdout).toMatch(
      /^no model: +main\.open +table, 1 row, .*, gone from the warehouse\nno model: +main\.paid +view, .*\n2 relations without a model/,
    );
    expect((await medform("clean --drop main.paid --drop open")).stdout).toBe(
      "dropped:   main.paid\nforgotten: main.open, which was gone already\nNothing is left to clean.\n",
    );
    const records = (await medform("audit export")).stdout.split("\n").filter((line) => line.includes('"KIND":"drop"'));
    expect(records.map((line) => (JSON.parse(line) as { OUTCOME: string }).OUTCOME).toSorted()).toEqual([
      "dropped",
      "given-up",
      "gone",
    ]);
    write();
  });

  test("needs no snapshot, and tests its models on the embedded engine", async () => {
    const snapshot = await medform("snapshot");
    expect(snapshot).toMatchObject({ code: 1, stdout: "" });
    expect(snapshot.stderr).toContain("snapshot-not-needed");
    writeFileSync(
      join(project, "definitions/paid_test.sqlx"),
      `config { type: "test", dataset: "paid" } input "order" { select 7 as order_id, 'paid' as state } select 7 as order_id`,
    );
    const tested = await medform("test", {});
    expect(tested).toMatchObject({ code: 0 });
    expect(tested.stderr).toContain("on an embedded DuckDB in memory");
  });

  test("says that the database is not there, or not for this role, where the login is in none", async () => {
    await server.know([
      {
        snowflake: whoAmI,
        duckdb: `select 'MEDFORM' as "USER", 'PUBLIC' as "ROLE", 'AUDIT' as "WAREHOUSE", cast(null as varchar) as "DATABASE"`,
      },
    ]);
    const { code, stderr } = await medform("status");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "database-missing: The login goes well, as MEDFORM with role PUBLIC; but the database SHOP",
    );
    expect(stderr).toContain("grant usage on database SHOP to role PUBLIC");
  });

  long("without a database says where one is missing (MEDFORM_LONG=1)", async () => {
    writeFileSync(join(project, "dataform.json"), JSON.stringify({ warehouse: "snowflake", defaultSchema: "main" }));
    const { code, stderr } = await medform("status");
    expect(code).toBe(1);
    expect(stderr).toContain("database-missing");
    expect(stderr).toContain("defaultDatabase");
    write();
  });
});

describe("schedule deploy", () => {
  const tasks = { computePool: "POOL", image: "/shop/medform/images/shop:1" };
  // What a container has from Snowflake: no login is said in environments.json.
  const inside = () => ({
    ...password,
    SNOWFLAKE_USER: user.name,
    SNOWFLAKE_HOST: "127.0.0.1",
    SNOWFLAKE_PORT: String(server.port),
    SNOWFLAKE_PROTOCOL: "http",
  });
  const connection = { accessUrl: undefined, user: undefined, tasks };
  const deployed = async (args = "") => {
    const ended = await medform(`schedule deploy --json${args}`, inside());
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const { tasks: steps } = JSON.parse(ended.stdout) as { tasks: readonly { name: string; what: string }[] };
    return steps.map(({ name, what }) => `${what} ${name}`);
  };

  beforeEach(async () => {
    await server.reset();
    write({ connection, schedules: schedules("nightly", "weekly") });
  });

  test("prints a script and sends nothing", async () => {
    await server.forgetStatements();
    const { code, stdout } = await medform("schedule deploy --dry-run", {});
    expect(code).toBe(0);
    expect(stdout.match(/^create task "SHOP"\.MEDFORM\."medform production\.\w+"$/gm)).toHaveLength(2);
    expect(stdout).toContain("USING CRON 30 4 * * 1,2,3,4,5 Europe/Berlin");
    expect(stdout.match(/ resume;$/gm)).toHaveLength(2);
    expect(await server.statements()).toEqual([]);
  });

  test("makes, changes and drops its own, and touches no other", async () => {
    expect(await deployed()).toEqual(["create medform production.nightly", "create medform production.weekly"]);
    write({ connection, schedules: [{ ...schedules("nightly")[0], cron: "@daily" }] });
    expect(await deployed()).toEqual(["change medform production.nightly", "drop medform production.weekly"]);

    // The same schedule of another project in the same database.
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "another" }));
    await server.forgetStatements();
    const foreign = await medform("schedule deploy", inside());
    expect(foreign.code).toBe(3);
    expect(foreign.stderr).toContain("task-foreign");
    expect((await server.statements()).filter(({ sqlText }) => /^(create|alter task|drop)/.test(sqlText))).toEqual([]);
  });
});

test("no secret was ever in the list of processes", () => {
  expect(processes.some((line) => line.includes("--environment"))).toBe(true);
  for (const secret of secrets) expect(processes.filter((line) => line.includes(secret))).toEqual([]);
});
