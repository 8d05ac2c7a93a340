/** JSON that is stored as text. */
import { quoteText } from "../../graph/index.js";

/** The text of what stands there; of an array or object its JSON; NULL where there is nothing, or null. */
export function jsonText(json: string, path: readonly string[]): string {
  const steps = path.map((name) => `."${name}"`).join("");
  return `json_extract_string(${json}, ${quoteText(`$${steps}`)})`;
}
