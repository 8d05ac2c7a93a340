/**
 * The sample hospital with known defects, refreshed: exactly what was put in is found, each under its rule and outcome, and
 * nothing else; and no value of it leaves the tables.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "./sample/recount.js";
import { exported, faultsIn } from "./support/fhir.js";
import { type Ended, medform, reader, scratch } from "./support/medform.js";
import { profiled } from "./support/profile.js";

interface Manifest {
  readonly patients: number;
  readonly defects: readonly {
    readonly id: string;
    readonly rule: string;
    readonly outcome: "quarantined" | "flagged" | "duplicate" | "superseded" | "rejected";
    readonly table: string;
    readonly entity: string;
    readonly count: number;
  }[];
  readonly expectedFlags: readonly { readonly rule: string; readonly entity: string; readonly count: number }[];
  readonly versions: readonly { readonly entity: string; readonly count: number }[];
  readonly readmissions: Readonly<Record<"count" | "planned" | "elsewhere" | "transfers", number>>;
  readonly rows: Readonly<Record<string, number>>;
}

interface Compiled {
  readonly tables: readonly {
    readonly target: { readonly schema: string; readonly name: string };
    readonly actionDescriptor?: {
      readonly description?: string;
      readonly columns?: readonly {
        readonly path: readonly string[];
        readonly description?: string;
        readonly tags?: readonly string[];
      }[];
    };
  }[];
}

type Counts = Readonly<Record<string, number>>;

/** Sums `count` by `name`, without zeros. */
function tally<T>(list: readonly T[], name: (item: T) => string, count: (item: T) => number): Counts {
  const sums: Record<string, number> = {};
  for (const item of list) {
    if (count(item) > 0) sums[name(item)] = (sums[name(item)] ?? 0) + count(item);
  }
  return sums;
}

/** Everything that is admitted to silver. */
async function entities(db: Awaited<ReturnType<typeof reader>>): Promise<readonly string[]> {
  const verdicts = await db.rows(
    `select lower(table_name) as name from information_schema.tables
     where upper(table_schema) = 'SILVER' and upper(table_name) like '%\\_VERDICT' escape '\\' order by all`,
  );
  return verdicts.map(({ name }) => String(name).replace(/_verdict$/, ""));
}

