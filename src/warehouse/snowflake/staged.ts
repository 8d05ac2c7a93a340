/** Files that lie in a stage of somebody's: what is there, under which content, and how it is landed by COPY itself. */
import { ProblemError, type Target } from "../../graph/index.js";
import type { Session } from "../contract.js";
import type { CopiedFile, LandingFile, LandingPlan, RejectedRecord, StagedFile } from "../lander.js";
import { landingLog } from "../landing.js";
import * as sql from "./statements-staged.js";

type Place = Pick<Target, "database" | "schema">;

const name = '(?:"(?:[^"]|"")+"|[A-Za-z_][\\w$]*)';
const location = new RegExp(`^@((?:${name}\\.){0,2}${name})(?:/(.*))?$`);

/** A named stage with all parts of its name, and a path in it. @throws ProblemError `load-stage` */
function parse(text: string, place: Required<Place>): { readonly stage: string; readonly path: string } {
  const match = location.exec(text);
  if (match === null) {
    throw new ProblemError({
      code: "load-stage",
      message: "The path is no named stage",
      hint: "Write it as @STAGE/path, @SCHEMA.STAGE/path or @DATABASE.SCHEMA.STAGE/path.",
    });
  }
  const parts = [...(match[1] ?? "").matchAll(new RegExp(name, "g"))].map(([part]) =>
    part.startsWith('"') ? part : `"${part.toUpperCase()}"`,
  );
  const own = [`"${place.database.replaceAll('"', '""')}"`, `"${place.schema.replaceAll('"', '""')}"`];
  return { stage: [...own.slice(0, 3 - parts.length), ...parts].join("."), path: match[2] ?? "" };
}

/** All files whose path in the stage begins as the location does, in the order of their names. */
export async function stagedFiles(
  session: Session,
  text: string,
  place: Required<Place>,
): Promise<readonly StagedFile[]> {
  const { stage, path: begins } = parse(text, place);
  const described = await session.rows(sql.describeStage(stage));
  const url = urlOf(String(described.find((row) => row.property === "URL")?.property_value ?? ""));
  const own = stage.slice(stage.lastIndexOf('"', stage.length - 2) + 1, -1).toLowerCase();
  const base = url === "" ? `${own}/` : url.endsWith("/") ? url : `${url}/`;
  const rows = await session.rows(sql.listStage(`@${stage}${begins === "" ? "" : `/${begins}`}`));
  return rows
    .map((row): StagedFile => {
      const listed = String(row.name);
      const path = listed.startsWith(base) ? listed.slice(base.length) : listed;
      const modified = new Date(String(row.last_modified));
      return {
        stage,
        path,
        bytes: Number(row.size),
        contentHash: `md5:${row.md5}`,
        modified: Number.isNaN(modified.getTime()) ? new Date() : modified,
      };
    })
    .filter(({ path, bytes }) => bytes > 0 && !path.endsWith("/"));
}

/** `["s3://bucket/path/"]`; empty for a stage within Snowflake. */
function urlOf(value: string): string {
  return /^\["(.*)"\]$/.exec(value)?.[1] ?? value;
}

const whole = ({ stage, path }: StagedFile): string => `@${stage}/${path}`;

function pathOf({ stage, path }: StagedFile): sql.StagePath {
  const at = path.lastIndexOf("/") + 1;
  return { folder: `@${stage}/${path.slice(0, at)}`, file: path.slice(at) };
}

export async function firstLines(
  session: Session,
  files: readonly StagedFile[],
  place: Required<Place>,
): Promise<readonly string[]> {
  await session.run(sql.createLineFormat(place));
  const lines: string[] = [];
  for (const file of files) {
    const [row] = await session.rows(sql.firstLine(whole(file), file.path, place));
    lines.push(String(row?.LINE ?? ""));
  }
  return lines;
}

/** What the words of our own reader say as well; the numbers are Snowflake's. */
const reasons: Readonly<Record<string, string>> = {
  "100080": "wrong number of fields",
  "100144": "not UTF-8",
};
const otherReason = "rejected by COPY";
const linesAtOnce = 200;

/** Within the transaction: the sound records of one file, and lines of what COPY did not take. */
export async function copyStaged(
  session: Session,
  plan: LandingPlan,
  file: LandingFile,
  staged: StagedFile,
  place: Required<Place>,
): Promise<CopiedFile> {
  const width = file.columns.length;
  const from = pathOf(staged);
  const [copied] = await session.rows(sql.copyFields(place, width, from));
  const records = Math.max(0, Number(copied?.rows_parsed ?? 0) - 1);
  const { changed: landed } = await session.run(sql.insertFields(plan, file, place));
  await session.run(sql.emptyFields(place, width));
  if (records === landed) return { landed, rejected: 0, reasons: {} };

  const told = await session.rows(sql.validate(place, width, from));
  const lines = new Map<number, RejectedRecord>();
  for (const row of told) {
    const line = Number(row.LINE);
    const reason = reasons[String(row.CODE)] ?? otherReason;
    if (!lines.has(line)) lines.set(line, { line, reason, text: String(row.REJECTED_RECORD ?? "") });
  }
  const kept = [...lines.values()];
  // Every record is a row or a line: what COPY left out without a word has neither number nor text.
  while (kept.length < records - landed) kept.push({ line: 0, reason: otherReason, text: "" });
  await keep(session, plan, file, kept, place);
  const counts: Record<string, number> = {};
  for (const { reason } of kept) counts[reason] = (counts[reason] ?? 0) + 1;
  return { landed, rejected: kept.length, reasons: counts };
}

async function keep(
  session: Session,
  plan: LandingPlan,
  file: LandingFile,
  lines: readonly RejectedRecord[],
  place: Required<Place>,
): Promise<void> {
  const target = { ...place, ...landingLog(plan.place).rejectedLine };
  for (let at = 0; at < lines.length; at += linesAtOnce) {
    const some = lines.slice(at, at + linesAtOnce);
    const binds = some.flatMap(({ line, reason, text }) => [
      plan.source,
      plan.batchId,
      file.target.name,
      file.file,
      line,
      reason,
      text,
    ]);
    await session.run(sql.insertRejected(target, some.length), binds);
  }
}

/** Whether it still is what it was when it was listed. @throws ProblemError `load-changed` */
export async function ensureUnchanged(session: Session, file: StagedFile): Promise<void> {
  const rows = await session.rows(sql.listStage(whole(file)));
  if (rows.some((row) => String(row.name).endsWith(file.path) && `md5:${row.md5}` === file.contentHash)) return;
  throw new ProblemError({
    code: "load-changed",
    message: `${file.path} changed while it was being loaded; nothing was loaded`,
    at: { file: file.path },
    hint: "Load it again when whoever writes it has finished.",
  });
}
