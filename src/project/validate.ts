/** From zod's issues to problems that say where in the JSON file they are. */
import { z } from "zod";
import { nearest, type Problem, ProblemError } from "../graph/index.js";
import type { JsonFile } from "./json.js";

type Hint = (path: readonly PropertyKey[]) => string | undefined;

/**
 * Checks a JSON file against a schema and returns the typed value.
 *
 * @throws ProblemError with one problem an issue: `<code>-key` for an unknown key, else `<code>-value`.
 */
export function validate<T extends z.ZodType>(json: JsonFile, schema: T, code: string, hint: Hint): z.output<T> {
  const result = schema.safeParse(json.value);
  if (result.success) return result.data;
  throw new ProblemError(problemsOf(result.error, json, schema, code, hint));
}

/** As `validate`, for who has more to say before it throws. */
export function problemsOf(
  error: z.ZodError,
  json: JsonFile,
  schema: z.ZodType,
  code: string,
  hint: Hint,
): readonly Problem[] {
  return error.issues.flatMap((issue): readonly Problem[] => {
    const where = issue.path.length === 0 ? "" : `${pathText(issue.path)}: `;
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({
        code: `${code}-key`,
        message: `${where}unknown key "${key}".`,
        at: json.at([...issue.path, key], "key"),
        ...hinted(hint([...issue.path, key]) ?? keyHint(key, known)),
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
  });
}

function keyHint(key: string, known: readonly string[]): string | undefined {
  const near = nearest(key, known);
  if (near.length > 0) return `Did you mean ${near.map((name) => `"${name}"`).join(", ")}?`;
  return known.length === 0 ? undefined : `Keys that can stand here: ${known.join(", ")}.`;
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap() as z.ZodType, path);
  if (schema instanceof z.ZodArray) return keysAt(schema.element as z.ZodType, path.slice(1));
  if (!(schema instanceof z.ZodObject)) return [];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(schema.shape);
  const inner: unknown = schema.shape[String(key)];
  return inner instanceof z.ZodType ? keysAt(inner, rest) : [];
}

function hinted(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** `["environments", 0, "name"]` → `environments[0].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
