/** An interpreter of a few words, for tests of the protocol alone. */
import { type Answer, type Interpreter, type Request, SnowflakeError, type WireColumn } from "./interpreter/index.js";
import { pause } from "./protocol/statements.js";

const select = 0x1000;
/** What a session of medform asks of itself. */
const readSession = 'select current_session() as "SESSION", current_warehouse() as "WAREHOUSE"';

const column = (name: string, type: WireColumn["type"]): WireColumn => ({
  name,
  type,
  nullable: true,
  ...(type === "fixed" ? { precision: 38, scale: 0 } : {}),
});

/** What the driver is told to do with files; a stage is a folder that both sides reach. */
const transfer = (command: "UPLOAD" | "DOWNLOAD", local: string, stage: string, name: string) => ({
  columns: [],
  rows: [],
  statementTypeId: select,
  transfer: {
    command,
    src_locations: [command === "UPLOAD" ? local : name],
    localLocation: local,
    autoCompress: true,
    sourceCompression: "auto_detect",
    overwrite: false,
    parallel: 4,
    stageInfo: { locationType: "LOCAL_FS", location: stage, path: "", region: "", storageAccount: null, creds: {} },
    presignedUrls: [],
    encryptionMaterial: null,
  },
});

const words: readonly [RegExp, (match: RegExpExecArray, request: Request) => Answer | Promise<Answer>][] = [
  [
    /^select (\d+)$/,
    ([, number = ""]) => ({ columns: [column(number, "fixed")], rows: [[number]], statementTypeId: select }),
  ],
  // What a session says of itself, and transactions, of which nothing is remembered here.
  [
    /^(?:alter session set|use warehouse|unset|begin|commit$|rollback$|show transactions$|drop table if exists|create temporary table) ?/i,
    () => done,
  ],
  [/^set \(/i, () => done],
  [
    /^insert (\d+)$/,
    ([, count = "0"]) => ({
      columns: [column("number of rows inserted", "fixed")],
      rows: [[count]],
      statementTypeId: 0x3100,
    }),
  ],
  [/^select binds$/, (_, { binds }) => echo(binds)],
  [
    /^rows (\d+)$/,
    ([, count = "0"]) => ({
      columns: [column("N", "fixed"), column("T", "text")],
      rows: Array.from({ length: Number(count) }, (_, index) => [String(index), `row ${index}`]),
      statementTypeId: select,
    }),
  ],
  [
    /^sleep (\d+)$/,
    async ([, milliseconds = "0"], { signal }) => {
      await pause(Number(milliseconds), signal);
      return { columns: [column("SLEPT", "text")], rows: [[milliseconds]], statementTypeId: select };
    },
  ],
  [/^put file:\/\/(\S+) @(\S+)$/, ([, local = "", stage = ""]) => transfer("UPLOAD", local, stage, "")],
  [
    /^get @(\S+)\/(\S+) file:\/\/(\S+)$/,
    ([, stage = "", name = "", local = ""]) => transfer("DOWNLOAD", local, stage, name),
  ],
  [
    /^fail (\d{6}) (\w{5}) (.*)$/,
    ([, code = "", sqlState = "", message = ""]) => {
      throw new SnowflakeError(code, sqlState, message);
    },
  ],
];

const done: Answer = {
  columns: [column("status", "text")],
  rows: [["Statement executed successfully."]],
  statementTypeId: 0x4000,
};

/** One row a bind: its type, and its value or values. */
const echo = (binds: Request["binds"]): Answer => ({
  columns: [column("TYPE", "text"), column("VALUE", "text")],
  rows: binds.map(({ type, value }) => [type, typeof value === "string" || value === null ? value : value.join("|")]),
  statementTypeId: select,
});

export function createFakeInterpreter(): Interpreter {
  return {
    connect: async (who) => {
      // A count that every execution raises, so that a test can see what was executed twice.
      let counted = 0;
      return {
        execute: async (request) => {
          if (request.sqlText === readSession) {
            const columns = [column("SESSION", "text"), column("WAREHOUSE", "text")];
            return { columns, rows: [[who.id, who.warehouse || null]], statementTypeId: select };
          }
          if (request.sqlText === "count") {
            counted += 1;
            return { columns: [column("COUNT", "fixed")], rows: [[String(counted)]], statementTypeId: select };
          }
          for (const [pattern, answer] of words) {
            const match = pattern.exec(request.sqlText);
            if (match !== null) {
              const said = await answer(match, request);
              return request.describeOnly ? { ...said, rows: [] } : said;
            }
          }
          throw new SnowflakeError("001003", "42000", "SQL compilation error:\nsyntax error");
        },
        inUse: () => ({ ...who, parameters: {} }),
        close: async () => undefined,
      };
    },
    know: () => undefined,
    close: async () => undefined,
  };
}
