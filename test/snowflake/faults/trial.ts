/** A refresh that something happens to: what it leaves, and what a plain repetition makes of it. */
import { main } from "../../../src/cli/program.js";
import { type Graph, ProblemError, targetKey } from "../../../src/graph/index.js";
import { emptyState, openLedger } from "../../../src/ledger/index.js";
import { makePlan } from "../../../src/plan/index.js";
import { executeRun, type RunEvent, readSituation } from "../../../src/run/index.js";
import { type Ended, start } from "../../faults/child.js";
import { defaultUser } from "../../snowflake-server/client.js";
import { isPublishedBy } from "../../support/ledger-of.js";
import { type More, openOn } from "../opened.js";
import { type Clinic, type Content, contentOf, type Delivered, group, type Version } from "./clinic.js";
import { type Look, look } from "./look.js";

/** `first`: nothing is there. `refresh`: more has come. `reshape`: also columns change. `refused`: what came, a rule stops. */
export type SceneName = "first" | "refresh" | "reshape" | "refused";

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Trial {
  readonly said: Said;
  readonly left: Look;
  readonly again: Said;
  readonly final: Look;
  /** Everything that is not as promised; empty where all is. */
  readonly wrong: readonly string[];
}

export interface Disturbed {
  readonly clinic: Clinic;
  readonly args: readonly string[];
  /** The command in a process of its own. */
  start(more?: { readonly started?: Parameters<typeof start>[0]["started"] }): Promise<Ended>;
  /** In this process, which is cheaper. */
  call(args?: readonly string[]): Promise<Said>;
  /** In this process too, by a client that is set otherwise; says its exit code, and the codes of what went wrong. */
  run(more: More): Promise<Said>;
}

const run = ["run", "--threads", "1", "--environment", "production"];
const nothing: Look = { content: {}, markers: {}, state: emptyState, records: [], verdict: undefined, about: [] };
export const env = { SNOWFLAKE_PASSWORD: defaultUser.password, HOME: "/nonexistent", NO_COLOR: "1" };

/** The command, in this process. */
export async function call(args: readonly string[]): Promise<Said> {
  let stdout = "";
  let stderr = "";
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env: { ...process.env, ...env },
    cwd: process.cwd(),
    isTTY: false,
    signal: new AbortController().signal,
  };
  return { code: await main([...args], io, () => "test"), stdout, stderr };
}

async function runOn({ server }: Clinic, graph: Graph, more: More): Promise<Said> {
  const problems: string[] = [];
  try {
    await using warehouse = await openOn(server, more);
    await using ledger = await openLedger(warehouse);
    const situation = await readSituation(graph, warehouse, ledger);
    const selection = { select: [], exclude: [] };
    const plan = makePlan({ ...situation, graph, selection, fullRefresh: false, asOf: null });
    const listener = (event: RunEvent) => {
      if ("problem" in event && event.problem) problems.push(`${event.problem.code}: ${event.problem.message}`);
    };
    const about = { environment: "production", about: {}, threads: 1 };
    const { exitCode } = await executeRun({ graph, plan, warehouse, ledger, listener, ...about });
    return { code: exitCode, stdout: "", stderr: problems.join("\n") };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return {
      code: error.exitCode,
      stdout: "",
      stderr: [...problems, ...error.problems.map(({ code, message }) => `${code}: ${message}`)].join("\n"),
    };
  }
}

const firstDelivery: readonly Delivered[] = Array.from({ length: 12 }, (_, i) => ({
  seq: i + 1,
  id: `e${i}`,
  patient: `p${i % 4}`,
  v: i,
}));

/** One clinic and what has come so far; each trial ends as the next one finds it. */
export class Trials {
  #delivered: readonly Delivered[] = [];
  #version: Version = 1;
  #last: Look | undefined;
  #line: Promise<unknown> = Promise.resolve();

  constructor(readonly clinic: Clinic) {}

  /** One after another. */
  of(...asked: Parameters<Trials["try"]>): Promise<Trial> {
    const trial = this.#line.then(() => this.try(...asked));
    this.#line = trial.catch(() => undefined);
    return trial;
  }

