/**
 * A Snowflake to test against, in a process of its own: a TEST TOOL, and no part of medform.
 *
 *   node dist/test/snowflake-server/main.js '{"lockTimeout":5}'
 *
 * It prints one JSON line `{"port":N}` and ends when its stdin closes. It speaks what snowflake-sdk speaks (the real driver
 * connects with `accessUrl: "http://127.0.0.1:N"` alone) and answers statements by an interpreter, which knows by exact text
 * what a project's statements are on DuckDB. Tests steer it by /control/…; `client.ts` starts and steers it.
 *
 * What it does not show: the optimizer, billing, real clouds, limits, grants, and anything that Snowflake does not document.
 */
import type { AddressInfo } from "node:net";
import { createFakeInterpreter } from "./fake.js";
import { createInterpreter, type InterpreterOptions } from "./interpreter/index.js";
import { createSnowflakeServer } from "./server.js";
import { createWorld } from "./world.js";

/** DuckDB, or the few words of `fake.ts`. */
export type Behind = "fake" | InterpreterOptions;

const behind = JSON.parse(process.argv[2] ?? "{}") as Behind;
const world = await createWorld(async () =>
  behind === "fake" ? createFakeInterpreter() : await createInterpreter(behind),
);
const server = createSnowflakeServer(world);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});

process.stdin.resume();
process.stdin.once("close", () => {
  // An engine that does not come to an end must not keep the process.
  setTimeout(() => process.exit(0), 2_000).unref();
  void world.interpreter.close().finally(() => process.exit(0));
});
