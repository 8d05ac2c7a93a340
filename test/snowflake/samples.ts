/**
 * One or more samples of each template that medform writes for Snowflake, so that the parsers read them all. A function of
 * `src/warehouse/snowflake/statements*.ts` that has no line here fails the test.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../src/warehouse/snowflake");

type Templates = Readonly<Record<string, (...args: never[]) => string | readonly string[]>>;
type Sample = readonly unknown[] | { readonly part: (text: string) => string; readonly of: readonly unknown[] };

/** Arguments of a call; `part` sets what is a part of a statement into one; `undefined`: no SQL comes of it. */
const samples: Readonly<Record<string, Readonly<Record<string, readonly Sample[] | undefined>>>> = {
  "statements-catalog.ts": {
    databases: [["EHR"]],
    schemas: [[["EHR"]], [["EHR", "OTHER"]]],
    relations: [[["EHR"]], [["EHR", "OTHER"]]],
    columns: [[["EHR"]], [["EHR", "OTHER"]]],
    createSchema: [["EHR", "SILVER"]],
    ownTables: [["EHR"]],
    createPublication: [["EHR"]],
  },
  "statements-lease.ts": {
    createLease: [["EHR"]],
    readLease: [["EHR"]],
    takeLease: [["EHR"]],
    holdLease: [["EHR"]],
    beatLease: [["EHR"]],
    freeLease: [["EHR"]],
    isHeld: [{ part: (text) => `select 1 where ${text}`, of: ["EHR"] }],
    abortTransaction: [["1432071523422"]],
    transactionPrefix: undefined,
    tokenOfTransaction: undefined,
  },
};

/** Statements that are constants rather than functions are taken as they are. */
export async function templates(): Promise<readonly { name: string; file: string; sql: string }[]> {
  const files = readdirSync(folder).filter((name) => /^statements[^.]*\.ts$/.test(name));
  const all = await Promise.all(
    files.map(async (file) => {
      const made = (await import(join(folder, file))) as Readonly<Record<string, unknown>>;
      return Object.entries(made).flatMap(([name, value]) => sample(file, name, value));
    }),
  );
  return all.flat().map(({ name, file, sql }) => ({ name, file: `src/warehouse/snowflake/${file}`, sql }));
}

function sample(file: string, name: string, value: unknown) {
  if (typeof value === "string") return [{ name, file, sql: value }];
  if (typeof value !== "function") return [];
  const known = samples[file];
  if (known === undefined || !(name in known))
    throw new Error(`${file} has ${name}, of which test/snowflake/samples.ts has no sample`);
  const make = value as Templates[string];
  return (known[name] ?? []).flatMap((each, i) => {
    const isPart = !Array.isArray(each);
    const { part, of } = isPart ? (each as Exclude<Sample, readonly unknown[]>) : { part: String, of: each };
    const text = make(...(of as never[]));
    const label = i === 0 ? name : `${name} ${i + 1}`;
    return [text].flat().map((sql) => ({ name: label, file, sql: part(sql) }));
  });
}
