/** What is built, cut into what is published together, with the edges that keep rules true while units run side by side. */
import { compareText, ProblemError, targetKey, targetLabel } from "../graph/index.js";
import type { Decisions, Situation } from "./decide.js";
import { gateKey, intersects } from "./gates.js";
import type { Order } from "./groups.js";
import type { Reads } from "./reads.js";
import type { Step, Unit } from "./types.js";

interface Draft {
  readonly id: string;
  readonly kind: Unit["kind"];
  readonly members: Set<string>;
  readonly rules: Set<string>;
  readonly needs: Set<string>;
  readonly after: Set<string>;
}

interface Drafts {
  readonly units: Map<string, Draft>;
  /** The unit that builds a relation, runs an operation or evaluates an assertion. */
  readonly home: Map<string, string>;
}

export function unitsOf(
  situation: Situation,
  decisions: Decisions,
  assertions: ReadonlyMap<string, Step>,
  order: Order,
): readonly Unit[] {
  const joined = formerViews(situation, decisions, assertions, order);
  const arranged = (together: ReadonlyMap<string, string>) => {
    const drafts = place(situation.reads, decisions, assertions, order, together);
    connect(drafts, situation);
    return sorted(drafts, situation.reads);
  };
  if (joined.size === 0) return arranged(joined);
  try {
    return arranged(joined);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    // Something stands between: each is published for itself then.
    return arranged(new Map());
  }
}

/**
 * A view that becomes a table, or reads other tables, is published together with the last of the tables that it shows until
 * then: what the old view shows of that table alone, no rule over the new one would have seen.
 */
function formerViews(
  { reads, relations, state }: Situation,
  { building }: Decisions,
  assertions: ReadonlyMap<string, Step>,
  order: Order,
): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  const databaseOf = (key: string) => reads.actions.get(key)?.target.database;
  const shownBy = (key: string) => {
    const isView = reads.actions.get(key)?.kind === "view";
    const former = Object.keys(state.targets[key]?.inputs ?? {});
    // What it goes on to show is the business of the rules over it anyway.
    return isView ? former.filter((other) => !reads.data(key).has(other)) : [...former, ...reads.views(key)];
  };
  for (const [rule, step] of assertions) {
    const gate = gateKey(step);
    if (step.decision !== "assert" || gate === undefined) continue;
    for (const key of [gate, ...reads.views(rule)]) {
      if (!building.has(key) || relations.get(key)?.kind !== "view") continue;
      const built = shownBy(key).filter(
        (other) => building.has(other) && reads.actions.get(other)?.kind !== "operation",
      );
      const last = order.greatest(built);
      // One transaction writes to one database.
      if (last === undefined || databaseOf(last) !== databaseOf(gate)) continue;
      const [own, other] = [wholeOf(order.unit(gate), joined), wholeOf(order.unit(last), joined)];
      if (own !== other) joined.set(own, other);
    }
  }
  return joined;
}

/** The unit that this one is part of, or itself. */
function wholeOf(unit: string, joined: ReadonlyMap<string, string>): string {
  const other = joined.get(unit);
  return other === undefined ? unit : wholeOf(other, joined);
}

function connect(drafts: Drafts, situation: Situation): void {
  const { reads } = situation;
  for (const unit of drafts.units.values()) {
    for (const key of unit.members) for (const other of homesAbove(key, reads, drafts)) unit.needs.add(other);
    for (const key of unit.rules) {
      const above = homesAbove(key, reads, drafts);
      for (const other of above) edgesOf(unit, key, other, situation, drafts).add(other);
    }
    unit.needs.delete(unit.id);
    unit.after.delete(unit.id);
  }
  blockDependents(reads, drafts);
}

/**
 * A rule needs what it stands alone for; in a gate's unit it reads the other tables as they then are, if they are. A warning
 * never stops anything, so it is left out at the time where there is nothing to read.
 */
function edgesOf(unit: Draft, rule: string, other: string, { reads, relations }: Situation, { units }: Drafts) {
  const action = reads.actions.get(rule);
  const isRead = (key: string) => reads.ground(rule).has(key) || reads.views(rule).has(key);
  const missing = [...(units.get(other)?.members ?? [])].some((key) => isRead(key) && !relations.has(key));
  const blocks = missing && action?.kind === "assertion" && action.severity === "error";
  return unit.kind === "assert" || blocks ? unit.needs : unit.after;
}

