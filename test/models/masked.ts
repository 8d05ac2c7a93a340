/** Masked views say of nobody who it is, and where tenants are kept apart by row, one sees nothing that hangs on another. */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import type { Column, Graph, Relation } from "../../src/graph/index.js";
import { files } from "./csv.js";
import { graph, type Hospital } from "./hospital.js";
import { asOf, ward } from "./ward.js";

const projectDir = resolve(import.meta.dirname, "../..");

async function compiled(
  vars: Readonly<Record<string, string>>,
  warehouse: "duckdb" | "snowflake" = "duckdb",
): Promise<Graph> {
  const { graph: found, problems } = await compileProject({ projectDir, overrides: { warehouse, vars } });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return found;
}

const relationsIn = ({ actions }: Graph, schema: string) =>
  new Map(
    actions
      .filter((action): action is Relation => "query" in action && action.kind !== "assertion")
      .filter(({ target }) => target.schema === schema)
      .map((relation) => [relation.target.name, relation]),
  );

const nameOf = ({ path }: Column) => path.join(".");
const identifier = ({ tags }: Column) => tags.find((tag) => tag.startsWith("phi:"))?.slice(4);

/** All but records for other systems. */
const gold = new Map(
  [...relationsIn(await graph(), "GOLD")].filter(([, { tags }]) => !tags.some((tag) => tag.startsWith("export:"))),
);
const masked = relationsIn(await graph(), "MASKED");

