/** The compiled project exactly as `dataform compile --json` prints it: protobuf's JSON form, absent where unset or empty. */

export interface CompiledTarget {
  readonly database?: string;
  readonly schema?: string;
  readonly name?: string;
}

export interface CompiledColumn {
  readonly path?: readonly string[];
  readonly description?: string;
  readonly displayName?: string;
  readonly tags?: readonly string[];
}

interface CompiledAction {
  readonly target?: CompiledTarget;
  readonly canonicalTarget?: CompiledTarget;
  readonly fileName?: string;
  readonly tags?: readonly string[];
  readonly disabled?: boolean;
  readonly dependencyTargets?: readonly CompiledTarget[];
  readonly hermeticity?: string;
  readonly actionDescriptor?: { readonly description?: string; readonly columns?: readonly CompiledColumn[] };
}

export interface CompiledTable extends CompiledAction {
  readonly type?: string;
  readonly enumType?: "TABLE" | "INCREMENTAL" | "VIEW" | "INLINE" | "UNKNOWN_TYPE";
  readonly query?: string;
  readonly incrementalQuery?: string;
  readonly where?: string;
  readonly preOps?: readonly string[];
  readonly postOps?: readonly string[];
  readonly incrementalPreOps?: readonly string[];
  readonly incrementalPostOps?: readonly string[];
  readonly uniqueKey?: readonly string[];
  readonly protected?: boolean;
  readonly materialized?: boolean;
  readonly snowflake?: {
    readonly secure?: boolean;
    readonly transient?: boolean;
    readonly clusterBy?: readonly string[];
  };
}

export interface CompiledOperation extends CompiledAction {
  readonly queries?: readonly string[];
  readonly hasOutput?: boolean;
}

export interface CompiledAssertion extends CompiledAction {
  readonly query?: string;
  readonly parentAction?: CompiledTarget;
}

export type CompiledDeclaration = CompiledAction;

export interface CompiledTest {
  readonly name?: string;
  readonly fileName?: string;
  readonly testQuery?: string;
  readonly expectedOutputQuery?: string;
}

export interface CompilationError {
  readonly fileName?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly actionName?: string;
  readonly actionTarget?: CompiledTarget;
}

export interface CompiledGraph {
  readonly projectConfig?: {
    readonly warehouse?: string;
    readonly defaultDatabase?: string;
    readonly defaultSchema?: string;
    readonly assertionSchema?: string;
    readonly databaseSuffix?: string;
    readonly schemaSuffix?: string;
    readonly tablePrefix?: string;
    readonly vars?: Readonly<Record<string, string>>;
  };
  readonly tables?: readonly CompiledTable[];
  readonly operations?: readonly CompiledOperation[];
  readonly assertions?: readonly CompiledAssertion[];
  readonly declarations?: readonly CompiledDeclaration[];
  readonly tests?: readonly CompiledTest[];
  readonly graphErrors?: { readonly compilationErrors?: readonly CompilationError[] };
  readonly targets?: readonly CompiledTarget[];
  readonly dataformCoreVersion?: string;
}
