/** Each statement fails once: what was not committed is as it was, the command says so, and the next one ends it. */
import { describe, expect, it } from "vitest";
import { isBuilt } from "./child.js";
import { attempt, each, type Scene, type Trial } from "./scene.js";
import { long, type SceneName, seed, spread } from "./scenes.js";
import { sceneOf, w } from "./shared.js";

const timeout = 1_800_000;

/** As the engine says it, with a value in it that nobody may see. */
const secret = "p17-secret";
const errors = {
  lasting: `IO Error: Could not write file "/somewhere/${secret}": Input/output error`,
  passing: `TransactionContext Error: Conflict on tuple deletion! ${secret}`,
} as const;

/**
 * What lasts and still lets a command end as if nothing had been: a transaction that is not rolled back, for it ends with its
 * connection; a look for what to anchor, which is told, and made up for by the next run.
 */
const without = ({ struck = "", stderr }: Trial["ended"]) =>
  /^\d+ rollback$/.test(struck) || (/^\d+ select "HASH"/.test(struck) && /^warning: anchor-failed:/m.test(stderr));

/** A failure that passes may be tried again, and all may end well; one that lasts may not pass unnoticed. */
function told(scene: Scene, kind: keyof typeof errors, at: number, trial: Trial): readonly string[] {
  const { ended, wrong, left, final } = trial;
  const all = [...wrong];
  if (ended.struck === undefined) all.push("it was not struck");
  if (`${ended.stdout}${ended.stderr}`.includes(secret)) all.push("it told a value");
  if (/error: internal:/.test(ended.stderr)) all.push("it was told as an error inside medform");
  if (ended.code === 0 || ended.code === 2) {
    const same = Object.entries(scene.after.tables).every(
      ([key, { content }]) => left.tables[key]?.content === content,
    );
    if ((kind === "lasting" && !without(ended)) || ended.code !== scene.code || !same)
      all.push(`it ended with ${ended.code}`);
  } else if (ended.code !== 1) all.push(`it ended with ${ended.code}`);
  if (final.records.some(({ body }) => body.includes(secret))) all.push("the ledger holds a value");
  return all.length === 0 ? [] : [`statement ${at} (${ended.struck}): ${all.join("; ")}. It said: ${ended.stderr}`];
}

describe.skipIf(!isBuilt)("a statement that fails (needs the built command)", () => {
  const counts: Readonly<Record<SceneName, number>> = { first: 0, refresh: 2, refused: 0, load: 1 };
  const cases = (Object.entries(counts) as [SceneName, number][]).filter(([, count]) => long || count > 0);

  describe.each(["lasting", "passing"] as const)("%s", (kind) => {
    it.each(cases)(`%s (seed ${seed})`, { timeout }, async (name, count) => {
      const scene = await sceneOf(name);
      const last = scene.statements.length;
      // Each statement fails once for good; that it fails once and goes on is looked at in some of them.
      const some = !long ? count : kind === "lasting" ? last : Math.ceil(last / 4);
      const wrong = await each(spread(last, some, kind === "passing" ? 11 : 12), 2, async (at) =>
        told(scene, kind, at, await attempt(scene, w.dir, { fault: { kind: "fail", at, message: errors[kind] } })),
      );
      expect(wrong.flat()).toEqual([]);
    });
  });
});
