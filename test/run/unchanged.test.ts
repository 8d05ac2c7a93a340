/** What a run was to build, and need not, because nothing changed of what it reads. */
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Graph, targetKey } from "../../src/graph/index.js";
import { assertion, graphOf, incremental, named, source, table, view } from "./graphs.js";
import { compile, type Ran, type World, world } from "./support.js";

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});

const load = async (name: string, ...values: readonly number[]) => {
  for (const value of values) await w.sql(`insert into EHR.RAW.${name} values (${value})`);
  await w.batch({ database: "EHR", schema: "RAW", name });
};
const problems = ({ events }: Ran) =>
  events.flatMap((event) => ("problem" in event && event.problem ? [event.problem.code] : []));

describe("what reads only what did not change", () => {
  const declared = (name: string) => `config { type: "declaration", schema: "RAW", name: "${name}" }`;
  const relation = (type: string, sql: string, more = "") => `config { type: "${type}", schema: "S"${more} }\n${sql}`;
  const keyed = `, uniqueKey: ["V"]`;
  const from = (...names: readonly string[]) =>
    names.map((name) => `select v from \${ref("${name}")}`).join(" union all ");
  /** Takes what is greater than 10. */
  const great = relation(
    "incremental",
    `select v from \${ref("RAW", "P")} where v > 10 \${when(incremental(), \`and v not in (select v from \${self()})\`)}`,
    keyed,
  );
  const rule = (sql: string) => `config { type: "assertion", schema: "R" }\n${sql}`;
  const files = {
    "p.sqlx": declared("P"),
    "q.sqlx": declared("Q"),
    "great.sqlx": great,
    "seen.sqlx": relation("view", from("GREAT")),
    "below.sqlx": relation("table", from("SEEN"), `, assertions: { nonNull: ["V"] }`),
    "further.sqlx": relation("incremental", from("BELOW"), keyed),
    "both.sqlx": relation("table", from("BELOW", "Q")),
    "z_further.sqlx": relation("table", from("FURTHER")),
    "r_both.sqlx": rule(
      `select 1 as bad where (select max(v) from \${ref("BOTH")}) = 66 and exists (${from("Z_FURTHER")})`,
    ),
  };
  const versions = async () => {
    const { targets } = await w.state();
    return Object.fromEntries(Object.values(targets).map(({ target, version }) => [target.name, version]));
  };
  let graph: Graph;
  beforeEach(async () => {
    graph = await compile(files);
    await w.sql("create schema EHR.RAW; create table EHR.RAW.P (v int); create table EHR.RAW.Q (v int)");
    await load("P", 1, 11);
    await load("Q", 1);
    await w.run(graph);
  });

  it("stays as it is, with the rules over it, and the next run has nothing to do", async () => {
    const before = await versions();
    await load("P", 2);
    const ran = await w.run(graph);
    expect(ran.statuses).toMatchObject({
      "s.great": "built",
      "s.below": "unchanged",
      "s.further": "unchanged",
      "s.both": "unchanged",
      "s.z_further": "unchanged",
    });
    expect(ran.action("s.great")).toMatchObject({ changed: 0 });
    expect(ran.outcomes).toEqual({});
    expect(ran.finished).toMatchObject({ outcome: "succeeded", exitCode: 0, counts: { built: 1 } });
    expect(await versions()).toEqual(before);
    expect((await w.run(graph)).finished.counts).toMatchObject({ built: 0 });
  });

  it("is built again as soon as something changes", async () => {
    await load("P", 2);
    await w.run(graph);
    await load("P", 12);
    const ran = await w.run(graph);
    expect(Object.values(ran.statuses).filter((status) => status === "built")).toHaveLength(5);
    expect(Object.keys(ran.outcomes)).toHaveLength(2);
    expect(await w.rows("select v from EHR.S.Z_FURTHER order by v")).toEqual([[11], [12]]);
    expect((await w.run(graph)).finished.counts).toMatchObject({ built: 0 });
  });

  it("has its rules judged where they read something else that changed: they are about what is published", async () => {
    await load("P", 2);
    await load("Q", 66);
    const ran = await w.run(graph);
    expect(ran.statuses).toMatchObject({ "s.both": "built", "s.z_further": "unchanged" });
    expect(ran.outcomes).toEqual({ r_both: "fail" });
    expect(ran.finished).toMatchObject({ outcome: "failed", exitCode: 2 });
    expect((await w.state()).targets[targetKey(named("s.z_further"))]).toMatchObject({ failing: true });
    await w.sql("delete from EHR.RAW.Q where v = 66");
    await load("Q");
    expect((await w.run(graph)).outcomes).toEqual({ r_both: "pass" });
    expect((await w.state()).targets[targetKey(named("s.z_further"))]).toMatchObject({ failing: false });
  });

  it("is built all the same where it was left behind before", async () => {
    const broken = { ...files, "below.sqlx": relation("table", `select error('broken') as v from \${ref("SEEN")}`) };
    await load("P", 12);
    expect(problems(await w.run(await compile(broken)))).not.toEqual([]);
    await load("P", 3);
    await w.run(graph);
    expect(await w.rows("select v from EHR.S.Z_FURTHER order by v")).toEqual([[11], [12]]);
  });

  it("is built all the same where a selection had left it out", async () => {
    await load("P", 12);
    await w.run(graph, { select: "s.great" });
    await load("P", 3);
    await w.run(graph);
    expect(await w.rows("select v from EHR.S.Z_FURTHER order by v")).toEqual([[11], [12]]);
  });

  it("is built where a hook changed rows, or nobody knows what it did", async () => {
    const hooked = (hook: string) =>
      compile({ ...files, "great.sqlx": `${great}\npre_operations { \${when(incremental(), \`${hook}\`)} }` });
    for (const [hook, status] of [
      [`delete from \${self()} where v < 0`, "unchanged"],
      [`delete from \${self()} where v = (select min(v) from \${self()})`, "built"],
      ["drop table if exists EHR.RAW.NOBODY", "built"],
      [`delete from \${self()} where v < 0; delete from \${self()} where v < 0`, "built"],
    ] as const) {
      const own = await hooked(hook);
      await load("P", 20);
      await w.run(own);
      await load("P", 2);
      expect((await w.run(own)).statuses).toMatchObject({ "s.great": "built", "s.below": status });
    }
  });

  it("is proved as what was built is", async () => {
    await load("P", 2);
    const ran = await w.run(graph, { prove: true });
    expect(ran.finished).toMatchObject({ exitCode: 0, proofs: { pass: 2, skipped: 0 } });
  });

  it("is given new descriptions, and is built where its SQL is another", async () => {
    await load("P", 2);
    const said = { ...files, "below.sqlx": relation("table", from("SEEN"), `, description: "new"`) };
    expect((await w.run(await compile(said))).statuses).toMatchObject({ "s.below": "built" });
    const relations = await w.warehouse.catalog.relations();
    expect(relations.find(({ target }) => target.name === "BELOW")).toMatchObject({ description: "new" });
  });
});

