/** What the host touches of @dataform/core 2.x. */
import type { CompiledGraph } from "../graph/index.js";

interface Proto {
  fileName?: string;
  readonly name?: string;
}

export interface CompilationErrorProto extends Proto {
  message?: string;
  stack?: string;
}

export interface CoreAction {
  readonly proto: Proto & { readonly type?: string; readonly target: TargetProto };
}

export interface CoreTest {
  readonly proto: Proto;
  readonly datasetToTest?: string | TargetProto;
  /** By the names that stand in the test; a value is text, or a function of a context. */
  readonly contextableInputs: {
    keys(): Iterable<TargetProto>;
    get(key: TargetProto): unknown;
  };
}

export interface TargetProto {
  readonly database?: string;
  readonly schema?: string;
  readonly name?: string;
}

export interface CompiledProto {
  readonly target: TargetProto;
  readonly canonicalTarget: TargetProto;
  readonly dependencyTargets?: readonly TargetProto[] | null;
}

type ActionList = "tables" | "assertions" | "operations" | "declarations";

type Bound = (...args: unknown[]) => unknown;

export interface Session {
  config: { warehouse: string };
  actions: CoreAction[];
  tests: Record<string, CoreTest>;
  /** There once it compiles. */
  indexedActions?: { find(target: TargetProto): readonly CoreAction[] };
  graphErrors: { compilationErrors: CompilationErrorProto[] };
  init(rootDir: string, config: object, original: object, supportSqlFiles: boolean): void;
  compileError(error: Error | string, fileName?: string): void;
  compile(): { toJSON(): CompiledGraph };
  compileGraphChunk(actions: readonly CoreAction[], verify: unknown): unknown;
  checkCircularity(actions: readonly CompiledProto[]): void;
  removeNonUniqueActionsFromCompiledGraph(graph: Record<ActionList, CompiledProto[]>): void;
  checkTableConfigValidity(tables: unknown): void;
  sqlxAction(action: unknown): void;
  publish: Bound;
  operate: Bound;
  assert: Bound;
  declare: Bound;
  test: Bound;
}

/** An adapter names things and writes the SQL of inline assertions; the rest of it serves Dataform's own runner. */
export interface Adapter {
  sqlString(text: string): string;
}

export type AdapterConstructor = new (config: { warehouse: string }, coreVersion: string) => Adapter;

export interface CoreBundle {
  readonly session: Session;
  readonly version: string;
  readonly adapters: {
    register(warehouse: string, adapter: AdapterConstructor): void;
    create(config: { warehouse: string }, coreVersion: string): Adapter;
  };
  compiler(code: string, file: string): string;
}
