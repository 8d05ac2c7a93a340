/** What is sent beside templates and the ledger's own tables: the same text on every engine, recorded from who sends it. */
import { showQuery } from "../../src/cli/show-query.js";
import type { Graph } from "../../src/graph/index.js";
import { plainRelation, targetKey } from "../../src/graph/index.js";
import { type Ledger, recoverMarkers, type State, scanLedger } from "../../src/ledger/index.js";
import { ledgerStore } from "../../src/ledger/store.js";
import { loadedFiles, repeatedFiles } from "../../src/load/loaded.js";
import { countRows } from "../../src/run/difference.js";
import { dispositions } from "../../src/run/dispositions.js";
import { compared } from "../../src/run/prove/compare.js";
import { sourceVersions } from "../../src/run/sources.js";
import type { PublishScope, RelationInfo, Row, Session, Warehouse } from "../../src/warehouse/index.js";
import { ensureColumns, loadedFileColumns } from "../../src/warehouse/landing.js";
import { countFailing } from "../../src/warehouse/snowflake/statements.js";

const database = "EHR";
const target = { database, schema: "RAW", name: "LOADED_FILE" };
const other = { database, schema: "SILVER", name: "T" };
const info = (of: typeof target): RelationInfo =>
  ({ target: of, kind: "table", columns: [] }) as unknown as RelationInfo;
const source = (of: typeof target) => ({ kind: "declaration", target: of, tags: [] });

/** @param answer What a query is answered with. */
async function recorded(work: (session: Session) => Promise<unknown>, answer: (sql: string) => readonly Row[]) {
  const sent: string[] = [];
  const session: Partial<Session> = {
    run: async (sql) => {
      sent.push(sql);
      return { changed: 0 };
    },
    rows: async (sql) => {
      sent.push(sql);
      return answer(sql);
    },
    async *stream(sql) {
      sent.push(sql);
      yield [];
    },
    cancel: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  await work(session as Session);
  return sent;
}

export async function sentStatements(): Promise<readonly string[]> {
  const sides = { left: '"EHR"."SILVER"."T$medform_kept"', right: '"EHR"."SILVER"."T"' };
  const kept = { copy: sides.left, built: sides.right, drop: async () => undefined };
  const relation = { ...plainRelation, target: other, columns: [], uniqueKey: ["ID"] };
  const counts = [{ left_rows: 1, right_rows: 1, only_left: 1, only_right: 1 }];
  const ledger = {
    state: async () => ({ targets: {}, sources: {} }),
    unsealed: async () => [],
    loaded: async () => new Set(),
    recover: async () => undefined,
  } as unknown as Ledger;
  const on = (session: Session) =>
    ({
      database,
      session: async () => session,
      catalog: { relations: async () => [target, other, { database, schema: "MEDFORM", name: "LEDGER" }].map(info) },
      publisher: { markers: async () => [{ target: other, token: 7, runId: "r", fingerprint: "f" }] },
    }) as unknown as Warehouse;
  const tagged = { kind: "table", target: other, tags: ["medform:dispositions"], fileName: "" };
  const published = { targets: { [targetKey(other)]: {} } } as unknown as Pick<State, "targets">;
  const landing = async (session: Session, at: Partial<typeof target>) => {
    await ensureColumns(session, { ...target, ...at }, loadedFileColumns);
  };
  const none = () => [];
  const all = [
    await recorded((session) => landing(session, {}), none),
    await recorded(
      (session) => ensureColumns(session, { schema: "RAW", name: "T" }, loadedFileColumns),
      () => [{ name: "FILE" }],
    ),
    await recorded((session) => loadedFiles(session, target), none),
    await recorded((session) => repeatedFiles(session, target), none),
    await recorded(
      (session) => countRows(session, [], sides),
      () => counts,
    ),
    await recorded(
      (session) =>
        compared({ session } as unknown as PublishScope, relation as never, {
          kept,
          published: ["ID", "V"],
          rebuilt: ["ID", "V"],
        }),
      () => counts,
    ),
    await recorded(
      (session) =>
        sourceVersions(
          { actions: [source(target), source(other)] } as unknown as Graph,
          { sources: {} } as unknown as State,
          [target, other].map(info),
          session,
        ),
      none,
    ),
    await recorded((session) => dispositions({ actions: [tagged] } as unknown as Graph, published, on(session)), none),
    await recorded((session) => recoverMarkers(ledger, on(session)), none),
    await recorded(
      async (session) => {
        await using scan = await scanLedger(on(session));
        await scan.heads();
        for await (const _ of scan.records());
      },
      (sql) => {
        if (/information_schema/.test(sql)) return ["LEDGER", "LEDGER_HEAD"].map((NAME) => ({ NAME, TYPE: "TABLE" }));
        return /count/.test(sql) ? [{ N: 200 }] : [];
      },
    ),
  ];
  const headless = await recorded(
    async (session) => {
      const begun = { database, lease: {}, catalog: { ensureSchemas: async () => undefined } };
      const store = await ledgerStore(begun as unknown as Warehouse, session);
      await store.create().catch(() => undefined);
    },
    (sql) => (/information_schema/.test(sql) ? [{ NAME: "LEDGER", TYPE: "TABLE" }] : [{ N: 1 }]),
  );
  const options = { limit: 21, engine: "snowflake" };
  const assertion = { query: "select 1 as X" } as never;
  return [
    ...all.flat(),
    ...headless,
    showQuery({ kind: "relation", target: other }, options),
    showQuery({ kind: "relation", target: other }, { ...options, where: "V > 1" }),
    showQuery({ kind: "assertion", assertion }, { ...options, where: "V > 1" }),
    countFailing('select 1 as one from "EHR"."SILVER"."T"', false),
    'drop stage if exists "EHR".S.Mine',
  ];
}
