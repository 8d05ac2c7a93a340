/** One writer at a time on Snowflake: two processes, one that dies, one that was only silent. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ProblemError, plainRelation, type Relation } from "../../src/graph/index.js";
import { openLedger } from "../../src/ledger/index.js";
import { transactionPrefix } from "../../src/warehouse/snowflake/statements-lease.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs } from "../snowflake-server/pairs.js";
import { type More, openOn, optionsFor } from "./opened.js";

let server: SnowflakeServer;
/** What somebody else puts into place. */
const newer = 'create or replace view "EHR"."SILVER"."V" ("X") as\nselect 2 as X';
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startSnowflake();
  await server.know([
    ...ledgerPairs("EHR"),
    { snowflake: "select 1 as X", duckdb: "select 1 as X" },
    { snowflake: "select 2 as X", duckdb: "select 2 as X" },
    { snowflake: 'select * from "EHR"."SILVER"."V"', duckdb: 'select * from "EHR"."SILVER"."V"' },
    // Nobody waits in a test: the clock is turned back instead.
    {
      snowflake: `update "EHR".MEDFORM.LEASE set HEARTBEAT = dateadd('hour', -1, HEARTBEAT)`,
      duckdb: `update "EHR".MEDFORM.LEASE set HEARTBEAT = HEARTBEAT - interval 1 hour`,
    },
  ]);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) await killed(child);
  }
  await silent();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Another process that has the warehouse, with a transaction left open where it is named. */
