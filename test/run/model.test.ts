/** Random projects, rules that fail at random, any number of threads: what is published is what a plain sequential model publishes. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Graph, targetLabel } from "../../src/graph/index.js";
import { assertion, graphOf, source, table, view } from "./graphs.js";
import { world } from "./support.js";

interface Node {
  readonly isView: boolean;
  /** Numbers of earlier nodes. */
  readonly above: readonly number[];
  /** The tick in which building it errors, or none. */
  readonly breaksAt: number;
}

interface Rule {
  readonly reads: readonly number[];
  readonly warn: boolean;
}

interface Project {
  readonly nodes: readonly Node[];
  readonly rules: readonly Rule[];
}

const label = (i: number) => `s.n${i}`;
const rounds = 3;

const projects: fc.Arbitrary<Project> = fc
  .array(
    fc.record({
      isView: fc.boolean(),
      picks: fc.array(fc.nat(), { maxLength: 3 }),
      breaksAt: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
      ),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .chain((drafts) => {
    const nodes = drafts.map(({ isView, picks, breaksAt }, i): Node => {
      const above = i === 0 ? [] : [...new Set(picks.map((pick) => pick % i))];
      return { isView: isView && above.length > 0, above, breaksAt: isView && above.length > 0 ? 0 : breaksAt };
    });
    const rule = fc.record({
      reads: fc.uniqueArray(fc.nat(nodes.length - 1), { minLength: 1, maxLength: 3 }),
      warn: fc.boolean(),
    });
    return fc.record({ nodes: fc.constant(nodes), rules: fc.array(rule, { maxLength: 4 }) });
  });

/** A table holds one text: its name, the tick and the texts that it was made from. */
function graphOfProject({ nodes, rules }: Project): Graph {
  const text = (i: number) => `(select c from "EHR"."S"."N${i}")`;
  const tick = `(select tick from "EHR"."RAW"."T")`;
  return graphOf(
    source("raw.t"),
    ...nodes.map(({ isView, above, breaksAt }, i) => {
      const parts = [`'n${i}'`, ...(isView ? [] : [`${tick}::varchar`]), ...above.map(text)].join(" || ' ' || ");
      const value = breaksAt === 0 ? parts : `case when ${tick} = ${breaksAt} then error('broken') else ${parts} end`;
      const make = isView ? view : table;
      return make(label(i), [...(isView ? [] : ["raw.t"]), ...above.map(label)], { query: `select ${value} as c` });
    }),
    ...rules.map(({ reads, warn }, i) =>
      assertion(`r.r${i}`, reads.map(label), {
        query: `select 1 as bad where substr(md5('r${i}' || ${reads.map(text).join(" || ")}), 1, 1) < '5'`,
        severity: warn ? "warn" : "error",
      }),
    ),
  );
}

type Texts = Map<number, string>;

/** One run, one table after the other in the graph's order. */
function modelRun(
  { nodes, rules }: Project,
  graph: Graph,
  tick: number,
  tables: Texts,
  views: Set<number>,
): Set<number> {
  const rank = graph.actions.map(({ target }) => targetLabel(target));
  const order = nodes.map((_, i) => i).sort((a, b) => rank.indexOf(label(a)) - rank.indexOf(label(b)));
  const node = (i: number) => nodes[i] as Node;
  const ground = (i: number): readonly number[] => (node(i).isView ? node(i).above.flatMap(ground) : [i]);
  const throughViews = (i: number): readonly number[] =>
    node(i).isView ? [i, ...node(i).above.flatMap(throughViews)] : [];
  const existed = (i: number) => (node(i).isView ? oldViews.has(i) : oldTables.has(i));
  const [oldTables, oldViews] = [new Set(tables.keys()), new Set(views)];

  const gateOf = (rule: Rule) => Math.max(...rule.reads.flatMap(ground).map((i) => order.indexOf(i)));
  const rulesAt = (i: number) => rules.filter((rule) => order[gateOf(rule)] === i);
  /** New views that the rules of table i see it through. */
  const attached = (i: number) =>
    new Set(
      rulesAt(i)
        .flatMap(({ reads }) => reads.flatMap(throughViews))
        .filter((v) => !existed(v) && ground(v).includes(i)),
    );
  const homeOf = (v: number) => order.find((i) => !node(i).isView && attached(i).has(v));

  const good = new Map<number, boolean>();
  /** Whether what is built, or stands, at i may be built upon in this run. */
  const usable = (i: number): boolean => {
    if (!node(i).isView) return good.get(i) ?? false;
    if (existed(i)) return node(i).above.every(usable);
    const home = homeOf(i);
    return home === undefined ? node(i).above.every(usable) : (good.get(home) ?? false);
  };
  const textOf = (i: number, staged: Texts): string =>
    node(i).isView ? [`n${i}`, ...node(i).above.map((j) => textOf(j, staged))].join(" ") : (staged.get(i) ?? "");

  for (const i of order) {
    if (node(i).isView) continue;
    const unit = new Set([i, ...attached(i)]);
    const needs = [...unit]
      .flatMap((member) => node(member).above)
      .filter((j) => !unit.has(j) && !(node(j).isView && ground(j).includes(i)));
    const read = rulesAt(i).flatMap(({ reads, warn }) => (warn ? [] : reads));
    const missing = read.flatMap((j) => [...throughViews(j), ...ground(j)]).filter((j) => !unit.has(j) && !existed(j));
    if (![...needs, ...missing].every(usable) || node(i).breaksAt === tick) {
      good.set(i, false);
      continue;
    }
    const staged: Texts = new Map(tables).set(
      i,
      [`n${i}`, `${tick}`, ...node(i).above.map((j) => textOf(j, tables))].join(" "),
    );
    const fails = rulesAt(i).some((rule) => {
      const texts = rule.reads.map((j) => textOf(j, staged)).join("");
      const hash = createHash("md5")
        .update(`r${rules.indexOf(rule)}${texts}`)
        .digest("hex");
      return !rule.warn && hash.charAt(0) < "5";
    });
    good.set(i, !fails);
    if (!fails) tables.set(i, staged.get(i) ?? "");
  }
  for (const v of order) if (node(v).isView && !existed(v) && usable(v)) views.add(v);
  return new Set(order.filter((i) => good.get(i)));
}

describe("published content", () => {
  const runs = process.env.MEDFORM_LONG === "1" ? 600 : 8;

  it(
    "is what the sequential model publishes",
    async () => {
      const property = fc.asyncProperty(projects, fc.integer({ min: 1, max: 5 }), async (project, threads) => {
        const graph = graphOfProject(project);
        await using w = await world();
        await w.sql("create schema EHR.RAW; create table EHR.RAW.T as select 0 as tick");
        const [tables, views]: [Texts, Set<number>] = [new Map(), new Set()];
        for (let tick = 1; tick <= rounds; tick++) {
          await w.sql(`update EHR.RAW.T set tick = ${tick}`);
          const expected = modelRun(project, graph, tick, tables, views);
          const ran = await w.run(graph, { threads });
          const built = project.nodes.flatMap(({ isView }, i) =>
            !isView && ran.statuses[label(i)] === "built" ? [i] : [],
          );
          expect(built).toEqual([...expected].sort((a, b) => a - b));
          for (const [i, text] of tables) expect(await w.rows(`select c from EHR.S.N${i}`)).toEqual([[text]]);
          const there = await w.warehouse.catalog.relations();
          const names = there
            .filter(({ target }) => target.schema === "S")
            .map(({ target }) => Number(target.name.slice(1)));
          expect(names.sort((a, b) => a - b)).toEqual([...tables.keys(), ...views].sort((a, b) => a - b));
        }
      });
      await fc.assert(property, { numRuns: runs });
    },
    60_000 + runs * 1000,
  );
});
