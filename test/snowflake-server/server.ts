/** The HTTP face: which path is what, and what a hook makes of it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Control, controls } from "./control.js";
import type { Fate, LostCode, Means, Met, Subject } from "./hooks.js";
import { json, type Reply, readJson, send } from "./protocol/http.js";
import { login, welcome } from "./protocol/login.js";
import { abort, monitoring, query, result } from "./protocol/queries.js";
import { lost, Refusal } from "./protocol/refusal.js";
import { chunkHeader, pieces } from "./protocol/rowset.js";
import type { Session } from "./protocol/sessions.js";
import type { World } from "./world.js";

type Body = Readonly<Record<string, unknown>>;

interface Incoming {
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

function refused(error: unknown): Reply {
  if (error instanceof Refusal) {
    const { code, message, sqlState } = error;
    return json({ success: false, code, message, data: { sqlState } });
  }
  return json({ success: false, code: "000603", message: `the test server failed: ${error}`, data: null });
}

async function answer(world: World, incoming: Incoming): Promise<Reply> {
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

async function control(world: World, name: string, body: Body): Promise<Reply> {
  const act = controls[name as keyof Control] as ((world: World, given: unknown) => unknown) | undefined;
  if (act === undefined) return { status: 404, body: JSON.stringify(`no control ${name}`) };
  try {
    return json((await act(world, body.given)) ?? null);
  } catch (error) {
    return json(String(error), 500);
  }
}

export function createSnowflakeServer(world: World): Server {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    try {
      const body = await readJson(request);
      if (url.pathname.startsWith("/control/")) {
        send(response, await control(world, url.pathname.slice("/control/".length), body));
        return;
      }
      count(world, `${request.method} ${url.pathname}`);
      const from = world.sessions.of(request.headers.authorization);
      const subject = subjectOf(url, body, from);
      const met = world.hooks.meet(subject);
      const means: Means = { end: (code) => end(world, from, code) };
      const early = await met.before(subject.sqlText !== undefined).carryOut(means);
      if (early !== undefined) {
        settle(request, response, early);
        return;
      }
      const reply = await answer(world, { request, url, body, met });
      settle(request, response, (await met.after().carryOut(means)) ?? reply, reply);
    } catch (error) {
      if (!response.headersSent) send(response, json(String(error), 400));
    }
  });
  // The driver keeps its connections for 30 seconds; one closed under it would look like a fault that no test asked for.
  server.keepAliveTimeout = 120_000;
  return server;
}

/** What becomes of a request; `reply` is what it would have been told. */
function settle(
  request: IncomingMessage,
  response: ServerResponse,
  fate: Exclude<Fate, undefined>,
  reply?: Reply,
): void {
  if (fate === "drop" || (fate === "tear" && reply === undefined)) request.socket.destroy();
  else if (fate !== "tear") send(response, fate);
  else if (reply !== undefined) {
    response.writeHead(reply.status, { "content-length": Buffer.byteLength(reply.body), ...reply.headers });
    response.write(Buffer.from(reply.body).subarray(0, reply.body.length / 2), () => request.socket.destroy());
  }
}

function subjectOf(url: URL, body: Body, from: Session | undefined): Subject {
  const path = url.pathname + url.search;
  if (url.pathname !== "/queries/v1/query-request") return { path };
  const tag = (body.parameters as Body | undefined)?.QUERY_TAG ?? from?.parameters.QUERY_TAG;
  return { path, sqlText: String(body.sqlText ?? ""), queryTag: typeof tag === "string" ? tag : undefined };
}

async function end(world: World, from: Session | undefined, code: LostCode): Promise<Reply> {
  const refusal = lost(code);
  if (from !== undefined) {
    from.lost = refusal;
    await world.sessions.close(from);
  }
  return refused(refusal);
}

function count(world: World, path: string): void {
  const shape = path.replaceAll(/[0-9a-f]{8}-[\w-]+/g, "*").replace(/\/\d+$/, "/*");
  world.requests.set(shape, (world.requests.get(shape) ?? 0) + 1);
}
