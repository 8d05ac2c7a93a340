/** Ctrl-C and SIGTERM, a second writer, and an owner that is gone without a word. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isBuilt, start } from "./child.js";
import { attempt, call, each, warehouseIn } from "./scene.js";
import { fence, long, places, seed, spread } from "./scenes.js";
import { sceneOf, w } from "./shared.js";
import { snapshot } from "./snapshot.js";

const timeout = 1_800_000;
const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

describe.skipIf(!isBuilt)("a command that is asked to stop (needs the built command)", () => {
  it.each(signals)(
    `by %s: ends with %i, and leaves what was committed (seed ${seed})`,
    { timeout },
    async (signal, code) => {
      const refresh = await sceneOf("refresh");
      const load = await sceneOf("load");
      const cases = [refresh, load].flatMap((scene) =>
        spread(scene.statements.length, long ? 20 : 1, signal === "SIGINT" ? 31 : 32).map((at) => ({ scene, at })),
      );
      const wrong = await each(cases, 2, async ({ scene, at }) => {
        const trial = await attempt(scene, w.dir, { fault: { kind: "signal", signal, at } });
        const { ended, left } = trial;
        const same = Object.entries(scene.after.tables).every(
          ([key, { content }]) => left.tables[key]?.content === content,
        );
        const all = [...trial.wrong];
        // A signal that came when all was done changes nothing.
        if (ended.code !== code && !(ended.code === 0 && same)) all.push(`it ended with ${ended.code}`);
        if (ended.struck === undefined) all.push("it was not struck");
        // It had the time to say how it ended, if it had begun.
        if (left.state.lastRun?.outcome === "interrupted" && scene === refresh)
          all.push("nobody recorded how it ended");
        return all.length === 0
          ? []
          : [`${scene.args[0]} ${at} (${ended.struck}): ${all.join("; ")}. It said: ${ended.stderr}`];
      });
      expect(wrong.flat()).toEqual([]);
    },
  );

  it("cancels the statement that is running", { timeout }, async () => {
    const scene = await sceneOf("refresh");
    const [, at = 0] = places(scene.statements, /^create or replace/);
    expect(at).toBeGreaterThan(0);
    const { ended, wrong, left, again } = await attempt(scene, w.dir, {
      fault: { kind: "signal", signal: "SIGINT", at },
    });
    expect([ended.code, wrong, again.code]).toEqual([130, [], 0]);
    expect(left.state.lastRun?.outcome).toBe("cancelled");
    expect(left.verdict?.interrupted).toBe(0);
  });
});

describe.skipIf(!isBuilt)("a warehouse that is held (needs the built command)", () => {
  it("refuses a second writer with 3, and says who holds it since when; the first one ends well", {
    timeout,
  }, async () => {
    const scene = await sceneOf("refresh");
    const folder = mkdtempSync(join(w.dir, "held-"));
    cpSync(scene.before, folder, { recursive: true });
    const warehouse = warehouseIn(folder);
    const [at = 0] = places(scene.statements, fence);
    let begun: () => void = () => undefined;
    const holding = new Promise<void>((done) => {
      begun = done;
    });
    let pid = 0;
    const first = start({
      args: scene.args,
      warehouse,
      fault: { kind: "wait", at, until: join(folder, "go") },
      started: (child) => {
        pid = child.pid ?? 0;
        child.stderr?.on("data", (text) => {
          if (String(text).includes("struck")) begun();
        });
      },
    });
    await holding;
    const lock = JSON.parse(readFileSync(join(folder, "lock.json"), "utf8"));
    const writers = [["run"], ["load", "synthea-csv", w.delivery("wrong")], ["assert"], ["plan"], ["snapshot"]];
    for (const args of long ? writers : writers.slice(0, 2)) {
      const second = await start({ args: [...args, "--project", w.project], warehouse });
      expect([args[0], second.code]).toEqual([args[0], 3]);
      for (const word of ["locked", "`run`", String(lock.runId), `process ${pid}`, hostname(), String(lock.since)]) {
        expect(second.stderr).toContain(word);
      }
    }
    writeFileSync(join(folder, "go"), "");
    expect((await first).code).toBe(0);
    const left = await snapshot(warehouse);
    const content = ({ tables }: typeof left) => Object.entries(tables).map(([key, table]) => [key, table.content]);
    expect(content(left)).toEqual(content(scene.after));
  });

  it.each(["dead", "another's, which has its number now"])(
    "is taken from an owner that died, whose process is %s",
    { timeout },
    async (what) => {
      const scene = await sceneOf("refresh");
      const folder = mkdtempSync(join(w.dir, "stale-"));
      cpSync(scene.before, folder, { recursive: true });
      const warehouse = warehouseIn(folder);
      const [at = 0] = places(scene.statements, fence);
      const killed = await start({ args: scene.args, warehouse, fault: { kind: "kill", at } });
      expect(killed.signal).toBe("SIGKILL");
      const file = join(folder, "lock.json");
      const lock = JSON.parse(readFileSync(file, "utf8"));
      expect(lock.pid).toBe(killed.pid);
      const other = what === "dead" ? undefined : spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
      try {
        const pid = other?.pid ?? killed.pid;
        writeFileSync(file, JSON.stringify({ ...lock, pid }));
        const again = await start({ args: scene.args, warehouse });
        expect([again.code, again.stderr]).toEqual([0, expect.stringContaining(`process ${pid}`)]);
        expect(again.stderr).toContain(lock.runId);
        expect(again.stderr).toContain(lock.since);
      } finally {
        other?.kill("SIGKILL");
      }
      // Told once: whoever comes now finds nobody.
      const third = await call(["run"], w.project, warehouse);
      expect([third.code, third.stderr]).toEqual([0, expect.not.stringContaining("without a word")]);
    },
  );
});
