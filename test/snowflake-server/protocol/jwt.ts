/** Key pair login: a JWT signed by the user's private key, checked against the public keys that are registered. */
import { createHash, createPublicKey, verify } from "node:crypto";

/** `SHA256:` and the digest of the public key's DER, as DESC USER shows it. */
export function fingerprint(publicKeyPem: string): string {
  const der = createPublicKey(publicKeyPem).export({ format: "der", type: "spki" });
  return `SHA256:${createHash("sha256").update(der).digest("base64")}`;
}

interface Claims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly exp?: unknown;
}

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

/** The driver writes milliseconds where the standard has seconds. */
const millis = (time: number): number => (time > 1e11 ? time : time * 1000);

/** True if `token` is signed by one of the keys, names the user as subject and that key as issuer, and has not run out. */
export function jwtHolds(
  token: string,
  expected: { readonly account: string; readonly user: string; readonly publicKeys: readonly string[] },
  now: number,
): boolean {
  const [header = "", payload = "", signature = ""] = token.split(".");
  try {
    if ((decode(header) as { readonly alg?: unknown }).alg !== "RS256") return false;
    const claims = decode(payload) as Claims;
    const subject = `${expected.account}.${expected.user}`.toUpperCase();
    if (claims.sub !== subject || typeof claims.exp !== "number" || millis(claims.exp) <= now) return false;
    return expected.publicKeys.some(
      (key) =>
        claims.iss === `${subject}.${fingerprint(key)}` &&
        verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")),
    );
  } catch {
    return false;
  }
}
