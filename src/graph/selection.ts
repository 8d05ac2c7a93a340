/** `silver.patient gold.*,tag:daily +x 2+x --exclude y`: which actions a command is about. */
import { nearest } from "./nearest.js";
import { ProblemError } from "./problem.js";
import { targetKey, targetLabel } from "./targets.js";
import type { Action, Graph } from "./types.js";

export interface Selection {
  /** As on the command line: spaces unite, commas intersect. Empty selects everything. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
}

/** Keys of actions by what is known of them outside of the project, for `state:modified` and `state:failed`. */
export interface StateFacts {
  /** Other than they were published or evaluated, or never so. */
  readonly modified: ReadonlySet<string>;
  /** Not published when that was last tried, or with a rule that failed or could not be evaluated. */
  readonly failed: ReadonlySet<string>;
}

/** Whether its actions depend on what is known outside of the project. */
export function selectsByState({ select, exclude }: Selection): boolean {
  return [...select, ...exclude].some((text) => /(?:^|[\s,+])state:/i.test(text));
}

/**
 * Keys (`targetKey`) of the selected actions, of every kind.
 *
 * @throws ProblemError `selection-unknown`, `selection-ambiguous`, `selection-syntax`, `selection-state`.
 */
export function selectActions(graph: Graph, { select, exclude }: Selection, facts?: StateFacts): ReadonlySet<string> {
  const links = linksOf(graph.actions);
  const unite = (texts: readonly string[]) =>
    new Set(
      words(texts).flatMap((word) => [
        ...intersection(word.split(",").map((term) => resolve(graph, links, term, facts))),
      ]),
    );
  const chosen =
    words(select).length === 0 ? new Set(graph.actions.map(({ target }) => targetKey(target))) : unite(select);
  for (const key of unite(exclude)) chosen.delete(key);
  return chosen;
}

const words = (texts: readonly string[]) => texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== "");

function intersection(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first, ...rest] = sets;
  return new Set([...(first ?? [])].filter((key) => rest.every((set) => set.has(key))));
}

interface Links {
  readonly up: ReadonlyMap<string, readonly string[]>;
  readonly down: ReadonlyMap<string, readonly string[]>;
}

function linksOf(actions: readonly Action[]): Links {
  const up = new Map(actions.map(({ target }) => [targetKey(target), [] as string[]]));
  const down = new Map([...up.keys()].map((key) => [key, [] as string[]]));
  for (const { target, dependencies } of actions) {
    const key = targetKey(target);
    for (const other of dependencies.map(targetKey)) {
      if (!down.has(other)) continue;
      up.get(key)?.push(other);
      down.get(other)?.push(key);
    }
  }
  return { up, down };
}

/** `2+pattern+3`: the pattern's actions, two steps up and three down; a plus without number goes all the way. */
function resolve(graph: Graph, links: Links, term: string, facts: StateFacts | undefined): ReadonlySet<string> {
  const parts = /^(?:(\d*)(\+))?([^+]+)(?:(\+)(\d*))?$/.exec(term);
  const pattern = parts?.[3];
  if (!parts || pattern === undefined)
    throw new ProblemError({
      code: "selection-syntax",
      message: `"${term}" is no selector.`,
      hint: "Write silver.patient, gold.*, tag:daily, path:definitions/gold, state:failed, +x, x+ or 2+x; commas intersect.",
    });
  const keys = new Set(matching(graph, pattern, term, facts));
  const steps = (number: string | undefined) => (number ? Number(number) : Number.POSITIVE_INFINITY);
  const above = parts[2] ? reach(links.up, keys, steps(parts[1])) : [];
  const below = parts[4] ? reach(links.down, keys, steps(parts[5])) : [];
  return new Set([...keys, ...above, ...below]);
}

function reach(links: ReadonlyMap<string, readonly string[]>, from: ReadonlySet<string>, steps: number) {
  const seen = new Set(from);
  let edge = [...from];
  for (let step = 0; step < steps && edge.length > 0; step++) {
    edge = [...new Set(edge.flatMap((key) => links.get(key) ?? []))].filter((key) => !seen.has(key));
    for (const key of edge) seen.add(key);
  }
  return seen;
}

