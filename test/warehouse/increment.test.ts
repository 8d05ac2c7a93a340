/** Random increments against a model of a few lines: what is in the table afterwards, what counts as changed, what is refused. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type IncrementPolicy, ProblemError, type SchemaChange } from "../../src/graph/index.js";
import { openDuckDb, type Warehouse } from "../../src/warehouse/index.js";
import { type Engine, engines, has, planOf, publish, relation, values } from "./engines.js";

const long = process.env.MEDFORM_LONG === "1";

/** Ways by which rows are replaced, each in a warehouse of its own; a run over HTTP costs much more. */
interface Ways {
  readonly engine: Engine;
  readonly runs: number;
  open(): Promise<readonly Warehouse[]>;
}

const holder = { command: "medform test" };

const waysOf: Readonly<Record<Engine["name"], Omit<Ways, "engine">>> = {
  duckdb: {
    runs: long ? 400 : 24,
    open: () =>
      Promise.all(
        (["delete", "rewrite"] as const).map((mergeBy) =>
          openDuckDb({ path: ":memory:", database: "EHR", threads: 2, holder, mergeBy }),
        ),
      ),
  },
  snowflake: { runs: long ? 60 : 4, open: async () => [await openEngine("snowflake")] },
};

const openEngine = (name: Engine["name"]): Promise<Warehouse> => {
  const engine = engines.find((each) => each.name === name);
  if (!engine) throw new Error(`no engine ${name}`);
  return engine.open(":memory:");
};

/** The code that it is refused with; undefined where it is not. */
async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]?.code;
    throw error;
  }
}

let last = 0;
const token = () => {
  last += 1;
  return last;
};

interface Row {
  readonly k: number | null;
  readonly l: string | null;
  /** Hours since 2024-01-01. */
  readonly at: number | null;
  readonly v: number;
}

const row: fc.Arbitrary<Row> = fc.record({
  k: fc.option(fc.integer({ min: 0, max: 3 })),
  l: fc.option(fc.constantFrom("a", "b")),
  at: fc.option(fc.integer({ min: 0, max: 90 })),
  v: fc.integer({ min: 0, max: 2 }),
});

const instant = (hours: number) => new Date(Date.UTC(2024, 0, 1, hours)).toISOString().slice(0, 19);

function query(rows: readonly Row[], spell: (name: string) => string): string {
  const literal = ({ k, l, at, v }: Row) =>
    `(${k}, ${l === null ? "null" : `'${l}'`}, ${at === null ? "null" : `'${instant(at)}'`}, ${v})`;
  const types = { k: "integer", l: "varchar", at: "timestamp", v: "integer" };
  const select = Object.entries(types)
    .map(([name, type]) => `cast("${name}" as ${type}) as "${spell(name)}"`)
    .join(", ");
  const list = rows.length === 0 ? "(null, null, null, null)" : rows.map(literal).join(", ");
  return `select ${select} from (values ${list}) as t(k, l, "at", v)${rows.length === 0 ? " where false" : ""} -- end`;
}

interface Case {
  readonly increment: IncrementPolicy;
  readonly keys: readonly (keyof Row)[];
}

const cases: readonly Case[] = [
  { increment: { kind: "insert" }, keys: [] },
  { increment: { kind: "insert" }, keys: ["k", "l"] },
  { increment: { kind: "merge" }, keys: ["k"] },
  { increment: { kind: "merge" }, keys: ["k", "l"] },
  { increment: { kind: "interval", column: "AT" }, keys: [] },
  { increment: { kind: "interval", column: "At", grain: "day" }, keys: [] },
  { increment: { kind: "interval", column: "at", grain: "month" }, keys: ["k", "l", "v"] },
];

