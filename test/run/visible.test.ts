/**
 * Random projects of every kind of action and rule, several runs of parts of them, and a reader beside: whatever it sees, at
 * whatever moment, is whole and has passed the rules that gate it. What this says of a moment is the rules' own SQL on what is
 * visible then; nothing of the planner is asked.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Action, type Graph, ProblemError, targetLabel } from "../../src/graph/index.js";
import type { Session } from "../../src/warehouse/index.js";
import { assertion, graphOf, incremental, operation, source, table, view } from "./graphs.js";
import { type Ran, type World, world } from "./support.js";

type Kind = "table" | "view" | "incremental" | "operation";

interface Node {
  readonly kind: Kind;
  /** Numbers of earlier nodes; of a view exactly one. */
  readonly above: readonly number[];
  /** The tick in which building it errors, or 0. */
  readonly breaksAt: number;
  readonly grouped: boolean;
}

interface Rule {
  readonly reads: readonly number[];
  readonly warn: boolean;
  /** Failing rows that it bears. */
  readonly bears: number;
  /** The tick in which evaluating it errors, or 0. */
  readonly errsAt: number;
  readonly onlyNew: boolean;
}

interface Project {
  readonly nodes: readonly Node[];
  readonly rules: readonly Rule[];
}

interface Round {
  readonly threads: number;
  readonly fullRefresh: boolean;
  /** Nodes that are selected, with all that is above them; none: everything. */
  readonly picks: readonly number[];
}

const at = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) });

const projects: fc.Arbitrary<Project> = fc
  .array(
    fc.record({
      kind: fc.constantFrom<Kind>("table", "table", "table", "incremental", "incremental", "view", "operation"),
      picks: fc.array(fc.nat(), { maxLength: 2 }),
      breaksAt: at,
      grouped: fc.boolean(),
    }),
    { minLength: 3, maxLength: 7 },
  )
  .chain((drafts) => {
    const nodes = drafts.map(({ kind, picks, breaksAt, grouped }, i): Node => {
      const above = i === 0 ? [] : [...new Set(picks.map((pick) => pick % i))];
      if (kind === "view" && above.length > 0) return { kind, above: above.slice(0, 1), breaksAt: 0, grouped: false };
      return { kind: kind === "view" ? "table" : kind, above, breaksAt, grouped: grouped && kind !== "operation" };
    });
    const rule = fc.record({
      reads: fc.uniqueArray(fc.nat(nodes.length - 1), { minLength: 1, maxLength: 2 }),
      warn: fc.integer({ max: 3, min: 0 }).map((n) => n === 0),
      bears: fc.constantFrom(0, 0, 1),
      errsAt: at,
      onlyNew: fc.boolean(),
    });
    return fc.record({ nodes: fc.constant(nodes), rules: fc.array(rule, { minLength: 2, maxLength: 5 }) });
  });

const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({
    threads: fc.integer({ min: 1, max: 4 }),
    fullRefresh: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    picks: fc.oneof(fc.constant([]), fc.array(fc.nat(6), { minLength: 1, maxLength: 2 })),
  }),
  { minLength: 3, maxLength: 3 },
);

const label = (i: number) => `s.n${i}`;
const name = (i: number) => `"EHR"."S"."N${i}"`;
const tickNow = `(select tick from "EHR"."RAW"."T")`;
const rowsEach = 3;
/** Of 16 rows one fails a rule. */
const fails = (rule: number, h: string, tick: string) => `substr(md5('r${rule}' || ${h} || ${tick}), 1, 1) = '7'`;

/** Rows of one tick: `h` differs in each, `up` is the same in all of them and follows what they were made from. */
function rowsOf(i: number, { above, breaksAt }: Node): string {
  const up = ["''", ...above.map((j) => `(select coalesce(max(h), '') from ${name(j)})`)].join(" || ");
  const sound = `md5('n${i}' || ${tickNow} || j)`;
  const h = breaksAt === 0 ? sound : `case when ${tickNow} = ${breaksAt} then error('broken') else ${sound} end`;
  return `select ${h} as h, ${tickNow} as tick, md5(${up}) as up from range(${rowsEach}) t(j)`;
}

/** The rows that break a rule; `asSeen` as of the tick of each row, not of the one that is now. */
function breaches({ reads, errsAt, onlyNew }: Rule, rule: number, asSeen: boolean): string {
  const [first = 0, ...others] = reads;
  const rest = others.map((j) => `(select coalesce(max(h), '') from ${name(j)})`);
  // A rule on new rows asks something else in every tick, so that old rows may break it.
  const tick = onlyNew ? (asSeen ? "tick" : tickNow) : "''";
  const broken = fails(rule, ["h", ...rest].join(" || "), tick);
  const condition =
    errsAt === 0 || asSeen ? broken : `case when ${tickNow} = ${errsAt} then error('x') else ${broken} end`;
  return `select h from ${name(first)} where ${condition}`;
}

