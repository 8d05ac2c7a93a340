/** dataform.json. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { ProblemError } from "../graph/index.js";
import { readJson } from "./json.js";
import { validate } from "./validate.js";

export const warehouses = [
  "snowflake",
  "duckdb",
  "bigquery",
  "postgres",
  "redshift",
  "sqldatawarehouse",
  "presto",
] as const;

const text = z.string("Must be a string.");
const nameLike = text.regex(/^[a-zA-Z_0-9-]*$/, "May hold only letters, digits, underscores and hyphens.");

/** What dataform.json says, and what an environment may override. Keys that Dataform does not know are kept and ignored, as there. */
export const configShape = {
  warehouse: z.enum(warehouses, `Must be one of ${warehouses.join(", ")}.`).describe("The engine to compile for."),
  defaultDatabase: text.optional().describe("Database of actions that name none."),
  defaultSchema: nameLike.describe("Schema of actions that name none."),
  defaultLocation: text.optional().describe("Of BigQuery only; ignored."),
  assertionSchema: nameLike.optional().describe("Schema of assertions."),
  databaseSuffix: nameLike.optional().describe("Added to every database, after an underscore."),
  schemaSuffix: nameLike.optional().describe("Added to every schema, after an underscore."),
  tablePrefix: nameLike.optional().describe("Put before every name, with an underscore."),
  gcloudProjectId: text.optional().describe("Older spelling of defaultDatabase, of BigQuery only."),
  useRunCache: z.boolean("Must be true or false.").optional().describe("Of the stock runner; ignored."),
  concurrentQueryLimit: z
    .int("Must be a whole number.")
    .optional()
    .describe("How many actions run at a time on Snowflake where --threads does not say."),
  idempotentActionRetries: z.int("Must be a whole number.").optional().describe("Of the stock runner; ignored."),
  vars: z
    .record(z.string(), z.string("A variable must be a string."), "Must be an object of strings.")
    .optional()
    .describe(
      "Variables, read by models as dataform.projectConfig.vars; an environment's are merged over the project's.",
    ),
};

const projectSchema = z.looseObject(
  {
    ...configShape,
    warehouse: z.enum(warehouses, {
      error: (issue) =>
        issue.input === undefined ? 'Missing property "warehouse".' : `Must be one of ${warehouses.join(", ")}.`,
    }),
    defaultSchema: z
      .string({
        error: (issue) => (issue.input === undefined ? 'Missing property "defaultSchema".' : "Must be a string."),
      })
      .regex(/^[a-zA-Z_0-9-]*$/, "May hold only letters, digits, underscores and hyphens."),
  },
  "Must be an object.",
);

export type ProjectConfig = z.output<typeof projectSchema>;
/** What an environment or the command line changes of dataform.json; `vars` are merged, the rest is replaced. */
export type ConfigOverrides = Partial<
  Pick<ProjectConfig, "warehouse" | "defaultDatabase" | "defaultSchema" | "assertionSchema">
> &
  Partial<Pick<ProjectConfig, "databaseSuffix" | "schemaSuffix" | "tablePrefix" | "concurrentQueryLimit" | "vars">>;

export interface Project {
  /** Absolute. */
  readonly dir: string;
  readonly config: ProjectConfig;
}

/**
 * Reads and checks dataform.json.
 *
 * @throws ProblemError `project-missing`, `json-syntax`, `project-value`, each with its place in the file.
 */
export function readProject(dir: string): Project {
  const absolute = resolve(dir);
  const json = readJson(absolute, "dataform.json");
  if (!json) {
    const above = folderAbove(absolute);
    throw new ProblemError({
      code: "project-missing",
      message: `There is no dataform.json in ${absolute}.`,
      hint:
        above === undefined
          ? "Name the project's folder with --project."
          : `There is one in ${above}: name that folder with --project.`,
    });
  }
  const config = validate(json, projectSchema, "project", (path) => hints[String(path[0])]);
  return { dir: absolute, config };
}

/** The nearest folder around `dir` that holds a project: somebody stands in a subfolder of it. */
function folderAbove(dir: string): string | undefined {
  const parent = dirname(dir);
  if (parent === dir) return undefined;
  return existsSync(join(parent, "dataform.json")) ? parent : folderAbove(parent);
}

const hints: Readonly<Record<string, string | undefined>> = {
  warehouse: 'A project for Snowflake says "warehouse": "snowflake"; the environment `local` then runs it on DuckDB.',
  defaultSchema: 'Name the schema of actions that name none, for example "defaultSchema": "ANALYTICS".',
  vars: 'Write numbers and booleans as text, for example "threshold": "30".',
};
