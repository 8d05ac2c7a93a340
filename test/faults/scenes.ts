/** The moments of the small project at which faults strike, each made once, when a test asks for it. */
import { Random } from "../../src/sample/random.js";
import { type Prepared, type Scene, scene } from "./scene.js";
import type { Ward } from "./ward.js";

export type SceneName = "first" | "refresh" | "refused" | "load";

export const long = process.env.MEDFORM_LONG === "1";

/** Everything here that is left to chance depends on this; another one is tried with MEDFORM_FAULT_SEED. */
export const seed = Number(process.env.MEDFORM_FAULT_SEED ?? 7);

/** Every place of a scene costs some seconds, and there are hundreds: it ends what hangs. */
export const longTimeout = long ? 14_400_000 : 180_000;

/** How many places of a scene are tried at most: for who has no hours, and another seed each time. */
const most = Number(process.env.MEDFORM_FAULT_PLACES ?? Number.POSITIVE_INFINITY);

/**
 * `first`: nothing is built yet. `refresh`: a delivery with late and corrected rows has come. `refused`: one has come that a
 * rule stops. `load`: a delivery comes.
 */
export function scenesOf(w: Ward): (name: SceneName) => Promise<Scene> {
  const load = (delivery: Parameters<Ward["delivery"]>[0]) => ["load", "synthea-csv", w.delivery(delivery)];
  const run = ["run", "--threads", "1"];
  const common: Pick<Prepared, "project" | "dir" | "companions" | "groups"> = {
    project: w.project,
    dir: w.dir,
    companions: { "EHR.S.HOOKED": "EHR.S.PATIENT" },
    groups: [["EHR.S.BY_DAY", "EHR.S.BY_PATIENT"]],
  };
  const make: Readonly<Record<SceneName, () => Promise<Scene>>> = {
    first: () => scene({ ...common, first: [load("first")], args: run }),
    load: () => scene({ ...common, first: [load("first"), run], args: load("second") }),
    refresh: async () => scene({ ...common, from: (await of("load")).before, first: [load("second")], args: run }),
    refused: async () => scene({ ...common, from: (await of("load")).before, first: [load("wrong")], args: run }),
  };
  const made = new Map<SceneName, Promise<Scene>>();
  const of = (name: SceneName) => {
    const known = made.get(name) ?? make[name]();
    made.set(name, known);
    return known;
  };
  return of;
}

/** So many of the numbers from 1 to `last`, one from each stretch of them; all where there are no more. */
export function spread(last: number, wanted: number, stream: number): readonly number[] {
  const count = Math.min(wanted, most);
  if (count >= last) return Array.from({ length: last }, (_, i) => i + 1);
  const random = new Random(seed, stream);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * last) / count) + 1;
    return random.int(from, Math.floor(((i + 1) * last) / count));
  });
}

/** Numbers from 1 of the statements that a text fits, and so many statements later. */
export function places(statements: readonly string[], fits: RegExp, later = 0): readonly number[] {
  return statements.flatMap((text, i) => (fits.test(text) ? [i + 1 + later] : []));
}

export const fence = /^merge into "EHR"\.MEDFORM\.PUBLICATION/;
