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
