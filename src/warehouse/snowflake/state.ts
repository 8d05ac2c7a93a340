/** What a session holds beside its connection, read from the statements that it ran: a session is given on only when empty. */

/** Name of a relation, in parts, each with or without quotes. */
const name = String.raw`(?:"(?:[^"]|"")*"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+)){0,2}`;
const temporary = new RegExp(
  String.raw`^create\s+(?:or\s+replace\s+)?(?:(?:local|global)\s+)?(?:temp|temporary)\s+(table|view|stage|sequence|file\s+format)\s+(?:if\s+not\s+exists\s+)?(${name})`,
  "i",
);

/** These leave nothing behind in the session; what is not here does, as far as anybody knows. */
const harmless =
  /^(?:select|with|values|insert|merge|update|delete|truncate|create|drop|undrop|alter|comment|grant|revoke|show|describe|desc|explain|copy|put|get|list|ls|remove|rm|begin|start|commit|rollback)\b/i;

const before = /^(?:\s+|--[^\n]*\n?|\/\/[^\n]*\n?|\/\*[\s\S]*?\*\/|\()+/;

/** Without comments and brackets in front. */
const head = (sql: string) => sql.replace(before, "");

/** Whether it can be carried out twice without harm: it reads, or is about the session alone. */
export const onlyReads = (sql: string): boolean =>
  /^(?:select|with|values|show|describe|desc|explain|list|ls|set|unset|use)\b/i.test(head(sql));

export type TransactionWord = "begin" | "commit" | "rollback";

export function transactionWord(sql: string): TransactionWord | undefined {
  const text = head(sql);
  if (
    /^(?:begin(?:\s+(?:work|transaction))?(?:\s+name\s+\S+)?|start\s+transaction(?:\s+name\s+\S+)?)\s*;?\s*$/i.test(
      text,
    )
  ) {
    return "begin";
  }
  if (/^commit(?:\s+work)?\s*;?\s*$/i.test(text)) return "commit";
  return /^rollback(?:\s+work)?\s*;?\s*$/i.test(text) ? "rollback" : undefined;
}

export class SessionState {
  /** A transaction is open. */
  transaction = false;
  /** By name, so that a session that is begun anew gets them again. */
  readonly variables = new Map<string, string | null>();
  /** What was made for this session alone: its name as written, and what it is. */
  readonly temporaries = new Map<string, string>();
  /** Something was changed that nobody knows how to undo. */
  tainted = false;

  /** A statement was sent. Whether it succeeded does not matter here: an attempt is reason enough to clean up. */
  note(sql: string): void {
    const text = head(sql);
    const made = temporary.exec(text);
    if (made?.[1] !== undefined && made[2] !== undefined) this.temporaries.set(made[2], made[1].toLowerCase());
    if (/^alter\s+session\b/i.test(text) || !harmless.test(text)) this.tainted = true;
    if (/^(?:begin|start)\b/i.test(text) && transactionWord(sql) === undefined) this.tainted = true;
  }
}
