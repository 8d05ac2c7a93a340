/** Which medform this is. */
import { readFileSync } from "node:fs";

/** From the package.json above this file, wherever it was built to; `unknown` where there is none. */
export function version(): string {
  for (const up of ["../../..", "../.."]) {
    try {
      const found: unknown = JSON.parse(readFileSync(`${import.meta.dirname}/${up}/package.json`, "utf8"));
      if (typeof found === "object" && found !== null && "version" in found) return String(found.version);
    } catch {
      // The other one, then.
    }
  }
  return "unknown";
}
