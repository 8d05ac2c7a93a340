/** A model says which columns it takes: one that gets another column upstream goes on saying what its description says. */
import { expect, it } from "vitest";
import type { Relation } from "../../src/graph/index.js";
import { graph } from "./hospital.js";

/** `*`, or `other.*` at the end of other columns or before them, of what is read by its own name: of a CTE it is no other relation's. */
const everything = /\bselect\s+(?:\w+\.)?\*\s+from\s+"|\b\w+\.\*(?:,\s*[\w.]+(?:\s+as\s+\w+)?)*\s+from\s+"/i;

it("takes no column of another relation unseen", async () => {
  const { actions } = await graph();
  const relations = actions.filter(
    (action): action is Relation =>
      (action.kind === "table" || action.kind === "view" || action.kind === "incremental") &&
      // Names that stay, whatever stands behind them; and what keeps all that was told.
      action.target.schema !== "READERS" &&
      !/^SILVER\.PATIENT(_ADDRESS)?_HISTORY$/.test(`${action.target.schema}.${action.target.name}`),
  );
  const found = relations.filter(({ query, incrementalQuery = "", target: { schema, name } }) => {
    // Its own rows may be read whole.
    const own = new RegExp(`"${schema}"\\."${name}"`, "g");
    return [query, incrementalQuery].some((text) =>
      everything.test(text.replaceAll(/"\w+"\.(?="\w+"\."\w+")/g, "").replaceAll(own, "self")),
    );
  });
  expect(relations.length).toBeGreaterThan(300);
  expect(found.map(({ target: { schema, name } }) => `${schema}.${name}`)).toEqual([]);
});
