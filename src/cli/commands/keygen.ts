/** `medform audit keygen`: a pair of keys, to sign anchors with and to check them. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeKeys } from "../../ledger/index.js";
import { outsideProject } from "../anchors.js";
import type { GlobalOptions, Io } from "../io.js";
import { fileLabel } from "../open.js";
import { jsonLine } from "../render/run-view.js";

export interface AuditKeygenOptions extends GlobalOptions {
  readonly out: string;
}

/** With `--json`: `{"privateKey": <path>, "publicKey": <path>, "fingerprint": <SHA-256>}`. */
export async function auditKeygenCommand(options: AuditKeygenOptions, io: Io): Promise<number> {
  const folder = resolve(io.cwd, options.out);
  const project = existsSync(join(options.project, "dataform.json"));
  if (project)
    await outsideProject(
      folder,
      options.project,
      "This folder",
      "A key does not belong into a project: --out DIR names a folder elsewhere.",
    );
  const made = await makeKeys(folder);
  if (options.json) io.stdout.write(`${jsonLine({ ...made })}\n`);
  else if (!options.quiet) {
    const shown = (file: string) => fileLabel(file, io.cwd);
    io.stdout.write(
      [
        `${shown(made.privateKey)}  signs: for the account that runs medform, nobody else (MEDFORM_ANCHOR_KEY)`,
        `${shown(made.publicKey)}  checks: for auditors (--public-key, MEDFORM_ANCHOR_PUBLIC_KEY)`,
        `fingerprint ${made.fingerprint}`,
        "",
      ].join("\n"),
    );
  }
  return 0;
}