async function holder(more: More = {}, transaction?: string): Promise<ChildProcess> {
  const given = [JSON.stringify(optionsFor(server, more)), ...(transaction === undefined ? [] : [transaction])];
  const child = spawn(process.execPath, [join(import.meta.dirname, "holder.mjs"), ...given], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = await Promise.race([
    once(createInterface(child.stdout as NodeJS.ReadableStream), "line"),
    once(child, "close").then(() => ["ended"]),
  ]);
  expect(line).toBe("held");
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

async function refusal(work: Promise<unknown>): Promise<ProblemError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

async function silent(): Promise<void> {
  await using warehouse = await openOn(server, { readOnly: true });
  await using session = await warehouse.session();
  await session.run(`update "EHR".MEDFORM.LEASE set HEARTBEAT = dateadd('hour', -1, HEARTBEAT)`);
}

const relation: Relation = {
  target: { database: "EHR", schema: "SILVER", name: "A" },
  kind: "table",
  query: "select 1 as X",
  fileName: "definitions/a.sqlx",
  tags: [],
  disabled: false,
  dependencies: [],
  columns: [],
  ...plainRelation,
};

const plan = (attempt: number) => ({
  runId: "run-000001-00000000",
  project: "test",
  actions: ["EHR.SILVER.A"],
  tags: [],
  attempt,
  builds: [{ relation, mode: "create" as const }],
  between: [],
});

describe("the lease on Snowflake", () => {
  it("refuses a second process, and says who has it and since when; who only reads comes in", async () => {
    const child = await holder({ holder: { command: "medform run --environment production" } });
    const error = await refusal(openOn(server));
    expect(error.exitCode).toBe(3);
    expect(error.problems[0]?.code).toBe("locked");
    expect(error.message).toContain("medform run --environment production");
    expect(error.message).toContain(`process ${child.pid} on ${hostname()}, since 2`);
    await using reader = await openOn(server, { readOnly: true });
    expect(await reader.publisher.markers()).toEqual([]);
    expect(reader.lease.previous).toBeUndefined();
  });

  it("is given back at the end, and taken at once", async () => {
    const child = await holder();
    const ended = once(child, "close");
    child.stdin?.write("end\n");
    await ended;
    await using warehouse = await openOn(server);
    expect(warehouse.lease.previous).toBeUndefined();
  });

  it("is taken over from one who died, whose open transaction is ended", async () => {
    const name = `${transactionPrefix("EHR", 0)}DEAD`;
    const child = await holder({ holder: { command: "medform run" } }, name);
    await killed(child);
    expect((await refusal(openOn(server))).problems[0]?.code).toBe("locked");
    await silent();
    await using warehouse = await openOn(server);
    expect(warehouse.lease.previous).toMatchObject({
      command: "medform run",
      pid: child.pid,
      host: hostname(),
      runId: "run-000007-0badcafe",
    });
    const sent = (await server.statements()).map(({ sqlText }) => sqlText);
    expect(sent.some((text) => text.startsWith("select system$abort_transaction("))).toBe(true);
    await using session = await warehouse.session();
    const open = await session.rows("show transactions");
    expect(open.filter((row) => row.name === name)).toEqual([]);
  });

  it("is taken over from one who died within a transaction of the ledger, whose lock nobody waits for", async () => {
    const pause = await server.hook({
      on: "statement",
      matches: "^update .*LEDGER_HEAD",
      when: "after",
      effect: { kind: "pause" },
    });
    const child = await holder({}, "ledger");
    await pause.reached();
    await killed(child);
    await pause.remove();
    await silent();
    await using warehouse = await openOn(server);
    await using ledger = await openLedger(warehouse);
    const chain = await ledger.open("run", {});
    expect(chain.number).toBe(1);
    await chain.seal("succeeded");
  });

  it("says whose a lock may be that was waited for in vain, and does not wait for it again and again", async () => {
    await using warehouse = await openOn(server);
    await using ledger = await openLedger(warehouse);
    // Of another user's dead run, which this one may not end.
    const message =
      "Another transaction has locked table 'LEDGER_HEAD' and this lock has not yet been released. Your statement was aborted because it waited too long.";
    const effect = { kind: "error", code: "000625", sqlState: "57014", message } as const;
    const hook = await server.hook({ on: "statement", matches: "^update .*LEDGER_HEAD", occurrence: 1, effect });
    // Were it tried once more, it would go well.
    const error = await refusal(ledger.open("load", {}));
    await hook.remove();
    expect(error.problems[0]).toMatchObject({
      code: "lock-timeout",
      hint: expect.stringContaining("system$abort_transaction"),
    });
  });

  it("keeps itself alive by a heartbeat in a session of its own, and a process that holds it can end", async () => {
    const child = await holder({ lease: { beat: 0.05 } });
    const beats = async () =>
      (await server.statements()).filter(({ sqlText }) => /set HEARTBEAT = sysdate\(\) where/.test(sqlText));
    const from = (await beats()).length;
    await expect.poll(async () => (await beats()).length, { timeout: 20_000 }).toBeGreaterThan(from + 2);
    const sessions = new Set((await beats()).slice(from).map(({ session }) => session));
    expect(sessions.size).toBe(1);
    const ended = once(child, "close");
    child.stdin?.write("end\n");
    expect(await ended).toEqual([0, null]);
  });

  it("is one's alone where two found none and both inserted it: who sees another gives way", async () => {
    const insert = (owner: string) =>
      `insert into "EHR".MEDFORM.LEASE (NAME, TOKEN, OWNER, RUN_ID, PID, HOST, COMMAND, SINCE, HEARTBEAT) select 'main', 1, '${owner}', 'run-000001-0badcafe', 7, 'elsewhere', 'medform run', '2024-05-31', cast(sysdate() as timestamp_ntz(9))`;
    const owners = 'select OWNER as "OWNER" from "EHR".MEDFORM.LEASE order by 1';
    const none = 'delete from "EHR".MEDFORM.LEASE';
    const inserted = insert("other").replace("cast(sysdate() as timestamp_ntz(9))", "current_timestamp::timestamp");
    await server.know([
      { snowflake: insert("other"), duckdb: inserted },
      { snowflake: owners, duckdb: owners },
      { snowflake: none, duckdb: none },
    ]);
    await using reader = await openOn(server, { readOnly: true });
    await using session = await reader.session();
    await session.run(none);
    // As it is where neither MERGE saw the other's row.
    const hook = await server.hook({
      on: "statement",
      matches: "^merge .*LEASE",
      when: "after",
      occurrence: 1,
      effect: { kind: "pause" },
    });
    const refused = refusal(openOn(server));
    await hook.reached();
    await session.run(insert("other"));
    await hook.release();
    const error = await refused;
    await hook.remove();
    expect(error.problems[0]?.code).toBe("locked");
    expect(error.message).toContain("process 7 on elsewhere");
    expect(await session.rows(owners)).toEqual([{ OWNER: "other" }]);

    // Both died before they saw each other.
    await session.run(insert("other"));
    await silent();
    await using warehouse = await openOn(server);
    expect(await session.rows(owners)).toHaveLength(1);
    await warehouse.lease.hold("run-000001-00000000");
  });

  it("is held once by a process, however often it opens the warehouse", async () => {
    const [one, two] = await Promise.all([openOn(server), openOn(server)]);
    await one[Symbol.asyncDispose]();
    await two.lease.hold("run-000001-00000000");
    await two[Symbol.asyncDispose]();
    await using three = await openOn(server);
    expect(three.lease.previous).toBeUndefined();
  });

  it("stops one who was only silent: nothing more is published, nothing more is recorded", async () => {
    const warehouse = await openOn(server);
    await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    const marker = { target: relation.target, token: 1, runId: "run-000001-00000000", fingerprint: "f" };
    const first = await warehouse.publisher.open({}, plan(1));
    await first.build(relation, "create");
    await first.publish([marker]);
    const ledger = await openLedger(warehouse);
    const chain = await ledger.open("run", {});

    const late = await warehouse.publisher.open({}, plan(2));
    await late.build(relation, "create");
    await silent();
    const child = await holder();

    const entry = { kind: "note", subject: "s", outcome: "o", at: new Date().toISOString(), body: {} };
    expect((await refusal(chain.append([entry]))).problems[0]?.code).toBe("lease-lost");
    expect((await refusal(late.publish([{ ...marker, token: 2 }]))).exitCode).toBe(3);
    expect((await warehouse.publisher.markers())[0]?.token).toBe(1);
    expect((await refusal(warehouse.lease.hold("run-000002-00000000"))).problems[0]?.code).toBe("lease-lost");
    expect((await refusal(warehouse.publisher.open({}, plan(3)))).problems[0]?.code).toBe("lease-lost");
    await ledger[Symbol.asyncDispose]();
    await warehouse[Symbol.asyncDispose]();

    // The other one has it still.
    expect((await refusal(openOn(server))).problems[0]?.code).toBe("locked");
    const ended = once(child, "close");
    child.stdin?.write("end\n");
    await ended;
  });

  it("stops one who was only silent before it puts into place what others have replaced since", async () => {
    const warehouse = await openOn(server, { lease: { beat: 3600, silence: 0.001 } });
    await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
    const view: Relation = { ...relation, target: { ...relation.target, name: "V" }, kind: "view" };
    const late = await warehouse.publisher.open({}, { ...plan(9), builds: [{ relation: view, mode: "create" }] });
    await late.build(view, "create");
    const effect = { kind: "pause" } as const;
    const hook = await server.hook({ on: "statement", matches: "^commit$", occurrence: 1, when: "after", effect });
    const published = refusal(
      late.publish([{ target: view.target, token: 9, runId: "run-000009-00000000", fingerprint: "f" }]),
    );
    await hook.reached();
    await silent();
    const child = await holder();
    await using other = await openOn(server, { readOnly: true });
    await using session = await other.session();
    const rows = () => session.rows('select * from "EHR"."SILVER"."V"');
    // Who took over has finished what was committed, and publishes something newer.
    expect(await rows()).toEqual([{ X: 1 }]);
    await session.run(newer);
    await hook.release();
    expect((await published).problems[0]?.code).toBe("lease-lost");
    expect(await rows()).toEqual([{ X: 2 }]);
    await hook.remove();
    await warehouse[Symbol.asyncDispose]();
    child.stdin?.write("end\n");
    await once(child, "close");
  });
});
