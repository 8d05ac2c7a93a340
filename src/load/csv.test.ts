import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "./csv.js";

interface Read {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly numbers: readonly number[];
  readonly rejected: readonly { readonly line: number; readonly reason: string; readonly text: string }[];
}

/** Hands the bytes over in pieces of these sizes, over and over, as a stream may. */
async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(content: string | Buffer, width: number, sizes: readonly number[] = [1 << 20]): Promise<Read> {
  const bytes = Buffer.from(content as string);
  const rows: (string | null)[][] = [];
  const numbers: number[] = [];
  const rejected: Read["rejected"][number][] = [];
  for await (const batch of readCsv(pieces(bytes, sizes), width)) {
    batch.rows.forEach((number, index) => {
      numbers.push(number);
      rows.push(batch.columns.map((column) => column[index] ?? null));
    });
    rejected.push(...batch.rejected.map(({ line, reason, text }) => ({ line, reason, text })));
  }
  return { rows, numbers, rejected };
}

describe("fields", () => {
  it("tells an empty field from a quoted empty one, and trims nothing", async () => {
    const { rows } = await read('a,b,c\n,"",x\n  pad  , "q",\t\n', 3);
    expect(rows).toEqual([
      [null, "", "x"],
      ["  pad  ", ' "q"', "\t"],
    ]);
  });

  it("keeps line ends, commas and quotes within quotes", async () => {
    const { rows } = await read('a,b\n"1\n2\r\n3","x, ""y"""\n', 2);
    expect(rows).toEqual([["1\n2\r\n3", 'x, "y"']]);
  });

  it("takes a quote within an unquoted field as a quote", async () => {
    expect((await read("a,b\n5'10\" tall,x\n", 2)).rows).toEqual([["5'10\" tall", "x"]]);
  });

  it.each([
    ["LF", "a,b\n1,2\n3,4\n"],
    ["CRLF", "a,b\r\n1,2\r\n3,4\r\n"],
    ["both", "a,b\r\n1,2\n3,4\r\n"],
    ["no final line end", "a,b\n1,2\n3,4"],
    ["no final line end after a quote", 'a,b\n1,2\n3,"4"'],
    ["CR at the very end", 'a,b\r\n1,2\r\n3,"4"\r'],
    ["a byte order mark", "\ufeffa,b\n1,2\n3,4\n"],
    ["a byte order mark and quotes", '\ufeff"a","b"\r\n"1","2"\r\n"3","4"\r\n'],
    ["empty lines", "a,b\n\n1,2\n\r\n3,4\n\n"],
    ["a header over two lines", '"a\na",b\n1,2\n3,4\n'],
  ])("reads the same rows with %s", async (_, content) => {
    for (const sizes of [[1 << 20], [1], [3, 1]]) {
      const { rows, numbers, rejected } = await read(content, 2, sizes);
      expect(rows).toEqual([
        ["1", "2"],
        ["3", "4"],
      ]);
      expect(numbers).toEqual([1, 2]);
      expect(rejected).toEqual([]);
    }
  });

  it("reads an empty line of a one-column file as an empty field", async () => {
    expect((await read("a\nx\n\ny\n", 1)).rows).toEqual([["x"], [null], ["y"]]);
  });

  it("has no rows in a file that is only a header", async () => {
    for (const content of ["a,b", "a,b\n", "\ufeffa,b\r\n"]) {
      expect(await read(content, 2)).toEqual({ rows: [], numbers: [], rejected: [] });
    }
  });
});