/** The rows afterwards and how many changed; undefined where the increment is refused. */
function model(table: readonly Row[], incoming: readonly Row[], { increment, keys }: Case) {
  const key = (one: Row) => JSON.stringify(keys.map((name) => one[name]));
  if (keys.length > 0 && new Set(incoming.map(key)).size < incoming.length) return undefined;
  const hours =
    increment.kind !== "interval" || increment.grain === undefined ? 1 : increment.grain === "day" ? 24 : 744;
  const interval = ({ at }: Row) => (at === null ? "null" : String(Math.floor(at / hours)));
  switch (increment.kind) {
    case "insert": {
      const known = new Set(keys.length === 0 ? [] : table.map(key));
      const fresh = incoming.filter((one) => !known.has(key(one)));
      return { rows: [...table, ...fresh], changed: fresh.length };
    }
    case "merge":
    case "interval": {
      const same = increment.kind === "merge" ? key : interval;
      const replaced = new Set(incoming.map(same));
      const kept = table.filter((one) => !replaced.has(same(one)));
      return { rows: [...kept, ...incoming], changed: Math.max(table.length - kept.length, incoming.length) };
    }
  }
}

const sorted = (rows: readonly unknown[]) => rows.map((each) => JSON.stringify(each)).sort();
const stored = ({ k, l, at, v }: Row) => [k, l, at === null ? null : instant(at), v];

/** From narrow to wide; a text is of another kind. */
const widths = ["SMALLINT", "INTEGER", "BIGINT"] as const;
type Type = (typeof widths)[number] | "VARCHAR";

interface Field {
  readonly name: string;
  readonly type: Type;
}

const fieldsOf = (integers: readonly Type[]): fc.Arbitrary<readonly Field[]> => {
  const type = fc.constantFrom<Type>(...integers, "INTEGER", "INTEGER", "VARCHAR");
  return fc
    .uniqueArray(fc.constantFrom("a", "b", "c", "D"), { minLength: 1, maxLength: 4 })
    .chain((names) => fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), type }))));
};

const selectOf = (columns: readonly Field[], id: number) =>
  `select ${id} as id, ${columns.map(({ name, type }) => `cast(${id} as ${type}) as ${name}`).join(", ")}`;

type Cells = Readonly<Record<string, number | string | null>>;

interface State {
  readonly columns: readonly Field[];
  readonly rows: readonly Cells[];
}

/** The table after the model became `query`; undefined where that is refused. */
function follow(
  { columns, rows }: State,
  query: readonly Field[],
  id: number,
  policy: SchemaChange,
): State | undefined {
  const given = new Map(query.map((field) => [field.name, field.type]));
  const had = new Set(columns.map(({ name }) => name));
  const width = (type: Type) => (widths as readonly string[]).indexOf(type);
  const fresh = query.filter(({ name }) => !had.has(name));
  const gone = columns.filter(({ name }) => !given.has(name));
  for (const { name, type } of columns) {
    const wanted = given.get(name) ?? type;
    if (wanted === type) continue;
    const [from, to] = [width(type), width(wanted)];
    const both = from >= 0 && to >= 0;
    const allowed =
      policy === "ignore" ? type === "VARCHAR" || (both && to < from) : policy !== "fail" && both && to > from;
    if (!allowed) return undefined;
  }
  if (policy === "fail" && fresh.length + gone.length > 0) return undefined;
  const after = columns
    .filter(({ name }) => policy !== "sync" || given.has(name))
    .map(({ name, type }) => ({ name, type: policy === "ignore" ? type : (given.get(name) ?? type) }))
    .concat(policy === "ignore" ? [] : fresh);
  const cell = ({ name, type }: Field) => (!given.has(name) ? null : type === "VARCHAR" ? String(id) : id);
  const incoming = Object.fromEntries(after.map((field) => [field.name, cell(field)]));
  const kept = rows.map((each) => Object.fromEntries(after.map(({ name }) => [name, each[name] ?? null])));
  return { columns: after, rows: [...kept, incoming] };
}

