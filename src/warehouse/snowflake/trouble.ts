/** What can go wrong between us and the service, and what it means for what was sent. */
import { ProblemError } from "../../graph/index.js";
import { rawOf } from "./errors.js";

/** The service does not know the session any more. */
const lostCodes: ReadonlySet<string> = new Set(["390104", "390111", "390114", "401004", "405503", "407001", "407002"]);
/** It, or the storage that holds results, cannot be reached, or answers what is no answer. */
const networkCodes: ReadonlySet<string> = new Set(["401001", "401002", "401003", "402001", "402002"]);

export type Trouble = "lost" | "network" | "refused";

/** Undefined for what is about the statement itself. */
export function troubleOf(error: unknown): Trouble | undefined {
  const { code } = rawOf(error);
  if (lostCodes.has(code)) return "lost";
  if (!networkCodes.has(code)) return undefined;
  const status = statusOf(error);
  // What a gateway refuses once it refuses every time.
  const final = status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
  return final ? "refused" : "network";
}

function statusOf(error: unknown): number | undefined {
  const { response } = (typeof error === "object" && error !== null ? error : {}) as {
    readonly response?: { readonly statusCode?: unknown };
  };
  return typeof response?.statusCode === "number" ? response.statusCode : undefined;
}

export const refusedBy = (error: unknown) =>
  new ProblemError({
    code: "snowflake-unreachable",
    message: `what stands before Snowflake refused a statement (status ${statusOf(error) ?? "unknown"})`,
    hint: "A proxy or firewall may look into requests: let it leave those to Snowflake alone.",
  });

export const connectionLost = () =>
  new ProblemError({
    code: "connection-lost",
    message: "the session at Snowflake was lost, and with it what was not committed",
  });

export const commitUnknown = () =>
  new ProblemError({
    code: "commit-unknown",
    message: "the connection to Snowflake was lost while it committed: whether it did is not known here",
    hint: "The next run finds out, from what is stored beside the tables.",
  });

export const outcomeUnknown = () =>
  new ProblemError({
    code: "outcome-unknown",
    message: "the connection to Snowflake was lost while a statement ran: whether it was carried out is not known here",
  });

export const unreachable = () =>
  new ProblemError({
    code: "snowflake-unreachable",
    message: "Snowflake does not answer, or is too busy to",
    hint: "status.snowflake.com says whether it is down; a firewall or proxy may stand between.",
  });

export const tooLong = (milliseconds: number) =>
  new ProblemError({
    code: "engine-timeout",
    message: `the statement took longer than ${Math.round(milliseconds / 1000)} seconds, and was cancelled`,
  });

export const noWarehouse = (name: string) =>
  new ProblemError({
    code: "engine-compute",
    message: `the warehouse ${name} does not exist on Snowflake, or the role may not use it`,
    hint: "Check its name in the environment's connection, or `grant usage on warehouse … to role …`.",
  });
