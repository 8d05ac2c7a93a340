import { describe, expect, it } from "vitest";
import { deliveredTableOf, deliveredTables, otherTableOf } from "./tables.js";

const named = (name: string) => {
  const found = deliveredTables.find((table) => table.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("delivered tables", () => {
  it("are the 18 of Synthea's export, and what a hospital delivers beside them", () => {
    expect(
      deliveredTables
        .filter(({ exported }) => exported)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(
      "allergies careplans claims claims_transactions conditions devices encounters imaging_studies immunizations medications observations organizations patients payer_transitions payers procedures providers supplies".split(
        " ",
      ),
    );
    const beside = deliveredTables.filter(({ exported }) => !exported).map(({ landing }) => landing);
    expect(beside.filter((landing) => !landing.startsWith("HOSPITAL_"))).toEqual(["SYNTHEA_APPOINTMENTS"]);
  });

  it("have each column once, and a required one that every version writes", () => {
    for (const { columns, required, stable } of deliveredTables) {
      expect(new Set(columns).size).toBe(columns.length);
      expect(required.length).toBeGreaterThan(0);
      expect(required.every((column) => stable.includes(column))).toBe(true);
    }
  });

  it("are found by the names of files, in any case", () => {
    expect(deliveredTableOf("Claims_Transactions.CSV.GZ")?.name).toBe("claims_transactions");
    for (const name of [
      "patients.txt",
      "patients",
      "patients.csv.bak",
      "my_patients.csv",
      ".csv",
      "patients.csv.gz.gz",
    ]) {
      expect(deliveredTableOf(name)).toBeUndefined();
    }
  });

  it("are told from each other by their headers", () => {
    for (const table of deliveredTables) {
      expect(otherTableOf(table, table.columns)).toBeUndefined();
      expect(otherTableOf(table, table.stable)).toBeUndefined();
      for (const other of deliveredTables) {
        if (other === table) continue;
        // Both versions of another table's header are seen as that table's, or lack what this one requires.
        for (const header of [other.columns, other.stable]) {
          const lacks = table.required.some((column) => !header.includes(column));
          expect(lacks || otherTableOf(table, header) !== undefined, `${other.name} as ${table.name}`).toBe(true);
        }
      }
    }
  });

  it("may have columns that are not known, and lack some that are", () => {
    const { stable } = named("patients");
    expect(otherTableOf(named("patients"), [...stable, "SHOE_SIZE"])).toBeUndefined();
    expect(otherTableOf(named("patients"), stable.slice(0, 5))).toBeUndefined();
  });
});
