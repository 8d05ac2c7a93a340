/** environments.json into one shape, whichever spelling it was written in. */
import { resolve } from "node:path";
import { type Position, ProblemError } from "../graph/index.js";
import { checkEnvironments } from "./environments-check.js";
import {
  type ChannelEntry,
  type Connection,
  type EnvironmentEntry,
  environmentsSchema,
  type ScheduleEntry,
} from "./environments-file.js";
import { readJson } from "./json.js";
import type { ConfigOverrides } from "./project.js";
import { problemsOf } from "./validate.js";

/** A way to tell people how a run ended. Addresses may hold `${NAME}`, and secrets: they are never shown. */
export type Channel =
  | { readonly name: string; readonly kind: "email"; readonly to: readonly string[] }
  | { readonly name: string; readonly kind: "slack" | "webhook"; readonly url: string };

export type NotifyStatus = "SUCCESS" | "FAILURE";

export interface Schedule {
  readonly name: string;
  /** Where it is called so. */
  readonly at: Position;
  readonly cron: string;
  readonly timeZone: string;
  /** Actions that have one of these are run, and those of these names; everything where both are empty. */
  readonly tags: readonly string[];
  readonly actions: readonly string[];
  readonly disabled: boolean;
  readonly includeDependencies: boolean;
  readonly includeDependents: boolean;
  readonly fullRefresh: boolean;
  readonly notify: readonly { readonly channel: Channel; readonly statuses: readonly NotifyStatus[] }[];
}

export interface Environment {
  readonly name: string;
  /** Branch, tag or commit. */
  readonly gitRef?: string;
  readonly gitRefAt?: Position;
  readonly configOverride?: ConfigOverrides;
  readonly connection?: Connection;
  readonly schedules: readonly Schedule[];
}

/** Of a project, in the order of the file. */
export type Environments = readonly Environment[];

/**
 * Reads and checks environments.json; a project without one has no environments of its own.
 *
 * @throws ProblemError with every problem of the file: `json-syntax`, `environments-key`, `environments-value`,
 * `environments-twice`, `environments-channel`, `environments-both`, `environments-secret`, each with its place.
 */
export function readEnvironments(dir: string): Environments {
  const json = readJson(dir, "environments.json");
  if (json === undefined) return [];
  const parsed = environmentsSchema.safeParse(json.value);
  const found = [
    ...checkEnvironments(json, resolve(dir)),
    ...(parsed.success ? [] : problemsOf(parsed.error, json, environmentsSchema, "environments", () => undefined)),
  ];
  // A secret is more than the key that nobody knows.
  const secrets = found.filter(({ code }) => code === "environments-secret");
  const problems = found.filter(
    (each) => each.code !== "environments-key" || secrets.every((secret) => byPlace(secret, each) !== 0),
  );
  if (!parsed.success || problems.length > 0) throw new ProblemError(problems.toSorted(byPlace));
  const { environments = [], notificationChannels = [] } = parsed.data;
  const shared = notificationChannels.map(channelOf);
  return environments.map((entry, i) => environmentOf(entry, shared, (path) => json.at(["environments", i, ...path])));
}

function byPlace({ at: a }: { readonly at?: Position }, { at: b }: { readonly at?: Position }): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function environmentOf(
  entry: EnvironmentEntry,
  shared: readonly Channel[],
  at: (path: readonly PropertyKey[]) => Position,
): Environment {
  const { name, gitReference, configOverride, connection } = entry;
  const gitRef = entry.gitRef ?? gitReference?.branch ?? gitReference?.commitSha;
  const own = (entry.notificationChannels ?? []).map(channelOf);
  const channels = [...own, ...shared.filter((each) => own.every(({ name }) => name !== each.name))];
  return {
    name,
    ...(gitRef === undefined ? {} : { gitRef, gitRefAt: at(gitRefPath(entry)) }),
    ...(configOverride === undefined ? {} : { configOverride }),
    ...(connection === undefined ? {} : { connection }),
    schedules: (entry.schedules ?? []).map((each, i) => scheduleOf(each, channels, at(["schedules", i, "name"]))),
  };
}

function gitRefPath({ gitRef, gitReference }: EnvironmentEntry): readonly string[] {
  if (gitRef !== undefined) return ["gitRef"];
  return ["gitReference", gitReference?.branch === undefined ? "commitSha" : "branch"];
}

function scheduleOf(entry: ScheduleEntry, channels: readonly Channel[], at: Position): Schedule {
  const { name, cron, timeZone = "UTC", disabled = false, options = {} } = entry;
  return {
    name,
    at,
    cron,
    timeZone,
    tags: entry.tags ?? options.tags ?? [],
    actions: options.actions ?? [],
    disabled,
    includeDependencies: options.includeDependencies ?? false,
    includeDependents: options.includeDependents ?? false,
    fullRefresh: options.fullRefresh ?? false,
    notify: notifyOf(entry, channels),
  };
}

const always: readonly NotifyStatus[] = ["SUCCESS", "FAILURE"];

function notifyOf({ notify, notification, notifications }: ScheduleEntry, channels: readonly Channel[]) {
  const named = (wanted: string) => channels.filter(({ name }) => name === wanted);
  if (notify !== undefined) {
    // A list that is left empty and one that is left away are the same in Dataform's format.
    return notify.flatMap(({ channel, statuses = [] }) =>
      named(channel).map((each) => ({ channel: each, statuses: statuses.length > 0 ? statuses : always })),
    );
  }
  if (notifications !== undefined) {
    return notifications.flatMap(({ events, channels: names }) => {
      const statuses = always.filter((status) => events.some((event) => event.toUpperCase() === status));
      return names.flatMap(named).map((channel) => ({ channel, statuses }));
    });
  }
  const statuses = always.filter((status) =>
    status === "SUCCESS" ? notification?.onSuccess : notification?.onFailure,
  );
  if (statuses.length === 0) return [];
  const mail = notification?.emails ?? [];
  const told: readonly Channel[] = mail.length > 0 ? [{ name: "email", kind: "email", to: mail }] : channels;
  return told.map((channel) => ({ channel, statuses }));
}

function channelOf({ name, email, slack, webhook }: ChannelEntry): Channel {
  if (email !== undefined) return { name, kind: "email", to: email.to };
  if (slack !== undefined) return { name, kind: "slack", url: slack.webhookUrl };
  return { name, kind: "webhook", url: webhook?.url ?? "" };
}
