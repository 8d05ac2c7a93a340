/** The engines that the conformance tests loop over, and what the tests build with. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Relation, Target } from "../../src/graph/index.js";
import { plainRelation } from "../../src/graph/index.js";
import { type Marker, openDuckDb, type PublishScope, type Session, type Warehouse } from "../../src/warehouse/index.js";

export interface Engine {
  readonly name: string;
  open(path: string): Promise<Warehouse>;
}

export const engines: readonly Engine[] = [
  {
    name: "duckdb",
    open: (path) =>
      openDuckDb({ path, database: "EHR", threads: 2, memoryLimit: "400MB", holder: { command: "medform test" } }),
  },
];

/** A folder that is gone when the test file ends. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "medform-warehouse-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export const target = (name: string, schema = "SILVER"): Target => ({ database: "EHR", schema, name });

export function relation(name: string, query: string, more: Partial<Relation> = {}): Relation {
  return {
    target: target(name),
    kind: "table",
    query,
    fileName: `definitions/${name}.sqlx`,
    tags: [],
    disabled: false,
    dependencies: [],
    columns: [],
    ...plainRelation,
    increment: { kind: (more.uniqueKey ?? []).length > 0 ? "merge" : "insert" },
    ...more,
  };
}

export function marker(name: string, token: number, runId = `run-${token}`): Marker {
  return { target: target(name), token, runId, fingerprint: `f${token}` };
}

/** Builds and publishes in a scope of its own. */
export async function publish(
  warehouse: Warehouse,
  built: Relation,
  token = 1,
  mode: "create" | "increment" = "create",
): Promise<void> {
  await using scope: PublishScope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: token });
  await scope.build(built, mode);
  await scope.publish([marker(built.target.name, token)]);
}

export async function values(session: Session, sql: string): Promise<readonly unknown[][]> {
  return (await session.rows(sql)).map((row) => Object.values(row));
}
