/** Two tenants in one database, in schemas of their own: what is loaded and built for one is in no relation of the other. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ended, medform, reader, scratch } from "../support/medform.js";

const tenants = ["north", "south"] as const;

const landing = `\${dataform.projectConfig.vars.landing}`;
const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({ warehouse: "snowflake", defaultDatabase: "EHR", defaultSchema: "GOLD" }),
  "environments.json": JSON.stringify({
    environments: tenants.map((name) => ({
      name,
      configOverride: { warehouse: "duckdb", schemaSuffix: name, vars: { landing: `raw_${name}` } },
    })),
  }),
  "definitions/sources.js": `for (const name of ["loaded_file", "people"]) declare({ schema: \`${landing}\`, name });`,
  "definitions/person.sqlx": `config { type: "table" }\nselect ID from \${ref(\`${landing}\`, "people")}`,
  "north.csv": "ID\nnora\nnick\n",
  "south.csv": "ID\nsue\n",
};

const box = scratch();
const ended: Record<string, Ended> = {};
beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(box.dir, name)), { recursive: true });
    writeFileSync(join(box.dir, name), text);
  }
  const where = (tenant: string) => ["--project", box.dir, "--environment", tenant];
  for (const tenant of tenants) {
    const file = join(box.dir, `${tenant}.csv`);
    const load = ["load", "csv", file, "--table", "people", "--source", tenant, ...where(tenant)];
    ended[`load ${tenant}`] = await medform(load, box.warehouse);
  }
  for (const tenant of tenants) ended[`run ${tenant}`] = await medform(["run", ...where(tenant)], box.warehouse);
  ended.again = await medform(["run", "--json", ...where("north")], box.warehouse);
});
afterAll(() => box[Symbol.dispose]());

it("each has its own rows, in landing too", async () => {
  for (const [name, { code, stderr }] of Object.entries(ended)) expect([name, code, stderr]).toEqual([name, 0, ""]);
  using db = await reader(box.warehouse);
  const ids = async (table: string) => (await db.rows(`select ID from ${table} order by 1`)).map(({ ID }) => ID);
  expect(await ids("GOLD_NORTH.PERSON")).toEqual(["nick", "nora"]);
  expect(await ids("GOLD_SOUTH.PERSON")).toEqual(["sue"]);
  expect(await ids("RAW_NORTH.PEOPLE")).toEqual(["nick", "nora"]);
  expect(await ids("RAW_SOUTH.PEOPLE")).toEqual(["sue"]);
  const [shared] = await db.rows("select count(*) as n from information_schema.tables where table_schema = 'RAW'");
  expect(Number(shared?.n)).toBe(0);
});

it("what one has loaded is nothing new for the other", () => {
  const events = (ended.again?.stdout ?? "").split("\n").filter((line) => line.includes('"run-finished"'));
  expect(JSON.parse(events[0] ?? "{}").counts).toMatchObject({ built: 0, unchanged: 1 });
});
