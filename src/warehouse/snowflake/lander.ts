/**
 * Landing on Snowflake. Tables are made and widened first, for DDL commits; rows and rejected lines go into part files, and
 * these into a stage; then one transaction copies them all, writes LOADED_FILE, and asks whether the lease is still held. The
 * stage is empty before and after, and what a dead load left in it is never copied: each load has a path of its own.
 */
import { randomBytes } from "node:crypto";
import { ProblemError, type Target, targetKey } from "../../graph/index.js";
import type { Catalog, Session } from "../contract.js";
import type {
  CopiedFile,
  Lander,
  LandingBatch,
  LandingFile,
  LandingPlan,
  LandScope,
  LoadedFile,
  RepeatedFile,
  TableReady,
} from "../lander.js";
import {
  type LandingColumn,
  landingColumns,
  landingLog,
  loadedFileColumns,
  raced,
  rejectedLineColumns,
  repeatedFileColumns,
  shaping,
} from "../landing.js";
import { leaseLost } from "../leaseLost.js";
import type { SnowflakeLease } from "./lease.js";
import { rejectedLines, rowLines } from "./lines.js";
import type { LandingSettings } from "./options.js";
import { defaultPartBytes, type PartFolder, PartSeries, partFolder } from "./parts.js";
import { Uploads } from "./stage.js";
import { copyStaged, ensureUnchanged, firstLines, stagedFiles } from "./staged.js";
import { begin, commit, rollback } from "./statements.js";
import { beatLease, transactionPrefix } from "./statements-lease.js";
import * as sql from "./statements-load.js";
import { createFields } from "./statements-staged.js";

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
        for (const width of widthsOf(plan)) {
          for (const statement of createFields(placeIn(plan.place, database), width)) await session.run(statement);
        }
        await ownStage(session, database);
        const folder = await partFolder(options.temporary);
        return new Landing(plan, ready, session, folder, { ...options, lease });
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
    },
    async staged(location, place) {
      await using session = await options.session();
      return await stagedFiles(session, location, placeIn(place, database));
    },
    async firstLines(files, place) {
      await using session = await options.session();
      return await firstLines(session, files, placeIn(place, database));
    },
  };
}

const placeIn = (place: LandingPlan["place"], database: string) => ({
  database: place.database ?? database,
  schema: place.schema,
});

const widthsOf = ({ files }: LandingPlan): ReadonlySet<number> =>
  new Set(files.flatMap(({ staged, columns }) => (staged === undefined ? [] : [columns.length])));

/** There and empty. A role that may write to it need not be one that may make it. */
async function ownStage(session: Session, database: string): Promise<void> {
  const empty = () => session.rows(sql.removeStaged(database));
  await empty().catch(async () => {
    await session.run(sql.createStage(database));
    await empty();
  });
}

/** Removes what a load that died has left in the stage; there may be none yet. Only for who holds the lease. */
export async function emptyStage(session: Session, database: string): Promise<void> {
  await session.rows(sql.removeStaged(database)).catch(() => undefined);
}

/** Columns by table. */
type Tables = Map<string, readonly string[]>;

const keyIn = (database: string, target: Target): string =>
  targetKey({ ...target, database: target.database ?? database }).toUpperCase();

async function tablesOf(catalog: Catalog, database: string): Promise<Tables> {
  const tables: Tables = new Map();
  for (const { target, columns } of await catalog.relations()) {
    tables.set(
      keyIn(database, target),
      columns.map(({ name }) => name),
    );
  }
  return tables;
}

/** All tables of the load, their own and the loader's, with all of their columns; says of each file what was done. */
async function makeReady(
  session: Session,
  plan: LandingPlan,
  tables: Tables,
  database: string,
): Promise<readonly TableReady[]> {
  const ensure = async (target: Target, columns: readonly LandingColumn[]): Promise<TableReady> => {
    const key = keyIn(database, target);
    const present = tables.get(key) ?? [];
    const { created, added, statements } = shaping({ database, ...target }, present, columns);
    for (const statement of statements) await session.run(statement);
    tables.set(key, created ? columns.map(({ name }) => name) : [...present, ...added]);
    return { created, added };
  };
  const { loadedFile, rejectedLine, repeatedFile } = landingLog(plan.place);
  await ensure(loadedFile, loadedFileColumns);
  await ensure(rejectedLine, rejectedLineColumns);
  await ensure(repeatedFile, repeatedFileColumns);
  const ready: TableReady[] = [];
  for (const { target, wanted } of plan.files) ready.push(await ensure(target, landingColumns(wanted)));
  return ready;
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
  #begun = false;
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

  async copy(file: LandingFile): Promise<CopiedFile> {
    const { staged } = file;
    if (staged === undefined) throw new Error(`${file.file} lies in no stage`);
    await this.#begin();
    const place = placeIn(this.#plan.place, this.#options.database);
    const copied = await copyStaged(this.#session, this.#plan, file, staged, place);
    await ensureUnchanged(this.#session, staged);
    return copied;
  }

  async publish(files: readonly LoadedFile[], repeated: readonly RepeatedFile[]): Promise<void> {
    await this.#uploads.finish();
    const { database, lease } = this.#options;
    const session = this.#session;
    await this.#begin();
    for (const { file, rows, rejected } of this.#staged) {
      await this.#copy(sql.copyRows(this.#plan, file, database, rows.path), rows.count);
      await this.#copy(sql.copyRejected(this.#plan, file, database, rejected.path), rejected.count);
    }
    await this.#record(files);
    await this.#repeat(repeated);
    // Changes the row of the lease, so that nobody can take it over between this and the commit.
    const { changed } = await session.run(beatLease(database), lease.held.binds);
    if (changed !== 1) throw leaseLost();
    await session.run(commit);
    this.#begun = false;
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    const { database, lease } = this.#options;
    await this.#session.run(begin(`${transactionPrefix(database, lease.token)}${this.#path}`));
    this.#begun = true;
  }

  cancel(): void {
    this.#uploads.cancel();
    this.#session.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#begun) await this.#session.run(rollback).catch(() => undefined);
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
        JSON.stringify(entry.header),
      ]);
      const { changed } = await this.#session.run(sql.insertLoadedFiles(target, some.length), binds);
      if (changed !== some.length)
        throw raced(some.length === 1 ? (some[0]?.file ?? "") : `one of ${some.length} files`);
    }
  }

  async #repeat(files: readonly RepeatedFile[]): Promise<void> {
    const { repeatedFile } = landingLog(this.#plan.place);
    const target = { database: this.#options.database, ...repeatedFile };
    for (let at = 0; at < files.length; at += filesAtOnce) {
      const some = files.slice(at, at + filesAtOnce);
      const binds = some.flatMap((entry) => [
        entry.source,
        entry.table,
        entry.file,
        entry.contentHash,
        sql.timestamp(entry.deliveredAt),
        sql.timestamp(entry.loadedAt),
      ]);
      await this.#session.run(sql.insertRepeatedFiles(target, some.length), binds);
    }
  }
}

const filesAtOnce = 200;
