/** Opens what a command is to read: files, databases of others, or relations of the project's warehouse. */
import { ProblemError } from "../graph/index.js";
import { type Found, findSource, ofWarehouse, openSource, type Source } from "../legacy/index.js";
import { openDuckDb, type Session, type Warehouse } from "../warehouse/index.js";
import type { GlobalOptions, Io } from "./io.js";
import { memoryLimitOf, openForReading, openProject } from "./open.js";
import { findShowable } from "./show-query.js";

export interface Readable extends AsyncDisposable {
  readonly session: Session;
  /** For each text what it names: one relation, or all that a folder or a database holds. */
  readonly sources: readonly (readonly Source[])[];
}

/**
 * The project is compiled, and its warehouse opened, only where a text is no path. Nothing can be written.
 *
 * @throws ProblemError `legacy-…`, `show-…`, `legacy-not-here`, and those of opening.
 */
export async function openReadable(
  texts: readonly string[],
  command: string,
  io: Io,
  options: GlobalOptions,
): Promise<Readable> {
  const found = await Promise.all(texts.map((text) => findSource(text, io.cwd)));
  const open = found.includes(undefined) ? await ofProject(command, io, options) : await scratch(io);
  const { warehouse, named } = open;
  try {
    const session = await warehouse.session();
    const cancel = () => session.cancel();
    io.signal.addEventListener("abort", cancel, { once: true });
    const sources: (readonly Source[])[] = [];
    for (const [index, text] of texts.entries()) {
      const source: Found | undefined = found[index];
      sources.push(source === undefined ? [await named(text)] : await openSource(session, source, io.signal));
    }
    return { session, sources, [Symbol.asyncDispose]: () => warehouse[Symbol.asyncDispose]() };
  } catch (error) {
    await warehouse[Symbol.asyncDispose]();
    throw error;
  }
}

interface Opened {
  readonly warehouse: Warehouse;
  readonly named: (text: string) => Promise<Source>;
}

async function scratch({ env }: Io): Promise<Opened> {
  const warehouse = await openDuckDb({
    path: ":memory:",
    memoryLimit: memoryLimitOf(env),
    holder: { command: "profile" },
  });
  return { warehouse, named: () => Promise.reject(new Error("every text is a path")) };
}

async function ofProject(command: string, io: Io, options: GlobalOptions): Promise<Opened> {
  const opened = await openProject(options, io);
  if (opened.graph.engine === "snowflake") {
    throw new ProblemError({
      code: "legacy-not-here",
      message: "Relations of Snowflake cannot be read beside files.",
      hint: "docs/rollout.md has the statements that compare two relations there.",
    });
  }
  if (!opened.warehouseExists) {
    throw new ProblemError({
      code: "show-unbuilt",
      message: "There is no warehouse yet.",
      hint: "medform load brings files in, medform run builds the tables. A file is named with its ending.",
    });
  }
  const warehouse = await openForReading(opened, command, io, options);
  const named = async (text: string) => {
    const relations = await warehouse.catalog.relations();
    const showable = findShowable(text, opened.graph, relations);
    if (showable.kind === "relation") {
      const { database = warehouse.database, schema, name } = showable.target;
      const info = relations.find(
        ({ target }) =>
          target.schema === schema && target.name === name && (target.database ?? warehouse.database) === database,
      );
      if (info !== undefined) return ofWarehouse(info);
    }
    throw new ProblemError({
      code: "legacy-no-relation",
      message: `"${text}" is an assertion, not a table or view.`,
      hint: "medform show shows the rows that it finds.",
    });
  };
  return { warehouse, named };
}
