/** The house of the design, held: imports run one way, other folders are entered by their face, no folder is unknown. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../src");

/** A folder may import folders of a smaller number, and of its own number only where listed in `neighbours`. */
const floor: Readonly<Record<string, number>> = {
  cli: 3,
  backup: 2,
  clean: 2,
  legacy: 2,
  report: 2,
  load: 2,
  sample: 2,
  schedule: 2,
  run: 2,
  plan: 1,
  ledger: 1,
  warehouse: 1,
  compile: 1,
  graph: 0,
  project: 0,
};

const neighbours: Readonly<Record<string, readonly string[]>> = {
  // State is a fold of the ledger, and the ledger lies in the warehouse.
  plan: ["ledger", "warehouse"],
  ledger: ["warehouse"],
  // The report shows what a run's events say; it takes their types from where they are emitted.
  report: ["run"],
  // What a load would refuse, nothing else reads.
  legacy: ["load"],
  // A scheduled run is told of by its events.
  schedule: ["run"],
  // Problems, with a position in the source, are one type for everybody.
  project: ["graph"],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly deep: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name),
);

const imports: readonly Import[] = files.flatMap((name) => {
  const file = join(src, name);
  const text = readFileSync(file, "utf8");
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  const from = name.split(/[\\/]/)[0] ?? "";
  return specifiers.flatMap((specifier): Import[] => {
    const target = relative(src, resolve(dirname(file), specifier));
    const to = target.split(/[\\/]/)[0] ?? "";
    if (to === from || to === "..") return [];
    return [{ file: name, from, to, deep: target !== join(to, "index.js") }];
  });
});

const show = (list: readonly Import[]) => list.map(({ file, to }) => `${file} -> ${to}`);

describe("the house", () => {
  it("has no folder that the design does not know", () => {
    const folders = new Set(files.map((name) => name.split(/[\\/]/)[0] ?? ""));
    expect([...folders].filter((folder) => !(folder in floor))).toEqual([]);
  });

  it("is large enough for the test to mean something", () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it("lets imports run downward only", () => {
    const upward = imports.filter(
      ({ from, to }) => !((floor[to] ?? 9) < (floor[from] ?? -1)) && !(neighbours[from] ?? []).includes(to),
    );
    expect(show(upward)).toEqual([]);
  });

  it("enters other folders by their index only", () => {
    expect(show(imports.filter(({ deep }) => deep))).toEqual([]);
  });

  it("keeps graph and plan free of I/O", () => {
    const io = files
      .filter((name) => /^(graph|plan)[\\/]/.test(name))
      .filter((name) => /from "node:(?!crypto)/.test(readFileSync(join(src, name), "utf8")));
    expect(io).toEqual([]);
  });
});
