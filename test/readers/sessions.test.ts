/**
 * Clinicians read the hospital in the process that refreshes it: increments, full refreshes and changes of kind. Whatever
 * they read of a table is the table as one run left it, and no query fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Graph, Relation } from "../../src/graph/index.js";
import { openLedger } from "../../src/ledger/index.js";
import { loadFiles } from "../../src/load/index.js";
import { makePlan } from "../../src/plan/index.js";
import { executeRun, readSituation } from "../../src/run/index.js";
import { generateSample } from "../../src/sample/index.js";
import { openDuckDb, type Row, type Session } from "../../src/warehouse/index.js";
import { graph as hospital } from "../models/hospital.js";

const long = process.env.MEDFORM_LONG === "1";
const patients = long ? 60 : 15;
const readers = long ? 3 : 2;

const tables = [
  "SILVER.PATIENT",
  "SILVER.PATIENT_XREF",
  "SILVER.PATIENT_EVENT",
  "SILVER.PRESCRIPTION",
  "SILVER.LAB_RESULT",
  "GOLD.PATIENT_TIMELINE",
  "GOLD.PATIENT_360",
  "GOLD.CURRENT_MEDICATIONS",
  "GOLD.LABS_LAST_6_MONTHS",
] as const;
type Table = (typeof tables)[number];

/** What a table holds, as one text: each row, as often as it is there. */
const contentOf = (table: Table) =>
  `select count(*) || ' ' || coalesce(sum(hash(whole)), 0) as content from "EHR".${table} as whole`;

const history = (patient: string) => [
  `select * from "EHR".GOLD.PATIENT_TIMELINE where patient_key = '${patient}' order by event_at, event_type, event_key`,
  `select * from "EHR".GOLD.PATIENT_360 where patient_key = '${patient}'`,
  `select * from "EHR".GOLD.CURRENT_MEDICATIONS where patient_key = '${patient}'`,
  `select * from "EHR".GOLD.LABS_LAST_6_MONTHS where patient_key = '${patient}' order by observed_at`,
];

/** One table, read between the end of run `from` and the end of run `to`, counted from 1. */
interface Reading {
  readonly table: Table;
  readonly content: string;
  readonly from: number;
  readonly to: number;
}

/** Tables as views and a view as a table, as if somebody had edited the models. */
function otherKinds(graph: Graph): Graph {
  const edited: Readonly<Record<string, Relation["kind"]>> = {
    CURRENT_MEDICATIONS: "view",
    LABS_LAST_6_MONTHS: "view",
    PATIENT_TIMELINE: "table",
  };
  const actions = graph.actions.map((action) => {
    const kind = action.target.schema === "GOLD" ? edited[action.target.name] : undefined;
    return kind === undefined || (action.kind !== "table" && action.kind !== "view")
      ? action
      : { ...action, kind, clusterBy: [] };
  });
  return { ...graph, actions };
}

