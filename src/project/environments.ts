/** Which environment a command runs in, and where that environment's warehouse lies. */
import { isAbsolute, join } from "node:path";
import { nearest, type Position, ProblemError } from "../graph/index.js";
import type { Connection } from "./environments-file.js";
import type { Environment, Environments, Schedule } from "./environments-read.js";
import type { ConfigOverrides } from "./project.js";

export interface ResolvedEnvironment {
  /** `undefined`: no environment, only what dataform.json says. */
  readonly name: string | undefined;
  readonly overrides: ConfigOverrides;
  readonly connection?: Connection;
  /** Branch, tag or commit whose code runs here. */
  readonly gitRef?: string;
  readonly gitRefAt?: Position;
  readonly schedules: readonly Schedule[];
}

const local: Environment = {
  name: "local",
  configOverride: { warehouse: "duckdb" },
  connection: { snapshots: 1 },
  schedules: [],
};

/**
 * What an environment changes. `local` is built in (DuckDB) unless environments.json has its own. Variables of the command
 * line win over those of the environment.
 *
 * @throws ProblemError `environment-unknown`.
 */
export function resolveEnvironment(
  wanted: string,
  environments: Environments,
  cliVars: Readonly<Record<string, string>> = {},
): ResolvedEnvironment {
  const found = environments.find(({ name }) => name === wanted) ?? (wanted === local.name ? local : undefined);
  if (!found) {
    const names = [...new Set([...environments.map(({ name }) => name), local.name])];
    const [near] = nearest(wanted, names, 1);
    const meant = near === undefined ? "" : `Did you mean ${near}? `;
    throw new ProblemError({
      code: "environment-unknown",
      message: `There is no environment "${wanted}".`,
      ...(environments.length > 0 ? { at: { file: "environments.json" } } : {}),
      hint: `${meant}Environments of this project: ${names.join(", ")}.`,
    });
  }
  const { vars, ...override } = found.configOverride ?? {};
  return {
    name: found.name,
    overrides: { ...override, ...mergedVars({ ...vars, ...cliVars }) },
    ...(found.connection ? { connection: found.connection } : {}),
    ...(found.gitRef ? { gitRef: found.gitRef } : {}),
    ...(found.gitRefAt ? { gitRefAt: found.gitRefAt } : {}),
    schedules: found.schedules,
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
