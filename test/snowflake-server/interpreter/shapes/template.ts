/**
 * A statement's shape as people read it. In it stand
 *
 * - `<target>` and the other placeholders below;
 * - `[…]` for what may be left out; `\[` and `\]` are brackets of the statement itself;
 * - `{…|, }` for what may be repeated, with what stands between.
 *
 * All else is the statement to the letter, blanks and line ends too.
 */

const name = '"(?:[^"]|"")+"';
const target = `${name}(?:\\.${name}){1,2}`;
const literal = "'(?:[^'\\\\]|''|\\\\[\\s\\S])*'";
const type = "[A-Z][A-Z_]*(?:\\(\\d+(?:, ?\\d+)?\\))?";
const word = "[A-Za-z_][A-Za-z0-9_]*";

const placeholders = {
  /** One name, quoted. */
  name,
  /** A relation by schema and name, or by database, schema and name; all of them quoted. */
  target,
  columns: `${name}(?:, ${name})*`,
  literal,
  number: "\\d+",
  word,
  words: `${word}(?:, ${word})*`,
  /** As the information schema and a description spell it. */
  type,
  /** A column as it is, or as another type. */
  taken: `(?:${name}|cast\\(${name} as ${type}\\))`,
  /** Of a landing table, and of the tables in which loads are counted. */
  landed: "(?:varchar|bigint|timestamp)",
  kind: "(?:table|view|materialized view)",
  /** A materialized view is asked for as a view. */
  domain: "(?:table|view)",
  /** What a hook made for its session alone, and its name as the hook has it. */
  temporary: "(?:table|view|stage|sequence|file format)",
  written: `(?:${name}|[\\w$]+)(?:\\.(?:${name}|[\\w$]+)){0,2}`,
  grain: "'(?:hour|day|week|month|year)'",
  /** What a model says in `clusterBy`. It is kept as it is, and never read. */
  keys: "(?:[^;()']|'[^']*'|\\((?:[^;()']|'[^']*'|\\([^;()]*\\))*\\))+",
  /** Under which lease it was opened, and for what. */
  transaction: "MEDFORM_[0-9A-F]{8}_\\d+_[A-Za-z0-9_]*",
  /** A text of the project, to the letter; here only where it begins and ends. */
  query: "([\\s\\S]+)",
} as const;

type Placeholder = keyof typeof placeholders;

/** Its groups are the texts of the project that stand in it. @throws Error for a placeholder or a bracket that is none. */
export function patternOf(template: string): RegExp {
  let at = 0;

  /** Up to one of these characters, which is not taken. */
  const upTo = (ends: string): string => {
    let out = "";
    while (at < template.length && !ends.includes(template[at] as string)) {
      const placeholder = /^<([a-z]+)>/.exec(template.slice(at, at + 20))?.[1];
      if (placeholder !== undefined) {
        if (!(placeholder in placeholders)) throw new Error(`<${placeholder}> is no placeholder: ${template}`);
        out += placeholders[placeholder as Placeholder];
        at += placeholder.length + 2;
      } else if (template[at] === "[") {
        out += `(?:${inside("]")})?`;
      } else if (template[at] === "{") {
        const start = at + 1;
        const end = template.indexOf("}", start);
        const bar = template.lastIndexOf("|", end);
        if (bar < start) throw new Error(`nothing stands between what is repeated: ${template}`);
        const between = template.slice(bar + 1, end);
        at = start;
        const item = upTo("|");
        out += `${item}(?:${escaped(between)}${item})*`;
        at = end + 1;
      } else {
        if (template[at] === "\\") at += 1;
        out += escaped(template[at] ?? "");
        at += 1;
      }
    }
    return out;
  };

  const inside = (end: string): string => {
    at += 1;
    const out = upTo(end);
    if (template[at] !== end) throw new Error(`a bracket stays open: ${template}`);
    at += 1;
    return out;
  };

  const whole = upTo("]}");
  if (at < template.length) throw new Error(`a bracket closes nothing: ${template}`);
  return new RegExp(`^${whole}$`);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
