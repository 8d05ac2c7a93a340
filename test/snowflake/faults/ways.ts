/** How a refresh is disturbed, and what is said of what came of it. */
import type { ChildProcess } from "node:child_process";
import { expect } from "vitest";
import type { Hook } from "../../snowflake-server/client.js";
import type { Blow } from "./blows.js";
import type { Disturbed, Said, SceneName, Trial, Trials } from "./trial.js";

export const scenes: readonly SceneName[] = ["first", "refresh", "reshape", "refused"];

export const told = (what: string, { said, wrong, again }: Trial): readonly string[] =>
  wrong.length === 0 ? [] : [`${what}: ${wrong.join("; ")}. It said: ${said.stderr} Again: ${again.stderr}`];

/** The process is killed while a statement is on its way there, or its answer on its way back. */
export async function killedAt(
  { clinic: { server }, start }: Disturbed,
  hook: Omit<Hook, "on" | "effect">,
): Promise<Said> {
  const pause = await server.hook({ on: "statement", ...hook, effect: { kind: "pause" } });
  let child: ChildProcess | undefined;
  const ended = start({
    started: (given) => {
      child = given;
    },
  });
  const met = await Promise.race([
    pause.reached().then(
      () => true,
      () => false,
    ),
    ended.then(() => false),
  ]);
  if (met) child?.kill("SIGKILL");
  const said = await ended;
  await pause.remove();
  return said;
}

/** How many statements it sends, undisturbed. */
const counts: Partial<Record<SceneName, number>> = {};

export async function countOf(trials: Trials, name: SceneName): Promise<number> {
  const known = counts[name];
  if (known !== undefined) return known;
  let count = 0;
  const trial = await trials.of(name, async ({ clinic: { server }, call }) => {
    await server.forgetStatements();
    const said = await call();
    count = (await server.statements()).length;
    return said;
  });
  expect(told("undisturbed", trial)).toEqual([]);
  counts[name] = count;
  return count;
}

/** Runs with these blows; all of them must strike. */
export async function stricken(how: Disturbed, some: readonly Blow[]): Promise<Said> {
  const { server } = how.clinic;
  // Of what strikes at the same statement one waits for the other: it comes again.
  const nth = ({ hook }: Blow, i: number) =>
    1 +
    some.slice(0, i).filter((other) => other.hook.matches === hook.matches && other.hook.tagged === hook.tagged).length;
  const set = await Promise.all(
    some.map((blow, i) => server.hook({ on: "statement", occurrence: nth(blow, i), ...blow.hook })),
  );
  const waiting = set.map(async (hook, i) => {
    const meanwhile = some[i]?.meanwhile;
    if (meanwhile === undefined) return;
    await hook.reached().catch(() => undefined);
    await meanwhile(how);
    await hook.release();
  });
  const said = await how.call();
  const hits = await Promise.all(set.map((hook) => hook.hits()));
  expect(some.filter((_, i) => hits[i] === 0).map(({ name }) => name)).toEqual([]);
  await Promise.all(waiting);
  await Promise.all(set.map((hook) => hook.remove()));
  return said;
}
