import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type SampleCommandOptions, sampleCommand } from "../../src/cli/commands/sample.js";
import { Interrupted, type Io } from "../../src/cli/io.js";

const root = mkdtempSync(join(tmpdir(), "medform-sample-command-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function terminal(signal = new AbortController().signal) {
  const written = { stdout: "", stderr: "" };
  const io: Io = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: {},
    cwd: root,
    isTTY: false,
    signal,
  };
  return { io, written };
}

const options = (more: Partial<SampleCommandOptions>): SampleCommandOptions => ({
  project: root,
  vars: {},
  json: false,
  quiet: false,
  color: false,
  patients: 12,
  seed: 7,
  out: "hospital",
  ...more,
});

describe("medform sample", () => {
  it("writes to a folder from where it runs, and says what", async () => {
    const { io, written } = terminal();
    expect(await sampleCommand(options({}), io)).toBe(0);
    const manifest = JSON.parse(readFileSync(join(root, "hospital", "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ medform: "sample", complete: true, patients: 12, seed: 7, rate: 0.01 });
    expect(written.stdout).toContain("Wrote a sample hospital to hospital");
    expect(written.stdout).toMatch(/\b12 patients/);
    expect(written.stdout).toMatch(/defects to be quarantined/);
    expect(written.stderr).toContain("manifest.json");
  });

  it("prints the manifest and nothing else with --json, and nothing with --quiet", async () => {
    const json = terminal();
    await sampleCommand(options({ json: true, defects: 0 }), json.io);
    expect(JSON.parse(json.written.stdout)).toEqual(
      JSON.parse(readFileSync(join(root, "hospital", "manifest.json"), "utf8")),
    );
    expect(JSON.parse(json.written.stdout).defects).toEqual([]);
    const quiet = terminal();
    await sampleCommand(options({ quiet: true }), quiet.io);
    expect(quiet.written).toEqual({ stdout: "", stderr: "" });
  });

  it("refuses a folder with other files, and names no path of the machine", async () => {
    mkdirSync(join(root, "mine"));
    writeFileSync(join(root, "mine", "thesis.txt"), "");
    const failed = sampleCommand(options({ out: "mine" }), terminal().io);
    await expect(failed).rejects.toMatchObject({ exitCode: 1, problems: [{ code: "sample-folder-in-use" }] });
    await expect(failed).rejects.not.toThrow(root);
  });

  it("stops at Ctrl-C", async () => {
    const abort = new AbortController();
    abort.abort(new Interrupted("SIGINT"));
    await expect(sampleCommand(options({ patients: 500, out: "cut" }), terminal(abort.signal).io)).rejects.toThrow(
      "Interrupted",
    );
  });
});
