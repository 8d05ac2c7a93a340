/** Real servers on this machine: they fail, hang, refuse, and then take the message. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { describe, expect, test } from "vitest";
import type { Channel, NotifyStatus } from "../project/index.js";
import { notify, type Patience, type RunReport, reportOf } from "./index.js";
import { slackBody } from "./message.js";

const quick: Patience = { attempt: 2_000, total: 10_000, pause: 5 };

const about = {
  project: "hospital",
  environment: "production",
  schedule: "nightly",
  commit: "0123456789abcdef",
  host: "here",
  startedAt: "2026-01-01T00:00:00.000Z",
  milliseconds: 1500,
  look: "medform status",
};
const target = (name: string) => ({ database: "EHR", schema: "SILVER", name });
const at = "2026-01-01T00:00:00.000Z";
const report: RunReport = reportOf(about, {
  exitCode: 2,
  thrown: [],
  events: [
    {
      kind: "run-started",
      runId: "run-1",
      runNumber: 1,
      at,
      environment: "production",
      engine: "duckdb",
      actions: 2,
      unchanged: 0,
    },
    {
      kind: "evaluation",
      at,
      rule: "PATIENT_KEY",
      assertion: target("A"),
      gate: target("PATIENT"),
      severity: "error",
      outcome: "fail",
      failing: 12,
      milliseconds: 1,
    },
    {
      kind: "run-finished",
      runId: "run-1",
      at,
      outcome: "failed",
      milliseconds: 1400,
      counts: { built: 3, unchanged: 0, discarded: 1, failed: 0, skipped: 2, blocked: 0, cancelled: 0 },
      rules: { pass: 10, warn: 0, fail: 1, error: 0, skipped: 0 },
      exitCode: 2,
    },
  ],
});

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly bodies: readonly string[];
}

async function serve(
  answer: (response: ServerResponse, time: number, request: IncomingMessage) => void,
): Promise<Served> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      bodies.push(body);
      answer(response, bodies.length, request);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0/secret?secret=secret`,
    bodies,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const end = (status: number) => (response: ServerResponse) => void response.writeHead(status).end();
const webhook = (url: string): Channel => ({ name: "hook", kind: "webhook", url });

async function tell(
  channel: Channel,
  options: {
    readonly statuses?: readonly NotifyStatus[];
    readonly env?: Readonly<Record<string, string>>;
    readonly limits?: Patience;
    readonly signal?: AbortSignal;
  } = {},
) {
  const { statuses = ["SUCCESS", "FAILURE"], env = {}, limits = quick, signal } = options;
  const told = await notify(report, { notify: [{ channel, statuses }] }, env, signal, limits);
  expect(JSON.stringify(told)).not.toContain("secret");
  return { ...told, said: told.problems.map(({ message, hint }) => `${message} ${hint ?? ""}`).join("\n") };
}

describe("a webhook", () => {
  test("that fails twice is told the third time", async () => {
    await using server = await serve((response, time) => end(time < 3 ? 500 : 200)(response));
    expect(await tell(webhook(server.url))).toMatchObject({ channels: ["hook"], problems: [] });
    expect(server.bodies).toHaveLength(3);
    expect(JSON.parse(server.bodies[2] ?? "")).toEqual(report);
    expect(report).toMatchObject({
      status: "FAILURE",
      outcome: "failed",
      runId: "run-1",
      failing: [{ rule: "patient_key", table: "silver.patient", outcome: "fail", rows: 12 }],
    });
  });

  test("whose address is in the environment is found there, or it is said that it is not", async () => {
    await using server = await serve(end(204));
    const channel = webhook(`${new URL(server.url).origin}/\${HOOK_SECRET}`);
    expect(await tell(channel, { env: { HOOK_SECRET: "T/secret" } })).toMatchObject({ channels: ["hook"] });
    expect((await tell(channel)).said).toContain("HOOK_SECRET is not set");
    expect((await tell(webhook(`\${HOOK_SECRET}`), { env: { HOOK_SECRET: "secret" } })).said).toContain("no http");
    expect(server.bodies).toHaveLength(1);
  });

  test.each([404, 410, 302])("that answers %d is not asked again", async (status) => {
    await using server = await serve((response) => void response.writeHead(status, { location: "/other" }).end());
    expect((await tell(webhook(server.url))).said).toContain(`answered ${status}`);
    expect(server.bodies).toHaveLength(1);
  });

  test("that hangs is asked again, and given up in the end", async () => {
    await using server = await serve((response, time) => (time < 3 ? undefined : end(200)(response)));
    const patient = await tell(webhook(server.url), { limits: { attempt: 300, total: 30_000, pause: 5 } });
    expect(patient).toMatchObject({ channels: ["hook"], problems: [] });
    await using deaf = await serve(() => undefined);
    const { said } = await tell(webhook(deaf.url), { limits: { attempt: 20, total: 200, pause: 5 } });
    expect(said).toContain("no answer came in time");
  });

  test("that refuses connections is tried until it is given up", async () => {
    const server = await serve(end(200));
    await server[Symbol.asyncDispose]();
    const { said, channels } = await tell(webhook(server.url), { limits: { attempt: 5_000, total: 30_000, pause: 1 } });
    expect(said).toContain('The channel "hook" was not told of the failure: could not be reached (ECONNREFUSED)');
    expect(channels).toEqual([]);
  });

  test("whose address no message can be sent to is not asked again", async () => {
    // A port that `fetch` refuses to serve.
    const { said } = await tell(webhook("http://127.0.0.1:9/secret"), {
      limits: { attempt: 60_000, total: 60_000, pause: 30_000 },
    });
    expect(said).toContain("could not be reached");
  });

  test("that wants a user and a password gets them", async () => {
    const asked: (string | undefined)[] = [];
    await using server = await serve((response, _, request) => {
      asked.push(request.headers.authorization);
      response.end();
    });
    const address = server.url.replace("http://", "http://us%C3%A9r:p%40ss@");
    expect(await tell(webhook(address))).toMatchObject({ channels: ["hook"], problems: [] });
    expect(asked).toEqual([`Basic ${Buffer.from("usér:p@ss").toString("base64")}`]);
  });

  test("is not waited for once a signal comes", async () => {
    const abort = new AbortController();
    await using server = await serve(() => abort.abort());
    const { said } = await tell(webhook(server.url), {
      signal: abort.signal,
      limits: { attempt: 60_000, total: 60_000, pause: 5 },
    });
    expect(said).toContain("was not told");
  });

  test("that does not want to know is left alone", async () => {
    await using server = await serve(end(200));
    expect(await tell(webhook(server.url), { statuses: ["SUCCESS"] })).toMatchObject({ channels: [], problems: [] });
    expect(server.bodies).toEqual([]);
  });
});

describe("Slack", () => {
  test("gets its own format", async () => {
    await using server = await serve(end(200));
    await tell({ name: "chat", kind: "slack", url: server.url });
    const body = JSON.parse(server.bodies[0] ?? "") as {
      text: string;
      blocks: { type: string; text: { text: string } }[];
    };
    expect(body.text).toBe("hospital: production.nightly failed: 1 rule failed");
    expect(body.blocks.map(({ type }) => type)).toEqual(["header", "section", "section", "section"]);
    const text = body.blocks.map((block) => block.text.text).join("\n");
    expect(text).toContain("Run run-1, commit 0123456789ab");
    expect(text).toContain("Actions: 3 built, 1 discarded, 2 skipped");
    expect(text).toContain("patient_key on silver.patient: 12 rows failed");
    expect(text).toContain("Look closer: medform status");
  });

  test("gets no more than it takes, and nothing that it would read as its own marks", () => {
    const problems = Array.from({ length: 20 }, () => ({
      code: "c",
      message: `<!channel> & ${"x".repeat(400)}`,
      at: null,
    }));
    const { blocks } = slackBody({ ...report, problems }) as { blocks: { text: { text: string } }[] };
    for (const block of blocks) expect(block.text.text.length).toBeLessThanOrEqual(3000);
    expect(JSON.stringify(blocks)).not.toContain("<!channel>");
  });
});

describe("mail", () => {
  const mail: Channel = { name: "ops", kind: "email", to: ["a@example.org", "b@example.org"] };

  async function smtp(refuse: (address: string) => Error | undefined = () => undefined) {
    const mails: { readonly to: readonly string[]; readonly text: string }[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onAuth: ({ password }, _, done) => done(password === "secret" ? null : new Error("no"), { user: "u" }),
      onRcptTo: ({ address }, _, done) => done(refuse(address)),
      onData: (stream, session, done) => {
        let text = "";
        stream.on("data", (part: Buffer) => {
          text += part.toString();
        });
        stream.on("end", () => {
          mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
          done();
        });
      },
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const { port } = server.server.address() as AddressInfo;
    return {
      mails,
      url: (password: string) => `smtp://u:${password}@127.0.0.1:${port}`,
      [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
    };
  }

  test("goes to everybody", async () => {
    await using server = await smtp();
    const env = { MEDFORM_SMTP_URL: server.url("secret"), MEDFORM_SMTP_FROM: "medform@example.org" };
    expect(await tell(mail, { env })).toMatchObject({ channels: ["ops"], problems: [] });
    expect(server.mails.map(({ to }) => to)).toEqual([["a@example.org", "b@example.org"]]);
    const text = server.mails[0]?.text ?? "";
    expect(text).toContain("Subject: FAILURE: hospital: production.nightly failed: 1 rule failed");
    expect(text).toContain("From: medform@example.org");
    expect(text).toContain("patient_key on silver.patient: 12 rows failed");
  });

  test("is tried again where the server says not now, and not where it says never", async () => {
    let times = 0;
    const busy = Object.assign(new Error("secret"), { responseCode: 451 });
    await using server = await smtp(() => (++times <= 2 ? busy : undefined));
    expect(await tell(mail, { env: { MEDFORM_SMTP_URL: server.url("secret") } })).toMatchObject({ channels: ["ops"] });
    expect((await tell(mail, { env: { MEDFORM_SMTP_URL: server.url("secretly-wrong") } })).said).toContain(
      "535, EAUTH",
    );
    await using strict = await smtp((address) => (address.startsWith("b") ? new Error("secret") : undefined));
    expect((await tell(mail, { env: { MEDFORM_SMTP_URL: strict.url("secret") } })).said).toContain(
      "refused 1 of 2 addresses",
    );
  });

  test("needs a server", async () => {
    expect((await tell(mail)).said).toContain("MEDFORM_SMTP_URL is not set");
    expect((await tell(mail, { env: { MEDFORM_SMTP_URL: "secret" } })).said).toContain("no address of a mail server");
  });
});
