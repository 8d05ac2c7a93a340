import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { genesis, type LedgerRecord, recordHash, seqText } from "./hash.js";
import { type HeadRow, verifyLedger } from "./verify.js";

type Content = Pick<LedgerRecord, "at" | "kind" | "subject" | "outcome" | "body">;

interface Written {
  readonly records: readonly LedgerRecord[];
  readonly heads: readonly HeadRow[];
}

/** How a chain ended: sealed; died and noted so; noted so too early, and sealed later; or died last, with nothing after it. */
type End = "sealed" | "noted" | "both" | "left";

interface Planned {
  readonly bodies: readonly string[];
  readonly end: End;
}

const appended = (chain: string, before: readonly LedgerRecord[], start: string, content: Content) => {
  const unhashed = { ...content, chain, seq: seqText(before.length + 1), prevHash: before.at(-1)?.hash ?? start };
  return { ...unhashed, hash: recordHash(unhashed) };
};

const headRow = (chain: string, record: LedgerRecord | undefined): HeadRow => ({
  chain,
  seq: record?.seq ?? seqText(0),
  hash: record?.hash ?? genesis,
});

/** A ledger as medform writes it. */
function ledger(plans: readonly Planned[]): Written {
  const main: LedgerRecord[] = [];
  const others: LedgerRecord[] = [];
  let seal: LedgerRecord | undefined;
  for (const [index, { bodies, end }] of plans.entries()) {
    const id = `run-${String(index + 1).padStart(6, "0")}-0000abcd`;
    const open = { at: "t", kind: "open", subject: id, outcome: "run", body: `{"number":${index + 1}}` };
    main.push(appended("main", main, genesis, open));
    const start = main.at(-1)?.hash ?? "";
    const own: LedgerRecord[] = [];
    for (const body of bodies) {
      own.push(appended(id, own, start, { at: "t", kind: "evaluation", subject: "a/b", outcome: "pass", body }));
    }
    others.push(...own);
    if (end === "left") continue;
    const ends = (kind: "seal" | "interrupted", after: readonly LedgerRecord[]) => {
      const body = JSON.stringify({ lastHash: after.at(-1)?.hash ?? start, records: after.length });
      main.push(appended("main", main, genesis, { at: "t", kind, subject: id, outcome: "x", body }));
    };
    if (end === "noted") ends("interrupted", own);
    if (end === "both") ends("interrupted", own.slice(0, 2));
    if (end === "noted") continue;
    ends("seal", own);
    seal = main.at(-1);
  }
  return { records: [...main, ...others], heads: [headRow("main", main.at(-1)), headRow("seal", seal)] };
}

const verdict = ({ records, heads }: Written) => verifyLedger([records], heads);
const at = (written: Written, index: number) => written.records[index] as LedgerRecord;

