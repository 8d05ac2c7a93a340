/** The judge of the resources of FHIR is one: it finds what is wrong, and nothing in what is right. */
import { describe, expect, it } from "vitest";
import { faultsIn, type Resource } from "./support/fhir.js";

const patient: Resource = { resourceType: "Patient", id: "p", gender: "female", birthDate: "1980-07-01" };
const observation: Resource = {
  resourceType: "Observation",
  id: "o",
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "2339-0" }] },
  subject: { reference: "Patient/p" },
  effectiveDateTime: "2024-01-10T15:00:00.000Z",
  valueQuantity: { value: 90, unit: "mg/dL", system: "http://unitsofmeasure.org", code: "mg/dL" },
};
/** As it would be read from a file. */
const written = (resources: readonly Resource[]) => JSON.parse(JSON.stringify(resources)) as readonly Resource[];
const faults = (...changed: readonly object[]) =>
  faultsIn(written([patient, ...changed.map((change, i): Resource => ({ ...observation, id: `o${i}`, ...change }))]));

describe("a resource of FHIR", () => {
  it("is right", () => expect(faults({})).toEqual([]));

  it.each([
    ["an element that is missing", { status: undefined }, /status/],
    ["a required concept of nothing", { code: { coding: [] } }, /empty/],
    ["an element that there is not", { state: "final" }, /state/],
    ["a word of no value set", { status: "done" }, /status: done is not in its value set/],
    ["another type", { issued: "yesterday" }, /issued/],
    ["a list of nothing", { category: [] }, /empty/],
    ["two values", { valueString: "90" }, /valueQuantity and valueString/],
    ["an invariant that is broken", { dataAbsentReason: { text: "lost" } }, /obs-6/],
    ["a reference to nobody", { subject: { reference: "Patient/q" } }, /refers to a Patient that is none/],
  ])("is not, with %s", (_what, change, complaint) => {
    expect(faults(change).join("\n")).toMatch(complaint);
  });

  it("is none of two with one id", () => expect(faultsIn([patient, patient])).toEqual(["an id stands twice"]));
});
