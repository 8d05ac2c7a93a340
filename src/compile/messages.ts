/** What core's messages mean: a code of ours, what to do, and where in the source to look when the stack does not say. */
import type { CompilationError } from "../graph/index.js";
import { findPattern, findProperty, findQuoted, findReference, findWord, type Source } from "./source.js";

export interface Meaning {
  readonly pattern: RegExp;
  readonly code: string;
  readonly hint?: string;
  /** Offset in the source; `from` is where the stack points, 0 where it does not. */
  readonly place?: (
    source: Source,
    found: RegExpExecArray,
    error: CompilationError,
    from: number,
  ) => number | undefined;
}

const named: Meaning["place"] = (source, found, _error, from) => findProperty(source, found[1] ?? "", from);
const property =
  (name: string): Meaning["place"] =>
  (source, _found, error, from) =>
    findProperty(source, name, from || actionName(source, error) || 0);
const pattern =
  (regex: RegExp): Meaning["place"] =>
  (source) =>
    findPattern(source, regex);

/** Where a JS file names the action that core complains about; in SQLX its `name`, else its config block. */
export function actionName(source: Source, error: CompilationError): number | undefined {
  const name = error.actionTarget?.name;
  if (source.file.endsWith(".sqlx")) return findProperty(source, "name") ?? source.config.start;
  return name === undefined ? undefined : findQuoted(source, name);
}

const missing = 'Correct the name, or declare the source with `config { type: "declaration" }`.';
const oneMeaning = 'Say which one with schema and name: ref("schema", "name").';

