/** From zod's issues to problems that say where in the JSON file they are. */
import type { z } from "zod";
import { type Problem, ProblemError } from "../graph/index.js";
import type { JsonFile } from "./json.js";

/**
 * Checks a JSON file against a schema and returns the typed value.
 *
 * @throws ProblemError with one problem an issue: `<code>-key` for an unknown key, else `<code>-value`.
 */
export function validate<T extends z.ZodType>(
  json: JsonFile,
  schema: T,
  code: string,
  hint: (path: readonly PropertyKey[]) => string | undefined,
): z.output<T> {
  const result = schema.safeParse(json.value);
  if (result.success) return result.data;
  throw new ProblemError(result.error.issues.flatMap((issue) => problems(issue, json, code, hint)));
}

function problems(
  issue: z.core.$ZodIssue,
  json: JsonFile,
  code: string,
  hint: (path: readonly PropertyKey[]) => string | undefined,
): Problem[] {
  const where = issue.path.length === 0 ? "" : `${pathText(issue.path)}: `;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: `${code}-key`,
      message: `${where}unknown key "${key}".`,
      at: json.at([...issue.path, key], "key"),
      ...hinted(hint([...issue.path, key])),
    }));
  }
  return [
    {
      code: `${code}-value`,
      message: `${where}${issue.message}`,
      at: json.at(issue.path),
      ...hinted(hint(issue.path)),
    },
  ];
}

function hinted(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
