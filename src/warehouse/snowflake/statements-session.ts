/** The SQL by which a session is made ready, given variables, and emptied again. Pure text. */
import { quoteName } from "../../graph/index.js";

/**
 * What answers depend on, said to each new session, so that no account's or user's own defaults change what a model means:
 * instants are UTC, weeks and NULLs are ordered as documented, a merge that cannot be decided is an error. Locks are waited
 * for half an hour instead of twelve, and what nobody listens to any more is stopped.
 */
export const settleSession = `alter session set ${[
  "TIMEZONE = 'UTC'",
  "TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ'",
  "DATE_INPUT_FORMAT = 'AUTO'",
  "TIME_INPUT_FORMAT = 'AUTO'",
  "TIMESTAMP_INPUT_FORMAT = 'AUTO'",
  "DATE_OUTPUT_FORMAT = 'YYYY-MM-DD'",
  "TIME_OUTPUT_FORMAT = 'HH24:MI:SS.FF9'",
  "TIMESTAMP_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'",
  "TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3'",
  "TIMESTAMP_LTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'",
  "TIMESTAMP_TZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'",
  "BINARY_INPUT_FORMAT = 'HEX'",
  "BINARY_OUTPUT_FORMAT = 'HEX'",
  "TWO_DIGIT_CENTURY_START = 1970",
  "WEEK_START = 0",
  "WEEK_OF_YEAR_POLICY = 0",
  "DEFAULT_NULL_ORDERING = 'LAST'",
  "QUOTED_IDENTIFIERS_IGNORE_CASE = false",
  "ERROR_ON_NONDETERMINISTIC_MERGE = true",
  "ERROR_ON_NONDETERMINISTIC_UPDATE = true",
  "AUTOCOMMIT = true",
  "TRANSACTION_ABORT_ON_ERROR = false",
  "ROWS_PER_RESULTSET = 0",
  "LOCK_TIMEOUT = 1800",
  "ABORT_DETACHED_QUERY = true",
].join(", ")}`;

/**
 * By what the service tells sessions apart: a lost one is known by it when its transaction is to be ended. And what it runs on:
 * a login into a warehouse that is not there, or not granted, is not refused but has none.
 */
export const readSession = 'select current_session() as "SESSION", current_warehouse() as "WAREHOUSE"';

/** A name as people write it: without quotes the engine reads it in upper case. */
export const unquoted = (name: string): string => (/^[A-Za-z_][\w$]*$/.test(name) ? name.toUpperCase() : name);

export const useWarehouse = (name: string): string => `use warehouse ${quoteName(unquoted(name))}`;

/**
 * Binds: a text for each. They are texts, as `getvariable` returns nothing else. Several from one SELECT: documented at
 * https://docs.snowflake.com/en/sql-reference/session-variables.
 */
export const setVariables = (names: readonly string[]): string =>
  `set (${names.join(", ")}) = (select ${names.map(() => "?").join(", ")})`;

export const unsetVariables = (names: readonly string[]): string => `unset (${names.join(", ")})`;

/** A temporary relation under the name that it was made by, quotes and all. */
export const dropTemporary = (kind: string, name: string): string => `drop ${kind} if exists ${name}`;

/** As whom and where a session works. */
export const whoAmI =
  'select current_user() as "USER", current_role() as "ROLE", current_warehouse() as "WAREHOUSE", current_database() as "DATABASE"';
