/** A refresh or load that is killed, at each statement and at any instant: nothing is half done, and the next start ends it. */
import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../../src/sample/random.js";
import { type Fault, isBuilt } from "./child.js";
import { attempt, each, type Trial } from "./scene.js";
import { fence, long, places, type SceneName, scenesOf, seed, spread } from "./scenes.js";
import { ward } from "./ward.js";

const w = ward();
const sceneOf = scenesOf(w);
afterAll(() => w[Symbol.dispose]());

/** At a time: one in each process, and two of these. */
const atOnce = 2;
const timeout = 1_800_000;

let hits = 0;

/** What to say of a trial that was not as promised, or that the fault missed. */
function told(what: string, { ended, wrong, again }: Trial): readonly string[] {
  if (ended.signal === "SIGKILL") hits += 1;
  const missed = ended.signal === "SIGKILL" ? [] : [`it ended by itself with ${ended.code}: ${ended.stderr}`];
  const all = [...missed, ...wrong];
  return all.length === 0 ? [] : [`${what} (${ended.struck}): ${all.join("; ")}. Again: ${again.stderr}`];
}

describe.skipIf(!isBuilt)("a process that is killed (needs the built command)", () => {
  const boundaries: Readonly<Record<SceneName, number>> = { first: 4, refresh: 6, refused: 3, load: 4 };

  it.each(Object.entries(boundaries) as [SceneName, number][])(
    `before a statement: %s (seed ${seed})`,
    { timeout },
    async (name, count) => {
      const scene = await sceneOf(name);
      const { statements } = scene;
      const some = spread(statements.length, long ? statements.length : count, 1);
      const wrong = await each(some, atOnce, async (at) =>
        told(`statement ${at}`, await attempt(scene, w.dir, { fault: { kind: "kill", at } })),
      );
      expect(wrong.flat()).toEqual([]);
      if (long) expect(some).toHaveLength(statements.length);
    },
  );

  it("between the commit of a publication and its record", { timeout }, async () => {
    const scene = await sceneOf("refresh");
    const all = places(scene.statements, fence, 2);
    expect(all).toHaveLength(5);
    const some = long ? all : all.slice(2, 3);
    const found = await each(some, atOnce, async (at) => {
      const trial = await attempt(scene, w.dir, { fault: { kind: "kill", at } });
      expect(told(`statement ${at}`, trial)).toEqual([]);
      const { left, again, final, ended } = trial;
      const unrecorded = Object.entries(left.markers).filter(([key, run]) => left.state.targets[key]?.version !== run);
      expect(again.stderr).toContain(
        `An earlier command was interrupted: ${unrecorded.length === 1 ? "1 fact" : `${unrecorded.length} facts`}`,
      );
      expect(again.stderr).toContain(`process ${ended.pid}`);
      expect(left.state.lastRun?.outcome).toBe("interrupted");
      expect(final.records.filter(({ outcome }) => outcome === "recovered")).toHaveLength(unrecorded.length);
      return unrecorded.length;
    });
    // Of a group all at once.
    expect(found.toSorted()).toEqual(long ? [1, 1, 1, 1, 2] : [2]);
  });

  it(`while it recovers from having been killed (seed ${seed})`, { timeout }, async () => {
    const scene = await sceneOf("refresh");
    const random = new Random(seed, 2);
    const [, , at = 0] = places(scene.statements, fence, 2);
    // The second start recovers within its first statements: reads what is missing, appends it, opens its own chain.
    const seconds = spread(30, long ? 30 : 3, 3);
    const wrong = await each(seconds, atOnce, async (second) => {
      const then: readonly Fault[] = [
        { kind: "kill", at: second },
        ...(long ? [{ kind: "kill" as const, at: random.int(1, 30) }] : []),
      ];
      const trial = await attempt(scene, w.dir, { fault: { kind: "kill", at }, then });
      return told(`statements ${at} and then ${second}`, trial);
    });
    expect(wrong.flat()).toEqual([]);
  });

  it("while it writes down that it holds the warehouse", { timeout }, async () => {
    const scene = await sceneOf("refresh");
    // Two files each: when it opens the warehouse, and when the run has its id; the draft and its name.
    const some = long ? [1, 2, 3, 4] : [2];
    const wrong = await each(some, atOnce, async (at) =>
      told(`write ${at}`, await attempt(scene, w.dir, { fault: { kind: "kill", of: "file", matching: "lock", at } })),
    );
    expect(wrong.flat()).toEqual([]);
  });

  it.each(["refresh", "load"] as const)(
    `at any instant: %s, four at a time (seed ${seed})`,
    { timeout },
    async (name) => {
      const known = await sceneOf(name);
      const scene = { ...known, args: known.args.map((word) => (word === "1" ? "4" : word)) };
      const random = new Random(seed, name === "load" ? 4 : 5);
      const wanted = long ? 30 : 3;
      let struck = 0;
      const delays = Array.from({ length: wanted * 3 }, () => random.float());
      const wrong = await each(delays, atOnce, async (share) => {
        if (struck >= wanted) return [];
        // From its first statement on; what comes before touches nothing.
        const delay = share * (name === "load" ? 120 : 250);
        const trial = await attempt(scene, w.dir, {
          fault: { kind: "trace" },
          started: (child) => {
            child.stderr?.once("data", () => setTimeout(() => child.kill("SIGKILL"), delay));
          },
        });
        if (trial.ended.signal !== "SIGKILL") return trial.wrong;
        struck += 1;
        return told(`after ${Math.round(delay)} ms`, trial);
      });
      expect(wrong.flat()).toEqual([]);
      expect(struck).toBeGreaterThanOrEqual(wanted);
    },
  );

  it(`was killed at least ${long ? 200 : 25} times`, () => {
    expect(hits).toBeGreaterThanOrEqual(long ? 200 : 25);
  });
});
