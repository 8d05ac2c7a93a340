/** The verdict of a run, as people read it at the end. */
import { type Graph, sameTarget, type Target, targetLabel } from "../../graph/index.js";
import type { ActionStatus, Evaluation } from "../../run/index.js";
import type { Paint } from "../io.js";
import type { Typed } from "../typed.js";
import type { Digest } from "./digest.js";
import { columns, count, counted, duration } from "./layout.js";
import { proofsSection } from "./proofs.js";
import { heldBackSection, problemsSection, routeEnd, rowsSection, rulesSection } from "./sections.js";

export interface SummaryContext {
  readonly width: number;
  readonly paint: Paint;
  readonly project: string;
  /** To name the tables that a next command can show. */
  readonly graph?: Pick<Graph, "actions">;
  readonly typed: Typed;
}

/** Lines without trailing newlines. One line where nothing was to do. */
export function renderSummary(digest: Digest, context: SummaryContext): readonly string[] {
  const { finished } = digest;
  if (finished === undefined) return [];
  if (nothingDone(digest)) {
    const notes = problemsSection(digest, context);
    const why =
      digest.actions.length + finished.counts.unchanged === 0
        ? "the selection holds nothing to run"
        : `${counted(finished.counts.unchanged, "action")} up to date`;
    const line = `${context.paint.green("Nothing to do")}: ${why}.`;
    return notes.length === 0 ? [line] : [...notes, "", line];
  }
  const sections = [
    rowsSection(digest.dispositions, context),
    proofsSection(digest.proofs, context),
    problemsSection(digest, context),
    heldBackSection(digest, context),
    verdict(digest, context.paint),
    rulesSection(digest.evaluations, context, context.typed("medform status")),
    nextSection(digest, context),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines) => ["", ...lines]);
}

/** What `--quiet` leaves of it: nothing after a success, else what went wrong and the verdict. */
export function renderQuietSummary(digest: Digest, context: SummaryContext): readonly string[] {
  if (digest.finished === undefined || digest.finished.exitCode === 0) return [];
  const failures = digest.evaluations.filter(({ outcome }) => outcome === "fail" || outcome === "error");
  return [
    ...rulesSection(failures, context, context.typed("medform status")).slice(1),
    ...proofsSection(digest.proofs, context).slice(1),
    ...problemsSection({ ...digest, notices: [] }, context),
    ...verdict(digest, context.paint),
  ];
}

/** What is disabled is so on purpose. */
function nothingDone({ finished, evaluations, proofs, actions }: Digest): boolean {
  if (finished?.outcome !== "succeeded" || evaluations.length + proofs.length > 0) return false;
  return actions.every(
    ({ status, reason }) => status === "unchanged" || (status === "blocked" && reason === "disabled"),
  );
}

const ALWAYS: readonly ActionStatus[] = ["built", "unchanged", "skipped", "failed", "discarded"];
const SOMETIMES: readonly ActionStatus[] = ["blocked", "cancelled"];

function verdict({ finished, evaluations, actions }: Digest, paint: Paint): readonly string[] {
  if (finished === undefined) return [];
  const { counts } = finished;
  const parts = [...ALWAYS, ...SOMETIMES.filter((status) => counts[status] > 0)].map(
    (status) => `${count(counts[status])} ${status}`,
  );
  const failing = evaluations.filter(({ outcome }) => outcome === "fail").length;
  const unequal = finished.proofs?.fail ?? 0;
  const rules = [
    ...(failing > 0 || unequal === 0 ? [`${counted(failing, "rule")} of severity error failed`] : []),
    ...(unequal > 0
      ? [`${counted(unequal, "incremental table")} ${unequal === 1 ? "is" : "are"} not what a full refresh makes`]
      : []),
  ].join(", ");
  const kept =
    counts.discarded > 0
      ? `; ${counted(counts.discarded, "table")} not published, what was published before stays`
      : "";
  // What is disabled is so on purpose; what is protected may not be what who asked for a full refresh expects.
  const refused = actions.filter(({ status, reason }) => status === "blocked" && reason !== "disabled").length;
  const sentence = ((): string => {
    switch (finished.outcome) {
      case "succeeded":
        return refused === 0
          ? paint.bold(paint.green("Succeeded"))
          : `${paint.bold(paint.yellow("Succeeded in part"))}: ${counted(refused, "table")} blocked, and left as ${refused === 1 ? "it was" : "they were"}`;
      case "failed":
        return `${paint.bold(paint.red("Failed"))}: ${rules}${kept}`;
      case "cancelled":
        return `${paint.bold(paint.yellow("Cancelled"))}: what was published stays, nothing half built is visible`;
      case "error": {
        if (finished.exitCode === 3)
          return `${paint.bold(paint.red("Refused"))}: a newer run has published meanwhile, and what it published stays`;
        const broken = counts.failed > 0 ? `${counted(counts.failed, "action")} failed` : "the run could not go on";
        return `${paint.bold(paint.red("Error"))}: ${broken}${failing + unequal > 0 ? `, ${rules}` : ""}${kept}`;
      }
    }
  })();
  // Where rules alone were evaluated there is nothing to count.
  const touched = Object.values(counts).some((number) => number > 0);
  return [`${sentence}  ${paint.dim(duration(finished.milliseconds))}`, ...(touched ? [`  ${parts.join(", ")}`] : [])];
}

