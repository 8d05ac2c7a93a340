/** The documents speak of what is there: links, tests, commands and their options. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../src/cli/program.js";

const root = resolve(import.meta.dirname, "..");
const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const read = (name: string) => readFileSync(join(root, name), "utf8");

async function help(...words: readonly string[]): Promise<string> {
  let text = "";
  const output = { write: (part: string) => (text += part), columns: 120 };
  const code = await main(
    [...words, "--help"],
    { stdout: output, stderr: output, env: {}, cwd: root, isTTY: false, signal: new AbortController().signal },
    () => "",
  );
  expect(code, words.join(" ")).toBe(0);
  return text;
}

/** Below the title `Commands:`, without the command that explains the others. */
const commandsOf = (text: string) =>
  [...(text.split("Commands:\n")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "help");

const optionsOf = (text: string) => new Set([...text.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option));

const programHelp = await help();
const commands = new Map<string, ReadonlySet<string>>();
for (const name of commandsOf(programHelp)) {
  const text = await help(name);
  const below = commandsOf(text);
  if (below.length === 0) commands.set(name, optionsOf(text));
  for (const each of below) commands.set(`${name} ${each}`, optionsOf(await help(name, each)));
}

/** Texts of code: lines of fenced blocks without their comments, and what stands between backticks. */
function codeIn(document: string): readonly string[] {
  const text = read(document);
  const fenced = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...text.replaceAll(/^```\w*\n[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code = ""]) => code,
  );
  return [...fenced.map((line) => line.replace(/ {2,}[^[\s-].*$| # .*$/, "")), ...inline];
}

/** Calls of medform: the command, and the options that follow it. `medform:…` is a tag, `medform_…` a name. */
function callsIn(document: string): readonly { readonly call: string; readonly words: string }[] {
  return codeIn(document).flatMap((code) => {
    const found = /^\s*(?:npx |node \S+ )?medform ([a-z]+)( [a-z]+)?(.*)$/.exec(code);
    if (found === null) return [];
    const [, first = "", second = "", rest = ""] = found;
    const deep = `${first}${second}`;
    return [{ call: commands.has(deep) ? deep : first, words: commands.has(deep) ? rest : `${second}${rest}` }];
  });
}

describe.each(documents)("%s", (document) => {
  it("links to what is there", () => {
    const links = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
      const [path = "", fragment] = link.split("#");
      const target = path === "" ? join(root, document) : join(root, dirname(document), path);
      expect(existsSync(target), link).toBe(true);
      if (fragment === undefined) continue;
      const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, "")
          .replaceAll(/\s/g, "-"),
      );
      expect(headings, link).toContain(fragment);
    }
  });

  it("names files and folders of the repository that are there", () => {
    const paths = codeIn(document).filter((code) =>
      /^(?:src|test|docs|bench|assertions|includes|definitions)\/[\w./-]*$/.test(code),
    );
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it("calls commands that are there, with options that they have", () => {
    for (const { call, words } of callsIn(document)) {
      expect([...commands.keys()], call).toContain(call);
      const known = commands.get(call) ?? new Set();
      for (const option of optionsOf(words)) expect(known, `medform ${call}`).toContain(option);
    }
  });

  it("names options that some command has", () => {
    const known = new Set(
      [...commands.values()].flatMap((options) => [...options]).concat([...optionsOf(programHelp)]),
    );
    const named = codeIn(document)
      .filter((code) => /^--[a-z]/.test(code))
      .flatMap((code) => [...optionsOf(code)]);
    for (const option of named) expect(known, option).toContain(option);
  });
});

describe("docs/commands.md", () => {
  it("lists every command with every option of its own", () => {
    const listed = new Map(callsIn("docs/commands.md").map(({ call }) => [call, new Set<string>()]));
    for (const { call, words } of callsIn("docs/commands.md")) {
      for (const option of optionsOf(words)) listed.get(call)?.add(option);
    }
    const everywhere = optionsOf(programHelp);
    for (const [command, options] of commands) {
      expect([...listed.keys()]).toContain(command);
      const own = [...options].filter((option) => !everywhere.has(option));
      expect([...(listed.get(command) ?? [])], command).toEqual(expect.arrayContaining(own));
    }
  });
});

describe("docs/promises.md", () => {
  const rows = read("docs/promises.md")
    .split("\n")
    .filter((line) => /^\| (?!promise|-)/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

  it.each(rows.map(([, promise = "", grade = "", held = ""]) => [promise, grade, held]))("%s", (_, grade, held) => {
    expect(grade).toMatch(/^(Shipped|Partial|No)\b/);
    const tests = [...held.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
    // What is kept is held by a test; a test may be a folder of them.
    if (!grade.startsWith("No")) expect(tests).not.toEqual([]);
    for (const path of tests) {
      expect(existsSync(join(root, path)), path).toBe(true);
      const within = path.endsWith("/") ? readdirSync(join(root, path)) : [path];
      expect(
        within.some((name) => /\.test\.tsx?$/.test(name)),
        path,
      ).toBe(true);
    }
  });
});
