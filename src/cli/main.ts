/** The process: streams, environment and signals in, exit code out. */
import { Interrupted, type Io } from "./io.js";
import { messages } from "./messages.js";
import { main, unexpected } from "./program.js";
import { version } from "./version.js";

const abort = new AbortController();

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    const reason = new Interrupted(signal);
    // Who asks twice does not want to wait for what is being cancelled.
    if (abort.signal.aborted) process.exit(reason.exitCode);
    abort.abort(reason);
  });
}

// A reader that went away (`| head`) is no error of ours: what is still written goes nowhere.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  isTTY: process.stdout.isTTY === true,
  signal: abort.signal,
};

// Node's own report of an error that nobody caught would print its text, which may quote a value.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    messages(io, { project: io.cwd, quiet: false, color: true }).error(unexpected(error, io));
    process.exit(1);
  });
}

const code = await main(process.argv.slice(2), io, version);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    if (stream.destroyed) done();
    else stream.write("", () => done());
  });
}
