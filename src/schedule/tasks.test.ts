import { Dialect, init, parse } from "@polyglot-sql/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { ProblemError } from "../graph/index.js";
import type { Environment, Schedule } from "../project/index.js";
import { createTask } from "../warehouse/index.js";
import { type DeployedTask, taskOf, taskSteps } from "./tasks.js";

const schedule = (name: string, more: Partial<Schedule> = {}): Schedule => ({
  name,
  at: { file: "environments.json", line: 3, column: 7 },
  cron: "30 4 * * mon-fri",
  timeZone: "Europe/Berlin",
  tags: [],
  actions: [],
  disabled: false,
  includeDependencies: false,
  includeDependents: false,
  fullRefresh: false,
  notify: [],
  ...more,
});

const environment: Environment = {
  name: "production",
  connection: {
    account: "ORG-ACCOUNT",
    tasks: {
      computePool: "MEDFORM_POOL",
      image: "/ehr_prod/medform/images/hospital:1",
      secrets: { MEDFORM_HASH_KEY: "EHR_PROD.MEDFORM.HASH_KEY" },
      integrations: ["OPS_ACCESS"],
    },
  },
  schedules: [],
};

const options = { project: "hospital", database: "EHR_PROD", suspended: false };
const named = (each: Schedule) => ({ environment, schedule: each });
const deployed = (each: Schedule, started = true): DeployedTask => {
  const { name, comment } = taskOf(named(each), options);
  return { name, comment, started };
};
const steps = (wanted: readonly Schedule[], there: readonly DeployedTask[], more = {}) =>
  taskSteps(wanted.map(named), there, "production", { ...options, complete: true, ...more });
const outline = (wanted: readonly Schedule[], there: readonly DeployedTask[], more = {}) =>
  steps(wanted, there, more).map(({ name, what, statements }) => [
    name,
    what,
    ...statements.map((text) => text.split("\n")[0]),
  ]);

const quoted = (name: string) => `"EHR_PROD".MEDFORM."medform production.${name}"`;

