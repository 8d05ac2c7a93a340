import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Problem } from "../graph/index.js";
import { type Anchor, anchorLine, anchorLines, signAnchor } from "./anchor.js";
import { appendAnchor, lastAnchorOf, readAnchorFile, touchAnchorFile } from "./anchor-file.js";
import { type MainChain, type PublicKeys, verifyAnchors } from "./anchor-verify.js";
import { fileAnchoring } from "./anchoring.js";
import { seqText } from "./hash.js";
import { keyFingerprint, makeKeys, publicKeysOf, readPublicKeys, readSigningKey } from "./keys.js";

const folder = mkdtempSync(join(tmpdir(), "medform-anchor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { key: privateKey, fingerprint: keyFingerprint(publicKey) };
};
const mine = pair();
const keys: PublicKeys = publicKeysOf(mine);

const at = "2026-03-01T04:30:00.000Z";
const hashOf = (ledger: number, seq: number) => `${ledger}${String(seq).padStart(63, "0")}`;
const anchor = (seq: number, previous: number | undefined, ledger = 1, key = mine): Anchor =>
  signAnchor(
    {
      ledger: hashOf(ledger, 1),
      seq: seqText(seq),
      hash: hashOf(ledger, seq),
      run: `run-${String(seq).padStart(6, "0")}-0000abcd`,
      at,
      previous: previous === undefined ? "" : hashOf(ledger, previous),
    },
    key,
  );

/** A main chain of so many records. */
const chain = (records: number, ledger = 1): MainChain => ({
  ledger: hashOf(ledger, 1),
  head: seqText(records),
  hashes: new Map(Array.from({ length: records }, (_, index) => [seqText(index + 1), hashOf(ledger, index + 1)])),
});

/** Every second record is a seal, and anchored. */
const three = [anchor(2, undefined), anchor(4, 2), anchor(6, 4)].map(anchorLine);
const verdict = (lines: readonly string[], main = chain(6), given: PublicKeys | undefined = keys) =>
  verifyAnchors(anchorLines(lines.map((line) => `${line}\n`).join("")), given, main);

describe("anchors", () => {
  it("say that the end is anchored, how far it is, or that it is not", () => {
    const last = { seq: "00000006", run: "run-000006-0000abcd", at };
    expect(verdict(three)).toEqual({ status: "anchored", anchors: 3, others: 0, torn: [], last, after: 0 });
    expect(verdict(three, chain(9))).toMatchObject({ status: "behind", last, after: 3 });
    expect(verdict([])).toEqual({ status: "unanchored", anchors: 0, others: 0, torn: [] });
    expect(verifyAnchors(anchorLines(three.join("\n")), undefined, chain(6))).toMatchObject({
      status: "unchecked",
      anchors: 3,
    });
  });

  it("find an end that was cut off before the last of them", () => {
    const found = verdict(three, chain(5));
    expect(found).toMatchObject({
      status: "broken",
      last: { seq: "00000004" },
      problem: { what: "truncated", line: 3 },
    });
    expect(found.problem?.message).toBe(
      `The anchor of ${at} (line 3) names record 00000006 of main, and the ledger ends at 00000005: its end was cut off.`,
    );
  });

  it("say nothing of a copy that was taken before them", () => {
    const copy = (records: number): MainChain => ({ ...chain(records), older: true });
    expect(verdict(three, copy(4))).toMatchObject({ status: "anchored", anchors: 2, others: 0 });
    expect(verdict(three, copy(5))).toMatchObject({ status: "behind", anchors: 2, after: 1 });
    expect(verdict(three, copy(1))).toMatchObject({ status: "unanchored", anchors: 0 });
    expect(verdict(three, { ...copy(5), ledger: hashOf(2, 1) })).toMatchObject({ problem: { what: "foreign" } });
  });

  it("find a history that was written anew, whatever was anchored since", () => {
    const anew: MainChain = { ...chain(8), hashes: new Map([...chain(8).hashes, ["00000004", "f".repeat(64)]]) };
    const lines = [...three, anchorLine(anchor(8, 6))];
    expect(verdict(lines, anew)).toMatchObject({
      status: "broken",
      last: { seq: "00000002" },
      problem: { what: "rewritten", line: 2, message: expect.stringContaining("somewhere after record 00000002") },
    });
  });

  it("tell another ledger's from their own, and a file of others alone from none", () => {
    const other = [anchor(2, undefined, 2), anchor(4, 2, 2)].map(anchorLine);
    const mixed = [three[0], other[0], three[1], other[1], three[2]].map(String);
    expect(verdict(mixed)).toMatchObject({ status: "anchored", anchors: 3, others: 2 });
    expect(verdict(other)).toMatchObject({ status: "broken", anchors: 0, others: 2, problem: { what: "foreign" } });
  });

  it("refuse what another key signed, or nobody, or what is no anchor", () => {
    const forger = pair();
    const forged = anchorLine(anchor(6, 4, 1, forger));
    const broken = { status: "broken", problem: { what: "forged", line: 3 } };
    expect(verdict(three.with(2, forged))).toMatchObject(broken);
    expect(verdict(three.with(2, forged.replace(forger.fingerprint, mine.fingerprint)))).toMatchObject(broken);
    expect(verdict(three.with(2, '{"version":"1"}'))).toMatchObject(broken);
    const both = new Map([...keys, ...publicKeysOf(forger)]);
    expect(verdict(three.with(2, forged), chain(6), both)).toMatchObject({ status: "anchored" });
  });

  it("are told where they break off, and missed where one was whole", () => {
    const torn = three[1]?.slice(0, 80) ?? "";
    expect(verdict([...three, torn], chain(7))).toMatchObject({ status: "behind", torn: [4] });
    expect(verdict(three.with(1, torn))).toMatchObject({ status: "broken", problem: { what: "removed", line: 3 } });
    expect(verdict([torn])).toMatchObject({ status: "unanchored", torn: [1] });
  });

  it("are the same where lines end as on other systems, and never break off behind their end", () => {
    expect(verdict(three.map((line) => `${line}\r`))).toEqual(verdict(three));
    expect(verdict(three.map((line) => `${line} x`))).toMatchObject({ status: "broken", problem: { what: "forged" } });
  });

  it("are found out after any one is removed, stands twice, or changed places; the last one's removal shows as an open end", () => {
    for (const index of [0, 1, 2]) {
      const [without, twice] = [
        verdict(three.toSpliced(index, 1)),
        verdict(three.toSpliced(index, 0, three[index] ?? "")),
      ];
      if (index < 2) expect(without.problem?.what).toBe("removed");
      else expect(without).toMatchObject({ status: "behind", after: 2 });
      expect(twice.problem?.what).toBe("removed");
      if (index > 0) {
        const [one = "", other = ""] = [three[index - 1], three[index]];
        expect(verdict(three.with(index - 1, other).with(index, one)).problem?.what).toBe("removed");
      }
    }
  });

  it("are never what they were after any change of any character", () => {
    const whole = verdict(three);
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom("0", "f", '"', "}", " ", "é", "\n", ""), (pick, character) => {
        const text = three.map((line) => `${line}\n`).join("");
        const index = pick % (text.length - 1);
        fc.pre(text[index] !== character);
        const changed = text.slice(0, index) + character + text.slice(index + 1);
        const found = verifyAnchors(anchorLines(changed), keys, chain(6));
        expect(found).not.toEqual(whole);
        // Without its end a line counts as one that breaks off, which is told; all else is an error.
        expect(found.status === "broken" || found.torn.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the anchor file", () => {
  const file = join(folder, "anchors.jsonl");

  it("is only ever appended to, after a line that broke off too", async () => {
    await appendAnchor(file, anchor(2, undefined));
    appendFileSync(file, '{"version":"1","led');
    const before = readFileSync(file, "utf8");
    await appendAnchor(file, anchor(4, 2));
    const text = readFileSync(file, "utf8");
    expect(text.startsWith(before)).toBe(true);
    expect((await readAnchorFile(file)).map(({ kind }) => kind)).toEqual(["anchor", "torn", "anchor"]);
  });

  it("gives the last anchor of a ledger, however many of others follow", async () => {
    const long = join(folder, "long.jsonl");
    const others = Array.from({ length: 500 }, (_, index) => anchorLine(anchor(index + 2, undefined, 2)));
    for (const place of [0, 1, 250, 499, 500]) {
      const own = [anchorLine(anchor(2, undefined)), anchorLine(anchor(4, 2))];
      writeFileSync(long, `${others.toSpliced(place, 0, ...own).join("\n")}\n`);
      expect((await lastAnchorOf(long, hashOf(1, 1)))?.seq).toBe("00000004");
    }
    expect(await lastAnchorOf(long, hashOf(3, 1))).toBeUndefined();
  });

  it("is told of where it cannot be written, and where the ledger no longer goes through its last anchor", async () => {
    const told: Problem[] = [];
    const sealed = (seq: number) => ({
      run: "run-000001-0000abcd",
      number: 1,
      seq: seqText(seq),
      hash: hashOf(1, seq),
      hashAt: async (other: string) => (other === seqText(4) ? "f".repeat(64) : hashOf(1, Number(other))),
    });
    const notify = (problem: Problem) => void told.push(problem);
    const path = join(folder, "told.jsonl");
    const there = fileAnchoring({ file: path, key: mine, notify });
    writeFileSync(path, "");
    await there.sealed(sealed(2));
    await there.sealed(sealed(4));
    expect(told).toEqual([]);
    await there.sealed(sealed(6));
    expect(told).toMatchObject([{ code: "ledger-rewritten" }]);
    expect(await readAnchorFile(path)).toHaveLength(3);
    const gone = fileAnchoring({ file: join(folder, "gone", "a.jsonl"), key: mine, notify });
    await gone.sealed(sealed(2));
    expect(told.at(-1)).toMatchObject({ code: "anchor-failed", message: expect.stringContaining("(ENOENT)") });
  });

  it("is told of where it knows nothing of a ledger that is not new, and where it is not new itself", async () => {
    const told: string[] = [];
    const path = join(folder, "first.jsonl");
    const anchoring = fileAnchoring({ file: path, key: mine, notify: ({ message }) => void told.push(message) });
    const sealed = (ledger: number, number: number, seq: number) =>
      anchoring.sealed({
        run: `run-${String(number).padStart(6, "0")}-0000abcd`,
        number,
        seq: seqText(seq),
        hash: hashOf(ledger, seq),
        hashAt: async (other) => hashOf(ledger, Number(other)),
      });
    writeFileSync(path, "");
    await sealed(1, 3, 6);
    expect(told).toEqual([expect.stringContaining("nothing was kept of the 2 runs and loads before")]);
    await sealed(1, 4, 8);
    expect(told).toHaveLength(1);
    await sealed(2, 1, 2);
    expect(told[1]).toBe("The anchor file has lines, and none of them is of this ledger.");
  });

  it("is never a file of something else", async () => {
    const path = join(folder, "private.pem");
    for (const text of ["-----BEGIN PRIVATE KEY-----\n", "ID,NAME\n", "\n"]) {
      writeFileSync(path, text);
      await expect(touchAnchorFile(path)).rejects.toMatchObject({ problems: [{ code: "anchor-file" }] });
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    writeFileSync(path, `${anchorLine(anchor(2, undefined))}\n`);
    await touchAnchorFile(path);
  });
});

describe("keys", () => {
  const code = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: { readonly problems: readonly Problem[] }) => error.problems[0]?.message,
    );

  it("are made once, the private one for its owner alone", async () => {
    const made = await makeKeys(join(folder, "keys"));
    expect(statSync(made.privateKey).mode & 0o777).toBe(0o600);
    const signing = await readSigningKey(made.privateKey);
    expect(signing.fingerprint).toBe(made.fingerprint);
    expect([...(await readPublicKeys(made.publicKey)).keys()]).toEqual([made.fingerprint]);
    expect(await code(makeKeys(join(folder, "keys")))).toBe("There is a key in this folder already.");
    expect((await readSigningKey(made.privateKey)).fingerprint).toBe(made.fingerprint);
    const more = await makeKeys(join(folder, "more"));
    const both = join(folder, "both.pem");
    writeFileSync(both, readFileSync(made.publicKey, "utf8") + readFileSync(more.publicKey, "utf8"));
    expect([...(await readPublicKeys(both)).keys()]).toEqual([made.fingerprint, more.fingerprint]);
  });

  it("are refused where others can read them, or where they are none", async () => {
    const file = join(folder, "bad.pem");
    writeFileSync(file, "nothing", { mode: 0o600 });
    expect(await code(readSigningKey(file))).toContain("holds no private key");
    expect(await code(readPublicKeys(file))).toContain("holds no Ed25519 key");
    chmodSync(file, 0o640);
    expect(await code(readSigningKey(file))).toBe("Others may read the private key for anchors.");
    const { privateKey } = generateKeyPairSync("x25519");
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }));
    chmodSync(file, 0o600);
    expect(await code(readSigningKey(file))).toContain("no Ed25519 key");
    expect(await code(readSigningKey(join(folder, "absent.pem")))).toContain("(ENOENT)");
  });
});
