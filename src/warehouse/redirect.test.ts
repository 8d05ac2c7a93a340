import { describe, expect, it } from "vitest";
import { ProblemError } from "../graph/index.js";
import { redirect, refuseViews, writes } from "./redirect.js";

const reading = { database: "EHR", engine: "snowflake" };
const patient = { database: "EHR", schema: "SILVER", name: "PATIENT" };
const place = { target: patient, place: '"EHR"."SILVER"."PATIENT$medform_c7"', name: "PATIENT$medform_c7" };
const read = (text: string) => redirect(text, [place], reading);

describe("reading another place", () => {
  it.each([
    ['select * from "EHR"."SILVER"."PATIENT"', 'select * from "EHR"."SILVER"."PATIENT$medform_c7"'],
    ["select * from ehr.silver.patient p", 'select * from "EHR"."SILVER"."PATIENT$medform_c7" p'],
    // What only looks like it stays.
    [
      'select \'"EHR"."SILVER"."PATIENT"\' -- "EHR"."SILVER"."PATIENT"',
      'select \'"EHR"."SILVER"."PATIENT"\' -- "EHR"."SILVER"."PATIENT"',
    ],
    ['select * from "EHR"."SILVER"."PATIENTS"', 'select * from "EHR"."SILVER"."PATIENTS"'],
    ['select * from "OTHER"."SILVER"."PATIENT"', 'select * from "OTHER"."SILVER"."PATIENT"'],
    // Columns with the relation's name before them are read from what is called so.
    [
      'select PATIENT.ID from "EHR"."SILVER"."PATIENT" where PATIENT.ID > 1',
      'select PATIENT.ID from "EHR"."SILVER"."PATIENT$medform_c7" as "PATIENT" where PATIENT.ID > 1',
    ],
    [
      'select "EHR"."SILVER"."PATIENT"."ID" from "EHR"."SILVER"."PATIENT"',
      'select "PATIENT"."ID" from "EHR"."SILVER"."PATIENT$medform_c7" as "PATIENT"',
    ],
    [
      'with PATIENT as (select * from "EHR"."SILVER"."PATIENT") select PATIENT.ID from PATIENT',
      'with PATIENT as (select * from "EHR"."SILVER"."PATIENT$medform_c7" as "PATIENT") select PATIENT.ID from PATIENT',
    ],
    // One that has a name of its own keeps it.
    [
      'select PATIENT.ID from "EHR"."SILVER"."PATIENT" as PATIENT join "EHR"."SILVER"."PATIENT" p using (ID)',
      'select PATIENT.ID from "EHR"."SILVER"."PATIENT$medform_c7" as PATIENT join "EHR"."SILVER"."PATIENT$medform_c7" p using (ID)',
    ],
  ])("of %s is %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("leaves a text alone where nothing stands beside", () => {
    expect(redirect("select 1", [], reading)).toBe("select 1");
  });

  it("finds names without a database in the one that goes without saying", () => {
    const own = { ...place, target: { schema: "SILVER", name: "PATIENT" } };
    expect(redirect('select * from "SILVER"."PATIENT"', [own], reading)).toBe(
      'select * from "EHR"."SILVER"."PATIENT$medform_c7"',
    );
  });
});

describe("what a statement writes", () => {
  it("is told apart from what it reads", () => {
    const copy = 'create table "EHR"."GOLD"."COPY" as select * from "EHR"."SILVER"."PATIENT"';
    expect(writes(copy, patient, reading)).toBe(false);
    expect(writes('drop table if exists "EHR"."SILVER"."PATIENT"', patient, reading)).toBe(true);
    expect(writes('truncate table EHR.SILVER."PATIENT"', patient, reading)).toBe(true);
  });
});

describe("new rows", () => {
  it("are refused through a view, however many stand between", () => {
    const view = (name: string, text: string) => ({ target: { ...patient, name }, text });
    const views = [
      view("OVER", 'select * from "EHR"."SILVER"."PATIENT"'),
      view("ABOVE", 'select * from "EHR"."SILVER"."OVER"'),
    ];
    const refused = (query: string) => () => refuseViews(query, views, [patient], reading);
    expect(refused('select * from "EHR"."SILVER"."PATIENT"')).not.toThrow();
    for (const name of ["OVER", "ABOVE"])
      expect(refused(`select * from "EHR"."SILVER"."${name}"`)).toThrow(ProblemError);
  });
});
