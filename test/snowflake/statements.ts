/**
 * Every statement that this project can send to Snowflake: what it compiles to, and what medform itself writes. Unit tests of
 * models run on the embedded engine.
 */
import { resolve } from "node:path";
import { compileProject } from "../../src/compile/index.js";
import type { Action, Graph } from "../../src/graph/index.js";
import { ledgerStatements } from "./recorded.js";
import { templates } from "./samples.js";

const projectDir = resolve(import.meta.dirname, "../..");

export interface Statement {
  /** `SILVER.PATIENT query`, or the template's name. */
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  readonly sql: string;
  /** Text of the project is read by both engines; a template only by Snowflake. */
  readonly of: "project" | "template";
}

/** The project for Snowflake. @throws Error where it does not compile */
export async function snowflakeGraph(): Promise<Graph> {
  const { graph, problems } = await compileProject({
    projectDir,
    overrides: { warehouse: "snowflake" },
    print: () => {},
  });
  if (problems.length > 0) throw new Error(problems.map(({ at, message }) => `${at?.file}: ${message}`).join("\n"));
  return graph;
}

function textsOf(action: Action): Readonly<Record<string, readonly string[]>> {
  switch (action.kind) {
    case "declaration":
      return {};
    case "operation":
      return { operation: action.queries };
    case "assertion":
      return { rules: [action.query] };
    default:
      return {
        [action.kind === "view" ? "view" : "query"]: [action.query],
        increment: action.incrementalQuery === undefined ? [] : [action.incrementalQuery],
        "before it": action.preOps,
        "after it": action.postOps,
        "before its increment": action.incrementalPreOps,
        "after its increment": action.incrementalPostOps,
      };
  }
}

export function projectStatements(graph: Graph): readonly Statement[] {
  const ofActions = graph.actions.flatMap((action) =>
    Object.entries(textsOf(action)).flatMap(([part, list]) =>
      list.map((sql) => ({
        name: `${action.target.schema}.${action.target.name} ${part}`,
        file: action.fileName,
        sql,
      })),
    ),
  );
  return ofActions
    .filter(({ sql }) => sql.trim() !== "")
    .map((statement) => ({ ...statement, of: "project" as const }));
}

export async function everyStatement(): Promise<readonly Statement[]> {
  const written = [...(await templates()), ...(await ledgerStatements())].map((template) => ({
    ...template,
    of: "template" as const,
  }));
  return [...projectStatements(await snowflakeGraph()), ...written];
}
