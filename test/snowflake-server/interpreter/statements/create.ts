/** CREATE of schemas, tables and views. */
import type { CatalogColumn, Entry } from "../catalog.js";
import { exists, missing } from "../errors.js";
import { quoted } from "../lex.js";
import { done, folded } from "../results.js";
import { type Context, rendered } from "../session.js";
import { keyOf, parseTarget, placeText, spoken, type Target } from "../target.js";
import { SnowflakeError } from "../types.js";
import { tableColumns } from "../workspace.js";
import { ddl } from "./ddl.js";
import { type Options, optionsOf } from "./options.js";
import { type Shape, shape } from "./shape.js";

type Flag = string | undefined;

export const create: readonly Shape[] = [
  shape("create database(?<unless> if not exists)? {name}", async ({ name = "" }, context) =>
    ddl(context, [], async () => {
      const { name: database } = parseTarget(name, context.session);
      await context.server.duck.attach(database);
      return done(`Database ${database} successfully created.`);
    }),
  ),
  shape(
    "create(?: transient)? schema(?<unless> if not exists)? {name}(?: comment\\s*=\\s*{text})?",
    async ({ name = "", unless }, context) =>
      ddl(context, [], async () => {
        const { schema: database, name: schema } = parseTarget(name, {
          database: "",
          schema: context.session.database,
        });
        if (!context.server.duck.databases.has(database.toUpperCase())) throw missing(database, "Database");
        const place = `${quoted(database)}.${quoted(schema)}`;
        await context.session.connection.run(`create schema ${unless === undefined ? "" : "if not exists "}${place}`);
        return done(`Schema ${schema} successfully created.`);
      }),
  ),
  shape(
    "create(?<replace> or replace)?(?<life> (?:transient|temporary|temp))? table(?<unless> if not exists)? {name}\\s*{tail}",
    async ({ name = "", replace, life, unless, tail = "" }, context) => {
      const target = parseTarget(name, context.session);
      return createTable(context, target, optionsOf(tail, true), { replace, life, unless });
    },
  ),
  shape(
    "create(?<replace> or replace)?(?<secure> secure)?(?<materialized> materialized)? view(?<unless> if not exists)? {name}\\s*{tail}",
    async ({ name = "", replace, secure, materialized, unless, tail = "" }, context) => {
      const target = parseTarget(name, context.session);
      return createView(context, target, optionsOf(tail, false), { replace, secure, materialized, unless });
    },
  ),
];

const plain = {
  comment: "",
  transient: false,
  secure: false,
  materialized: false,
  clusterBy: "",
  grants: undefined,
  query: "",
};

