/** What somebody sees who looks at the warehouse and changes nothing: tables, markers, the ledger, and what was left about. */
import { quoteTarget, targetKey } from "../../../src/graph/index.js";
import type { Value } from "../../../src/warehouse/index.js";
import { type LedgerOf, ledgerOf, noLedger } from "../../support/ledger-of.js";
import type { Clinic, Content } from "./clinic.js";

export interface Look extends LedgerOf {
  /** Rows as lines, by name, of what is published. */
  readonly content: Content;
  /** The run that published each relation last, by name. */
  readonly markers: Readonly<Record<string, string>>;
  /** Candidates, former relations, steps that are not done, transactions that are open, files in the stage. */
  readonly about: readonly string[];
}

const text = (value: Value | undefined) => String(value ?? "∅");

export async function look({ warehouse, rows }: Pick<Clinic, "warehouse" | "rows">): Promise<Look> {
  const relations = await warehouse.catalog.relations();
  const has = (key: string) => relations.some(({ target }) => targetKey(target) === key);
  const content: Record<string, readonly string[]> = {};
  for (const { target, columns } of relations.filter(({ target: { schema } }) => schema === "S")) {
    if (target.name === "STAGED" || target.name.includes("$")) continue;
    const found = await rows(`select ${columns.map(({ name }) => `"${name}"`).join(", ")} from ${quoteTarget(target)}`);
    content[target.name] = found.map((row) => columns.map(({ name }) => text(row[name])).join(" ")).toSorted();
  }
  const about = (await rows(`show transactions`)).map(({ name }) => `transaction ${name}`);
  about.push(
    ...relations.filter(({ target }) => target.name.includes("$")).map(({ target }) => quoteTarget(target)),
    ...(
      await rows(
        `select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "NAME", t.TABLE_TYPE as "KIND", t.COMMENT as "COMMENT" from "EHR".information_schema.tables as t where contains(t.TABLE_NAME, '$medform')`,
      )
    ).map(({ NAME }) => `relation ${NAME}`),
  );
  if (has("EHR.MEDFORM.PENDING")) {
    const steps = await rows(
      `select BATCH as "BATCH", POSITION as "POSITION", DATABASE_NAME as "DATABASE_NAME", SCHEMA_NAME as "SCHEMA_NAME", NAME as "NAME", KIND as "KIND", STATEMENT as "STATEMENT" from "EHR".MEDFORM.PENDING order by BATCH, POSITION`,
    );
    about.push(...steps.map(({ KIND, NAME }) => `step ${KIND} ${NAME}`));
  }
  const nothing = { content, markers: {}, ...noLedger, about };
  if (!has("EHR.MEDFORM.LEDGER") || !has("EHR.MEDFORM.PUBLICATION") || !has("EHR.MEDFORM.LEDGER_HEAD")) return nothing;
  const markers = Object.fromEntries(
    (await warehouse.publisher.markers()).map(({ target, runId }) => [target.name, runId]),
  );
  return { content, markers, ...(await ledgerOf(warehouse)), about };
}
