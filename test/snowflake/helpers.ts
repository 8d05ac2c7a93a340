/** The helpers of includes/, for whichever warehouse: what they say is chosen when they are called. */
import { createRequire } from "node:module";

type Said = (...args: readonly unknown[]) => string;
type Helpers<Names extends string> = Readonly<Record<Names, Said>>;

/** As a compiled project has it. */
export function useWarehouse(warehouse: string): void {
  (globalThis as { dataform?: unknown }).dataform = { projectConfig: { warehouse } };
}

const load = createRequire(import.meta.url);
useWarehouse("duckdb");

export const dates = load("../../includes/dates.js") as Helpers<
  "at" | "between" | "firstOf" | "formatted" | "parsed" | "plus"
>;
export const json = load("../../includes/json.js") as Helpers<
  "boolean" | "constant" | "elements" | "list" | "number" | "object" | "string" | "text"
>;
export const lists = load("../../includes/lists.js") as Helpers<"gathered">;
export const numbers = load("../../includes/numbers.js") as Helpers<"greatest" | "least" | "quotient" | "ratio">;
export const order = load("../../includes/order.js") as Helpers<"newestFirst" | "oldestFirst">;
export const patterns = load("../../includes/patterns.js") as Helpers<"extracted" | "finds" | "matches" | "replaced">;
export const scd = load("../../includes/scd.js") as Helpers<"type1">;
export const texts = load("../../includes/texts.js") as Helpers<
  "chain" | "editDistance" | "gathered" | "listed" | "literal" | "together" | "trimmed"
>;
export const types = load("../../includes/types.js") as Helpers<
  "asText" | "day" | "degree" | "instant" | "integer" | "money" | "number" | "readable" | "secondsBetween" | "text"
>;
