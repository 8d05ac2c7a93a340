/** Snowflake's own grammar: what this project sends is read by two parsers, and says nothing that would mean something else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { denied } from "./deny/index.js";
import { type Exception, exceptions, exceptionsFor, said } from "./exceptions.js";
import { openPolyglot, openSqlparser, type Parser } from "./parsers.js";
import { everyStatement, type Statement } from "./statements.js";

let statements: readonly Statement[];
let parsers: readonly Parser[];
beforeAll(async () => {
  statements = await everyStatement();
  parsers = [await openSqlparser(), openPolyglot()];
});
afterAll(async () => {
  for (const parser of parsers) await parser[Symbol.asyncDispose]();
});

const parserNamed = (name: string) => parsers.find((each) => each.name === name) as Parser;

describe("what is sent to Snowflake", () => {
  it("is the whole project, with increments, hooks and rules, and every template", () => {
    const count = (pattern: RegExp) => statements.filter(({ name }) => pattern.test(name)).length;
    expect(count(/ (query|view)$/)).toBeGreaterThan(60);
    expect(count(/ increment$/)).toBeGreaterThan(20);
    expect(count(/ before its increment$/)).toBeGreaterThan(10);
    expect(count(/ rules$/)).toBeGreaterThan(30);
    expect(statements.filter(({ of }) => of === "template").length).toBeGreaterThan(10);
  });

  it.each(["sqlparser", "polyglot"])(
    "is read by %s",
    async (name) => {
      const parser = parserNamed(name);
      const complaints: string[] = [];
      const needed = new Set<Exception>();
      for (const { name: which, file, sql } of statements) {
        const taken = exceptionsFor(sql, name);
        const text = said(sql, taken);
        const complaint = text === "" ? undefined : await parser.parse(text);
        if (complaint !== undefined) complaints.push(`${which} (${file}): ${complaint}`);
        for (const each of taken) {
          const without = taken.filter((other) => other !== each);
          if ((await parser.parse(said(sql, without))) !== undefined) needed.add(each);
        }
      }
      expect(complaints).toEqual([]);
      const unneeded = exceptions.filter((each) => each.parser === name && !needed.has(each));
      expect(unneeded.map(({ construct }) => String(construct))).toEqual([]);
    },
    120_000,
  );

  it("fits: a view's text has at most 95 KB there, any other a million characters", () => {
    const tooLong = statements.filter(
      ({ name, sql }) => Buffer.byteLength(sql) > (name.endsWith(" view") ? 95_000 : 1_000_000),
    );
    expect(tooLong.map(({ name, sql }) => `${name}: ${sql.length}`)).toEqual([]);
  });

  it("says nothing that Snowflake refuses, or reads otherwise than DuckDB does", () => {
    expect(statements.flatMap(denied)).toEqual([]);
  });
});

describe("the parsers", () => {
  it.each(["sqlparser", "polyglot"])("refuse what is no SQL: %s", async (name) => {
    expect(await parserNamed(name).parse("select (a from b")).toBeDefined();
  });

  it("are not waited for without end", async () => {
    await using hasty = openPolyglot(0);
    expect(await hasty.parse(`select ${"1 + ".repeat(20_000)}1`)).toMatch(/not parsed within 0 ms/);
    expect(await hasty.parse("select 1")).toMatch(/stands still/);
  });
});
