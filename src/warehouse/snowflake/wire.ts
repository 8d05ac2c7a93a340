/**
 * What happens to a request on the wire. The driver sends again by itself when a connection drops or the service is busy, and
 * says only how it ended after a minute; from Node's own channels we know at once, by the request id in the address.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";

export interface Watched {
  /** Times it was sent. */
  readonly attempts: number;
  /** Times it was sent and nobody knows whether it was carried out: the connection dropped, or the service failed. */
  readonly uncertain: number;
  /** Milliseconds (performance.now) since when nothing but failures came back; undefined where the last answer was one. */
  readonly failingSince: number | undefined;
  /** Called after each failure. */
  onFailure: () => void;
  [Symbol.dispose](): void;
}

type Counts = { -readonly [field in keyof Watched]: Watched[field] };

const watched = new Map<string, Counts>();

function countsOf(message: unknown): Counts | undefined {
  const path = (message as { readonly request?: { readonly path?: unknown } }).request?.path;
  const id = typeof path === "string" ? /[?&]requestId=([0-9a-f-]{36})/i.exec(path)?.[1] : undefined;
  return id === undefined ? undefined : watched.get(id);
}

function failed(counts: Counts): void {
  counts.failingSince ??= performance.now();
  counts.onFailure();
}

function onStart(message: unknown): void {
  const counts = countsOf(message);
  if (counts !== undefined) counts.attempts += 1;
}

function onError(message: unknown): void {
  const counts = countsOf(message);
  if (counts === undefined) return;
  // A connection that was refused carried nothing.
  const code = (message as { readonly error?: { readonly code?: unknown } }).error?.code;
  if (code !== "ECONNREFUSED" && code !== "ENOTFOUND") counts.uncertain += 1;
  failed(counts);
}

function onFinish(message: unknown): void {
  const counts = countsOf(message);
  if (counts === undefined) return;
  const status = (message as { readonly response?: { readonly statusCode?: unknown } }).response?.statusCode;
  if (typeof status !== "number" || status < 400) {
    counts.failingSince = undefined;
    return;
  }
  if (status >= 500 || status === 408) counts.uncertain += 1;
  failed(counts);
}

const channels = [
  ["http.client.request.start", onStart],
  ["http.client.request.error", onError],
  ["http.client.response.finish", onFinish],
] as const;

/** Counts what happens to requests of this id until it is disposed. */
export function watch(requestId: string): Watched {
  if (watched.size === 0) for (const [name, listener] of channels) subscribe(name, listener);
  const counts: Counts = {
    attempts: 0,
    uncertain: 0,
    failingSince: undefined,
    onFailure: () => undefined,
    [Symbol.dispose]() {
      if (!watched.delete(requestId) || watched.size > 0) return;
      for (const [name, listener] of channels) unsubscribe(name, listener);
    },
  };
  watched.set(requestId, counts);
  return counts;
}
