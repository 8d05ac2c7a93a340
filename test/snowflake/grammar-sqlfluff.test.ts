/**
 * The third parser of Snowflake's SQL, the strictest that reads nearly all of it: sqlfluff, of Python. In the long suite only,
 * and only where there is a Python that can install it; it is kept beside the packages of Node.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyStatement, type Statement } from "./statements.js";

const version = "4.5.0";
const isLong = process.env.MEDFORM_LONG === "1";
const place = resolve(import.meta.dirname, `../../node_modules/.cache/sqlfluff-${version}`);
const command = join(place, "bin/sqlfluff");

/** Why it cannot run here, or undefined. */
function missing(): string | undefined {
  if (!isLong) return "MEDFORM_LONG=1 runs it";
  if (existsSync(command)) return undefined;
  const made = spawnSync("python3", ["-m", "venv", place]);
  if (made.error !== undefined || made.status !== 0) return "there is no python3 with venv";
  const got = spawnSync(join(place, "bin/pip"), ["install", "--quiet", `sqlfluff==${version}`], { timeout: 300_000 });
  if (got.status === 0) return undefined;
  rmSync(place, { recursive: true, force: true });
  return "pip cannot install sqlfluff";
}

/** Snowflake's SQL that it does not know, by exact construct, in words that it knows, and why. */
const exceptions: readonly { readonly construct: RegExp; readonly instead: string; readonly why: string }[] = [
  { construct: /(?<=[ (])\?(?=[ ,)\n]|$)/g, instead: "'?'", why: "it knows no binds without a name" },
  {
    construct: /^(alter session set [A-Z_]+ = [^,]+), [\s\S]*$/,
    instead: "$1",
    why: "it knows one parameter only; https://docs.snowflake.com/en/sql-reference/sql/alter-session",
  },
  {
    construct: /\nexecute job service\n[\s\S]*$/,
    instead: "\nselect 1",
    why: "it knows no job services; https://docs.snowflake.com/en/sql-reference/sql/execute-job-service",
  },
  {
    construct: /^create or replace temporary file format /,
    instead: "create or replace file format ",
    why: "it knows no temporary ones; https://docs.snowflake.com/en/sql-reference/sql/create-file-format",
  },
  {
    construct: /^(list '@(?:[^']|'')*?)''((?:[^']|'')*')$/,
    instead: "$1$2",
    why: "it knows no quote in the name of a stage; https://docs.snowflake.com/en/sql-reference/sql/list",
  },
  {
    construct: /\bposition\(((?:[^()']|\([^()']*\))*) in ('[^']*')\)/g,
    instead: "position($1, $2)",
    why: "it knows commas only; https://docs.snowflake.com/en/sql-reference/functions/position",
  },
];

const why = missing();

describe.skipIf(why !== undefined)(`sqlfluff${why === undefined ? "" : ` (${why})`}`, () => {
  let dir: string;
  let statements: readonly Statement[];
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "medform-sqlfluff-"));
    statements = await everyStatement();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const parse = (texts: readonly string[]): readonly (readonly [number, string])[] => {
    writeFileSync(
      join(dir, ".sqlfluff"),
      "[sqlfluff]\ndialect = snowflake\ntemplater = raw\nlarge_file_skip_byte_limit = 0\nmax_parse_nodes = 0\n",
    );
    for (const [i, sql] of texts.entries()) writeFileSync(join(dir, `${i}.sql`), `${sql}\n`);
    const args = [
      "lint",
      dir,
      "--rules",
      "CV07",
      "--format",
      "json",
      "--nofail",
      "--disable-progress-bar",
      "--processes",
      "2",
    ];
    const output = execFileSync(command, args, { cwd: dir, encoding: "utf8", maxBuffer: 1 << 28 });
    const found = JSON.parse(output) as {
      readonly filepath: string;
      readonly violations: readonly { readonly code: string; readonly description: string }[];
    }[];
    expect(found.length).toBe(texts.length);
    return found.flatMap(({ filepath, violations }) =>
      violations
        .filter(({ code }) => /^(PRS|LXR|TMP)$/.test(code))
        .map(({ description }) => [Number(/(\d+)\.sql$/.exec(filepath)?.[1]), description] as const),
    );
  };

  it("reads what is sent to Snowflake", () => {
    const texts = statements.map(({ sql }) =>
      exceptions.reduce((text, { construct, instead }) => text.replace(construct, instead), sql),
    );
    const said = parse([...texts, "select a b c from"]);
    const [refused, wrong] = [
      said.filter(([at]) => at < statements.length),
      said.filter(([at]) => at === statements.length),
    ];
    expect(wrong.length).toBeGreaterThan(0);
    expect(refused.map(([at, text]) => `${statements[at]?.name} (${statements[at]?.file}): ${text}`)).toEqual([]);
    const unneeded = exceptions.filter(({ construct }) => !statements.some(({ sql }) => sql.search(construct) >= 0));
    expect(unneeded.map(({ construct }) => String(construct))).toEqual([]);
  }, 1_800_000);
});
