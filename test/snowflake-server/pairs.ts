/** Both renderings of every statement of a project, for the Snowflake to test against. */
import { type Action, type Graph, targetKey } from "../../src/graph/index.js";
import { ledgerViewRelations } from "../../src/ledger/index.js";
import { jsonText as duckDbJson } from "../../src/warehouse/duckdb/json.js";
import { jsonText as snowflakeJson } from "../../src/warehouse/snowflake/json.js";

export interface Pair {
  readonly snowflake: string;
  readonly duckdb: string;
}

/** Everything in an action that is sent to an engine, in an order that both renderings share. */
function textsOf(action: Action): readonly string[] {
  switch (action.kind) {
    case "declaration":
      return [];
    case "assertion":
      return [action.query];
    case "operation":
      return action.queries;
    default:
      return [
        action.query,
        action.incrementalQuery ?? action.query,
        ...action.preOps,
        ...action.postOps,
        ...action.incrementalPreOps,
        ...action.incrementalPostOps,
      ];
  }
}

/** @throws where the two compilations do not have the same actions with as many statements. */
export function pairsOf(snowflake: Graph, duckdb: Graph): readonly Pair[] {
  const others = new Map(duckdb.actions.map((action) => [targetKey(action.target), action]));
  return snowflake.actions.flatMap((action) => {
    const other = others.get(targetKey(action.target));
    const [texts, answers] = [textsOf(action), other === undefined ? [] : textsOf(other)];
    if (texts.length !== answers.length) throw new Error(`${targetKey(action.target)} is compiled differently`);
    return texts.map((text, index) => ({ snowflake: text, duckdb: answers[index] ?? "" }));
  });
}

/** The views over the ledger, which medform itself makes. */
export function ledgerPairs(database: string): readonly Pair[] {
  const theirs = ledgerViewRelations({ database, jsonText: duckDbJson });
  return ledgerViewRelations({ database, jsonText: snowflakeJson }).map(({ query }, index) => ({
    snowflake: query,
    duckdb: theirs[index]?.query ?? "",
  }));
}
