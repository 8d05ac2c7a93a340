/**
 * An anchor: the signed end of the main chain, one line of JSON in a file outside the warehouse. Pure; docs/ledger.md gives the
 * same layout in words, so that it can be checked without this code.
 */
import { type KeyObject, sign } from "node:crypto";
import { z } from "zod";

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const anchorSchema = z.strictObject({
  version: z.literal("1"),
  /** Which ledger: the hash of the first record of its main chain. */
  ledger: hex(64),
  /** Number of the record of the main chain that it names, as in SEQ. */
  seq: z.string().regex(/^\d{8,12}$/),
  /** Hash of that record, which covers all before it. */
  hash: hex(64),
  /** The chain that this record seals. */
  run: z.string().regex(/^(run|load|assert)-\d{6,}-[0-9a-f]{8}$/),
  /** ISO instant. */
  at: z.iso.datetime(),
  /** Hash that the anchor before it names, of the same ledger in the same file; empty for the first one. */
  previous: hex(64).or(z.literal("")),
  /** SHA-256 of the public key. */
  key: hex(64),
  /** Ed25519, over `signedText`. */
  signature: hex(128),
});

export type Anchor = z.infer<typeof anchorSchema>;

const signed = ["version", "ledger", "seq", "hash", "run", "at", "previous", "key"] as const;

/** `<length in bytes>:<UTF-8 bytes>` of "medform-anchor", version, ledger, seq, hash, run, at, previous and key, in this order. */
export function signedText(anchor: Omit<Anchor, "signature">): Buffer {
  const parts = ["medform-anchor", ...signed.map((name) => anchor[name])];
  return Buffer.from(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(""), "utf8");
}

/** `key` is the private half, `fingerprint` that of the public one. */
export function signAnchor(
  about: Omit<Anchor, "version" | "key" | "signature">,
  { key, fingerprint }: { readonly key: KeyObject; readonly fingerprint: string },
): Anchor {
  const anchor = { version: "1" as const, ...about, key: fingerprint };
  return { ...anchor, signature: sign(null, signedText(anchor), key).toString("hex") };
}

/** Without the line feed. */
export function anchorLine(anchor: Anchor): string {
  return JSON.stringify(Object.fromEntries([...signed, "signature" as const].map((name) => [name, anchor[name]])));
}

/** The anchor that a line is, where it is one to the byte; blanks after it are none of it, as other systems end their lines. */
export function parseAnchor(line: string): Anchor | undefined {
  try {
    const anchor = anchorSchema.parse(JSON.parse(line));
    return anchorLine(anchor) === line.trimEnd() ? anchor : undefined;
  } catch {
    return undefined;
  }
}

export type AnchorLine =
  /** `line` counts from 1. */
  | { readonly line: number; readonly kind: "anchor"; readonly anchor: Anchor }
  /** It breaks off: the disk was full, or the machine died. */
  | { readonly line: number; readonly kind: "torn" }
  | { readonly line: number; readonly kind: "unreadable" };

/** The lines of an anchor file, in their order; empty ones are left out. */
export function anchorLines(text: string): readonly AnchorLine[] {
  return text.split("\n").flatMap((content, index): readonly AnchorLine[] => {
    if (content.trim() === "") return [];
    const anchor = parseAnchor(content);
    if (anchor !== undefined) return [{ line: index + 1, kind: "anchor", anchor }];
    // No value of an anchor has a brace: what has one is whole, or was never the beginning of an anchor.
    return [{ line: index + 1, kind: content.includes("}") ? "unreadable" : "torn" }];
  });
}
