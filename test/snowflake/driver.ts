/** The real driver as promises, silenced, for tests of the wire. */
import snowflake, {
  type Connection,
  type ConnectionOptions,
  type RowStatement,
  type StatementOption,
} from "snowflake-sdk";

process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = "true";
process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = "true";
snowflake.configure({ logLevel: "OFF", additionalLogToConsole: false, logFilePath: "/dev/null" });

export type { Connection } from "snowflake-sdk";

export interface Executed {
  readonly rows: readonly Record<string, unknown>[];
  readonly statement: RowStatement;
}

/** An error of the driver. */
export interface DriverError extends Error {
  readonly code?: string | number;
  readonly sqlState?: string;
}

export async function connect(options: Partial<ConnectionOptions>): Promise<Connection> {
  const connection = snowflake.createConnection({ account: "TEST", ...options } as ConnectionOptions);
  await new Promise<void>((done, fail) => {
    connection.connectAsync((error) => (error ? fail(error) : done())).catch(fail);
  });
  return connection;
}

export function execute(
  connection: Connection,
  sqlText: string,
  options: Partial<StatementOption> & { readonly requestId?: string } = {},
): Promise<Executed> {
  return new Promise((done, fail) => {
    connection.execute({
      sqlText,
      ...options,
      complete: (error, statement, rows) => (error ? fail(error) : done({ statement, rows: rows ?? [] })),
    });
  });
}

export const destroy = (connection: Connection): Promise<void> =>
  new Promise((done, fail) => connection.destroy((error) => (error ? fail(error) : done())));

/** What `promise` was refused with. */
export async function refusal(promise: Promise<unknown>): Promise<DriverError> {
  try {
    await promise;
  } catch (error) {
    return error as DriverError;
  }
  throw new Error("nothing was refused");
}