interface Node {
  readonly kind: "table" | "incremental" | "view";
  /** Numbers of earlier nodes, or of sources, which come first. */
  readonly above: readonly number[];
  /** It leaves out what has this remainder by 3; none where 3. */
  readonly without: number;
}

interface Round {
  readonly changes: readonly { readonly source: number; readonly value: number }[];
  /** The only node that is refreshed; all of them where there is none of this number. */
  readonly only: number;
}

interface Story {
  readonly nodes: readonly Node[];
  readonly rules: readonly { readonly reads: readonly number[]; readonly failsAt: number }[];
  /** By round: what comes into a source, or goes from it. */
  readonly rounds: readonly Round[];
}

const sources = 2;

const stories: fc.Arbitrary<Story> = fc
  .record({
    drafts: fc.array(
      fc.record({
        kind: fc.constantFrom("table", "incremental", "incremental", "view"),
        picks: fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
        without: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 3, maxLength: 8 },
    ),
    rules: fc.array(
      fc.record({ picks: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), failsAt: fc.integer({ min: 0, max: 4 }) }),
      { maxLength: 3 },
    ),
    rounds: fc.array(
      fc.record({
        changes: fc.array(fc.record({ source: fc.nat(sources - 1), value: fc.nat(8) }), { maxLength: 2 }),
        only: fc.nat(20),
      }),
      { minLength: 2, maxLength: 4 },
    ),
  })
  .map(({ drafts, rules, rounds }) => ({
    nodes: drafts.map(({ kind, picks, without }, i) => ({
      kind,
      above: [...new Set(picks.map((pick) => pick % (i + sources)))],
      without,
    })),
    rules: rules.map(({ picks, failsAt }) => ({
      reads: [...new Set(picks.map((pick) => sources + (pick % drafts.length)))],
      failsAt,
    })),
    rounds,
  }));

