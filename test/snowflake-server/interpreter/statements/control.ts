/** Transactions, variables, and what a session has in use. */
import { withBinds } from "../binds.js";
import { literal, quoted, unquoted } from "../lex.js";
import { done, statementType, texts } from "../results.js";
import { abort, asleep, begin, commit, rendered, rollback } from "../session.js";
import { SnowflakeError } from "../types.js";
import { type Shape, shape } from "./shape.js";

const variableLimit = 256;

/** A number or a truth value as it is; anything else by its name. */
const parameterOf = (bare: string): unknown =>
  /^(?:true|false)$/i.test(bare) ? bare.toLowerCase() === "true" : Number.isNaN(Number(bare)) ? bare : Number(bare);

export const control: readonly Shape[] = [
  // Nobody attaches a policy here; a test that wants one lets the statement be known.
  shape("select .+ from table\\(.+\\.information_schema\\.policy_references\\(.+\\)\\)", async () =>
    texts(["DATABASE", "SCHEMA", "NAME", "KIND", "COLUMN", "ARGUMENTS", "TAG"], [], statementType.select),
  ),
  shape("(?:begin|start transaction)(?: work| transaction)?(?: name {name})?", async ({ name }, { session }) => {
    begin(session, name === undefined ? "" : unquoted(name));
    return done("Statement executed successfully.", statementType.begin);
  }),
  shape("commit(?: work)?", async (_, { session }) => {
    await commit(session);
    return done("Statement executed successfully.", statementType.commit);
  }),
  shape("rollback(?: work)?", async (_, { session }) => {
    await rollback(session);
    return done("Statement executed successfully.", statementType.rollback);
  }),
  shape("set \\((?<names>[^()]+)\\)\\s*=\\s*\\({rest}\\)", async ({ names = "", rest = "" }, context) => {
    const values = withBinds(rendered(context, rest), context.request.binds);
    const reader = await context.session.connection.run(
      await context.session.workspace.resolve(values, context.session),
    );
    const row = reader.getRows()[0] ?? [];
    await assign(
      context.session.connection,
      names.split(",").map((name, at) => [unquoted(name.trim()), row[at] === null ? null : String(row[at])]),
    );
    return done("Statement executed successfully.", statementType.set);
  }),
  shape("unset \\((?<names>[^()]+)\\)", async ({ names = "" }, { session }) => {
    for (const name of names.split(",")) {
      await session.connection.run(`reset variable ${quoted(unquoted(name.trim()))}`).catch(() => undefined);
    }
    return done();
  }),
  shape("use role {name}", async ({ name = "" }, { session }) => {
    session.role = unquoted(name);
    return done();
  }),
  shape("use warehouse {name}", async ({ name = "" }, { session }) => {
    session.warehouse = unquoted(name);
    return done();
  }),
  shape("use(?: database)? (?!schema\\b|secondary\\b){name}", async ({ name = "" }, { session, server }) => {
    const parts = name.split(".").map((part) => unquoted(part.trim()));
    await server.duck.attach(parts[0] ?? "");
    session.database = parts[0] ?? "";
    session.schema = parts[1] ?? "PUBLIC";
    return done();
  }),
  shape("use schema {name}", async ({ name = "" }, { session }) => {
    const parts = name.split(".").map((part) => unquoted(part.trim()));
    session.schema = parts.at(-1) ?? "";
    if (parts.length > 1) session.database = parts[0] ?? "";
    return done();
  }),
  shape("alter session set {rest}", async ({ rest = "" }, { session }) => {
    const timeout = /\block_timeout\s*=\s*(\d+)/i.exec(rest)?.[1];
    if (timeout !== undefined) session.lockTimeout = Number(timeout);
    const set: Record<string, unknown> = { ...session.parameters };
    for (const [, name = "", text, bare = ""] of rest.matchAll(/(\w+)\s*=\s*(?:'((?:[^']|'')*)'|([\w.]+))/g)) {
      set[name.toUpperCase()] = text?.replaceAll("''", "'") ?? parameterOf(bare);
    }
    session.parameters = set;
    return done();
  }),
  shape("select system\\$abort_transaction\\(\\s*'?(?<id>\\d+)'?\\s*\\)", async ({ id = "" }, { server }) => {
    const found = await abort(server, id);
    const text = found ? `Aborted transaction id: ${id}` : `Transaction ${id} is not running.`;
    return texts([`SYSTEM$ABORT_TRANSACTION(${id})`], [[text]], statementType.select);
  }),
  shape("(?:select|call) system\\$wait\\(\\s*(?<seconds>[\\d.]+)\\s*\\)", async ({ seconds = "0" }, { signal }) => {
    await asleep(Number(seconds) * 1000, signal);
    return texts([`SYSTEM$WAIT(${seconds})`], [[`waited ${seconds} seconds`]], statementType.select);
  }),
  shape("show transactions(?: in account)?", async (_, { server }) => {
    const rows = [...server.transactions.values()].map(({ id, name, session, startedOn }) => [
      id,
      session.user,
      session.id,
      name,
      startedOn.toISOString(),
      "running",
      "0",
    ]);
    return texts(["id", "user", "session", "name", "started_on", "state", "scope"], rows, statementType.show);
  }),
];

async function assign(
  connection: { run(sql: string): Promise<unknown> },
  values: readonly (readonly [string, string | null])[],
): Promise<void> {
  for (const [name, value] of values) {
    const size = Buffer.byteLength(value ?? "");
    if (size > variableLimit) {
      throw new SnowflakeError(
        "000912",
        "22001",
        `Assignment to '${name}' not done because value exceeds size limit for variables. Its size is ${size}; the limit is ${variableLimit} (internal storage size in bytes).`,
      );
    }
  }
  for (const [name, value] of values) {
    await connection.run(`set variable ${quoted(name)} = ${value === null ? "cast(null as varchar)" : literal(value)}`);
  }
}
