/** The source goes away: before it is read, while it is read, or after it was landed. Nothing of it is half there. */
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/warehouse/index.js";
import { type Fault, isBuilt } from "./child.js";
import { attempt, call, type Scene, type Trial, warehouseIn } from "./scene.js";
import { long } from "./scenes.js";
import { sceneOf, w } from "./shared.js";
import { snapshot } from "./snapshot.js";

let load: Scene;
let spare: string;
const delivery = w.delivery("second");
const supplies = join(delivery, "supplies.csv");

const again = () => {
  rmSync(delivery, { recursive: true, force: true });
  cpSync(spare, delivery, { recursive: true });
};

async function without(fault: Fault): Promise<Trial> {
  const trial = await attempt(load, w.dir, { fault, mend: again });
  expect(trial.ended.struck).toBeDefined();
  expect(trial.wrong).toEqual([]);
  return trial;
}

/** Of the load: before it looks what was loaded before; before it opens its chain; before its first row. */
const moments = [
  ["before it looks what is loaded", 'select "?batch_id"? as'],
  ["before its first row", "create temp|insert into .*RAW"],
] as const;

describe.skipIf(!isBuilt)("a source that goes away (needs the built command)", () => {
  beforeAll(async () => {
    load = await sceneOf("load");
    spare = mkdtempSync(join(w.dir, "spare-"));
    cpSync(delivery, spare, { recursive: true });
  });

  it.each(long ? moments : moments.slice(0, 1))(
    "is refused by name where a file is removed %s",
    async (_, matching) => {
      const { ended } = await without({ kind: "remove", path: supplies, at: 1, matching });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain("load-unreadable");
      expect(ended.stderr).toContain("supplies.csv cannot be read (ENOENT)");
    },
  );

  it.each(long ? moments : moments.slice(1))("is refused by name where a file is cut off %s", async (_, matching) => {
    const size = Math.floor(statSync(join(spare, "supplies.csv")).size / 2);
    const { ended } = await without({ kind: "truncate", path: supplies, size, at: 1, matching });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("load-changed");
  });

  it("is refused where the whole folder goes", async () => {
    const { ended } = await without({ kind: "remove", path: delivery, at: 1, matching: "insert into .*RAW" });
    expect([ended.code, /load-unreadable|load-no-such-path/.test(ended.stderr)]).toEqual([1, true]);
  });

  it.skipIf(process.getuid?.() === 0)("is refused where it may not be read (not as root)", async () => {
    chmodSync(supplies, 0o000);
    const trial = await attempt(load, w.dir, { fault: { kind: "none" }, mend: again });
    expect([trial.ended.code, trial.wrong]).toEqual([1, []]);
  });

  it("is refused where a file of the delivery is a link to nothing", async () => {
    rmSync(supplies);
    symlinkSync(join(delivery, "elsewhere.csv"), supplies);
    const trial = await attempt(load, w.dir, { fault: { kind: "none" }, mend: again });
    expect([trial.ended.code, trial.wrong]).toEqual([1, []]);
  });

  it("stops a refresh before anything is touched where a landing table is gone, and not where it is back", async () => {
    const refresh = await sceneOf("refresh");
    const folder = mkdtempSync(join(w.dir, "gone-"));
    cpSync(refresh.before, folder, { recursive: true });
    const path = warehouseIn(folder);
    const sql = async (text: string) => {
      await using warehouse = await openDuckDb({ path, database: "EHR", holder: { command: "test" } });
      await using session = await warehouse.session();
      await session.run(text);
    };
    await sql('alter table "EHR".RAW.SYNTHEA_SUPPLIES rename to SYNTHEA_TAKEN_AWAY');
    const taken = await snapshot(path);
    const refused = await call(refresh.args.slice(0, -2), w.project, path);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("plan-source-gone");
    expect(await snapshot(path)).toEqual(taken);
    await sql('alter table "EHR".RAW.SYNTHEA_TAKEN_AWAY rename to SYNTHEA_SUPPLIES');
    expect((await call(refresh.args.slice(0, -2), w.project, path)).code).toBe(0);
    const content = ({ tables }: typeof taken) => Object.entries(tables).map(([key, table]) => [key, table.content]);
    expect(content(await snapshot(path))).toEqual(content(refresh.after));
  });

  it("is not missed where it goes after it was landed", async () => {
    const refresh = await sceneOf("refresh");
    rmSync(delivery, { recursive: true });
    writeFileSync(delivery, "no folder any more");
    const trial = await attempt(refresh, w.dir, { fault: { kind: "none" }, mend: again });
    expect([trial.ended.code, trial.wrong]).toEqual([0, []]);
  });
});
