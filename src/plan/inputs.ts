/** What stands among the inputs of a relation beside versions of what it reads. */
import { createHash } from "node:crypto";

/** The key under which the parameter as_of stands where the SQL reads it. */
export const asOfInput = "MEDFORM_AS_OF";

/** The key under which a digest of the hash key stands where the SQL reads the key. */
export const hashKeyInput = "MEDFORM_HASH_KEY";

/** The version of a source that exists and holds nothing. */
export const emptySource = "empty";

/** The version of a source that holds something, of which nobody keeps record: the next one may be another. */
export const unrecordedSource = "unrecorded";

/** Tells one hash key from another, and tells nobody the key; `undefined` where there is none. */
export function hashKeyDigest(key: string | undefined): string | undefined {
  return key ? createHash("sha256").update(`medform:${key}`).digest("hex").slice(0, 12) : undefined;
}
