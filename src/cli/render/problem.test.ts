import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import colours from "picocolors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderProblem } from "./problem.js";

let folder: string;
let project: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "medform-problem-"));
  project = join(folder, "project");
  mkdirSync(join(project, ".medform"), { recursive: true });
  writeFileSync(join(project, "a.sqlx"), `select 1\n\tfrom x\n${"y".repeat(400)}HERE${"z".repeat(400)}\n`);
  writeFileSync(join(project, "hooks.json"), '{ "a": "https://u:secret@hooks.example/secret?secret", "b": 1 }\n');
  writeFileSync(join(project, "patients.csv"), "ID,NAME\n1,Zweistein\n");
  writeFileSync(join(project, ".medform/a.sqlx"), "Zweistein\n");
  writeFileSync(join(folder, "outside.sqlx"), "Zweistein\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const render = (file: string, line?: number, column?: number) =>
  renderProblem(
    { code: "some-code", message: "It is wrong.", at: { file, line, column }, hint: "Mend it." },
    { project, paint: colours.createColors(false) },
  );

describe("a problem", () => {
  it("says code, message, place with the source line and a caret, and hint", () => {
    expect(render("a.sqlx", 2, 2)).toBe(
      [
        "error: some-code: It is wrong.",
        "  --> a.sqlx:2:2",
        "    |",
        "  2 |  from x",
        "    |  ^",
        "  hint: Mend it.",
      ].join("\n"),
    );
  });

  it("shows the part of a long line that it is about", () => {
    const [, , , line = "", caret = ""] = render("a.sqlx", 3, 401).split("\n");
    expect(line.length).toBeLessThan(180);
    expect(line.slice(caret.indexOf("^"), caret.indexOf("^") + 4)).toBe("HERE");
  });

  it.each([
    ["a file of data", "patients.csv"],
    ["a file outside the project", "../outside.sqlx"],
    ["a file of the warehouse's folder", ".medform/a.sqlx"],
    ["a file that is not there", "gone.sqlx"],
  ])("never quotes %s", (_, file) => {
    expect(render(file, 1, 1)).toBe(`error: some-code: It is wrong.\n  --> ${file}:1:1\n  hint: Mend it.`);
    expect(render(file, 2, 1)).not.toContain("Zweistein");
  });

  it("leaves out of a quoted address what may be a secret", () => {
    const [, , , line = "", caret = ""] = render("hooks.json", 1, 56).split("\n");
    expect(line).toContain("https://*********hooks.example**************");
    expect(line).not.toContain("secret");
    expect(line.slice(caret.indexOf("^"), caret.indexOf("^") + 3)).toBe('"b"');
  });

  it.each([
    '{ "webhook": { "url": "hooks.example/T0/secret" }, "b": 1 }',
    '{ "webhook": "hooks.example:443/secret", "b": 1 }',
    '{ "slack": { "webhookUrl": "T0/secret\\"secret" }, "b": 1 }',
    '{ "a": "ftp://hooks.example/secret", "b": 1 }',
    '"hooks.example/secret", "b"',
    '{ "connection": { "path": "/srv/x", "Password": "secret" }, "b": 1 }',
    '{ "connection": { "privateKeyPass": "secret" }, "b": 1 }',
    '{ "connection": { "account": "-----BEGIN PRIVATE KEY-----\\nsecret" }, "b": 1 }',
    '{ "connection": { "role": "eyJhbGciOiJub25lIn0.secret.secret" }, "b": 1 }',
  ])("leaves out of a mistyped line what may be a secret: %s", (text) => {
    writeFileSync(join(project, "mistyped.json"), text);
    const [, , , line = "", caret = ""] = render("mistyped.json", 1, text.indexOf('"b"') + 1).split("\n");
    expect(line).not.toContain("secret");
    expect(line.slice(caret.indexOf("^"), caret.indexOf("^") + 3)).toBe('"b"');
  });

  it("quotes what is no secret as it is", () => {
    const text =
      '{ "$schema": "./docs/x.json", "gitRef": "origin/main", "timeZone": "Europe/Berlin", "channel": "hook" }';
    writeFileSync(join(project, "plain.json"), text);
    expect(render("plain.json", 1, 1)).toContain(text);
  });

  it("stands without a place and without a hint, over several lines", () => {
    expect(
      renderProblem(
        { code: "c", message: "One.\nTwo." },
        { project, paint: colours.createColors(false), level: "warning" },
      ),
    ).toBe("warning: c: One.\n  Two.");
  });
});
