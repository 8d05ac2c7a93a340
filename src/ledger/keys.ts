/** The keys that anchors are signed and checked with: Ed25519 in PEM files, never in the project. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ProblemError } from "../graph/index.js";
import type { PublicKeys } from "./anchor-verify.js";

export interface SigningKey {
  readonly key: KeyObject;
  readonly fingerprint: string;
}

const hint = "medform audit keygen --out DIR makes a pair of keys.";

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";

const refused = (message: string, more = hint) => new ProblemError({ code: "anchor-key", message, hint: more });

/** SHA-256 in hex of the public key's DER form (SubjectPublicKeyInfo). */
export function keyFingerprint(key: KeyObject): string {
  const half = key.type === "public" ? key : createPublicKey(key);
  return createHash("sha256")
    .update(half.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** @throws ProblemError `anchor-key`: no Ed25519 key in PEM, or one that others may read. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  let pem: string;
  try {
    await using handle = await open(file, "r");
    const { mode } = await handle.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw refused(
        "Others may read the private key for anchors.",
        "chmod 600 FILE; who can read it can sign anchors.",
      );
    }
    pem = await handle.readFile("utf8");
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw refused(`The private key for anchors cannot be read${codeOf(error)}.`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw refused(
      "The file for the private key of anchors holds no private key in PEM form, or one with a passphrase.",
    );
  }
  if (key.asymmetricKeyType !== "ed25519") throw refused("The private key for anchors is no Ed25519 key.");
  return { key, fingerprint: keyFingerprint(key) };
}

/** All keys in a PEM file: after a change of keys it holds the old one too. @throws ProblemError `anchor-key` */
export async function readPublicKeys(file: string): Promise<PublicKeys> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw refused(`The public key of the anchors cannot be read${codeOf(error)}.`);
  }
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? [];
  const keys = new Map<string, KeyObject>();
  for (const block of blocks) {
    try {
      const key = createPublicKey(block);
      if (key.asymmetricKeyType === "ed25519") keys.set(keyFingerprint(key), key);
    } catch {
      throw refused("The file for the public key of the anchors holds a block that is no key.");
    }
  }
  if (keys.size === 0) throw refused("The file for the public key of the anchors holds no Ed25519 key in PEM form.");
  return keys;
}

/** The public half of a private key, for who verifies with what they sign with. */
export function publicKeysOf({ key, fingerprint }: SigningKey): PublicKeys {
  return new Map([[fingerprint, createPublicKey(key)]]);
}

export interface KeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

/** Makes a pair of keys in a folder, the private one for its owner only. @throws ProblemError where one is there already. */
export async function makeKeys(folder: string): Promise<KeyFiles> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const files = { privateKey: join(folder, "anchor-private.pem"), publicKey: join(folder, "anchor-public.pem") };
  const write = async (file: string, text: string | Buffer, mode: number) => {
    await using handle = await open(file, "wx", mode);
    await handle.writeFile(text);
    await handle.sync();
  };
  try {
    await mkdir(folder, { recursive: true });
    await write(files.publicKey, publicKey.export({ type: "spki", format: "pem" }), 0o644);
    try {
      await write(files.privateKey, privateKey.export({ type: "pkcs8", format: "pem" }), 0o600);
    } catch (error) {
      await rm(files.publicKey, { force: true });
      throw error;
    }
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw refused(
      exists ? "There is a key in this folder already." : `The keys cannot be written there${codeOf(error)}.`,
      "--out DIR names another folder. A key is never replaced: the anchors that it signed need it.",
    );
  }
  return { ...files, fingerprint: keyFingerprint(publicKey) };
}
