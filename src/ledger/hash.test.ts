import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChainHead, genesis, type LedgerRecord, recordHash, seqText, verifyChain } from "./hash.js";

const text = fc.oneof(fc.string(), fc.constantFrom("", "a", "1:", "é", "👩‍⚕️", '{"a":1}'));

const contents = fc.array(fc.record({ at: text, kind: text, subject: text, outcome: text, body: text }), {
  minLength: 1,
  maxLength: 8,
});

function chained(list: readonly Pick<LedgerRecord, "at" | "kind" | "subject" | "outcome" | "body">[]) {
  const records: LedgerRecord[] = [];
  let prevHash = genesis;
  for (const [index, content] of list.entries()) {
    const unhashed = { ...content, chain: "main", seq: seqText(index + 1), prevHash };
    prevHash = recordHash(unhashed);
    records.push({ ...unhashed, hash: prevHash });
  }
  const head: ChainHead = { seq: records.length, hash: prevHash };
  return { records, head };
}

const broken = (records: readonly LedgerRecord[], head?: ChainHead) => !verifyChain(records, undefined, head).ok;

describe("the hash chain", () => {
  it("has the documented layout", () => {
    const record = {
      chain: "main",
      seq: "00000001",
      at: "t",
      kind: "k",
      subject: "é",
      outcome: "",
      body: "{}",
      prevHash: genesis,
    };
    // From another implementation: Python's hashlib over the layout that docs/ledger.md gives.
    expect(recordHash(record)).toBe("d7bc3780d052653068b0eb34044f7d8487439a6f753257e84aff27540754c2ac");
  });

  it("verifies what was chained, and says where it ends", () => {
    fc.assert(
      fc.property(contents, (list) => {
        const { records, head } = chained(list);
        expect(verifyChain(records, undefined, head)).toEqual({ ok: true, head });
      }),
    );
  });

  it("detects any change of any column", () => {
    const columns = ["chain", "seq", "at", "kind", "subject", "outcome", "body", "prevHash", "hash"] as const;
    fc.assert(
      fc.property(contents, fc.nat(), fc.constantFrom(...columns), text, (list, pick, column, value) => {
        const { records, head } = chained(list);
        const index = pick % records.length;
        const changed = records.map((record, at) => (at === index ? { ...record, [column]: value } : record));
        fc.pre(changed[index]?.[column] !== records[index]?.[column]);
        expect(broken(changed, head)).toBe(true);
      }),
    );
  });

  it("detects text that moves from one column into the next", () => {
    const { records } = chained([{ at: "t", kind: "ab", subject: "c", outcome: "", body: "" }]);
    expect(broken(records.map((record) => ({ ...record, kind: "a", subject: "bc" })))).toBe(true);
  });

  it("detects a record that is changed and hashed anew", () => {
    fc.assert(
      fc.property(contents, fc.nat(), (list, pick) => {
        const { records, head } = chained(list);
        const index = pick % records.length;
        const forged = records.map((record, at) => {
          if (at !== index) return record;
          const other = { ...record, body: `${record.body}!` };
          return { ...other, hash: recordHash(other) };
        });
        expect(broken(forged, head)).toBe(true);
      }),
    );
  });

  it("detects a record that is removed, from the end too where the head is known", () => {
    fc.assert(
      fc.property(contents, fc.nat(), (list, pick) => {
        const { records, head } = chained(list);
        expect(broken(records.toSpliced(pick % records.length, 1), head)).toBe(true);
      }),
    );
  });

  it("detects records that change places, and one that stands twice", () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.nat(), (list, one, two) => {
        const { records, head } = chained(list);
        const [a, b] = [one % records.length, two % records.length];
        expect(broken(records.toSpliced(a, 0, records[b] as LedgerRecord), head)).toBe(true);
        fc.pre(a !== b);
        const swapped = records.with(a, records[b] as LedgerRecord).with(b, records[a] as LedgerRecord);
        expect(broken(swapped, head)).toBe(true);
      }),
    );
  });
});
