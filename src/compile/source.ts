/** A source file as text to find places in: where an error of core names a key, a block or an action, but no line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Source {
  readonly file: string;
  readonly text: string;
  /** The `config { … }` block, its braces included; empty at the start where there is none. */
  readonly config: Range;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export function readSource(projectDir: string, file: string): Source | undefined {
  try {
    const text = readFileSync(join(projectDir, file), "utf8");
    return { file, text, config: file.endsWith(".sqlx") ? configBlock(text) : { start: 0, end: text.length } };
  } catch {
    return undefined;
  }
}

export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

function configBlock(text: string): Range {
  const start = text.search(/^\s*config \{/m);
  if (start < 0) return { start: 0, end: 0 };
  const open = text.indexOf("{", start);
  let depth = 0;
  // Strings and comments may hold braces.
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[\s\S]*?\*\/|[{}]/g;
  tokens.lastIndex = open;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    if (match[0] === "{") depth += 1;
    else if (match[0] === "}") depth -= 1;
    if (depth === 0) return { start: text.indexOf("config", start), end: tokens.lastIndex };
  }
  return { start: text.indexOf("config", start), end: text.length };
}

/** The name of a property of an object literal, from `from` on; in SQLX only inside the config block. */
export function findProperty(source: Source, name: string, from = 0): number | undefined {
  const { text, config } = source;
  // Strings and comments are taken whole, so that a word in them is no property.
  const tokens = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[\w$]+/g;
  tokens.lastIndex = Math.max(config.start, from);
  for (let match = tokens.exec(text); match && match.index < config.end; match = tokens.exec(text)) {
    const isName = match[0].replace(/^(["'])(.*)\1$/, "$2") === name;
    if (isName && /^\s*:/.test(text.slice(tokens.lastIndex, tokens.lastIndex + 100))) return match.index;
  }
  return undefined;
}

/** The same name in quotes, whatever its case, as an action's name stands in `ref("name")` or `publish("name")`. */
export function findQuoted(source: Source, name: string, from = 0): number | undefined {
  const pattern = new RegExp(`["'\`](?:[\\w$-]+\\.)*${escaped(name)}["'\`]`, "gi");
  pattern.lastIndex = from;
  return pattern.exec(source.text)?.index;
}

/** An identifier outside of words, from `from` on. */
export function findWord(source: Source, name: string, from: number): number | undefined {
  const pattern = new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`, "g");
  pattern.lastIndex = from;
  return pattern.exec(source.text)?.index;
}

/** A name in quotes; where it is the argument of `ref` or `resolve`, the call. */
export function findReference(source: Source, name: string): number | undefined {
  const quoted = findQuoted(source, name);
  if (quoted === undefined) return undefined;
  return /\b(?:ref|resolve)\s*\([^()]*$/.exec(source.text.slice(Math.max(0, quoted - 300), quoted))
    ? source.text.slice(0, quoted).search(/\b(?:ref|resolve)\s*\([^()]*$/)
    : quoted;
}

export function findPattern(source: Source, pattern: RegExp): number | undefined {
  const match = pattern.exec(source.text);
  return match ? match.index + match[0].search(/\S/) : undefined;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
