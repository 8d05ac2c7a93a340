/** What a plan will ask of the warehouse, as text. */
import { targetLabel } from "../../graph/index.js";
import type { Estimate, RelationEstimate } from "../../plan/index.js";
import type { Paint } from "../io.js";
import { columns, count, counted, megabytes } from "./layout.js";

const MOST_NAMES = 6;

/** Lines without trailing newlines; none where there is nothing to build. */
export function renderEstimate(
  { relations, warehouses }: Estimate,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  if (warehouses.length === 0) return [];
  const how = (wanted: RelationEstimate["how"]) => relations.filter((each) => each.how === wanted).length;
  const aside = relations.filter(({ candidate }) => candidate === "yes");
  const perhaps = relations.filter(({ candidate }) => candidate === "columns").length;
  const kinds = [
    ...(how("whole") > 0 ? [`${count(how("whole"))} written whole`] : []),
    ...(how("increment") > 0 ? [counted(how("increment"), "increment")] : []),
    ...(how("view") > 0 ? [counted(how("view"), "view")] : []),
    ...(how("operation") > 0 ? [counted(how("operation"), "operation")] : []),
  ];
  const titles = ["warehouse", "to build", "assertions", "size now"].map((text) => paint.dim(text));
  const rows = warehouses.map(({ warehouse, builds, assertions, bytes }) => [
    warehouse ?? "the user's default",
    count(builds),
    count(assertions),
    bytes === 0 ? paint.dim("–") : megabytes(bytes),
  ]);
  const right = { align: "right" as const };
  return [
    "",
    `${paint.bold("Estimate")}: ${kinds.length === 0 ? "nothing is written" : kinds.join(", ")}.`,
    ...(aside.length === 0
      ? []
      : [`  ${count(aside.length)} made aside as a candidate and swapped in after the commit: ${named(aside)}.`]),
    ...(perhaps === 0
      ? []
      : [`  ${count(perhaps)} in the table as it is, in one transaction; as candidates where columns changed.`]),
    ...columns([titles, ...rows], [{ shrink: true }, right, right, right], { width, indent: 2 }),
  ];
}

function named(relations: readonly RelationEstimate[]): string {
  const names = relations.slice(0, MOST_NAMES).map(({ target }) => targetLabel(target));
  const more = relations.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${count(more)} more` : names.join(", ");
}
