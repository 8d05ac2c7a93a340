/** Slowly changing dimensions through the real engine: late, corrected, repeated and disordered changes in any increments. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../../src/graph/index.js";
import { type World, world } from "../../run/support.js";
import { before, type Version, versions } from "./plain.js";
import { type Change, createLog, customers, landed, learnedAt } from "./project.js";

let graph: Graph;
beforeAll(async () => {
  graph = await customers();
});

async function open(): Promise<World> {
  const w = await world();
  await w.sql(createLog);
  return w;
}

const days = (column: string, base: string) => `date_diff('day', timestamp '${base}', ${column})`;
const history = async (w: World, where = "true"): Promise<readonly Version[]> =>
  (
    await w.rows(
      `select customer, city, tier, ${days("valid_from", "2020-01-01")}, ${days("valid_to", "2020-01-01")},
         ${days("recorded_from", "2024-01-01")}, ${days("recorded_to", "2024-01-01")}
       from "EHR"."GOLD"."HISTORY" where ${where}`,
    )
  ).map(([customer, city, tier, from, to, recordedFrom, recordedTo]) => ({
    customer: String(customer),
    city: city === null ? null : String(city),
    tier: String(tier),
    from: Number(from),
    to: to === null ? null : Number(to),
    recordedFrom: Number(recordedFrom),
    recordedTo: recordedTo === null ? null : Number(recordedTo),
  }));

const sorted = <T>(rows: readonly T[]) =>
  rows.map((row) => JSON.stringify(row, Object.keys(row as object).sort())).sort();
const everything = async (w: World) => sorted(await w.rows(`select * from "EHR"."GOLD"."HISTORY"`));
const known = (at: number) =>
  `recorded_from <= ${learnedAt(at)} and (recorded_to is null or recorded_to > ${learnedAt(at)})`;
const told = ({ recordedFrom: _from, recordedTo: _to, ...version }: Version) => version;

/** Lands each batch and runs; whatever is asked of what was known is answered later as it was then. */
async function increments(w: World, batches: readonly (readonly Change[])[], runs: ReadonlySet<number>): Promise<void> {
  const then = new Map<number, readonly string[]>();
  for (const [index, batch] of batches.entries()) {
    if (batch.length > 0) await w.sql(landed(batch, index));
    if (!runs.has(index) && index < batches.length - 1) continue;
    const { finished, outcomes } = await w.run(graph);
    expect([finished.outcome, outcomes]).toEqual(["succeeded", expect.objectContaining({ history_no_gap: "pass" })]);
    then.set(index, sorted((await history(w, "recorded_to is null")).map(told)));
  }
  for (const [index, wanted] of then) expect(sorted((await history(w, known(index))).map(told))).toEqual(wanted);
}

const change = (at: number, city: string | null, line = at, customer = "ann"): Change => ({
  customer,
  city,
  tier: "a",
  at,
  line,
});

describe("type 2", () => {
  it("keeps a version for each state, half-open, and closes what a later change ends", async () => {
    await using w = await open();
    await increments(w, [[change(1, "Rome")], [change(5, "Oslo")]], new Set([0, 1]));
    const rome = { customer: "ann", city: "Rome", tier: "a", from: 1, recordedFrom: 0 };
    expect(sorted(await history(w))).toEqual(
      sorted([
        { ...rome, to: null, recordedTo: 1 },
        { ...rome, to: 5, recordedFrom: 1, recordedTo: null },
        { ...rome, city: "Oslo", from: 5, to: null, recordedFrom: 1, recordedTo: null },
      ]),
    );
    expect(await w.rows(`select city from "EHR"."GOLD"."HISTORY" where is_current`)).toEqual([["Oslo"]]);
  });

  it("makes no version of what is said again, and remembers that it was said when a late change comes between", async () => {
    await using w = await open();
    await increments(w, [[change(1, "Rome")], [change(5, "Rome")]], new Set([0, 1]));
    expect(await history(w)).toHaveLength(1);
    await w.sql(landed([change(3, "Oslo")], 2));
    await w.run(graph);
    const now = (await history(w, "recorded_to is null")).map(({ city, from, to }) => [city, from, to]);
    expect(now.sort()).toEqual([
      ["Oslo", 3, 5],
      ["Rome", 1, 3],
      ["Rome", 5, null],
    ]);
  });

  const random: fc.Arbitrary<Omit<Change, "line">> = fc.record({
    customer: fc.constantFrom(...Array.from({ length: 12 }, (_, number) => `customer ${number}`)),
    city: fc.constantFrom("Rome", "Oslo", null),
    tier: fc.constantFrom("a", "a", "b"),
    at: fc.integer({ min: 1, max: 6 }),
  });
  const histories = fc
    .array(fc.array(random, { maxLength: 25 }), { minLength: 2, maxLength: 6 })
    .chain((batches) =>
      fc.record({
        batches: fc.constant(batches),
        lines: fc.shuffledSubarray(
          Array.from({ length: 150 }, (_, line) => line),
          { minLength: 150 },
        ),
        runs: fc.subarray([...batches.keys()]),
      }),
    )
    .map(({ batches, lines, runs }) => {
      let next = 0;
      const numbered = batches.map((batch) => batch.map((each) => ({ ...each, line: lines[next++] ?? 0 })));
      return { batches: numbered, runs: new Set(runs) };
    })
    .filter(({ batches }) => batches.flat().length > 0);

  it("and the others equal the plain model, whatever comes in which increment, and a full refresh", {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ batches, runs }) => {
        await using w = await open();
        await increments(w, batches, runs);
        expect(sorted(await history(w))).toEqual(sorted(versions(batches)));
        const three = await w.rows(
          `select customer, city, ${days("current_since", "2020-01-01")}, previous_city, ${days("previous_since", "2020-01-01")}
           from "EHR"."GOLD"."BEFORE"`,
        );
        expect(
          three
            .map(([, ...rest]) => rest.map((value) => (typeof value === "bigint" ? Number(value) : value)).join("/"))
            .sort(),
        ).toEqual(
          before(batches)
            .map(({ city, since, previousCity, previousSince }) => [city, since, previousCity, previousSince].join("/"))
            .sort(),
        );
        const current = await w.rows(`select customer, city, tier, paid from "EHR"."GOLD"."HISTORY" where is_current`);
        expect(sorted(await w.rows(`select customer, city, tier, paid from "EHR"."GOLD"."NOW"`))).toEqual(
          sorted(current),
        );
        const incremental = await everything(w);
        await w.run(graph, { fullRefresh: true });
        expect(await everything(w)).toEqual(incremental);
      }),
      process.env.MEDFORM_LONG === "1" ? { numRuns: 100, endOnFailure: true } : { numRuns: 4, endOnFailure: true },
    );
  });
});

