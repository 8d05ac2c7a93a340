/**
 * What environments.json may say: Dataform's format, its older spellings, and our extensions (`connection`, `timeZone`,
 * `webhook`). The JSON schema for editors is made from this, so every field is described here.
 */
import { z } from "zod";
import { cronComplaint, timeZoneComplaint } from "./cron.js";
import { configShape } from "./project.js";

/** Ways to log in to Snowflake, by the names that its own tools have for them. */
export const authenticators = [
  "snowflake",
  "snowflake_jwt",
  "programmatic_access_token",
  "oauth",
  "externalbrowser",
] as const;

const orMissing = (otherwise: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? "Missing." : otherwise;

const text = () => z.string({ error: orMissing("Must be a string.") });
const name = () => text().min(1, "Must not be empty.");
const flag = () => z.boolean({ error: orMissing("Must be true or false.") });
const list = <T extends z.ZodType>(item: T) => z.array(item, { error: orMissing("Must be a list.") });
const object = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? orMissing("Must be an object.")(issue) : undefined),
  });

/** A text that a function complains of, or not. */
const checked = (complaint: (value: string) => string | undefined) =>
  name().superRefine((value, context) => {
    const message = value === "" ? undefined : complaint(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

/** The selection of a run is words: a tag or name that holds what parts them could not be selected. */
const selectable = () =>
  name().regex(/^[^\s,+*]*$/, "May hold no white space, comma, plus or star: it could not be selected.");

const secret = ` "\${NAME}" stands for a variable of the process, so that the file holds no secret.`;

const address = () =>
  checked((value) =>
    /^https?:\/\/[^\s/]+|^\$\{/.test(value) ? undefined : `Must be an http or https address, or "\${NAME}" for one.`,
  );

const mailAddress = () => text().regex(/^[^\s@]+@[^\s@]+$/, { error: "Must be an e-mail address." });

const channel = object({
  name: name().describe("What `notify` calls it."),
  email: object({
    to: list(mailAddress()).min(1, "Must name somebody.").describe("Addresses."),
  })
    .optional()
    .describe("Mails, by the server that MEDFORM_SMTP_URL names."),
  slack: object({ webhookUrl: address().describe(`The address of Slack's incoming webhook.${secret}`) })
    .optional()
    .describe("A message in Slack's format."),
  webhook: object({ url: address().describe(`Where the JSON is posted to.${secret}`) })
    .optional()
    .describe("A POST of JSON. An extension of Dataform's format."),
}).describe("A way to tell people how a run ended: one of email, slack and webhook.");

const statuses = z.enum(["SUCCESS", "FAILURE"], "Must be SUCCESS or FAILURE.");
const events = z.enum(["SUCCESS", "FAILURE", "success", "failure"], "Must be success or failure.");

const schedule = object({
  name: name().describe("Unique in its environment."),
  cron: checked(cronComplaint).describe('When: minute, hour, day of month, month, day of week; "30 4 * * mon-fri".'),
  timeZone: checked(timeZoneComplaint)
    .optional()
    .describe("The IANA time zone of `cron`, such as Europe/Berlin; default UTC. An extension of Dataform's format."),
  tags: list(selectable()).optional().describe("Runs the actions that have one of these tags; everything without."),
  disabled: flag().optional().describe("Never due, and refused when called."),
  options: object({
    includeDependencies: flag().optional().describe("Also runs all that the tagged actions depend on."),
    includeDependents: flag().optional().describe("Also runs all that depends on the tagged actions."),
    fullRefresh: flag().optional().describe("Builds incremental tables from nothing."),
    tags: list(selectable()).optional().describe("Older spelling of `tags`."),
    actions: list(selectable()).optional().describe("Older: names of actions to run, besides those with the tags."),
  })
    .optional()
    .describe("How to run."),
  notify: list(
    object({
      channel: name().describe("The name of one of `notificationChannels`."),
      statuses: list(statuses).optional().describe("When to tell; always where none is named."),
    }),
  )
    .optional()
    .describe("Whom to tell when a run has ended."),
  notification: object({
    onSuccess: flag().optional().describe("Tell when a run succeeded."),
    onFailure: flag().optional().describe("Tell when a run failed."),
    emails: list(mailAddress()).optional().describe("Whom to mail; without, every channel is told."),
  })
    .optional()
    .describe("Older spelling of `notify`, for every channel."),
  notifications: list(
    object({
      events: list(events).describe("When to tell."),
      channels: list(name()).describe("Names of channels."),
    }),
  )
    .optional()
    .describe("Older spelling of `notify`."),
}).describe("What runs when.");

const setting = (what: string) => name().optional().describe(what);

/** What a statement of ours is about, and so where it runs: its command's name, or a tag of what it builds. */
const purposes = ["load", "run", "assert", "show", "status", "plan", "audit"] as const;

const warehousesByPurpose = z
  .record(z.string(), name(), { error: orMissing("Must be an object of names.") })
  .superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (/^tag:[^\s,+*]+$/.test(key) || purposes.some((purpose) => key === `command:${purpose}`)) continue;
      context.addIssue({
        code: "custom",
        path: [key],
        message: `"${key}" is no purpose: write tag:NAME, or command:NAME with one of ${purposes.join(", ")}.`,
      });
    }
  });

const identifier = () =>
  name().regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*){0,2}$/, "Must be a name of letters, digits and underscores.");

