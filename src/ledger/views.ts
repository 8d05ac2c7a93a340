/**
 * MEDFORM.RUN, EVALUATION and ACTION: the ledger as rows with types, for people who write SQL. A reading of it, never the
 * truth; what differs by engine is asked of the warehouse.
 */
import { createHash, randomUUID } from "node:crypto";
import { ProblemError, plainRelation, quoteName, type Relation, type Target, targetKey } from "../graph/index.js";
import type { Session, Warehouse } from "../warehouse/index.js";
import { ownRelations } from "./tables.js";

interface ViewColumn {
  readonly name: string;
  readonly sql: string;
  readonly description: string;
}

interface View {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly ViewColumn[];
  /** All after `from`. */
  readonly from: string;
}

/** How an engine reads a text from JSON. */
type Json = Warehouse["jsonText"];

const column = (name: string, sql: string, description: string): ViewColumn => ({ name, sql, description });
const number = (sql: string) => `try_cast(${sql} as bigint)`;
/** Without a zone on both engines, whatever a session takes a plain timestamp for. */
const instant = (sql: string) => `try_cast(${sql} as datetime)`;

/** What evaluations and actions say of the work. */
const work = (json: Json): readonly ViewColumn[] => [
  column("MILLISECONDS", number(json("BODY", ["milliseconds"])), "How long it took"),
  column("FINGERPRINT", json("BODY", ["fingerprint"]), "Fingerprint of the build or the assertion"),
  column("SQL_HASH", json("BODY", ["sqlHash"]), "SHA-256 of the compiled SQL that was run"),
  column(
    "QUERY_IDS",
    json("BODY", ["queryIds"]),
    "Under which the engine's own records know its statements; a JSON array",
  ),
];

const evaluationView = (place: string, json: Json): View => {
  const target = (name: string) =>
    `coalesce(${json("BODY", [name, "database"])} || '.', '') || ${json("BODY", [name, "schema"])} || '.' || ${json("BODY", [name, "name"])}`;
  return {
    name: "EVALUATION",
    description: "One row for each evaluation of a rule, the passes too; read from MEDFORM.LEDGER",
    columns: [
      column("RUN_ID", "CHAIN", "Run, load or assertion that it belongs to: RUN_ID of MEDFORM.RUN"),
      column("RULE", json("BODY", ["rule"]), "Name of the rule"),
      column("ASSERTION", target("assertion"), "The assertion that evaluates it"),
      column("SEVERITY", json("BODY", ["severity"]), "error, or warn: stops nothing"),
      column("OUTCOME", "OUTCOME", "pass, warn, fail, error (it could not be evaluated) or skipped"),
      column("FAILING_COUNT", number(json("BODY", ["failing"])), "Failing rows; NULL where it was not evaluated"),
      column("GATE", target("gate"), "The table whose publication it could stop; NULL where there is none"),
      column("EVALUATED_AT", instant('"AT"'), "When, in UTC"),
      column("PROBLEM_CODE", json("BODY", ["problem", "code"]), "What kind of error it was; NULL where there was none"),
      ...work(json),
    ],
    from: `${place}.LEDGER where KIND = 'evaluation'`,
  };
};

const actionView = (place: string, json: Json): View => ({
  name: "ACTION",
  description:
    "One row for each attempt to build a table, a view or an operation, or to drop what has no model any more, and how it ended; read from MEDFORM.LEDGER",
  columns: [
    column(
      "RUN_ID",
      `case when CHAIN = 'main' then ${json("BODY", ["version"])} else CHAIN end`,
      "Run that it belongs to: RUN_ID of MEDFORM.RUN",
    ),
    column("TARGET", "SUBJECT", "What was to be built, or dropped"),
    column("TYPE", json("BODY", ["kind"]), "table, view, incremental or operation; NULL where it was not published"),
    column(
      "OUTCOME",
      "OUTCOME",
      "published; recovered: published by a run that died before it recorded that; discarded: a rule stopped it; failed, skipped or cancelled; dropped; gone: there was nothing left to drop; forgotten: an operation, which no run publishes any more; given-up: what could not be put into place",
    ),
    column("ROW_COUNT", number(json("BODY", ["rows"])), "Rows in it when it was last published"),
    column("CHANGED_COUNT", number(json("BODY", ["changed"])), "Rows that the build inserted, updated or deleted"),
    column("REASON", json("BODY", ["reason"]), "Why it was built, or why it was not published"),
    column("ENDED_AT", instant('"AT"'), "When, in UTC"),
    ...work(json),
  ],
  from: `${place}.LEDGER where KIND in ('publish', 'discard', 'drop')`,
});

