/** DROP, ALTER, COMMENT and GRANT. */
import type { Entry, Privilege } from "../catalog.js";
import { beyond, compilation, exists, missing } from "../errors.js";
import { lex, quoted, significant, unquoted } from "../lex.js";
import { unescaped } from "../portable.js";
import { done, statementType, texts } from "../results.js";
import type { Context } from "../session.js";
import { duckType } from "../sqltypes.js";
import { keyOf, parseTarget, placeText, spoken, type Target } from "../target.js";
import { SnowflakeError } from "../types.js";
import { ddl } from "./ddl.js";
import { columnOf } from "./options.js";
import { type Shape, shape } from "./shape.js";

/** Before the name of a share among those of roles; no role is called so. */
const ofShare = "share ";

const kindOf = (words: string): Entry["kind"] => (/view/i.test(words) ? "view" : "table");
const relation = "(?<kind>table|view|materialized view)";

/** A table that is changed in place: of the session or of everybody. */
async function alter(
  context: Context,
  name: string,
  work: (target: Target, place: string) => Promise<void>,
): Promise<ReturnType<typeof done>> {
  const target = parseTarget(name, context.session);
  return ddl(context, [target], async () => {
    const { session, server } = context;
    const temporary = session.workspace.temporary.has(keyOf(target));
    if (!temporary) server.catalog.need(target, "table");
    await work(target, placeText(session.workspace.baseOf(target)));
    const entry = server.catalog.get(target);
    if (!temporary && entry !== undefined) {
      const comments = new Map(entry.columns.map((column) => [column.name.toUpperCase(), column.comment]));
      server.catalog.put({ ...entry, columns: await server.catalog.columnsOf(session.connection, target, comments) });
    }
    return done();
  });
}

/** Of relations of everybody: what DuckDB does not keep. */
async function describe(context: Context, name: string, change: (entry: Entry) => Entry) {
  const target = parseTarget(name, context.session);
  return ddl(context, [target], async () => {
    const { session, server } = context;
    if (session.workspace.temporary.has(keyOf(target))) return done();
    server.catalog.put(change(server.catalog.need(target)));
    return done();
  });
}

const commentColumn = (column: string, text: string) => (entry: Entry) => {
  const wanted = unquoted(column);
  if (!entry.columns.some(({ name }) => name === wanted)) {
    throw compilation("002003", "42S02", `Column '${wanted}' does not exist or not authorized.`);
  }
  return {
    ...entry,
    columns: entry.columns.map((each) => (each.name === wanted ? { ...each, comment: text } : each)),
  };
};

