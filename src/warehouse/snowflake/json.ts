/** JSON that is stored as text, in Snowflake's words. */
import { snowflakeText } from "./text.js";

/** The text of what stands there; of an array or object its JSON; NULL where there is nothing, null, or no JSON at all. */
export function jsonText(json: string, path: readonly string[]): string {
  const steps = path.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
  return `cast(get_path(try_parse_json(${json}), ${snowflakeText(steps)}) as varchar)`;
}
