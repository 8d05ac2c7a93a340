import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileProject } from "../compile/index.js";
import type { Graph } from "../graph/index.js";
import { renderReference } from "./reference.js";

/** A project of two tables, one of which reads the other. */
async function graph(): Promise<Graph> {
  const dir = mkdtempSync(join(tmpdir(), "medform-reference-"));
  try {
    mkdirSync(join(dir, "definitions"));
    const config = { warehouse: "snowflake", defaultDatabase: "D", defaultSchema: "S", assertionSchema: "A" };
    writeFileSync(join(dir, "dataform.json"), JSON.stringify(config));
    writeFileSync(
      join(dir, "definitions/a.sqlx"),
      `config {
  type: "incremental",
  uniqueKey: ["id"],
  description: "All | of\\n  them.",
  columns: { id: { description: "Its id.", tags: ["phi:other"] } },
  snowflake: { clusterBy: ["id"] },
  assertions: { nonNull: ["id"] }
}
select 1 as id`,
    );
    writeFileSync(
      join(dir, "definitions/b.js"),
      `publish("b", { type: "view", schema: "t" }).query((ctx) => "select id from " + ctx.ref("a"));`,
    );
    const { graph, problems } = await compileProject({ projectDir: dir });
    expect(problems).toEqual([]);
    return graph;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe("the reference", () => {
  it("says of each relation what it is, its grain, columns, rules and lineage", async () => {
    expect(renderReference(await graph(), { title: "Ours" })).toBe(`# Ours

- [s](#s): 1 relation
- [t](#t): 1 relation

## s

### s.a

All \\| of them.

*incremental table; one row for each \`id\`; clustered by \`id\`; \`definitions/a.sqlx\`*

Read by \`t.b\`.

| column | meaning | tags |
|---|---|---|
| \`id\` | Its id. | phi:other |

Rules:

- \`s_a_assertions_rowconditions\`

## t

### t.b

*view; \`definitions/b.js\`*

Reads \`s.a\`.
`);
  });

  it("is of what was selected alone", async () => {
    const page = renderReference(await graph(), { title: "Ours", only: new Set(["D.T.B"]) });
    expect(page).not.toContain("### s.a");
    expect(page).toContain("### t.b");
  });
});
