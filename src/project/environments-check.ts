/** What a schema cannot say of environments.json: names that are there twice or not at all, and two ways to say one thing. */
import { isAbsolute, relative } from "node:path";
import { nearest, type Problem } from "../graph/index.js";
import { checkSecrets } from "./environments-secrets.js";
import type { JsonFile, JsonPath } from "./json.js";
import { pathText } from "./validate.js";

/** A value that may be anything: a file with other errors is checked too, so that all are told at once. */
interface Place {
  readonly value: unknown;
  readonly path: JsonPath;
}

/** `dir` is the project's, absolute. */
export function checkEnvironments(json: JsonFile, dir: string): readonly Problem[] {
  const root: Place = { value: json.value, path: [] };
  const environments = items(root, "environments");
  const shared = items(root, "notificationChannels");
  const problem = (code: string, at: Place, message: string, hint: string): Problem => ({
    code: `environments-${code}`,
    message: `${pathText(at.path)}: ${message}`,
    at: json.at(at.path),
    hint,
  });
  const twice = (places: readonly Place[], what: string): readonly Problem[] => {
    const names = places.map((place) => member(place, "name"));
    return names
      .filter(({ value }, i) => isText(value) && names.findIndex((other) => other.value === value) < i)
      .map((place) =>
        problem("twice", place, `There are two ${what} named "${String(place.value)}".`, "Rename one of them."),
      );
  };
  const both = (at: Place, keys: readonly string[]): readonly Problem[] => {
    const given = keys.map((key) => member(at, key)).filter(({ value }) => value !== undefined);
    const [first, second] = given;
    if (first === undefined || second === undefined) return [];
    const [a, b] = [first, second].map(({ path }) => `"${String(path.at(-1))}"`);
    return [problem("both", second, `${a} says it already.`, `Keep one of ${a} and ${b}.`)];
  };
  const channels = (places: readonly Place[]) => [
    ...twice(places, "channels"),
    ...places.flatMap((place) => {
      if (!isObject(place.value) || both(place, ways).length > 0) return both(place, ways);
      const none = ways.every((way) => member(place, way).value === undefined);
      return none
        ? [problem("value", place, "A channel without a way to tell anybody.", `Add one of ${ways.join(", ")}.`)]
        : [];
    }),
  ];
  const schedules = (environment: Place) => {
    const own = items(environment, "notificationChannels");
    const known = [...own, ...shared].map((place) => member(place, "name").value).filter(isText);
    const all = items(environment, "schedules");
    const unknown = (place: Place): readonly Problem[] => {
      if (!isText(place.value) || known.includes(place.value)) return [];
      const near = nearest(place.value, known);
      const hint =
        near.length > 0
          ? `Did you mean ${near.join(", ")}?`
          : known.length > 0
            ? `Channels: ${known.join(", ")}.`
            : 'Add it to "notificationChannels".';
      return [problem("channel", place, `There is no channel "${place.value}".`, hint)];
    };
    return [
      ...twice(all, "schedules of this environment"),
      ...all.flatMap((schedule) => [
        ...both(schedule, ["notify", "notification", "notifications"]),
        ...items(schedule, "notify").flatMap((each) => unknown(member(each, "channel"))),
        ...items(schedule, "notifications").flatMap((each) => items(each, "channels").flatMap(unknown)),
        ...sameTwice(schedule),
      ]),
    ];
  };
  const sameTwice = (schedule: Place): readonly Problem[] => {
    const older = member(member(schedule, "options"), "tags");
    if (older.value === undefined || member(schedule, "tags").value === undefined) return [];
    return [problem("both", older, `"tags" of the schedule says it already.`, "Keep one of them.")];
  };
  const connections = (connection: Place): readonly Problem[] => [
    ...both(connection, ["path", "account"]),
    ...both(connection, ["path", "accessUrl"]),
    ...(["privateKeyFile", "tokenFile"] as const).flatMap((key) => {
      const file = member(connection, key);
      if (!isText(file.value) || file.value === "") return [];
      const inside = relative(dir, file.value);
      if (isAbsolute(file.value) && (inside.startsWith("..") || isAbsolute(inside))) return [];
      const hint = "A file within the project is sooner or later committed; write where it lies outside.";
      return [problem("value", file, "Must be an absolute path outside the project.", hint)];
    }),
  ];
  return [
    ...checkSecrets(json),
    ...json.repeated.map(({ path, at }) => ({
      code: "environments-twice",
      message: `${pathText(path)}: The key "${String(path.at(-1))}" is there already.`,
      at,
      hint: "Keep one of them, with what both say.",
    })),
    ...twice(environments, "environments"),
    ...environments.flatMap((environment) => [
      ...both(environment, ["gitRef", "gitReference"]),
      ...both(member(environment, "gitReference"), ["branch", "commitSha"]),
      ...channels(items(environment, "notificationChannels")),
      ...connections(member(environment, "connection")),
      ...schedules(environment),
    ]),
    ...channels(shared),
  ];
}

const ways = ["email", "slack", "webhook"] as const;

function items({ value, path }: Place, key: string): readonly Place[] {
  const inner = isObject(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner.map((each: unknown, i) => ({ value: each, path: [...path, key, i] })) : [];
}

function member({ value, path }: Place, key: string): Place {
  return { value: isObject(value) ? value[key] : undefined, path: [...path, key] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === "string";
