/** Names for requests that can be told before anything is sent, so that the ledger knows them first. */
import { createHash } from "node:crypto";

/** A namespace of our own, made once at random. */
const namespace = Buffer.from("6f1c2b0e8d134f63a9b57c1de24f9a30", "hex");

/**
 * The request id of the `ordinal`-th statement (from 1) under a seed: a UUID of version 5, the same every time. The engine
 * carries out a request once, however often it is sent under this name.
 */
export function requestIdOf(seed: string, ordinal: number): string {
  const hash = createHash("sha1").update(namespace).update(`${seed}/${ordinal}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