/** The first run speaks to a person, the second to a program: both must find all, and keep every value to themselves. */
for (const [patients, seed, rate, output] of [
  [300, 11, 0.02, "text"],
  [40, 3, 0, "json"],
] as const) {
  describe(`a sample hospital of ${patients} patients, seed ${seed}, defect rate ${rate}`, () => {
    const box = scratch();
    const out = join(box.dir, "hospital");
    const ended: Record<string, Ended> = {};
    let manifest: Manifest;
    let drawn: readonly unknown[];
    const drawnIds = async () => {
      using db = await reader(box.warehouse);
      return await db.rows(
        ["patient", "encounter", "facility", "provider"]
          .map((name) => `select ${name}_key as key, safe_harbor_id, shifted_dates_id from crosswalk.${name}`)
          .join(" union all ")
          .concat(" order by all"),
      );
    };

    beforeAll(async () => {
      const options = ["--patients", String(patients), "--seed", String(seed), "--defects", String(rate)];
      ended.sample = await medform(["sample", ...options, "--out", out], box.warehouse);
      manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as Manifest;
      ended.load = await medform(["load", "synthea-csv", out], box.warehouse);
      ended.run = await medform(output === "json" ? ["run", "--json"] : ["run"], box.warehouse);
      drawn = await drawnIds();
      // All above what has ids of facilities and providers is made anew; who has ids keeps them.
      ended.anew = await medform(
        ["run", "+crosswalk.facility", "+crosswalk.provider", "--full-refresh"],
        box.warehouse,
      );
      ended.status = await medform(["status"], box.warehouse);
      const fhir = ["export", "tag:fhir", "--column", "resource", "--out", join(box.dir, "fhir")];
      ended.export = await medform(fhir, box.warehouse);
      ended.report = await medform(["audit", "report", "--out", join(box.dir, "report")], box.warehouse);
    });
    afterAll(() => box[Symbol.dispose]());

    const expected = (outcome: string): Counts =>
      tally(
        manifest.defects.filter((defect) => defect.outcome === outcome),
        ({ entity, rule }) => `${entity}/${rule}`,
        ({ count }) => count,
      );

    it("is made, loaded and refreshed without an error", () => {
      for (const [name, { code, stderr }] of Object.entries(ended)) {
        expect([name, code, /error:/.test(stderr) ? stderr : ""]).toEqual([name, 0, ""]);
      }
    });

    it("has defects of every kind where a rate asks for them, none where it does not", () => {
      const total = manifest.defects.reduce((sum, { count }) => sum + count, 0);
      if (rate === 0) expect(total).toBe(0);
      else
        expect(new Set(manifest.defects.filter(({ count }) => count > 0).map(({ outcome }) => outcome)).size).toBe(5);
    });

    it("quarantines exactly the rows with a defect that calls for it", async () => {
      using db = await reader(box.warehouse);
      const found: Record<string, number> = {};
      for (const entity of await entities(db)) {
        for (const { rule, n } of await db.rows(
          `select broken_rules as rule, count(*) as n from silver.${entity}_quarantine group by all`,
        )) {
          found[`${entity}/${rule}`] = Number(n);
        }
      }
      expect(found).toEqual(expected("quarantined"));
    });

    it("flags exactly the rows with a defect that calls for it, and those that are flagged anyway", async () => {
      using db = await reader(box.warehouse);
      const found = tally(
        await db.rows("select entity, rule, count(*) as n from silver.finding group by all"),
        ({ entity, rule }) => `${entity}/${rule}`,
        ({ n }) => Number(n),
      );
      const all = [...manifest.defects.filter(({ outcome }) => outcome === "flagged"), ...manifest.expectedFlags];
      const wanted = tally(
        all,
        ({ entity, rule }) => `${entity}/${rule}`,
        ({ count }) => count,
      );
      const conflicts = tally(
        manifest.defects.filter(({ rule }) => rule === "conflict"),
        ({ entity, rule }) => `${entity}/${rule}`,
        ({ count }) => count,
      );
      expect(found).toEqual({ ...wanted, ...conflicts });
    });

    it("tells copies and older versions apart, and counts the malformed lines", async () => {
      using db = await reader(box.warehouse);
      const found: Record<string, Record<string, number>> = { duplicate: {}, superseded: {} };
      for (const entity of await entities(db)) {
        for (const { disposition, n } of await db.rows(
          `select disposition, count(*) as n from silver.${entity}_verdict
           where disposition in ('duplicate', 'superseded') group by all`,
        )) {
          const sums = found[String(disposition)];
          if (sums !== undefined) sums[entity] = Number(n);
        }
      }
      // Versions that are sent on purpose: corrected results, reports that were preliminary.
      const corrected = manifest.versions.map((version) => ({ ...version, outcome: "superseded" }));
      // Each period of an insurance says the number of the member again.
      const [again] = await db.rows(
        `select count(*) - count(distinct (patient, payer, memberid)) as n from raw.synthea_payer_transitions
         where memberid <> '' and patient in (select patient_id from silver.patient)`,
      );
      const members = { entity: "patient_identifier", outcome: "duplicate", count: Number(again?.n) };
      for (const outcome of ["duplicate", "superseded"]) {
        const wanted = tally(
          [...manifest.defects, ...corrected, members].filter((each) => each.outcome === outcome),
          ({ entity }) => entity,
          ({ count }) => count,
        );
        expect([outcome, found[outcome]]).toEqual([outcome, wanted]);
      }
      const rejected = manifest.defects.filter(({ outcome }) => outcome === "rejected");
      expect(await db.one("select count(*) from raw.rejected_line")).toBe(
        rejected.reduce((sum, { count }) => sum + count, 0),
      );
    });

    it("accounts for every row, and shows every patient", async () => {
      using db = await reader(box.warehouse);
      expect(await db.rows("select * from silver.accounting where left_count is distinct from right_count")).toEqual(
        [],
      );
      // One row a person: at least the records that the sample wrote twice are of somebody who is known already.
      const twice = manifest.defects.find(({ rule }) => rule === "duplicate_patient")?.count ?? 0;
      const patients = await db.one("select count(*) from silver.patient");
      const persons = await db.one("select count(distinct person_id) from silver.patient_xref where valid_to is null");
      expect(await db.one("select count(*) from gold.patient_360")).toBe(persons);
      expect(persons).toBeLessThanOrEqual(patients - twice);
      expect(await db.one("select count(*) from gold.patient_360 where event_count = 0")).toBeGreaterThan(0);
    });

    it("is exported as resources of FHIR that are what R4 says, every patient too", async () => {
      const resources = exported(join(box.dir, "fhir"));
      expect(new Set(resources.map(({ resourceType }) => resourceType)).size).toBe(17);
      expect(faultsIn(resources, 150)).toEqual([]);
      using db = await reader(box.warehouse);
      const known = await db.one("select count(*) from silver.patient");
      expect(resources.filter(({ resourceType }) => resourceType === "Patient")).toHaveLength(known);
      const mode = statSync(join(box.dir, "fhir", "Patient.ndjson")).mode & 0o777;
      expect([
        mode.toString(8),
        readdirSync(join(box.dir, "fhir")).filter((name) => !name.endsWith(".ndjson")),
      ]).toEqual(["600", []]);
    });

    it("knows of each stay where the patient went, and leaves out of the readmissions who died, left or was sent on", async () => {
      using db = await reader(box.warehouse);
      const patients = new Map(readTable(out, "encounters").rows.map((row) => [row.Id, row.PATIENT]));
      const status = new Map(
        readTable(out, "encounter_locations")
          .rows.filter((row) => row.DISPOSITION !== "" && patients.get(row.ENCOUNTER) === row.PATIENT)
          .map((row) => [row.ENCOUNTER, row.DISPOSITION ?? ""]),
      );
      const words = {
        "01": "home",
        "06": "home",
        "03": "post_acute",
        "62": "post_acute",
        "07": "against_advice",
        "02": "acute_transfer",
        "20": "died",
        "51": "hospice",
      } as const;
      const said = await db.rows(
        `select encounter_id as id, member.discharge_disposition as disposition, exclusion_reason as reason,
           readmission.stay_key is not null as is_last
         from gold.stay_encounter as member
         join silver.encounter using (encounter_key)
         left join gold.readmission
           on readmission.stay_key = member.stay_key and readmission.discharged_at = member.discharged_at
         where member.discharge_disposition is not null`,
      );
      expect(said.length).toBe(status.size);
      for (const { id, disposition, reason, is_last } of said) {
        const word = words[status.get(String(id)) as keyof typeof words];
        const why = { died: "death", against_advice: "against_advice", acute_transfer: "acute_transfer" };
        const excluded = why[word as keyof typeof why] ?? null;
        const isShort = excluded === null && reason === "short_follow_up";
        // Who was moved to another hospital of the network is followed from there.
        const expected = is_last ? excluded : null;
        expect([id, disposition, isShort ? null : reason]).toEqual([id, word, expected]);
      }
      if (patients.size > 1000) {
        const reasons = await db.rows("select distinct exclusion_reason as reason from gold.readmission order by all");
        expect(reasons.map(({ reason }) => reason)).toEqual([
          "acute_transfer",
          "against_advice",
          "death",
          "short_follow_up",
          null,
        ]);
      }
    });

    it("finds who came back, as many as the manifest says and where", async () => {
      using db = await reader(box.warehouse);
      const [found] = await db.rows(
        `select
           count(*)::int as count,
           count(*) filter (next_stay.facility_key <> readmission.facility_key)::int as elsewhere,
           count(*) filter (is_planned)::int as planned,
           count(*) filter (is_planned or planned_reason = 'not_judged')::int as operated
         from gold.readmission
         join gold.stay as next_stay on next_stay.stay_key = next_stay_key
         where days_to_next_stay between 0 and 30 and next_stay.patient_key = readmission.patient_key`,
      );
      const { count, elsewhere, planned, transfers } = manifest.readmissions;
      expect(count).toBeGreaterThan(0);
      // Defects are made of stays too.
      const figure = (name: string) => Number(found?.[name]);
      expect(figure("count")).toBeGreaterThanOrEqual(count);
      expect(figure("operated")).toBeGreaterThanOrEqual(planned);
      if (rate === 0) {
        expect(found).toMatchObject({ count, elsewhere });
        expect(figure("planned")).toBeLessThanOrEqual(planned);
      }
      expect(await db.one("select count(*) from gold.stay_encounter where is_transfer")).toBeGreaterThanOrEqual(
        transfers,
      );
      const labels = await db.rows(
        "select distinct is_readmitted_inpatient_only as label from gold.readmission where is_index order by all",
      );
      expect(labels).toEqual([{ label: false }, { label: true }]);
    });

    it("knows each provider by a sound number, also where the register has a mistyped one beside it", async () => {
      using db = await reader(box.warehouse);
      const providers = "select count(*) from gold.dim_provider where provider_name is not null";
      expect(await db.one(`${providers} and not coalesce(is_npi_valid, false)`)).toBe(0);
      expect(await db.one(providers)).toBeGreaterThan(20);
    });

    it("tells other systems each event once", async () => {
      using db = await reader(box.warehouse);
      const expected = await db.rows(`
        select 'patient.created' as event, count(*) as n from silver.patient
        union all select 'encounter.completed', count(*) from silver.encounter where status = 'completed'
        union all select 'prescription.added', count(*) from silver.prescription
        union all select 'lab_result.available', count(*) from silver.lab_result where coalesce(status, 'final') <> 'preliminary'
        order by all`);
      const told = await db.rows(
        "select event_type as event, count(distinct event_id) as n from gold.event_outbox group by all order by all",
      );
      expect(told).toEqual(expected);
      expect(await db.one("select count(*) - max(sequence) from gold.event_outbox")).toBe(0);
    });

    it.runIf(output === "text")("says in the verdict how many rows were quarantined", () => {
      const quarantined = Object.values(expected("quarantined")).reduce((sum, n) => sum + n, 0);
      expect(ended.run?.stdout).toMatch(
        new RegExp(
          `\\b${quarantined.toLocaleString("en-US")}\\b.*quarantined|quarantined.*\\b${quarantined.toLocaleString("en-US")}\\b`,
        ),
      );
    });

    it.runIf(output === "text")("describes every column of silver and gold, and none that is not there", async () => {
      const compiled = JSON.parse((await medform(["compile", "--json"], box.warehouse)).stdout) as Compiled;
      const described = compiled.tables
        .filter(({ target }) => ["SILVER", "GOLD"].includes(target.schema))
        .flatMap(({ target, actionDescriptor }) =>
          (actionDescriptor?.columns ?? [])
            .filter(({ description }) => (description ?? "").length > 3)
            .map(({ path }) => `${target.schema}.${target.name}.${path.join(".").toUpperCase()}`),
        );
      using db = await reader(box.warehouse);
      const columns = await db.rows(
        `select upper(table_schema || '.' || table_name || '.' || column_name) as name
         from information_schema.columns
         where table_catalog = 'EHR' and upper(table_schema) in ('SILVER', 'GOLD')`,
      );
      expect(columns.length).toBeGreaterThan(500);
      expect(described.toSorted()).toEqual(columns.map(({ name }) => String(name)).toSorted());
      for (const { target, actionDescriptor } of compiled.tables) {
        expect([target.name, (actionDescriptor?.description ?? "").length > 10]).toEqual([target.name, true]);
      }
    });

    it("tags each time of a patient as a date but what the warehouse itself did", async () => {
      const compiled = JSON.parse((await medform(["compile", "--json"], box.warehouse)).stdout) as Compiled;
      const tags = new Map(
        compiled.tables.flatMap(({ target, actionDescriptor }) =>
          (actionDescriptor?.columns ?? []).map(
            (column) =>
              [`${target.schema}.${target.name}.${column.path.join(".")}`.toLowerCase(), column.tags ?? []] as const,
          ),
        ),
      );
      using db = await reader(box.warehouse);
      const columns = (
        await db.rows(
          `select lower(table_schema || '.' || table_name) as relation, lower(column_name) as name, data_type as type
           from information_schema.columns
           where table_catalog = 'EHR' and upper(table_schema) in ('BRONZE', 'SILVER', 'GOLD')`,
        )
      ).map(({ relation, name, type }) => ({ relation: String(relation), name: String(name), type: String(type) }));
      const ofPatients = new Set(
        columns.filter(({ name }) => /^patient_(key|id|raw)$|^person_id$/.test(name)).map(({ relation }) => relation),
      );
      const times = columns.filter(({ relation, type }) => ofPatients.has(relation) && /^(DATE|TIMESTAMP)/.test(type));
      expect(times.length).toBeGreaterThan(300);
      const own =
        /\.((first_|last_)?(loaded|delivered|seen)_at|last_updated|absent_since|recorded_(from|to)|as_of|as_of_date|patient_xref\.valid_\w+)$/;
      const untagged = times
        .map(({ relation, name }) => `${relation}.${name}`)
        .filter((name) => !own.test(name) && !tags.get(name)?.includes("phi:date"));
      expect(untagged).toEqual([]);
    });

    it("keeps the random ids of the de-identified outputs over a full refresh", async () => {
      expect(drawn.length).toBeGreaterThan(patients);
      expect(await drawnIds()).toEqual(drawn);
    });

    it("lets no identifier into the safe harbor: no name, place, number, key or date of anybody", async () => {
      const compiled = JSON.parse((await medform(["compile", "--json"], box.warehouse)).stdout) as Compiled;
      const identifiers = compiled.tables
        .filter(({ target }) => ["SILVER", "CROSSWALK"].includes(target.schema))
        .filter(({ target }) => !/_(VERDICT|QUARANTINE)$/.test(target.name))
        .flatMap(({ target, actionDescriptor }) =>
          (actionDescriptor?.columns ?? [])
            .filter(({ tags }) => (tags ?? []).some((tag) => tag.startsWith("phi:")))
            .map(({ path }) => ({ table: `${target.schema}.${target.name}`, column: path.join(".") })),
        )
        // Numbers that were measured or paid are no identifiers, and come out.
        .filter(({ column }) => !/_usd$|_cost$|^value_text$|^income$|coverage$|^healthcare_/i.test(column));
      expect(identifiers.length).toBeGreaterThan(200);
      using db = await reader(box.warehouse);
      const names = (
        await db.rows("select table_name as t from information_schema.tables where upper(table_schema) = 'SAFE_HARBOR'")
      ).map(({ t }) => String(t));
      expect(names.length).toBeGreaterThan(10);
      const out = new Set<string>();
      for (const name of names) {
        for (const { v } of await db.rows(
          `select distinct v from (unpivot (select columns(*)::varchar from safe_harbor.${name}) on columns(*) into name n value v)`,
        ))
          out.add(String(v));
      }
      expect(out.size).toBeGreaterThan(patients);
      const leaked: string[] = [];
      for (const { table, column } of identifiers) {
        for (const { v } of await db.rows(
          `select distinct ${column}::varchar as v from ${table} where length(${column}::varchar) > 4`,
        )) {
          if (out.has(String(v))) leaked.push(`${table}.${column}`);
        }
      }
      expect(leaked).toEqual([]);
    });

    it("shows nobody in masked views: no value of theirs that says who somebody is stands in gold", async () => {
      const compiled = JSON.parse((await medform(["compile", "--json"], box.warehouse)).stdout) as Compiled;
      const views = compiled.tables.filter(({ target }) => target.schema === "MASKED");
      using db = await reader(box.warehouse);
      let held = 0;
      for (const { target, actionDescriptor } of views) {
        const hidden = (actionDescriptor?.columns ?? []).filter(({ tags = [] }) =>
          tags.some((tag) => /^masked:(?!date$)/.test(tag)),
        );
        if (hidden.length === 0) continue;
        const counts = hidden.map(
          ({ path: [name = ""] }) => `count(*) filter (where ${name} in (select ${name} from gold.${target.name}))`,
        );
        const [row] = await db.rows(`select ${counts.join(" + ")} as n from masked.${target.name}`);
        expect([target.name, Number(row?.n)]).toEqual([target.name, 0]);
        held += hidden.length;
      }
      expect(held).toBeGreaterThan(150);
    });

    it.runIf(patients >= 300)("answers what is asked of one patient from a few row groups, and no more", async () => {
      const read = {
        tables: ["SILVER.PATIENT", "SILVER.PATIENT_XREF", "SILVER.PATIENT_EVENT"],
        views: ["GOLD.PATIENT_TIMELINE"],
      };
      const ask = {
        query: "select * from GOLD.PATIENT_TIMELINE where patient_key = $1 order by event_at, event_type, event_key",
        keys: `select patient_key from "EHR".SILVER.PATIENT order by hash(patient_key) limit 50`,
      };
      const { scans, whole } = await profiled({ warehouse: box.warehouse, dir: box.dir }, read, ask);
      expect(whole.find(({ table }) => table === "SILVER.PATIENT_EVENT")?.rowGroups).toBeGreaterThan(20);
      expect(scans.map(({ table }) => table).sort()).toEqual([...read.tables].sort());
      for (const { table, rowGroups } of scans) expect([table, rowGroups <= 2]).toEqual([table, true]);
      using db = await reader(box.warehouse);
      // Too small for row groups of their own: what a patient has in them lies together.
      for (const table of ["gold.current_medications", "gold.lab_trend", "silver.patient_event"]) {
        const apart = await db.rows(
          `select patient_key from ${table} group by all having max(rowid) - min(rowid) + 1 <> count(*)`,
        );
        expect([table, apart.length]).toEqual([table, 0]);
      }
    });

    it("lets no value of a patient out: not in output, report or ledger", async () => {
      using db = await reader(box.warehouse);
      const values = (
        await db.rows(
          `select last_name as v from silver.patient
           union select patient_key from silver.patient
           union select patient_id from silver.patient
           union select address_line from silver.patient_address
           union select encounter_id from silver.encounter`,
        )
      ).map(({ v }) => String(v));
      expect(values.length).toBeGreaterThan(patients);
      const ledger = JSON.stringify(await db.rows("select * from medform.ledger"));
      const report = readFileSync(join(box.dir, "report", "index.html"), "utf8");
      const outputs = {
        ...Object.fromEntries(Object.entries(ended).map(([k, e]) => [k, e.stdout + e.stderr])),
        ledger,
        report,
      };
      for (const [name, text] of Object.entries(outputs)) {
        expect([name, values.filter((value) => value.length > 3 && text.includes(value))]).toEqual([name, []]);
      }
    });
  });
}