describe.each(engines.map((engine): Ways => ({ engine, ...waysOf[engine.name] })))("$engine.name", (the) => {
  const { engine, runs } = the;
  const { named, typed } = engine;
  let warehouses: readonly Warehouse[] = [];

  beforeAll(async () => {
    warehouses = await the.open();
    for (const warehouse of warehouses) await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
  });
  afterAll(async () => {
    for (const warehouse of warehouses) await warehouse[Symbol.asyncDispose]();
  });

  describe("random increments", () => {
    it.each(cases)("$increment.kind by $keys: as the model says, whichever way they go in", async (one) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(row, { maxLength: 12, selector: (each) => JSON.stringify([each.k, each.l]) }),
          fc.array(fc.tuple(fc.array(row, { maxLength: 5 }), fc.boolean()), { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          async (first, increments, clustered) => {
            const start =
              one.keys.length === 1
                ? first.filter((each, at) => first.findIndex(({ k }) => k === each.k) === at)
                : first;
            let expected: readonly Row[] = start;
            const base = relation("RANDOM", query(start, String), {
              kind: "incremental",
              increment: one.increment,
              uniqueKey: one.keys.map((name) => name.toUpperCase()),
              clusterBy: clustered ? ["k", '"at"'] : [],
              description: "kept",
            });
            for (const warehouse of warehouses) await publish(warehouse, base, token());
            for (const [rows, loud] of increments) {
              const after = model(expected, rows, one);
              const incrementalQuery = query(rows, (name) => (loud ? name.toUpperCase() : name));
              for (const warehouse of warehouses) {
                const next = { ...base, incrementalQuery };
                const scope = await warehouse.publisher.open({}, planOf([next], "increment"));
                const build = scope.build(next, "increment");
                if (after === undefined) expect(await refusal(build)).toBe("duplicate-key");
                else
                  expect(await build).toEqual({
                    rows: after.rows.length,
                    changed: after.changed,
                    ...(after.changed === 0 && { unchanged: true }),
                    columns: ["k", "l", "at", "v"],
                  });
                if (after === undefined) await scope.discard();
                else await scope.publish([]);
              }
              expected = after?.rows ?? expected;
              for (const warehouse of warehouses) {
                await using session = await warehouse.session();
                expect(sorted(await values(session, 'select * from "EHR"."SILVER"."RANDOM"'))).toEqual(
                  sorted(expected.map(stored)),
                );
                expect((await engine.comments(session, "RANDOM"))[0]).toEqual(["", "kept"]);
              }
            }
          },
        ),
        { numRuns: Math.ceil(runs / 4) },
      );
    });
  });

  describe("random changes of the schema", () => {
    it.each(["extend", "fail", "ignore", "sync"] as const)("%s: as the model says", async (policy) => {
      const fields = fieldsOf(has(engine, "integers of several widths") ? widths : ["INTEGER"]);
      await fc.assert(
        fc.asyncProperty(
          fields,
          fc.array(fields, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (first, later, hooked) => {
            const start = (columns: readonly Field[], id: number) =>
              relation("SHAPES", selectOf(columns, id), {
                kind: "incremental",
                uniqueKey: ["ID"],
                onSchemaChange: policy,
                // With hooks the table is made anew instead of altered.
                incrementalPreOps: hooked ? ['delete from "EHR"."SILVER"."SHAPES" where id < 0'] : [],
              });
            const cells = (columns: readonly Field[], id: number): Cells =>
              Object.fromEntries(columns.map(({ name, type }) => [name, type === "VARCHAR" ? String(id) : id]));
            const asNamed = (each: Cells) =>
              Object.fromEntries(Object.entries(each).map(([name, cell]) => [named(name), cell]));
            let state: State = { columns: first, rows: [cells(first, 0)] };
            for (const warehouse of warehouses) await publish(warehouse, start(first, 0), token());
            for (const [at, columns] of later.entries()) {
              const after = follow(state, columns, at + 1, policy);
              for (const warehouse of warehouses) {
                const code = await refusal(publish(warehouse, start(columns, at + 1), token(), "increment"));
                expect(code).toBe(after === undefined ? "schema-changed" : undefined);
              }
              state = after ?? state;
              for (const warehouse of warehouses) {
                await using session = await warehouse.session();
                const there = await warehouse.catalog.relations();
                const shape = there.find(({ target: { name } }) => name === "SHAPES")?.columns.slice(1);
                expect(shape?.map(({ name, type }) => ({ name, type }))).toEqual(
                  state.columns.map(({ name, type }) => ({ name: named(name), type: typed(type) })),
                );
                const rows = await session.rows('select * from "EHR"."SILVER"."SHAPES" order by id');
                expect(rows.map(({ [named("id")]: _id, ...rest }) => rest)).toEqual(state.rows.map(asNamed));
              }
            }
          },
        ),
        { numRuns: Math.ceil(runs / 2) },
      );
    });
  });
});
