import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, isoDay, isoInstant, localDay, localInstant, NOW, TODAY, weekday, workday } from "./time.js";

const clock = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/New_York",
  dateStyle: "short",
  timeStyle: "short",
  hourCycle: "h23",
});
/** `2025-06-30, 17:00`, by the platform's own time zone data. */
const onTheWall = (at: number) => clock.format(new Date(at * 1000));

const second = fc.integer({ min: Date.UTC(2007, 0, 2) / 1000, max: Date.UTC(2027, 0, 1) / 1000 });
const day = fc.integer({ min: dayOf(2007, 1, 2), max: dayOf(2026, 12, 30) });

describe("New York's clock", () => {
  it("has the day that the platform says", () => {
    fc.assert(
      fc.property(second, (at) => isoDay(localDay(at)) === onTheWall(at).slice(0, 10)),
      { numRuns: 2000 },
    );
  });

  it("agrees in every hour around each change of the clock", () => {
    for (let year = 2007; year <= 2026; year += 1) {
      for (const [month, date] of [
        [3, 8],
        [11, 1],
      ] as const) {
        const sunday = dayOf(year, month, date) + ((7 - weekday(dayOf(year, month, date))) % 7);
        for (let hour = -3; hour < 34; hour += 1) {
          const at = sunday * 86_400 + hour * 3600 + 1799;
          expect(isoDay(localDay(at))).toBe(onTheWall(at).slice(0, 10));
        }
      }
    }
  });

  it("finds the instant of a time on the wall", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 1439 }), (on, minute) => {
        // Between one and three o'clock a Sunday night can skip or repeat it.
        fc.pre(minute < 60 || minute >= 180);
        const wall = `${isoDay(on)}, ${new Date(minute * 60_000).toISOString().slice(11, 16)}`;
        return onTheWall(localInstant(on, minute)) === wall;
      }),
      { numRuns: 2000 },
    );
  });
});

describe("texts and days", () => {
  it("writes instants as ISO text", () => {
    fc.assert(fc.property(second, (at) => isoInstant(at) === new Date(at * 1000).toISOString().replace(".000Z", "Z")));
  });

  it("ends at the end of clinic hours of its last day", () => {
    expect(isoInstant(NOW)).toBe("2025-06-30T21:00:00Z");
    expect(localDay(NOW)).toBe(TODAY);
  });

  it("moves weekends to working days, never past the last day, at most two days back", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 5 }), (on, slack) => {
        const moved = workday(on, on + slack);
        expect([1, 2, 3, 4, 5]).toContain(weekday(moved));
        expect(moved).toBeLessThanOrEqual(on + slack);
        expect(moved).toBeGreaterThanOrEqual(on - 2);
      }),
    );
  });
});
