/** Which of Snowflake's compute a command uses, as its environment says by purpose. */
import type { Compute } from "../warehouse/index.js";
import type { OpenedProject } from "./open.js";

/** As many statements as a warehouse of Snowflake runs at once, unless it was told otherwise. */
const DEFAULT_CONCURRENCY = 8;

type Settings = Pick<OpenedProject, "environment">;

/** `command` as the lease calls it: `audit verify` is an `audit`, a scheduled run is a `run`. */
export function computeFor({ environment: { connection } }: Settings, command: string): Compute {
  const named = Object.entries(connection?.warehouses ?? {});
  const [first = ""] = command.split(" ");
  const purpose = `command:${first === "schedule" ? "run" : first}`;
  return {
    warehouse: named.find(([key]) => key === purpose)?.[1] ?? connection?.warehouse,
    byTag: Object.fromEntries(named.flatMap(([key, name]) => (key.startsWith("tag:") ? [[key.slice(4), name]] : []))),
  };
}

/** How many actions run at a time on Snowflake where nobody says: `concurrentQueryLimit`, of the environment first. */
export function concurrencyOf({ environment, project }: Pick<OpenedProject, "environment" | "project">): number {
  const limit = environment.overrides.concurrentQueryLimit ?? project.config.concurrentQueryLimit ?? 0;
  return limit > 0 ? limit : DEFAULT_CONCURRENCY;
}

/** `--threads`, else what suits the engine; undefined: the embedded one's own default. */
export function threadsFor(
  opened: Pick<OpenedProject, "environment" | "project" | "graph">,
  threads: number | undefined,
): number | undefined {
  return threads ?? (opened.graph.engine === "snowflake" ? concurrencyOf(opened) : undefined);
}
