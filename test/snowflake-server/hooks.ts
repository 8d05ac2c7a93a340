/** What goes wrong, at will: a request that matches is answered by a status or a code, held back, or lost. */
import { json, type Reply } from "./protocol/http.js";

export type Effect =
  /** An HTTP status, as from a gateway. */
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  /** `success: false`; without a SQLSTATE the driver takes it for passing, and asks again with the same request id. */
  | { readonly kind: "error"; readonly code: string; readonly sqlState?: string; readonly message?: string }
  | { readonly kind: "delay"; readonly milliseconds: number }
  /** The connection is closed without an answer, or with half of it. */
  | { readonly kind: "drop"; readonly midway?: boolean }
  /** Held until `release`. */
  | { readonly kind: "pause" }
  /** The session ends, what it had open is rolled back, and its client is told so from now on. */
  | { readonly kind: "end"; readonly code: LostCode };

/** What a client is told of a session that the service does not know, or no longer. */
export type LostCode = "390104" | "390111";

/** What a hook looks at. */
export interface Subject {
  /** With the query string. */
  readonly path: string;
  readonly sqlText?: string;
  readonly queryTag?: string;
}

export interface Hook {
  /** Statements by their text, any request by its path and query string. */
  readonly on: "statement" | "path";
  /** Source of a regular expression, compared regardless of case, `.` also for line breaks. */
  readonly matches: string;
  /** A regular expression too, for the query tag: of statements with the same text, those of one action. */
  readonly tagged?: string;
  /** Which matching request, from 1, repetitions by the driver counted; every one where left out. */
  readonly occurrence?: number | { readonly from: number; readonly to?: number };
  /** Before anything is carried out (the default), or when it was, in place of its answer. */
  readonly when?: "before" | "after";
  readonly effect: Effect;
}

/** A hook that is set, and what has met it. */
class Armed {
  seen = 0;
  hits = 0;
  readonly pattern: RegExp;
  readonly #reached: (() => void)[] = [];
  readonly #held: (() => void)[] = [];
  released = false;

  constructor(
    readonly id: number,
    readonly hook: Hook,
  ) {
    this.pattern = new RegExp(hook.matches, "is");
  }

  meets(subject: Subject): boolean {
    const text = this.hook.on === "path" ? subject.path : subject.sqlText;
    if (text === undefined || !this.pattern.test(text)) return false;
    const { tagged } = this.hook;
    if (tagged !== undefined && !new RegExp(tagged, "is").test(subject.queryTag ?? "")) return false;
    this.seen += 1;
    const { occurrence } = this.hook;
    if (occurrence === undefined) return true;
    if (typeof occurrence === "number") return this.seen === occurrence;
    return this.seen >= occurrence.from && this.seen <= (occurrence.to ?? Number.POSITIVE_INFINITY);
  }

  hit(): void {
    this.hits += 1;
    for (const tell of this.#reached.splice(0)) tell();
  }

  /** Resolves at the first hit. */
  reached(): Promise<void> {
    return this.hits > 0 ? Promise.resolve() : new Promise((done) => this.#reached.push(done));
  }

  hold(signal?: AbortSignal): Promise<void> {
    if (this.released || signal?.aborted === true) return Promise.resolve();
    return new Promise((done) => {
      this.#held.push(done);
      signal?.addEventListener("abort", () => done(), { once: true });
    });
  }

  release(): void {
    this.released = true;
    for (const go of this.#held.splice(0)) go();
  }
}

/** What effects need of where they take place. */
export interface Means {
  /** Lets go what is held. */
  readonly signal?: AbortSignal;
  readonly end?: (code: LostCode) => Promise<Reply>;
}

export type Fate = "drop" | "tear" | Reply | undefined;

/** The hooks that one request met. */
export class Met {
  constructor(readonly armed: readonly Armed[]) {}

  /** What makes a statement slow: it is part of its execution, so that a cancel finds it. */
  slow(): Met {
    return new Met(this.armed.filter(({ hook }) => before(hook) && isSlow(hook.effect)));
  }

  /** All that happens to the request before it is carried out; without what makes its statement slow, if it is one. */
  before(isStatement: boolean): Met {
    return new Met(this.armed.filter(({ hook }) => before(hook) && !(isStatement && isSlow(hook.effect))));
  }

  after(): Met {
    return new Met(this.armed.filter(({ hook }) => !before(hook)));
  }

  /** Carries the effects out in the order in which they were set, until one decides what becomes of the request. */
  async carryOut(by: Means = {}): Promise<Fate> {
    for (const armed of this.armed) {
      armed.hit();
      const { effect } = armed.hook;
      switch (effect.kind) {
        case "status":
          return { status: effect.status, body: effect.body ?? "" };
        case "error":
          return json({
            success: false,
            code: effect.code,
            message: effect.message ?? "injected by a test",
            data: effect.sqlState === undefined ? null : { sqlState: effect.sqlState },
          });
        case "drop":
          return effect.midway === true ? "tear" : "drop";
        case "delay":
          await delayed(effect.milliseconds, by.signal);
          break;
        case "pause":
          await armed.hold(by.signal);
          break;
        case "end":
          return by.end?.(effect.code);
      }
    }
    return undefined;
  }
}

const before = (hook: Hook): boolean => (hook.when ?? "before") === "before";
const isSlow = ({ kind }: Effect): boolean => kind === "delay" || kind === "pause";

/** Ends early where what is slow is cancelled. */
function delayed(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
  });
}

export class Hooks {
  readonly #armed = new Map<number, Armed>();
  #next = 1;

  set(hook: Hook): number {
    const id = this.#next++;
    this.#armed.set(id, new Armed(id, hook));
    return id;
  }

  remove(id: number): void {
    this.#armed.get(id)?.release();
    this.#armed.delete(id);
  }

  reached(id: number): Promise<void> {
    return this.#armed.get(id)?.reached() ?? Promise.resolve();
  }

  release(id: number): void {
    this.#armed.get(id)?.release();
  }

  hits(id: number): number {
    return this.#armed.get(id)?.hits ?? 0;
  }

  clear(): void {
    for (const id of [...this.#armed.keys()]) this.remove(id);
  }

  meet(subject: Subject): Met {
    return new Met([...this.#armed.values()].filter((armed) => armed.meets(subject)));
  }
}
