/** Columns say what of a person is PHI: of a patient's table each that is called like an identifier has the tag of its kind. */
import { describe, expect, it } from "vitest";
import type { Relation } from "../../src/graph/index.js";
import { graph } from "./hospital.js";

const { actions } = await graph();
const nameOf = (path: readonly string[]) => path.join(".").toLowerCase();
const ofPatients = actions
  .filter((action): action is Relation => "columns" in action && action.kind !== "declaration")
  .filter(({ target }) => ["BRONZE", "SILVER", "GOLD"].includes(target.schema))
  .filter(({ columns }) =>
    columns.some(({ path }) => /^(other_)?(patient_(key|id|raw)|person_id)$/.test(nameOf(path))),
  );

/** What a column is by its name, and what is called alike and is not the patient's. */
const kinds: readonly { readonly kind: string; readonly is: RegExp; readonly butNot?: RegExp }[] = [
  {
    kind: "name",
    is: /(^|_)name(_prefix|_suffix)?$/,
    butNot: /^(condition|department|facility|file|index|measure|payer|provider|rule|score|staff|table)_name$/,
  },
  { kind: "geography", is: /^(address_line|birthplace|city|county|county_fips|latitude|longitude|postal_code|zip)$/ },
  {
    kind: "date",
    is: /(_at|_date|_on|_day|_since|_until|_month)$|^(valid_(from|to)|birth|death)$/,
    butNot: /^((first_|last_)?(loaded|delivered|seen)_at|absent_since|\w+_per_day|is_up_to_date)$/,
  },
  { kind: "phone", is: /phone|fax/ },
  { kind: "email", is: /email/ },
  { kind: "ssn", is: /^ssn/ },
  { kind: "mrn", is: /^patient_(id|raw)$|^identifier_value$/ },
  { kind: "beneficiary", is: /^member_id$/ },
  { kind: "device", is: /^device_(id|raw)$/ },
  { kind: "ip", is: /^(network_)?address$/ },
  {
    kind: "[a-z]+",
    is: /_(key|id|raw|ref|uid|hash)$|^(\w+_)?(text|note|notes|title)$|_usd$/,
    butNot: new RegExp(
      `^(${[
        // Of somebody or something else than the patient.
        "\\w*(tenant|facility|department|provider|prescriber|payer|staff|bed|equipment|signer|reviewer|caregiver|user)_(key|id|raw|ref)",
        "(organization\\w*|place_of_service|fee_schedule|region|item|specimen_item|organism|antibiotic)_(key|id|raw|ref)",
        // A word of the source, or of a measurement.
        "\\w*(status|kind|role|action|decision|confidentiality|class)_raw|dose_text|dilution_text",
        // Of the run, and of versions, which nobody but the run reads.
        "(run|batch)_id|version_hash",
      ].join("|")})$`,
    ),
  },
];

describe("columns say what is PHI", () => {
  it("in so many tables that this means something", () => {
    expect(ofPatients.length).toBeGreaterThan(150);
    const tagged = ofPatients.flatMap(({ columns }) =>
      columns.filter(({ tags }) => tags.some((tag) => tag.startsWith("phi:"))),
    );
    expect(tagged.length).toBeGreaterThan(1000);
  });

  it.each(kinds)("by kind: $kind", ({ kind, is, butNot }) => {
    const columns = ofPatients.flatMap(({ target, columns: all }) =>
      all
        .filter(({ path }) => is.test(nameOf(path)) && !butNot?.test(nameOf(path)))
        .map(({ path, tags }) => ({ name: `${target.schema}.${target.name}.${nameOf(path)}`, tags })),
    );
    expect(columns.length).toBeGreaterThan(0);
    const untagged = columns
      .filter(({ tags }) => !tags.some((tag) => new RegExp(`^phi:${kind}$`).test(tag)))
      .map(({ name }) => name)
      // Since when the warehouse held a record to be a person's.
      .filter((name) => !/^SILVER\.PATIENT_XREF\.valid_(from|to)$/.test(name));
    expect(untagged).toEqual([]);
  });
});
