/**
 * One or more samples of each template that medform writes for Snowflake, so that the parsers read them all. A function of
 * `src/warehouse/snowflake/statements*.ts` that has no line here fails the test.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isHeld } from "../../src/warehouse/snowflake/statements-lease.js";

const folder = resolve(import.meta.dirname, "../../src/warehouse/snowflake");

type Templates = Readonly<Record<string, (...args: never[]) => string | readonly string[]>>;
type Sample = readonly unknown[] | { readonly part: (text: string) => string; readonly of: readonly unknown[] };

const column = { name: "ID", type: "NUMBER(38,0)", description: "it's the \\ key" };
const columns = [column, { name: "at", type: "TIMESTAMP_NTZ(9)" }];
const names = ["ID", "at"];
const [t, candidate, stage] = [
  '"EHR"."SILVER"."T"',
  '"EHR"."SILVER"."T$medform_c7_0a1b2c3d"',
  '"EHR"."SILVER"."T$medform_stage"',
];
const query = "select ID, AT from RAW.T -- end";
const table = { name: candidate, columns, transient: false, clusterBy: [], copyGrants: false, comment: "" };
const view = { ...table, secure: false, materialized: false, query };
const keys = { columns: names };
const policy = { name: '"EHR"."SAFE"."HIDE"', columns: names };
const masked = [{ ...column, masking: policy }];
const day = { columns: ["at"], grain: "day" };
const job = { computePool: "POOL", image: "/ehr/ops/images/medform:1", args: ["run"], secrets: {}, integrations: [] };
const task = { database: "EHR", name: "NIGHTLY", cron: "30 4 * * * UTC", comment: "it's nightly", job };

const load = {
  place: { schema: "RAW" },
  source: "it's",
  batchId: "b",
  loadedAt: "2024-05-31T14:00:00.123Z",
  files: [],
};
const landed = { target: { schema: "RAW", name: "SYNTHEA_A" }, columns: names, wanted: names, file: "a\\b'c.csv" };

const raw = { database: "EHR", schema: "RAW" };
const inbox = { folder: '@"EHR"."RAW"."INBOX"/in/', file: "it's.csv" };

/** Arguments of a call; `part` makes a statement of what is a part of one; `undefined`: no SQL comes of it. */
const samples: Readonly<Record<string, Readonly<Record<string, readonly Sample[] | undefined>>>> = {
  "statements.ts": {
    begin: [["MEDFORM_0A1B2C3D_7_RUN_1F"]],
    existing: [["EHR", 2]],
    allBeside: [["EHR"]],
    policies: [["EHR", t, "table"]],
    createTable: [
      [table],
      [{ ...table, transient: true, clusterBy: ["ID", "to_date(AT)"], copyGrants: true, comment: "it's" }],
      [{ ...table, columns: masked, comment: "one", rowAccess: policy }],
    ],
    createLike: [
      [candidate, t, true],
      [candidate, t, false],
    ],
    cloneKept: [['"EHR"."SILVER"."A$medform_kept"', '"EHR"."SILVER"."A"']],
    cloneTable: [
      [candidate, t, true],
      [candidate, t, false],
    ],
    createStage: [[stage, t]],
    alterAdd: [
      [candidate, column],
      [candidate, { ...column, masking: { ...policy, columns: ["ID"] } }],
    ],
    setMasking: [[t, "ID", policy]],
    setRowAccess: [
      [t, policy, undefined],
      [t, policy, { name: '"EHR"."SAFE"."FORMER"', columns: ["ID"] }],
    ],
    alterType: [[candidate, column]],
    alterDrop: [[candidate, "OLD"]],
    createView: [
      [view],
      [{ ...view, secure: true, copyGrants: true, comment: "one" }],
      [{ ...view, columns: masked, comment: "one", rowAccess: policy }],
      [{ ...view, materialized: true, clusterBy: ["ID"], copyGrants: true, comment: "one" }],
    ],
    overwrite: [[t, names, query]],
    fillStage: [
      [
        stage,
        [
          { name: "ID", from: "id" },
          { name: "at", from: "AT", as: "DATE" },
        ],
        query,
      ],
    ],
    copyRows: [[candidate, [{ name: "ID", as: "FLOAT" }, { name: "at" }], t]],
    countRows: [[t]],
    duplicateKeys: [[stage, names]],
    merge: [
      [t, stage, ["ID"], names],
      [t, stage, names, names],
    ],
    deleteKnown: [[stage, t, names]],
    deleteReplaced: [
      [t, stage, day],
      [t, stage, keys],
    ],
    fillNewRows: [
      [candidate, t, stage, day, names],
      [candidate, t, stage, keys, names],
    ],
    countFailing: [
      [query, true],
      [query, false],
    ],
    readPublication: [["EHR"]],
    fence: [[2, "EHR", isHeld("EHR")]],
    deleteReplacedPublications: [["EHR"]],
    fenceBinds: undefined,
    createPending: [["EHR"]],
    insertPending: [[2, "EHR"]],
    readPending: [["EHR"]],
    deletePending: [["EHR"]],
    withdrawPublication: [["EHR"]],
    giveUpPending: [["EHR"]],
    swap: [[t, candidate]],
    rename: [
      ["table", t, candidate],
      ["view", t, candidate],
    ],
    drop: [
      ["table", t],
      ["view", t],
      ["materialized view", t],
    ],
    showGrants: [
      ["table", t],
      ["materialized view", t],
    ],
    grant: [
      ["view", t, { privilege: "SELECT", role: ["READER"], ofDatabase: false, withOption: false }],
      ["table", t, { privilege: "REFERENCES", role: ["EHR", 'it\'s "x"'], ofDatabase: true, withOption: true }],
    ],
    clusterBy: [
      [t, ["ID", "to_date(AT)"]],
      [t, []],
    ],
    comment: [
      ["table", t, "it's \\ new"],
      ["view", t, ""],
      ["materialized view", t, "one"],
    ],
    commentColumn: [[t, "ID", "new"]],
    descriptionOf: undefined,
  },
  "statements-catalog.ts": {
    databases: [["EHR"]],
    schemas: [[["EHR"]], [["EHR", "OTHER"]]],
    relations: [[["EHR"]], [["EHR", "OTHER"]]],
    textsOfViews: [[["EHR"]], [["EHR", "OTHER"]]],
    columns: [[["EHR"]], [["EHR", "OTHER"]]],
    createSchema: [["EHR", "SILVER"]],
    ownTables: [["EHR"]],
    createPublication: [["EHR"]],
  },
  "statements-lease.ts": {
    createLease: [["EHR"]],
    readLease: [["EHR"]],
    takeLease: [["EHR"]],
    withdrawLease: [["EHR"]],
    holdLease: [["EHR"]],
    beatLease: [["EHR"]],
    freeLease: [["EHR"]],
    isHeld: [{ part: (text) => `select 1 where ${text}`, of: ["EHR"] }],
    abortTransaction: [["1432071523422"]],
    transactionPrefix: undefined,
    tokenOfTransaction: undefined,
  },
  "statements-load.ts": {
    stagePlace: undefined,
    createStage: [["EHR"]],
    removeStaged: [["EHR"], ["EHR", "0a1b/"]],
    put: [["/tmp/it's here/0_0.json.gz", "EHR", "0a1b/0/rows/"]],
    copyRows: [[load, landed, "EHR", "0a1b/0/rows/"]],
    copyRejected: [[load, landed, "EHR", "0a1b/0/rejected/"]],
    insertLoadedFiles: [[{ database: "EHR", schema: "RAW", name: "LOADED_FILE" }, 2]],
    insertRepeatedFiles: [[{ database: "EHR", schema: "RAW", name: "REPEATED_FILE" }, 2]],
    timestamp: undefined,
  },
  "statements-staged.ts": {
    createLineFormat: [[raw]],
    listStage: [['@"EHR"."RAW"."INBOX"/in/it\'s']],
    describeStage: [['"EHR"."RAW"."INBOX"']],
    firstLine: [['@"EHR"."RAW"."INBOX"/in/a.csv', "in/a.csv", raw]],
    createFields: [[raw, 2]],
    copyFields: [[raw, 2, inbox]],
    validate: [[raw, 2, inbox]],
    insertFields: [[load, landed, raw]],
    emptyFields: [[raw, 2]],
    insertRejected: [[{ ...raw, name: "REJECTED_LINE" }, 2]],
  },
  "statements-session.ts": {
    unquoted: undefined,
    useWarehouse: [["medform_wh"]],
    setVariables: [[["MEDFORM_RUN_ID"]], [["MEDFORM_RUN_ID", "MEDFORM_AS_OF"]]],
    unsetVariables: [[["MEDFORM_RUN_ID", "MEDFORM_AS_OF"]]],
    dropTemporary: [["table", '"T"']],
  },
  "statements-task.ts": {
    createTask: [
      [task, { replace: false }],
      [{ ...task, job: { ...job, secrets: { KEY: "EHR.OPS.KEY" }, integrations: ["MAIL"] } }, { replace: true }],
    ],
    resumeTask: [[task]],
    suspendTask: [[task]],
    dropTask: [[task]],
    showTasks: [["EHR"]],
  },
};

