/**
 * Two things that the driver does for every request and nobody has any use of, a quarter of what a statement costs here. It has
 * each body compressed, but makes the request up before that is done, so what goes out is the plain text; and it writes requests
 * out in words for a log, a dozen times each, whether or not there is one. A driver of another making is left as it is.
 */
import { createRequire } from "node:module";
import zlib from "node:zlib";

type Sending = (this: unknown, ...args: unknown[]) => unknown;

/** `from`: the module that loads the driver. */
export function unburden(from: string): void {
  const require = createRequire(from);
  const part = (path: string): Record<string, unknown> | undefined => {
    try {
      return require(`snowflake-sdk/dist/lib/http/${path}.js`);
    } catch {
      return undefined;
    }
  };
  const words = part("request_util");
  for (const name of ["describeRequestFromOptions", "describeRequestFromResponse", "describeURL"]) {
    if (typeof words?.[name] === "function") words[name] = () => "";
  }
  const { prototype } = (part("base") ?? {}) as { readonly prototype?: Record<string, unknown> };
  for (const name of ["request", "requestAsync"]) {
    const send = prototype?.[name];
    if (prototype !== undefined && typeof send === "function") prototype[name] = uncompressed(send as Sending);
  }
}

/** Bodies are given to be compressed within the call, in which nothing else runs. */
function uncompressed(send: Sending): Sending {
  return function (...args) {
    const { gzip } = zlib;
    zlib.gzip = Object.assign(() => undefined, { __promisify__: gzip.__promisify__ });
    try {
      return send.apply(this, args);
    } finally {
      zlib.gzip = gzip;
    }
  };
}