describe("rejected lines", () => {
  it("counts fields, and goes on with the next line", async () => {
    const { rows, numbers, rejected } = await read("a,b\n1\n2,3\n4,5,6\n7,8\n", 2);
    expect(rows).toEqual([
      ["2", "3"],
      ["7", "8"],
    ]);
    expect(numbers).toEqual([2, 4]);
    expect(rejected).toEqual([
      { line: 2, reason: "wrong number of fields", text: "1" },
      { line: 4, reason: "wrong number of fields", text: "4,5,6" },
    ]);
  });

  it("rejects a record over several lines whole where only its number of fields is wrong", async () => {
    const { rows, rejected } = await read('a,b\n1,"x\ny",z\n2,3\n', 2);
    expect(rows).toEqual([["2", "3"]]);
    expect(rejected).toEqual([{ line: 2, reason: "wrong number of fields", text: '1,"x\ny",z' }]);
  });

  it("lets an unclosed quote take no other line along", async () => {
    const content = 'a,b\n1,"x\n2,y\n3,"z"\n4,w\n';
    const { rows, numbers, rejected } = await read(content, 2);
    expect(rows).toEqual([
      ["2", "y"],
      ["3", "z"],
      ["4", "w"],
    ]);
    expect(numbers).toEqual([2, 3, 4]);
    expect(rejected).toEqual([{ line: 2, reason: "unclosed quote", text: '1,"x' }]);
  });

  it("finds an unclosed quote at the end of the file", async () => {
    const { rows, rejected } = await read('a,b\n1,2\n3,"x\n4,5\n6,7', 2, [2]);
    expect(rows).toEqual([
      ["1", "2"],
      ["4", "5"],
      ["6", "7"],
    ]);
    expect(rejected).toEqual([{ line: 3, reason: "unclosed quote", text: '3,"x' }]);
  });

  it("finds an unclosed quote that 16 MiB of sound lines follow, in bounded memory", async () => {
    const lines = 1_600_000;
    async function* chunks() {
      yield Buffer.from('a,b\n0,"x\n');
      for (let at = 0; at < lines; at += 16_000) yield Buffer.from("12345678,1234567\n".repeat(16_000));
    }
    let rows = 0;
    const rejected: unknown[] = [];
    for await (const batch of readCsv(chunks(), 2)) {
      rows += batch.rows.length;
      rejected.push(...batch.rejected);
    }
    expect(rows).toBe(lines);
    expect(rejected).toEqual([{ line: 2, reason: "unclosed quote", text: '0,"x' }]);
  });

  it("refuses text after a closing quote", async () => {
    const { rows, rejected } = await read('a,b\n"1"x,2\n3,"4" \n5,6\n', 2);
    expect(rows).toEqual([["5", "6"]]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "text after a closing quote"],
      [3, "text after a closing quote"],
    ]);
  });

  it("never replaces what is not UTF-8, and keeps its bytes", async () => {
    const content = Buffer.concat([
      Buffer.from("a,b\n1,caf"),
      Buffer.from([0xe9]),
      Buffer.from('\n2,"na\\'),
      Buffer.from([0xef, 0x76, 0x65]),
      Buffer.from('"\n3,ok\n4,caf\u00e9\n'),
    ]);
    const { rows, rejected } = await read(content, 2);
    expect(rows).toEqual([
      ["3", "ok"],
      ["4", "caf\u00e9"],
    ]);
    expect(rejected).toEqual([
      { line: 2, reason: "not UTF-8", text: "1,caf\\xE9" },
      { line: 3, reason: "not UTF-8", text: '2,"na\\\\\\xEFve"' },
    ]);
  });

  it("rejects NUL", async () => {
    const { rows, rejected } = await read("a,b\n1,x\u0000y\n2,3\n", 2);
    expect(rows).toEqual([["2", "3"]]);
    expect(rejected).toEqual([{ line: 2, reason: "NUL byte", text: "1,x\\x00y" }]);
  });

  it("says physical lines where records have several", async () => {
    const { rejected } = await read('a,b\n"1\n\n1",2\n\n3\n', 2);
    expect(rejected).toEqual([{ line: 6, reason: "wrong number of fields", text: "3" }]);
  });

  it("refuses a line without end", async () => {
    const endless = (async function* () {
      yield Buffer.from("a,b\n");
      for (let at = 0; at < 30; at += 1) yield Buffer.alloc(1 << 20, 0x41);
    })();
    await expect(
      (async () => {
        for await (const _ of readCsv(endless, 2));
      })(),
    ).rejects.toMatchObject({ problems: [{ code: "load-not-csv" }] });
  });
});

