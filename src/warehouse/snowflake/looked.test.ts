import { describe, expect, it, vi } from "vitest";
import { targetKey } from "../../graph/index.js";
import type { Row } from "../contract.js";
import type { Existing } from "./existing.js";
import { createLooked } from "./looked.js";

const table: Existing = { kind: "table", transient: false, clustering: "", description: "seen", columns: [] };
const patient = { database: "EHR", schema: "SILVER", name: "PATIENT" };
const visit = { schema: "SILVER", name: "VISIT" };
const elsewhere = { database: "LAB", schema: "S", name: "T" };

/** Seen: PATIENT alone. Each statement that is sent finds VISIT. */
function seen(at = Date.now()) {
  const looked = createLooked();
  looked.saw(["EHR"], new Map([[targetKey(patient), table]]), at);
  const row: Row = { SCHEMA: "SILVER", RELATION: "VISIT", KIND: "BASE TABLE", NAME: "ID", TYPE: "DATE" };
  const rows = vi.fn(() => Promise.resolve([row]));
  const of = (...targets: (typeof patient | typeof visit)[]) => looked.of({ rows }, targets, "EHR");
  return { looked, rows, of };
}

describe("a look at the whole catalog", () => {
  it("says what is there and what is not, without a statement", async () => {
    const { rows, of } = seen();
    expect(await of(patient, visit)).toEqual(new Map([[targetKey(patient), table]]));
    expect(rows).not.toHaveBeenCalled();
  });

  it("is believed of each relation once: who has it in hand again may have changed it", async () => {
    const { rows, of, looked } = seen();
    await of(visit);
    looked.saw(["EHR"], new Map(), Date.now());
    expect([...(await of(visit)).keys()]).toEqual([targetKey(visit)]);
    await of(patient, visit);
    expect(rows).toHaveBeenCalledTimes(2);
  });

  it("is not believed of a database that was not looked at, when it is old, or when a text of the project came between", async () => {
    const { rows, of, looked } = seen();
    await of(elsewhere);
    expect(rows).toHaveBeenCalledTimes(1);
    looked.doubt();
    looked.saw(["EHR"], new Map([[targetKey(patient), table]]), Date.now());
    await of(patient);
    expect(rows).toHaveBeenCalledTimes(2);
    const old = seen(Date.now() - 3_600_000);
    await old.of(patient);
    expect(old.rows).toHaveBeenCalledTimes(1);
  });
});
