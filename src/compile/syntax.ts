/** Syntax errors in the words of acorn, which the Dataform CLI parses project code with, and with an exact column. */
import { Parser } from "acorn";
import type { Realm } from "./sandbox.js";

const prefix = "(function (exports, require, module, __filename, __dirname) { 'use strict'; ";
const suffix = "\n})";

/**
 * A SyntaxError of the realm whose stack begins with the place in the evaluated code; the error as it came, where acorn
 * accepts the code or the error is no syntax error.
 */
export function describeSyntaxError(error: unknown, code: string, file: string, realm: Realm): unknown {
  if ((error as Error | undefined)?.name !== "SyntaxError") return error;
  try {
    Parser.parse(prefix + code + suffix, { ecmaVersion: 2022 });
    return error;
  } catch (parsed) {
    const { message, loc } = parsed as SyntaxError & { loc?: { line: number; column: number } };
    if (!loc) return error;
    const described = new realm.SyntaxError(message.replace(/ \(\d+:\d+\)$/, ""));
    const column = loc.line === 1 ? Math.max(0, loc.column - prefix.length) : loc.column;
    described.stack = `SyntaxError: ${described.message}\n    at ${file}:${loc.line}:${column + 1}`;
    return described;
  }
}
