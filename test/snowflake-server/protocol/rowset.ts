/** An answer as the driver reads it: the first rows inline, the rest in chunks under URLs of their own. */
import { gzipSync } from "node:zlib";
import type { Answer, WireColumn } from "../interpreter/index.js";
import type { Session } from "./sessions.js";

type Rows = Answer["rows"];

/** A header that a chunk's URL is useless without, as the key of an encrypted bucket is. */
export const chunkHeader = { "x-amz-server-side-encryption-customer-key": "test-chunk-key" } as const;

/** Rows cut where a piece's JSON would be larger than `bytes`. */
function cut(rows: Rows, bytes: number): readonly Rows[] {
  const pieces: Rows[] = [];
  let size = 0;
  let start = 0;
  for (const [index, row] of rows.entries()) {
    const length = row.reduce((sum, cell) => sum + (cell?.length ?? 4) + 3, 2);
    if (size > 0 && size + length > bytes) {
      pieces.push(rows.slice(start, index));
      start = index;
      size = 0;
    }
    size += length;
  }
  pieces.push(rows.slice(start));
  return pieces;
}

interface Chunk {
  readonly rowCount: number;
  readonly uncompressedSize: number;
  /** Rows without the outer brackets, gzipped. */
  readonly body: Buffer;
}

interface Pieces {
  readonly inline: Rows;
  readonly chunks: readonly Chunk[];
}

/** An answer that is asked for again is cut the same way. */
const cutBefore = new WeakMap<Answer, Pieces>();

export function pieces(answer: Answer, chunkBytes: number): Pieces {
  const before = cutBefore.get(answer);
  if (before !== undefined) return before;
  const [inline = [], ...rest] = cut(answer.rows, chunkBytes);
  const chunks = rest.map((rows): Chunk => {
    const text = JSON.stringify(rows).slice(1, -1);
    return { rowCount: rows.length, uncompressedSize: text.length, body: gzipSync(text, { level: 1 }) };
  });
  const made = { inline, chunks };
  cutBefore.set(answer, made);
  return made;
}

const rowType = (column: WireColumn) => ({
  name: column.name,
  database: "",
  schema: "",
  table: "",
  nullable: column.nullable,
  type: column.type,
  precision: column.precision ?? null,
  scale: column.scale ?? null,
  length: column.length ?? null,
  byteLength: column.length ?? null,
  collation: null,
});

/** Formats and time zone that the driver renders values by. */
const rendering: Readonly<Record<string, unknown>> = {
  TIMEZONE: "UTC",
  TIMESTAMP_OUTPUT_FORMAT: "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
  TIMESTAMP_NTZ_OUTPUT_FORMAT: "YYYY-MM-DD HH24:MI:SS.FF3",
  TIMESTAMP_LTZ_OUTPUT_FORMAT: "",
  TIMESTAMP_TZ_OUTPUT_FORMAT: "",
  DATE_OUTPUT_FORMAT: "YYYY-MM-DD",
  TIME_OUTPUT_FORMAT: "HH24:MI:SS",
  BINARY_OUTPUT_FORMAT: "HEX",
};

/** What a login is told of parameters: the usual, then what it says itself. */
export const parametersOf = (...layers: readonly Readonly<Record<string, unknown>>[]): unknown =>
  Object.entries(Object.assign({}, rendering, ...layers)).map(([name, value]) => ({ name, value }));

const isForClient = (name: string) => name in rendering || /^(?:CLIENT|JS)_/.test(name);

type Parameters = Readonly<Record<string, unknown>>;

const forClient = (parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => isForClient(name)));

/** By a session's parameters, which are another object when they change. */
const ofSessions = new WeakMap<Parameters, { readonly parameters: Parameters; readonly list: unknown }>();

/** What an answer is rendered by: the usual, then what the session says, then the statement; of all others no client knows. */
function renderedBy(ofSession: Parameters, ofStatement: Parameters): unknown {
  let known = ofSessions.get(ofSession);
  if (known === undefined) {
    const parameters = forClient(ofSession);
    known = { parameters, list: parametersOf(parameters) };
    ofSessions.set(ofSession, known);
  }
  const own = forClient(ofStatement);
  return Object.keys(own).length === 0 ? known.list : parametersOf(known.parameters, own);
}

export function rowset(
  answer: Answer,
  about: {
    readonly session: Session;
    readonly queryId: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly chunkBytes: number;
    readonly origin: string;
  },
): unknown {
  const { session, queryId } = about;
  const common = {
    queryId,
    parameters: renderedBy(session.parameters, about.parameters),
    finalDatabaseName: session.database || null,
    finalSchemaName: session.schema || null,
    finalWarehouseName: session.warehouse || null,
    finalRoleName: session.role,
    statementTypeId: answer.statementTypeId,
  };
  if (answer.transfer !== undefined) return { ...common, ...answer.transfer };
  const { inline, chunks } = pieces(answer, about.chunkBytes);
  return {
    ...common,
    rowtype: answer.columns.map(rowType),
    rowset: inline,
    total: answer.rows.length,
    returned: answer.rows.length,
    databaseProvider: null,
    numberOfBinds: 0,
    arrayBindSupported: false,
    version: 1,
    queryResultFormat: "json",
    ...(chunks.length === 0
      ? {}
      : {
          chunkHeaders: chunkHeader,
          chunks: chunks.map(({ rowCount, uncompressedSize, body }, index) => ({
            url: `${about.origin}/chunks/${queryId}/${index}`,
            rowCount,
            uncompressedSize,
            compressedSize: body.length,
          })),
        }),
  };
}
