/** What comes between a refresh and Snowflake on the way: nothing is half done, and nothing is done twice. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isBuilt } from "../faults/child.js";
import { long, seed, spread, longTimeout as timeout } from "../faults/scenes.js";
import { blows, losses, places, sides } from "./faults/blows.js";
import { clinic } from "./faults/clinic.js";
import { Trials } from "./faults/trial.js";
import { countOf, scenes, stricken, told } from "./faults/ways.js";

const all = [
  ["reshape", blows],
  ["refresh", losses],
] as const;
/** Each that drops costs the driver a second. */
const some = [
  ["reshape", blows.filter(({ name }) => /after COMMIT|before a swap|503/.test(name))],
  ["refresh", losses],
] as const;

describe.skipIf(!isBuilt)("what comes between on the way (needs the built command)", { timeout }, () => {
  let wire: Trials;
  beforeAll(async () => {
    // The driver comes again after a second and a random part.
    vi.spyOn(Math, "random").mockReturnValue(0);
    wire = new Trials(await clinic());
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await wire.clinic[Symbol.asyncDispose]();
  });

  it.each(long ? all.flatMap(([scene, some]) => some.map((blow) => [blow.name, scene, [blow]] as const)) : [])(
    "%s",
    async (name, scene, these) => {
      const trial = await wire.of(scene, (how) => stricken(how, these));
      expect([trial.said.code, told(name, trial)]).toEqual([0, []]);
    },
  );

  it.each(long ? [] : some)("one thing after the other: %s", async (scene, these) => {
    const trial = await wire.of(scene, (how) => stricken(how, these));
    expect([trial.said.code, trial.said.stderr, told(scene, trial)]).toEqual([0, "", []]);
  });

  it.each(long ? scenes : (["reshape"] as const))(
    `a statement is refused, each one once: %s (seed ${seed})`,
    async (scene) => {
      const count = long ? await countOf(wire, scene) : 130;
      const wrong: string[] = [];
      for (const at of spread(count, long ? count : 1, 52)) {
        const trial = await wire.of(scene, async ({ clinic: { server }, call }) => {
          const effect = {
            kind: "error",
            code: "100038",
            sqlState: "22018",
            message: "Numeric value 'p17-secret'",
          } as const;
          const hook = await server.hook({ on: "statement", matches: "", occurrence: at, effect });
          const said = await call();
          const hits = await hook.hits();
          await hook.remove();
          if (hits === 0 && at <= 60) wrong.push(`${scene} ${at}: it was not struck`);
          return said;
        });
        wrong.push(...told(`${scene} ${at}`, trial));
        const { said, final } = trial;
        if (`${said.stdout}${said.stderr}`.includes("p17-secret")) wrong.push(`${scene} ${at}: it told a value`);
        if (/internal:/.test(said.stderr)) wrong.push(`${scene} ${at}: ${said.stderr}`);
        if (final.records.some(({ body }) => body.includes("p17-secret")))
          wrong.push(`${scene} ${at}: the ledger told`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it.each(long ? spread(100, 12, 53) : [55])(
    "a storm of 503 does not end, from the %ith statement on: given up after a while",
    async (from) => {
      const trial = await wire.of("refresh", async ({ clinic: { server }, run }) => {
        const effect = { kind: "status", status: 503 } as const;
        const storm = await server.hook({ on: "statement", matches: "", occurrence: { from }, effect });
        const begun = performance.now();
        const said = await run({ patience: 300 });
        // Whatever is said at the end, giving the lease back too, has no more patience than the rest.
        expect(performance.now() - begun).toBeLessThan(60_000);
        await storm.remove();
        return said;
      });
      expect(trial.said.code).not.toBe(0);
      expect(told("storm", trial)).toEqual([]);
    },
  );

  it.each(long ? sides : (["after"] as const))(
    "nothing is heard of COMMIT any more, which was lost %s it was carried out",
    async (when) => {
      const trial = await wire.of("refresh", async ({ clinic: { server }, run }) => {
        const hook = { ...places.COMMIT, when, effect: { kind: "drop" } } as const;
        const deaf = await server.hook({ on: "statement", ...hook });
        const said = await run({ patience: 300 });
        await deaf.remove();
        return said;
      });
      // What was committed shows by its marker.
      expect([trial.said.code, told("commit", trial)]).toEqual([when === "after" ? 0 : 1, []]);
    },
  );
});
