/** What a person sees of a run, held as golden texts under golden/. */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { GlobalOptions, Io } from "../../src/cli/io.js";
import { createProgress } from "../../src/cli/render/progress.js";
import { createRunView } from "../../src/cli/render/run-view.js";
import { plainRelation } from "../../src/graph/index.js";
import type { RunEvent } from "../../src/run/index.js";
import * as runs from "./events.js";

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "medform-render-"));
  mkdirSync(join(project, "definitions/silver"), { recursive: true });
  writeFileSync(
    join(project, "definitions/silver/patient.sqlx"),
    `config { type: "table" }\nselect\n  id,\n  birthdat\nfrom \${ref("patients")}\n`,
  );
});

interface Screen {
  readonly io: Io;
  text(): string;
}

function screen(options: { readonly columns?: number; readonly env?: Record<string, string> } = {}): Screen {
  let text = "";
  const stdout = {
    write: (part: string) => {
      text += part;
    },
    isTTY: options.columns !== undefined,
    columns: options.columns,
  };
  const io: Io = {
    stdout,
    stderr: { write: () => undefined },
    env: options.env ?? {},
    cwd: project,
    // The live line needs a real stream; it has tests of its own.
    isTTY: false,
    signal: new AbortController().signal,
  };
  return { io, text: () => text };
}

const graph = {
  actions: [
    {
      kind: "table" as const,
      target: runs.target("silver.encounter_quarantine"),
      fileName: "definitions/silver/encounter_quarantine.sqlx",
      tags: [],
      disabled: false,
      dependencies: [],
      columns: [],
      query: "select 1",
      ...plainRelation,
    },
  ],
};

async function rendered(
  events: readonly RunEvent[],
  options: Partial<GlobalOptions> = {},
  on: Screen = screen(),
): Promise<string> {
  const view = await createRunView(
    on.io,
    { json: false, quiet: false, color: true, project, environment: undefined, vars: {}, ...options },
    graph,
  );
  for (const event of events) view.listen(event);
  view.close();
  return on.text();
}

const golden = (name: string) => `golden/${name}.txt`;

describe("the verdict of a run", () => {
  it("tells a success with rows, warnings and quarantine", async () => {
    await expect(await rendered(runs.succeeded)).toMatchFileSnapshot(golden("succeeded"));
  });

  it("fits a narrow terminal", async () => {
    const text = await rendered(runs.succeeded, { color: false }, screen({ columns: 60 }));
    await expect(text).toMatchFileSnapshot(golden("succeeded-narrow"));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  it("tells a failed rule, what was discarded and what was skipped on it", async () => {
    await expect(await rendered(runs.failed)).toMatchFileSnapshot(golden("failed"));
  });

  it("of a large warehouse ends with the verdict, what failed and one sentence of what warned", async () => {
    const text = await rendered(runs.large);
    await expect(text).toMatchFileSnapshot(golden("large"));
    expect(text.slice(text.indexOf("\nRows")).split("\n").length).toBeLessThan(70);
    expect(text.slice(text.indexOf("Failed: "))).toMatch(
      /failed {2}encounter_key[\s\S]*warned {2}1,124 odd_7, [\s\S]*Next/,
    );
  });

  it("tells an error with the source line under it", async () => {
    await expect(await rendered(runs.erred)).toMatchFileSnapshot(golden("erred"));
  });

  it("tells a cancelled run", async () => {
    await expect(await rendered(runs.cancelled)).toMatchFileSnapshot(golden("cancelled"));
  });

  it("says in one line that nothing was to do", async () => {
    expect(await rendered(runs.nothingToDo)).toBe("Nothing to do: 42 actions up to date.\n");
    expect(await rendered(runs.nothingSelected)).toBe("Nothing to do: the selection holds nothing to run.\n");
  });

  it("with --quiet says nothing of a success and only what is wrong of a failure", async () => {
    expect(await rendered(runs.succeeded, { quiet: true })).toBe("");
    await expect(await rendered(runs.failed, { quiet: true })).toMatchFileSnapshot(golden("failed-quiet"));
  });

  it("with --json prints the events, one a line, and nothing else", async () => {
    const lines = (await rendered(runs.failed, { json: true })).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(runs.failed)));
  });
});

describe("colours", () => {
  const coloured = (options: Partial<GlobalOptions>, env: Record<string, string>) =>
    rendered(runs.failed, options, screen({ columns: 100, env }));

  it("are used on a terminal and change nothing but colour", async () => {
    const text = await coloured({}, {});
    expect(stripVTControlCharacters(text)).not.toBe(text);
    expect(stripVTControlCharacters(text)).toBe(
      await rendered(runs.failed, { color: false }, screen({ columns: 100 })),
    );
  });

  it.each([
    ["--no-color", { color: false }, {}],
    ["NO_COLOR", {}, { NO_COLOR: "1" }],
    ["a dumb terminal", {}, { TERM: "dumb" }],
  ])("are left out with %s", async (_, options, env) => {
    const text = await coloured(options, env);
    expect(stripVTControlCharacters(text)).toBe(text);
  });

  it("are left out where stdout is no terminal, unless forced", async () => {
    const text = await rendered(runs.failed);
    expect(stripVTControlCharacters(text)).toBe(text);
    const forced = await rendered(runs.failed, {}, screen({ env: { FORCE_COLOR: "1" } }));
    expect(stripVTControlCharacters(forced)).not.toBe(forced);
  });
});

describe("the live line", () => {
  it("says what runs and for how long, and is gone before each line and at the end", async () => {
    const { default: colours } = await import("picocolors");
    const written: string[] = [];
    let clock = 0;
    const progress = createProgress({
      output: { write: (text) => written.push(text.trimEnd()), isTTY: true, columns: 60 },
      paint: colours.createColors(false),
      live: { show: (text) => written.push(`live: ${text}`), clear: () => written.push("clear") },
      now: () => clock,
    });
    for (const event of [runs.started(2), runs.begins("silver.patient"), runs.begins("silver.encounter")]) {
      progress.listen(event);
      clock += 1500;
    }
    progress.listen(runs.ends("silver.patient", "built", { rows: 109, changed: 109 }));
    progress.close();
    progress.close();
    expect(written).toEqual([
      "clear",
      "20260301T043000Z-7f3a · local on duckdb · 2 to do",
      "clear",
      "live: 0/2  running    silver.patient 0 s",
      "live: 0/2  running    silver.patient 1 s, silver.encounter 0 s",
      "clear",
      "1/2  built      silver.patient          109 rows      120 ms",
      "live: 1/2  running    silver.encounter 1 s",
      "clear",
    ]);
  });
});
