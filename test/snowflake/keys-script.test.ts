/** The script of declared keys: made from the project's rules, read as far as the parsers go, and no key in it that no rule holds. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import { type Assertion, type Graph, heldKeys, quoteTarget, targetKey } from "../../src/graph/index.js";
import { readEnvironments, resolveEnvironment } from "../../src/project/index.js";
import { formerKeys, keyScript, keyStatements } from "../../src/warehouse/snowflake/keys.js";
import { helpers } from "../models/scd/project.js";
import { compile } from "../run/support.js";
import { openPolyglot, openSqlparser } from "./parsers.js";

const root = resolve(import.meta.dirname, "../..");
const database = "EHR_PROD";

let graph: Graph;
let statements: readonly string[];

beforeAll(async () => {
  const { overrides } = resolveEnvironment("production", readEnvironments(root));
  const compiled = await compileProject({ projectDir: root, overrides, print: () => {} });
  expect(compiled.problems).toEqual([]);
  graph = compiled.graph;
  statements = keyStatements(heldKeys(graph), database);
});

const isAssertion = (action: { readonly kind: string }): action is Assertion => action.kind === "assertion";

describe("the script of declared keys", () => {
  it("is what medform docs --keys makes of the project now (npm run docs)", () => {
    const script = readFileSync(resolve(root, "docs/snowflake-keys.sql"), "utf8");
    expect(script).toBe(keyScript(heldKeys(graph), database));
  });

  it("is read by both parsers; RELY is known to one of them", async () => {
    await using sqlparser = await openSqlparser();
    await using polyglot = openPolyglot();
    const complaints: string[] = [];
    for (const statement of [...statements, formerKeys(database)]) {
      const told = [await polyglot.parse(statement), await sqlparser.parse(statement.replace(/ (?:no)?rely$/, ""))];
      if (told.some((each) => each !== undefined)) complaints.push(`${statement}: ${told.join(" ")}`);
    }
    expect(complaints).toEqual([]);
  });

  it("declares what a rule of severity error looks for, in all rows of a table, and nothing else", () => {
    const relations = new Map(graph.actions.map((action) => [targetKey(action.target), action]));
    const rules = graph.actions
      .filter(isAssertion)
      .flatMap((assertion) => assertion.rules.map((rule) => ({ rule, assertion })));
    const form =
      /^alter table (\S+) add constraint "MEDFORM_(\w+)" (primary key|unique|foreign key) \(([^)]+)\)(?: references (\S+) \(([^)]+)\))? (rely|norely)$/;
    const names: string[] = [];
    for (const statement of statements.slice(1)) {
      const [, table = "", name = "", kind = "", columns = "", parent, parentColumns, belief] =
        form.exec(statement) ?? [];
      names.push(name);
      const [held, ...others] = rules.filter(({ rule }) => rule.toUpperCase() === name);
      expect(others, name).toEqual([]);
      expect(held?.assertion, name).toMatchObject({ severity: "error", onlyNew: false, disabled: false });
      expect(held?.assertion.threshold, name).toBeUndefined();
      const query = held?.assertion.query.replaceAll(/\s+/g, " ") ?? "";
      // The rule's own part of the query, which says more than its tag.
      const branch = query.split(" union all ").find((part) => part.includes(`'${held?.rule}' as rule`)) ?? "";
      const [, step] = /from (beside_\d+) where/.exec(branch) ?? [];
      const [own = ""] = step ? query.slice(query.indexOf(`${step} as (`)).split(") as checked") : [branch];
      const listed = columns.toLowerCase().replaceAll('"', "").split(", ");
      expect(own, name).toContain(`from ${table}`);
      if (kind === "foreign key") {
        const on = parentColumns
          ?.toLowerCase()
          .replaceAll('"', "")
          .split(", ")
          .map((column, at) => `child.${listed[at]} = parent.${column}`);
        const [, after] = own.split(` left join ${parent} as parent on ${on?.join(" and ")} `);
        expect(after, name).toMatch(step ? /^$/ : /^where parent\./);
        if (step) expect(own, name).toMatch(new RegExp(`parent\\.\\w+ is null[^,]* as ${held?.rule}\\b`));
        const isKey = statements.some(
          (each) => each.includes(`${parent} add`) && each.endsWith(`(${parentColumns}) rely`),
        );
        expect(isKey, name).toBe(true);
        expect(belief, name).toBe("norely");
      } else {
        expect(own, name).toContain(
          `group by ${listed.join(", ")} having count(*) > 1 or ${listed.map((each) => `${each} is null`).join(" or ")}`,
        );
        expect(belief, name).toBe("rely");
      }
      const target = [...relations.values()].find((each) => quoteTarget(each.target) === table);
      expect(["table", "incremental"], name).toContain(target?.kind);
    }
    expect(new Set(names).size).toBe(names.length);
    const tables = statements.filter((each) => each.includes(" primary key ")).map((each) => each.split(" ")[2]);
    expect(new Set(tables).size).toBe(tables.length);
  });

  it("leaves out no key of a table that a rule of the project holds", () => {
    const held = new Set(heldKeys(graph).keys.map(({ rule }) => rule));
    const tables = new Set(
      graph.actions
        .filter(({ kind }) => kind !== "view" && kind !== "assertion")
        .map(({ target }) => targetKey(target)),
    );
    const missing = graph.actions
      .filter(isAssertion)
      .filter(({ severity, threshold, onlyNew }) => severity === "error" && threshold === undefined && !onlyNew)
      .flatMap(({ query, dependencies }) =>
        query
          .split(/\bunion all\b/)
          .filter((part) => /having count\(\*\) > 1\s+or /.test(part))
          .filter((part) =>
            dependencies.some(
              (target) => tables.has(targetKey(target)) && part.includes(`from ${quoteTarget(target)}`),
            ),
          )
          .map((part) => /'(\w+)' as rule/.exec(part)?.[1] ?? ""),
      )
      .filter((rule) => !held.has(rule));
    expect(missing).toEqual([]);
    expect(held.size).toBeGreaterThan(100);
  });
});

describe("a key", () => {
  const declared = async (rules: string, more: Readonly<Record<string, string>> = {}) => {
    const compiled = await compile({
      ...helpers(),
      "visit.sqlx": `config { type: "table" }\nselect 1 as id, 2 as person_id, 'a' as code`,
      "person.sqlx": `config { type: "table" }\nselect 1 as id`,
      "shown.sqlx": `config { type: "view" }\nselect * from \${ref("visit")}`,
      "rules.js": `const { declare, key, noOrphans } = require("../includes/declared.js");
const visit = { schema: "gold", name: "visit" };
const person = { schema: "gold", name: "person" };
${rules}`,
      ...more,
    });
    return keyStatements(heldKeys(compiled), "EHR").slice(1);
  };
  const visit = 'alter table "EHR"."GOLD"."VISIT" add constraint';

  it("is declared where a rule holds it; a second one of a table as unique, a reference to a key", async () => {
    const found = await declared(`declare(person, { keys: ["id"], rules: [key("person_key")] });
declare(visit, { keys: [{ name: "id", type: "integer" }], rules: [key("visit_key"), noOrphans("visit_person", ["person_id"], "person", ["id"])] });
declare(visit, { keys: ["person_id", "code"], suffix: "more", rules: [key("visit_more")] });`);
    expect(found).toEqual([
      'alter table "EHR"."GOLD"."PERSON" add constraint "MEDFORM_PERSON_KEY" primary key ("ID") rely',
      `${visit} "MEDFORM_VISIT_KEY" primary key ("ID") rely`,
      `${visit} "MEDFORM_VISIT_MORE" unique ("PERSON_ID", "CODE") rely`,
      `${visit} "MEDFORM_VISIT_PERSON" foreign key ("PERSON_ID") references "EHR"."GOLD"."PERSON" ("ID") norely`,
    ]);
  });

  it.each([
    ["warns", 'declare(visit, { keys: ["id"], warn: [key("visit_key")] })'],
    ["bears failing rows", 'declare(visit, { keys: ["id"], threshold: 3, rules: [key("visit_key")] })'],
    ["is of a view", 'declare({ schema: "gold", name: "shown" }, { keys: ["id"], rules: [key("shown_key")] })'],
    [
      "leads to no key",
      'declare(visit, { keys: ["id"], rules: [noOrphans("visit_person", ["person_id"], "person", ["id"])] })',
    ],
    [
      "judges new rows only",
      'declare(visit, { keys: ["id"], rows: "new", rules: [noOrphans("visit_person", ["person_id"], "person", ["id"])] }); declare(person, { keys: ["id"], warn: [key("person_key")] })',
    ],
  ])("is not declared where its rule %s", async (_, rules) => {
    expect(await declared(rules)).toEqual([]);
  });
});