function graphOfProject({ nodes, rules }: Project, groups: boolean): Graph {
  const actions = nodes.map((node, i): Action => {
    const query = rowsOf(i, node);
    const above = ["raw.t", ...node.above.map(label)];
    const tags = groups && node.grouped ? ["publish:all"] : [];
    switch (node.kind) {
      case "incremental":
        return incremental(label(i), above, { query, incrementalQuery: query, tags });
      case "view":
        return view(label(i), node.above.map(label), { query: `select * from ${name(node.above[0] ?? 0)}` });
      case "operation":
        return operation(label(i), above, {
          hasOutput: true,
          queries: [`create or replace table ${name(i)} as ${query}`],
        });
      default:
        return table(label(i), above, { query, tags });
    }
  });
  return graphOf(
    source("raw.t"),
    ...actions,
    ...rules.map((rule, i) =>
      assertion(`r.r${i}`, rule.reads.map(label), {
        query: breaches(rule, i, false),
        severity: rule.warn ? "warn" : "error",
        onlyNew: rule.onlyNew,
        ...(rule.bears > 0 && { threshold: { rows: rule.bears } }),
      }),
    ),
  );
}

/** What the promises say of a project, at any moment. */
function promises({ nodes, rules }: Project, groups: boolean) {
  const ground = (i: number): number => {
    const node = nodes[i];
    return node?.kind === "view" ? ground(node.above[0] ?? 0) : i;
  };
  const isDirect = (i: number) => ["table", "incremental"].includes(nodes[i]?.kind ?? "");
  const gating = rules.flatMap((rule, i) => {
    const tables = [...new Set(rule.reads.map(ground))];
    const gates = !rule.warn && tables.every((j) => nodes[j]?.kind !== "operation");
    return gates ? [{ rule, i, tables }] : [];
  });
  const together = (tables: readonly number[]) =>
    tables.length === 1 || (groups && tables.every((j) => nodes[j]?.grouped));
  return {
    /** Rules that hold whenever all that they read is there: over one table, or over tables that change together. */
    always: gating.filter(
      ({ rule, tables }) =>
        together(tables) && (!rule.onlyNew || (rule.reads.length === 1 && rule.reads.every(isDirect))),
    ),
    /** Rules that hold when the run is over in which their gate was published. */
    atTheEnd: gating.filter(({ rule }) => !rule.onlyNew),
    /** Tables that no version of this tick is ever published of, for a rule that reads only them errs then. */
    never: rules.flatMap(({ reads, errsAt }) =>
      errsAt > 0 && reads.length === 1 && reads.every(isDirect) ? reads.map((j) => ({ j, errsAt })) : [],
    ),
  };
}

interface Sight {
  readonly name: string;
  readonly n: number;
  readonly ticks: number;
  readonly ups: number;
  readonly last: number;
  readonly content: string;
}

/** One moment: what there is of each node, and how many rows break each rule. */
async function look(session: Session, promised: ReturnType<typeof promises>): Promise<readonly Sight[]> {
  await session.run("begin transaction");
  try {
    const found = await session.rows(
      "select table_name as name from information_schema.tables where table_catalog = 'EHR' and table_schema = 'S'",
    );
    const there = new Set(found.map((row) => Number(String(row.name).slice(1))));
    const nodes = [...there].map(
      (i) =>
        `select 'n${i}' as name, count(*) as n, count(distinct tick) as ticks, count(distinct tick || up) as ups, max(tick) as last, md5(string_agg(h || up, '' order by tick, h)) as content from ${name(i)}`,
    );
    const rules = promised.always
      .filter(({ rule }) => rule.reads.every((j) => there.has(j)))
      .map(({ rule, i }) => `select 'r${i}', count(*), 0, 0, 0, '' from (${breaches(rule, i, true)})`);
    if (nodes.length === 0) return [];
    const rows = await session.rows([...nodes, ...rules].join("\nunion all "));
    return rows.map((row) => ({
      name: String(row.name),
      n: Number(row.n),
      ticks: Number(row.ticks),
      ups: Number(row.ups),
      last: Number(row.last),
      content: String(row.content),
    }));
  } finally {
    await session.run("rollback");
  }
}

