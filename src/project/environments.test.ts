import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type Problem, ProblemError } from "../graph/index.js";
import {
  type Environment,
  environmentsJsonSchema,
  noEnvironment,
  readEnvironments,
  resolveEnvironment,
  warehousePath,
} from "./index.js";

const dir = mkdtempSync(join(tmpdir(), "medform-environments-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function read(text: string) {
  writeFileSync(join(dir, "environments.json"), text);
  return readEnvironments(dir);
}

function problemsIn(text: string): readonly Problem[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
}

/** Each `^` marks a place that a problem must name, in the order of the text, and is not read. */
function marked(text: string) {
  const parts = text.split("^");
  const places = parts.slice(1).map((_, i) => {
    const before = parts.slice(0, i + 1).join("");
    return {
      file: "environments.json",
      line: before.split("\n").length,
      column: before.length - before.lastIndexOf("\n"),
    };
  });
  return { text: parts.join(""), places };
}

const scheduled = (inside: string, more = "") =>
  `{ "environments": [ { "name": "e", "schedules": [ { "name": "s", "cron": "0 4 * * *", ${inside} } ] } ]${more} }`;
const channels = (inside: string) => `{ "notificationChannels": [ ${inside} ] }`;

const connected = (inside: string) => `{ "environments": [ { "name": "e", "connection": { ${inside} } } ] }`;

describe("what is refused, and where", () => {
  test.each([
    [["environments-key"], '{ "environments": [ { "name": "a", ^"gitref": "main" } ] }', 'Did you mean "gitRef"'],
    [["environments-key"], '{ "environments": [ { "name": "a", "connection": { ^"paths": "x" } } ] }', "path"],
    [["environments-key"], '{ ^"environment": [] }', 'Did you mean "environments"'],
    [["environments-key"], scheduled('^"timezone": "UTC"'), 'Did you mean "timeZone"'],
    [["environments-value"], '{ "environments": [ ^{ } ] }', "environments[0].name: Missing."],
    [["environments-value"], '{ "environments": [ { "name": ^"" } ] }', "Must not be empty."],
    [["environments-value"], '{ "environments": ^{} }', "environments: Must be a list."],
    [["environments-value"], '{ "environments": [ ^3 ] }', "environments[0]: Must be an object."],
    [
      ["environments-value"],
      '{ "environments": [ { "name": "a", "configOverride": { "schemaSuffix": ^"x y" } } ] }',
      "May hold only",
    ],
    [
      ["environments-value"],
      '{ "environments": [ { "name": "a", "schedules": [ ^{ "name": "n" } ] } ] }',
      "cron: Missing.",
    ],
    [["environments-value"], scheduled('"tags": [ "a", ^"b c" ]'), "tags[1]: May hold no white space"],
    [["environments-value"], scheduled('"timeZone": ^"Berlin"'), "Did you mean Europe/Berlin?"],
    [["environments-value"], scheduled('"timeZone": ^"+02:00"'), "is no IANA time zone"],
    [["environments-value"], scheduled('"disabled": ^"no"'), "Must be true or false."],
    [["environments-twice"], '{ "environments": [ { "name": "a" },\n { "name": ^"a" } ] }', "two environments"],
    [["environments-channel"], scheduled('"notify": [ { "channel": ^"ops" } ]'), "notificationChannels"],
    [
      ["environments-channel"],
      scheduled(
        '"notify": [ { "channel": ^"op" } ]',
        ', "notificationChannels": [ { "name": "ops", "email": { "to": ["a@b"] } } ]',
      ),
      "Did you mean ops?",
    ],
    [
      ["environments-channel"],
      scheduled('"notifications": [ { "events": ["failure"], "channels": [ ^"ops" ] } ]'),
      "notificationChannels",
    ],
    [
      ["environments-value"],
      scheduled(
        '"notify": [ { "channel": "o", "statuses": [ ^"BROKEN" ] } ]',
        `, "notificationChannels": [ { "name": "o", "email": { "to": ["a@b"] } } ]`,
      ),
      "SUCCESS or FAILURE",
    ],
    [
      ["environments-both"],
      '{ "environments": [ { "name": "a", "gitRef": "b", "gitReference": ^{ "branch": "b" } } ] }',
      "Keep one",
    ],
    [["environments-both"], scheduled('"tags": ["a"], "options": { "tags": ^["b"] }'), "Keep one"],
    [["environments-both"], scheduled('"notify": [], "notification": ^{}'), "Keep one"],
    [["environments-value"], channels('^{ "name": "c" }'), "email, slack, webhook"],
    [
      ["environments-both"],
      channels('{ "name": "c", "email": { "to": ["a@b"] }, "slack": ^{ "webhookUrl": "https://x" } }'),
      "Keep one",
    ],
    [
      ["environments-value"],
      channels('{ "name": "c", "slack": { "webhookUrl": ^"hooks.slack.com/x" } }'),
      "http or https",
    ],
    [["environments-value"], channels('{ "name": "c", "email": { "to": [ ^"ops" ] } }'), "e-mail address"],
    [
      ["environments-twice"],
      channels(
        '{ "name": "c", "webhook": { "url": "https://x" } }, { "name": ^"c", "webhook": { "url": "https://x" } }',
      ),
      "two channels",
    ],
    [
      ["environments-twice"],
      '{ "environments": [ { "name": "a", "schedules": [ { "name": "s", "cron": "@daily" }, { "name": ^"s", "cron": "@daily" } ] } ] }',
      "two schedules",
    ],
    // The last would win, and what the first says would be lost without a word.
    [
      ["environments-twice"],
      '{ "environments": [ { "name": "a", "schedules": [ { "name": "lost", "cron": "@daily" } ], ^"schedules": [] } ] }',
      'environments[0].schedules: The key "schedules" is there already.',
    ],
    [
      ["environments-value"],
      scheduled('"notification": { "onFailure": true, "emails": [ ^"ops" ] }'),
      "e-mail address",
    ],
    [["environments-secret"], connected('^"password": "hunter2"'), "A secret has no place"],
    [["environments-secret"], connected('^"privateKeyPass": "hunter2"'), "docs/snowflake.md"],
    [["environments-secret"], connected('"authenticator": "oauth", ^"token": "hunter2"'), "A secret has no place"],
    [
      ["environments-secret"],
      connected('"role": ^"-----BEGIN ENCRYPTED PRIVATE KEY-----\\nhunter2"'),
      "connection.role: This looks like a private key",
    ],
    [["environments-secret"], connected('"user": ^"eyJhbGciOiJub25lIn0.hunter2.x"'), "This looks like a token"],
    [
      ["environments-secret"],
      connected('"accessUrl": ^"https://me:hunter2@proxy.example"'),
      "an address with a password",
    ],
    [
      ["environments-secret"],
      '{ "environments": [ { "name": "e", "configOverride": { "vars": { "k": ^"-----BEGIN PRIVATE KEY-----hunter2" } } } ] }',
      "vars.k: This looks like a private key",
    ],
    [["environments-value"], connected('"authenticator": ^"kerberos"'), "externalbrowser"],
    [["environments-value"], connected('"accessUrl": ^"org-account.snowflakecomputing.com"'), "http or https"],
    [["environments-value"], connected('"warehouses": { "tag:audit": "A", "audit": ^"B" }'), "command:NAME"],
    [["environments-value"], connected('"warehouses": { "command:test": ^"B" }'), "command:NAME"],
    [["environments-value"], connected('"warehouses": { "tag:audit": ^"" }'), "Must not be empty."],
    [["environments-value"], connected('"privateKeyFile": ^"keys/rsa.p8"'), "outside the project"],
    [["environments-value"], connected(`"tokenFile": ^"${dir}/token"`), "outside the project"],
    [["environments-value"], connected('"tasks": { "computePool": ^"a b", "image": "/a/b/c/d" }'), "letters, digits"],
    [["environments-value"], connected('"tasks": { "computePool": "P", "image": ^"d:1" }'), "/database/schema"],
    [["environments-both"], connected('"path": "x.duckdb", "account": ^"O-A"'), "Keep one"],
    [["json-syntax"], '{ "notificationChannels": [ { "name": ^"https://x/hunter2\\q" } ] }', "escape"],
  ])("%j %s", (codes, given, said) => {
    const { text, places } = marked(given);
    const problems = problemsIn(text);
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(problems.map(({ at }) => at)).toEqual(places);
    expect(problems.map(({ message, hint }) => `${message} ${hint ?? ""}`).join(" ")).toContain(said);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  test.each([
    ["61 * * * *", "A minute is 0 to 59."],
    ["* * * *", "five fields"],
    ["0 0 4 * * *", "five fields"],
    ["every day", "five fields"],
    ["0 0 30 2 *", "never comes due"],
    ["0 4 * * 8", "A day of the week is 0 to 7"],
    ["0 4 0 * *", "A day of a month is 1 to 31."],
    ["0 4 1 13 *", "A month is 1 to 12"],
    ["0 4 * * fri-mon", "A range goes upwards"],
    ["*/0 * * * *", "illegal stepping"],
    ["2026-01-01T00:00:00", "five fields"],
  ])("cron %s", (cron, said) => {
    const { text, places } = marked(
      `{ "environments": [ { "name": "e", "schedules": [ { "name": "s", "cron": ^"${cron}" } ] } ] }`,
    );
    const [problem, ...more] = problemsIn(text);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: "environments-value", at: places[0] });
    expect(problem?.message).toContain(said);
  });

  test("everything at once, in the order of the file", () => {
    const { text, places } = marked(`{
      "environments": [
        { "name": "a", ^"gitref": "x", "schedules": [
          { "name": "s", "cron": ^"61 * * * *", "notify": [ { "channel": ^"nobody" } ] },
          { "name": ^"s", "cron": "@daily", "timeZone": ^"Mars" }
        ] },
        { "name": ^"a" }
      ]
    }`);
    expect(problemsIn(text).map(({ at }) => at)).toEqual(places);
  });
});

const channelsBeside = `"notificationChannels": [
  { "name": "ops", "email": { "to": ["a@b.c"] } }, { "name": "chat", "slack": { "webhookUrl": "https://h/x" } } ]`;
const environmentOf = (environment: string) =>
  read(`{ "environments": [ ${environment} ], ${channelsBeside} }`)[0] as Environment;
/** Without places, which differ with the spelling. */
const plain = ({ gitRefAt: _, ...environment }: Environment) => ({
  ...environment,
  schedules: environment.schedules.map(({ at: _, ...schedule }) => schedule),
});
const older = (given: string, canonical: string) =>
  expect(plain(environmentOf(given))).toEqual(plain(environmentOf(canonical)));

describe("one shape", () => {
  const ops = { name: "ops", kind: "email", to: ["a@b.c"] };
  const chat = { name: "chat", kind: "slack", url: "https://h/x" };

  test("of what is not said", () => {
    const [schedule] = environmentOf(
      '{ "name": "e", "schedules": [ { "name": "s", "cron": "0 4 * * *" } ] }',
    ).schedules;
    expect(schedule).toEqual({
      name: "s",
      at: { file: "environments.json", line: 1, column: 61 },
      cron: "0 4 * * *",
      timeZone: "UTC",
      tags: [],
      actions: [],
      disabled: false,
      includeDependencies: false,
      includeDependents: false,
      fullRefresh: false,
      notify: [],
    });
  });

  test("of Dataform's own example", () => {
    const environment = environmentOf(`{ "name": "production", "gitRef": "main",
      "configOverride": { "defaultDatabase": "EHR_PROD", "schemaSuffix": "prod", "vars": { "k": "v" } },
      "schedules": [ { "name": "daily", "cron": "30 4 * * mon-fri", "tags": ["daily"], "disabled": false,
        "options": { "includeDependencies": true, "includeDependents": false, "fullRefresh": false },
        "notify": [ { "channel": "ops", "statuses": ["FAILURE"] }, { "channel": "chat" },
          { "channel": "ops", "statuses": [] } ] } ] }`);
    expect(environment).toMatchObject({
      gitRef: "main",
      gitRefAt: { line: 1 },
      configOverride: { defaultDatabase: "EHR_PROD" },
      schedules: [{ tags: ["daily"], includeDependencies: true }],
    });
    expect(environment.schedules[0]?.notify).toEqual([
      { channel: ops, statuses: ["FAILURE"] },
      { channel: chat, statuses: ["SUCCESS", "FAILURE"] },
      { channel: ops, statuses: ["SUCCESS", "FAILURE"] },
    ]);
  });

  test.each(["branch", "commitSha"])("of gitReference.%s", (key) => {
    const given = `{ "name": "e", "gitReference": { "${key}": "abc" } }`;
    older(given, '{ "name": "e", "gitRef": "abc" }');
    expect(environmentOf(given).gitRefAt?.column).toBe(`{ "environments": [ ${given}`.indexOf('"abc"') + 1);
  });

  const withSchedule = (inside: string) =>
    `{ "name": "e", "schedules": [ { "name": "s", "cron": "0 5/12 * * *", ${inside} } ] }`;

  test("of tags among the options", () => {
    older(
      withSchedule('"options": { "tags": ["a"], "fullRefresh": true }'),
      withSchedule('"tags": ["a"], "options": { "fullRefresh": true }'),
    );
  });

  test("of notification, which tells every channel", () => {
    older(
      withSchedule('"notification": { "onSuccess": false, "onFailure": true }'),
      withSchedule(
        '"notify": [ { "channel": "ops", "statuses": ["FAILURE"] }, { "channel": "chat", "statuses": ["FAILURE"] } ]',
      ),
    );
    older(withSchedule('"notification": {}'), withSchedule('"notify": []'));
    expect(
      environmentOf(withSchedule('"notification": { "onSuccess": true, "emails": ["x@y"] }')).schedules[0]?.notify,
    ).toEqual([{ channel: { name: "email", kind: "email", to: ["x@y"] }, statuses: ["SUCCESS"] }]);
  });

  test("of notifications", () => {
    older(
      withSchedule(
        '"notifications": [ { "events": ["failure", "success"], "channels": ["ops"] }, { "events": ["FAILURE"], "channels": ["chat"] } ]',
      ),
      withSchedule('"notify": [ { "channel": "ops" }, { "channel": "chat", "statuses": ["FAILURE"] } ]'),
    );
  });

  test("of channels inside an environment, which come before those of the file", () => {
    const own = '"notificationChannels": [ { "name": "ops", "webhook": { "url": "https://w" } } ]';
    const { schedules } = environmentOf(
      `{ "name": "e", ${own}, "schedules": [ { "name": "s", "cron": "@daily", "notify": [ { "channel": "ops" }, { "channel": "chat" } ] } ] }`,
    );
    expect(schedules[0]?.notify.map(({ channel }) => channel)).toEqual([
      { name: "ops", kind: "webhook", url: "https://w" },
      chat,
    ]);
  });

  test("of no file", () => {
    rmSync(join(dir, "environments.json"), { force: true });
    expect(readEnvironments(dir)).toEqual([]);
  });
});

test("whatever the file holds, it is read or refused with places", () => {
  const words = fc.constantFrom(
    "environments",
    "name",
    "schedules",
    "cron",
    "tags",
    "notify",
    "channel",
    "gitRef",
    "options",
    "notificationChannels",
    "email",
    "to",
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(null, 1, true, "", "a", "* * * * *"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(words, tie("value"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, (file) => {
      for (const problem of problemsIn(JSON.stringify(file, null, 1))) {
        expect(problem.at).toMatchObject({
          file: "environments.json",
          line: expect.any(Number),
          column: expect.any(Number),
        });
      }
    }),
  );
});

describe("an environment", () => {
  const environments: readonly Environment[] = [
    {
      name: "production",
      gitRef: "main",
      configOverride: { defaultDatabase: "P", vars: { a: "1", b: "2" } },
      schedules: [],
    },
    {
      name: "embedded",
      configOverride: { warehouse: "duckdb" },
      connection: { path: "data/x.duckdb" },
      schedules: [],
    },
  ];

  test("overrides, and variables of the command line win", () => {
    expect(resolveEnvironment("production", environments, { b: "3" })).toEqual({
      name: "production",
      overrides: { defaultDatabase: "P", vars: { a: "1", b: "3" } },
      gitRef: "main",
      schedules: [],
    });
  });

  test("for Snowflake", () => {
    const connection = {
      account: "ORG-ACCOUNT",
      accessUrl: "http://127.0.0.1:1",
      user: "MEDFORM",
      role: "MEDFORM_RUNNER",
      warehouse: "REFRESH_WH",
      warehouses: { "tag:audit": "AUDIT_WH", "command:show": "READ_WH" },
      connectionName: "ehr",
      authenticator: "snowflake_jwt",
      privateKeyFile: "/etc/medform/rsa.p8",
      tasks: {
        computePool: "MEDFORM_POOL",
        image: "/ehr_prod/medform/images/hospital:1",
        secrets: { MEDFORM_HASH_KEY: "EHR_PROD.MEDFORM.HASH_KEY", TOKEN: "EHR_PROD.MEDFORM.OTHER" },
        integrations: ["SLACK_ACCESS"],
      },
    };
    expect(environmentOf(JSON.stringify({ name: "e", connection })).connection).toEqual(connection);
  });

  test("local is built in, and a project may say otherwise", () => {
    expect(resolveEnvironment("local", []).overrides).toEqual({ warehouse: "duckdb" });
    const own: readonly Environment[] = [{ name: "local", configOverride: { warehouse: "snowflake" }, schedules: [] }];
    expect(resolveEnvironment("local", own).overrides).toEqual({ warehouse: "snowflake" });
    expect(noEnvironment()).toEqual({ name: undefined, overrides: {}, schedules: [] });
  });

  test("an unknown name is an error that names the nearest and lists the others", () => {
    expect(() => resolveEnvironment("prodution", environments)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            code: "environment-unknown",
            hint: "Did you mean production? Environments of this project: production, embedded, local.",
          }),
        ],
      }),
    );
  });

  test("the embedded warehouse: connection, then MEDFORM_DUCKDB, then .medform", () => {
    const embedded = resolveEnvironment("embedded", environments);
    expect(warehousePath("/p", embedded, { MEDFORM_DUCKDB: "/other.duckdb" })).toBe("/p/data/x.duckdb");
    expect(warehousePath("/p", {}, { MEDFORM_DUCKDB: "/other.duckdb" })).toBe("/other.duckdb");
    expect(warehousePath("/p", {}, {})).toBe("/p/.medform/warehouse.duckdb");
  });
});

describe("the JSON schema", () => {
  const file = resolve(import.meta.dirname, "../../docs/environments.schema.json");

  // `npx vitest run src/project --update` writes it anew.
  test("is the one in docs", async () => {
    await expect(`${JSON.stringify(environmentsJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(file);
  });

  test("describes every field and closes every object", () => {
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      if ("properties" in schema) {
        expect(schema, path).toMatchObject({ additionalProperties: false });
        for (const [key, value] of Object.entries(schema.properties as object)) {
          if (key !== "$schema") expect(value, `${path}.${key}`).toHaveProperty("description");
          visit(value, `${path}.${key}`);
        }
      }
      if ("items" in schema) visit(schema.items, `${path}[]`);
    };
    visit(environmentsJsonSchema(), "");
  });
});