export const change: readonly Shape[] = [
  shape(
    `drop ${relation}(?<unless> if exists)? {name}(?: (?:cascade|restrict))?`,
    async ({ kind = "", unless, name = "" }, context) => {
      const { session, server } = context;
      const target = parseTarget(name, session);
      return ddl(context, [target], async () => {
        const temporary = session.workspace.temporary.get(keyOf(target));
        if (temporary !== undefined && kindOf(kind) === "table") {
          await session.connection.run(`drop table ${placeText(temporary)}`);
          session.workspace.temporary.delete(keyOf(target));
          return done(`${target.name} successfully dropped.`);
        }
        const entry = server.catalog.get(target);
        if (entry === undefined && unless !== undefined) {
          return done("Drop statement executed successfully (object already dropped).");
        }
        if (entry === undefined) throw missing(spoken(target), kindOf(kind) === "view" ? "View" : "Table");
        server.catalog.need(target, kindOf(kind));
        await session.connection.run(`drop ${entry.kind} ${placeText(target)}`);
        server.catalog.remove(target);
        return done(`${target.name} successfully dropped.`);
      });
    },
  ),
  shape(
    `alter ${relation}(?<unless> if exists)? {name} rename to {other}`,
    async ({ kind = "", name = "", other = "" }, context) => {
      const { session, server } = context;
      const target = parseTarget(name, session);
      const next = parseTarget(other, target);
      return ddl(context, [target, next], async () => {
        const entry = server.catalog.need(target, kindOf(kind));
        if (server.catalog.get(next) !== undefined) throw exists(spoken(next));
        if (keyOf({ ...next, name: target.name }) !== keyOf(target)) throw beyond("rename into another schema");
        await session.connection.run(`alter ${entry.kind} ${placeText(target)} rename to ${quoted(next.name)}`);
        server.catalog.remove(target);
        server.catalog.put({ ...entry, target: next });
        return done();
      });
    },
  ),
  shape("alter table {name} swap with {other}", async ({ name = "", other = "" }, context) => {
    const { session, server } = context;
    const a = parseTarget(name, session);
    const b = parseTarget(other, session);
    return ddl(context, [a, b], async () => {
      const one = server.catalog.need(a, "table");
      const two = server.catalog.need(b, "table");
      if (one.transient !== two.transient) {
        throw new SnowflakeError(
          "002119",
          "0A000",
          "SQL compilation error:\nPermanent table cannot be swapped with a transient table.",
        );
      }
      if (keyOf({ ...a, name: "" }) !== keyOf({ ...b, name: "" })) throw beyond("swap across schemas");
      const aside = { ...a, name: `${a.name}~swap` };
      await session.connection.together([
        `alter table ${placeText(a)} rename to ${quoted(aside.name)}`,
        `alter table ${placeText(b)} rename to ${quoted(a.name)}`,
        `alter table ${placeText(aside)} rename to ${quoted(b.name)}`,
      ]);
      server.catalog.swap(a, b);
      return done();
    });
  }),
  // A policy is taken and guards nothing here.
  shape(
    "alter table {name} (?:drop row access policy .+, )?add row access policy .+ on \\(.+\\)",
    async ({ name = "" }, context) => alter(context, name, async () => {}),
  ),
  shape("alter table {name} alter column {column} set masking policy .+ force", async ({ name = "" }, context) =>
    alter(context, name, async () => {}),
  ),
  shape("alter table {name} add(?: column)?(?: if not exists)? {rest}", async ({ name = "", rest = "" }, context) => {
    const { name: column, type, notNull, comment } = columnOf(significant(lex(rest, "snowflake")), rest);
    const answer = await alter(context, name, async (target, place) => {
      if (notNull) throw beyond("add a column that must not be NULL");
      if (context.server.catalog.get(target)?.columns.some((each) => each.name === column) === true) {
        throw compilation("001430", "42601", `column '${column}' already exists`);
      }
      await context.session.connection.run(`alter table ${place} add column ${quoted(column)} ${type}`);
    });
    if (comment !== undefined) await describe(context, name, commentColumn(quoted(column), comment));
    return answer;
  }),
  shape(
    "alter table {name} (?:alter|modify)(?: column)? {column} set data type {rest}",
    async ({ name = "", column = "", rest = "" }, context) => {
      const type = duckType(rest);
      if (type === undefined) throw compilation("001003", "42000", `syntax error unexpected '${rest}'.`);
      return alter(context, name, async (_, place) => {
        await context.session.connection.run(
          `alter table ${place} alter column ${quoted(unquoted(column))} set data type ${type}`,
        );
      });
    },
  ),
  shape("alter table {name} drop column {column}", async ({ name = "", column = "" }, context) =>
    alter(context, name, async (_, place) => {
      await context.session.connection.run(`alter table ${place} drop column ${quoted(unquoted(column))}`);
    }),
  ),
  shape("alter table {name} cluster by\\s*\\({rest}\\)", async ({ name = "", rest = "" }, context) =>
    describe(context, name, (entry) => ({ ...entry, clusterBy: `LINEAR(${rest})` })),
  ),
  shape("alter table {name} drop clustering key", async ({ name = "" }, context) =>
    describe(context, name, (entry) => ({ ...entry, clusterBy: "" })),
  ),
  shape(`comment(?: if exists)? on ${relation} {name} is {text}`, async ({ name = "", text = "" }, context) =>
    describe(context, name, (entry) => ({ ...entry, comment: unescaped(text) })),
  ),
  shape(`alter ${relation} {name} set comment\\s*=\\s*{text}`, async ({ name = "", text = "" }, context) =>
    describe(context, name, (entry) => ({ ...entry, comment: unescaped(text) })),
  ),
  shape("comment(?: if exists)? on column {name} is {text}", async ({ name = "", text = "" }, context) => {
    const parts = significant(lex(name, "snowflake")).filter(({ text: part }) => part !== ".");
    const column = parts.at(-1)?.text ?? "";
    const table = parts.slice(0, -1).map(({ text: part }) => part);
    return describe(context, table.join("."), commentColumn(column, unescaped(text)));
  }),
  shape(
    "alter (?:table|view) {name} (?:alter|modify)(?: column)? {column} comment {text}",
    async ({ name = "", column = "", text = "" }, context) =>
      describe(context, name, commentColumn(column, unescaped(text))),
  ),
  shape(
    "grant (?<privileges>[a-z, ]+) on(?: table| view| materialized view)? {name} to(?<to> role| database role| share)? {role}(?: with grant option)?",
    async ({ privileges = "", name = "", to = "", role = "" }, context) =>
      describe(context, name, (entry) => {
        const all = privileges.split(",").map((privilege) => privilege.trim().toUpperCase() as Privilege);
        const who = /share/i.test(to) ? `${ofShare}${unquoted(role)}` : unquoted(role);
        const grants = new Map(entry.grants);
        grants.set(who, new Set([...(grants.get(who) ?? []), ...all]));
        return { ...entry, grants };
      }),
  ),
  shape(`show grants on ${relation} {name}`, async ({ name = "" }, { session, server }) => {
    const {
      kind,
      owner,
      grants = new Map<string, ReadonlySet<string>>(),
    } = server.catalog.need(parseTarget(name, session));
    const shown = (privilege: string, role: string) =>
      role.startsWith(ofShare)
        ? (["", privilege, kind.toUpperCase(), name, "SHARE", role.slice(ofShare.length), "false", owner] as const)
        : (["", privilege, kind.toUpperCase(), name, "ROLE", role, "false", owner] as const);
    const rows = [...grants].flatMap(([role, all]) => [...all].map((privilege) => shown(privilege, role)));
    return texts(
      ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"],
      [shown("OWNERSHIP", owner), ...rows],
      statementType.show,
    );
  }),
];
