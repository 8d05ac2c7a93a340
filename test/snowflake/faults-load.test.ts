/** A load into Snowflake that is killed: its rows are all there or none, and a plain repetition lands them once. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isBuilt, start } from "../faults/child.js";
import { long, seed, spread, longTimeout as timeout } from "../faults/scenes.js";
import { supplies } from "../load/fixture.js";
import { sides } from "./faults/blows.js";
import { type Clinic, clinic } from "./faults/clinic.js";
import { look } from "./faults/look.js";
import { call, env } from "./faults/trial.js";

const records = 2;

describe.skipIf(!isBuilt)("a load into Snowflake (needs the built command)", { timeout }, () => {
  let place: Clinic;
  /** What a load sends, in order, once its tables are there. */
  let sent: readonly string[] = [];
  let loads = 0;

  /** Another delivery, never seen before. */
  function delivery(): readonly string[] {
    loads += 1;
    const path = join(place.dir, `delivery-${loads}`);
    mkdirSync(path);
    writeFileSync(join(path, "supplies.csv"), supplies.replace(/\n(?=.)/g, `\n${loads}`));
    return ["load", "synthea-csv", path, "--environment", "production", "--project", place.project(1)];
  }

  const count = async (table: string) =>
    Number((await place.rows(`select count(*) as "N" from "EHR"."RAW"."${table}"`))[0]?.N);

  beforeAll(async () => {
    place = await clinic();
    await place.begin([{ seq: 1, id: "e", patient: "p", v: 1 }]);
    expect(await call(delivery())).toMatchObject({ code: 0 });
    await place.server.forgetStatements();
    expect(await call(delivery())).toMatchObject({ code: 0 });
    sent = (await place.server.statements()).map(({ sqlText }) => sqlText);
  });
  afterAll(() => place[Symbol.asyncDispose]());

  /** Sessions in whose open transaction the lease was changed: its row is locked until somebody ends them. */
  async function holdLease(): Promise<readonly string[]> {
    const holds = new Map<string, boolean>();
    for (const { session, sqlText, outcome } of await place.server.statements()) {
      if (outcome !== "ok") continue;
      if (/^begin\b/.test(sqlText)) holds.set(session, false);
      if (/^(?:commit|rollback)$/.test(sqlText)) holds.delete(session);
      if (holds.has(session) && /^update .*MEDFORM.LEASE set/.test(sqlText)) holds.set(session, true);
    }
    return [...holds].flatMap(([session, isHolding]) => (isHolding ? [session] : []));
  }

  const takesLease = (at: number) => /^merge into .*MEDFORM.LEASE/.test(sent[at - 1] ?? "");

  async function killed(occurrence: number, when: "before" | "after"): Promise<readonly string[]> {
    const { server } = place;
    const [rows, files] = [await count("SYNTHEA_SUPPLIES"), await count("LOADED_FILE")];
    const args = delivery();
    await server.forgetStatements();
    const pause = await server.hook({ on: "statement", matches: "", occurrence, when, effect: { kind: "pause" } });
    let child: ChildProcess | undefined;
    const started = (given: ChildProcess) => {
      child = given;
    };
    const ended = start({ args, warehouse: "/nonexistent", env, started });
    await Promise.race([pause.reached().catch(() => undefined), ended]);
    child?.kill("SIGKILL");
    const { signal } = await ended;
    // As who takes the warehouse over does; its clock could not be turned back else.
    for (const session of await holdLease())
      await server.loseSession({ session, code: "390111", holdsTransaction: false });
    // Before it is let go: what it changes of the lease, it locks.
    await place.silence();
    await pause.remove();
    const until = performance.now() + 20_000;
    while (performance.now() < until && (await server.load()).running > 0)
      await new Promise((done) => setTimeout(done, 5));
    // What took the lease only now has a heartbeat of its own.
    if (when === "before" && takesLease(occurrence)) await place.silence();
    const wrong: string[] = [];
    if (signal !== "SIGKILL") wrong.push("it ended by itself");
    const landed = (await count("LOADED_FILE")) - files;
    if ((await count("SYNTHEA_SUPPLIES")) - rows !== landed * records) wrong.push("it landed half");
    const again = await call(args);
    if (again.code !== 0) wrong.push(`the repetition ended with ${again.code}: ${again.stderr}`);
    if ((await count("SYNTHEA_SUPPLIES")) - rows !== records) wrong.push("its rows are not there once");
    if ((await count("LOADED_FILE")) - files !== 1) wrong.push("its file is not there once");
    const { about, verdict } = await look(place);
    wrong.push(...about.map((what) => `${what} was left about`));
    const inStage = await place.rows(`list '@"EHR".MEDFORM.LANDING'`);
    wrong.push(...inStage.map(({ name }) => `${name} was left in the stage`));
    if (verdict?.verified !== true) wrong.push(`the ledger does not verify: ${verdict?.problem?.message}`);
    return wrong.map((what) => `${when} ${occurrence} (${sent[occurrence - 1]?.slice(0, 60)}): ${what}`);
  }

  it("is killed between PUT and COPY, before and after COMMIT", async () => {
    const put = sent.findIndex((text) => /^put /i.test(text)) + 1;
    const commit = sent.findIndex((text, i) => i > put && text === "commit") + 1;
    expect(put).toBeGreaterThan(0);
    expect(sent.slice(put, commit - 1).some((text) => /^(copy|insert) into .*SUPPLIES/is.test(text))).toBe(true);
    expect(await killed(put, "after")).toEqual([]);
    // The last statement before it changes the lease, whose row stays locked.
    expect(await killed(commit - 1, "before")).toEqual([]);
    expect(await killed(commit, "after")).toEqual([]);
  });

  it.runIf(long)(`is killed around every statement (seed ${seed})`, async () => {
    const wrong: string[] = [];
    for (const at of spread(sent.length, sent.length, 55)) {
      for (const when of sides) wrong.push(...(await killed(at, when)));
    }
    expect(wrong).toEqual([]);
  });
});
