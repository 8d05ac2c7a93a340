/** Mails a report by the server that MEDFORM_SMTP_URL names. */
import { hostname } from "node:os";
import { headline, plainText } from "./message.js";
import type { RunReport } from "./report.js";
import { codeOf, Undelivered } from "./undelivered.js";

/** @throws Undelivered where MEDFORM_SMTP_URL is not set, or is no address of a mail server. */
export async function mailer(
  to: readonly string[],
  report: RunReport,
  env: Readonly<Record<string, string | undefined>>,
): Promise<(signal: AbortSignal, milliseconds: number) => Promise<void>> {
  const url = env.MEDFORM_SMTP_URL;
  const hint = "Set MEDFORM_SMTP_URL in the environment of the process: smtp://user:password@host:587.";
  if (!url) throw new Undelivered("MEDFORM_SMTP_URL is not set", { again: false, hint });
  if (!/^smtps?:\/\/\S+$/i.test(url) || !URL.canParse(url))
    throw new Undelivered("MEDFORM_SMTP_URL is no address of a mail server", { again: false, hint });
  const { createTransport } = await import("nodemailer");
  const message = {
    from: env.MEDFORM_SMTP_FROM || `medform@${hostname()}`,
    to: [...to],
    subject: `${report.status}: ${report.project}: ${headline(report)}`,
    text: plainText(report),
  };
  return async (_, milliseconds) => {
    const patience = { connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds };
    const transport = createTransport({ url, ...patience });
    try {
      const { rejected } = await transport.sendMail(message);
      // To try again would mail the others twice.
      if (rejected.length > 0)
        throw new Undelivered(`the server refused ${rejected.length} of ${to.length} addresses`, { again: false });
    } catch (error) {
      throw error instanceof Undelivered ? error : why(error);
    } finally {
      transport.close();
    }
  };
}

function why(error: unknown): Undelivered {
  const code = codeOf(error);
  const answer =
    typeof error === "object" && error !== null && "responseCode" in error ? error.responseCode : undefined;
  const said = typeof answer === "number" ? answer : undefined;
  // 4xx is "not now" in SMTP, 5xx is "never".
  const again = said === undefined ? code !== "EAUTH" && code !== "EENVELOPE" : said < 500;
  const detail = [said, code].filter((part) => part !== undefined).join(", ");
  return new Undelivered(`the mail server did not take it${detail === "" ? "" : ` (${detail})`}`, { again });
}