function matching(graph: Graph, pattern: string, term: string, facts: StateFacts | undefined): readonly string[] {
  const colon = /^([a-z]+):(.*)$/i.exec(pattern);
  const [, method, value = ""] = colon ?? [];
  switch (method?.toLowerCase()) {
    case undefined:
      return byName(graph, pattern, term);
    case "tag":
      return byTag(graph, value, term);
    case "path":
      return byPath(graph, value, term);
    case "state":
      return byState(graph, value, term, facts);
    default:
      throw new ProblemError({
        code: "selection-syntax",
        message: `"${term}": there is no selector "${method}:".`,
        hint: "Write tag:NAME, path:FOLDER, state:modified or state:failed.",
      });
  }
}

/** A star is any text within one part of a name. */
function globOf(pattern: string): RegExp {
  const escaped = pattern.split("*").map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "iu");
}

const keysOf = (actions: readonly Action[]) => actions.map(({ target }) => targetKey(target));

function byName(graph: Graph, pattern: string, term: string): readonly string[] {
  // `silver.patient` is a schema and a name, `patient` a name in any schema, `ehr.silver.patient` all three.
  const globs = pattern.split(".").map(globOf).reverse();
  const found = graph.actions.filter(({ target }) => {
    const parts = [target.name, target.schema, target.database ?? ""];
    return globs.length <= 3 && globs.every((glob, i) => glob.test(parts[i] ?? ""));
  });
  if (found.length === 0)
    throw unknown(
      term,
      "No action is named like this.",
      nearest(
        pattern,
        graph.actions.map(({ target }) => (globs.length === 1 ? target.name.toLowerCase() : targetLabel(target))),
      ),
    );
  if (found.length > 1 && !pattern.includes("*")) {
    const names = found.map(({ target }) => (globs.length > 1 ? targetKey(target).toLowerCase() : targetLabel(target)));
    throw new ProblemError({
      code: "selection-ambiguous",
      message: `"${term}" fits several actions: ${names.join(", ")}.`,
      hint: `Write the one that you mean, or *.${pattern} for all of them.`,
    });
  }
  return keysOf(found);
}

function byTag(graph: Graph, value: string, term: string): readonly string[] {
  const glob = globOf(value);
  const found = graph.actions.filter(({ tags }) => tags.some((tag) => glob.test(tag)));
  if (found.length > 0) return keysOf(found);
  const tags = graph.actions.flatMap((action) => action.tags);
  throw unknown(term, "No action has this tag.", nearest(value, tags));
}

function byPath(graph: Graph, value: string, term: string): readonly string[] {
  const path = value.replaceAll("\\", "/").replace(/^\.\//, "").replace(/\/+$/, "");
  const glob = globOf(path);
  // The file itself, or any folder that it lies in.
  const found = graph.actions.filter(({ fileName }) => {
    const parts = fileName.split("/");
    return parts.some((_, i) => glob.test(parts.slice(0, i + 1).join("/")));
  });
  if (found.length > 0) return keysOf(found);
  const paths = graph.actions.flatMap(({ fileName }) => [fileName, fileName.split("/").slice(0, -1).join("/")]);
  throw unknown(term, "No action lies there; paths are relative to the project.", nearest(path, paths));
}

/** What is in no such state is no mistake: then nothing is selected. */
function byState(graph: Graph, value: string, term: string, facts: StateFacts | undefined): readonly string[] {
  const state = value.toLowerCase();
  if (state !== "modified" && state !== "failed")
    throw new ProblemError({
      code: "selection-syntax",
      message: `"${term}": there is no state "${value}".`,
      hint: "Write state:modified or state:failed.",
    });
  if (facts === undefined)
    throw new ProblemError({
      code: "selection-state",
      message: `"${term}": this command knows nothing of what was built.`,
      hint: "Select by name, tag:NAME or path:FOLDER.",
    });
  return keysOf(graph.actions).filter((key) => facts[state].has(key));
}

function unknown(term: string, message: string, near: readonly string[]): ProblemError {
  return new ProblemError({
    code: "selection-unknown",
    message: `"${term}": ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    hint: near.length > 0 ? `Did you mean ${near.join(", ")}?` : "`medform compile --json` lists every action.",
  });
}
