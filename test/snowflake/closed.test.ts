/** The test Snowflake answers medform's own statements and what it was told, and nothing beside: however simple that may be. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createInterpreter,
  type Interpreter,
  type InterpreterSession,
  SnowflakeError,
} from "../snowflake-server/interpreter/index.js";
import { rewritten, same } from "../snowflake-server/interpreter/portable.js";
import { shapes } from "../snowflake-server/interpreter/shapes/index.js";
import { patternOf } from "../snowflake-server/interpreter/shapes/template.js";
import { ledgerStatements } from "./recorded.js";
import { templates } from "./samples.js";
import { sentStatements } from "./sent.js";

let interpreter: Interpreter;
let session: InterpreterSession;

const send = (sqlText: string) =>
  session.execute({
    sqlText,
    binds: [],
    describeOnly: false,
    parameters: {},
    queryId: "q",
    signal: new AbortController().signal,
  });

async function code(sqlText: string): Promise<string> {
  try {
    await send(sqlText);
    return "answered";
  } catch (error) {
    if (!(error instanceof SnowflakeError)) throw error;
    return `${error.code} ${error.sqlState}`;
  }
}

const model = 'select ID, V from "EHR"."S"."T" where V > 1';
const rule = 'select a.ID from "EHR"."S"."T" as a, "EHR"."S"."T" as b where a.ID = b.V';
const counted = (query: string) => `select count(*) as "FAILING" from (\n${query}\n)`;

beforeAll(async () => {
  interpreter = await createInterpreter({ threads: 1 });
  const who = { id: "1", user: "U", role: "R", warehouse: "WH", database: "EHR", schema: "PUBLIC" };
  session = await interpreter.connect(who);
  await send('create schema if not exists "EHR"."S"');
  for (const name of ["T", "T$medform_c7_13e6b7e8"])
    await send(`create or replace table "EHR"."S"."${name}" ("ID" NUMBER(38,0), "V" NUMBER(38,0))`);
  interpreter.know([model, rule].map((text) => ({ snowflake: text, duckdb: text })));
});
afterAll(() => interpreter.close());

describe("what nobody registered", () => {
  it.each([
    ["arithmetic", "select 1 + 1"],
    ["nothing but a literal", "select 1"],
    ["a table with a condition", 'select * from "EHR"."S"."T" where V > 1'],
    ["a count under another name", 'select count(*) as "M" from "EHR"."S"."T"'],
    ["a shape with one blank more", 'select count(*)  as "N" from "EHR"."S"."T"'],
    ["a shape with something behind it", 'select count(*) as "N" from "EHR"."S"."T" limit 1'],
    ["a shape in other case", 'SELECT count(*) as "N" from "EHR"."S"."T"'],
    ["a name without quotes", 'select count(*) as "N" from EHR.S.T'],
    ["a row", 'insert into "EHR"."S"."T" ("ID", "V") values (1, 2)'],
    ["rows of an unknown text", 'insert overwrite into "EHR"."S"."T" ("ID", "V")\nselect 1, 2'],
    ["a change", 'update "EHR"."S"."T" set V = 1'],
    ["a deletion with a condition", 'delete from "EHR"."S"."T" where V = 1'],
    ["a table of another shape", 'create table "EHR"."S"."U" as select 1 as X'],
    ["a view of an unknown text", 'create or replace view "EHR"."S"."V" ("X") as\nselect 1 as X'],
    ["a grant", 'grant select on table "EHR"."S"."T" to role R'],
    ["a transaction without a lease in its name", "begin"],
    ["another database in use", 'use database "OTHER"'],
    ["functions of a session", "select current_role()"],
    ["DuckDB's own words", "vacuum everything"],
  ])("is refused: %s", async (_, sql) => {
    expect(await code(sql)).toBe("001003 42000");
  });
});

describe("a text of the project", () => {
  it("is answered to the letter, bare and within a shape", async () => {
    expect(await code(model)).toBe("answered");
    expect(await code(counted(model))).toBe("answered");
    expect(await code(`insert overwrite into "EHR"."S"."T$medform_c7_13e6b7e8" ("ID", "V")\n${model}`)).toBe(
      "answered",
    );
    for (const wrong of [model.replace("where V", "where  V"), model.replace("V > 1", "V > 2"), model.toUpperCase()]) {
      expect([wrong, await code(wrong), await code(counted(wrong))]).toEqual([wrong, "001003 42000", "001003 42000"]);
    }
  });

  it("reads candidates where each name of the relation does", async () => {
    const redirected = rule.replaceAll('"T"', '"T$medform_c7_13e6b7e8"');
    expect(await code(counted(redirected))).toBe("answered");
    expect(await code(counted(rule.replace('"T"', '"T$medform_c7_13e6b7e8"')))).toBe("001003 42000");
    expect(await code(counted(redirected.replace('"T$medform_c7_13e6b7e8"', '"T$medform_new"')))).toBe("001003 42000");
  });

  it("reads no candidate that is none", async () => {
    const at = (name: string) => code(counted(rule.replaceAll('"T"', `"${name}"`)));
    for (const name of ["U$medform_c7_13e6b7e8", "T$medform_c7", "T$medform_f7_13e6b7e8", "T$medform_c7_13e6b7e8x"]) {
      expect([name, await at(name)]).toEqual([name, "001003 42000"]);
    }
    // Named as candidates are, but not there.
    expect(await at("T$medform_c8_13e6b7e8")).toBe("002003 42S02");
  });
});

describe("the list of shapes", () => {
  const patterns = Object.values(shapes)
    .flat()
    .map((template) => ({ template, pattern: patternOf(template) }));

  it("has each statement that src sends, and no shape that nobody sends", async () => {
    const written = [...(await templates()), ...(await ledgerStatements())]
      .filter(({ name }) => !/^(?:isHeld|views)/.test(name))
      .map(({ sql }) => sql);
    const sent = [...written, ...(await sentStatements())];
    expect(sent.filter((sql) => !patterns.some(({ pattern }) => pattern.test(sql)))).toEqual([]);
    expect(
      patterns.filter(({ pattern }) => !sent.some((sql) => pattern.test(sql))).map(({ template }) => template),
    ).toEqual([]);
  });

  it("needs each function that is read, and has no other", () => {
    const read = [...Object.keys(rewritten), ...same];
    const texts = patterns.map(({ template }) => template).join("\n");
    expect(read.filter((name) => !new RegExp(`\\b${name} ?\\(`).test(texts))).toEqual([]);
  });

  it("is written in its own words", () => {
    for (const wrong of ["select <nothing>", "select [x", "select x]", "select {x}"]) {
      expect(() => patternOf(wrong), wrong).toThrow();
    }
    expect(patternOf("a[ b] {<name>| or }").test('a b "X" or "Y"')).toBe(true);
  });
});
