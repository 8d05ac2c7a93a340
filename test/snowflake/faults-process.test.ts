/** A refresh on Snowflake that is killed, or asked to stop: nothing is half done, and a plain repetition ends as if nothing had been. */
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isBuilt } from "../faults/child.js";
import { long, seed, spread, longTimeout as timeout } from "../faults/scenes.js";
import { places, sides } from "./faults/blows.js";
import { clinic } from "./faults/clinic.js";
import { type Disturbed, type SceneName, Trials } from "./faults/trial.js";
import { countOf, killedAt, scenes, told } from "./faults/ways.js";

const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

/** How many statements each sends, a tenth less: for so few kills it is not worth while to count them. */
const about: Readonly<Record<SceneName, number>> = { first: 160, refresh: 100, reshape: 130, refused: 70 };

describe.skipIf(!isBuilt)("a process that runs a refresh on Snowflake (needs the built command)", { timeout }, () => {
  let ward: Trials;
  beforeAll(async () => {
    ward = new Trials(await clinic());
  });
  afterAll(() => ward.clinic[Symbol.asyncDispose]());

  it.each(long ? scenes : scenes.slice(1, 3))(`is killed around a statement: %s (seed ${seed})`, async (name) => {
    const count = long ? await countOf(ward, name) : about[name];
    const wrong: string[] = [];
    for (const at of spread(count, long ? count : 1, 51)) {
      for (const when of long ? sides : sides.slice(at % 2, 1 + (at % 2))) {
        const trial = await ward.of(name, (how) => killedAt(how, { matches: "", occurrence: at, when }));
        wrong.push(...told(`${name} ${when} ${at} (${trial.said.code})`, trial));
        if (!long) expect(trial.said.code).toBe(null);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(long ? signals : signals.slice(0, 1))(
    "is asked to stop by %s, ends with %i, and its slow statement with it; nobody else may write before",
    async (signal, code) => {
      const trial = await ward.of("refresh", async ({ clinic: { server }, call, start }) => {
        const effect = { kind: "delay", milliseconds: 600_000 } as const;
        const slow = await server.hook({ on: "statement", matches: "^insert overwrite", tagged: "PATIENT", effect });
        let child: ChildProcess | undefined;
        const ended = start({
          started: (given) => {
            child = given;
          },
        });
        await Promise.race([slow.reached(), ended]);
        const second = await call();
        expect([second.code, second.stderr]).toEqual([3, expect.stringContaining(`process ${child?.pid}`)]);
        const asked = performance.now();
        child?.kill(signal);
        const said = await ended;
        expect(performance.now() - asked).toBeLessThan(20_000);
        await slow.remove();
        const sent = await server.statements({ matches: "^insert overwrite", tagged: "PATIENT" });
        expect(sent.at(-1)?.outcome).toBe("000604");
        return said;
      });
      expect([trial.said.code, trial.left.state.lastRun?.outcome]).toEqual([code, "cancelled"]);
      expect([told(signal, trial), trial.left.about]).toEqual([[], []]);
    },
  );

  it(`goes on with --resume where it was killed (seed ${seed})`, async () => {
    let resumed = 0;
    const tried = spread(long ? 45 : 1, long ? 15 : 1, 54);
    for (const at of tried) {
      const again = async ({ args, call }: Disturbed) => {
        const said = await call([...args, "--resume"]);
        if (said.code === 0) resumed += 1;
        // It may have been over, or not have begun.
        return said.stderr.includes("resume-nothing") ? call() : said;
      };
      const hook = { ...places.COMMIT, tagged: "PATIENT", when: at % 2 === 0 ? "before" : "after" } as const;
      const where = long ? { matches: "", occurrence: 45 + at, when: hook.when } : hook;
      const trial = await ward.of("refresh", (how) => killedAt(how, where), { again });
      expect([trial.said.code, told(`resumed ${at}`, trial)]).toEqual([null, []]);
      expect(trial.again.stderr).toContain("without a word");
    }
    expect(resumed).toBeGreaterThanOrEqual(Math.ceil(tried.length / 2));
  });
});
