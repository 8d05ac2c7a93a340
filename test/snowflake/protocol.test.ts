/** The wire itself: the real driver against the server, with an interpreter of a few words behind it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { connect, destroy, execute, refusal } from "./driver.js";

let snowflake: SnowflakeServer;

beforeAll(async () => {
  snowflake = await startSnowflake();
});

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
});

describe("the wire", () => {
  it("carries a query and its answer", async () => {
    const connection = await connect(snowflake.login);
    expect((await execute(connection, "select 1")).rows).toEqual([{ 1: 1 }]);
    await destroy(connection);
  });

  it("carries an error with its code and SQLSTATE", async () => {
    const connection = await connect(snowflake.login);
    const error = await refusal(execute(connection, "fail 002003 02000 Object 'X' does not exist"));
    expect(error).toMatchObject({ code: "002003", sqlState: "02000", message: "Object 'X' does not exist" });
    await destroy(connection);
  });
});
