/** Several openers of one warehouse: in this process, in another one, and one that is killed in the middle of its work. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import { openLedger, recoverMarkers } from "../../src/ledger/index.js";
import { openDuckDb, type Warehouse } from "../../src/warehouse/index.js";
import { publish, relation, target, temporaryFolder, values } from "./engines.js";

const long = process.env.MEDFORM_LONG === "1";

/** child.ts for Node alone, as the sources are now; inside the project, where packages are found. */
const bundle = resolve(import.meta.dirname, `../../node_modules/.cache/medform-test-${process.pid}`);

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: "silent",
    build: { ssr: resolve(import.meta.dirname, "child.ts"), outDir: bundle, emptyOutDir: true, target: "node20" },
  });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

function start(name: "hold" | "publishForever", path: string): ChildProcess {
  return spawn(process.execPath, [join(bundle, "child.js"), name, path], { stdio: ["pipe", "pipe", "inherit"] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) return "";
  // Not "exit", which may come before what was written is read.
  const died = once(child, "close").then(() => ["exited"]);
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), died]);
  return String(line);
}

async function refusal(work: Promise<unknown>): Promise<ProblemError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw new Error("no refusal");
  return error;
}

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
const open = (more: Partial<Parameters<typeof openDuckDb>[0]> = {}): Promise<Warehouse> =>
  openDuckDb({ path, database: "EHR", threads: 2, holder: { command: "medform test" }, ...more });

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, "warehouse.duckdb");
});
afterEach(() => folder[Symbol.dispose]());

describe("in one process", () => {
  it("shares one instance of a file, through links too, and loses nothing", async () => {
    const one = await open();
    await one.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    symlinkSync(path, join(folder.path, "link.duckdb"));
    const two = await open({ path: join(folder.path, "link.duckdb") });
    await publish(one, relation("A", "select 1 as x"), 1);
    await publish(two, relation("B", "select 2 as x"), 1);
    await one[Symbol.asyncDispose]();
    await publish(two, relation("C", "select 3 as x"), 1);
    await two[Symbol.asyncDispose]();
    await using three = await open();
    await using session = await three.session();
    const union = ["A", "B", "C"].map((name) => `select x from "EHR"."SILVER"."${name}"`).join(" union all ");
    expect(await values(session, `${union} order by x`)).toEqual([[1], [2], [3]]);
  });

  it("opens once, however many open at once", async () => {
    const all = await Promise.all([open(), open(), open()]);
    await all[0]?.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    for (const [index, one] of all.entries()) await publish(one, relation("A", `select ${index} as x`), index + 1);
    await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
    await using again = await open();
    expect((await again.publisher.markers())[0]?.token).toBe(3);
  });

  it("refuses the same file under another name", async () => {
    await using _one = await open();
    expect((await refusal(open({ database: "OTHER" }))).problems[0]?.code).toBe("warehouse-alias");
  });

  it("keeps databases in memory apart", async () => {
    await using one = await open({ path: ":memory:" });
    await using two = await open({ path: ":memory:" });
    await one.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    await publish(one, relation("A", "select 1 as x"));
    expect((await two.catalog.relations()).map((info) => info.target.name)).not.toContain("A");
  });

  it("reads only, where asked to", async () => {
    expect((await refusal(open({ readOnly: true }))).problems[0]?.code).toBe("no-warehouse");
    const writer = await open();
    await writer.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    await publish(writer, relation("A", "select 1 as x"));
    await writer[Symbol.asyncDispose]();
    await using reader = await open({ readOnly: true });
    await using session = await reader.session();
    expect(await values(session, 'select x from "EHR"."SILVER"."A"')).toEqual([[1]]);
    await refusal(session.run('create table "EHR"."SILVER"."B" (x integer)'));
    await using ledger = await openLedger(reader);
    expect((await ledger.state()).number).toBe(0);
  });

  it("keeps further databases in files beside the warehouse, and finds them again", async () => {
    const built = { ...relation("A", "select 1 as x"), target: { database: "OTHER", schema: "SILVER", name: "A" } };
    const one = await open();
    await one.catalog.ensureSchemas([{ database: "OTHER", schema: "SILVER" }]);
    await using scope = await one.publisher.open({});
    await scope.build(built, "create");
    await scope.publish([{ target: built.target, token: 1, runId: "r", fingerprint: "f" }]);
    await one[Symbol.asyncDispose]();
    expect(existsSync(join(folder.path, "OTHER.duckdb"))).toBe(true);
    await using two = await open();
    expect((await two.publisher.markers()).map(({ target }) => target)).toEqual([built.target]);
    expect((await two.catalog.relations()).map(({ target }) => target)).toContainEqual(built.target);
  });

  it("says what is no warehouse", async () => {
    writeFileSync(path, "x".repeat(20000));
    expect((await refusal(open())).problems[0]?.code).toBe("not-a-warehouse");
  });

  it("says with the path what hinders a file: a folder, no folder to make it in, damage", async () => {
    mkdirSync(path);
    for (const readOnly of [true, false]) {
      const { problems } = await refusal(open({ readOnly }));
      expect(problems[0]).toMatchObject({ code: "warehouse-is-folder", message: expect.stringContaining(path) });
    }
    const beside = join(folder.path, "file");
    writeFileSync(beside, "");
    const within = await refusal(open({ path: join(beside, "deep", "w.duckdb") }));
    expect(within.problems[0]).toMatchObject({ code: "warehouse-folder", message: expect.stringContaining(beside) });

    const file = join(folder.path, "damaged.duckdb");
    const writer = await open({ path: file });
    await writer.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    await publish(writer, relation("A", "select range as x from range(100000)"));
    await writer[Symbol.asyncDispose]();
    const bytes = readFileSync(file);
    for (let at = 12_288; at < bytes.length; at += 4096) bytes.fill(0, at + 100, at + 200);
    writeFileSync(file, bytes);
    for (const readOnly of [true, false]) {
      const { problems } = await refusal(open({ path: file, readOnly }));
      expect(problems[0]).toMatchObject({ code: "warehouse-damaged", message: expect.stringContaining(file) });
    }
  });
});

