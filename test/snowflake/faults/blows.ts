/** What strikes on the way to the service without anybody being told: the refresh ends as if nothing had happened. */
import type { Hook } from "../../snowflake-server/client.js";
import type { Disturbed } from "./trial.js";

export interface Blow {
  readonly name: string;
  readonly hook: Omit<Hook, "on">;
  /** What is done while the hook holds the statement. */
  readonly meanwhile?: (how: Disturbed) => Promise<void>;
}

export const places = {
  fence: { matches: "^insert into .*MEDFORM.PUBLICATION", tagged: "BY_PATIENT" },
  COMMIT: { matches: "^commit$", tagged: "EVENT" },
  "a swap": { matches: " swap with ", tagged: "TOTAL" },
  "a view's place": { matches: "^create or replace .*view .*KNOWN", tagged: "KNOWN" },
  "the end of the steps": { matches: "^delete from .*MEDFORM.PENDING", tagged: "PATIENT" },
} as const;

export const sides = ["before", "after"] as const;

const pause = { kind: "pause" } as const;

export const blows: readonly Blow[] = [
  ...Object.entries(places).flatMap(([name, place]) =>
    sides.map((when) => ({
      name: `the connection drops ${when} ${name} is carried out`,
      hook: { ...place, when, effect: { kind: "drop" } } satisfies Omit<Hook, "on">,
    })),
  ),
  {
    name: "a storm of 503 is over soon",
    hook: {
      matches: "^insert overwrite",
      tagged: "PATIENT",
      occurrence: { from: 1, to: 2 },
      effect: { kind: "status", status: 503 },
    },
  },
];

/** Each strikes at sessions: they are begun anew, and what was open in them is done again. */
export const losses: readonly Blow[] = [
  {
    name: "all sessions expire",
    hook: { matches: "^merge into .*EVENT|^insert into .*EVENT", effect: pause },
    meanwhile: ({ clinic: { server } }) => server.expireSession(),
  },
  ...(["390104", "390111"] as const).flatMap((code) =>
    [
      ["outside of a transaction", "before", { matches: "^begin", tagged: "PATIENT" }] as const,
      ["within a transaction", "before", { matches: "^insert overwrite", tagged: "PATIENT" }] as const,
      ["instead of COMMIT", "before", { matches: "^commit$", tagged: "TOTAL" }] as const,
      ["after COMMIT", "after", { matches: "^commit$", tagged: code === "390104" ? "EVENT" : "NOTED" }] as const,
    ].map(
      ([where, when, place]): Blow => ({
        name: `a session is gone (${code}) ${where}`,
        hook: { ...place, when, effect: { kind: "end", code } },
      }),
    ),
  ),
  {
    name: "the master tokens are lost",
    hook: { matches: "^insert into .*MEDFORM.PUBLICATION", tagged: "NOTED", effect: pause },
    meanwhile: ({ clinic: { server } }) => server.expireMaster(),
  },
];
