/** The statements of the reader's pages, run as they stand there, on the hospital of six patients. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Row } from "../../src/warehouse/index.js";
import type { Hospital } from "./hospital.js";

export function describePages(hospital: () => Hospital): void {
  describe("docs/queries.md, docs/kpis.md and docs/identity.md", () => {
    const parameters: Readonly<Record<string, () => Promise<string> | string>> = {
      patient_key: () => keyOf("ann"),
      person_id: () => keyOf("ann"),
      provider_key: async () =>
        text(await hospital().rows('select provider_key from "EHR".SILVER.PROVIDER order by 1')),
      batch_id: async () => text(await hospital().rows('select batch_id from "EHR".RAW.LOADED_FILE')),
      search_name: () => "",
      mrn: () => "ann",
      limit: () => "10",
      offset: () => "0",
      instant: () => "2024-06-30 12:00:00",
      kpi: () => "encounters",
      month: () => "2024-06-01",
    };
    const text = ([row]: readonly Row[]) => String(Object.values(row ?? {})[0]);
    const keyOf = async (id: string) =>
      text(await hospital().rows(`select patient_key from "EHR".SILVER.PATIENT where patient_id = '${id}'`));
    const statements = ["queries", "kpis", "identity"].flatMap((page) => {
      const document = readFileSync(join(import.meta.dirname, `../../docs/${page}.md`), "utf8");
      return [...document.matchAll(/^```sql\n(?:-- (.*)\n)?([\s\S]*?)^```/gm)].map(([, names = "", sql = ""]) => ({
        names: names === "" ? [] : names.split(", "),
        sql,
      }));
    });
    /** Prepared, as the page says, and run. */
    const answer = async (
      { names, sql }: { readonly names: readonly string[]; readonly sql: string },
      other?: string,
    ) => {
      const values = await Promise.all(names.map((name) => other ?? parameters[name]?.() ?? ""));
      const bound = names.map((name, at) => (/limit|offset/.test(name) ? values[at] : `'${values[at]}'`)).join(", ");
      return hospital().tried([`prepare asked as ${sql}`], `execute asked${bound === "" ? "" : `(${bound})`}`);
    };

    it("has statements whose parameters are named in their order", () => {
      expect(statements.length).toBeGreaterThan(12);
      for (const { names, sql } of statements) {
        expect([sql, sql.split("?").length - 1]).toEqual([sql, names.length]);
        for (const name of names) expect(Object.keys(parameters)).toContain(name);
      }
    });

    it.each(statements.map(({ names, sql }) => [/from (\S+)/i.exec(sql)?.[1] ?? "", names.join(", "), sql]))(
      "is answered from %s by %s",
      async (_, names, sql) => {
        const statement = { names: names === "" ? [] : names.split(", "), sql };
        const rows = await answer(statement);
        // Of these the hospital has none.
        if (!/GOLD\.(PATIENT_QUARANTINE|MEDICATION_ALERT|CRITICAL_LAB|ENCOUNTER_SUMMARY|MATCH_REVIEW)/.test(sql))
          expect(rows).not.toEqual([]);
        if (names === "patient_key") expect(await answer(statement, "nobody")).toEqual([]);
      },
    );

    it("means by one empty row that the patient is known and nothing else is", async () => {
      const key = await keyOf("new");
      for (const [table, column] of [
        ["PATIENT_TIMELINE", "event_type"],
        ["CURRENT_MEDICATIONS", "prescription_key"],
        ["LABS_LAST_6_MONTHS", "code"],
      ] as const) {
        const statement = statements.find(({ sql }) => sql.includes(`GOLD.${table}\n`));
        const rows = await answer(statement ?? { names: [], sql: "" }, key);
        expect([table, rows.map((row) => row[column])]).toEqual([table, [null]]);
      }
    });

    it("lists each KPI with its definition as the warehouse has it", async () => {
      const document = readFileSync(join(import.meta.dirname, "../../docs/kpis.md"), "utf8");
      const rows = await hospital().rows('select kpi, kind, unit, definition, source from "EHR".GOLD.KPI_DEFINITION');
      const listed = document.split("\n").filter((line) => /^\| `/.test(line));
      const lines = rows.map(
        (row) => `| \`${row.kpi}\` | ${row.kind} | ${row.unit} | ${row.definition} | ${row.source} |`,
      );
      expect(listed.toSorted()).toEqual(lines.toSorted());
    });
  });
}