describe("the tasks of an environment", () => {
  test("the statement, whole", () => {
    expect(createTask(taskOf(named(schedule("it's \\nightly")), options), { replace: false })).toMatchInlineSnapshot(`
      "create task "EHR_PROD".MEDFORM."medform production.it's \\nightly"
        schedule = 'USING CRON 30 4 * * 1,2,3,4,5 Europe/Berlin'
        allow_overlapping_execution = false
        user_task_timeout_ms = 86400000
        comment = '{"medform":"task","project":"hospital","environment":"production","schedule":"it''s \\\\\\\\nightly","definition":"0a42110d52b42486"}'
      as
      execute job service
        in compute pool MEDFORM_POOL
        from specification 'spec:
        containers:
        - name: medform
          image: "/ehr_prod/medform/images/hospital:1"
          args: ["schedule","run","production.it''s \\\\\\\\nightly","--project","/project","--no-color"]
          env:
            SNOWFLAKE_AUTHENTICATOR: oauth
            SNOWFLAKE_TOKEN_FILE_PATH: /snowflake/session/token
          secrets:
          - snowflakeSecret:
              objectName: "EHR_PROD.MEDFORM.HASH_KEY"
            secretKeyRef: secret_string
            envVarName: "MEDFORM_HASH_KEY"
      '
        external_access_integrations = (OPS_ACCESS)"
    `);
  });

  test("hold no secret, only its name", () => {
    const text = createTask(taskOf(named(schedule("nightly")), options), { replace: true });
    expect(text).toContain('objectName: "EHR_PROD.MEDFORM.HASH_KEY"');
    expect(text).toContain("/snowflake/session/token");
  });

  test("are made and started; made and left as they are; not started where they shall not be", () => {
    const [a, b] = [schedule("a"), schedule("b", { disabled: true })];
    expect(outline([a, b], [])).toEqual([
      ["medform production.a", "create", `create task ${quoted("a")}`, `alter task ${quoted("a")} resume`],
      ["medform production.b", "create", `create task ${quoted("b")}`],
    ]);
    expect(outline([a, b], [deployed(a), deployed(b, false)])).toEqual([
      ["medform production.a", "keep"],
      ["medform production.b", "keep"],
    ]);
    expect(outline([a, b], [deployed(a, false), deployed(b)])).toEqual([
      ["medform production.a", "resume", `alter task ${quoted("a")} resume`],
      ["medform production.b", "suspend", `alter task ${quoted("b")} suspend`],
    ]);
    expect(outline([a], [deployed(a)], { suspended: true })).toEqual([
      ["medform production.a", "suspend", `alter task ${quoted("a")} suspend`],
    ]);
  });

  test("are changed while they are suspended", () => {
    const later = schedule("a", { cron: "0 6 * * *" });
    expect(outline([later], [deployed(schedule("a"))])).toEqual([
      [
        "medform production.a",
        "change",
        `alter task ${quoted("a")} suspend`,
        `create or replace task ${quoted("a")}`,
        `alter task ${quoted("a")} resume`,
      ],
    ]);
  });

  test("are dropped when their schedule is gone, where all were looked at", () => {
    const there = [deployed(schedule("a")), deployed(schedule("gone"))];
    expect(outline([schedule("a")], there)).toEqual([
      ["medform production.a", "keep"],
      ["medform production.gone", "drop", `drop task if exists ${quoted("gone")}`],
    ]);
    expect(outline([schedule("a")], there, { complete: false })).toEqual([["medform production.a", "keep"]]);
  });

  const others: readonly (readonly [string, string])[] = [
    ["without a comment", ""],
    ["with a comment of its own", '{"medform":"view"}'],
    ["of another project", JSON.stringify({ ...JSON.parse(deployed(schedule("x")).comment), project: "other" })],
    ["of another environment", JSON.stringify({ ...JSON.parse(deployed(schedule("x")).comment), environment: "test" })],
  ];

  test.each(others)("of somebody else, %s, are never touched", (_, comment) => {
    const there = { name: "medform production.x", comment, started: true };
    expect(outline([], [there])).toEqual([]);
    expect(() => steps([schedule("y"), schedule("x")], [there])).toThrow(
      expect.objectContaining({ exitCode: 3, problems: [expect.objectContaining({ code: "task-foreign" })] }),
    );
  });

  test("need what they run in, no login of their own, and a line that Snowflake can read", () => {
    const code = (work: () => unknown) => {
      try {
        work();
        return undefined;
      } catch (error) {
        return error instanceof ProblemError ? error.problems.map((each) => [each.code, each.at?.line]) : error;
      }
    };
    const bare = { environment: { ...environment, connection: {} }, schedule: schedule("a") };
    expect(code(() => taskOf(bare, options))).toEqual([["task-settings", 3]]);
    const connection = { ...environment.connection, user: "ME", authenticator: "snowflake_jwt" as const };
    const keyed = { environment: { ...environment, connection }, schedule: schedule("a") };
    expect(code(() => taskOf(keyed, options))).toEqual([["task-login", 3]]);
    expect(code(() => taskOf(named(schedule("a", { cron: "0 0 L * *" })), options))).toEqual([["task-cron", 3]]);
  });
});

describe("parsed", () => {
  beforeAll(() => init());

  // The parser knows tasks, but no job services: that statement stands in for one that it knows.
  test("every statement around the job", () => {
    const first = steps([schedule("a")], []);
    const second = steps([schedule("a", { cron: "@daily" })], [deployed(schedule("a")), deployed(schedule("gone"))]);
    const texts = [...first, ...second].flatMap(({ statements }) => statements);
    expect(texts.length).toBe(6);
    for (const text of texts) {
      const known = text.replace(/\nexecute job service[\s\S]*$/, "\nselect 1");
      expect(parse(known, Dialect.Snowflake), known).toMatchObject({ success: true });
    }
  });
});