describe("any table", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", " ", "é", "😀"), maxLength: 8 }),
  );
  const cell = fc.oneof(
    fc.constant(null),
    text.map((value) => value.replaceAll("\u0000", "")),
  );
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 12 }));
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });

  it("lands as it was written", async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.boolean(),
        sizes,
        async (rows, eol, all, last, cuts) => {
          const width = rows[0]?.length ?? 2;
          const { lines } = written(rows, all);
          const header = Array.from({ length: width }, (_, index) => `c${index}`).join(",");
          // A last row that is one empty field needs its line end to be there at all.
          const closed = last || (width === 1 && rows.at(-1)?.[0] === null);
          const found = await read([header, ...lines].join(eol) + (closed ? eol : ""), width, cuts);
          expect(found.rejected).toEqual([]);
          expect(found.rows).toEqual(rows);
          expect(found.numbers).toEqual(rows.map((_, index) => index + 1));
        },
      ),
      { numRuns: 400 },
    );
  });

  type Damage = "extra" | "missing" | "encoding" | "nul" | "after" | "unclosed";
  const damages = fc.constantFrom<Damage>("extra", "missing", "encoding", "nul", "after", "unclosed");
  // What a quoted field may begin with decides whether a lost quote can be told: `",` and `""` are CSV again.
  const plain = fc
    .string({ unit: fc.constantFrom('"', ",", "\n", "b", "c", " ", "é"), maxLength: 8 })
    .map((value) => `x${value}`);
  const damaged = fc.array(
    fc.record({ row: fc.tuple(plain, fc.oneof(plain, fc.constant(null)), plain), damage: fc.option(damages) }),
    { maxLength: 12 },
  );

  it("lands all but its damaged lines, and keeps those", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.boolean(), sizes, async (entries, all, cuts) => {
        const parts = entries.map(({ row, damage }) => {
          // Lines that are damaged have no line ends within, so that a line and a record are one.
          const cells = damage === null ? row : row.map((value) => value?.replaceAll("\n", "") ?? null);
          return spoil(written([cells], all).lines[0] ?? "", damage);
        });
        const content = Buffer.concat([Buffer.from("a,b,c\n"), ...parts.flatMap((part) => [part, Buffer.from("\n")])]);
        const found = await read(content, 3, cuts);
        expect(found.rows).toEqual(entries.filter(({ damage }) => damage === null).map(({ row }) => row));
        expect(found.numbers).toEqual(entries.flatMap(({ damage }, index) => (damage === null ? [index + 1] : [])));
        expect(found.rejected.length).toBe(entries.filter(({ damage }) => damage !== null).length);
        const bad = parts.filter((_, index) => entries[index]?.damage !== null);
        found.rejected.forEach(({ text: kept, reason }, index) => {
          const whole = bad[index] ?? Buffer.alloc(0);
          const escaped = reason === "not UTF-8" || reason === "NUL byte";
          expect(escaped ? unescaped(kept) : Buffer.from(kept)).toEqual(whole);
        });
      }),
      { numRuns: 400 },
    );
  });

  function spoil(line: string, damage: Damage | null): Buffer {
    switch (damage) {
      case null:
        return Buffer.from(line);
      case "extra":
        return Buffer.from(`${line},`);
      case "missing":
        return Buffer.from("x,y");
      case "encoding":
        return Buffer.concat([Buffer.from([0xff]), Buffer.from(line)]);
      case "nul":
        return Buffer.from(`\u0000${line}`);
      case "after":
        return Buffer.from(`"x"x,${line}`);
      case "unclosed":
        return Buffer.from(`x,x,"x`);
    }
  }

  /** Backslash escapes of a kept line, undone. */
  function unescaped(kept: string): Buffer {
    const bytes = kept.match(/\\x[0-9A-F]{2}|\\\\|[^\\]+/g) ?? [];
    return Buffer.concat(
      bytes.map((part) =>
        part === "\\\\"
          ? Buffer.from("\\")
          : part.startsWith("\\x")
            ? Buffer.from(part.slice(2), "hex")
            : Buffer.from(part),
      ),
    );
  }

  /** A CSV writer of its own: quotes where it must, or everywhere. */
  function written(rows: readonly (readonly (string | null)[])[], all: boolean): { readonly lines: readonly string[] } {
    const field = (value: string | null) => {
      if (value === null) return "";
      const must = value === "" || /^\ufeff|[",\r\n]/.test(value);
      return all || must ? `"${value.split('"').join('""')}"` : value;
    };
    return { lines: rows.map((row) => row.map(field).join(",")) };
  }
});