/** Says what is wrong with a moment; nothing, where nothing is. */
function wrongs(sights: readonly Sight[], { nodes, rules }: Project, { never }: ReturnType<typeof promises>) {
  return sights.flatMap((sight): readonly string[] => {
    const i = Number(sight.name.slice(1));
    if (sight.name.startsWith("r")) {
      const borne = rules[i]?.bears ?? 0;
      return sight.n > borne ? [`${sight.n} rows break ${sight.name}, which bears ${borne}`] : [];
    }
    const whole = sight.n === rowsEach * sight.ticks && sight.ups === sight.ticks;
    const kind = nodes[i]?.kind;
    const single = sight.ticks === 1 || kind === "incremental" || kind === "view";
    const forbidden = never.some(({ j, errsAt }) => j === i && errsAt === sight.last);
    return [
      ...(whole && single ? [] : [`${sight.name} is a mixture: ${JSON.stringify(sight)}`]),
      ...(forbidden ? [`${sight.name} is published, though a rule of it could not be evaluated`] : []),
    ];
  });
}

async function runRound(w: World, graph: Graph, { threads, fullRefresh, picks }: Round, size: number): Promise<Ran> {
  const select = [...new Set(picks.map((pick) => `+${label(pick % size)}`))].join(" ");
  return w.run(graph, { threads, fullRefresh, select });
}

async function check(project: Project, plan: readonly Round[]): Promise<number> {
  const grouped = project.nodes.some((node) => node.grouped);
  let groups = grouped;
  let graph = graphOfProject(project, groups);
  await using w = await world();
  await w.sql("create schema EHR.RAW; create table EHR.RAW.T as select 0 as tick; create schema EHR.S");
  await w.plan(graph).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    // Something stands between two members of the group.
    groups = false;
    graph = graphOfProject(project, groups);
  });
  const promised = promises(project, groups);
  await using beside = await w.warehouse.session();
  await using after = await w.warehouse.session();
  let moments = 0;
  let before = new Map<string, Sight>();
  for (const [index, round] of plan.entries()) {
    await w.sql(`update EHR.RAW.T set tick = ${index + 1}`);
    const seen = new Set(before.keys());
    const bad: string[] = [];
    let running = true;
    const reading = (async () => {
      while (running) {
        const sights = await look(beside, promised);
        bad.push(...wrongs(sights, project, promised));
        const names = new Set(sights.map((sight) => sight.name));
        for (const known of seen) if (!names.has(known)) bad.push(`${known} was there, and is gone`);
        for (const one of names) if (one.startsWith("n")) seen.add(one);
        moments += 1;
        await new Promise((done) => setTimeout(done, 2));
      }
    })();
    const ran = await runRound(w, graph, round, project.nodes.length).finally(() => {
      running = false;
    });
    await reading;
    expect(bad).toEqual([]);

    const sights = await look(after, promised);
    expect(wrongs(sights, project, promised)).toEqual([]);
    const now = new Map(sights.filter((sight) => sight.name.startsWith("n")).map((sight) => [sight.name, sight]));
    for (const [i, { kind }] of project.nodes.entries()) {
      if (kind === "view") continue;
      const status = ran.statuses[label(i)];
      const [old, current] = [before.get(`n${i}`), now.get(`n${i}`)];
      if (status === "built") expect(current?.last).toBe(index + 1);
      else expect(current?.content).toBe(old?.content);
    }
    for (const { rule, i } of promised.atTheEnd) {
      const step = ran.plan.steps.find(({ target }) => targetLabel(target) === `r.r${i}`);
      const gate = step?.decision === "assert" && step.gate ? targetLabel(step.gate) : undefined;
      if (gate === undefined || ran.statuses[gate] !== "built") continue;
      const [{ n } = { n: 0 }] = await after.rows(`select count(*) as n from (${breaches(rule, i, true)})`);
      expect(Number(n), `rows that break r${i}`).toBeLessThanOrEqual(rule.bears);
    }
    before = now;
  }
  return moments;
}

describe("what a reader sees while runs go on", () => {
  const numRuns = process.env.MEDFORM_LONG === "1" ? 100 : 6;

  it(
    "is whole, and has passed the rules that gate it",
    async () => {
      let moments = 0;
      await fc.assert(
        fc.asyncProperty(projects, rounds, async (project, plan) => {
          moments += await check(project, plan);
        }),
        { numRuns, endOnFailure: true },
      );
      expect(moments).toBeGreaterThan(numRuns * 3);
    },
    60_000 + numRuns * 5000,
  );
});
