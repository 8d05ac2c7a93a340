/** The ledger in a real warehouse: appends, seals, folding, and what a dead process leaves behind. */
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProblemError, targetKey } from "../../src/graph/index.js";
import {
  discardEntry,
  dropEntry,
  type Entry,
  evaluationEntry,
  fileSubject,
  intentEntry,
  type Ledger,
  type LedgerRecord,
  loadFileEntry,
  openLedger,
  publishEntry,
  recoverMarkers,
  standingEntry,
  verifyChain,
} from "../../src/ledger/index.js";
import { ensureLandingLog, openDuckDb, type Warehouse } from "../../src/warehouse/index.js";
import { openOn } from "../snowflake/opened.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs } from "../snowflake-server/pairs.js";
import { marker, publish, relation, target, temporaryFolder } from "./engines.js";

const at = "2024-02-02T00:00:00.000Z";

const published = (name: string, more: Partial<Parameters<typeof publishEntry>[0]> = {}): Entry =>
  publishEntry({
    at,
    target: target(name),
    kind: "table",
    fingerprint: "f",
    rows: 1,
    columns: ["x"],
    inputs: {},
    ...more,
  });

interface Engine {
  readonly name: "duckdb" | "snowflake";
  /** Makes it as if nothing had ever been there. */
  begin(): Promise<void>;
  /** Opened again with the same path, what was there is there. */
  open(path: string): Promise<Warehouse>;
  /** An unquoted name as the catalog has it. */
  named(name: string): string;
  readonly bytes: string;
  hash(text: string): string;
}

const parts = ["PREV_HASH", "CHAIN", "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY"];
/** The records that were changed: the query of the documentation. */
const altered = ({ bytes, hash }: Pick<Engine, "bytes" | "hash">) => {
  const layout = parts.map((name) => `${bytes}("${name}") || ':' || "${name}"`).join(" || ");
  return `select chain, seq from "EHR".MEDFORM.LEDGER where hash <> ${hash(layout)}`;
};

const duckdb: Engine = {
  name: "duckdb",
  begin: () => Promise.resolve(),
  open: (path) =>
    openDuckDb({ path, database: "EHR", threads: 2, memoryLimit: "400MB", holder: { command: "medform test" } }),
  named: (name) => name,
  bytes: "strlen",
  hash: (text) => `sha256(${text})`,
};

let server: SnowflakeServer | undefined;
afterAll(() => server?.[Symbol.asyncDispose]());

const recorded =
  'select chain as "chain", seq as "seq", "AT" as "at", kind as "kind", subject as "subject", outcome as "outcome", body as "body", prev_hash as "prevHash", hash as "hash" from "EHR".MEDFORM.LEDGER where chain = ? order by seq';
const landed = `insert into "EHR"."RAW"."LOADED_FILE" values ('b1', 's', 'S', 'f.csv', 'abc', timestamp '2024-01-01', 3, 2, 1, timestamp '2024-01-01', null)`;
const changedSeal = `update "EHR".MEDFORM.LEDGER set body = '{}' where kind = 'seal'`;
const alike = ["select range as x from range(5)", "select 1 as x", "select 2 as x", recorded, landed, changedSeal];
const snowflake: Engine = {
  name: "snowflake",
  async begin() {
    server ??= await startSnowflake();
    await server.reset();
    const own = { snowflake: altered(snowflake), duckdb: altered(duckdb) };
    await server.know([own, ...ledgerPairs("EHR"), ...alike.map((text) => ({ snowflake: text, duckdb: text }))]);
  },
  open: () => (server === undefined ? Promise.reject(new Error("not begun")) : openOn(server)),
  named: (name) => name.toUpperCase(),
  bytes: "octet_length",
  hash: (text) => `sha2(${text}, 256)`,
};

