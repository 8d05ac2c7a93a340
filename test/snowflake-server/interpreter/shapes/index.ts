/**
 * The closed set of statements that medform makes itself, by who sends them, each read by eye in src/. What has none of these
 * shapes, and is no text that was made known, is an error, however simple: so nothing is answered that nobody meant to send.
 */
import { data, show, status, tasks } from "./commands.js";
import { landing, parts, staged } from "./load.js";
import { candidates, changes, fence, looks, steps } from "./publishing.js";
import { catalog, lease, ledger, recovery, session } from "./standing.js";
import { patternOf } from "./template.js";

export const shapes: Readonly<Record<string, readonly string[]>> = {
  "publishing: what is there": looks,
  "publishing: candidates and stages": candidates,
  "publishing: rows and rules": changes,
  "publishing: the fence": fence,
  "publishing: steps after the commit": steps,
  session,
  catalog,
  lease,
  ledger,
  recovery,
  "load: landing tables": landing,
  "load: parts": parts,
  "load: stages of others": staged,
  "run, prove": data,
  show,
  status,
  "schedule deploy": tasks,
};

/** By their first words, for each statement is held against those alone. */
const patterns = new Map<string, RegExp[]>();

const firstWord = (text: string) => /^[a-z]+/.exec(text)?.[0] ?? "";

for (const template of Object.values(shapes).flat()) {
  const first = firstWord(template.replace(/^\{/, ""));
  patterns.set(first, [...(patterns.get(first) ?? []), patternOf(template)]);
}

/** Whether medform itself sends such a statement, and what of it is the project's is known. */
export function isEmitted(sql: string, isKnown: (text: string) => boolean): boolean {
  return (patterns.get(firstWord(sql)) ?? []).some((pattern) => {
    const match = pattern.exec(sql);
    return match?.slice(1).every((text) => text === undefined || isKnown(text)) ?? false;
  });
}
