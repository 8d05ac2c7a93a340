/** A refresh that died, failed or was stopped, and goes on with --resume: it ends as an undisturbed one, or not at all. */
import { appendFileSync, cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Fault, isBuilt, start } from "./child.js";
import { attempt, call, each, type Scene, warehouseIn } from "./scene.js";
import { fence, long, places, seed, spread } from "./scenes.js";
import { sceneOf, w } from "./shared.js";
import { snapshot } from "./snapshot.js";

const timeout = 1_800_000;
const faults: Readonly<Record<string, (at: number) => Fault>> = {
  killed: (at) => ({ kind: "kill", at }),
  failed: (at) => ({ kind: "fail", message: "IO Error: Input/output error", at }),
  stopped: (at) => ({ kind: "signal", signal: "SIGTERM", at }),
};

/** Resumes; where the dead run had not begun with anything, or had ended, says so and runs anew. */
async function resumed(scene: Scene, folder: string) {
  const asked = await call(["run", "--threads", "1", "--resume"], scene.project, warehouseIn(folder));
  if (asked.code !== 3) return { ...asked, resumed: true };
  if (!asked.stderr.includes("resume-nothing")) return { ...asked, resumed: false };
  return { ...(await call(scene.args, scene.project, warehouseIn(folder))), resumed: false };
}

describe.skipIf(!isBuilt)("a refresh that goes on with --resume (needs the built command)", () => {
  it.each(Object.entries(faults).slice(0, long ? 3 : 1))(
    `ends as an undisturbed one where it was %s (seed ${seed})`,
    { timeout },
    async (name, fault) => {
      const scene = await sceneOf("refresh");
      const last = scene.statements.length;
      // From its first publication on there is something to go on from.
      const [begun = 0] = places(scene.statements, fence);
      const some = long
        ? spread(last, Math.ceil(last / 3), 41)
        : spread(last - begun - 12, 1, name.length).map((at) => begun + at);
      let count = 0;
      const wrong = await each(some, 2, async (at) => {
        const again = async (folder: string) => {
          const end = await resumed(scene, folder);
          if (end.resumed) count += 1;
          return end;
        };
        const trial = await attempt(scene, w.dir, { fault: fault(at), again });
        const all = [...trial.wrong, ...(trial.ended.struck === undefined ? ["it was not struck"] : [])];
        return all.length === 0
          ? []
          : [`${name} at ${at} (${trial.ended.struck}): ${all.join("; ")}. Again: ${trial.again.stderr}`];
      });
      expect(wrong.flat()).toEqual([]);
      expect(count).toBeGreaterThanOrEqual(long ? 20 : 1);
    },
  );

  it.each(["its SQL is another", "another delivery has come"])(
    "is refused with 3 where %s, and nothing is touched",
    { timeout },
    async (what) => {
      const scene = await sceneOf("refresh");
      const folder = mkdtempSync(join(w.dir, "changed-"));
      cpSync(scene.before, folder, { recursive: true });
      const warehouse = warehouseIn(folder);
      const [, at = 0] = places(scene.statements, fence);
      expect((await start({ args: scene.args, warehouse, fault: { kind: "kill", at } })).signal).toBe("SIGKILL");
      let { project } = w;
      if (what.startsWith("its SQL")) {
        project = mkdtempSync(join(w.dir, "project-"));
        cpSync(w.project, project, { recursive: true });
        appendFileSync(join(project, "definitions/counted.sqlx"), " where n > 0");
      } else expect((await call(["load", "synthea-csv", w.delivery("wrong")], project, warehouse)).code).toBe(0);
      const { tables, markers } = await snapshot(warehouse);
      const refused = await call(["run", "--resume"], project, warehouse);
      expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("resume-changed")]);
      expect(await snapshot(warehouse)).toMatchObject({ tables, markers });
      // A plain run goes on with what is now.
      expect((await call(["run"], project, warehouse)).code).toBe(what.startsWith("its SQL") ? 0 : 2);
    },
  );
});
