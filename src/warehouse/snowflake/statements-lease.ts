/** The SQL of the lease: one row of MEDFORM.LEASE, and the transactions of whoever held it before. Pure text. */
import { createHash } from "node:crypto";
import { quoteName } from "../../graph/index.js";

export const leaseColumns = [
  "NAME",
  "TOKEN",
  "OWNER",
  "RUN_ID",
  "PID",
  "HOST",
  "COMMAND",
  "SINCE",
  "HEARTBEAT",
] as const;

/** OWNER is empty where nobody holds it; HEARTBEAT is in UTC, by the clock of the service. */
export function createLease(database: string): string {
  return `create table if not exists ${lease(database)} (NAME varchar not null, TOKEN number(38, 0) not null, OWNER varchar not null, RUN_ID varchar not null, PID number(38, 0) not null, HOST varchar not null, COMMAND varchar not null, SINCE varchar not null, HEARTBEAT timestamp_ntz(9) not null)`;
}

const lease = (database: string) => `${quoteName(database)}.MEDFORM.LEASE`;

/** Who holds it, and for how many seconds nothing was heard of them. */
export function readLease(database: string): string {
  return `select TOKEN as "TOKEN", OWNER as "OWNER", RUN_ID as "RUN_ID", PID as "PID", HOST as "HOST", COMMAND as "COMMAND", SINCE as "SINCE", datediff('second', HEARTBEAT, sysdate()) as "SILENT" from ${lease(database)} where NAME = 'main'`;
}

/**
 * Takes it where it is free, ours already, or silent for too long; changes no row otherwise. Tokens go by the clock of the
 * service, in milliseconds since 1970: where the row was lost, or is an older one again, they still rise.
 * Binds: owner, run id, pid, host, command, since; then the limit in seconds.
 */
export function takeLease(database: string): string {
  return `merge into ${lease(database)} as t
using (select 'main' as NAME, ? as OWNER, ? as RUN_ID, ? as PID, ? as HOST, ? as COMMAND, ? as SINCE) as s
on t.NAME = s.NAME
when matched and (t.OWNER = '' or t.OWNER = s.OWNER or datediff('second', t.HEARTBEAT, sysdate()) >= ?) then update set TOKEN = case when t.TOKEN < ${now} then ${now} else t.TOKEN + 1 end, OWNER = s.OWNER, RUN_ID = s.RUN_ID, PID = s.PID, HOST = s.HOST, COMMAND = s.COMMAND, SINCE = s.SINCE, HEARTBEAT = sysdate()
when not matched then insert (${leaseColumns.join(", ")}) values (s.NAME, ${now}, s.OWNER, s.RUN_ID, s.PID, s.HOST, s.COMMAND, s.SINCE, sysdate())`;
}

const now = "datediff('millisecond', cast('1970-01-01' as timestamp_ntz(9)), sysdate())";

/** Takes back what was inserted beside the row of another. Binds: owner. */
export function withdrawLease(database: string): string {
  return `delete from ${lease(database)} where NAME = 'main' and OWNER = ?`;
}

/** Binds: run id, owner, token. Changes no row where the lease is lost. */
export function holdLease(database: string): string {
  return `update ${lease(database)} set RUN_ID = ?, HEARTBEAT = sysdate() where NAME = 'main' and OWNER = ? and TOKEN = ?`;
}

/** Binds: owner, token. Changes no row where the lease is lost. */
export function beatLease(database: string): string {
  return `update ${lease(database)} set HEARTBEAT = sysdate() where NAME = 'main' and OWNER = ? and TOKEN = ?`;
}

/** Binds: owner, token. The token stays: the next to take it raises it. */
export function freeLease(database: string): string {
  return `update ${lease(database)} set OWNER = '', HEARTBEAT = sysdate() where NAME = 'main' and OWNER = ? and TOKEN = ?`;
}

/** True as long as the lease is held under this token, wherever a condition may stand. Binds: owner, token. */
export function isHeld(database: string): string {
  return `exists (select 1 from ${lease(database)} where NAME = 'main' and OWNER = ? and TOKEN = ?)`;
}

export const showTransactions = "show transactions";

/** The argument must be a constant, so it is written into the text. @throws Error where it is no whole number */
export function abortTransaction(id: string): string {
  if (!/^\d+$/.test(id)) throw new Error("a transaction's id is a whole number");
  return `select system$abort_transaction(${id})`;
}

/** Of all transactions in an account those of one warehouse: eight hex digits of its name's digest stand in their names. */
const ofWarehouse = (database: string) =>
  `MEDFORM_${createHash("sha256").update(database).digest("hex").slice(0, 8).toUpperCase()}_`;

/** What the name of each transaction begins with that is opened under a lease; a plain identifier. */
export function transactionPrefix(database: string, token: number): string {
  return `${ofWarehouse(database)}${token}_`;
}

/** The token of the lease under which a transaction of this warehouse was opened; undefined for one of somebody else. */
export function tokenOfTransaction(database: string, name: string): number | undefined {
  const prefix = ofWarehouse(database);
  if (!name.toUpperCase().startsWith(prefix)) return undefined;
  const token = /^(\d+)_/.exec(name.slice(prefix.length))?.[1];
  return token === undefined ? undefined : Number(token);
}
