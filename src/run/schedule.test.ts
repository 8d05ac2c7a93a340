import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Unit } from "../plan/index.js";
import { schedule, type UnitResult, type Work } from "./schedule.js";

const target = (name: string) => ({ schema: "S", name });
const unit = (id: string, needs: readonly string[] = [], after: readonly string[] = []): Unit => ({
  id,
  kind: "publish",
  members: [target(id)],
  rules: [],
  needs,
  after,
});

interface Log {
  readonly events: string[];
  most: number;
}

/** Runs a while, fails where `bad` says so, and writes down what happened. */
function worker(log: Log, bad: (id: string) => boolean, stopped = () => false): Work {
  let running = 0;
  const note = async (text: string) => void log.events.push(text);
  return {
    async run({ id }): Promise<UnitResult> {
      log.most = Math.max(log.most, ++running);
      await note(`begin ${id}`);
      await new Promise((done) => setTimeout(done, id.length % 3));
      await note(`end ${id}`);
      running--;
      return bad(id) ? { ok: false, culprit: target(id) } : { ok: true };
    },
    skip: ({ id }, culprit) => note(`skip ${id} on ${culprit.name}`),
    stop: ({ id }) => note(`stop ${id}`),
    stopped,
  };
}

describe("schedule", () => {
  it("skips what needs a failure, on the first culprit, and runs what only comes after it", async () => {
    const log: Log = { events: [], most: 0 };
    const units = [unit("a"), unit("b", ["a"]), unit("c", ["b"]), unit("d", [], ["a"])];
    await schedule(
      units,
      1,
      worker(log, (id) => id === "a"),
    );
    expect(log.events).toEqual(["begin a", "end a", "skip b on a", "skip c on a", "begin d", "end d"]);
  });

  it("hands over what has not begun once it is stopped", async () => {
    const log: Log = { events: [], most: 0 };
    const work = worker(
      log,
      () => false,
      () => log.events.length > 0,
    );
    await schedule([unit("a"), unit("b", ["a"]), unit("c")], 1, work);
    expect(log.events).toEqual(["begin a", "end a", "stop b", "stop c"]);
  });

  it("waits for what runs before it passes an error on", async () => {
    const log: Log = { events: [], most: 0 };
    const work = worker(log, () => false);
    const run = async (each: Unit) => {
      if (each.id === "a") throw new Error("no ledger");
      return work.run(each);
    };
    await expect(schedule([unit("a"), unit("bb"), unit("c", ["a"])], 2, { ...work, run })).rejects.toThrow("no ledger");
    expect(log.events).toEqual(["begin bb", "end bb"]);
  });

  it("begins with what the longest chain waits for, else in plan order, and with one thread in plan order", async () => {
    const units = [unit("x"), unit("y"), unit("a"), unit("b", ["a"]), unit("c", [], ["b"])];
    const begun = async (threads: number) => {
      const log: Log = { events: [], most: 0 };
      await schedule(
        units,
        threads,
        worker(log, () => false),
      );
      return log.events.filter((event) => event.startsWith("begin")).map((event) => event.slice(6));
    };
    expect((await begun(2)).slice(0, 2)).toEqual(["a", "x"]);
    expect(await begun(1)).toEqual(["x", "y", "a", "b", "c"]);
  });

  it("respects every edge and the number of threads", async () => {
    const dags = fc.array(
      fc.record({ needs: fc.array(fc.nat(), { maxLength: 3 }), after: fc.array(fc.nat(), { maxLength: 2 }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    const property = fc.asyncProperty(
      dags,
      fc.integer({ min: 1, max: 4 }),
      fc.nat(5),
      async (dag, threads, failing) => {
        const ids = (list: readonly number[], i: number) => (i === 0 ? [] : [...new Set(list.map((n) => `u${n % i}`))]);
        const units = dag.map(({ needs, after }, i) => unit(`u${i}`, ids(needs, i), ids(after, i)));
        const log: Log = { events: [], most: 0 };
        const bad = (id: string) => Number(id.slice(1)) % 6 === failing;
        await schedule(units, threads, worker(log, bad));
        const at = (text: string) => log.events.findIndex((event) => event === text || event.startsWith(`${text} on `));
        const good = new Map<string, boolean>();
        for (const { id, needs, after } of units) {
          const runs = needs.every((other) => good.get(other));
          good.set(id, runs && !bad(id));
          const begins = at(runs ? `begin ${id}` : `skip ${id}`);
          expect(begins).toBeGreaterThanOrEqual(0);
          for (const other of [...needs, ...after])
            expect(Math.max(at(`end ${other}`), at(`skip ${other}`))).toBeLessThan(begins);
        }
        expect(log.most).toBeLessThanOrEqual(threads);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
