/** Times a node process from start to exit, and watches its memory where the system shows it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Timed {
  readonly seconds: number;
  readonly peakMb: number | null;
  readonly stdout: string;
}

/** Throws where the process does not exit with 0. */
export function timeNode(args: readonly string[]): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    const errors: Buffer[] = [];
    let peakMb: number | null = null;
    const watch = setInterval(() => {
      peakMb = peakOf(child.pid) ?? peakMb;
    }, 20);
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ seconds, peakMb, stdout: Buffer.concat(chunks).toString() });
      // A run tells what failed where it tells its verdict.
      else
        reject(
          new Error(
            `${args.join(" ")} exited with ${code}: ${Buffer.concat([...errors, ...chunks])
              .toString()
              .slice(-2000)}`,
          ),
        );
    });
  });
}

/** The kernel's high-water mark, so that a poll misses no peak but that of the last milliseconds. */
function peakOf(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}
