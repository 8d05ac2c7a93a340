/** A warehouse on the Snowflake to test against, through the real driver. */
import { openSnowflake, type SnowflakeOptions, type Warehouse } from "../../src/warehouse/index.js";
import { defaultUser, type SnowflakeServer } from "../snowflake-server/client.js";

export type More = Partial<SnowflakeOptions>;

export const optionsFor = ({ accessUrl }: Pick<SnowflakeServer, "accessUrl">, more: More = {}): SnowflakeOptions => ({
  connection: { account: "TEST", accessUrl, user: defaultUser.name },
  env: { SNOWFLAKE_PASSWORD: defaultUser.password },
  database: "EHR",
  compute: { warehouse: "TRANSFORM", byTag: {} },
  project: "test",
  holder: { command: "medform test" },
  sessions: 4,
  ...more,
});

export const openOn = (server: Pick<SnowflakeServer, "accessUrl">, more: More = {}): Promise<Warehouse> =>
  openSnowflake(optionsFor(server, more));

/** Lets the server answer what a test itself sends. Rows it asks for, and changes them, in words that both engines read alike. */
export const tell = (server: Pick<SnowflakeServer, "know">, ...texts: readonly string[]): Promise<void> =>
  server.know(
    texts.map((text) =>
      /^(?:select|insert|update|delete|with)\b(?!\s*overwrite)/i.test(text)
        ? { snowflake: text, duckdb: text }
        : { snowflake: text },
    ),
  );
