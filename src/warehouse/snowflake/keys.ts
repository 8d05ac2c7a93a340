/**
 * Keys that rules hold, as Snowflake is told of them: a script, for people to run. A key is declared RELY, so that the optimizer
 * believes it: its rule gates its table in the transaction that publishes it, so that no published table ever breaks it. A
 * reference is not, for two reasons. Of two tables the one that is published first stands, for a while, beside the former other.
 * And the rule that looks for orphans is a join that the optimizer could leave out, if it believed that there are none.
 */
import {
  type HeldKey,
  type HeldKeys,
  type HeldReference,
  quoteName,
  quoteTarget,
  targetKey,
} from "../../graph/index.js";
import { snowflakeText } from "./text.js";

const prefix = "MEDFORM_";

const columnsOf = (columns: readonly string[]) => columns.map((column) => quoteName(column.toUpperCase())).join(", ");

const constraint = ({ rule }: HeldKey) => quoteName(`${prefix}${rule.toUpperCase()}`);

export function addKey(key: HeldKey, database: string, kind: "primary key" | "unique"): string {
  const table = quoteTarget({ database, ...key.table });
  return `alter table ${table} add constraint ${constraint(key)} ${kind} (${columnsOf(key.columns)}) rely`;
}

export function addReference(reference: HeldReference, database: string): string {
  const [table, parent] = [reference.table, reference.parent].map((each) => quoteTarget({ database, ...each }));
  return `alter table ${table} add constraint ${constraint(reference)} foreign key (${columnsOf(reference.columns)}) references ${parent} (${columnsOf(reference.parentColumns)}) norely`;
}

/** A statement for each key of this script that is there, references first. */
export function formerKeys(database: string): string {
  return `select 'alter table "' || TABLE_CATALOG || '"."' || TABLE_SCHEMA || '"."' || TABLE_NAME || '" drop constraint "' || CONSTRAINT_NAME || '"' as COMMAND
from ${quoteName(database)}.information_schema.table_constraints
where startswith(CONSTRAINT_NAME, ${snowflakeText(prefix)})
order by CONSTRAINT_TYPE`;
}

const indented = (text: string) => text.replaceAll(/^/gm, "    ");

/** Takes away what it declared before, so that it may be run again, and no key stays that no rule holds any more. */
export function dropFormer(database: string): string {
  return `execute immediate $$
declare
  former cursor for
${indented(formerKeys(database))};
  command varchar;
begin
  for each_key in former do
    command := each_key.COMMAND;
    execute immediate command;
  end for;
end;
$$`;
}

/** The statements of the script, in order; `database`: of names without one. */
export function keyStatements({ keys, references }: HeldKeys, database: string): readonly string[] {
  const first = new Set<string>();
  const declared = keys.map((key) => {
    const table = targetKey(key.table);
    const kind = first.has(table) ? "unique" : "primary key";
    first.add(table);
    return addKey(key, database, kind);
  });
  const databases = new Set([database, ...keys.map(({ table }) => table.database ?? database)]);
  return [
    ...[...databases].map(dropFormer),
    ...declared,
    ...references.map((reference) => addReference(reference, database)),
  ];
}

/** The whole script. */
export function keyScript(held: HeldKeys, database: string): string {
  const statements = keyStatements(held, database);
  return `-- Primary, unique and foreign keys that rules of the project hold, for the optimizer and for tools that draw or join by them.
-- Made by \`medform docs --keys\`. Run it as the role that owns the tables (MEDFORM_RUNNER), after a run that built all of them; again
-- when rules or columns have changed: it begins by taking away what it declared before. Keys are believed by the optimizer
-- (RELY), references are not: docs/governance.md says why.

${statements.map((statement) => `${statement};`).join("\n")}
`;
}