export const meanings: readonly Meaning[] = [
  {
    pattern: /^Unexpected property "([^"]+)" in ((?:.|\n)+?) column descriptor\./,
    code: "compile-config",
    hint: "A column is a description, or an object with description, displayName, tags, columns.",
    place: (source, found, _error, from) => {
      const column = findProperty(source, found[2]?.split(".").at(-1) ?? "", from);
      return findProperty(source, found[1] ?? "", column ?? from);
    },
  },
  {
    pattern: /^Unexpected property "([^"]+)"(?: in ([\w ]+))?\./,
    code: "compile-config",
    hint: "Remove the key or correct its spelling; Dataform has no such key here.",
    place: (source, found, _error, from) => {
      const block = /^(snowflake|bigquery|redshift|presto|sqldatawarehouse|assertions) config$/.exec(
        found[2] ?? "",
      )?.[1];
      const start = block === undefined ? undefined : findProperty(source, block, from);
      return findProperty(source, found[1] ?? "", start ?? from);
    },
  },
  {
    pattern: /^Could not resolve (.+)$/,
    code: "compile-missing-dependency",
    hint: missing,
  },
  {
    pattern: /^Missing dependency detected: Action "[^"]*" depends on "(.+)" which does not exist$/,
    code: "compile-missing-dependency",
    hint: missing,
    place: (source, found) => findReference(source, resolvableName(found[1] ?? "")),
  },
  {
    pattern: /^Ambiguous Action name: (.+?)\. Did you mean one of: /,
    code: "compile-ambiguous",
    hint: oneMeaning,
    place: (source, found, _error, from) => (from > 0 ? from : findReference(source, resolvableName(found[1] ?? ""))),
  },
  {
    pattern: /^Circular dependency detected in chain: \[(.+)\]$/,
    code: "compile-cycle",
    hint: "Remove one of these dependencies. An incremental table reads itself with self().",
    // The next of the chain, whichever way round it was walked; core names all but the last as JSON.
    place: (source, found) => {
      const [first = "", ...rest] = (found[1] ?? "").split(" > ");
      return [...rest, first]
        .map((target) => findReference(source, /"name":"([^"]+)"/.exec(target)?.[1] ?? target.split(".").at(-1) ?? ""))
        .find((offset) => offset !== undefined);
    },
  },
  {
    pattern: /^Duplicate (?:action name|canonical target|test name) detected/,
    code: "compile-duplicate",
    hint: "Give one of them another name or schema.",
    place: (source, _found, error) => actionName(source, error),
  },
  {
    pattern: /^Semi-colons are not allowed at the end of SQL statements\.$/,
    code: "compile-semicolon",
    hint: "Remove the semicolon; it is added where the statement runs.",
    place: (source, _found, error) => lastSemicolon(source) ?? actionName(source, error),
  },
  {
    pattern: /^Actions may only contain more than one SQL statement/,
    code: "compile-statements",
    hint: 'Use `type: "operations"`, or remove the line `---`.',
    place: pattern(/^[^\S\r\n]*---[^\S\r\n]*$/m),
  },
  {
    pattern:
      /^Actions may only (?:include|specify) '?(incremental_where|pre_operations|post_operations|input|protected)\b/,
    code: "compile-config",
    place: (source, found) =>
      found[1] === "protected"
        ? findProperty(source, "protected")
        : findPattern(source, new RegExp(`^\\s*${found[1]} (?:"[^{]*)?\\{`, "m")),
  },
  { pattern: /^Actions may only specify 'database'/, code: "compile-config", place: property("sqldatawarehouse") },
  {
    pattern: /^'(incremental_where|input)' code blocks may only/,
    code: "compile-statements",
    place: (source, found) => findPattern(source, new RegExp(`^\\s*${found[1]} (?:"[^{]*)?\\{`, "m")),
  },
  {
    pattern: /^Actions of type 'declaration' must specify a value for 'schema'/,
    code: "compile-config",
    hint: "Add `schema` to the config block.",
    place: (source) => source.config.start,
  },
  {
    pattern: /^Actions of type 'operations' may only describe columns/,
    code: "compile-config",
    hint: "Add `hasOutput: true` where the operation makes a table of the action's name, else remove `columns`.",
    place: property("columns"),
  },
  { pattern: /^Unrecognized action type: /, code: "compile-config", place: property("type") },
  { pattern: /^Wrong type of table detected/, code: "compile-config", place: property("type") },
  {
    pattern: /^The '(\w+)' option is only valid/,
    code: "compile-config",
    place: (source, found, error, from) => findProperty(source, found[1] ?? "", from || actionName(source, error) || 0),
  },
  { pattern: /^Specify at most one of 'assertions\.uniqueKey'/, code: "compile-config", place: property("uniqueKeys") },
  { pattern: /is not a valid (aggregation) option\.$/, code: "compile-config", place: property("aggregator") },
  { pattern: /is not a valid dimension type\.$/, code: "compile-config", place: property("dimension") },
  {
    pattern: /^Unused property was detected: "(\w+)"/,
    code: "compile-config",
    hint: "An inline table has a name and a query; the rest belongs to its readers.",
    place: (source, found, error, from) => unused(source, found[1] ?? "", from || actionName(source, error) || 0),
  },
  {
    pattern: /^Zero-dependency actions which create datasets are required/,
    code: "compile-config",
    hint: "Add `hermetic: true` where the query depends on nothing but itself, else `hermetic: false`.",
    place: (source, _found, error) => actionName(source, error),
  },
  {
    pattern: /^Running tests on incremental datasets/,
    code: "compile-test-incremental",
    hint: "`medform test` runs it. The Dataform CLI refuses the project because of it.",
    place: (source) => findProperty(source, "dataset"),
  },
  {
    pattern: /^Dataset .+ could not be found\./,
    code: "compile-test",
    place: (source) => findProperty(source, "dataset"),
  },
  {
    pattern: /^Tests must operate upon a specified dataset/,
    code: "compile-test",
    hint: "Add `dataset`, the name of the model.",
    place: (source) => source.config.start,
  },
  {
    pattern: /^Input for dataset /,
    code: "compile-test",
    hint: 'Add an `input "name" { … }` block to the test for it.',
  },
  {
    pattern: /^Actions cannot resolve operations which do not produce output/,
    code: "compile-missing-dependency",
    hint: "Add `hasOutput: true` to the operation, or name it in `dependencies` instead.",
  },
  {
    pattern: /^Cannot find module '(.+)'$/,
    code: "compile-module",
    hint: "A path begins with ./ or ../, or is relative to the project's folder.",
  },
  { pattern: /^(?:Invalid input\. Accepted inputs|Action name is not specified)/, code: "compile-reference" },
  { pattern: /^A defaultLocation is required/, code: "compile-config", place: pattern(/"warehouse"/) },
  { pattern: /^Warehouse does not support multiple databases/, code: "compile-config" },
  {
    pattern:
      /not valid for BigQuery (?:materialized )?views|not valid for non partitioned BigQuery tables|has been declared twice$/,
    code: "compile-config",
    place: property("bigquery"),
  },
  { pattern: /^Property "\w+" is not defined$/, code: "compile-config", place: property("redshift") },
  { pattern: /^Wrong value of "(\w+)" property/, code: "compile-config", place: named },
  {
    pattern: /^(?:Merging using unique keys for SQLDataWarehouse|Invalid value for sqldatawarehouse distribution)/,
    code: "compile-config",
    place: property("sqldatawarehouse"),
  },
  // V8 points at the start of the template that holds an unknown name.
  {
    pattern: /^([\w$]+) is not defined$/,
    code: "compile-throw",
    place: (source, found, _error, from) =>
      findWord(source, found[1] ?? "", from) ?? findWord(source, found[1] ?? "", source.config.end),
  },
  // Protobuf's own checks: `tags: array expected`, `snowflake.clusterBy: string[] expected`.
  {
    pattern: /^(?:\w+\.)*(\w+): (?:.+) expected$/,
    code: "compile-config",
    hint: "Give the key a value of this kind.",
    place: named,
  },
];

function resolvableName(text: string): string {
  try {
    const value = JSON.parse(text) as string | { name?: string };
    return typeof value === "string" ? value : (value.name ?? "");
  } catch {
    return text;
  }
}

function lastSemicolon(source: Source): number | undefined {
  // In JS a query ends where its string does.
  if (!source.file.endsWith(".sqlx")) return findPattern(source, /;\s*["'`]/);
  const trailing = /;(?=\s*(?:$|(?:js|pre_operations|post_operations|incremental_where|config) \{))/g;
  return [...source.text.matchAll(trailing)].find((match) => match.index >= source.config.end)?.index;
}

/** Core says the name of the compiled field. */
function unused(source: Source, field: string, from: number): number | undefined {
  if (field === "preOps") return findPattern(source, /^\s*pre_operations \{/m);
  if (field === "postOps") return findPattern(source, /^\s*post_operations \{/m);
  if (field === "where") return findPattern(source, /^\s*incremental_where \{/m);
  if (field === "actionDescriptor")
    return findProperty(source, "description", from) ?? findProperty(source, "columns", from);
  return findProperty(source, field, from);
}