/** Statements that are constants rather than functions are taken as they are. */
export async function templates(): Promise<readonly { name: string; file: string; sql: string }[]> {
  const files = readdirSync(folder).filter((name) => /^statements[^.]*\.ts$/.test(name));
  const all = await Promise.all(
    files.map(async (file) => {
      const made = (await import(join(folder, file))) as Readonly<Record<string, unknown>>;
      return Object.entries(made).flatMap(([name, value]) => sample(file, name, value));
    }),
  );
  return all.flat().map(({ name, file, sql }) => ({ name, file: `src/warehouse/snowflake/${file}`, sql }));
}

function sample(file: string, name: string, value: unknown) {
  if (typeof value === "string") return [{ name, file, sql: value }];
  if (typeof value !== "function") return [];
  const known = samples[file];
  if (known === undefined || !(name in known))
    throw new Error(`${file} has ${name}, of which test/snowflake/samples.ts has no sample`);
  const make = value as Templates[string];
  return (known[name] ?? []).flatMap((each, i) => {
    const isPart = !Array.isArray(each);
    const { part, of } = isPart ? (each as Exclude<Sample, readonly unknown[]>) : { part: String, of: each };
    const text = make(...(of as never[]));
    const label = i === 0 ? name : `${name} ${i + 1}`;
    return [text].flat().map((sql) => ({ name: label, file, sql: part(sql) }));
  });
}
