/** Opens a database of Snowflake as a warehouse: the parts of the contract over two pools of sessions. */
import { hostname } from "node:os";
import { ProblemError } from "../../graph/index.js";
import type { Lease, LeaseHolder, Session, Snapshots, Warehouse } from "../contract.js";
import { accessFrom, type SnowflakeAccess } from "./access.js";
import { snowflakeCatalog } from "./catalog.js";
import { jsonText } from "./json.js";
import { emptyStage, snowflakeLander } from "./lander.js";
import type { OwnSession, SnowflakeLease } from "./lease.js";
import { shareLease } from "./lease-shared.js";
import { createLooked } from "./looked.js";
import type { SnowflakeOptions } from "./options.js";
import { createPool, type PoolOptions } from "./pool.js";
import { snowflakePublisher } from "./publisher.js";
import { pendingWork } from "./recover.js";
import { engineVersion } from "./statements-catalog.js";

/** For the ledger, the lease, the catalog and single questions; no unit waits for one of these. */
const ownSessions = 16;

/**
 * Takes the lease, unless it is opened for reading only, and makes what medform itself keeps there where it is missing.
 *
 * @throws ProblemError `locked` (exit 3), `lease-…`, `snowflake-…` of a login, and those of the engine.
 */
export async function openSnowflake(options: SnowflakeOptions): Promise<Warehouse> {
  const { database, compute, readOnly = false, publishes = true } = options;
  const access = within(accessFrom(options.env, options.connection), database);
  const { beforeStatement, patience } = options;
  const same = { access, compute, beforeStatement, limits: patience === undefined ? {} : { patience } };
  const scopes = createPool({ ...same, size: options.sessions });
  const own = createPool({ ...same, size: ownSessions });
  let lease: SnowflakeLease | undefined;
  const close = async () => {
    await scopes[Symbol.asyncDispose]();
    await lease?.[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  };
  try {
    const session = await own.acquire();
    const looked = createLooked();
    const catalog = snowflakeCatalog({ database, databases: options.databases ?? [], session, looked });
    if (!readOnly) {
      await catalog.ensureOwn();
      lease = await shareLease(access.accessUrl ?? access.account, {
        database,
        holder: options.holder,
        connect: () => ownSession(same),
        ...options.lease,
      });
    }
    const publisher = snowflakePublisher({
      database,
      lease,
      looked,
      connect: (plan, variables) =>
        plan === undefined ? own.acquire(plan, { variables }) : scopes.acquire(plan, { variables }),
      databases: () => catalog.databases(),
    });
    const notices = lease !== undefined && publishes ? await publisher.recover() : [];
    // Who died while holding the lease may have left rows there.
    if (lease?.previous !== undefined) await emptyStage(session, database);
    return {
      engine: "snowflake",
      engineVersion: await versionOf(session),
      database,
      session: () => own.acquire(),
      jsonText,
      catalog,
      publisher,
      lander: snowflakeLander({ database, catalog, lease, session: () => own.acquire(), ...options.landing }),
      lease: lease ?? reading(options.holder),
      pending: pendingWork(database, () => own.acquire()),
      notices,
      snapshots,
      // Storage is the service's.
      ensureRoom: () => Promise.resolve(),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Logins that begin in the project's database, for names without one. */
function within(access: SnowflakeAccess, database: string): SnowflakeAccess {
  return { ...access, options: () => ({ ...access.options(), database }) };
}

/** One that outlives the pools of whoever asked for it first. */
async function ownSession(options: Omit<PoolOptions, "size">): Promise<OwnSession> {
  const pool = createPool({ ...options, size: 1 });
  return { session: await pool.acquire(), [Symbol.asyncDispose]: () => Promise.resolve(pool[Symbol.asyncDispose]()) };
}

async function versionOf(session: Session): Promise<string> {
  const [row] = await session.rows(engineVersion);
  return String(row?.VERSION ?? "");
}

/** Who only reads shuts nobody out. */
function reading(about: SnowflakeOptions["holder"]): Lease {
  const holder: LeaseHolder = {
    runId: "",
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    ...about,
  };
  return { holder, previous: undefined, held: undefined, begin: "begin transaction", hold: () => Promise.resolve() };
}

const snapshots: Snapshots = {
  take: () =>
    Promise.reject(
      new ProblemError({
        code: "snapshot-not-needed",
        message: "On Snowflake everybody reads what is published while it is being refreshed: no snapshot is needed.",
        hint: "Read the tables themselves; medform show, status and audit do.",
      }),
    ),
  copyTo: () =>
    Promise.reject(
      new ProblemError({
        code: "backup-not-here",
        message: "A Snowflake warehouse is no file that could be copied.",
        hint: "Time Travel and `create database … clone` are its backups: docs/backup.md has the statements.",
      }),
    ),
};
