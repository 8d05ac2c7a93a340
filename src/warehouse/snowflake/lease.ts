/**
 * One writer at a time: a row of MEDFORM.LEASE that is taken by one statement, kept by a heartbeat, and given back at the end.
 * Who finds it silent for too long takes it over, and ends what its owner has left open. Its token rises with each owner and
 * is asked for by whatever must not be carried out by one who has lost it.
 */
import { randomInt, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { ProblemError } from "../../graph/index.js";
import type { Condition, Lease, LeaseHolder, Row, Session } from "../contract.js";
import { leaseLost } from "../leaseLost.js";
import { begin } from "./statements.js";
import * as sql from "./statements-lease.js";

export interface LeaseOptions {
  readonly database: string;
  readonly holder: Pick<LeaseHolder, "command"> & Partial<LeaseHolder>;
  /** A session that nobody else uses, and that lasts as long as the lease does, whoever took it. */
  connect(): Promise<OwnSession>;
  /** Seconds between two signs of life; default `beatSeconds`. */
  readonly beat?: number;
  /** Seconds of silence after which another may take it; default `silenceSeconds`. */
  readonly silence?: number;
}

export interface OwnSession extends AsyncDisposable {
  readonly session: Session;
}

/** Four signs of life may be lost before another takes over. */
const beatSeconds = 15;
const silenceSeconds = 60;

/** What a statement asks for that must not be carried out without the lease. */
export interface Held extends Condition {
  readonly binds: readonly [owner: string, token: number];
}

export interface SnowflakeLease extends Lease, AsyncDisposable {
  readonly token: number;
  readonly held: Held;
  /** @throws ProblemError `lease-lost`, exit 3, where it was found lost. */
  ensure(): void;
  /**
   * As `ensure`; where nothing was heard for so long that another may have taken it over, it is asked for. For what no
   * statement can make conditional on it.
   */
  confirm(): Promise<void>;
}

/** @throws ProblemError `locked`, exit 3, which says who holds it and since when. */
export async function takeLease(options: LeaseOptions): Promise<SnowflakeLease> {
  const own = await options.connect();
  try {
    return await take(own, options);
  } catch (error) {
    await own[Symbol.asyncDispose]();
    throw error;
  }
}

async function take(own: OwnSession, { database, holder: about, beat, silence }: LeaseOptions) {
  const holder: LeaseHolder = {
    runId: about.runId ?? "",
    pid: about.pid ?? process.pid,
    host: about.host ?? hostname(),
    command: about.command,
    since: about.since ?? new Date().toISOString(),
  };
  const { session } = own;
  const owner = randomUUID();
  const asked = Date.now();
  const [before] = await session.rows(sql.readLease(database));
  const limit = silence ?? silenceSeconds;
  // A load changes this row before it commits: who died there would keep it locked, and nobody could ask for it.
  if (before !== undefined && before.OWNER !== "" && Number(before.SILENT) >= limit)
    await endOlder(session, database, Number(before.TOKEN) + 1);
  const row = await askFor(session, database, { owner, holder, silence: limit });
  const token = Number(row.TOKEN);
  await endOlder(session, database, token);
  const held: Held = { sql: sql.isHeld(database), binds: [owner, token] };
  const previous = heldBefore(before, owner);
  return keep(own, { database, holder, previous, held, beat: beat ?? beatSeconds, silence: limit, asked });
}

interface Asked {
  readonly owner: string;
  readonly holder: LeaseHolder;
  readonly silence: number;
}

/** The row, once it is ours. */
async function askFor(session: Session, database: string, { owner, holder, silence }: Asked): Promise<Row> {
  const { runId, pid, host, command, since } = holder;
  for (let attempt = 1; ; attempt += 1) {
    await session.run(sql.takeLease(database), [owner, runId, pid, host, command, since, Math.ceil(silence)]);
    // Asked, not counted: a statement that was sent again after a lost answer may have found the lease ours already.
    const rows = await session.rows(sql.readLease(database));
    const [row] = rows;
    if (rows.length === 1 && row?.OWNER === owner) return row;
    const other = rows.find(({ OWNER }) => OWNER !== "" && OWNER !== owner);
    // Nothing keeps two from inserting it at the same time. Who inserts later sees both, and gives way; who sees both early, too.
    if (rows.length > 1 && rows.some(({ OWNER }) => OWNER === owner)) {
      await session.run(sql.withdrawLease(database), [owner]);
      await new Promise((done) => setTimeout(done, randomInt(50, 500)));
    } else if (other !== undefined) {
      throw locked(database, other);
    }
    // It may have been given back between the two.
    if (attempt >= 4) throw locked(database, other);
  }
}

/** Whatever transaction of this warehouse was opened under an older token, by whom it may be seen: it would hold its locks for hours. */
async function endOlder(session: Session, database: string, token: number): Promise<void> {
  for (const row of await session.rows(sql.showTransactions)) {
    const opened = sql.tokenOfTransaction(database, String(row.name));
    if (opened === undefined || opened >= token) continue;
    // It may have ended meanwhile.
    await session.rows(sql.abortTransaction(String(row.id))).catch(() => undefined);
  }
}

interface Keeping {
  readonly database: string;
  readonly holder: LeaseHolder;
  readonly previous: LeaseHolder | undefined;
  readonly held: Held;
  readonly beat: number;
  readonly silence: number;
  /** When it was asked for, by this machine's clock. */
  readonly asked: number;
}

function keep(own: OwnSession, keeping: Keeping): SnowflakeLease {
  const { database, holder, previous, held, beat, silence } = keeping;
  const [, token] = held.binds;
  let lost = false;
  let ended = false;
  let beating: Promise<unknown> | undefined;
  /** When the last sign of life was sent that arrived. */
  let told = keeping.asked;

  async function tell(text: string, ...binds: readonly string[]): Promise<void> {
    const at = Date.now();
    const { changed } = await own.session.run(text, [...binds, ...held.binds]);
    if (changed === 0) lost = true;
    else told = at;
  }

  // Where it cannot be told, others will take over in time; then the next one that can is told so.
  const timer = setInterval(() => {
    beating ??= tell(sql.beatLease(database))
      .catch(() => undefined)
      .finally(() => {
        beating = undefined;
      });
  }, beat * 1000).unref();

  const ensure = () => {
    if (lost) throw leaseLost();
  };

  return {
    holder,
    previous,
    token,
    held,
    begin: begin(`${sql.transactionPrefix(database, token)}OWN`),
    ensure,
    async confirm() {
      // A process that was stopped for an hour goes on as if nothing had been: its timers come later than what it was about.
      if (!lost && Math.abs(Date.now() - told) >= silence * 500) await tell(sql.beatLease(database));
      ensure();
    },
    async hold(run) {
      await tell(sql.holdLease(database), run);
      ensure();
    },
    async [Symbol.asyncDispose]() {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      await beating;
      // It is free by itself after a while.
      if (!lost) await own.session.run(sql.freeLease(database), held.binds).catch(() => undefined);
      await own[Symbol.asyncDispose]();
    },
  };
}

const holderOf = (row: Row): LeaseHolder => ({
  runId: String(row.RUN_ID),
  pid: Number(row.PID),
  host: String(row.HOST),
  command: String(row.COMMAND),
  since: String(row.SINCE),
});

function heldBefore(row: Row | undefined, owner: string): LeaseHolder | undefined {
  return row === undefined || row.OWNER === "" || row.OWNER === owner ? undefined : holderOf(row);
}

function locked(database: string, row: Row | undefined): ProblemError {
  const { command, runId, pid, host, since } = row === undefined ? {} : holderOf(row);
  const who =
    command === undefined
      ? "somebody else"
      : `\`${command}\`${runId === "" ? "" : ` (run ${runId})`}, process ${pid} on ${host}, since ${since}`;
  return new ProblemError(
    {
      code: "locked",
      message: `the warehouse ${database} on Snowflake is in use by ${who}`,
      hint: "Wait until it has ended, or end it; a warehouse has one writer at a time. One that died frees it within a minute or two.",
    },
    3,
  );
}
