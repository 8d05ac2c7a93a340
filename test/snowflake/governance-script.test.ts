/** The script of roles, grants and policies: read as far as the parsers go, and what production asks for is made by it. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import { type Relation, sameTarget } from "../../src/graph/index.js";
import { readEnvironments, resolveEnvironment } from "../../src/project/index.js";
import { declaredPolicies } from "../../src/warehouse/snowflake/policies.js";
import { openPolyglot, openSqlparser } from "./parsers.js";

const root = resolve(import.meta.dirname, "../..");
const statementsOf = (script: string) =>
  readFileSync(resolve(root, "docs", script), "utf8")
    .replaceAll(/^--.*$/gm, "")
    .split(/;\s*$/m)
    .map((text) => text.trim())
    .filter((text) => text !== "");
const statements = statementsOf("snowflake-governance.sql");

const policy =
  /^create (?:masking|row access) policy if not exists (\S+) as \((\w+) ([^>]+?)\) returns (.+?) -> ([\s\S]+)$/;
/** What neither parser knows: policies, of which the body is read as a query, and grants on them. */
const readable = (statement: string): string => {
  const [, , argument = "", type = "", , body = ""] = policy.exec(statement) ?? [];
  if (argument !== "") return `select ${body} from (select cast(null as ${type}) as ${argument})`;
  return statement.replace(/^grant apply on (?:masking|row access) policy /, "grant select on table ");
};

it("is read by both parsers, the bodies of policies as queries", async () => {
  await using sqlparser = await openSqlparser();
  await using polyglot = openPolyglot();
  const complaints: string[] = [];
  for (const statement of statements) {
    const told = [];
    for (const parser of [sqlparser, polyglot]) told.push(await parser.parse(readable(statement)));
    // Grants for what will be built are known to one of them.
    const known = / on future /.test(statement)
      ? told.some((each) => each === undefined)
      : told.every((each) => each === undefined);
    if (!known) complaints.push(`${statement}: ${told.join(" ")}`);
  }
  expect(complaints).toEqual([]);
});

it("makes policies that return the type that they take, and lets the run name each of them", () => {
  const made = statements.flatMap((statement) => {
    const [, name = "", , takes = "", returns = ""] = policy.exec(statement) ?? [];
    return name === "" ? [] : [{ name, takes, returns }];
  });
  expect(made.length).toBeGreaterThan(5);
  for (const { name, takes, returns } of made) {
    const isOfRows = name.endsWith("_ROWS");
    expect(returns, name).toBe(isOfRows ? "boolean" : takes);
    expect(statements).toContain(
      `grant apply on ${isOfRows ? "row access" : "masking"} policy ${name} to role MEDFORM_RUNNER`,
    );
  }
});

it("makes every policy that the production environment names, for the types that columns have", async () => {
  const { overrides } = resolveEnvironment("production", readEnvironments(root));
  const { graph, problems } = await compileProject({ projectDir: root, overrides, print: () => {} });
  expect(problems).toEqual([]);
  const made = new Set(statements.flatMap((statement) => policy.exec(statement)?.[1] ?? []));
  const types = [
    "VARCHAR",
    "NUMBER(38,0)",
    "NUMBER(18,2)",
    "NUMBER(38,4)",
    "FLOAT",
    "DATE",
    "TIMESTAMP_NTZ(9)",
    "BOOLEAN",
  ];
  let guarded = 0;
  for (const action of graph.actions) {
    if (!("guards" in action) || action.guards === undefined) continue;
    guarded += 1;
    for (const type of types) {
      const columns = action.columns.map(({ path }) => ({ name: path.join("."), type }));
      const { masking } = declaredPolicies(action, columns, "EHR_PROD");
      for (const { name } of columns) {
        const wanted = masking(name);
        if (wanted !== undefined) expect(made).toContain(wanted.name.replaceAll('"', ""));
      }
    }
  }
  expect(guarded).toBeGreaterThan(100);
});

it("gives analysts and researchers nothing but what is made for them", () => {
  const given = statements.filter((statement) => /^grant (?:select|usage) on (?!database|warehouse)/.test(statement));
  const of = (role: string) => given.filter((statement) => statement.endsWith(` to role ${role}`)).join("\n");
  expect(of("MEDFORM_ANALYST")).not.toMatch(/\.(?!MASKED)\w+ to /);
  expect(of("MEDFORM_ANALYST")).toContain("select on future views in schema EHR_PROD.MASKED ");
  expect(of("MEDFORM_RESEARCHER")).not.toMatch(/\.(?!SAFE_HARBOR)\w+ to /);
  expect(statements.join("\n")).not.toMatch(/CROSSWALK|SHIFTED_DATES/);
});

it("lets no reader look at silver, bronze, landing tables or what rules find: each role at its own schemas alone", () => {
  const all = [...statementsOf("snowflake-setup.sql"), ...statements];
  const schemasOf = (role: string) =>
    new Set(
      all.flatMap((statement) => {
        const [, schema, to] = /^grant .* schema EHR_PROD\.(\w+) to role (\w+)$/.exec(statement) ?? [];
        const [, of, whom] =
          /^grant .* on (?:table|view|stage) EHR_PROD\.(\w+)\.\w+ to role (\w+)$/.exec(statement) ?? [];
        return (to ?? whom) === role ? [schema ?? of] : [];
      }),
    );
  expect(
    Object.fromEntries(
      ["READER", "ANALYST", "RESEARCHER", "AUDITOR"].map((role) => [role, [...schemasOf(`MEDFORM_${role}`)].sort()]),
    ),
  ).toEqual({
    READER: ["GOLD", "READERS"],
    ANALYST: ["MASKED"],
    RESEARCHER: ["SAFE_HARBOR"],
    AUDITOR: ["MEDFORM"],
  });
  expect([...schemasOf("MEDFORM_RUNNER")]).toContain("RAW");
  const roles = all.flatMap((statement) => /^create role if not exists (\w+)$/.exec(statement)?.[1] ?? []);
  expect(roles.sort()).toEqual(
    ["ANALYST", "AUDITOR", "LOADER", "OWNER", "PRIVACY", "READER", "RESEARCHER", "RUNNER"].map(
      (role) => `MEDFORM_${role}`,
    ),
  );
  // Nor by another way: all privileges, one role within another, or everybody.
  expect(
    all.filter((statement) => /^grant all|to role public|^grant (?:ownership|select) on all /i.test(statement)),
  ).toEqual([]);
  expect(
    all.filter(
      (statement) =>
        /^grant role /.test(statement) && !/ to (?:role SYSADMIN|user MEDFORM_(?:REFRESHER|DELIVERY))$/.test(statement),
    ),
  ).toEqual([]);
});

it("masks the views of readers as it masks the relations of gold behind them", async () => {
  const { overrides } = resolveEnvironment("production", readEnvironments(root));
  const { graph } = await compileProject({ projectDir: root, overrides, print: () => {} });
  const relations = graph.actions.filter(
    (action): action is Relation => action.kind === "view" || action.kind === "table",
  );
  const readers = relations.filter(({ target }) => target.schema === "READERS");
  expect(readers.length).toBeGreaterThan(3);
  for (const { target, guards, dependencies } of readers) {
    const [behind] = relations.filter((each) => dependencies.some((other) => sameTarget(other, each.target)));
    expect(Object.keys(guards?.masking ?? {}).length, target.name).toBeGreaterThan(1);
    expect(guards, target.name).toEqual(behind?.guards);
  }
});
