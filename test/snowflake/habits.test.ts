/** What the driver does by itself, in a process of its own that uses it as a command does. `npm run build` comes first. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";

const dist = resolve(import.meta.dirname, "../../dist/src/warehouse/snowflake");
const folder = mkdtempSync(join(tmpdir(), "medform-habits-"));
let snowflake: SnowflakeServer;

beforeAll(async () => {
  snowflake = await startSnowflake({ interpreter: "fake" });
});

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Says on fd 3 whom it talked to, and its arguments; stdout and stderr are the driver's. */
const script = `
import { writeSync } from "node:fs";
import net from "node:net";
import dns from "node:dns";
const hosts = new Set();
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [first] = args.flat();
  hosts.add(typeof first === "object" ? first.host : String(first));
  return connect.apply(this, args);
};
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => { hosts.add(name); return lookup(name, ...rest); };
const { accessFrom } = await import(${JSON.stringify(pathToFileURL(join(dist, "access.js")).href)});
const { createPool } = await import(${JSON.stringify(pathToFileURL(join(dist, "pool.js")).href)});
const access = accessFrom(process.env, { account: "TEST", accessUrl: process.env.URL_OF_SERVER, user: "MEDFORM" });
const pool = createPool({ access, size: 2, limits: { patience: 500 } });
const [one, two] = await Promise.all([pool.acquire(), pool.acquire()]);
const rows = await one.rows("select 98765432109876543210");
await one.rows("fail 100038 22018 Numeric value 'Ada-Lovelace' is not recognized").catch(() => undefined);
await two.rows("sleep 10");
await pool[Symbol.asyncDispose]();
writeSync(3, JSON.stringify({ hosts: [...hosts], rows: rows.length, argv: process.argv, exec: process.execArgv.length }));
`;

const filesUnder = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());

it("writes no log and no word, asks nobody but the account, and lets the process end", async () => {
  const cwd = join(folder, "here");
  const home = join(folder, "home");
  for (const path of [cwd, home]) mkdirSync(path);
  // As somebody has it whose other tools write the driver's log.
  const config = join(home, "sf_client_config.json");
  writeFileSync(config, JSON.stringify({ common: { log_level: "TRACE", log_path: join(home, "logs") } }), {
    mode: 0o600,
  });

  const child = spawn(process.execPath, ["--input-type=module", "-"], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      HTTP_PROXY: "http://127.0.0.1:9",
      SNOWFLAKE_PASSWORD: snowflake.login.password,
      URL_OF_SERVER: snowflake.accessUrl,
    },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const said = ["", "", "", ""];
  for (const fd of [1, 2, 3]) child.stdio[fd]?.on("data", (data: Buffer) => (said[fd] += data.toString()));
  child.stdin?.end(script);
  const code = await new Promise((done) => child.once("close", done));

  const [, stdout, stderr, told = ""] = said;
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(JSON.parse(told)).toMatchObject({ hosts: ["127.0.0.1"], rows: 1 });
  expect(readdirSync(cwd)).toEqual([]);
  const texts = filesUnder(home)
    .filter((file) => file !== config)
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  for (const secret of [snowflake.login.password, "Ada-Lovelace", "98765432109876543210", "sleep 10"]) {
    expect(texts).not.toContain(secret);
  }
  expect(told).not.toContain(snowflake.login.password);
  expect(await snowflake.requests()).not.toHaveProperty("POST /telemetry/send");
  expect((await snowflake.sessions()).map(({ open }) => open)).toEqual([false, false]);
});
