/**
 * Landing on Snowflake. Tables are made and widened first, for DDL commits; rows and rejected lines go into part files, and
 * these into a stage; then one transaction copies them all, writes LOADED_FILE, and asks whether the lease is still held. The
 * stage is empty before and after, and what a dead load left in it is never copied: each load has a path of its own.
 */
import { randomBytes } from "node:crypto";
import { ProblemError, type Target, targetKey } from "../../graph/index.js";
import type { Catalog, Session } from "../contract.js";
import type { Lander, LandingBatch, LandingFile, LandingPlan, LandScope, LoadedFile, TableReady } from "../lander.js";
import { landingColumns, landingLog, loadedFileColumns, raced, rejectedLineColumns, shaping } from "../landing.js";
import { leaseLost } from "../leaseLost.js";
import type { SnowflakeLease } from "./lease.js";
import { rejectedLines, rowLines } from "./lines.js";
import type { LandingSettings } from "./options.js";
import { defaultPartBytes, type PartFolder, PartSeries, partFolder } from "./parts.js";
import { Uploads } from "./stage.js";
import { begin, commit, rollback } from "./statements.js";
import { beatLease, transactionPrefix } from "./statements-lease.js";
import * as sql from "./statements-load.js";

export interface LanderOptions extends LandingSettings {
  readonly database: string;
  readonly catalog: Catalog;
  session(): Promise<Session>;
  /** Undefined where the warehouse is open for reading only. */
  readonly lease: Pick<SnowflakeLease, "token" | "held"> | undefined;
}