const tasks = object({
  computePool: identifier().describe("The compute pool in which the container runs."),
  image: name()
    .regex(/^\/[\w$.-]+\/[\w$.-]+\/[\w$.-]+\/[\w.-]+(:[\w.-]+|@sha256:[0-9a-f]{64})?$/, {
      error: "Must be /database/schema/repository/name:tag.",
    })
    .describe("The image of medform and the project in Snowflake's repository: /database/schema/repository/name:tag."),
  secrets: z
    .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), identifier(), {
      error: orMissing("Must be an object: variables of the process, and names of secrets."),
    })
    .optional()
    .describe(
      'Secret objects of Snowflake by the variable that the run reads: {"MEDFORM_HASH_KEY": "EHR.MEDFORM.HASH_KEY"}.',
    ),
  integrations: list(identifier())
    .optional()
    .describe("External access integrations, for channels that are told of a run's end."),
});

const connection = object({
  path: setting(
    "The file of the embedded warehouse, relative to the project; without, MEDFORM_DUCKDB or .medform/warehouse.duckdb.",
  ),
  snapshots: z
    .int({ error: orMissing("Must be a whole number.") })
    .min(0, "Must be 0 or more.")
    .max(1000, "Must be 1,000 at most.")
    .optional()
    .describe("How many copies for readers its runs keep, the newest counted; without, or with 0, they make none."),
  account: setting("Snowflake's account identifier, such as ORGANISATION-ACCOUNT."),
  accessUrl: address()
    .optional()
    .describe("Snowflake's address, where it is not the one of the account: a private link or a proxy."),
  user: setting("Snowflake's name of who logs in."),
  role: setting("The role that everything runs with on Snowflake; without, the user's default."),
  warehouse: setting("Snowflake's compute for what `warehouses` does not name; without, the user's default."),
  warehouses: warehousesByPurpose
    .optional()
    .describe(
      'Compute by purpose, so that reads, refreshes and audits do not queue behind one another: {"tag:heavy": "REFRESH_XL", "command:show": "READ"}. A tag goes before a command, the first that fits before others.',
    ),
  connectionName: setting(
    "The connection of connections.toml whose settings hold where neither this nor the process says.",
  ),
  authenticator: z
    .enum(authenticators, { error: `Must be one of ${authenticators.join(", ")}.` })
    .optional()
    .describe("How to log in to Snowflake; without, as the settings that are there say."),
  privateKeyFile: setting("The file of the key pair's private key, absolute and outside the project."),
  tokenFile: setting("The file of a token (programmatic access or OAuth), absolute and outside the project."),
  tasks: tasks.optional().describe("What `medform schedule deploy` needs to start runs within Snowflake."),
});

const environment = object({
  name: name().describe("What --environment calls it."),
  gitRef: name()
    .optional()
    .describe("The branch, tag or commit whose code runs here. Without, the working tree as it is."),
  gitReference: object({
    branch: name().optional().describe("A branch."),
    commitSha: name().optional().describe("A commit."),
  })
    .optional()
    .describe("Older spelling of `gitRef`."),
  configOverride: object({
    ...configShape,
    warehouse: configShape.warehouse.optional(),
    defaultSchema: configShape.defaultSchema.optional(),
  })
    .optional()
    .describe("What differs from dataform.json here."),
  connection: connection
    .optional()
    .describe("How to reach the warehouse. An extension of Dataform's format; holds no secrets."),
  schedules: list(schedule).optional().describe("What runs by itself here."),
  notificationChannels: list(channel).optional().describe("Older place of channels, for this environment alone."),
}).describe("One way to run the project.");

export const environmentsSchema = object({
  $schema: text().optional().describe("Where the JSON schema of this file is, for editors."),
  environments: list(environment).optional().describe("Ways to run the project."),
  notificationChannels: list(channel).optional().describe("Ways to tell people how a run ended."),
});

export type EnvironmentsFile = z.output<typeof environmentsSchema>;
export type EnvironmentEntry = z.output<typeof environment>;
export type ScheduleEntry = z.output<typeof schedule>;
export type ChannelEntry = z.output<typeof channel>;
/** How to reach the warehouse: `path` and `snapshots` are of an embedded one, the rest is Snowflake's. Holds no secret. */
export type Connection = z.output<typeof connection>;

/** The part of a connection that is Snowflake's; a tag's name in `warehouses` is written `tag:NAME`, a command's `command:NAME`. */
export type SnowflakeConnection = Omit<Connection, "path" | "snapshots">;

/** The JSON schema (draft 2020-12) of environments.json. */
export function environmentsJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(environmentsSchema, { io: "input" });
  return { $schema, title: "environments.json of a medform project", ...rest };
}
