/** Ten daily deliveries, in any order and with every mistake of life: each incremental model holds what a full refresh makes. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Action, type Relation, targetKey } from "../../../src/graph/index.js";
import { generateSample } from "../../../src/sample/index.js";
import { data, lines, medform, reader, scratch } from "../../support/medform.js";
import { graph, openHospital } from "../hospital.js";
import { withHospital } from "./beside.js";
import { type Day, type Files, tenDays } from "./days.js";

const long = process.env.MEDFORM_LONG === "1";

/** CSV files of a folder, packed or not, as text by table. */
const read = (dir: string): Files =>
  Object.fromEntries(
    readdirSync(dir).flatMap((file) => {
      const [, table, packed] = /^(\w+)\.csv(\.gz)?$/.exec(file) ?? [];
      if (table === undefined || table === "states") return [];
      const bytes = readFileSync(join(dir, file));
      return [[table, (packed === undefined ? bytes : gunzipSync(bytes)).toString("utf8")]];
    }),
  );

async function sample(patients: number, seed: number): Promise<Files> {
  const out = mkdtempSync(join(tmpdir(), "medform-days-"));
  try {
    await generateSample({ patients, seed, out, rate: 0 });
    return read(out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const incrementals = async (): Promise<readonly Relation[]> =>
  (await graph()).actions.filter((action): action is Relation => action.kind === "incremental");

/** Names of gold's tables among them, and of what these read in gold. */
const goldOfThem = async (): Promise<readonly string[]> => {
  const all = new Map((await graph()).actions.map((action) => [targetKey(action.target), action]));
  const names = new Set<string>();
  const add = (action: Action | undefined) => {
    if (action?.target.schema !== "GOLD" || action.kind === "assertion") return;
    names.add(action.target.name.toLowerCase());
    for (const other of action.dependencies) add(all.get(targetKey(other)));
  };
  for (const relation of await incrementals()) add(relation);
  return [...names];
};
const nameOf = ({ target }: Pick<Relation, "target">) => `${target.schema}.${target.name}`;

/** What `days` is about did happen: rows waited for what they name and came in, were corrected, repeated, kept out and described. */
const phenomena = `select
  (select count(distinct entity) from "EHR".SILVER.FINDING where rule = 'encounter_unresolved') as unresolved,
  (select count(*) from "EHR".SILVER.ENCOUNTER_VERDICT where broken_rules like '%patient_unresolved%') as orphans,
  (select count(*) from "EHR".SILVER.ENCOUNTER_VERDICT where broken_rules = 'status_unmapped') as unmapped,
  (select count(*) from "EHR".SILVER.ENCOUNTER_VERDICT where disposition = 'superseded') as superseded,
  (select count(*) from "EHR".SILVER.CONDITION_VERDICT where disposition = 'duplicate') as repeated,
  (select count(*) from "EHR".SILVER.CONDITION_VERDICT where concept_ref is not null and description like 'Text of %') as described`;

describe("ten daily deliveries", () => {
  it("change each incremental model in several increments, which equal a full refresh", {
    timeout: 900_000,
  }, async () => {
    const days = tenDays(withHospital(await sample(10, 7)), 1);
    const exercised = new Map((await incrementals()).map((relation) => [nameOf(relation), 0]));
    await using hospital = await openHospital({ gold: await goldOfThem() });
    const contents = async () => {
      const tables: Record<string, readonly string[]> = {};
      for (const { target, columns } of await incrementals()) {
        const aside = columns.filter(({ tags }) => tags.includes("provenance")).map(({ path }) => path.join("."));
        // What was once concluded cannot be made anew: only who somebody is now.
        const shown: Readonly<Record<string, string>> = {
          PATIENT_XREF:
            'select patient_key, person_id from "EHR".SILVER.PATIENT_XREF where valid_to is null order by all',
          EVENT_OUTBOX: `select event_id, event_type, patient_key, entity_key from "EHR".GOLD.EVENT_OUTBOX order by all`,
        };
        const rows = await hospital.rows(
          shown[target.name] ??
            `select * exclude (${aside.join(", ")}) from "EHR"."${target.schema}"."${target.name}" order by all`,
        );
        tables[nameOf({ target })] = rows.map((row) => JSON.stringify(row));
      }
      return tables;
    };
    const seen: Readonly<Record<string, unknown>>[] = [];
    for (const { id, delivered, files } of days) {
      await hospital.land({ id, delivered, files });
      await hospital.refresh({
        built: ({ target }, { mode, changed }) => {
          const name = nameOf({ target });
          if (mode === "increment" && (changed ?? 0) > 0) exercised.set(name, (exercised.get(name) ?? 0) + 1);
        },
      });
      seen.push(...(await hospital.rows(phenomena)));
    }
    expect([...exercised].filter(([, times]) => times < 2)).toEqual([]);
    const most = (name: string) => Math.max(...seen.map((day) => Number(day[name])));
    expect(Object.keys(seen[0] ?? {}).filter((name) => most(name) === 0)).toEqual([]);
    for (const name of ["orphans", "unresolved"]) expect(most(name)).toBeGreaterThan(Number(seen.at(-1)?.[name]));

    const incremental = await contents();
    await hospital.refresh({ full: true });
    const rebuilt = await contents();
    for (const [name, rows] of Object.entries(incremental)) expect(rows, name).toEqual(rebuilt[name]);
  });
});

const sets: readonly (readonly [name: string, files: () => Promise<Files>, there: boolean])[] = [
  ["a sample hospital of 300 patients", () => sample(300, 11), true],
  ...["synthea-csv-27", "synthea-csv-109"].map((set) => {
    const dir = join(data, set);
    return [`${set} in MEDFORM_DATA`, async () => read(dir), data !== "" && existsSync(dir)] as const;
  }),
];

interface Event {
  readonly kind: string;
  readonly target: Relation["target"];
  readonly outcome: string;
  readonly rule?: string;
  readonly reason: string;
  readonly type: string;
  readonly changed: number | null;
  readonly rows: { readonly onlyRebuilt: number } | null;
  readonly columns: readonly { readonly name: string; readonly rows: number }[];
}

for (const [name, files, there] of sets) {
  // Some ten refreshes each: with MEDFORM_LONG=1.
  describe.skipIf(!long || !there)(`ten daily deliveries of ${name}, by the command (needs MEDFORM_LONG)`, () => {
    it("are proved by it for each incremental model", {
      timeout: 900_000,
    }, async () => {
      using box = scratch();
      for (const day of tenDays(await files(), 2)) {
        const loaded = await medform(
          ["load", "synthea-csv", folder(box.dir, day), "--delivered", day.delivered],
          box.warehouse,
        );
        expect([day.id, loaded.code, loaded.code === 0 ? "" : loaded.stderr]).toEqual([day.id, 0, ""]);
        const ran = await medform(["run", "--json"], box.warehouse);
        const failed = lines<Event>(ran.stdout).filter(({ outcome }) => outcome === "fail" || outcome === "error");
        expect([day.id, failed.map(({ rule }) => rule), ran.code]).toEqual([day.id, [], 0]);
      }
      const proved = await medform(["run", "--json", "--prove-incremental"], box.warehouse);
      const proofs = lines<Event>(proved.stdout).filter(({ kind }) => kind === "proof");
      expect(proved.code).toBe(0);
      const outcomes = Object.fromEntries(proofs.map((proof) => [nameOf(proof), proof.outcome]));
      // Who was linked when is history that need not be there to be made anew.
      expect(["pass", "warn"]).toContain(outcomes["SILVER.PATIENT_XREF"]);
      // More can have been told than one run tells, and never less: each event that it tells is there, if with another time.
      const outbox = proofs.find((proof) => nameOf(proof) === "GOLD.EVENT_OUTBOX");
      expect(["pass", "warn"]).toContain(outbox?.outcome);
      const toldOtherwise = outbox?.columns.find(({ name }) => name === "ROW_HASH")?.rows ?? 0;
      expect(outbox?.columns.filter(({ name }) => !["OCCURRED_AT", "ROW_HASH"].includes(name))).toEqual([]);
      expect(outbox?.rows?.onlyRebuilt).toBe(toldOtherwise);
      const kept = ["SILVER.PATIENT_XREF", "GOLD.EVENT_OUTBOX"];
      const others = (await incrementals()).map(nameOf).filter((name) => !kept.includes(name));
      expect(others.filter((name) => outcomes[name] !== "pass")).toEqual([]);
      // Histories are not proved by being empty of what was once known otherwise.
      using db = await reader(box.warehouse);
      for (const table of ["PATIENT_HISTORY", "PATIENT_ADDRESS_HISTORY"]) {
        const ended = await db.one(`select count(*) from "EHR".SILVER.${table} where recorded_to is not null`);
        expect([table, ended > 0]).toEqual([table, true]);
      }
    });
  });
}

function folder(dir: string, { id, files }: Day): string {
  const path = join(dir, id);
  mkdirSync(path);
  for (const [table, text] of Object.entries(files)) writeFileSync(join(path, `${table}.csv`), text);
  return path;
}
