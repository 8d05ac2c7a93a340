/** environments.json: Dataform's own format, extended only by `connection`. */
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { ProblemError } from "../graph/index.js";
import { type JsonFile, readJson } from "./json.js";
import { type ConfigOverrides, configShape, type Project } from "./project.js";
import { validate } from "./validate.js";

const text = z.string("Must be a string.");
const name = text.min(1, "Must not be empty.");
const flag = z.boolean("Must be true or false.");
const texts = z.array(text, "Must be a list of strings.");

const scheduleSchema = z.strictObject({
  name,
  cron: name,
  tags: texts.optional(),
  disabled: flag.optional(),
  options: z
    .strictObject({
      includeDependencies: flag.optional(),
      includeDependents: flag.optional(),
      fullRefresh: flag.optional(),
    })
    .optional(),
  notify: z.array(z.strictObject({ channel: name, statuses: texts.optional() })).optional(),
});

const connectionSchema = z.strictObject({ path: name.optional() });

const environmentSchema = z.strictObject({
  name,
  gitRef: name.optional(),
  configOverride: z
    .strictObject({
      ...configShape,
      warehouse: configShape.warehouse.optional(),
      defaultSchema: configShape.defaultSchema.optional(),
    })
    .optional(),
  connection: connectionSchema.optional(),
  schedules: z.array(scheduleSchema).optional(),
});

const environmentsSchema = z.strictObject({
  environments: z.array(environmentSchema).optional(),
  notificationChannels: z
    .array(
      z.strictObject({
        name,
        email: z.strictObject({ to: texts }).optional(),
        slack: z.strictObject({ webhookUrl: name }).optional(),
      }),
    )
    .optional(),
});

export type Schedule = z.output<typeof scheduleSchema>;
export type Environment = z.output<typeof environmentSchema>;
export type Environments = z.output<typeof environmentsSchema>;
/** How to reach the warehouse; `path` is the file of an embedded one, relative to the project. */
export type Connection = z.output<typeof connectionSchema>;

export interface ResolvedEnvironment {
  /** `undefined`: no environment, only what dataform.json says. */
  readonly name: string | undefined;
  readonly overrides: ConfigOverrides;
  readonly connection?: Connection;
  readonly gitRef?: string;
  readonly schedules: readonly Schedule[];
}

/**
 * Reads and checks environments.json; a project without one has no environments of its own.
 *
 * @throws ProblemError `json-syntax`, `environments-key`, `environments-value`, `environments-twice`, each with its place.
 */
export function readEnvironments(dir: string): Environments {
  const json = readJson(dir, "environments.json");
  if (!json) return {};
  const environments = validate(json, environmentsSchema, "environments", () => undefined);
  refuseTwice(environments.environments ?? [], json);
  return environments;
}

function refuseTwice(environments: readonly Environment[], json: JsonFile): void {
  environments.forEach((environment, index) => {
    if (environments.findIndex((other) => other.name === environment.name) === index) return;
    throw new ProblemError({
      code: "environments-twice",
      message: `There are two environments named "${environment.name}".`,
      at: json.at(["environments", index, "name"]),
      hint: "Rename one of them.",
    });
  });
}

const local: Environment = { name: "local", configOverride: { warehouse: "duckdb" } };

/**
 * What an environment changes. `local` is built in (DuckDB) unless environments.json has its own. Variables of the command
 * line win over those of the environment.
 *
 * @throws ProblemError `environment-unknown`.
 */
export function resolveEnvironment(
  wanted: string,
  _project: Project,
  environments: Environments,
  cliVars: Readonly<Record<string, string>> = {},
): ResolvedEnvironment {
  const all = environments.environments ?? [];
  const found = all.find((environment) => environment.name === wanted) ?? (wanted === local.name ? local : undefined);
  if (!found) {
    const names = [...new Set([...all.map((environment) => environment.name), local.name])];
    throw new ProblemError({
      code: "environment-unknown",
      message: `There is no environment "${wanted}".`,
      ...(all.length > 0 ? { at: { file: "environments.json" } } : {}),
      hint: `Environments of this project: ${names.join(", ")}.`,
    });
  }
  const { vars, ...override } = found.configOverride ?? {};
  return {
    name: found.name,
    overrides: { ...override, ...mergedVars({ ...vars, ...cliVars }) },
    ...(found.connection ? { connection: found.connection } : {}),
    ...(found.gitRef ? { gitRef: found.gitRef } : {}),
    schedules: found.schedules ?? [],
  };
}

/** No environment at all: what `compile` uses unless one is named. */
export function noEnvironment(cliVars: Readonly<Record<string, string>> = {}): ResolvedEnvironment {
  return { name: undefined, overrides: mergedVars(cliVars), schedules: [] };
}

function mergedVars(vars: Readonly<Record<string, string>>): ConfigOverrides {
  return Object.keys(vars).length > 0 ? { vars } : {};
}

/** The file of the embedded warehouse: the connection's path, else MEDFORM_DUCKDB, else `.medform/warehouse.duckdb`. Absolute. */
export function warehousePath(
  projectDir: string,
  environment: Pick<ResolvedEnvironment, "connection">,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const path = environment.connection?.path ?? (env.MEDFORM_DUCKDB || join(".medform", "warehouse.duckdb"));
  return isAbsolute(path) ? path : join(projectDir, path);
}
