/** Telling people how a run ended. It never changes how the run ended: what could not be told is a problem to print. */
import pRetry from "p-retry";
import type { Problem } from "../graph/index.js";
import type { Channel, Schedule } from "../project/index.js";
import { slackBody } from "./message.js";
import type { RunReport } from "./report.js";
import { Undelivered } from "./undelivered.js";

/** Milliseconds. */
export interface Patience {
  /** For one attempt. */
  readonly attempt: number;
  /** For all attempts at one channel, with the pauses. */
  readonly total: number;
  /** Before the second attempt; doubled each time, and somewhat random. */
  readonly pause: number;
}

const patience: Patience = { attempt: 10_000, total: 45_000, pause: 500 };
/** Who was told to end is killed when that takes long. */
const hurry: Patience = { attempt: 3_000, total: 5_000, pause: 250 };

export interface Told {
  /** Names of the channels that were told. */
  readonly channels: readonly string[];
  readonly problems: readonly Problem[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Tells each channel of the schedule that wants to know of this status, all at the same time. A `signal` ends the attempts;
 * one that was given before shortens them.
 */
export async function notify(
  report: RunReport,
  { notify: wishes }: Pick<Schedule, "notify">,
  env: Variables,
  signal?: AbortSignal,
  limits: Patience = signal?.aborted === true ? hurry : patience,
): Promise<Told> {
  const wanted = wishes.filter(({ statuses }) => statuses.includes(report.status)).map(({ channel }) => channel);
  const channels = wanted.filter(({ name }, i) => wanted.findIndex((other) => other.name === name) === i);
  const results = await Promise.all(
    channels.map(async (channel) => ({ channel, problem: await tell(channel, report, env, limits, signal) })),
  );
  return {
    channels: results.filter(({ problem }) => problem === undefined).map(({ channel }) => channel.name),
    problems: results.flatMap(({ problem }) => problem ?? []),
  };
}

async function tell(
  channel: Channel,
  report: RunReport,
  env: Variables,
  limits: Patience,
  signal: AbortSignal | undefined,
): Promise<Problem | undefined> {
  let last: unknown;
  const deadline = AbortSignal.timeout(limits.total);
  const total = signal === undefined || signal.aborted ? deadline : AbortSignal.any([deadline, signal]);
  try {
    const send = await sender(channel, report, env);
    await pRetry(() => within(send, limits.attempt, total), {
      retries: 8,
      minTimeout: limits.pause,
      maxTimeout: 10_000,
      randomize: true,
      signal: total,
      onFailedAttempt: ({ error }) => {
        last = error;
      },
      shouldRetry: ({ error }) => error instanceof Undelivered && error.again,
    });
    return undefined;
  } catch (error) {
    const known = [error, last].find((each) => each instanceof Undelivered);
    // Another error's text may hold the address.
    const why = known?.message ?? "it could not be sent";
    return {
      code: "notify-failed",
      message: `The channel "${channel.name}" was not told of the ${report.status.toLowerCase()}: ${why}.`,
      hint: known?.hint ?? "The run itself is not affected.",
    };
  }
}

type Send = (signal: AbortSignal, milliseconds: number) => Promise<void>;

/** One attempt; whatever it hangs on, it ends in time. */
async function within(send: Send, milliseconds: number, total: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([AbortSignal.timeout(milliseconds), total]);
  const late = new Promise<never>((_, refuse) => {
    const tooLate = () => refuse(new Undelivered("no answer came in time", { again: true }));
    if (signal.aborted) tooLate();
    else signal.addEventListener("abort", tooLate, { once: true });
  });
  await Promise.race([send(signal, milliseconds), late]);
}

/** Loaded only where they are needed. */
async function sender(channel: Channel, report: RunReport, env: Variables): Promise<Send> {
  switch (channel.kind) {
    case "email": {
      const { mailer } = await import("./email.js");
      return await mailer(channel.to, report, env);
    }
    case "slack":
    case "webhook": {
      const { poster } = await import("./http.js");
      return poster(channel.url, channel.kind === "slack" ? slackBody(report) : report, env);
    }
  }
}