async function createTable(
  context: Context,
  target: Target,
  options: Options,
  { replace, life, unless }: { readonly replace: Flag; readonly life: Flag; readonly unless: Flag },
) {
  const { session, server } = context;
  const { catalog } = server;
  const temporary = /temp/i.test(life ?? "");
  return ddl(context, temporary ? [] : [target], async () => {
    const former = temporary ? undefined : catalog.get(target);
    const already = temporary ? session.workspace.temporary.has(keyOf(target)) : former !== undefined;
    if (already && unless !== undefined) return done(`${target.name} already exists, statement succeeded.`);
    if (already && replace === undefined) throw exists(spoken(target));

    const from = options.like ?? options.clone;
    const source = from === undefined ? undefined : parseTarget(from, session);
    const model = source === undefined ? undefined : catalog.get(source);
    if (source !== undefined && model === undefined && !session.workspace.temporary.has(keyOf(source))) {
      throw missing(spoken(source));
    }
    if (options.clone !== undefined && model?.transient === true && !temporary && !/transient/i.test(life ?? "")) {
      throw new SnowflakeError(
        "002119",
        "0A000",
        "SQL compilation error:\nTransient object cannot be cloned to a permanent object.",
      );
    }

    const place = temporary ? { ...target, schema: `${target.schema}~t${session.id}` } : target;
    const query = options.query === undefined ? undefined : await select(context, options.query);
    const columns: readonly CatalogColumn[] =
      source !== undefined
        ? await catalog.columnsOf(
            session.connection,
            session.workspace.baseOf(source),
            new Map(model?.columns.map((column) => [column.name.toUpperCase(), column.comment])),
          )
        : query !== undefined
          ? query.columns.map((column, at) => ({
              ...column,
              name: options.columns[at]?.name ?? column.name,
              comment: options.columns[at]?.comment ?? "",
            }))
          : options.columns.map((column) => ({ ...column, comment: column.comment ?? "" }));

    // Everything is made beside, so that what is there stays where this fails.
    const made = { ...place, name: `${target.name}~new` };
    if (temporary) {
      await session.connection.run(`create schema if not exists ${quoted(place.database)}.${quoted(place.schema)}`);
    }
    await session.connection.run(`drop table if exists ${placeText(made)}`);
    await session.connection.run(`create table ${placeText(made)} (${tableColumns(columns)})`);
    try {
      if (query !== undefined)
        await session.connection.run(`insert into ${placeText(made)} ${query.text}`, context.signal);
      if (options.clone !== undefined && source !== undefined) {
        await session.connection.run(
          `insert into ${placeText(made)} select * from ${placeText(session.workspace.baseOf(source))}`,
          context.signal,
        );
      }
      await session.connection.together([
        ...(former?.kind === "view" ? [`drop view ${placeText(place)}`] : [`drop table if exists ${placeText(place)}`]),
        `alter table ${placeText(made)} rename to ${quoted(target.name)}`,
      ]);
    } catch (error) {
      await session.connection.run(`drop table if exists ${placeText(made)}`);
      throw error;
    }

    if (temporary) session.workspace.temporary.set(keyOf(target), place);
    else {
      catalog.put({
        ...plain,
        target,
        kind: "table",
        columns,
        comment: options.comment ?? model?.comment ?? "",
        transient: /transient/i.test(life ?? ""),
        clusterBy: options.clusterBy || (model?.clusterBy ?? ""),
        owner: session.role,
        grants: options.copyGrants ? (former ?? model)?.grants : undefined,
      });
    }
    return done(`Table ${target.name} successfully created.`);
  });
}

async function createView(
  context: Context,
  target: Target,
  options: Options,
  flags: { readonly replace: Flag; readonly secure: Flag; readonly materialized: Flag; readonly unless: Flag },
) {
  const { session, server } = context;
  return ddl(context, [target], async () => {
    const former: Entry | undefined = server.catalog.get(target);
    if (former !== undefined && flags.unless !== undefined)
      return done(`${target.name} already exists, statement succeeded.`);
    if (former !== undefined && flags.replace === undefined) throw exists(spoken(target));
    if (former?.kind === "table") {
      // A view does not replace a table there.
      throw new SnowflakeError(
        "001998",
        "42710",
        `SQL compilation error:\nObject '${target.name}' already exists as TABLE`,
      );
    }
    if (options.query === undefined) throw missing("AS");
    const query = await select(context, options.query);
    const columns = query.columns.map((column, at) => ({
      ...column,
      name: options.columns[at]?.name ?? column.name,
      notNull: false,
      comment: options.columns[at]?.comment ?? "",
    }));
    if (options.columns.length > 0 && options.columns.length !== query.columns.length) {
      throw new SnowflakeError("002057", "42601", "SQL compilation error:\nInvalid column definition list");
    }
    const names = columns.map(({ name }) => quoted(name)).join(", ");
    await session.connection.run(`create or replace view ${placeText(target)} (${names}) as ${query.text}`);
    server.catalog.put({
      ...plain,
      target,
      kind: "view",
      columns,
      comment: options.comment ?? "",
      secure: flags.secure !== undefined,
      materialized: flags.materialized !== undefined,
      clusterBy: options.clusterBy,
      owner: session.role,
      grants: options.copyGrants ? former?.grants : undefined,
      query: query.text,
    });
    return done(`View ${target.name} successfully created.`);
  });
}

/** A query behind AS, with the names of its columns as they will be stored. */
async function select(context: Context, sql: string) {
  const { session } = context;
  const text = await session.workspace.resolve(rendered(context, sql), session);
  const reader = await session.connection.run(`describe (\n${text}\n)`, context.signal);
  const columns = reader.getRows().map(([name, type]) => ({
    name: folded(String(name), sql),
    type: String(type),
    notNull: false,
    comment: "",
  }));
  return { text, columns };
}
