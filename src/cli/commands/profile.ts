/** `medform profile`: what a source looks like to who has to load it, without a value of it. */
import { type ColumnProfile, profileRelation, type RelationProfile } from "../../legacy/index.js";
import type { Row } from "../../warehouse/index.js";
import { type GlobalOptions, type Io, type Paint, paintFor, widthOf } from "../io.js";
import { openReadable } from "../readable.js";
import { counted } from "../render/layout.js";
import { renderRows } from "../render/rows.js";
import { jsonLine } from "../render/run-view.js";

export interface ProfileOptions extends GlobalOptions {
  /** A path, or the name of a relation of the warehouse. */
  readonly source: string;
}

/** Of what could be a key; --json has all. */
const SHOWN = 4;

/** Reads only. With `--json` one `RelationProfile` a line. */
export async function profileCommand(options: ProfileOptions, io: Io): Promise<number> {
  await using readable = await openReadable([options.source], "profile", io, options);
  const paint = paintFor(io.stdout, io, options);
  for (const source of readable.sources.flat()) {
    io.signal.throwIfAborted();
    const profile = await profileRelation(readable.session, source);
    const lines = options.json ? [jsonLine(profile)] : rendered(profile, { paint, width: widthOf(io.stdout) });
    for (const line of lines) io.stdout.write(`${line}\n`);
  }
  return 0;
}

function rendered(
  profile: RelationProfile,
  view: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const { relation, rows, malformed, duplicateRows, keys, columns } = profile;
  const again = duplicateRows === 0 ? "" : `, ${counted(duplicateRows, "of them again", "of them again")}`;
  const key =
    rows === 0
      ? ""
      : keys.length === 0
        ? "  No column and no pair of columns tells all rows apart."
        : `  Could be the key: ${keys
            .slice(0, SHOWN)
            .map((names) => names.join(" with "))
            .join("; ")}${keys.length > SHOWN ? `; and ${keys.length - SHOWN} more` : ""}.`;
  return [
    `${view.paint.bold(relation)}: ${counted(rows, "row")}${again}, ${counted(columns.length, "column")}`,
    ...(malformed === 0
      ? []
      : [`  ${counted(malformed, "line is no row", "lines are no rows")} of it, and left out here.`]),
    ...(key === "" ? [] : [key]),
    ...renderRows(columns.map(rowOf), view),
    "",
  ];
}

function rowOf({ name, looksLike, exceptions, empty, distinct, minLength, maxLength }: ColumnProfile): Row {
  const kind = looksLike === null ? "nothing" : exceptions === 0 ? looksLike : `${looksLike}, but for ${exceptions}`;
  return {
    COLUMN: name,
    "LOOKS LIKE": kind,
    EMPTY: empty,
    DISTINCT: distinct,
    SHORTEST: minLength,
    LONGEST: maxLength,
  };
}