describe("sessions that read while the warehouse is refreshed", () => {
  it("see each table as one run left it, and no error", { timeout: 900_000 }, async () => {
    const dir = mkdtempSync(join(tmpdir(), "medform-readers-"));
    try {
      const whole = await hospital();
      // Rules take half of the time, and change nothing of what readers see.
      const graph = long ? whole : { ...whole, actions: whole.actions.filter(({ kind }) => kind !== "assertion") };
      await using warehouse = await openDuckDb({
        path: join(dir, "warehouse.duckdb"),
        database: "EHR",
        holder: { command: "test" },
      });
      await using ledger = await openLedger(warehouse);
      await using own = await warehouse.session();

      let seed = 0;
      const deliver = async () => {
        seed += 1;
        const path = join(dir, `sample-${seed}`);
        await generateSample({ patients, seed, out: path, rate: 0.02 });
        await loadFiles({ format: "synthea-csv", path, graph, warehouse, ledger, delivered: `2026-01-0${seed}` });
      };

      /** Content of every table after each run; the first stands for nothing, as runs are counted from 1. */
      const after: Readonly<Record<Table, string>>[] = [];
      const kinds: ReadonlyMap<string, string>[] = [];
      let finished = 0;
      const refresh = async (of: Graph, select: string, fullRefresh: boolean) => {
        const situation = await readSituation(of, warehouse, ledger);
        const selection = { select: [select], exclude: [] };
        const plan = makePlan({ ...situation, graph: of, selection, fullRefresh, asOf: null });
        const run = await executeRun({
          graph: of,
          plan,
          warehouse,
          ledger,
          listener: () => undefined,
          environment: "test",
          about: {},
        });
        expect(run.outcome).toBe("succeeded");
        expect(run.counts.built).toBeGreaterThan(0);
        const contents: Partial<Record<Table, string>> = {};
        for (const table of tables) contents[table] = await content(own, table);
        after[finished + 1] = contents as Record<Table, string>;
        const relations = await warehouse.catalog.relations();
        kinds[finished + 1] = new Map(relations.map(({ target, kind }) => [`${target.schema}.${target.name}`, kind]));
        finished += 1;
      };

      await deliver();
      await refresh(graph, "", false);

      const readings: Reading[] = [];
      let rows = 0;
      let reading = true;
      const read = async (reader: number) => {
        await using session = await warehouse.session();
        const keys = await session.rows(`select patient_key as key from "EHR".SILVER.PATIENT order by key`);
        for (let time = reader; reading; time += 1) {
          const from = finished;
          // At one moment, so that what a view shows can be compared with the tables below it.
          await session.run("begin");
          const seen: Omit<Reading, "to">[] = [];
          for (const table of tables) seen.push({ table, content: await content(session, table), from });
          for (const query of history(String(keys[time % keys.length]?.key)))
            rows += (await session.rows(query)).length;
          await session.run("commit");
          const to = finished + 1;
          readings.push(...seen.map((one) => ({ ...one, to })));
        }
      };
      const reads = Array.from({ length: readers }, (_, reader) => read(reader));
      const stopped = Promise.all(reads);
      try {
        for (let round = 0; round < (long ? 4 : 1); round += 1) {
          await deliver();
          await refresh(graph, "", false);
          await refresh(otherKinds(graph), "gold.*", false);
          await refresh(graph, long ? "" : "silver.prescription silver.lab_result gold.*", true);
        }
      } finally {
        reading = false;
        await stopped;
      }

      expect(rows).toBeGreaterThan(0);
      const wrong = readings.filter(({ table, content: found, from, to }) => {
        const runs = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        // A view shows several tables, each of which may be of another run; they are looked at themselves.
        if (runs.some((run) => kinds[Math.min(run, finished)]?.get(table) === "view")) return false;
        return !runs.some((run) => after[run]?.[table] === found);
      });
      expect(wrong).toEqual([]);
      // Each run changed what is read, and there were readings while each was at work.
      for (let run = 2; run <= finished; run += 1) {
        const changed = tables.filter(
          (table) =>
            after[run]?.[table] !== after[run - 1]?.[table] || kinds[run]?.get(table) !== kinds[run - 1]?.get(table),
        );
        expect(changed.length).toBeGreaterThan(1);
        expect(readings.filter(({ from }) => from === run - 1).length).toBeGreaterThan(tables.length);
      }
      expectFunction(readings);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

async function content(session: Session, table: Table): Promise<string> {
  const [row]: readonly (Row | undefined)[] = await session.rows(contentOf(table));
  return String(row?.content);
}

/** What the timeline shows is decided by the tables that it shows: the same ones, the same rows. */
function expectFunction(readings: readonly Reading[]): void {
  const shown = new Map<string, string>();
  for (let at = 0; at < readings.length; at += tables.length) {
    const [patient, xref, event, , , timeline] = readings.slice(at, at + tables.length).map((one) => one.content);
    const key = JSON.stringify([patient, xref, event]);
    expect(timeline).toBe(shown.get(key) ?? timeline);
    shown.set(key, timeline ?? "");
  }
}