/** Concrete commands, most urgent first. */
export function nextCommands(digest: Digest, graph?: Pick<Graph, "actions">): readonly (readonly [string, string])[] {
  const broken = digest.actions.find(({ status }) => status === "failed");
  const gate = digest.evaluations.find(({ outcome }) => outcome === "fail");
  const unequal = digest.proofs.find(({ outcome }) => outcome === "fail");
  const warned = digest.evaluations
    .filter(({ outcome, failing }) => outcome === "warn" && failing !== null)
    .toSorted((a, b) => (b.failing ?? 0) - (a.failing ?? 0))[0];
  const next: (readonly [string, string])[] = [];
  if (digest.finished?.outcome === "cancelled") next.push(["medform run --resume", "do what is left"]);
  if (broken !== undefined)
    next.push([`medform run ${targetLabel(broken.target)}+`, "once it is mended, with what depends on it"]);
  if (gate !== undefined) next.push(afterFailure(gate, digest));
  if (unequal !== undefined)
    next.push([
      `medform run ${targetLabel(unequal.target)}+ --full-refresh`,
      "makes it anew, and what is made from it",
    ]);
  for (const target of quarantineTables(digest, graph)) {
    next.push([`medform show ${targetLabel(target)} --limit 20`, "rows that wait, and the rules that they broke"]);
  }
  if (warned !== undefined)
    next.push([`medform show ${targetLabel(warned.assertion)} --limit 20`, `rows of ${warned.rule.toLowerCase()}`]);
  next.push(["medform audit report", "the verdict, rules and tables as a page"]);
  return next;
}

/** The failing rows of a discarded build are gone with it; those of what is published can be shown. */
function afterFailure({ rule, gate, assertion }: Evaluation, { actions }: Digest): readonly [string, string] {
  const discarded =
    gate !== undefined && actions.some(({ status, target }) => status === "discarded" && sameTarget(target, gate));
  return discarded
    ? [`medform run ${targetLabel(gate)}+`, `once data or model are mended, so that ${rule.toLowerCase()} holds`]
    : [`medform show ${targetLabel(assertion)}`, `the rows that break ${rule.toLowerCase()}`];
}

const MOST_QUARANTINES = 2;

/** By convention the quarantine of an entity is the table `<entity>_quarantine`; the route names the entity last. */
function quarantineTables(digest: Digest, graph?: Pick<Graph, "actions">): readonly Target[] {
  const held = digest.dispositions
    .filter(({ disposition, count }) => disposition === "quarantined" && count > 0)
    .toSorted((a, b) => b.count - a.count);
  const names = new Set(held.map(({ route }) => `${routeEnd(route)}_quarantine`.toLowerCase()));
  return [...names]
    .flatMap(
      (name) =>
        graph?.actions.find(({ target }) => [target.name.toLowerCase(), targetLabel(target)].includes(name))?.target ??
        [],
    )
    .slice(0, MOST_QUARANTINES);
}

const SHORTEST_REASON = 24;

function nextSection(digest: Digest, { graph, paint, width, typed }: SummaryContext): readonly string[] {
  const all = nextCommands(digest, graph).map(([command, why]) => [typed(command), why] as const);
  // Several may come to the same, as where a schedule runs all of them.
  const rows = all.filter(([command], i) => all.findIndex(([other]) => other === command) === i);
  const commandWidth = Math.max(...rows.map(([command]) => command.length));
  const roomy = width - commandWidth - 4 >= SHORTEST_REASON;
  const cells = rows.map(([command, why]) => (roomy ? [paint.cyan(command), why] : [paint.cyan(command)]));
  return [paint.bold("Next"), ...columns(cells, roomy ? [{}, { shrink: true }] : [{}], { width, indent: 2 })];
}
