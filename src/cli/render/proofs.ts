/** What the proof of incremental tables found. */
import { targetLabel } from "../../graph/index.js";
import type { Proof } from "../../run/index.js";
import { columns, count, counted, wrap } from "./layout.js";
import type { SectionContext } from "./sections.js";

/** How many are equal; each that is not, with counts and columns; what was not proved, and why. Empty without proofs. */
export function proofsSection(proofs: readonly Proof[], { width, paint }: SectionContext): readonly string[] {
  if (proofs.length === 0) return [];
  const of = (outcome: Proof["outcome"]) => proofs.filter((each) => each.outcome === outcome);
  const words = [
    `${count(of("pass").length)} equal to a full refresh`,
    ...(of("fail").length > 0 ? [`${count(of("fail").length)} not`] : []),
    ...(of("warn").length > 0 ? [`${count(of("warn").length)} not, and may`] : []),
    ...(of("error").length > 0 ? [`${count(of("error").length)} errored`] : []),
    ...(of("skipped").length > 0 ? [`${count(of("skipped").length)} skipped`] : []),
  ];
  const differing = [...of("fail"), ...of("warn")];
  const unequal = differing.flatMap(({ target, rows, outcome }) =>
    rows === null
      ? []
      : [
          [
            (outcome === "fail" ? paint.red : paint.yellow)("differs"),
            targetLabel(target),
            count(rows.published),
            count(rows.rebuilt),
            count(rows.onlyPublished),
            count(rows.onlyRebuilt),
          ],
        ],
  );
  const head = ["", "table", "published", "rebuilt", "only published", "only rebuilt"].map((text) => paint.dim(text));
  const right = { align: "right" as const };
  const layout = [{}, { shrink: true, keepEnd: true }, right, right, right, right];
  const notes = [
    ...differing.flatMap((proof) => detailOf(proof).map((text) => `${targetLabel(proof.target)}: ${text}`)),
    ...reasons("may differ", of("warn")),
    ...reasons("not proved", of("skipped")),
  ];
  return [
    `${paint.bold("Proofs")}  ${words.join(", ")}`,
    ...(unequal.length === 0 ? [] : columns([head, ...unequal], layout, { width, indent: 2 })),
    ...notes.flatMap((text) => wrap(text, width - 2, 2)).map((line) => `  ${line}`),
  ];
}

function detailOf({ columns: differing, columnsOnly }: Proof): readonly string[] {
  const { onlyPublished, onlyRebuilt } = columnsOnly;
  const names = differing.map(({ name, rows }) => `${name.toLowerCase()} (${counted(rows, "row")})`);
  const list = (columns: readonly string[]) => columns.map((name) => name.toLowerCase()).join(", ");
  return [
    ...(names.length === 0 ? [] : [`under the same key other values in ${names.join(", ")}`]),
    ...(onlyPublished.length === 0 ? [] : [`only published: column ${list(onlyPublished)}`]),
    ...(onlyRebuilt.length === 0 ? [] : [`only rebuilt: column ${list(onlyRebuilt)}`]),
  ];
}

/** A line for each reason. */
function reasons(what: string, proofs: readonly Proof[]): readonly string[] {
  return [...new Set(proofs.map(({ reason }) => reason))].map((reason) => {
    const names = proofs.filter((each) => each.reason === reason).map(({ target }) => targetLabel(target));
    return `${what}: ${names.join(", ")} (${reason})`;
  });
}
