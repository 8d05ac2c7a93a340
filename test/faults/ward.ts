/** A small project with one of everything that can be half done, and its deliveries: late, corrected and wrong rows too. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "snowflake",
    defaultDatabase: "EHR",
    defaultSchema: "S",
    assertionSchema: "RULES",
  }),
  // Without snapshots: each trial would take two. What a kill leaves of one is in test/readers.
  "environments.json": JSON.stringify({
    environments: [{ name: "local", configOverride: { warehouse: "duckdb" } }],
  }),
  "definitions/sources.js": `
    const columns = (names) => Object.fromEntries(names.split(" ").map((name) => [name, "As delivered."]));
    declare({ schema: "raw", name: "synthea_supplies" }).config({ columns: columns("date patient code quantity") });
    declare({ schema: "raw", name: "synthea_payer_transitions" }).config({ columns: columns("patient memberid payer") });
    declare({ schema: "raw", name: "synthea_devices" }).config({ columns: columns("patient code udi") });`,
  "definitions/patient.sqlx": `
    config { type: "table", description: "Who was delivered.", assertions: { uniqueKey: ["patient"] } }
    select patient, max(payer) as payer, getvariable('MEDFORM_RUN_ID') as run_id
    from \${ref("raw", "synthea_payer_transitions")} group by patient
    pre_operations { create schema if not exists S
      ---
      create table if not exists S.HOOKED (n integer) }
    post_operations { insert into S.HOOKED select count(*)::int from \${self()} }`,
  // What is new is what came in a batch that is not there yet: late days and corrections come as well.
  "definitions/supply.sqlx": `
    config { type: "incremental", uniqueKey: ["patient", "day", "code"],
      assertions: { uniqueKey: ["patient", "day", "code"] } }
    select * exclude (nth) from (
      select patient, date as day, code, cast(quantity as integer) as quantity, _batch_id as batch_id,
        getvariable('MEDFORM_RUN_ID') as run_id,
        row_number() over (partition by patient, date, code order by _loaded_at desc, _row desc) as nth
      from \${ref("raw", "synthea_supplies")}
      \${when(incremental(), \`where _batch_id not in (select batch_id from \${self()})\`)}
    ) where nth = 1`,
  "definitions/positive.sqlx": `
    config { type: "assertion", tags: ["rule:positive"] }
    select 'positive' as rule, patient from \${ref("supply")} where not coalesce(quantity >= 0, false)`,
  "definitions/no_orphan.sqlx": `
    config { type: "assertion" }
    select s.patient from \${ref("supply")} s left join \${ref("patient")} p on p.patient = s.patient
    where p.patient is null`,
  "definitions/known.sqlx": `
    config { type: "view" }
    select s.patient, s.day, s.quantity, p.payer
    from \${ref("supply")} s left join \${ref("patient")} p on p.patient = s.patient`,
  "definitions/by_patient.sqlx": `
    config { type: "table", tags: ["publish:totals"] }
    select patient, sum(quantity)::bigint as quantity from \${ref("known")} group by patient`,
  "definitions/by_day.sqlx": `
    config { type: "table", tags: ["publish:totals"] }
    select day, sum(quantity)::bigint as quantity from \${ref("known")} group by day`,
  "definitions/balanced.sqlx": `
    config { type: "assertion" }
    select 1 as wrong where (select sum(quantity) from \${ref("by_patient")})
      is distinct from (select sum(quantity) from \${ref("by_day")})`,
  "definitions/noted.sqlx": `
    config { type: "operations", hasOutput: true }
    create or replace table \${self()} as select count(*)::int as n from \${ref("by_day")}`,
  "definitions/counted.sqlx": `
    config { type: "table" }
    select n, (select count(*) from \${ref("raw", "synthea_devices")})::int as devices from \${ref("noted")}`,
};

const payers = "PATIENT,MEMBERID,START_YEAR,END_YEAR,PAYER,SECONDARY_PAYER,OWNERSHIP,OWNERNAME\n";
const supplies = "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,QUANTITY\n";
const patients = (from: number, to: number, payer: string) =>
  payers +
  Array.from({ length: to - from }, (_, i) => `p${from + i},m${from + i},2020,2021,${payer},,Self,\n`).join("");
const rows = (from: number, to: number, day: (i: number) => string, quantity: (i: number) => number) =>
  supplies +
  Array.from({ length: to - from }, (_, i) => i + from)
    .map((i) => `${day(i)},p${i % 40},e${i},c${i % 7},Mask,${quantity(i)}\n`)
    .join("");
const dated = (i: number) => `2024-0${1 + (i % 9)}-1${i % 10}`;

export type Delivery = "first" | "second" | "wrong";

/** What each delivery holds, by file. */
const deliveries: Readonly<Record<Delivery, Readonly<Record<string, string>>>> = {
  first: {
    "payer_transitions.csv": patients(0, 40, "a"),
    "supplies.csv": rows(0, 300, dated, (i) => i % 5),
  },
  // Corrects the first hundred, repeats some, brings days long past.
  second: {
    "payer_transitions.csv": patients(0, 45, "b"),
    "supplies.csv":
      rows(0, 100, dated, (i) => 10 + (i % 5)) +
      rows(
        300,
        400,
        () => "2019-05-05",
        (i) => i,
      ).slice(supplies.length),
  },
  // What a rule stops: the supply, and all that reads it.
  wrong: {
    "payer_transitions.csv": patients(0, 50, "c"),
    "supplies.csv": rows(
      0,
      60,
      () => "2024-03-03",
      (i) => i - 5,
    ),
  },
};

export interface Ward extends Disposable {
  readonly dir: string;
  readonly project: string;
  delivery(name: Delivery): string;
}

/** The project and its deliveries in a temporary folder. */
export function ward(): Ward {
  const dir = mkdtempSync(join(tmpdir(), "medform-faults-"));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(`project/${name}`, text);
  for (const [delivery, parts] of Object.entries(deliveries)) {
    for (const [name, text] of Object.entries(parts)) write(`${delivery}-2024-01-01/${name}`, text);
  }
  return {
    dir,
    project: join(dir, "project"),
    delivery: (name) => join(dir, `${name}-2024-01-01`),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