const runView = (place: string, json: Json): View => {
  const about = (...path: readonly string[]) => json("opened.BODY", ["about", ...path]);
  const actions = ["published", "recovered", "discarded", "failed", "skipped", "cancelled"];
  const rules = ["pass", "warn", "fail", "error", "skipped"];
  const counts = (from: string, outcomes: readonly string[]) =>
    `(
select RUN_ID, ${outcomes.map((outcome) => `sum(case when OUTCOME = '${outcome}' then 1 else 0 end) as ${outcome.toUpperCase()}`).join(", ")}
from ${place}.${from} group by RUN_ID)`;
  return {
    name: "RUN",
    description: "One row for each run, load, assertion, clean and restore; read from MEDFORM.LEDGER",
    columns: [
      column("RUN_ID", "opened.SUBJECT", "Id, also the chain of its records in MEDFORM.LEDGER"),
      column("RUN_NUMBER", number(json("opened.BODY", ["number"])), "Rises strictly over all of them"),
      column("KIND", "opened.OUTCOME", "run, load, assert, clean or restore"),
      column("STARTED_AT", instant('opened."AT"'), "When it began, in UTC"),
      column("FINISHED_AT", instant('sealed."AT"'), "When it ended, in UTC; NULL where it was interrupted"),
      column(
        "OUTCOME",
        "coalesce(sealed.OUTCOME, 'interrupted')",
        "succeeded, failed (a rule did), error, cancelled, or interrupted: its process died, or is still at work",
      ),
      column("COMMAND", about("command"), "Command that began it"),
      column("ENVIRONMENT", about("environment"), "Environment of the project"),
      column("ACTOR", about("actor"), "Account that ran it"),
      column("HOST", about("host"), "Machine that it ran on"),
      column("COMMIT_ID", about("commit", "id"), "Commit of the project; NULL where it was not under git"),
      column(
        "IS_DIRTY",
        `try_cast(${about("commit", "dirty")} as boolean)`,
        "Whether files of the project differed from that commit",
      ),
      column("ENGINE", json("opened.BODY", ["engine", "name"]), "Engine of the warehouse"),
      column("ENGINE_VERSION", json("opened.BODY", ["engine", "version"]), "Its version"),
      column("MEDFORM_VERSION", about("medform"), "Version of medform"),
      ...actions.map((outcome) =>
        column(`${outcome.toUpperCase()}_COUNT`, `coalesce(built.${outcome.toUpperCase()}, 0)`, `Actions ${outcome}`),
      ),
      ...rules.map((outcome) =>
        column(
          `RULE_${outcome.toUpperCase()}_COUNT`,
          `coalesce(judged.${outcome.toUpperCase()}, 0)`,
          `Evaluations of rules with the outcome ${outcome}`,
        ),
      ),
    ],
    from: `${place}.LEDGER as opened
left join ${place}.LEDGER as sealed
  on sealed.CHAIN = 'main' and sealed.KIND = 'seal' and sealed.SUBJECT = opened.SUBJECT
left join ${counts("ACTION", actions)} as built on built.RUN_ID = opened.SUBJECT
left join ${counts("EVALUATION", rules)} as judged on judged.RUN_ID = opened.SUBJECT
where opened.CHAIN = 'main' and opened.KIND = 'open'`,
  };
};

function relationOf({ name, description, columns, from }: View, target: Pick<Target, "database" | "schema">): Relation {
  return {
    kind: "view",
    target: { ...target, name },
    fileName: "",
    tags: [],
    disabled: false,
    dependencies: [],
    description,
    columns: columns.map((each) => ({ path: [each.name], description: each.description, tags: [] })),
    query: `select\n${columns.map((each) => `  ${each.sql} as ${each.name}`).join(",\n")}\nfrom ${from}`,
    ...plainRelation,
  };
}

export interface LedgerViews {
  /** Of all of their text: another one is made anew. */
  readonly fingerprint: string;
  /** All of them are there. */
  present(session: Session): Promise<boolean>;
  /** Makes them in one transaction. @throws ProblemError `ledger-views` where a table has one of their names. */
  create(session: Session): Promise<void>;
}

/** One that reads another comes after it. */
export function ledgerViewRelations({
  database,
  jsonText,
}: Pick<Warehouse, "database" | "jsonText">): readonly Relation[] {
  const place = `${quoteName(database)}.MEDFORM`;
  return [evaluationView, actionView, runView].map((view) =>
    relationOf(view(place, jsonText), { database, schema: "MEDFORM" }),
  );
}

export function ledgerViews(warehouse: Warehouse): LedgerViews {
  const { database } = warehouse;
  const relations = ledgerViewRelations(warehouse);
  const there = (session: Session) =>
    ownRelations(
      session,
      database,
      relations.map(({ target }) => target.name),
    );
  return {
    fingerprint: createHash("sha256")
      .update(JSON.stringify(relations.map(({ query, description, columns }) => [query, description, columns])))
      .digest("hex"),
    present: async (session) =>
      (await there(session)).filter(({ kind }) => kind === "view").length === relations.length,
    async create(session) {
      const table = (await there(session)).find(({ kind }) => kind !== "view");
      if (table !== undefined) {
        throw new ProblemError({
          code: "ledger-views",
          message: `MEDFORM.${table.name} is a table, and medform has a view of this name.`,
          hint: "Give it another name, or another schema.",
        });
      }
      const builds = relations.map((relation) => ({ relation, mode: "create" as const }));
      const actions = relations.map(({ target }) => targetKey(target));
      // They are made before a run has its id, and whatever is made of this name must be another each time.
      const runId = `views-${randomUUID()}`;
      const plan = { runId, project: "medform", actions, tags: [], attempt: 1, builds, between: [] };
      await using scope = await warehouse.publisher.open({}, plan);
      for (const relation of relations) await scope.build(relation, "create");
      await scope.publish([]);
    },
  };
}
