import { describe, expect, it } from "vitest";
import { deliveredTableOf, folderFormats, otherTableOf } from "./tables.js";

const synthea = folderFormats["synthea-csv"];
const { mimic } = folderFormats;

const named = (name: string, format = synthea) => {
  const found = format.tables.find((table) => table.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("the tables of a folder", () => {
  it("are the 18 of Synthea's export, and what a hospital delivers beside them", () => {
    expect(
      synthea.tables
        .filter(({ exported }) => exported)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(
      "allergies careplans claims claims_transactions conditions devices encounters imaging_studies immunizations medications observations organizations patients payer_transitions payers procedures providers supplies".split(
        " ",
      ),
    );
    const beside = synthea.tables.filter(({ exported }) => !exported).map(({ landing }) => landing);
    expect(beside.filter((landing) => !landing.startsWith("HOSPITAL_"))).toEqual(["SYNTHEA_APPOINTMENTS"]);
  });

  it("are those of MIMIC's two modules", () => {
    expect(mimic.tables.map(({ landing }) => landing)).toEqual(
      expect.arrayContaining(["MIMIC_ADMISSIONS", "MIMIC_LABEVENTS", "MIMIC_ICUSTAYS"]),
    );
    expect(deliveredTableOf(mimic, "labevents.csv.gz")?.landing).toBe("MIMIC_LABEVENTS");
    expect(deliveredTableOf(synthea, "labevents.csv.gz")).toBeUndefined();
    expect(deliveredTableOf(mimic, "patients.csv")?.landing).toBe("MIMIC_PATIENTS");
  });

  it("are found by the names of files, in any case", () => {
    expect(deliveredTableOf(synthea, "Claims_Transactions.CSV.GZ")?.name).toBe("claims_transactions");
    for (const name of [
      "patients.txt",
      "patients",
      "patients.csv.bak",
      "my_patients.csv",
      ".csv",
      "patients.csv.gz.gz",
    ]) {
      expect(deliveredTableOf(synthea, name)).toBeUndefined();
    }
  });

  it.each([synthea, mimic])(
    "of $name have each column once, and a required one that every version writes",
    (format) => {
      for (const { columns, name, required, stable } of format.tables) {
        expect(new Set(columns).size).toBe(columns.length);
        expect(required.length, name).toBeGreaterThan(0);
        expect(required.every((column) => stable.includes(column))).toBe(true);
      }
    },
  );

  it.each([synthea, mimic])("of $name are told from each other by their headers", (format) => {
    for (const table of format.tables) {
      expect(otherTableOf(format, table, table.columns)).toBeUndefined();
      expect(otherTableOf(format, table, table.stable)).toBeUndefined();
      for (const other of format.tables) {
        // The dictionaries of ICD codes have one header: only their names tell them apart.
        if (other.columns.join() === table.columns.join()) continue;
        // Both versions of another table's header are seen as that table's, or lack what this one requires.
        for (const header of [other.columns, other.stable]) {
          const lacks = table.required.some((column) => !header.includes(column));
          expect(lacks || otherTableOf(format, table, header) !== undefined, `${other.name} as ${table.name}`).toBe(
            true,
          );
        }
      }
    }
  });

  it("may have columns that are not known, and lack some that are", () => {
    const { stable } = named("patients");
    expect(otherTableOf(synthea, named("patients"), [...stable, "SHOE_SIZE"])).toBeUndefined();
    expect(otherTableOf(synthea, named("patients"), stable.slice(0, 5))).toBeUndefined();
  });
});
