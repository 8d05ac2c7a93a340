import { describe, expect, test } from "vitest";
import type { Environment, Schedule } from "../project/index.js";
import { findSchedule, namedSchedules, nextDue, nextOf, selectionOf } from "./index.js";

const schedule = (given: Partial<Schedule> = {}): Schedule => ({
  name: "s",
  at: { file: "environments.json", line: 1, column: 1 },
  cron: "0 4 * * *",
  timeZone: "UTC",
  tags: [],
  actions: [],
  disabled: false,
  includeDependencies: false,
  includeDependents: false,
  fullRefresh: false,
  notify: [],
  ...given,
});
const environment = (name: string, ...schedules: readonly Schedule[]): Environment => ({ name, schedules });

const times = (given: Partial<Schedule>, after: string, count: number) =>
  nextDue(namedSchedules([environment("e", schedule(given))]), new Date(after), count).map(({ at }) =>
    at.toISOString(),
  );

describe("due times", () => {
  test("keep the hour of the zone when its clock is put forward, and fall right after a gap", () => {
    expect(times({ cron: "30 4 * * *", timeZone: "Europe/Berlin" }, "2026-03-28T00:00:00Z", 2)).toEqual([
      "2026-03-28T03:30:00.000Z",
      "2026-03-29T02:30:00.000Z",
    ]);
    expect(times({ cron: "30 2 * * *", timeZone: "Europe/Berlin" }, "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("come once when it is put back, and each hour where each hour was asked for", () => {
    expect(times({ cron: "30 2 * * *", timeZone: "America/New_York" }, "2026-11-01T04:00:00Z", 2)).toEqual([
      "2026-11-01T07:30:00.000Z",
      "2026-11-02T07:30:00.000Z",
    ]);
    expect(times({ cron: "30 1 * * *", timeZone: "America/New_York" }, "2026-11-01T04:00:00Z", 2)).toEqual([
      "2026-11-01T05:30:00.000Z",
      "2026-11-02T06:30:00.000Z",
    ]);
    expect(times({ cron: "0 * * * *", timeZone: "America/New_York" }, "2026-11-01T04:30:00Z", 3)).toEqual([
      "2026-11-01T05:00:00.000Z",
      "2026-11-01T06:00:00.000Z",
      "2026-11-01T07:00:00.000Z",
    ]);
  });

  test("of a line with a star for minute or hour go with the clock", () => {
    const line = { cron: "*/30 2 * * *", timeZone: "Europe/Berlin" };
    // 02:00 to 03:00 is not there on the one day, and twice on the other.
    expect(times(line, "2026-03-28T12:00:00Z", 1)).toEqual(["2026-03-30T00:00:00.000Z"]);
    expect(times(line, "2026-10-24T12:00:00Z", 4)).toEqual(
      ["00:00", "00:30", "01:00", "01:30"].map((time) => `2026-10-25T${time}:00.000Z`),
    );
  });

  test("where day of month and day of week are both given are those of either, as in a crontab", () => {
    expect(times({ cron: "0 12 13 * fri" }, "2026-01-03T00:00:00Z", 3)).toEqual(
      ["09", "13", "16"].map((day) => `2026-01-${day}T12:00:00.000Z`),
    );
  });

  test("read steps as Dataform's scheduler did", () => {
    expect(times({ cron: "0 5/12 * * *" }, "2026-01-01T00:00:00Z", 3)).toEqual([
      "2026-01-01T05:00:00.000Z",
      "2026-01-01T17:00:00.000Z",
      "2026-01-02T05:00:00.000Z",
    ]);
  });

  test("are those of all schedules in order, without the disabled", () => {
    const all = namedSchedules([
      environment("a", schedule({ name: "late", cron: "0 6 * * *" }), schedule({ name: "off", disabled: true })),
      environment("b", schedule({ name: "early", cron: "0 5 * * *" })),
    ]);
    expect(nextDue(all, new Date("2026-01-01T05:30:00Z"), 3).map(({ schedule: { name } }) => name)).toEqual([
      "late",
      "early",
      "late",
    ]);
    expect(nextOf(schedule({ disabled: true }), new Date())).toBeUndefined();
  });
});

describe("a schedule's name", () => {
  const all = namedSchedules([
    environment("a", schedule({ name: "nightly" }), schedule({ name: "hourly" })),
    environment("b", schedule({ name: "nightly" })),
  ]);

  test("stands alone where only one has it, and with its environment", () => {
    expect(findSchedule(all, "hourly").environment.name).toBe("a");
    expect(findSchedule(all, "b.nightly").environment.name).toBe("b");
    expect(
      findSchedule(
        namedSchedules(
          all.map((each) => each.environment),
          "b",
        ),
        "nightly",
      ).environment.name,
    ).toBe("b");
  });

  test("that could mean either of two is not guessed", () => {
    const dotted = namedSchedules([
      environment("a", schedule({ name: "b.c" })),
      environment("b", schedule({ name: "c" })),
    ]);
    expect(() => findSchedule(dotted, "b.c")).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: "schedule-ambiguous", hint: "Say which: a.b.c, c --environment b." }),
        ],
      }),
    );
    expect(findSchedule(dotted, "a.b.c").environment.name).toBe("a");
  });

  test.each([
    ["nightly", "schedule-ambiguous", "Say which: a.nightly, b.nightly."],
    ["hurly", "schedule-unknown", "Did you mean hourly"],
    ["a.nihgtly", "schedule-unknown", "Did you mean a.nightly"],
    ["zzzzzzzzzz", "schedule-unknown", "Schedules: a.nightly, a.hourly, b.nightly."],
  ])("%s: %s", (name, code, hint) => {
    expect(() => findSchedule(all, name)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ code, hint: expect.stringContaining(hint) })] }),
    );
  });
});

test("what it selects", () => {
  expect(selectionOf(schedule())).toEqual([]);
  expect(selectionOf(schedule({ tags: ["a", "b"] }))).toEqual(["tag:a", "tag:b"]);
  const both = { tags: ["a"], actions: ["gold.x"], includeDependencies: true, includeDependents: true };
  expect(selectionOf(schedule(both))).toEqual(["+tag:a+", "+gold.x+"]);
});
