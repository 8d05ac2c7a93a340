/** What stands against each row of an entity, by a column that names it: the rules that keep it out, else its flags. */
import type { Hospital } from "./hospital.js";

/** Of rows of one name, what stands against each, in file order. */
export async function said(
  hospital: Hospital,
  entity: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const rows = await hospital.rows(
    `select coalesce(${name}, '') as name, disposition, coalesce(broken_rules, flags, '') as rules
     from "EHR".SILVER.${entity}_VERDICT order by record_number`,
  );
  const all: Record<string, string> = {};
  for (const row of rows) {
    const text = [row.disposition === "current" ? "" : row.disposition, row.rules]
      .filter((part) => part !== "")
      .join(": ");
    all[String(row.name)] = [all[String(row.name)], text].filter((part) => part !== undefined).join(" / ");
  }
  return all;
}
