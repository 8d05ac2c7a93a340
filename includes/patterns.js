/**
 * Regular expressions that mean the same on both engines, written as JS strings (`"[0-9]+ mg"`). What only one of them knows,
 * or each reads in its own way, is an error when the project is compiled: groups that begin with `(?`, lazy quantifiers,
 * back-references, a backslash in brackets, an alternative that begins like an earlier one.
 */
const { byEngine } = require("./engine.js");
const { literal } = require("./texts.js");

const refuse = (pattern, what) => {
  throw new Error(`The pattern ${pattern} cannot be said on every engine: ${what}.`);
};

const ESCAPED = /^(?:[dDsSwWbB]|[^A-Za-z0-9\s])$/;

/** @returns the number of groups; throws for what cannot be said on both */
const checked = (pattern) => {
  const open = [];
  let groups = 0;
  let alternatives = [""];
  const add = (text) => {
    alternatives[alternatives.length - 1] += text;
  };
  const close = () => {
    const later = alternatives.find((one, i) => alternatives.some((other, j) => j < i && one.startsWith(other)));
    if (later !== undefined)
      refuse(pattern, `one takes the first alternative that fits, another the longest (${later})`);
    return alternatives.join("|");
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at];
    const rest = pattern.slice(at);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(rest);
    if (char === "\\") {
      if (!ESCAPED.test(pattern[at + 1] ?? "")) refuse(pattern, `\\${pattern[at + 1] ?? ""}`);
      add(rest.slice(0, 2));
      at += 1;
    } else if (char === "[") {
      const brackets = /^\[\^?\]?(?:\[:[a-z]+:\]|[^\]\\])*\]/.exec(rest);
      if (brackets === null) refuse(pattern, "a backslash in brackets, or brackets that do not end");
      add(brackets[0]);
      at += brackets[0].length - 1;
    } else if (char === "(") {
      if (pattern[at + 1] === "?") refuse(pattern, "a group that begins with (?");
      groups += 1;
      open.push(alternatives);
      alternatives = [""];
    } else if (char === ")") {
      if (open.length === 0) refuse(pattern, "a parenthesis that was not opened");
      const inner = close();
      alternatives = open.pop();
      add(`(${inner})`);
    } else if (char === "|") alternatives.push("");
    else if (quantifier !== null) {
      if (/[*+?{]/.test(rest[quantifier[0].length] ?? "")) refuse(pattern, "a quantifier after a quantifier");
      add(quantifier[0]);
      at += quantifier[0].length - 1;
    } else if (char === "{" || char === "}") refuse(pattern, "a brace that counts nothing");
    else add(char);
  }
  if (open.length > 0) refuse(pattern, "a parenthesis that is not closed");
  close();
  return groups;
};

const said = (pattern) => {
  checked(pattern);
  return literal(pattern);
};

/** Whether the whole text is of the pattern. */
const matches = (x, pattern) =>
  byEngine({ duckdb: `regexp_full_match(${x}, ${said(pattern)})`, snowflake: `regexp_like(${x}, ${said(pattern)})` });

/** Whether the pattern is found anywhere in the text. */
const finds = (x, pattern) =>
  byEngine({ duckdb: `regexp_matches(${x}, ${said(pattern)})`, snowflake: `regexp_instr(${x}, ${said(pattern)}) > 0` });

/** What fits first, or its group by number; NULL where nothing fits, or nothing is in it. */
const extracted = (x, pattern, group = 0) => {
  if (!(group <= checked(pattern))) refuse(pattern, `it has no group ${group}`);
  return byEngine({
    duckdb: `nullif(regexp_extract(${x}, ${said(pattern)}, ${group}), '')`,
    snowflake: `nullif(regexp_substr(${x}, ${said(pattern)}, 1, 1${group > 0 ? `, 'e', ${group}` : ""}), '')`,
  });
};

/** With everything that fits replaced by a text, in which `\1` is the first group. */
const replaced = (x, pattern, by = "") => {
  if (/\\(?![1-9])/.test(by)) refuse(pattern, `a backslash in ${by}`);
  if ([...by.matchAll(/\\(\d)/g)].some(([, group]) => Number(group) > checked(pattern)))
    refuse(pattern, `no group for ${by}`);
  if (new RegExp(`^(?:${pattern})$`).test("")) refuse(pattern, "it fits nothing at all, too");
  return byEngine({
    duckdb: `regexp_replace(${x}, ${said(pattern)}, ${literal(by)}, 'g')`,
    snowflake: `regexp_replace(${x}, ${said(pattern)}, ${literal(by)})`,
  });
};

module.exports = { extracted, finds, matches, replaced };
