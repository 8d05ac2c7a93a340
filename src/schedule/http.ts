/** Posts JSON to a webhook. */
import { codeOf, Undelivered } from "./undelivered.js";

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws Undelivered where the address names a variable that is not set, or is none. */
export function poster(address: string, body: object, env: Variables): (signal: AbortSignal) => Promise<void> {
  const { url, authorization } = addressOf(address, env);
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "medform", ...authorization },
    body: JSON.stringify(body),
    // Nobody else shall get the message.
    redirect: "manual",
  } as const;
  return async (signal) => {
    const status = await post(url, { ...init, signal });
    if (status >= 200 && status < 300) return;
    throw new Undelivered(`answered ${status}`, { again: status >= 500 || status === 429 || status === 408 });
  };
}

async function post(url: URL, init: RequestInit): Promise<number> {
  try {
    const response = await fetch(url, init);
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    const code = codeOf(error);
    // Without such a word the address itself is to blame, as one whose port `fetch` does not serve: it stays so.
    const again = code !== undefined || init.signal?.aborted === true;
    throw new Undelivered(`could not be reached${code === undefined ? "" : ` (${code})`}`, { again });
  }
}

/** With `${NAME}` from the environment of the process; a user and password in it go where HTTP has them. */
function addressOf(
  address: string,
  env: Variables,
): { readonly url: URL; readonly authorization: Readonly<Record<string, string>> } {
  const whole = address.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = env[name];
    if (value) return value;
    throw new Undelivered(`${name} is not set`, {
      again: false,
      hint: `Its address takes ${name} from the environment of the process.`,
    });
  });
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") {
    const { username, password } = url;
    if (username === "" && password === "") return { url, authorization: {} };
    [url.username, url.password] = ["", ""];
    const pair = [username, password].map(unescaped).join(":");
    return { url, authorization: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
  }
  throw new Undelivered("its address is no http or https address", { again: false });
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