describe.each([duckdb, snowflake])("the ledger on $name", (engine) => {
  let folder: ReturnType<typeof temporaryFolder>;
  let warehouse: Warehouse;
  let ledger: Ledger;

  const open = async () => {
    warehouse = await engine.open(join(folder.path, "warehouse.db"));
    ledger = await openLedger(warehouse);
  };
  const close = async () => {
    await ledger[Symbol.asyncDispose]();
    await warehouse[Symbol.asyncDispose]();
  };
  const records = async (chain: string): Promise<readonly LedgerRecord[]> => {
    await using session = await warehouse.session();
    const rows = await session.rows(recorded, [chain]);
    return rows as unknown as readonly LedgerRecord[];
  };

  beforeEach(async () => {
    folder = temporaryFolder();
    await engine.begin();
    await open();
  });

  afterEach(async () => {
    await close();
    folder[Symbol.dispose]();
  });

  it("knows nothing at first, and writes nothing for being asked", async () => {
    expect(await ledger.state()).toEqual({ targets: {}, sources: {}, rules: {}, lastRun: null, failed: {}, number: 0 });
    expect(await ledger.loaded(["a"])).toEqual(new Set());
    const names = (await warehouse.catalog.relations()).map((info) => info.target.name);
    expect(names).not.toContain("LEDGER");
  });

  it("folds what a run appended, before and after its seal, and after it is opened anew", async () => {
    const commit = { id: "3f9a07c", dirty: true };
    const chain = await ledger.open("run", { command: "medform run", commit });
    await chain.append([
      published("A", { inputs: { "EHR.RAW.S": "b1" } }),
      evaluationEntry({ at, assertion: target("RULES"), rule: "key", severity: "error", outcome: "fail", failing: 3 }),
      standingEntry({ at, target: target("A"), failing: true }),
    ]);
    const open1 = await ledger.state();
    expect(open1.lastRun).toBeNull();
    await chain.seal("failed");
    const sealed = await ledger.state();
    expect(sealed.targets).toEqual(open1.targets);
    expect(sealed.targets[targetKey(target("A"))]).toMatchObject({
      version: chain.id,
      runNumber: 1,
      failing: true,
      inputs: { "EHR.RAW.S": "b1" },
    });
    expect(sealed.rules["EHR.SILVER.RULES/key"]).toMatchObject({ outcome: "fail", failing: 3 });
    expect(sealed.lastRun).toMatchObject({ runId: chain.id, outcome: "failed", runNumber: 1, commit });
    await close();
    await open();
    expect(await ledger.state()).toEqual(sealed);
  });

  it("gives a chain its own records, and knows whose last attempt published nothing", async () => {
    const chain = await ledger.open("run", {});
    const attempt = (name: string, outcome: "discarded" | "failed" | "skipped" | "cancelled") =>
      discardEntry({ at, target: target(name), reason: "because" }, outcome);
    const entries = [
      attempt("A", "discarded"),
      attempt("B", "failed"),
      attempt("C", "skipped"),
      attempt("D", "cancelled"),
      published("A"),
    ];
    await chain.append(entries);
    await chain.seal("failed");
    expect(await ledger.entries(chain.id)).toEqual(entries);
    expect(await ledger.entries("run-000009-00000000")).toEqual([]);
    const key = (name: string) => targetKey(target(name));
    const failed = { [key("B")]: "failed", [key("C")]: "skipped", [key("D")]: "cancelled" };
    expect((await ledger.state()).failed).toEqual(failed);
    const next = await ledger.open("run", {});
    await next.append([
      published("B"),
      dropEntry({ at, target: target("C"), kind: "table", version: "run-1", rows: 1 }, "dropped"),
    ]);
    await next.seal("succeeded");
    expect((await ledger.state()).failed).toEqual({ [key("D")]: "cancelled" });
  });

  it("hashes every record into its chain, and each chain into the main one", async () => {
    const ids: string[] = [];
    for (const name of ["A", "B"]) {
      const chain = await ledger.open("run", { note: "é \u0000 \ud800" });
      await Promise.all([
        chain.append([published(name)]),
        chain.append([published(`${name}2`), published(`${name}3`)]),
      ]);
      await chain.seal("succeeded");
      ids.push(chain.id);
    }
    const main = await records("main");
    expect(main.map(({ kind }) => kind)).toEqual(["open", "views", "seal", "open", "seal"]);
    expect(verifyChain(main)).toMatchObject({ ok: true });
    for (const id of ids) {
      const opened = main.find(({ kind, subject }) => kind === "open" && subject === id);
      const seal = main.find(({ kind, subject }) => kind === "seal" && subject === id);
      const { lastHash, records: count } = JSON.parse(seal?.body ?? "");
      const own = await records(id);
      expect(own).toHaveLength(3);
      expect(verifyChain(own, { seq: 0, hash: opened?.hash ?? "" }, { seq: count, hash: lastHash })).toMatchObject({
        ok: true,
      });
    }
  });

  it("can be verified by the warehouse alone, with the query of the documentation", async () => {
    const chain = await ledger.open("run", { actor: "é" });
    await chain.append([published("A"), published('sélect "it\'s"')]);
    await chain.seal("succeeded");
    await using session = await warehouse.session();
    const wrong = await session.rows(altered(engine));
    expect(wrong).toEqual([]);
  });

  it("numbers chains strictly, and refuses to write on after the seal", async () => {
    const first = await ledger.open("run", {});
    await first.seal("succeeded");
    const second = await ledger.open("load", {});
    expect([first.number, second.number]).toEqual([1, 2]);
    await expect(first.append([published("A")])).rejects.toThrow(/sealed/);
    await expect(first.seal("succeeded")).rejects.toThrow(/sealed/);
    await second.seal("succeeded");
  });

  it("gives two writers that open at once different numbers, in one chain", async () => {
    await using second = await engine.open(join(folder.path, "warehouse.db"));
    await using other = await openLedger(second);
    const chains = await Promise.all([ledger, other, ledger, other].map((one) => one.open("run", {})));
    expect(chains.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
    expect(verifyChain(await records("main"))).toMatchObject({ ok: true });
  });

  it("counts what an interrupted run published, and says that it was interrupted", async () => {
    const before = await ledger.open("run", {});
    await before.append([published("OLD")]);
    await before.seal("succeeded");
    const dead = await ledger.open("run", {});
    await dead.append([
      published("A"),
      intentEntry({ at, target: target("B"), kind: "table", fingerprint: "f", inputs: {} }),
    ]);
    await close();
    await open();
    const state = await ledger.state();
    expect(Object.keys(state.targets).sort()).toEqual(["EHR.SILVER.A", "EHR.SILVER.OLD"]);
    expect(state.lastRun).toMatchObject({ runId: dead.id, outcome: "interrupted", finishedAt: null });
    const next = await ledger.open("run", {});
    expect(next.number).toBe(3);
    await next.seal("succeeded");
    expect(Object.keys((await ledger.state()).targets).sort()).toEqual(["EHR.SILVER.A", "EHR.SILVER.OLD"]);
    const noted = (await records("main")).find(({ kind }) => kind === "interrupted");
    expect(noted?.subject).toBe(dead.id);
    expect(JSON.parse(noted?.body ?? "").records).toBe(2);
  });

  it("recovers publications and landed files that a dead process could not record, once", async () => {
    await warehouse.catalog.ensureSchemas([
      { database: "EHR", schema: "SILVER" },
      { database: "EHR", schema: "RAW" },
    ]);
    const dead = await ledger.open("run", {});
    const inputs = { "EHR.RAW.S": "batch-1" };
    await dead.append([intentEntry({ at, target: target("A"), kind: "incremental", fingerprint: "f1", inputs })]);
    await using scope = await warehouse.publisher.open({});
    await scope.build(relation("A", "select range as x from range(5)"), "create");
    await scope.publish([{ ...marker("A", dead.number, dead.id), fingerprint: "f1" }]);
    await using session = await warehouse.session();
    await ensureLandingLog(session, { database: "EHR", schema: "RAW" });
    await session.run(landed);
    await close();
    await open();

    const recovered = await recoverMarkers(ledger, warehouse);
    expect(recovered.map(({ kind, outcome, subject }) => `${kind} ${outcome} ${subject}`)).toEqual([
      "load-file recovered EHR.RAW.S:abc",
      "load-file recovered EHR.RAW.LOADED_FILE:b1",
      "load-file recovered EHR.RAW.REJECTED_LINE:b1",
      "publish recovered EHR.SILVER.A",
    ]);
    const state = await ledger.state();
    expect(state.targets["EHR.SILVER.A"]).toMatchObject({
      kind: "incremental",
      version: dead.id,
      runNumber: 1,
      fingerprint: "f1",
      rows: 5,
      columns: [engine.named("x")],
      inputs,
    });
    expect(state.sources["EHR.RAW.S"]).toMatchObject({ batchId: "b1", rows: 2 });
    const subject = fileSubject({ database: "EHR", schema: "RAW", name: "S" }, "abc");
    expect(await ledger.loaded([subject, "other"])).toEqual(new Set([subject]));
    expect(await recoverMarkers(ledger, warehouse)).toEqual([]);
    expect(verifyChain(await records("main"))).toMatchObject({ ok: true });
  });

  it("knows files that were landed, and adds their rows up", async () => {
    const table = target("S", "RAW");
    for (const [hash, rows] of [
      ["h1", 2],
      ["h2", 3],
    ] as const) {
      const chain = await ledger.open("load", {});
      await chain.append([loadFileEntry({ at, target: table, contentHash: hash, batchId: `b-${hash}`, rows })]);
      await chain.seal("succeeded");
    }
    expect(await ledger.loaded([fileSubject(table, "h1"), fileSubject(table, "h9")])).toEqual(
      new Set([fileSubject(table, "h1")]),
    );
    expect((await ledger.state()).sources[targetKey(table)]).toMatchObject({ rows: 5, batchId: "b-h2" });
  });

  it("says that it cannot be read where a seal was changed into something else", async () => {
    const chain = await ledger.open("run", {});
    await chain.seal("succeeded");
    await using session = await warehouse.session();
    await session.run(changedSeal);
    const error = await ledger.state().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).exitCode).toBe(4);
  });

  it("is written beside an open publication", async () => {
    await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    const chain = await ledger.open("run", {});
    await publish(warehouse, relation("A", "select 1 as x"));
    await using scope = await warehouse.publisher.open({});
    await scope.build(relation("A", "select 2 as x"), "create");
    await chain.append([published("A")]);
    await scope.publish([marker("A", 2)]);
    await chain.seal("succeeded");
    expect((await ledger.state()).lastRun?.outcome).toBe("succeeded");
  });
});