const label = (i: number) => (i < sources ? `raw.p${i}` : `s.n${i}`);
const place = (i: number) =>
  `"EHR".${label(i)
    .toUpperCase()
    .split(".")
    .map((part) => `"${part}"`)
    .join(".")}`;

function graphOfStory({ nodes, rules }: Story): Graph {
  const relations = nodes.map(({ kind, above, without }, at) => {
    const i = at + sources;
    const all = above.map((other) => `select v from ${place(other)}`).join(" union all ");
    const query = `select distinct v from (${all}) where v % 3 <> ${without}`;
    if (kind !== "incremental") return (kind === "table" ? table : view)(label(i), above.map(label), { query });
    const incrementalQuery = `${query} and v not in (select v from ${place(i)})`;
    const gone = `delete from ${place(i)} where v not in (${query})`;
    const increment = { incrementalQuery, incrementalPreOps: [gone], increment: { kind: "merge" } as const };
    return incremental(label(i), above.map(label), { query, uniqueKey: ["V"], ...increment });
  });
  return graphOf(
    ...Array.from({ length: sources }, (_, i) => source(label(i))),
    source("raw.mood"),
    ...relations,
    ...rules.map(({ reads, failsAt }, i) =>
      assertion(`r.r${i}`, ["raw.mood", ...reads.map(label)], {
        query: `select 1 as bad where (select max(v) from "EHR"."RAW"."MOOD") = ${failsAt}`,
      }),
    ),
  );
}

function contentOf(i: number, { nodes }: Story, now: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const node = nodes[i - sources];
  if (node === undefined) return now[i] ?? new Set();
  const all = node.above.flatMap((other) => [...contentOf(other, { nodes } as Story, now)]);
  return new Set(all.filter((value) => value % 3 !== node.without));
}

describe("a warehouse that was refreshed whatever happened", () => {
  const numRuns = process.env.MEDFORM_LONG === "1" ? 300 : 10;

  it(
    "is what a full build makes of its sources, and has nothing left to do",
    async () => {
      const property = fc.asyncProperty(stories, fc.integer({ min: 1, max: 4 }), async (story, threads) => {
        const graph = graphOfStory(story);
        await using own = await world();
        w = own;
        await own.sql("create schema EHR.RAW; create table EHR.RAW.MOOD (v int)");
        const now: Set<number>[] = [];
        for (let i = 0; i < sources; i++) {
          await own.sql(`create table ${place(i)} (v int)`);
          now.push(new Set());
          await load(`P${i}`);
        }
        for (const [round, { changes, only }] of story.rounds.entries()) {
          for (const { source, value } of changes) {
            const values = now[source] as Set<number>;
            if (values.delete(value)) await own.sql(`delete from ${place(source)} where v = ${value}`);
            else await own.sql(`insert into ${place(source)} values (${value})`);
            if (await own.rows(`select 1 from ${place(source)} where v = ${value}`).then((rows) => rows.length > 0))
              values.add(value);
            await load(`P${source}`);
          }
          await load("MOOD", round);
          await own.run(graph, { threads, ...(only < story.nodes.length && { select: label(sources + only) }) });
        }
        await load("MOOD", 99);
        expect((await own.run(graph, { threads })).finished).toMatchObject({ exitCode: 0 });
        for (let i = sources; i < sources + story.nodes.length; i++) {
          const expected = [...contentOf(i, story, now)].sort((a, b) => a - b);
          expect((await own.rows(`select v from ${place(i)} order by v`)).map(([value]) => value)).toEqual(expected);
        }
        expect((await own.plan(graph)).units).toEqual([]);
      });
      await fc.assert(property, { numRuns });
    },
    60_000 + numRuns * 1000,
  );
});
