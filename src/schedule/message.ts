/** A report in words: for a mail, and in Slack's format. */
import type { RunReport } from "./report.js";

/** `production.nightly failed: 2 rules failed`. */
export function headline(report: RunReport): string {
  const name = `${report.environment}.${report.schedule}`;
  const failed = report.rules?.fail ?? 0;
  switch (report.outcome) {
    case "succeeded":
      return `${name} succeeded`;
    case "failed":
      return `${name} failed: ${failed} ${failed === 1 ? "rule" : "rules"} failed`;
    case "cancelled":
      return `${name} was cancelled`;
    case "refused":
      return `${name} was refused`;
    case "error":
      return `${name} ended with an error`;
  }
}

export function paragraphs(report: RunReport): readonly (readonly string[])[] {
  const { runId, commit, host, startedAt, milliseconds, actions, rules, failing, problems } = report;
  const what = [
    runId === null ? "No run was begun" : `Run ${runId}`,
    ...(commit ? [`commit ${commit.slice(0, 12)}`] : []),
  ];
  const when = `Started ${startedAt} on ${host}, took ${(milliseconds / 1000).toFixed(1)} s`;
  return [
    [what.join(", "), when, ...counted("Actions", actions), ...counted("Rules", rules)],
    failing.map(
      ({ rule, table, rows, outcome }) =>
        `${rule} on ${table}: ${outcome === "error" ? "could not be evaluated" : `${rows ?? "some"} ${rows === 1 ? "row" : "rows"} failed`}`,
    ),
    problems.map(({ code, message, at }) => `${code}${at === null ? "" : ` at ${at}`}: ${message}`),
    [`Look closer: ${report.look}`],
  ].filter((lines) => lines.length > 0);
}

function counted(title: string, counts: Readonly<Record<string, number>> | null): readonly string[] {
  const parts = Object.entries(counts ?? {}).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  return parts.length === 0 ? [] : [`${title}: ${parts.join(", ")}`];
}

export function plainText(report: RunReport): string {
  return [[`${report.project}: ${headline(report)}`], ...paragraphs(report)]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

// Slack refuses longer ones.
const longestHeader = 150;
const longestSection = 3000;

/** The body of a Slack incoming webhook; `text` is what a phone shows. */
export function slackBody(report: RunReport): Readonly<Record<string, unknown>> {
  const title = `${report.project}: ${headline(report)}`;
  return {
    text: escaped(title),
    blocks: [
      { type: "header", text: { type: "plain_text", text: title.slice(0, longestHeader) } },
      ...paragraphs(report).map((lines) => ({
        type: "section",
        text: { type: "mrkdwn", text: fitting(lines.map(escaped)) },
      })),
    ],
  };
}

/** As many whole lines as Slack takes. */
function fitting(lines: readonly string[]): string {
  let text = "";
  for (const line of lines) {
    const longer = text === "" ? line : `${text}\n${line}`;
    if (longer.length > longestSection) return text === "" ? line.slice(0, longestSection) : text;
    text = longer;
  }
  return text;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
