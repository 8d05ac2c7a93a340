/**
 * The built command with one fault in it: `node child.mjs ARGS…`, the fault as JSON in FAULT. JavaScript, because Node
 * starts it as it is. Says on stderr which statement it struck, so that nobody has to assume that it did.
 */
import fs, { writeSync } from "node:fs";
import fsp from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const fault = JSON.parse(process.env.FAULT ?? "{}");
const { kind = "none", at = 0, matching = "", times = 1 } = fault;
const wanted = new RegExp(matching, "i");
const abort = new AbortController();
let seen = 0;

const tell = (word, text) => writeSync(2, `\n${word} ${seen} ${text.replaceAll(/\s+/g, " ").slice(0, 90)}\n`);

async function strike(text) {
  if (kind === "kill") {
    tell("struck", text);
    process.kill(process.pid, "SIGKILL");
    // The signal is under way; nothing may happen until it arrives.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
  }
  if (kind === "fail") {
    tell("struck", text);
    throw new Error(fault.message);
  }
  if (kind === "signal" && seen === at) {
    tell("struck", text);
    process.kill(process.pid, fault.signal);
  }
  if (kind === "remove" && seen === at) {
    tell("struck", text);
    fs.rmSync(fault.path, { recursive: true });
  }
  if (kind === "wait" && seen === at) {
    tell("struck", text);
    while (!fs.existsSync(fault.until)) await new Promise((done) => setTimeout(done, 20));
  }
  if (kind === "truncate" && seen === at) {
    tell("struck", text);
    fs.truncateSync(fault.path, fault.size);
  }
}

/** Statements are counted where their text matches, from 1. */
async function beforeStatement(sql) {
  if (kind === "trace") writeSync(2, `\nstatement ${sql.replaceAll(/\s+/g, " ").slice(0, 90)}\n`);
  if (fault.of !== undefined || !wanted.test(sql)) return;
  seen += 1;
  if (seen >= at && seen < at + times) await strike(sql);
}

if (fault.of === "file") {
  // Between the draft of a file and its name: where a file that is written at once could be half there.
  const { writeFile, rename, link, mkdir, copyFile, chmod, rm } = fsp;
  for (const [name, call] of Object.entries({ writeFile, rename, link, mkdir, copyFile, chmod, rm })) {
    fsp[name] = async (...args) => {
      const text = `${name} ${args[0]}`;
      if (wanted.test(text)) {
        seen += 1;
        if (seen === at) await strike(text);
      }
      return call(...args);
    };
  }
  syncBuiltinESMExports();
}

for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  process.on(
    signal,
    () =>
      void import("../../dist/src/cli/io.js").then(({ Interrupted }) => {
        if (abort.signal.aborted) process.exit(exitCode);
        abort.abort(new Interrupted(signal));
      }),
  );
}

const { main } = await import("../../dist/src/cli/program.js");
const { stdout, stderr, env } = process;
const io = { stdout, stderr, env, cwd: process.cwd(), isTTY: false, signal: abort.signal, beforeStatement };
const code = await main(process.argv.slice(2), io, () => "test");
writeSync(2, `\nended ${seen}\n`);
process.exit(code);
