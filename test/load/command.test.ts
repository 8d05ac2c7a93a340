import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCommand } from "../../src/cli/commands/load.js";
import type { GlobalOptions, Io } from "../../src/cli/io.js";
import { payers, supplies } from "./fixture.js";

let project = "";

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "medform-load-command-"));
  const config = {
    warehouse: "snowflake",
    defaultSchema: "GOLD",
    defaultDatabase: "EHR",
    assertionSchema: "ASSERTIONS",
  };
  writeFileSync(join(project, "dataform.json"), JSON.stringify(config));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

function terminal() {
  const said = { stdout: "", stderr: "" };
  const io: Io = {
    stdout: { write: (text) => (said.stdout += text), columns: 400, isTTY: true },
    stderr: { write: (text) => (said.stderr += text) },
    env: { NO_COLOR: "1" },
    cwd: project,
    isTTY: false,
    signal: new AbortController().signal,
  };
  return { io, said };
}

const options = (): GlobalOptions => ({ project, vars: {}, json: false, quiet: false, color: false });

function deliver(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(project, "delivery-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe("medform load", () => {
  it("says what landed, what was left out and what was rejected, then that nothing is new", async () => {
    const path = deliver({
      "supplies.csv": `${supplies}1,2\n`,
      "payer_transitions.csv": payers,
      "states.csv": "a,b\n",
    });
    const first = terminal();
    expect(await loadCommand({ ...options(), format: "synthea-csv", path }, first.io)).toBe(0);
    expect(first.said.stdout).toMatch(/^ {2}supplies\.csv +SYNTHEA_SUPPLIES +2 rows +1 rejected/m);
    expect(first.said.stdout).toMatch(/payer_transitions\.csv .* 1 row /);
    expect(first.said.stdout).toContain("payer_transitions.csv: without START_DATE, END_DATE");
    expect(first.said.stdout).toMatch(
      /^Loaded 3 rows from 2 files, 1 line rejected in .*: batch synthea-[0-9a-f]{12}$/m,
    );
    expect(first.said.stderr).toMatch(/^Not in this delivery: SYNTHEA_ALLERGIES, .*SYNTHEA_PROVIDERS\.$/m);
    expect(first.said.stderr).toContain("Ignored, for they are no table of this format: states.csv.");
    expect(first.said.stderr).toContain("1 line of supplies.csv is no row: 1 wrong number of fields");

    const second = terminal();
    expect(await loadCommand({ ...options(), format: "synthea-csv", path }, second.io)).toBe(0);
    expect(second.said.stdout).toMatch(
      /Skipped, loaded before at \d{4}-\d\d-\d\d \d\d:\d\d UTC in batch synthea-\w{12}: payer_transitions\.csv, supplies\.csv/,
    );
    expect(second.said.stdout).toContain("Nothing new: 2 files were loaded before.");
  });

  it("prints events, and nothing else, as JSON lines", async () => {
    const path = join(deliver({ "things.csv": "id,name\n1,x\n" }), "things.csv");
    const { io, said } = terminal();
    expect(
      await loadCommand({ ...options(), json: true, format: "csv", path, table: "things", source: "lab" }, io),
    ).toBe(0);
    const events = said.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ kind }) => kind)).toEqual(["load-started", "file-started", "file-landed", "load-finished"]);
    expect(events.at(-1)).toMatchObject({ landed: 1, batchId: expect.stringMatching(/^lab-/) });
    expect(said.stderr).toBe("");
  });

  it("refuses a format that it does not know, and lets a refused file speak", async () => {
    const { io } = terminal();
    await expect(loadCommand({ ...options(), format: "xlsx", path: "." }, io)).rejects.toMatchObject({
      problems: [{ code: "load-format" }],
    });
    await expect(loadCommand({ ...options(), format: "synthea-csv", path: "nowhere" }, io)).rejects.toMatchObject({
      problems: [{ code: "load-no-such-path" }],
    });
  });
});
