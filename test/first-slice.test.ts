/**
 * The first slice on real files that nobody here wrote: from empty, through the built command, against figures that were
 * counted by hand from the files.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exported, faultsIn } from "./support/fhir.js";
import { data, hasData, lines, medform, reader, scratch } from "./support/medform.js";

interface Slice {
  readonly set: string;
  readonly landed: number;
  readonly tables: number;
  readonly absent: readonly string[];
  readonly rows: Readonly<Record<string, number>>;
  /** `[entity, rule] -> findings`; every other finding of these rules is 0. */
  readonly flags: Readonly<Record<string, number>>;
  readonly currentMedications: readonly [rows: number, patients: number];
}

const slices: readonly Slice[] = [
  {
    set: "synthea-csv-27",
    landed: 10_950,
    tables: 18,
    absent: [],
    rows: {
      patient: 27,
      patient_address: 27,
      patient_xref: 27,
      provider: 166,
      facility: 63,
      department: 78,
      appointment: 0,
      encounter: 604,
      condition: 438,
      procedure: 249,
      prescription: 663,
      allergy: 40,
      lab_result: 233,
      vital_sign: 228,
      observation: 529,
      patient_event: 2_984,
    },
    flags: {
      // Paid more than was charged: a copay above the charge, which Synthea takes whole.
      "claim/claim_balance": 190,
      "encounter/after_death": 2,
      "observation/after_death": 2,
      "condition/outside_encounter": 40,
      "prescription/outside_encounter": 44,
      "procedure/outside_encounter": 95,
      "observation/outside_encounter": 441,
    },
    currentMedications: [44, 17],
  },
  {
    set: "synthea-csv-109",
    landed: 30_771,
    tables: 14,
    absent: ["claims", "claims_transactions", "observations", "procedures"],
    rows: {
      patient: 109,
      patient_address: 109,
      patient_xref: 109,
      provider: 305,
      facility: 305,
      department: 422,
      appointment: 0,
      encounter: 10_715,
      condition: 5_901,
      procedure: 0,
      prescription: 6_874,
      allergy: 81,
      lab_result: 0,
      vital_sign: 0,
      observation: 0,
      patient_event: 23_571,
    },
    flags: {
      "encounter/after_death": 7,
      "prescription/stop_before_start": 2,
      "condition/outside_encounter": 88,
      "prescription/outside_encounter": 52,
    },
    currentMedications: [225, 60],
  },
];

/** The three entities that Synthea's observations are routed to are one row of the hand-counted figures. */
const observed = (entity: string) =>
  ["lab_result", "vital_sign", "observation"].includes(entity) ? "observation" : entity;

/** Events, and the key by which each names its patient: written here, apart from the models, so that it can disagree. */
const events = [
  "encounter",
  "condition",
  "procedure",
  "prescription",
  "allergy",
  "lab_result",
  "vital_sign",
  "observation",
  "patient_event",
];

/** The entities whose findings were counted by hand. */
const flagged = new Set(["patient", "patient_address", "provider", "facility", ...events]);

/** Content of every silver and gold table without what says when and by which load a row came: a checksum for each. */
async function contents(warehouse: string): Promise<Readonly<Record<string, string>>> {
  using db = await reader(warehouse);
  const provenance = ["run_id", "loaded_at", "source_record", "batch_id", "judged_run", "built_run", "recorded_at"];
  const columns = await db.rows(
    `select table_schema as s, table_name as t, list(column_name order by column_name) as c
     from information_schema.columns
     where table_catalog = 'EHR' and lower(table_schema) in ('silver', 'gold')
     group by all order by all`,
  );
  const sums: Record<string, string> = {};
  for (const { s, t, c } of columns) {
    // What is about files and rows, and not about patients.
    if (
      /_verdict$|^disposition$|^accounting|^deliver|^batch_count$|^code_count$|^value_check$|^quality_|^late_file$|^schema_drift$/i.test(
        String(t),
      )
    )
      continue;
    const kept = (c as readonly string[]).filter((name) => !provenance.includes(name.toLowerCase()));
    const row = kept.map((name) => `"${name}"`).join(", ");
    const [sum] = await db.rows(`select count(*) || ':' || coalesce(sum(hash(${row})), 0) as sum from "${s}"."${t}"`);
    sums[`${s}.${t}`] = String(sum?.sum);
  }
  return sums;
}

