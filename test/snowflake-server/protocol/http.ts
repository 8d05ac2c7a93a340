/** Bodies in and out of the server: JSON, compressed or not. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

/** The JSON of a request, `{}` where it has none. The driver announces gzip and may send plain text, hence the look at the first bytes. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const sent = await bodyOf(request);
  const zipped = sent[0] === 0x1f && sent[1] === 0x8b;
  const text = (zipped ? gunzipSync(sent) : sent).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((done, fail) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => done(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)));
    request.once("error", fail);
    request.once("close", () => fail(new Error("the request broke off")));
  });
}

/** What is answered, so that a hook can hold it back or lose it. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export const json = (value: unknown, status = 200): Reply => ({ status, body: JSON.stringify(value) });

export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
