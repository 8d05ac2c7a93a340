/** What the report says, as plain data: names, counts, instants, descriptions. No value of a row. */
import type { Graph, Severity, Threshold } from "../graph/index.js";
import type { RuleState, State } from "../ledger/index.js";
import type { Dispositions } from "../run/index.js";

export interface ReportInput {
  readonly graph: Graph;
  readonly state: State;
  readonly dispositions: Dispositions["rows"];
  /** ISO instant: "now" of the report, to which ages are relative. */
  readonly generatedAt: string;
  readonly environment: string;
  readonly engine: string;
  /** Shown in the title; the folder's name, say. */
  readonly project: string;
}

export type Tone = "good" | "warn" | "bad" | "none";

export interface Figure {
  readonly label: string;
  readonly value: number | null;
  readonly tone: Tone;
}

export interface RuleRow {
  readonly rule: string;
  readonly assertion: string;
  readonly description?: string;
  readonly severity: Severity;
  /** `unevaluated`: declared, and the ledger has no result of it. */
  readonly outcome: RuleState["outcome"] | "unevaluated";
  readonly failing: number | null;
  /** How many failing rows it bears, and the rows that a share was measured against when it was last evaluated. */
  readonly threshold?: Threshold;
  readonly of?: number;
  /** ISO instant, or null. */
  readonly at: string | null;
}

export interface RuleGroup {
  readonly table: string;
  readonly rules: readonly RuleRow[];
}

export interface RouteRow {
  readonly route: string;
  /** In the order of `Rows.dispositions`. */
  readonly counts: readonly number[];
}

export interface Rows {
  readonly dispositions: readonly string[];
  readonly routes: readonly RouteRow[];
  readonly totals: readonly number[];
  readonly quarantined: readonly { readonly route: string; readonly rule: string; readonly count: number }[];
}

export interface TableRow {
  readonly name: string;
  /** Fragment of its heading. */
  readonly id: string;
  readonly kind: string;
  readonly rows: number | null;
  /** ISO instant, or null where it was never published. */
  readonly publishedAt: string | null;
  readonly failing: boolean;
  readonly disabled: boolean;
  readonly description?: string;
  readonly file: string;
  readonly columns: readonly {
    readonly name: string;
    readonly description?: string;
    readonly tags: readonly string[];
  }[];
}

export interface Layer {
  readonly schema: string;
  readonly tables: readonly TableRow[];
}

export interface SourceRow {
  readonly name: string;
  readonly description?: string;
  readonly rows: number | null;
  readonly batchId: string | null;
  readonly loadedAt: string | null;
}

export interface ReportModel {
  readonly project: string;
  readonly generatedAt: string;
  readonly verdict: { readonly tone: Tone; readonly headline: string; readonly sentences: readonly string[] };
  readonly facts: readonly { readonly label: string; readonly value: string; readonly instant?: boolean }[];
  readonly figures: readonly Figure[];
  readonly rules: readonly RuleGroup[];
  readonly rows: Rows | null;
  readonly layers: readonly Layer[];
  readonly sources: readonly SourceRow[];
}
