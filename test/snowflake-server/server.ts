/** The HTTP face: reads a request, lets hooks have their way with it, and sends what is left to say. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Control, controls } from "./control.js";
import type { Fate, LostCode, Means, Subject } from "./hooks.js";
import { json, type Reply, readJson, send } from "./protocol/http.js";
import { lost } from "./protocol/refusal.js";
import { answer, type Body, refused } from "./protocol/routes.js";
import type { Session } from "./protocol/sessions.js";
import type { World } from "./world.js";

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