export function snowflakeLander(options: LanderOptions): Lander {
  const { database, catalog } = options;
  return {
    async open(plan) {
      const { lease } = options;
      if (lease === undefined) throw leaseLost();
      await catalog.ensureSchemas([plan.place, ...plan.files.map(({ target }) => target)]);
      const session = await options.session();
      try {
        const ready = await makeReady(session, plan, await tablesOf(catalog, database), database);
        await session.run(sql.createStage(database));
        await session.rows(sql.removeStaged(database));
        const folder = await partFolder(options.temporary);
        return new Landing(plan, ready, session, folder, { ...options, lease });
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}

/** Removes what a load that died has left in the stage; there may be none yet. Only for who holds the lease. */
export async function emptyStage(session: Session, database: string): Promise<void> {
  await session.rows(sql.removeStaged(database)).catch(() => undefined);
}

type Tables = (target: Target) => readonly string[];

async function tablesOf(catalog: Catalog, database: string): Promise<Tables> {
  const key = (target: Target) => targetKey({ ...target, database: target.database ?? database }).toUpperCase();
  const tables = new Map<string, readonly string[]>();
  for (const { target, columns } of await catalog.relations()) {
    tables.set(
      key(target),
      columns.map(({ name }) => name),
    );
  }
  return (target) => tables.get(key(target)) ?? [];
}

/** All tables of the load, their own and the loader's, with all of their columns. */
async function makeReady(
  session: Session,
  plan: LandingPlan,
  present: Tables,
  database: string,
): Promise<readonly TableReady[]> {
  const log = landingLog(plan.place);
  const shapes = [
    shaping({ database, ...log.loadedFile }, present(log.loadedFile), loadedFileColumns),
    shaping({ database, ...log.rejectedLine }, present(log.rejectedLine), rejectedLineColumns),
    ...plan.files.map(({ target, wanted }) =>
      shaping({ database, ...target }, present(target), landingColumns(wanted)),
    ),
  ];
  for (const statement of new Set(shapes.flatMap(({ statements }) => statements))) await session.run(statement);
  return shapes.slice(2).map(({ created, added }) => ({ created, added }));
}

type Leased = LanderOptions & { readonly lease: NonNullable<LanderOptions["lease"]> };

/** What of a file lies in the stage. */
interface Staged {
  readonly file: LandingFile;
  readonly rows: { readonly path: string; count: number };
  readonly rejected: { readonly path: string; count: number };
}

class Landing implements LandScope {
  /** No other load has it, so that nothing of another is copied, or taken by COPY for loaded before. */
  readonly #path = randomBytes(12).toString("hex");
  readonly #staged: Staged[] = [];
  readonly #uploads: Uploads;
  readonly #plan: LandingPlan;
  readonly #session: Session;
  readonly #folder: PartFolder;
  readonly #options: Leased;
  #ended = false;

  constructor(
    plan: LandingPlan,
    readonly ready: readonly TableReady[],
    session: Session,
    folder: PartFolder,
    options: Leased,
  ) {
    this.#plan = plan;
    this.#session = session;
    this.#folder = folder;
    this.#options = options;
    const { database, parallel = 4 } = options;
    this.#uploads = new Uploads({ database, parallel, session: () => options.session() });
  }

  async land(file: LandingFile, batches: AsyncIterable<LandingBatch>): Promise<void> {
    const at = `${this.#path}/${this.#staged.length}`;
    const staged: Staged = {
      file,
      rows: { path: `${at}/rows/`, count: 0 },
      rejected: { path: `${at}/rejected/`, count: 0 },
    };
    this.#staged.push(staged);
    const rows = this.#series(`${this.#staged.length}-rows`, staged.rows.path);
    const rejected = this.#series(`${this.#staged.length}-rejected`, staged.rejected.path);
    try {
      for await (const batch of batches) {
        for (const lines of rowLines(batch)) await rows.write(lines);
        for (const lines of rejectedLines(batch)) await rejected.write(lines);
        staged.rows.count += batch.rows.length;
        staged.rejected.count += batch.rejected.length;
      }
      await rows.close();
      await rejected.close();
    } finally {
      await rows.abandon();
      await rejected.abandon();
    }
  }

  async publish(files: readonly LoadedFile[]): Promise<void> {
    await this.#uploads.finish();
    const { database } = this.#options;
    const { token, held } = this.#options.lease;
    const session = this.#session;
    await session.run(begin(`${transactionPrefix(database, token)}${this.#path}`));
    try {
      for (const { file, rows, rejected } of this.#staged) {
        await this.#copy(sql.copyRows(this.#plan, file, database, rows.path), rows.count);
        await this.#copy(sql.copyRejected(this.#plan, file, database, rejected.path), rejected.count);
      }
      await this.#record(files);
      // Changes the row of the lease, so that nobody can take it over between this and the commit.
      const { changed } = await session.run(beatLease(database), held.binds);
      if (changed !== 1) throw leaseLost();
      await session.run(commit);
    } catch (error) {
      await session.run(rollback).catch(() => undefined);
      throw error;
    }
  }

  cancel(): void {
    this.#uploads.cancel();
    this.#session.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#uploads[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
    // Where this fails, the next load empties the stage.
    await this.#session.rows(sql.removeStaged(this.#options.database, `${this.#path}/`)).catch(() => undefined);
    await this.#session[Symbol.asyncDispose]();
  }

  #series(name: string, path: string): PartSeries {
    const { partBytes = defaultPartBytes } = this.#options;
    return new PartSeries(this.#folder.path, name, partBytes, (file) => this.#uploads.send(file, path));
  }

  /** What was counted here is what must have been copied there. */
  async #copy(statement: string, expected: number): Promise<void> {
    if (expected === 0) return;
    const parts = await this.#session.rows(statement);
    const copied = parts.reduce((sum, part) => sum + Number(part.rows_loaded ?? 0), 0);
    if (copied === expected) return;
    throw new ProblemError({
      code: "load-incomplete",
      message: `of ${expected} lines in the stage MEDFORM.LANDING, COPY took ${copied}`,
      hint: "Nothing was loaded. Does somebody else empty that stage? Load again.",
    });
  }

  /** Some at a time: a statement has only so many binds. */
  async #record(files: readonly LoadedFile[]): Promise<void> {
    const { loadedFile } = landingLog(this.#plan.place);
    const target = { database: this.#options.database, ...loadedFile };
    for (let at = 0; at < files.length; at += filesAtOnce) {
      const some = files.slice(at, at + filesAtOnce);
      const binds = some.flatMap((entry) => [
        entry.batchId,
        entry.source,
        entry.table,
        entry.file,
        entry.contentHash,
        sql.timestamp(entry.deliveredAt),
        entry.records,
        entry.landed,
        entry.rejected,
        sql.timestamp(entry.loadedAt),
      ]);
      const { changed } = await this.#session.run(sql.insertLoadedFiles(target, some.length), binds);
      if (changed !== some.length)
        throw raced(some.length === 1 ? (some[0]?.file ?? "") : `one of ${some.length} files`);
    }
  }
}

const filesAtOnce = 200;
