import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProblemError } from "../graph/index.js";
import { makeKeys } from "../ledger/index.js";
import { openDuckDb } from "../warehouse/index.js";
import { openRecordingLedger } from "./anchors.js";
import type { GlobalOptions, Io } from "./io.js";

const folder = mkdtempSync(join(tmpdir(), "medform-anchoring-"));
const project = join(folder, "project");
const keys = join(folder, "keys");
const file = join(folder, "anchors.jsonl");
const key = join(keys, "anchor-private.pem");

beforeAll(async () => {
  mkdirSync(join(project, ".medform"), { recursive: true });
  await makeKeys(keys);
  writeFileSync(join(project, "key.pem"), "", { mode: 0o600 });
  symlinkSync(project, join(folder, "link"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function opened(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const stderr = { write: () => undefined };
  const io = { env, stderr, stdout: stderr, cwd: folder, isTTY: false, signal: AbortSignal.any([]) } satisfies Io;
  const options: GlobalOptions = { project, vars: {}, json: false, quiet: false, color: false };
  await using warehouse = await openDuckDb({ path: ":memory:", holder: { command: "test" } });
  try {
    await using _ledger = await openRecordingLedger(warehouse, options, io);
    return undefined;
  } catch (error) {
    return (error as ProblemError).problems[0]?.code;
  }
}

it.each([
  ["nothing is set", {}, undefined],
  ["all is well", { MEDFORM_ANCHOR_FILE: file, MEDFORM_ANCHOR_KEY: key }, undefined],
  ["the key is not set", { MEDFORM_ANCHOR_FILE: file }, "anchor-half"],
  ["the file is not set", { MEDFORM_ANCHOR_KEY: key }, "anchor-half"],
  ["the file has no absolute path", { MEDFORM_ANCHOR_FILE: "anchors.jsonl", MEDFORM_ANCHOR_KEY: key }, "anchor-place"],
  [
    "the file is inside the project",
    { MEDFORM_ANCHOR_FILE: join(project, "a"), MEDFORM_ANCHOR_KEY: key },
    "anchor-place",
  ],
  [
    "it is in its .medform",
    { MEDFORM_ANCHOR_FILE: join(project, ".medform/a"), MEDFORM_ANCHOR_KEY: key },
    "anchor-place",
  ],
  ["it is there by a link", { MEDFORM_ANCHOR_FILE: join(folder, "link/a"), MEDFORM_ANCHOR_KEY: key }, "anchor-place"],
  ["the key is inside", { MEDFORM_ANCHOR_FILE: file, MEDFORM_ANCHOR_KEY: join(project, "key.pem") }, "anchor-place"],
  [
    "the file's folder is not there",
    { MEDFORM_ANCHOR_FILE: join(folder, "no/a"), MEDFORM_ANCHOR_KEY: key },
    "anchor-file",
  ],
  ["the key is not there", { MEDFORM_ANCHOR_FILE: file, MEDFORM_ANCHOR_KEY: join(folder, "no") }, "anchor-key"],
])("says before anything is done that %s", async (_what, env, code) => {
  expect(await opened(env as Readonly<Record<string, string>>)).toBe(code);
});
