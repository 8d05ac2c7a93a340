/** Project code as a function of its module; a syntax error in the words of the Dataform CLI, with its place on the stack. */
import vm from "node:vm";
import { type Options, Parser } from "acorn";
import type { Realm } from "./sandbox.js";

type ModuleBody = (exports: unknown, require: unknown, module: unknown, filename: string, dirname: string) => void;

interface AcornState {
  readonly type: { readonly label: string };
  readonly value: string | undefined;
  parse(): unknown;
}

// Its types hide the constructor, but only the instance knows at which token it stopped.
const AcornParser = Parser as unknown as new (options: Options, code: string) => AcornState;

// The CLI's own wrapper: which token an unclosed bracket runs into, and so the message, depends on it.
const prefix = '(function (exports, require, module, __filename, __dirname) { "use strict"; ';
const suffix = "\n});";

/** Throws a SyntaxError of the realm whose stack reads like that of a thrown error: message, then `at file:line:column`. */
export function compileModule(code: string, filename: string, realm: Realm): ModuleBody {
  try {
    const script = new vm.Script(prefix + code + suffix, { filename, columnOffset: -prefix.length });
    return script.runInContext(realm.context) as ModuleBody;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const described = new realm.SyntaxError(message(error, code));
    const { line, column } = place(error, code, filename);
    described.stack = `SyntaxError: ${described.message}\n    at ${filename}:${line}:${column}`;
    throw described;
  }
}

/** From V8's excerpt: `file:line`, the line, a caret. What runs past the end of the code belongs to its last line. */
function place(error: SyntaxError, code: string, filename: string): { line: number; column: number } {
  const [head = "", excerpt = "", caret = ""] = (error.stack ?? "").split("\n");
  const lines = code.split("\n");
  const line = head.startsWith(`${filename}:`) ? Number(head.slice(filename.length + 1)) : 1;
  if (line > lines.length) return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
  const at = Math.max(0, caret.indexOf("^"));
  return { line, column: 1 + (line === 1 && excerpt.startsWith(prefix) ? Math.max(0, at - prefix.length) : at) };
}

/** The CLI parses with acorn what may hold a catch, an import or an async function, and says what acorn says. */
function message(error: SyntaxError, code: string): string {
  if (!/\b(?:catch|import|async)\b/.test(code)) return error.message;
  const parser = new AcornParser({ ecmaVersion: 2022, allowReturnOutsideFunction: true }, code);
  try {
    parser.parse();
    return error.message;
  } catch (parsed) {
    const words = (parsed as Error).message.replace(/ \(\d+:\d+\)$/, "");
    return words === "Unexpected token" ? unexpected(parser) : words;
  }
}

function unexpected({ type, value }: AcornState): string {
  return tokenWords[type.label] ?? `Unexpected token '${value || type.label}'`;
}

const tokenWords: Readonly<Record<string, string>> = {
  name: "Unexpected identifier",
  privateId: "Unexpected identifier",
  eof: "Unexpected end of input",
  num: "Unexpected number",
  string: "Unexpected string",
  regexp: "Unexpected token '/'",
};
