/** What no unit may hold, found before anything is touched. */
import {
  type Action,
  hooksOf,
  type Operation,
  type Problem,
  ProblemError,
  type Relation,
  statements,
  type Token,
  targetKey,
  targetLabel,
  tokenize,
} from "../graph/index.js";
import type { Reads } from "./reads.js";
import type { Unit } from "./types.js";

/** @throws ProblemError with every `plan-transaction`, `plan-two-databases` and `plan-view-variable` of what is built. */
export function refuse(units: readonly Unit[], reads: Reads, engine: string): void {
  const problems: Problem[] = [];
  for (const unit of units) {
    const members = unit.members.flatMap((target): readonly (Relation | Operation)[] => {
      const action = reads.actions.get(targetKey(target));
      return action && action.kind !== "assertion" && action.kind !== "declaration" ? [action] : [];
    });
    const databases = new Set<string>();
    for (const action of members) {
      const written = hooksOf(action).flatMap((sql) => statements(tokenize(sql, engine)));
      problems.push(...written.flatMap((statement) => transactionProblem(action, statement)));
      if (action.kind !== "operation" && action.target.database !== undefined) databases.add(action.target.database);
      for (const statement of written) for (const database of databasesWritten(statement)) databases.add(database);
      problems.push(...viewProblem(action, engine));
    }
    const [first] = members;
    if (databases.size > 1 && first)
      problems.push({
        code: "plan-two-databases",
        message: `${members.map(({ target }) => targetLabel(target)).join(", ")}: one transaction would write to ${[
          ...databases,
        ]
          .sort()
          .join(" and ")}.`,
        at: { file: first.fileName },
        hint: "A transaction writes to one database; move what writes to the other one to an operation of its own.",
      });
  }
  if (problems.length > 0) throw new ProblemError(problems);
}

const plain = (token: Token | undefined) => (token?.kind === "word" ? token.text.toLowerCase() : undefined);

function transactionProblem(action: Action, statement: readonly Token[]): readonly Problem[] {
  const [first, second] = [plain(statement[0]), plain(statement[1])];
  const control = first !== undefined && ["begin", "commit", "rollback", "abort", "end", "savepoint"].includes(first);
  if (!control && !(first === "start" && second === "transaction")) return [];
  return [
    {
      code: "plan-transaction",
      message: `${targetLabel(action.target)}: "${first}${first === "start" ? " transaction" : ""}" in ${
        action.kind === "operation" ? "an operation" : "a hook"
      } would publish what no rule has seen.`,
      at: { file: action.fileName },
      hint: "medform opens and ends the transaction; take the statement out.",
    },
  ];
}

/** A view would read the variable of whoever queries it, not of the run. */
function viewProblem(action: Action, engine: string): readonly Problem[] {
  if (action.kind !== "view" || !/medform_/i.test(action.query)) return [];
  const variable = tokenize(action.query, engine).find(
    ({ kind, text }) => kind === "string" && /^'medform_/i.test(text),
  );
  if (!variable) return [];
  return [
    {
      code: "plan-view-variable",
      message: `${targetLabel(action.target)}: a view cannot read ${variable.text.slice(1, -1)}, which only a run has.`,
      at: { file: action.fileName },
      hint: "Make it a table, or take the value from a table that is built with it.",
    },
  ];
}

/** Databases that a statement names, in full, as what it writes to. */
function databasesWritten(statement: readonly Token[]): readonly string[] {
  const words = statement.map(plain);
  const found: string[] = [];
  const note = (at: number) => {
    const database = databaseAt(statement, at);
    if (database !== undefined) found.push(database);
  };
  const [first] = words;
  if (first === "update") note(1);
  if (first === "truncate") note(words[1] === "table" ? 2 : 1);
  if (first === "create" || first === "drop" || first === "alter") {
    const object = words.findIndex((word) => word === "table" || word === "view" || word === "sequence");
    const temporary = words.slice(0, object).some((word) => word === "temp" || word === "temporary");
    const name = words.findIndex((word, i) => i > object && !["if", "not", "exists"].includes(word ?? ""));
    if (object > 0 && !temporary) note(name);
  }
  for (let i = 0; i < words.length; i++) {
    if (words[i] === "into") note(i + 1);
    if (words[i] === "delete" && words[i + 1] === "from") note(i + 2);
  }
  return found;
}

/** The first of three parts of a name; a name of fewer parts lies in the database that is current. */
function databaseAt(statement: readonly Token[], at: number): string | undefined {
  const name = statement.slice(at, at + 5);
  const isPart = (token: Token | undefined) => token?.kind === "word" || token?.kind === "quoted";
  if (!isPart(name[0]) || name[1]?.text !== "." || !isPart(name[2]) || name[3]?.text !== "." || !isPart(name[4]))
    return undefined;
  const text = name[0]?.text ?? "";
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toUpperCase();
}
