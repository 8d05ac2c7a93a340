/** From the names in a header to the names of landing columns. */
import { ProblemError } from "../graph/index.js";
import { provenanceColumns } from "../warehouse/index.js";

/** Longest identifier that Snowflake takes. */
const LONGEST_NAME = 255;

/**
 * One name for each field, upper case, every character that is no letter, digit, `_` or `$` replaced by `_`; a field without
 * a name is `COLUMN_<n>`. Errors name places, not contents: `load-duplicate-column`, `load-reserved-column`, `load-column-name`.
 */
export function columnNames(header: readonly string[], file: string): readonly string[] {
  const names = header.map((field, index) => {
    const name = field
      .trim()
      .toUpperCase()
      .replace(/[^\p{L}\p{N}_$]+/gu, "_");
    if (name === "") return `COLUMN_${index + 1}`;
    return /^[\p{L}_]/u.test(name) ? name : `_${name}`;
  });
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      throw problem(
        "load-duplicate-column",
        file,
        `Columns ${earlier + 1} and ${index + 1} of ${file} have the same name`,
        "Give each column its own name; case, blanks and punctuation do not tell names apart.",
      );
    }
    if (provenanceColumns.some((column) => column.name === name)) {
      throw problem(
        "load-reserved-column",
        file,
        `Column ${index + 1} of ${file} is named ${name}, which the landing table keeps for itself`,
        "Rename the column in the file.",
      );
    }
    if (name.length > LONGEST_NAME) {
      throw problem(
        "load-column-name",
        file,
        `The name of column ${index + 1} of ${file} is longer than ${LONGEST_NAME} characters`,
        "The first line names the columns.",
      );
    }
    seen.set(name, index);
  });
  return names;
}

function problem(code: string, file: string, message: string, hint: string): ProblemError {
  return new ProblemError({ code, message, at: { file, line: 1 }, hint });
}
