import { describe, expect, it } from "vitest";
import { spreadsheetDates } from "./spreadsheet.js";

const file = (text: string) => {
  const head = Buffer.from(text);
  return { path: "/x.csv", name: "x.csv", hash: "", bytes: head.length, head };
};

describe("what a spreadsheet program wrote", () => {
  it("is told by its dates, with the columns", () => {
    expect(spreadsheetDates(file("id,day,at\n1,5/7/2180,12/17/2132 5:00\n"))).toEqual([1, 2]);
    expect(spreadsheetDates(file('id,day\n1,\n2,"2/29/2116 12:00"'))).toEqual([1]);
    expect(spreadsheetDates(file("a,b,c,d\n07.05.2180 10:44,2180/5/7,5-Jul-80,5-Jul-2180 8:05\n"))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it("is not what an export wrote, nor a text with a date in it", () => {
    expect(spreadsheetDates(file("id,day,note\n1,2180-05-07,since 5/7/2180\n2,2180-05-07 10:00:00,120/80\n"))).toEqual(
      [],
    );
    expect(spreadsheetDates(file(""))).toEqual([]);
    expect(spreadsheetDates(file("id,day\n1,2180-05-07\n2,2180-05-08\n3,31/12/2020 09:00\n"))).toEqual([]);
    expect(spreadsheetDates(file('id\n"never closed\n5/7/2180\n'))).toEqual([0]);
  });
});