  private async try(
    scene: SceneName,
    disturb: (how: Disturbed) => Promise<Said>,
    more: { readonly again?: (how: Disturbed) => Promise<Said>; readonly mend?: () => Promise<void> } = {},
  ): Promise<Trial> {
    const { clinic } = this;
    const { former, wanted, code } = await this.#prepare(scene);
    const args = [...run, "--project", clinic.project(this.#version)];
    const graph = clinic.graph(this.#version);
    const how: Disturbed = {
      clinic,
      args,
      start: ({ started } = {}) => start({ args, warehouse: "/nonexistent", env, ...(started && { started }) }),
      call: (given) => call(given ?? args),
      run: (more) => runOn(clinic, graph, more),
    };
    const before = this.#last ?? nothing;
    const said = await disturb(how);
    await this.#quiet();
    const left = await look(clinic);
    await more.mend?.();
    await clinic.silence();
    const again = await (more.again ?? (({ call }) => call()))(how);
    const final = await look(clinic);
    this.#last = final;
    const wrong = [
      ...wrongIn({ scene, former, wanted, before, left }),
      ...wrongAtLast({ scene, former, wanted, code, again, left, final }),
    ];
    if (scene === "refused") await this.#withdraw();
    return { said, left, again, final, wrong };
  }

  async #prepare(scene: SceneName): Promise<{ former: Content; wanted: Content; code: number }> {
    const { clinic } = this;
    if (scene === "first" || this.#last === undefined) {
      this.#delivered = firstDelivery;
      await clinic.begin(firstDelivery);
      if (scene !== "first") await this.#refresh();
      else this.#last = undefined;
    }
    const former = scene === "first" ? {} : contentOf(this.#delivered, this.#version);
    if (scene === "reshape") this.#version = this.#version === 1 ? 2 : 1;
    if (scene !== "first") {
      const last = this.#delivered.at(-1)?.seq ?? 0;
      const v = scene === "refused" ? 5000 : 7;
      const more = [
        { seq: last + 1, id: `e${last}`, patient: `p${last % 5}`, v },
        { seq: last + 2, id: `e${last % 12}`, patient: `p${last % 4}`, v: 20 + (last % 50) },
      ];
      await clinic.deliver(more);
      this.#delivered = [...this.#delivered, ...more];
    }
    const wanted = scene === "refused" ? former : contentOf(this.#delivered, this.#version);
    return { former, wanted, code: scene === "refused" ? 2 : 0 };
  }

  /** What a rule stopped is corrected by who delivered it, and taken in. */
  async #withdraw(): Promise<void> {
    await this.clinic.rows(`delete from "EHR"."RAW"."DELIVERED" where V = '5000'`);
    this.#delivered = this.#delivered.filter(({ v }) => v !== 5000);
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const said = await call([...run, "--project", this.clinic.project(this.#version)]);
    if (said.code !== 0) throw new Error(said.stderr);
    this.#last = await look(this.clinic);
  }

  /** Until the service has nothing more to do for whoever died. */
  async #quiet(): Promise<void> {
    const until = performance.now() + 20_000;
    while (performance.now() < until && (await this.clinic.server.load()).running > 0)
      await new Promise((done) => setTimeout(done, 5));
  }
}

interface Left {
  readonly scene: SceneName;
  readonly former: Content;
  readonly wanted: Content;
  readonly before: Look;
  readonly left: Look;
}

const same = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
  JSON.stringify(a) === JSON.stringify(b);

/** Each table is as it was or as it will be, and as it will be where its publication was committed. */
function wrongIn({ scene, former, wanted, before, left }: Left): readonly string[] {
  const wrong: string[] = [];
  const published = (name: string) => left.markers[name] !== before.markers[name];
  const inPlace = scene === "refresh" || scene === "refused";
  for (const name of Object.keys(wanted)) {
    // What a view shows is its tables' doing.
    if (name === "KNOWN") continue;
    const [isFormer, isNew] = [same(left.content[name], former[name]), same(left.content[name], wanted[name])];
    if (!isFormer && !isNew) wrong.push(`${name} is neither as it was nor as it will be: ${left.content[name]}`);
    if (name === "NOTED" || !inPlace) continue;
    if (!same(former[name], wanted[name]) && published(name) !== isNew)
      wrong.push(`${name} was ${published(name) ? "" : "not "}published, and holds the contrary`);
  }
  if (new Set(group.map(published)).size > 1) wrong.push(`${group.join(" and ")} were not published together`);
  if (left.verdict?.verified === false && left.verdict.problem)
    wrong.push(`what is left does not verify: ${left.verdict.problem.message}`);
  return wrong;
}

interface AtLast extends Pick<Left, "scene" | "former" | "wanted" | "left"> {
  readonly code: number;
  readonly again: Said;
  readonly final: Look;
}

/** All is as it would be undisturbed, and nothing was forgotten. */
function wrongAtLast({ wanted, code, again, left, final }: AtLast): readonly string[] {
  const wrong: string[] = [];
  if (again.code !== code) wrong.push(`the repetition ended with ${again.code}: ${again.stderr}`);
  for (const [name, rows] of Object.entries(wanted)) {
    if (!same(final.content[name], rows)) wrong.push(`at last ${name} holds ${final.content[name]}, not ${rows}`);
  }
  wrong.push(...final.about.map((what) => `${what} was left about`));
  if (final.verdict?.verified !== true) wrong.push(`the ledger does not verify: ${final.verdict?.problem?.message}`);
  const isRecorded = ({ state }: Look, name: string, runId: string) =>
    isPublishedBy(state, targetKey({ database: "EHR", schema: "S", name }), runId);
  for (const [name, runId] of Object.entries(final.markers)) {
    if (!isRecorded(final, name, runId)) wrong.push(`the ledger does not know who published ${name}`);
  }
  // What was committed and not recorded is recorded as recovered.
  for (const [name, runId] of Object.entries(left.markers)) {
    if (isRecorded(left, name, runId)) continue;
    const found = final.records.some(
      ({ kind, subject, outcome, body }) =>
        kind === "publish" && subject.endsWith(`.${name}`) && outcome === "recovered" && body.includes(runId),
    );
    if (!found) wrong.push(`the publication of ${name} was not recovered`);
  }
  const ends = new Set(
    final.records.filter(({ kind }) => kind === "seal" || kind === "interrupted").map(({ subject }) => subject),
  );
  for (const { kind, subject, chain } of final.records) {
    if (chain === "main" && kind === "open" && !ends.has(subject)) wrong.push(`nobody tells how ${subject} ended`);
  }
  return wrong;
}
