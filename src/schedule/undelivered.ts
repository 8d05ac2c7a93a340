/** Why a message did not arrive, in words of ours: an error's own text may hold the address, which may be a secret. */
export class Undelivered extends Error {
  /** Whether another attempt may succeed. */
  readonly again: boolean;
  readonly hint?: string;

  constructor(message: string, options: { readonly again: boolean; readonly hint?: string }) {
    super(message);
    this.name = "Undelivered";
    this.again = options.again;
    this.hint = options.hint;
  }
}

/** `ECONNREFUSED`, of an error or of its cause; nothing that is not such a word. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  return "cause" in error ? codeOf(error.cause) : undefined;
}
