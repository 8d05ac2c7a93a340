import { describe, expect, it } from "vitest";
import { deliveredAt, parseDelivered } from "./delivered.js";

const written = new Date("2020-02-02T02:02:02Z");

describe("when a file was delivered", () => {
  it.each([
    ["/x/2024-01-01/patients_2024-05-06.csv", "2024-05-06T00:00:00.000Z"],
    ["/x/delivery-2024-01-01/patients.csv", "2024-01-01T00:00:00.000Z"],
    ["/x/2024-01-01/deeper/patients.csv", "2020-02-02T02:02:02.000Z"],
    ["/x/y/patients-2024-13-01.csv", "2020-02-02T02:02:02.000Z"],
    ["/x/y/patients-2023-02-29.csv", "2020-02-02T02:02:02.000Z"],
    ["/x/y/12024-01-011.csv", "2020-02-02T02:02:02.000Z"],
  ])("%s: %s", (path, at) => {
    expect(deliveredAt(path, written)).toBe(at);
  });

  it.each([
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2024-05-31T14:00", "2024-05-31T14:00:00.000Z"],
    ["2024-05-31T14:00:00+02:00", "2024-05-31T12:00:00.000Z"],
  ])("takes %s", (text, at) => {
    expect(parseDelivered(text)).toBe(at);
  });

  it.each(["", "yesterday", "2023-02-29", "31.05.2024", "2024-05-31T25:00", "2024-5-1"])("refuses %j", (text) => {
    expect(() => parseDelivered(text)).toThrow(/no ISO date/);
  });
});
