/** A backup or restore that is killed at any step: nothing half is under a name that counts, and a repetition ends it. */
import { cpSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, type Fault, isBuilt, start } from "../faults/child.js";
import { onFile, type Place, place } from "./project.js";

const long = process.env.MEDFORM_LONG === "1";
const timeout = 600_000;

let p: Place;
beforeAll(async () => {
  p = place();
  await p.medform("run");
  await p.medform("backup", "older");
  await p.medform("run", "--full-refresh");
});
afterAll(() => p[Symbol.dispose]());

const steps = "^(rename|link|mkdir|copyFile|chmod|writeFile|rm) .*(backup|restoring|warehouse\\.duckdb$|BESIDE|lock)";
const run = (folder: string, args: readonly string[], fault?: Fault): Promise<Ended> =>
  start({
    args: [...args, "--project", p.dir, "--environment", "plain"],
    warehouse: join(folder, "warehouse.duckdb"),
    ...(fault && { fault }),
  });

/** A folder with the warehouse as two runs left it. */
function hospital(): string {
  const folder = mkdtempSync(join(p.dir, "trial-"));
  cpSync(join(p.dir, ".medform"), folder, { recursive: true });
  return folder;
}

const runsIn = async (folder: string, file = "warehouse.duckdb") => {
  if (!existsSync(join(folder, file))) return "none";
  return Number((await onFile(join(folder, file), "select distinct RUN from GOLD.PATIENT"))[0]?.[0]);
};

interface Struck {
  readonly folder: string;
  /** The step that it was killed before. */
  readonly struck: string | undefined;
}

/**
 * Kills before steps of a command, each time on a hospital of its own: before every one, or, for it takes minutes, before those
 * that `some` names, counted from the end.
 */
async function killed(
  args: (folder: string) => readonly string[],
  some: readonly number[],
): Promise<readonly Struck[]> {
  const whole = hospital();
  const ended = await run(whole, args(whole), { kind: "kill", of: "file", matching: steps, at: 1_000 });
  expect([ended.code, ended.stderr]).toEqual([0, expect.anything()]);
  const count = Number(/^ended (\d+)$/m.exec(ended.stderr)?.[1]);
  expect(count).toBeGreaterThan(8);
  const chosen = long ? Array.from({ length: count }, (_, index) => index + 1) : some.map((back) => count - back);
  const found: Struck[] = [];
  for (const at of chosen) {
    const folder = hospital();
    const { signal, struck } = await run(folder, args(folder), { kind: "kill", of: "file", matching: steps, at });
    expect([at, signal]).toEqual([at, "SIGKILL"]);
    found.push({ folder, struck });
  }
  return found;
}

describe.skipIf(!isBuilt)("killed at a step (needs the built command)", () => {
  it("a backup is there whole or not at all, and the warehouse is as it was", { timeout }, async () => {
    for (const { folder, struck } of await killed((folder) => ["backup", join(folder, "backup")], [0])) {
      const backup = join(folder, "backup");
      const args = existsSync(backup) ? ["restore", backup, "--verify"] : ["backup", backup];
      const again = await run(folder, args);
      expect([struck, again.code, again.stderr]).toEqual([struck, 0, expect.anything()]);
      expect(await runsIn(folder)).toBe(2);
      expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
    }
  });

  it("a restore leaves the former warehouse, none, or the new one; the former is never lost", { timeout }, async () => {
    const args = () => ["restore", p.path("older"), "--replace"];
    const left: (number | string)[] = [];
    for (const { folder, struck } of await killed(args, [6, 1, 0])) {
      left.push(await runsIn(folder));
      const again = await run(folder, args());
      expect([struck, again.code, again.stderr]).toEqual([struck, 0, expect.anything()]);
      expect([struck, await runsIn(folder)]).toEqual([struck, 1]);
      const asides = readdirSync(folder).filter((name) => name.includes("before-restore"));
      const kept = await Promise.all(asides.map((name) => runsIn(join(folder, name), "EHR.duckdb")));
      expect([struck, kept.includes(2)]).toEqual([struck, true]);
      expect(readdirSync(folder).filter((name) => name.endsWith(".restoring"))).toEqual([]);
    }
    expect(left.filter((each, at) => each !== left[at - 1])).toEqual([2, "none", 1]);
  });
});