for (const slice of slices) {
  // Every count of it is held in test/models/real.test.ts too, without the command.
  const isLong = slice.set === "synthea-csv-109";
  const needs = isLong ? "MEDFORM_DATA and MEDFORM_LONG" : "MEDFORM_DATA";
  describe.skipIf(!hasData || (isLong && process.env.MEDFORM_LONG !== "1"))(`${slice.set} (needs ${needs})`, () => {
    const box = scratch();
    const source = join(data, slice.set);
    const load = (dir = source) => medform(["load", "synthea-csv", dir], box.warehouse);
    const run = () => medform(["run", "--json"], box.warehouse);
    let loaded: Awaited<ReturnType<typeof load>>;
    let ran: Awaited<ReturnType<typeof run>>;

    beforeAll(async () => {
      loaded = await load();
      ran = await run();
    });
    afterAll(() => box[Symbol.dispose]());

    it("loads, says what is absent, and refreshes", () => {
      expect(loaded.stderr).not.toMatch(/error/i);
      expect(loaded.code).toBe(0);
      for (const table of slice.absent)
        expect(loaded.stdout + loaded.stderr).toMatch(new RegExp(`\\b(synthea_)?${table}\\b`, "i"));
      expect(ran.stderr).not.toMatch(/error:/);
      expect(ran.code).toBe(0);
    });

    it("lands every record of every table", async () => {
      using db = await reader(box.warehouse);
      expect(await db.one("select sum(landed_count) from raw.loaded_file")).toBe(slice.landed);
      expect(await db.one("select count(*) from raw.loaded_file")).toBe(slice.tables);
      expect(await db.one("select count(*) from raw.rejected_line")).toBe(0);
    });

    it("has the rows that were counted by hand", async () => {
      using db = await reader(box.warehouse);
      const counted: Record<string, number> = {};
      for (const entity of Object.keys(slice.rows)) {
        // The timeline was counted before other events joined it.
        const first =
          entity === "patient_event" ? ` where event_type in ('appointment', '${events.join("', '")}')` : "";
        counted[entity] = await db.one(`select count(*) from silver.${entity}${first}`);
      }
      expect(counted).toEqual(slice.rows);
    });

    it("flags what was found by hand, and nothing else", async () => {
      using db = await reader(box.warehouse);
      const found: Record<string, number> = {};
      for (const { entity, rule, n } of await db.rows(
        "select entity, rule, count(*) as n from silver.finding group by all",
      )) {
        if (!flagged.has(String(entity)) && rule !== "claim_balance") continue;
        const name = `${observed(String(entity))}/${rule}`;
        found[name] = (found[name] ?? 0) + Number(n);
      }
      expect(found).toEqual(slice.flags);
    });

    it("quarantines, supersedes and doubles nothing, and accounts for every landed row", async () => {
      using db = await reader(box.warehouse);
      // One coverage lasts from an instant to the same instant; what replaces it is told in the same file. A member's number is
      // told again with each coverage.
      const others = `select route, disposition from silver.disposition
        where disposition <> 'current' and route not like '%> coverage%'
        and not (route like '%> patient_identifier (member)' and disposition = 'duplicate')`;
      expect(await db.rows(others)).toEqual([]);
      const balance = await db.rows("select * from silver.accounting where left_count is distinct from right_count");
      expect(balance).toEqual([]);
      expect(await db.one("select count(distinct identity) from silver.accounting")).toBe(5);
    });

    it("has no orphan", async () => {
      using db = await reader(box.warehouse);
      for (const event of events) {
        const orphans = await db.one(
          `select count(*) from silver.${event} e anti join silver.patient p on p.patient_key = e.patient_key`,
        );
        expect([event, orphans]).toEqual([event, 0]);
      }
    });

    it("keeps every patient visible, and knows their current medications", async () => {
      using db = await reader(box.warehouse);
      expect(await db.one("select count(*) from gold.patient_360")).toBe(slice.rows.patient);
      const [rows, patients] = slice.currentMedications;
      const given = "from gold.current_medications where prescription_key is not null";
      expect(await db.one(`select count(*) ${given}`)).toBe(rows);
      expect(await db.one(`select count(distinct patient_key) ${given}`)).toBe(patients);
      expect(await db.one("select count(distinct patient_key) from gold.current_medications")).toBe(slice.rows.patient);
    });

    it("is exported as resources of FHIR that are what R4 says", async () => {
      const out = join(box.dir, "fhir");
      const ended = await medform(["export", "tag:fhir", "--column", "resource", "--out", out], box.warehouse);
      expect([ended.code, ended.stderr]).toEqual([0, ""]);
      const resources = exported(out);
      expect(faultsIn(resources)).toEqual([]);
      const counted = (type: string) => resources.filter(({ resourceType }) => resourceType === type).length;
      expect([counted("Patient"), counted("Encounter"), counted("Condition")]).toEqual([
        slice.rows.patient,
        slice.rows.encounter,
        slice.rows.condition,
      ]);
    });

    it("builds nothing on a second run, lands nothing on a second load, and says so", async () => {
      const before = await contents(box.warehouse);
      const again = await run();
      expect(again.code).toBe(0);
      const finished = lines<{ kind: string; counts: Record<string, number> }>(again.stdout).find(
        ({ kind }) => kind === "run-finished",
      );
      expect(finished?.counts.built).toBe(0);
      const said = await medform(["run"], box.warehouse);
      expect(said.stdout + said.stderr).toMatch(/nothing/i);

      const reloaded = await load();
      expect(reloaded.code).toBe(0);
      expect(reloaded.stdout + reloaded.stderr).toMatch(/loaded before/i);
      using db = await reader(box.warehouse);
      expect(await db.one("select sum(landed_count) from raw.loaded_file")).toBe(slice.landed);
      expect(await contents(box.warehouse)).toEqual(before);
    });

    it("changes no published table for a corrupted copy of a file", async () => {
      const before = await contents(box.warehouse);
      const encounters = gunzipSync(readFileSync(join(source, "encounters.csv.gz"))).toString("utf8");
      const copy = (name: string, bytes: Buffer) => {
        const dir = join(box.dir, name);
        mkdirSync(dir);
        cpSync(join(source, "patients.csv.gz"), join(dir, "patients.csv.gz"));
        writeFileSync(join(dir, "encounters.csv.gz"), bytes);
        return dir;
      };

      const cut = await load(copy("cut", gzipSync(encounters).subarray(0, 4_000)));
      expect(cut.code).toBe(1);
      expect(cut.stderr).toContain("encounters.csv.gz");
      const other = await load(copy("other", gzipSync("<html><body>404</body></html>")));
      expect(other.code).toBe(1);
      expect((await run()).code).toBe(0);
      expect(await contents(box.warehouse)).toEqual(before);

      // One damaged line: the rest of the file is what is there already, so silver and gold stay as they are.
      const text = encounters.split("\n");
      text[5] = (text[5] ?? "").slice(0, 60);
      const damaged = await load(copy("damaged", gzipSync(text.join("\n"))));
      expect(damaged.code).toBe(0);
      expect((await run()).code).toBe(0);
      using db = await reader(box.warehouse);
      expect(await db.one("select count(*) from raw.rejected_line")).toBe(1);
      db[Symbol.dispose]();
      expect(await contents(box.warehouse)).toEqual(before);
    });
  });
}

describe.skipIf(!hasData)("labs of six months (needs MEDFORM_DATA)", () => {
  it("is the same on 27 patients as counted by hand, and keeps patients without any", async () => {
    using box = scratch();
    await medform(["load", "synthea-csv", join(data, "synthea-csv-27")], box.warehouse);
    const ran = await medform(["run", "--json", "--as-of", "2024-02-02T00:00:00Z"], box.warehouse);
    expect(ran.code).toBe(0);
    using db = await reader(box.warehouse);
    const given = "from gold.labs_last_6_months where lab_result_key is not null";
    expect(await db.one(`select count(*) ${given}`)).toBe(161);
    expect(await db.one(`select count(distinct patient_key) ${given}`)).toBe(11);
    expect(await db.one("select count(distinct patient_key) from gold.labs_last_6_months")).toBe(27);
  });
});
