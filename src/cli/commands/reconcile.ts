/** `medform reconcile`: whether two relations hold the same, in counts, sums, hashes and names of columns. */
import { ProblemError } from "../../graph/index.js";
import { type Reconciled, reconcile, type Source } from "../../legacy/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { openReadable } from "../readable.js";
import { counted } from "../render/layout.js";
import { renderRows } from "../render/rows.js";
import { jsonLine } from "../render/run-view.js";

export interface ReconcileCommandOptions extends GlobalOptions {
  /** A path, or the name of a relation of the warehouse. */
  readonly left: string;
  readonly right: string;
  readonly key: readonly string[];
  readonly sum: readonly string[];
  readonly compare: readonly string[];
  readonly ignore: readonly string[];
  /** Hashes of so many keys of each kind. */
  readonly keys: number;
}

/** Reads only. 0 equal, 2 not equal. With `--json` one `Reconciled`. */
export async function reconcileCommand(options: ReconcileCommandOptions, io: Io): Promise<number> {
  const { left, right, key, sum, compare, ignore, keys } = options;
  const hashKey = io.env.MEDFORM_HASH_KEY ?? "";
  if (keys > 0 && hashKey === "") {
    throw new ProblemError({
      code: "reconcile-hash-key",
      message: "--keys needs MEDFORM_HASH_KEY: without one the hashes of keys could be guessed.",
      hint: "Leave --keys away to be told how many there are.",
    });
  }
  await using readable = await openReadable([left, right], "reconcile", io, options);
  const [a, b] = readable.sources;
  const found = await reconcile(readable.session, {
    left: only(left, a),
    right: only(right, b),
    ...{ key, sum, compare, ignore, keys, hashKey },
  });
  if (options.json) io.stdout.write(`${jsonLine(found)}\n`);
  else if (!options.quiet || !found.equal) {
    const paint = paintFor(io.stdout, io, options);
    for (const line of rendered(found, { paint, width: widthOf(io.stdout) })) io.stdout.write(`${line}\n`);
  }
  return found.equal ? 0 : 2;
}

function only(text: string, [source, ...more]: readonly Source[] = []): Source {
  if (source !== undefined && more.length === 0) return source;
  throw new ProblemError({
    code: "reconcile-several",
    message: `"${text}" holds ${counted(more.length + 1, "relation")}; one is compared with one.`,
    hint: "Name a file of the folder, or FILE.duckdb:SCHEMA.TABLE.",
  });
}

function rendered(found: Reconciled, view: Parameters<typeof renderRows>[1]): readonly string[] {
  const { left, right, matched, onlyLeft, onlyRight, differing, columns, sums, keys, equal } = found;
  const sides = [left, right].map((side) => ({
    RELATION: side.relation,
    ROWS: side.rows,
    KEYS: side.keys,
    "NO ROW": side.malformed,
    "WITHOUT KEY": side.keyless,
    "KEYS AGAIN": side.repeated,
    DIGEST: side.digest,
  }));
  const wrong = columns.filter((column) => column.differing > 0);
  return [
    ...renderRows(sides, view),
    "",
    `${counted(matched, "key")} on both sides; ${onlyLeft} only in ${left.relation}, ${onlyRight} only in ${right.relation}.`,
    ...(columns.length === 0
      ? ["No column is compared: none has the same name on both sides (--compare LEFT=RIGHT)."]
      : [
          `${counted(differing, "key")} of those with one row on each side differ, of ${counted(columns.length, "column")} compared.`,
        ]),
    ...renderRows(
      wrong.map(({ column, differing: rows }) => ({ COLUMN: column, DIFFERING: rows })),
      view,
    ),
    ...renderRows(
      sums.map((sum) => ({
        SUM: sum.column,
        LEFT: sum.left,
        RIGHT: sum.right,
        "NO NUMBER": sum.unreadable,
        EQUAL: sum.equal ? "yes" : "no",
      })),
      view,
    ),
    ...(keys === undefined
      ? []
      : Object.entries(keys).flatMap(([what, hashes]) => hashes.map((hash) => `${what}  ${hash}`))),
    "",
    equal ? "Equal." : "Not equal.",
  ];
}
