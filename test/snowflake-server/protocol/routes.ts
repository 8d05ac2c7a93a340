/** Which path is what. */
import type { IncomingMessage } from "node:http";
import type { Met } from "../hooks.js";
import type { World } from "../world.js";
import { json, type Reply } from "./http.js";
import { login, welcome } from "./login.js";
import { abort, monitoring, query, result } from "./queries.js";
import { Refusal } from "./refusal.js";
import { chunkHeader, pieces } from "./rowset.js";
import type { Session } from "./sessions.js";

export type Body = Readonly<Record<string, unknown>>;

/** A request that was read, and the hooks that it met. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Body;
  readonly met: Met;
}

const done = json({ success: true, code: null, message: null, data: null });

type Route = (world: World, incoming: Incoming, match: RegExpExecArray) => Promise<Reply> | Reply;

const session = (world: World, { request }: Incoming): Session =>
  world.sessions.bySessionToken(request.headers.authorization);

const routes: readonly [method: string, path: RegExp, route: Route][] = [
  [
    "POST",
    /^\/queries\/v1\/query-request$/,
    (world, incoming) =>
      query(world, session(world, incoming), incoming.url, incoming.body, incoming.url.origin, incoming.met),
  ],
  [
    "GET",
    /^\/queries\/([\w-]+)\/result$/,
    (world, incoming, [, id = ""]) => result(world, session(world, incoming), id, incoming.url.origin),
  ],
  [
    "POST",
    /^\/queries\/v1\/abort-request$/,
    (world, incoming) => abort(world, session(world, incoming), { requestId: String(incoming.body.requestId ?? "") }),
  ],
  [
    "POST",
    /^\/queries\/([\w-]+)\/abort-request$/,
    (world, incoming, [, queryId = ""]) => abort(world, session(world, incoming), { queryId }),
  ],
  [
    "GET",
    /^\/monitoring\/queries\/([\w-]+)$/,
    (world, incoming, [, id = ""]) => monitoring(world, session(world, incoming), id),
  ],
  [
    "GET",
    /^\/chunks\/([\w-]+)\/(\d+)$/,
    (world, incoming, [, id = "", index = ""]) => chunk(world, incoming, id, index),
  ],
  [
    "POST",
    /^\/session\/v1\/login-request$/,
    async (world, { body, url }) => {
      const data = (body.data ?? {}) as Body;
      return json(welcome(await login(world, data, url.searchParams)));
    },
  ],
  [
    "POST",
    /^\/session\/token-request$/,
    (world, { request }) => {
      const renewed = world.sessions.renew(request.headers.authorization);
      return json({
        success: true,
        code: null,
        message: null,
        data: {
          sessionToken: renewed.sessionToken,
          masterToken: renewed.masterToken,
          validityInSecondsST: 3600,
          validityInSecondsMT: 14_400,
          sessionId: Number(renewed.id),
        },
      });
    },
  ],
  [
    "POST",
    /^\/session\/heartbeat$/,
    (world, incoming) => {
      session(world, incoming);
      return done;
    },
  ],
  [
    "POST",
    /^\/session$/,
    async (world, incoming) => {
      await world.sessions.close(session(world, incoming));
      return done;
    },
  ],
  ["POST", /^\/telemetry\/send$/, () => done],
  ["GET", /^\/console\/login$/, (world, { url }) => signIn(world, url)],
];

/** As at a bucket: who has not the header gets nothing. */
async function chunk(world: World, { request }: Incoming, queryId: string, index: string): Promise<Reply> {
  const statement = world.queries.get(queryId);
  const outcome = await statement?.ended;
  const [[name, value] = ["", ""]] = Object.entries(chunkHeader);
  if (outcome?.kind !== "answer" || request.headers[name] !== value) return { status: 403, body: "" };
  const piece = pieces(outcome.answer, world.settings.chunkBytes).chunks[Number(index)];
  if (piece === undefined) return { status: 404, body: "" };
  return {
    status: 200,
    headers: { "content-type": "application/octet-stream", "content-encoding": "gzip" },
    body: piece.body,
  };
}

/** What a browser opens for an external login: it ends at the driver's own port, with a token. */
function signIn(world: World, url: URL): Reply {
  const user = url.searchParams.get("login_name") ?? "";
  if (world.users.find(user) === undefined) return { status: 403, body: "" };
  const token = `saml-${user}-${Date.now()}`;
  world.users.signInByBrowser(user, url.searchParams.get("proof_key") ?? "", token);
  const port = url.searchParams.get("browser_mode_redirect_port") ?? "";
  return { status: 302, headers: { location: `http://localhost:${port}/?token=${token}` }, body: "" };
}

export function refused(error: unknown): Reply {
  if (error instanceof Refusal) {
    const { code, message, sqlState } = error;
    return json({ success: false, code, message, data: { sqlState } });
  }
  return json({ success: false, code: "000603", message: `the test server failed: ${error}`, data: null });
}

/** What the service says to a request. Never rejects. */
export async function answer(world: World, incoming: Incoming): Promise<Reply> {
  try {
    for (const [method, path, route] of routes) {
      const match = method === incoming.request.method ? path.exec(incoming.url.pathname) : null;
      if (match !== null) return await route(world, incoming, match);
    }
    return { status: 404, body: "" };
  } catch (error) {
    return refused(error);
  }
}
