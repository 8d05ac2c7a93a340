/** What must not stand in environments.json, which is committed: a key that asks for a secret, a text that is one. */
import type { Problem } from "../graph/index.js";
import type { JsonFile, JsonPath } from "./json.js";
import { pathText } from "./validate.js";

const secretKey =
  /^(pass(word|wd|phrase)?|pwd|secret|token|pat|oauth_?token|access_?token|api_?key|private_?key(_?(pass(phrase|word)?|pwd))?|client_?secret|programmatic_?access_?token)$/i;

const hint =
  "Take it out, and change it where it was ever committed. Secrets come from the process environment, from connections.toml, or from a file outside the project: see docs/snowflake.md.";

/** Of channels, whose addresses Dataform's format keeps here, nothing is said. */
export function checkSecrets({ value, at }: JsonFile): readonly Problem[] {
  const found: Problem[] = [];
  const visit = (each: unknown, path: JsonPath): void => {
    const key = path.at(-1);
    if (key === "notificationChannels") return;
    // Under `secrets` stand names of secrets, by the variables that they become.
    const within = path.includes("connection") && path.at(-2) !== "secrets" && typeof key === "string";
    if (within && secretKey.test(key) && each !== null && typeof each !== "object") {
      found.push(problem(path, "A secret has no place in this file.", "key"));
    } else if (typeof each === "string") {
      const what = looksLike(each);
      if (what !== undefined) found.push(problem(path, `This looks like ${what}, which has no place in this file.`));
    } else if (Array.isArray(each)) {
      each.forEach((item, i) => {
        visit(item, [...path, i]);
      });
    } else if (typeof each === "object" && each !== null) {
      for (const [name, item] of Object.entries(each)) visit(item, [...path, name]);
    }
  };
  // The text itself is never quoted.
  const problem = (path: JsonPath, message: string, part?: "key"): Problem => ({
    code: "environments-secret",
    message: `${pathText(path)}: ${message}`,
    at: at(path, part),
    hint,
  });
  visit(value, []);
  return found;
}

function looksLike(text: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "a private key";
  if (/\beyJ[\w-]{10,}\.[\w-]{4,}/.test(text)) return "a token";
  if (/^[a-z][a-z0-9+.-]*:\/\/[^\s/@]*:[^\s/@]+@/i.test(text)) return "an address with a password";
  if (/[?&;](token|password|pwd|passcode|private_?key(_?pwd)?)=/i.test(text)) return "an address with a secret";
  return undefined;
}