describe("in two processes", () => {
  it("refuses the second, and says who holds the file since when", async () => {
    const child = start("hold", path);
    expect(await firstLine(child)).toBe("held");
    const error = await refusal(open());
    expect(error.exitCode).toBe(3);
    expect(error.problems[0]?.code).toBe("locked");
    const lock = JSON.parse(readFileSync(join(folder.path, "lock.json"), "utf8"));
    for (const word of ["run run-7", `process ${child.pid}`, hostname(), "`medform run`", lock.since]) {
      expect(error.message).toContain(word);
    }
    child.stdin?.write("\n");
    await once(child, "exit");
    expect(existsSync(join(folder.path, "lock.json"))).toBe(false);
    await using free = await open();
    expect(free.lease.previous).toBeUndefined();
  });

  it("takes over from an owner that died, and knows whose it was", async () => {
    const child = start("hold", path);
    await firstLine(child);
    child.kill("SIGKILL");
    await once(child, "exit");
    await using warehouse = await open();
    expect(warehouse.lease.previous).toMatchObject({ pid: child.pid, runId: "run-7" });
    await warehouse.lease.hold("run-8");
    expect(JSON.parse(readFileSync(join(folder.path, "lock.json"), "utf8"))).toMatchObject({
      pid: process.pid,
      runId: "run-8",
    });
  });

  it("names the process alone, where lock.json says nothing of it", async () => {
    const child = start("hold", path);
    await firstLine(child);
    writeFileSync(join(folder.path, "lock.json"), '{"half":');
    const { message } = await refusal(open());
    expect(message).toContain(`process ${child.pid}`);
    child.stdin?.write("\n");
    await once(child, "exit");
  });
});

