/**
 * The one place that loads the driver, and where its habits are tamed. It takes most of a second to load, so only who goes to
 * Snowflake pays for it. By itself it would ask cloud metadata addresses where it runs, load a native module for telemetry,
 * write `snowflake.log` into the working directory and lines to stdout, fetch certificate states over plain HTTP (which hangs
 * where a firewall drops it; TLS is verified either way), and read a VARIANT that is no JSON by evaluating it as JavaScript.
 */
import { createRequire } from "node:module";
import { devNull } from "node:os";

export type Sdk = typeof import("snowflake-sdk");
export type { Column, Connection, ConnectionOptions, RowStatement } from "snowflake-sdk";

let loaded: Sdk | undefined;

/** What the driver reads of the process while it loads, and when it logs in. */
const switches: Readonly<Record<string, string>> = {
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: "true",
  SNOWFLAKE_DISABLE_MINICORE: "true",
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: "true",
  // The client of one of the clouds' storage warns on stderr of versions of Node that it will leave.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

const nothing = () => undefined;
const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };

/**
 * No file that says how the driver is to log: else it reads sf_client_config.json in the home folder, which other tools may
 * have there, and two logins at once stumble over reading it.
 */
export const noClientConfig = "";

/** The driver, silent. */
export function driver(): Sdk {
  if (loaded !== undefined) return loaded;
  Object.assign(process.env, switches);
  const sdk: Sdk = createRequire(import.meta.url)("snowflake-sdk");
  sdk.configure({
    logLevel: "OFF",
    logFilePath: devNull,
    additionalLogToConsole: false,
    customLogger: silent,
    disableOCSPChecks: true,
    jsonColumnVariantParser: (raw: string) => raw,
    xmlColumnVariantParser: (raw: string) => raw,
  });
  loaded = sdk;
  return sdk;
}

/** The environment's proxy is for the world outside, and the driver would send what stays on this machine there too. */
export function stayInside(sdk: Sdk): void {
  sdk.configure({ useEnvProxy: false });
}
