import type { LostCode } from "../hooks.js";

/** What is answered with `success: false` before a statement is looked at: a login, a token, a request that nobody knows. */
export class Refusal extends Error {
  constructor(
    /** Six digits, such as `390100`. */
    readonly code: string,
    message: string,
    readonly sqlState = "08001",
  ) {
    super(message);
  }
}

export const refusals = {
  password: () => new Refusal("390100", "Incorrect username or password was specified."),
  sessionTokenInvalid: () => new Refusal("390104", "Session token is invalid. New login is required."),
  sessionGone: () => new Refusal("390111", "Session no longer exists. New login required to access the service."),
  sessionTokenExpired: () => new Refusal("390112", "Your session has expired. Please login again."),
  masterTokenExpired: () =>
    new Refusal("390114", "Authentication token has expired. The user must authenticate again."),
  jwt: (id: string) => new Refusal("390144", `JWT token is invalid. [${id}]`),
  role: (role: string) =>
    new Refusal(
      "390189",
      `Role '${role}' specified in the connect string is not granted to this user. ` +
        "Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.",
    ),
  saml: () => new Refusal("390191", "The SAML response is invalid or matches no user."),
  oauth: () => new Refusal("390303", "Invalid OAuth access token."),
  oauthExpired: () => new Refusal("390318", "OAuth access token expired."),
  accessToken: () => new Refusal("394400", "Programmatic access token is invalid."),
  notRunning: () => new Refusal("000605", "Identified SQL statement is not currently executing.", "02000"),
  noSuchQuery: (queryId: string) => new Refusal("000709", `Statement ${queryId} not found`, "02000"),
} as const;

/** What the clients of a session are told that was taken from them. */
export const lost = (code: LostCode): Refusal =>
  code === "390104" ? refusals.sessionTokenInvalid() : refusals.sessionGone();
