/** The hospital itself, on a small sample: a load and a refresh that are killed, and end as if nothing had been. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { project } from "../support/medform.js";
import { isBuilt } from "./child.js";
import { attempt, call, each, type Scene, scene } from "./scene.js";
import { long, seed, spread } from "./scenes.js";

const dir = mkdtempSync(join(tmpdir(), "medform-hospital-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const timeout = 1_800_000;
const about = { project, dir, companions: {}, groups: [] };
const run = ["run", "--threads", "1"];

async function delivery(name: string, patients: number): Promise<readonly string[]> {
  const out = join(dir, `${name}-2026-01-01`);
  const args = ["sample", "--patients", String(patients), "--seed", String(seed), "--out", out];
  const made = await call(args, project, join(dir, "none", "warehouse.duckdb"));
  expect(made.code, made.stderr).toBe(0);
  return ["load", "synthea-csv", out];
}

async function killed(scene: Scene, count: number, stream: number): Promise<void> {
  const wrong = await each(spread(scene.statements.length, count, stream), 2, async (at) => {
    const trial = await attempt(scene, dir, { fault: { kind: "kill", at } });
    const all = [...trial.wrong, ...(trial.ended.signal === "SIGKILL" ? [] : ["it ended by itself"])];
    return all.length === 0
      ? []
      : [`statement ${at} (${trial.ended.struck}): ${all.join("; ")}. Again: ${trial.again.stderr}`];
  });
  expect(wrong.flat()).toEqual([]);
}

describe.skipIf(!isBuilt)(`the hospital, killed (seed ${seed}; needs the built command)`, () => {
  it("as it loads and builds its first delivery", { timeout }, async () => {
    const load = await delivery("first", 12);
    await killed(await scene({ ...about, first: [], args: load }), long ? 6 : 1, 51);
    await killed(await scene({ ...about, first: [load], args: run }), long ? 6 : 1, 52);
  });

  it.skipIf(!long)("as it loads and builds what comes later (MEDFORM_LONG=1)", { timeout }, async () => {
    const [first, second] = [await delivery("first", 12), await delivery("second", 15)];
    await killed(await scene({ ...about, first: [first, run], args: second }), 5, 53);
    await killed(await scene({ ...about, first: [first, run, second], args: run }), 8, 54);
  });
});
