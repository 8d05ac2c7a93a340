/** Every row of silver and gold says where it comes from; what is about deliveries and runs themselves is named here. */
import { describe, expect, it } from "vitest";
import type { Relation } from "../../src/graph/index.js";
import { graph } from "./hospital.js";

const PROVENANCE = ["source_system", "source_record", "recorded_at", "recorded_by", "loaded_at", "run_id", "row_hash"];

/** Counts of rows by batch, file and table; published lists of codes; the present; and what is compared of records, of which each run makes all anew. */
const ABOUT_ROWS = [
  "accounting",
  "accounting_bronze",
  "accounting_entity",
  "accounting_file",
  "accounting_route",
  "as_of",
  "batch_count",
  "bronze_only",
  "code_count",
  "code_list",
  "delivered_file",
  "delivery",
  "disposition",
  "listed_code",
  "patient_block",
  "patient_cluster",
  "patient_match",
  "patient_standard",
  "value_check",
].map((name) => `SILVER.${name.toUpperCase()}`);

const { actions } = await graph();
const relations = actions
  .filter((action): action is Relation => "columns" in action && action.kind !== "declaration")
  .filter(({ target }) => ["SILVER", "GOLD"].includes(target.schema));
const nameOf = ({ target }: Relation) => `${target.schema}.${target.name}`;

describe("where a row comes from", () => {
  it("is said by each table and view of silver and gold but those about the rows themselves", () => {
    expect(relations.length).toBeGreaterThan(200);
    const silent = relations.filter(({ columns }) => {
      const names = columns.map(({ path }) => path.join(".").toLowerCase());
      return PROVENANCE.some((column) => !names.includes(column));
    });
    expect(silent.map(nameOf).toSorted()).toEqual(ABOUT_ROWS.toSorted());
  });
});
