/** Every template that medform emits is one that the test Snowflake reads: else what it refuses would say nothing. */
import { expect, it } from "vitest";
import { createLedger } from "../../src/ledger/index.js";
import * as names from "../../src/warehouse/snowflake/names.js";
import * as sql from "../../src/warehouse/snowflake/statements.js";
import * as catalog from "../../src/warehouse/snowflake/statements-catalog.js";
import * as lease from "../../src/warehouse/snowflake/statements-lease.js";
import * as ofSession from "../../src/warehouse/snowflake/statements-session.js";
import { createInterpreter } from "../snowflake-server/interpreter/index.js";

type Step = string | readonly [string, readonly (string | number)[]];

const target = { schema: "SILVER", name: 'A "b"' };
const table = names.qualified(target, "EHR");
const candidate = names.qualified(names.candidateOf(target, { database: "EHR", token: 7 }), "EHR");
const former = names.qualified(names.formerOf(target, { database: "EHR", token: 7 }), "EHR");
const stage = names.qualified(names.stageOf(target), "EHR");
const fresh = names.qualified(names.newRowsOf(target), "EHR");
const view = names.qualified({ schema: "SILVER", name: "V" }, "EHR");

const columns = [
  { name: "ID", type: "NUMBER(38,0)", description: "it's the \\ key" },
  { name: "at", type: "TIMESTAMP_NTZ" },
];
const all = ["ID", "at"];
const query = `select SNOW as ID, SNOW as "at" from "EHR"."RAW"."T" -- end`;
const known = `select 1 as ID, timestamp '2020-01-01' as "at" -- end`;
const day = { columns: ["at"], grain: "day" };
const policy = { name: '"EHR"."SAFE"."HIDE"', columns: ["ID"] };
const newTable = { name: table, columns, transient: false, clusterBy: ["ID"], copyGrants: true, comment: "one" };
const newView = { ...newTable, name: view, columns, secure: false, materialized: false, query };
const markers = [
  ["EHR", "SILVER", "T", 7, "r1", "f1", 1],
  ["EHR", "SILVER", "U", 7, "r1", "f2", 1],
].flat();

const steps: readonly Step[] = [
  ofSession.settleSession,
  ofSession.useWarehouse("wh"),
  [ofSession.setVariables(["MEDFORM_RUN", "MEDFORM_HASH_KEY"]), ["r1", "secret"]],
  catalog.databases("EHR"),
  catalog.createSchema("EHR", "SILVER"),
  catalog.createSchema("EHR", "MEDFORM"),
  catalog.ownTables("EHR"),
  catalog.createPublication("EHR"),
  sql.createPending("EHR"),
  ...createLedger("EHR"),
  lease.createLease("EHR"),
  [lease.takeLease("EHR"), ["o1", "r1", "12", "host", "run", "2020-01-01T00:00:00Z", 60]],
  lease.readLease("EHR"),
  [lease.holdLease("EHR"), ["r1", "o1", 1]],
  [lease.beatLease("EHR"), ["o1", 1]],
  lease.showTransactions,
  lease.abortTransaction("1"),
  catalog.schemas(["EHR"]),
  catalog.relations(["EHR"]),
  catalog.columns(["EHR"]),
  [sql.existing("EHR", 2), ["SILVER", 'A "B"', "SILVER", "V"]],
  sql.createTable(newTable),
  sql.createLike(candidate, table, true),
  sql.createLike(candidate, table, false),
  sql.cloneTable(candidate, table, false),
  sql.createStage(stage, table),
  sql.createStage(fresh, candidate),
  sql.alterAdd(candidate, { name: "NEW", type: "VARCHAR", description: "new" }),
  sql.alterAdd(candidate, { name: "MORE", type: "VARCHAR", masking: policy }),
  sql.setMasking(table, "at", policy),
  sql.setRowAccess(table, policy, undefined),
  sql.setRowAccess(table, policy, policy),
  sql.alterType(candidate, { name: "ID", type: "NUMBER(38,2)" }),
  sql.alterDrop(candidate, "NEW"),
  sql.createView(newView),
  sql.createView({ ...newView, secure: true }),
  sql.createView({ ...newView, materialized: true, secure: true }),
  sql.begin(`${lease.transactionPrefix("EHR", 7)}R1`),
  sql.overwrite(table, all, query),
  sql.fillStage(
    stage,
    [
      { name: "ID", from: "ID" },
      { name: "at", from: "at", as: "TIMESTAMP_NTZ" },
    ],
    query,
  ),
  sql.countRows(stage),
  sql.duplicateKeys(stage, ["ID"]),
  sql.merge(table, stage, ["ID"], all),
  sql.merge(table, stage, all, all),
  sql.fillNewRows(fresh, table, stage, day, all),
  sql.deleteReplaced(table, stage, day),
  sql.deleteKnown(stage, table, ["ID"]),
  sql.copyRows(table, [{ name: "ID", as: "FLOAT" }, { name: "at" }], stage),
  sql.countFailing(query, false),
  sql.countFailing("select SNOW as RULE", true),
  [sql.insertPending(1, "EHR"), ["b1", 0, "EHR", "SILVER", "T", "swap", ""]],
  [sql.fence(2, "EHR", lease.isHeld("EHR")), [...markers, "o1", 1]],
  sql.commit,
  sql.readPublication("EHR"),
  sql.deleteReplacedPublications("EHR"),
  sql.readPending("EHR"),
  [sql.deletePending("EHR"), ["b1"]],
  sql.swap(table, candidate),
  sql.rename("table", table, former),
  sql.rename("table", former, table),
  sql.drop("materialized view", view),
  sql.clusterBy(table, ["ID", 'to_date("at")']),
  sql.clusterBy(table, []),
  sql.comment("table", table, "it's \\ new"),
  sql.commentColumn(table, "at", "it's"),
  sql.allBeside("EHR"),
  sql.drop("table", candidate),
  sql.drop("table", candidate),
  ofSession.dropTemporary("table", stage),
  [lease.freeLease("EHR"), ["o1", 1]],
  ofSession.unsetVariables(["MEDFORM_RUN", "MEDFORM_HASH_KEY"]),
  sql.rollback,
];

it("reads every statement of publishing, catalog, lease, ledger and session", async () => {
  const interpreter = await createInterpreter({ threads: 1 });
  try {
    interpreter.know([
      { snowflake: query, duckdb: known },
      { snowflake: "select SNOW as RULE", duckdb: "select 'r' as RULE" },
    ]);
    const who = { id: "1", user: "U", role: "R", warehouse: "WH", database: "EHR", schema: "PUBLIC" };
    const session = await interpreter.connect(who);
    const refused: string[] = [];
    for (const step of steps) {
      const [sqlText, binds] = typeof step === "string" ? [step, []] : step;
      const asked = {
        sqlText,
        binds: binds.map((value) => ({ type: typeof value === "number" ? "FIXED" : "TEXT", value: String(value) })),
        describeOnly: false,
        parameters: {},
        queryId: "q",
        signal: new AbortController().signal,
      };
      await session.execute(asked).catch((error: Error) => refused.push(`${sqlText}\n-- ${error.message}`));
    }
    expect(refused).toEqual([]);
  } finally {
    await interpreter.close();
  }
});
