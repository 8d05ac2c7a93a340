/** The Snowflake that the conformance tests run on: the real driver against the test server, which is told every text first. */
import { init, validate } from "@guanmingchiu/sqlparser-ts";
import type { Relation } from "../../src/graph/index.js";
import type { PublishScope, Session, Warehouse } from "../../src/warehouse/index.js";
import { openOn } from "../snowflake/opened.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { type Pair, takeUntold } from "./said.js";

/** Words that a parser lets pass, and that only DuckDB knows. */
const duckdbOnly = /\brange\s*\(|\brange\b|\bduckdb_|\bfilter\s*\(|\bgroup by all\b|\/\//i;

/** A server of its own, which ends with the warehouse. */
export async function openTestSnowflake(): Promise<Warehouse> {
  const server = await startSnowflake();
  try {
    const warehouse = await openTaught(server);
    return {
      ...warehouse,
      async [Symbol.asyncDispose]() {
        await warehouse[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

export async function openTaught(server: SnowflakeServer): Promise<Warehouse> {
  await init();
  return teaching(await openOn(server, { sessions: 16 }), server);
}

/** The same warehouse; before a text goes to the server, its rendering for DuckDB does. */
function teaching(warehouse: Warehouse, server: SnowflakeServer): Warehouse {
  const told = new Set<string>();

  async function learn(...texts: readonly (string | undefined)[]): Promise<void> {
    const pairs: Pair[] = [...takeUntold()];
    for (const { snowflake } of pairs) told.add(snowflake);
    for (const text of texts) {
      if (text === undefined || told.has(text)) continue;
      told.add(text);
      if (duckdbOnly.test(text.replace(/'[^']*'/g, ""))) throw new Error(`only DuckDB reads this: ${text}`);
      validate(text, "snowflake");
      pairs.push({ snowflake: text, duckdb: text });
    }
    if (pairs.length > 0) await server.know(pairs);
  }

  const learnRelation = (relation: Relation) =>
    learn(
      relation.query,
      relation.incrementalQuery,
      ...relation.preOps,
      ...relation.postOps,
      ...relation.incrementalPreOps,
      ...relation.incrementalPostOps,
    );

  const session = (inner: Session): Session => {
    /** Statements are sent in the order in which they were asked for, and none after the end. */
    let line: Promise<unknown> = Promise.resolve();
    const open = new Set<Promise<unknown>>();
    const inLine = <T>(sql: string, work: () => Promise<T>): Promise<T> => {
      const sent = line.then(() => learn(sql)).then(() => ({ answer: work() }));
      line = sent.catch(() => undefined);
      const done = sent.then(({ answer }) => answer);
      open.add(done);
      const over = () => open.delete(done);
      done.then(over, over);
      return done;
    };
    return {
      run: (sql, binds) => inLine(sql, () => inner.run(sql, binds)),
      rows: (sql, binds) => inLine(sql, () => inner.rows(sql, binds)),
      async *stream(sql, binds) {
        await learn(sql);
        yield* inner.stream(sql, binds);
      },
      setVariable: (name, value) => inner.setVariable(name, value),
      cancel: () => void line.then(() => setTimeout(() => inner.cancel())),
      async [Symbol.asyncDispose]() {
        await Promise.allSettled(open);
        await inner[Symbol.asyncDispose]();
      },
    };
  };

  const scope = (inner: PublishScope): PublishScope => ({
    ...inner,
    session: session(inner.session),
    async build(relation, mode) {
      await learnRelation(relation);
      return inner.build(relation, mode);
    },
    async evaluate(query, options) {
      await learn(query);
      return inner.evaluate(query, options);
    },
  });

  return {
    ...warehouse,
    session: async () => session(await warehouse.session()),
    publisher: {
      ...warehouse.publisher,
      async open(variables, plan) {
        for (const { relation } of plan?.builds ?? []) await learnRelation(relation);
        for (const relation of plan?.between ?? []) await learnRelation(relation);
        return scope(await warehouse.publisher.open(variables, plan));
      },
    },
  };
}