const ledgers = fc
  .array(
    fc.record({
      bodies: fc.array(fc.constantFrom("", "{}", "é", '{"a":1}'), { maxLength: 4 }),
      end: fc.constantFrom<End>("sealed", "noted", "both"),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map(ledger);

const text = fc.oneof(fc.string(), fc.constantFrom("", "main", "00000001", "00000002", "open", "seal", genesis));
const columns = ["chain", "seq", "at", "kind", "subject", "outcome", "body", "prevHash", "hash"] as const;

/** In the order in which a warehouse gives them, whatever was done to them. */
const sorted = (records: readonly LedgerRecord[]) =>
  records.toSorted((a, b) => {
    const [one, two] = [a, b].map(({ chain, seq }) => `${chain === "main" ? 0 : 1}\0${chain}\0${seq}`);
    return (one ?? "") < (two ?? "") ? -1 : one === two ? 0 : 1;
  });

const refused = async (written: Written) => {
  for (const records of [written.records, sorted(written.records)]) {
    const found = await verdict({ ...written, records });
    expect(found.verified).toBe(false);
    expect(found.problem?.what).toMatch(/^(altered|removed|inserted|reordered)$/);
  }
};

describe("a ledger", () => {
  it("verifies as it was written, in groups of any size", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.integer({ min: 1, max: 5 }), async (written, size) => {
        const { records, heads } = written;
        const groups = Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
          records.slice(index * size, (index + 1) * size),
        );
        const opened = records.filter(({ kind }) => kind === "open").length;
        const sealed = records.filter(({ kind }) => kind === "seal").length;
        expect(await verifyLedger(groups, heads)).toEqual({
          verified: true,
          records: records.length,
          chains: opened + 1,
          interrupted: opened - sealed,
        });
      }),
    );
  });

  it("verifies before anything was written to it", async () => {
    const verified = { verified: true, records: 0, chains: 1, interrupted: 0 };
    expect(await verdict(ledger([]))).toEqual(verified);
  });

  it("verifies with a chain that was left unsealed", async () => {
    const left = ledger([
      { bodies: ["{}"], end: "sealed" },
      { bodies: ["{}", ""], end: "left" },
    ]);
    expect(await verdict(left)).toMatchObject({ verified: true, records: 6, chains: 3, interrupted: 1 });
  });

  it("is found out after any change of any column", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat(), fc.constantFrom(...columns), text, async (written, pick, column, value) => {
        const index = pick % written.records.length;
        const record = at(written, index);
        fc.pre(record[column] !== value);
        await refused({ ...written, records: written.records.with(index, { ...record, [column]: value }) });
      }),
    );
  });

  it("is found out after a change that was hashed anew", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat(), fc.constantFrom(...columns), text, async (written, pick, column, value) => {
        const index = pick % written.records.length;
        const record = at(written, index);
        fc.pre(record[column] !== value && column !== "hash");
        const changed = { ...record, [column]: value };
        const forged = { ...changed, hash: recordHash(changed) };
        await refused({ ...written, records: written.records.with(index, forged) });
      }),
    );
  });

  it("is found out after any removal", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat(), async (written, pick) => {
        await refused({ ...written, records: written.records.toSpliced(pick % written.records.length, 1) });
      }),
    );
  });

  it("is found out after any insertion: of a record once more, or of one that is made to follow", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat(), fc.nat(), fc.boolean(), async (written, pick, place, follows) => {
        const record = at(written, pick % written.records.length);
        const unhashed = { ...record, seq: seqText(Number(record.seq) + 1), prevHash: record.hash };
        const more = follows ? { ...unhashed, hash: recordHash(unhashed) } : record;
        const index = follows ? written.records.indexOf(record) + 1 : place % (written.records.length + 1);
        await refused({ ...written, records: written.records.toSpliced(index, 0, more) });
      }),
    );
  });

  it("is found out after any two records changed places or numbers", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat(), fc.nat(), async (written, one, two) => {
        const { records, heads } = written;
        const [i, j] = [one % records.length, two % records.length];
        fc.pre(i !== j);
        const [a, b] = [at(written, i), at(written, j)];
        expect((await verdict({ records: records.with(i, b).with(j, a), heads })).verified).toBe(false);
        fc.pre(a.seq !== b.seq);
        await refused({ records: records.with(i, { ...a, seq: b.seq }).with(j, { ...b, seq: a.seq }), heads });
      }),
    );
  });

  it("is found out after its main chain was cut off, by the head", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat(), async (written, pick) => {
        const length = written.records.filter(({ chain }) => chain === "main").length;
        const kept = pick % length;
        const records = written.records.filter(({ chain, seq }) => chain !== "main" || Number(seq) <= kept);
        await refused({ ...written, records });
        await refused({ ...written, records: records.filter(({ chain }) => chain === "main") });
      }),
    );
  });

  it("is found out after a head was moved, removed or doubled", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, fc.nat({ max: 1 }), async (written, index) => {
        const head = written.heads[index] as HeadRow;
        await refused({ ...written, heads: written.heads.with(index, { ...head, hash: "0".repeat(63) }) });
        await refused({ ...written, heads: written.heads.with(index, { ...head, seq: "00000099" }) });
        await refused({ ...written, heads: written.heads.toSpliced(index, 1) });
        await refused({ ...written, heads: [...written.heads, head] });
      }),
    );
  });
});

describe("what is said of it", () => {
  const written = ledger([
    { bodies: ["1", "2", "3", "4"], end: "sealed" },
    { bodies: ["5"], end: "sealed" },
  ]);
  const chain = "run-000001-0000abcd";
  const second = 5;
  const problem = async (records: readonly LedgerRecord[]) =>
    (await verdict({ ...written, records: sorted(records) })).problem;

  it.each([
    ["altered", "00000002", { body: "x" }],
    ["altered", "00000002", { at: "later" }],
  ])("names a record that was %s: %s %j", async (what, seq, change) => {
    const records = written.records.with(second, { ...at(written, second), ...change });
    expect(await problem(records)).toMatchObject({ chain, seq, kind: "evaluation", what });
  });

  it("names the record that was hashed anew, not the next one", async () => {
    const other = { ...at(written, second), body: "x" };
    const records = written.records.with(second, { ...other, hash: recordHash(other) });
    expect(await problem(records)).toMatchObject({ chain, seq: "00000002", what: "altered" });
  });

  it("names what is missing, in the middle, at the end, and as a whole chain", async () => {
    const without = (index: number, count = 1) => problem(written.records.toSpliced(index, count));
    expect(await without(second)).toMatchObject({ chain, seq: "00000002", what: "removed" });
    expect(await without(7)).toMatchObject({ chain, seq: "00000004", what: "removed" });
    expect(await without(4, 4)).toMatchObject({ chain, seq: "00000001", what: "removed" });
    expect(await without(3)).toMatchObject({ chain: "main", seq: "00000004", what: "removed" });
  });

  it("names what was inserted and what stands under another number", async () => {
    const more = appended(chain, written.records.slice(4, 8), "", at(written, second));
    expect(await problem([...written.records, more])).toMatchObject({ chain, seq: "00000005", what: "inserted" });
    const [a, b] = [at(written, second), at(written, second + 1)];
    const swapped = written.records.with(second, { ...a, seq: b.seq }).with(second + 1, { ...b, seq: a.seq });
    expect(await problem(swapped)).toMatchObject({ chain, seq: "00000002", what: "reordered" });
  });

  it("never repeats what somebody else wrote there", async () => {
    const other = { ...at(written, second), chain: "Zweistein", kind: "Zweistein", seq: "Zweistein" };
    for (const record of [other, { ...other, hash: recordHash(other) }]) {
      const found = await verdict({ ...written, records: [...written.records, record] });
      expect(found.verified).toBe(false);
      expect(JSON.stringify(found)).not.toContain("Zweistein");
    }
  });
});
