/** A disk that is full at some moment of a refresh or a load: the command says so, and what was not committed is as it was. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isBuilt } from "./child.js";
import { attempt, each, type Scene, type Trial, warehouseIn } from "./scene.js";
import { long, spread } from "./scenes.js";
import { sceneOf, w } from "./shared.js";

const timeout = 1_800_000;
const names = ["refresh", "load"] as const;

/** A file system of its own for one process, where the system lets us have one. */
const canMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", w.dir]).status === 0;

function told(scene: Scene, what: string, trial: Trial): readonly string[] {
  const { ended, wrong, left } = trial;
  const all = [...wrong];
  if (ended.code === 0) {
    // Room enough for all but what is tidied up at the end.
    const same = Object.entries(scene.after.tables).every(
      ([key, { content }]) => left.tables[key]?.content === content,
    );
    if (!same) all.push("it ended well with something else");
  } else if (ended.code !== 1 || !`${ended.stdout}${ended.stderr}`.includes("disk-full"))
    all.push(`it ended with ${ended.code}`);
  return all.length === 0 ? [] : [`${what}: ${all.join("; ")}. It said: ${ended.stdout}${ended.stderr}`];
}

describe.skipIf(!isBuilt)("a disk that is full (needs the built command)", () => {
  it.each(names)("no file may grow beyond a size: %s", { timeout }, async (name) => {
    const scene = await sceneOf(name);
    let full = 0;
    const wrong = await each(long ? spread(40, 40, 21) : [8], 2, async (kilobytes) => {
      const trial = await attempt(scene, w.dir, {
        fault: { kind: "none" },
        within: () => `ulimit -f ${kilobytes - 1}; exec "$@"`,
      });
      if (trial.ended.code === 1) full += 1;
      return told(scene, `${kilobytes - 1} kB`, trial);
    });
    expect(wrong.flat()).toEqual([]);
    expect(full).toBeGreaterThan(long ? 10 : 0);
  });

  it.skipIf(!canMount).each(names)(
    "no room in the file system (needs the right to mount): %s",
    { timeout },
    async (name) => {
      const scene = await sceneOf(name);
      const size = Math.ceil(statSync(warehouseIn(scene.before)).size / 4096);
      let full = 0;
      const wrong = await each(long ? spread(20, 20, 22) : [3], 2, async (pages) => {
        const room = (size + pages) * 4096;
        const trial = await attempt(scene, w.dir, {
          fault: { kind: "none" },
          // What is left is brought out of the file system, which goes with the process.
          within: (folder) => `unshare -rm bash -c '
          small=${folder}/small; mkdir $small; mount -t tmpfs -o size=${room} tmpfs $small
          mv ${warehouseIn(folder)} $small/
          MEDFORM_DISK_RESERVE=0 MEDFORM_DUCKDB=${warehouseIn("$small")} "$@"; code=$?
          mv $small/* ${folder}/; umount $small; rmdir $small; exit $code' bash "$@"`,
        });
        if (trial.ended.code === 1) full += 1;
        return told(scene, `${pages} pages`, trial);
      });
      expect(wrong.flat()).toEqual([]);
      expect(full).toBeGreaterThan(long ? 4 : 0);
    },
  );
});