describe("the rules of history", () => {
  const table = `"EHR"."GOLD"."HISTORY"`;
  const rome = `city = 'Rome' and recorded_to is null`;
  const wrong: Readonly<Record<string, readonly string[]>> = {
    history_period: [`update ${table} set valid_to = valid_from where ${rome}`],
    history_no_gap: [`update ${table} set valid_to = valid_to - interval '1 day' where ${rome}`],
    history_no_overlap: [
      `update ${table} set valid_to = valid_to + interval '1 day' where ${rome}`,
      `update ${table} set recorded_to = null where recorded_to is not null`,
    ],
    history_one_current: [
      `update ${table} set is_current = false`,
      `update ${table} set is_current = true`,
      `update ${table} set is_current = null`,
    ],
    history_never_rewritten: [
      `update ${table} set city = 'Paris' where ${rome}`,
      `update ${table} set city = null where recorded_to is not null`,
      `update ${table} set paid = null where recorded_to is not null`,
      `delete from ${table} where recorded_to is not null`,
      `update ${table} set version_hash = null where ${rome}`,
      `update ${table} set valid_from = valid_from - interval '1 day' where ${rome}`,
      `update ${table} set recorded_to = recorded_to + interval '1 hour' where recorded_to is not null`,
      `update ${table} set recorded_from = recorded_from - interval '1 hour' where ${rome}`,
      `insert into ${table} select * replace ('Paris' as city, recorded_from + interval '1 hour' as recorded_to, recorded_from + interval '1 minute' as recorded_from) from ${table} where recorded_to is not null`,
    ],
  };
  it.each(Object.entries(wrong))("%s finds what breaks it", async (rule, statements) => {
    await using w = await open();
    await increments(w, [[change(1, "Rome")], [change(5, "Oslo")]], new Set([0, 1]));
    const assertion = graph.actions.find(({ kind }) => kind === "assertion");
    const query = assertion?.kind === "assertion" ? assertion.query : "";
    const failing = async () => (await w.rows(`select distinct rule from (${query})`)).flat();
    expect(await failing()).toEqual([]);
    for (const statement of statements) {
      await w.sql("begin");
      await w.sql(statement);
      expect([statement, await failing()]).toEqual([statement, expect.arrayContaining([rule])]);
      await w.sql("rollback");
    }
  });

  it("bear a source that rewrote what it had told: it is recorded as learned when it was", async () => {
    await using w = await open();
    await increments(w, [[change(1, "Rome")], [change(5, "Oslo")]], new Set([0, 1]));
    const then = await history(w, known(1));
    await w.sql(`update "EHR"."RAW"."CHANGE" set city = 'Paris' where city = 'Rome'`);
    // Said again: by what the log says now it teaches nothing.
    await w.sql(landed([change(6, "Oslo")], 2));
    const { finished } = await w.run(graph);
    expect(finished.outcome).toBe("succeeded");
    const now = (await history(w, known(2))).map(({ city, from, to, recordedFrom }) => [city, from, to, recordedFrom]);
    expect(now.sort()).toEqual([
      ["Oslo", 5, null, 1],
      ["Paris", 1, 5, 2],
    ]);
    expect(sorted((await history(w, known(1))).map(told))).toEqual(sorted(then.map(told)));
  });
});
