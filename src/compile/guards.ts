/** Policies that variables name: each must be a name, and say something that the warehouse can keep. */
import {
  type CompiledGraph,
  type CompiledTable,
  guardsAsked,
  namesPolicy,
  type Problem,
  policyVars,
} from "../graph/index.js";

export function guardProblems({ projectConfig = {}, tables = [] }: CompiledGraph): readonly Problem[] {
  const { vars = {}, warehouse } = projectConfig;
  const named = policyVars(vars);
  const problem = (code: string, message: string, hint: string): Problem => ({
    code,
    message,
    at: { file: "dataform.json" },
    hint,
  });
  if (warehouse !== "snowflake") {
    return named.map(({ name }) =>
      problem(
        "policy-unsupported",
        `The variable "${name}" names a policy, but the warehouse "${warehouse}" has none.`,
        "Name it in the environment that runs on Snowflake.",
      ),
    );
  }
  const nameless = named.filter(({ name, policy }) => !namesPolicy(name, policy));
  if (nameless.length > 0) {
    return nameless.map(({ name }) =>
      problem(
        "policy-name",
        `The variable "${name}" does not name a policy.`,
        "Write SCHEMA.NAME or DATABASE.SCHEMA.NAME in letters, digits and underscores; {TYPE} in the name of a masking policy stands for the column's type.",
      ),
    );
  }
  return named.length === 0 ? [] : tables.flatMap((table) => torn(table, vars));
}

/** What Snowflake would refuse when the relation is made. */
function torn(table: CompiledTable, vars: Readonly<Record<string, string>>): readonly Problem[] {
  const columns = (table.actionDescriptor?.columns ?? []).map(({ path = [], tags = [] }) => ({ path, tags }));
  const { masking, rowAccess } = guardsAsked(columns, vars);
  const problem = (message: string, hint: string): Problem => ({
    code: "policy-conflict",
    message: `${table.target?.schema}.${table.target?.name} ${message}`,
    at: { file: table.fileName ?? "" },
    hint,
  });
  if (rowAccess.length > 1) {
    const names = rowAccess.map(({ column }) => column).join(" and ");
    return [problem(`would have a row access policy by ${names} each, of which it can have one.`, "Name one of them.")];
  }
  const both = rowAccess.find(({ column }) => masking.some((mask) => mask.column === column));
  if (both === undefined) return [];
  const message = `has a column ${both.column} that would be masked and decide which rows are seen; only one is possible.`;
  return [problem(message, "Take its tag away, or name no policy for it.")];
}