describe("a disk that is full", () => {
  it("fails what does not fit, leaves everything as it was, and the warehouse usable", async () => {
    const command = `ulimit -f 20000; exec "${process.execPath}" "${join(bundle, "child.js")}" fill "${path}"`;
    const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
    // It still has the warehouse open when it says what it saw.
    const ended = once(child, "close");
    const { problems, kept, names } = JSON.parse(await firstLine(child));
    await ended;
    expect(problems).toHaveLength(2);
    for (const problem of problems) {
      expect(problem).toMatchObject({ code: "disk-full", hint: expect.stringContaining("Make room") });
    }
    expect(kept).toEqual([[1]]);
    expect(names).toContain("AFTER");
    expect(names).not.toContain("LARGE");
    await using warehouse = await open();
    await using session = await warehouse.session();
    expect(await values(session, 'select * from "EHR"."SILVER"."KEPT"')).toEqual([[1]]);
  });

  it("is noticed before anything is written, with what is needed and where", async () => {
    const low = await refusal(open({ freeBytes: async () => 10 * 1024 ** 2 }));
    expect(low).toMatchObject({ exitCode: 3, problems: [{ code: "disk-low" }] });
    expect(low.message).toMatch(/needs about 64 MB in .*, where 10 MB are free/);
    expect(low.message).toContain(folder.path);
    expect(existsSync(path)).toBe(false);

    const large = relation("LARGE", "select range as id, hash(range)::varchar as v from range(1200000)");
    {
      await using warehouse = await open();
      await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
      await publish(warehouse, large, 1);
      await publish(warehouse, relation("SMALL", "select 1 as x"), 1);
      await using session = await warehouse.session();
      await session.run("checkpoint");
      await warehouse.ensureRoom([large.target]);
    }
    await using warehouse = await open({ freeBytes: async () => 65 * 1024 ** 2 });
    await warehouse.ensureRoom([target("SMALL"), target("NOT_THERE")]);
    const refused = await refusal(warehouse.ensureRoom([large.target, target("SMALL")]));
    expect(refused).toMatchObject({ exitCode: 3, problems: [{ code: "disk-low" }] });
    expect((await refusal(publish(warehouse, large, 2))).message).toContain("making EHR.SILVER.LARGE anew needs about");
    await publish(warehouse, relation("SMALL", "select 2 as x"), 2);
    await using reader = await open({ readOnly: true, freeBytes: async () => 0 });
    await using session = await reader.session();
    expect(await values(session, 'select count(*) from "EHR"."SILVER"."LARGE"')).toEqual([[1200000]]);
  });
});

describe("a process killed while it publishes in a loop", () => {
  it(`leaves a consistent warehouse, ${long ? 30 : 3} times`, { timeout: long ? 300_000 : 30_000 }, async () => {
    let acknowledged = 0;
    for (let time = 0; time < (long ? 30 : 3); time += 1) {
      const child = start("publishForever", path);
      if (child.stdout === null) throw new Error("no output");
      createInterface(child.stdout).on("line", (line) => {
        acknowledged = Number(line);
      });
      await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
      expect(child.exitCode).toBeNull();
      await new Promise((done) => setTimeout(done, 20 + ((time * 37) % 200)));
      child.kill("SIGKILL");
      await once(child, "close");

      await using warehouse = await open();
      await using ledger = await openLedger(warehouse);
      await recoverMarkers(ledger, warehouse);
      await using session = await warehouse.session();
      const [left, right] = await Promise.all(
        ["LEFT", "RIGHT"].map((name) =>
          values(session, `select min(round), max(round), count(*) from "EHR"."SILVER"."${name}"`),
        ),
      );
      // Both or neither, whole, and at least what was acknowledged.
      expect(left).toEqual(right);
      const [low, high, count] = left?.[0] ?? [];
      expect([high, count]).toEqual([low, 20000]);
      expect(Number(low)).toBeGreaterThanOrEqual(acknowledged);
      // The ledger says the same, with the inputs that the dead run had noted.
      const { targets, lastRun, number } = await ledger.state();
      for (const name of ["EHR.SILVER.LEFT", "EHR.SILVER.RIGHT"]) {
        expect(targets[name]).toMatchObject({ runNumber: low, inputs: { round: String(low) }, rows: 20000 });
      }
      expect(number).toBeGreaterThanOrEqual(Number(low));
      expect(["interrupted", "succeeded"]).toContain(lastRun?.outcome);
    }
    expect(acknowledged).toBeGreaterThanOrEqual(long ? 30 : 3);
  });
});