/** `together`: units that are part of another. */
function place(
  reads: Reads,
  { building }: Decisions,
  assertions: ReadonlyMap<string, Step>,
  order: Order,
  together: ReadonlyMap<string, string>,
): Drafts {
  const home = new Map<string, string>();
  for (const key of building) home.set(key, wholeOf(order.unit(key), together));
  const evaluated = [...assertions].filter(([, step]) => step.decision === "assert");
  const isTable = (key: string) =>
    building.has(key) && !["view", "operation"].includes(reads.actions.get(key)?.kind ?? "");
  for (const [key, step] of evaluated) {
    const gate = gateKey(step);
    const unit = gate === undefined ? undefined : home.get(gate);
    home.set(key, unit ?? key);
    if (unit === undefined) continue;
    // A rule must see what the gate's unit stages through the views as they will be.
    for (const view of reads.views(key)) {
      const staged = [...reads.ground(view)].some((table) => isTable(table) && home.get(table) === unit);
      if (building.has(view) && staged) home.set(view, unit);
    }
  }
  const units = new Map<string, Draft>();
  for (const [key, id] of home) {
    const kind = reads.actions.get(key)?.kind;
    const draft: Draft = units.get(id) ?? {
      id,
      kind: kind === "operation" ? "operation" : kind === "assertion" ? "assert" : "publish",
      members: new Set(),
      rules: new Set(),
      needs: new Set(),
      after: new Set(),
    };
    units.set(id, draft);
    (kind === "assertion" ? draft.rules : draft.members).add(key);
  }
  return { units, home };
}

/** The units of what stands above an action: directly, or behind views that stay as they are. */
function homesAbove(key: string, reads: Reads, { home }: Drafts): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (from: string) => {
    const action = reads.actions.get(from);
    const parent = action?.kind === "assertion" && action.parent ? [action.parent] : [];
    for (const other of [...(action?.dependencies ?? []), ...parent].map(targetKey)) {
      if (seen.has(other)) continue;
      seen.add(other);
      const unit = home.get(other);
      if (unit !== undefined) found.add(unit);
      else if (reads.actions.get(other)?.kind === "view") visit(other);
    }
  };
  visit(key);
  return found;
}

/** A rule that gates nothing stops the dependents of what it reads, except those that it has to wait for itself. */
function blockDependents(reads: Reads, { units }: Drafts): void {
  for (const unit of units.values()) {
    const [key] = unit.rules;
    const action = key === undefined ? undefined : reads.actions.get(key);
    if (unit.kind !== "assert" || key === undefined || action?.kind !== "assertion" || action.severity !== "error")
      continue;
    const waitsFor = reach(unit.id, units);
    for (const other of units.values())
      if (
        !waitsFor.has(other.id) &&
        [...other.members].some((member) => intersects(reads.data(member), reads.ground(key)))
      )
        other.needs.add(unit.id);
  }
}

function reach(id: string, units: ReadonlyMap<string, Draft>): ReadonlySet<string> {
  const seen = new Set([id]);
  for (const each of seen) {
    const unit = units.get(each);
    for (const other of [...(unit?.needs ?? []), ...(unit?.after ?? [])]) seen.add(other);
  }
  return seen;
}

/** Units in the order of their last member, as far as their edges allow. */
function sorted({ units }: Drafts, reads: Reads): readonly Unit[] {
  const rank = (key: string) => reads.rank.get(key) ?? 0;
  const byRank = (keys: ReadonlySet<string>) => [...keys].sort((a, b) => rank(a) - rank(b));
  const targets = (keys: ReadonlySet<string>) => byRank(keys).flatMap((key) => reads.actions.get(key)?.target ?? []);
  const place = (unit: Draft) => Math.max(...[...unit.members, ...(unit.members.size > 0 ? [] : unit.rules)].map(rank));
  const waiting = [...units.values()].sort((a, b) => place(a) - place(b) || compareText(a.id, b.id));
  const done = new Set<string>();
  const list: Unit[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((unit) => [...unit.needs, ...unit.after].every((other) => done.has(other)));
    const [unit] = waiting.splice(next, next < 0 ? 0 : 1);
    if (!unit) throw cycle(waiting, reads);
    done.add(unit.id);
    const { id, kind } = unit;
    list.push({
      id,
      kind,
      members: targets(unit.members),
      rules: targets(unit.rules),
      needs: [...unit.needs].sort(),
      after: [...unit.after].filter((other) => !unit.needs.has(other)).sort(),
    });
  }
  return list;
}

function cycle(waiting: readonly Draft[], reads: Reads): ProblemError {
  const names = waiting.flatMap(({ members, rules }) =>
    [...members, ...rules].flatMap((key) => reads.actions.get(key)?.target ?? []).map(targetLabel),
  );
  return new ProblemError({
    code: "plan-cycle",
    message: `These have to be published together, or each after the other: ${names.join(", ")}.`,
    hint: "A dependency on an assertion, or a publish group, asks for what cannot be; take one away.",
  });
}
