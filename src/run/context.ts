/** What the parts of one run share. */
import { type Action, type Graph, type Relation, type Target, targetKey } from "../graph/index.js";
import type { Chain, Entry } from "../ledger/index.js";
import type { Reads, Step } from "../plan/index.js";
import type { Marker, PublishScope, ScopePlan, Value, Warehouse } from "../warehouse/index.js";
import type { RunEvent } from "./events.js";
import type { RetryPolicy } from "./repeat.js";
import type { ScopeAbout } from "./scope-plan.js";

export interface Context {
  readonly chain: Chain;
  action(target: Target): Action | undefined;
  step(target: Target): Step | undefined;
  emit(event: RunEvent): void;
  append(entries: readonly Entry[]): Promise<void>;
  /** A scope whose statements are cancelled when the run is, until it commits. */
  open(about: ScopeAbout): Promise<CancellableScope>;
  readonly cancelled: () => boolean;
  readonly signal: AbortSignal | undefined;
  readonly retry: RetryPolicy;
  /** Whose words statements of the project are written in. */
  readonly engine: string;
  /** What is published now, as the warehouse itself says. */
  markers(): Promise<readonly Marker[]>;
  readonly reads: Reads;
  /** The text of a file of the project, where it can be had. */
  readonly sourceOf: (file: string) => string | undefined;
  /** Keys of what was published so far, by this run. */
  readonly published: Set<string>;
  /** Versions of what this run was to build, by key, where nothing of it changed: they are what they were. */
  readonly kept: Map<string, string>;
}

export interface CancellableScope extends AsyncDisposable {
  readonly scope: PublishScope;
  /** From here on a cancel comes too late: the transaction is committing. */
  commit(markers: Parameters<PublishScope["publish"]>[0]): Promise<void>;
}

/** Again and again until nothing runs, because between two statements of a scope there is nothing to cancel. */
const cancelEvery = 20;

export function scopes(
  warehouse: Warehouse,
  variables: Readonly<Record<string, Value>>,
  signal: AbortSignal | undefined,
  run?: Pick<ScopePlan, "runId" | "runNumber" | "project">,
): { open(about?: ScopeAbout): Promise<CancellableScope> } & Disposable {
  const open = new Set<PublishScope>();
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    for (const scope of open) scope.session.cancel();
    if (open.size > 0) timer = setTimeout(cancel, cancelEvery);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  return {
    async open(about): Promise<CancellableScope> {
      const scope = await warehouse.publisher.open(variables, run && about && { ...run, ...about });
      open.add(scope);
      if (signal?.aborted) cancel();
      return {
        scope,
        commit: (markers) => {
          open.delete(scope);
          return scope.publish(markers);
        },
        async [Symbol.asyncDispose]() {
          open.delete(scope);
          await scope.discard();
        },
      };
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    },
  };
}

export function actionsOf(graph: Graph): ReadonlyMap<string, Action> {
  return new Map(graph.actions.map((action) => [targetKey(action.target), action]));
}

export const isRelation = (action: Action): action is Relation =>
  action.kind === "table" || action.kind === "view" || action.kind === "incremental";

export const now = (): string => new Date().toISOString();
