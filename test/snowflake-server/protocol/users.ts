/** Who may log in, by what. */
export interface User {
  readonly name: string;
  readonly password?: string;
  /** Public keys in PEM, as `ALTER USER … SET RSA_PUBLIC_KEY` has them. */
  readonly publicKeys?: readonly string[];
  /** Programmatic access tokens. */
  readonly accessTokens?: readonly string[];
  readonly oauthTokens?: readonly string[];
  /** OAuth tokens that were good once. */
  readonly expiredOauthTokens?: readonly string[];
  /** Roles that were granted; any where this is left out. */
  readonly roles?: readonly string[];
  readonly defaultRole?: string;
  readonly defaultWarehouse?: string;
}

export class Users {
  readonly #users = new Map<string, User>();
  /** Proof keys that a browser login was begun with, and the token handed out for each. */
  readonly #browser = new Map<string, { readonly user: string; readonly token: string }>();

  add(user: User): void {
    this.#users.set(user.name.toUpperCase(), user);
  }

  find(name: string): User | undefined {
    return this.#users.get(name.toUpperCase());
  }

  byToken(kind: "accessTokens" | "oauthTokens" | "expiredOauthTokens", token: string): User | undefined {
    return [...this.#users.values()].find((user) => user[kind]?.includes(token));
  }

  /** The user logged in at the identity provider; what the browser brings back to the driver. */
  signInByBrowser(user: string, proofKey: string, token: string): void {
    this.#browser.set(proofKey, { user, token });
  }

  /** A proof key opens once. */
  takeBrowserSignIn(proofKey: string, token: string): User | undefined {
    const begun = this.#browser.get(proofKey);
    this.#browser.delete(proofKey);
    return begun !== undefined && begun.token === token ? this.find(begun.user) : undefined;
  }
}