/** Holds them over a hospital whose gold is built of the ward; at the end it has a second tenant. */
export function describeMasked(hospital: () => Hospital): void {
  const rowsOf = (query: string) => hospital().rows(`select * from (\n${query}\n) as shown`);
  const typesOf = async (query: string) =>
    (await hospital().rows(`select column_name, column_type from (describe ${query})`)).map((row) =>
      Object.values(row),
    );
  /** As it reads, whatever its type. */
  const text = (value: unknown) => (value === null || value === undefined ? undefined : String(value));

  describe("masked views", () => {
    it("are one for each relation of gold, with its columns, of which none is PHI", () => {
      expect([...masked.keys()].sort()).toEqual([...gold.keys()].sort());
      expect(gold.size).toBeGreaterThan(50);
      for (const [name, view] of masked) {
        const columns = gold.get(name)?.columns ?? [];
        expect(view.columns.map(nameOf), name).toEqual(columns.map(nameOf));
        expect(view.columns.filter(identifier).map(nameOf), name).toEqual([]);
        const hidden = view.columns.filter(({ tags }) => tags.some((tag) => tag.startsWith("masked:")));
        expect(hidden.map(nameOf), name).toEqual(columns.filter(identifier).map(nameOf));
        // Its definition is shown to its owner alone.
        expect([view.kind, view.secure], name).toEqual(["view", true]);
      }
    });

    const telling = [...gold].filter(([, { columns }]) => columns.some(identifier)).map(([name]) => name);

    it.each(telling)("of %s have its types and rows, and no value that says who somebody is", async (name) => {
      const columns = gold.get(name)?.columns ?? [];
      const query = masked.get(name)?.query ?? "";
      const from = `select ${columns.map(nameOf).join(", ")} from "EHR".GOLD."${name}"`;
      expect(await typesOf(query)).toEqual(await typesOf(from));
      const [shown, real] = [await rowsOf(query), await rowsOf(from)];
      expect(shown).toHaveLength(real.length);

      for (const column of columns.filter((each) => identifier(each) === "date")) {
        const values = shown.map((row) => row[nameOf(column)]).filter((value) => value !== null);
        for (const value of values) {
          if (typeof value === "number" || typeof value === "bigint") expect(Number(value)).toBeLessThanOrEqual(90);
          else expect(String(value), nameOf(column)).toMatch(/^\d{4}-01-01(?:[T ]00:00:00(?:\.0+)?)?$/);
        }
      }
      const others = columns.filter((each) => !["date", undefined].includes(identifier(each))).map(nameOf);
      const secret = new Set(real.flatMap((row) => others.flatMap((column) => text(row[column]) ?? [])));
      const told = shown.flatMap((row) => others.flatMap((column) => text(row[column]) ?? []));
      expect(told.filter((value) => secret.has(value))).toEqual([]);
    });

    it("show the same patient as the same everywhere", async () => {
      const keys = async (name: string) => {
        const rows = await hospital().rows(`select distinct patient_key from (${masked.get(name)?.query})`);
        return rows.map(({ patient_key }) => String(patient_key)).sort();
      };
      const all = await keys("DIM_PATIENT");
      expect(all).toHaveLength(6);
      expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
      expect(await keys("CURRENT_MEDICATIONS")).toEqual(all);
      expect(all).toEqual(expect.arrayContaining(await keys("PATIENT_TIMELINE")));
    });
  });

  describe("tenants", () => {
    it("have masked views of their own where rows are kept apart, and see nothing that hangs on another", async () => {
      const apart = await compiled({ tenancy: "row" });
      expect(relationsIn(apart, "MASKED").size).toBe(0);
      const views = { network: relationsIn(apart, "MASKED_NETWORK"), mimic: relationsIn(apart, "MASKED_MIMIC") };
      expect([...views.network.keys()]).toEqual([...views.mimic.keys()]);
      // A row that belongs to no tenant is shown to none.
      expect([...gold.keys()].filter((name) => !views.network.has(name))).toEqual(
        [...gold]
          .filter(([, { columns }]) => !columns.some((each) => nameOf(each) === "tenant_id"))
          .map(([name]) => name),
      );

      /** Without what depends on when a row was loaded, and by which run; of views of views the one that has everything. */
      const seen = async (tenant: keyof typeof views) => {
        const answers: Record<string, readonly string[]> = {};
        for (const [name, { query, columns }] of views[tenant]) {
          if (gold.get(name)?.kind === "view" && name !== "PATIENT_TIMELINE") continue;
          const said = columns.filter(({ tags }) => !tags.includes("provenance")).map(nameOf);
          const rows = await hospital().rows(`select ${said.join(", ")} from (\n${query}\n) as shown`);
          answers[name] = rows.map((row) => Object.values(row).map(text).join("|")).sort();
        }
        return answers;
      };
      const before = await seen("network");
      expect(Object.values(await seen("mimic")).flat()).toEqual([]);
      // The same people with the same numbers, of another organisation.
      await hospital().land({ id: "two", source: "mimic", delivered: "2024-07-21T00:00:00Z", files: files(ward) });
      await hospital().refresh({ asOf });
      expect(await seen("network")).toEqual(before);
      const other = await seen("mimic");
      expect(other.DIM_PATIENT).toHaveLength(before.DIM_PATIENT?.length ?? 0);
      const mine = new Set(before.DIM_PATIENT);
      expect(other.DIM_PATIENT?.filter((row) => mine.has(row))).toEqual([]);
    }, 300_000);

    it("have a warehouse each otherwise, where a row of another is never published", async () => {
      const own = await compiled({ tenancy: "database", tenant: "network" });
      expect(relationsIn(own, "MASKED").size).toBe(gold.size);
      const rules = own.actions.filter((action) => action.kind === "assertion" && /_TENANT$/.test(action.target.name));
      expect(rules.length).toBeGreaterThan(30);
      for (const rule of rules.filter(({ dependencies }) => dependencies.length === 1)) {
        const [{ name } = { name: "" }] = rule.dependencies;
        const failing = await hospital().count(
          `select count(*) from (${"query" in rule ? rule.query : ""}) as failing`,
        );
        const foreign = await hospital().count(
          `select count(*) from "EHR".SILVER."${name}" where tenant_id <> 'network'`,
        );
        expect([name, failing]).toEqual([name, foreign]);
        if (name === "PATIENT") expect(failing).toBe(6);
      }
    }, 60_000);

    it("in schemas of their own share no relation and no landing table", async () => {
      const of = async (name: string) => {
        const { graph: found, problems } = await compileProject({
          projectDir,
          overrides: { warehouse: "duckdb", schemaSuffix: name, vars: { tenancy: "schema", tenant: name } },
        });
        expect(problems).toEqual([]);
        return found.actions;
      };
      const [north, south] = [await of("north"), await of("south")];
      expect(north.length).toBeGreaterThan(400);
      expect(north).toHaveLength(south.length);
      for (const action of north) {
        expect(action.target.schema).toMatch(/_NORTH$/);
        const text = "query" in action ? [action.query, ...("preOps" in action ? action.preOps : [])].join("\n") : "";
        // Whatever is named of a schema of the project is named of this tenant's.
        const schemas = [...text.matchAll(/"EHR"\."(\w+)"\./g)].map(([, schema = ""]) => schema);
        expect(schemas.filter((schema) => !schema.endsWith("_NORTH"))).toEqual([]);
      }
    }, 60_000);

    it("are kept apart in words that are known", () => {
      const tenancy = createRequire(import.meta.url)("../../includes/tenancy.js") as Readonly<
        Record<"maskedSchemas" | "owner", () => unknown>
      >;
      const says = (vars: Readonly<Record<string, string>>) => {
        (globalThis as { dataform?: unknown }).dataform = { projectConfig: { vars } };
        return [tenancy.owner(), tenancy.maskedSchemas()];
      };
      expect(says({})).toEqual([undefined, [{ schema: "masked", tenant: undefined }]]);
      expect(says({ tenancy: "database", tenant: "north" })[0]).toBe("north");
      expect(() => says({ tenancy: "rows" })).toThrow(/none of together, row, schema, database/);
      expect(() => says({ tenancy: "database" })).toThrow(/whose warehouse it is/);
    });
  });

  describe("policies of Snowflake", () => {
    it("by tenant guard every relation that tells of a patient", async () => {
      const guarded = await compiled({ "row_access_policy:tenant_id": "POLICY.TENANT_ROWS" }, "snowflake");
      const isOfSomebody = ({ path, tags }: Column) =>
        /_key$|_id$/.test(path.join(".")) && tags.some((tag) => /^(?:phi|masked):/.test(tag));
      const open = ["BRONZE", "SILVER", "GOLD", "MASKED"].flatMap((schema) =>
        [...relationsIn(guarded, schema).values()]
          .filter(({ guards, columns }) => guards?.rowAccess === undefined && columns.some(isOfSomebody))
          .map(({ target }) => `${target.schema}.${target.name}`),
      );
      expect(open).toEqual([]);
    });
  });
}
