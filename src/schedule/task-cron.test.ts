import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cronTimes } from "../project/index.js";
import { taskCron } from "./task-cron.js";

describe("a cron line as Snowflake reads it", () => {
  test.each([
    ["30 4 * * mon-fri", "30 4 * * 1,2,3,4,5"],
    ["0 5/12 * * *", "0 5,17 * * *"],
    ["*/20 * * * *", "0,20,40 * * * *"],
    ["0 0 1 jan,jul *", "0 0 1 1,7 *"],
    ["0 9-17/4 * * 7", "0 9,13,17 * * 0"],
    ["0 0 * * 5-7", "0 0 * * 0,5,6"],
    ["@daily", "0 0 * * *"],
    ["@HOURLY", "0 * * * *"],
    ["0 0 13 * fri", "0 0 13 * 5"],
  ])("%s is %s", (line, written) => expect(taskCron(line)).toBe(written));

  test.each(["0 0 L * *", "0 0 * * 5#2", "0 0 15W * *", "0 0 * *"])("%s has no such form", (line) =>
    expect(taskCron(line)).toBeUndefined(),
  );

  test("comes due when the line does, for any line", () => {
    const part = (least: number, most: number) =>
      fc.oneof(
        { weight: 3, arbitrary: fc.constant("*") },
        fc.integer({ min: least, max: most }).map(String),
        fc.integer({ min: 2, max: 5 }).map((step) => `*/${step}`),
        fc
          .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: 5 }))
          .map(([from, step]) => `${from}/${step}`),
        fc
          .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
          .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      );
    const line = fc.tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 6)).map((all) => all.join(" "));
    const after = new Date("2027-01-01T00:00:00Z");
    fc.assert(
      fc.property(line, (text) => {
        const written = taskCron(text);
        expect(written).toMatch(/^[\d,* ]+$/);
        expect(cronTimes(written ?? "", "UTC", after, 20)).toEqual(cronTimes(text, "UTC", after, 20));
      }),
    );
  });
});
