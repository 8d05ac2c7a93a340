/** POST /session/v1/login-request: credentials and session parameters in, a session and its tokens out. */
import { randomUUID } from "node:crypto";
import type { World } from "../world.js";
import { jwtHolds } from "./jwt.js";
import { refusals } from "./refusal.js";
import { parametersOf } from "./rowset.js";
import type { Session } from "./sessions.js";
import type { User, Users } from "./users.js";

type Fields = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Who it is, or the refusal that the service has for these credentials. */
function authenticate(users: Users, home: string | null, data: Fields): User {
  const user = users.find(text(data.LOGIN_NAME));
  const token = text(data.TOKEN);
  switch (text(data.AUTHENTICATOR).toUpperCase()) {
    case "SNOWFLAKE_JWT": {
      const account = home ?? text(data.ACCOUNT_NAME);
      const publicKeys = user?.publicKeys ?? [];
      if (user === undefined || !jwtHolds(token, { account, user: user.name, publicKeys }, Date.now()))
        throw refusals.jwt(randomUUID());
      return user;
    }
    case "OAUTH": {
      if (users.byToken("expiredOauthTokens", token) !== undefined) throw refusals.oauthExpired();
      return mine(users.byToken("oauthTokens", token), data) ?? raise(refusals.oauth());
    }
    case "PROGRAMMATIC_ACCESS_TOKEN":
      return mine(users.byToken("accessTokens", token), data) ?? raise(refusals.accessToken());
    case "EXTERNALBROWSER":
      return users.takeBrowserSignIn(text(data.PROOF_KEY), token) ?? raise(refusals.saml());
    default:
      if (user?.password === undefined || user.password !== data.PASSWORD) throw refusals.password();
      return user;
  }
}

/** A token belongs to one user; a name that is said beside it must be theirs. */
function mine(user: User | undefined, data: Fields): User | undefined {
  const said = text(data.LOGIN_NAME);
  return said === "" || said.toUpperCase() === user?.name.toUpperCase() ? user : undefined;
}

function raise(error: Error): never {
  throw error;
}

/** @throws Refusal */
export async function login(world: World, data: Fields, query: URLSearchParams): Promise<Session> {
  const user = authenticate(world.users, world.settings.account, data);
  const role = query.get("roleName") ?? user.defaultRole ?? "PUBLIC";
  if (user.roles !== undefined && !user.roles.some((granted) => granted.toUpperCase() === role.toUpperCase()))
    throw refusals.role(role);
  const parameters = (data.SESSION_PARAMETERS ?? {}) as Fields;
  return world.sessions.open(world.interpreter, {
    user: user.name.toUpperCase(),
    account: text(data.ACCOUNT_NAME),
    role,
    warehouse: query.get("warehouse") ?? user.defaultWarehouse ?? "",
    database: query.get("databaseName") ?? "",
    schema: query.get("schemaName") ?? "",
    parameters,
    application: text((data.CLIENT_ENVIRONMENT as Fields | undefined)?.APPLICATION),
  });
}

/** What the driver needs of a login's answer. */
export function welcome(session: Session): unknown {
  return {
    success: true,
    code: null,
    message: null,
    data: {
      token: session.sessionToken,
      masterToken: session.masterToken,
      validityInSeconds: 3600,
      masterValidityInSeconds: 14_400,
      sessionId: Number(session.id),
      displayUserName: session.user,
      serverVersion: "9.0.0 (test)",
      parameters: parametersOf({ AUTOCOMMIT: true, CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 65_280 }, session.parameters),
      sessionInfo: {
        databaseName: session.database || null,
        schemaName: session.schema || null,
        warehouseName: session.warehouse || null,
        roleName: session.role,
      },
    },
  };
}
