/** What a test runs in a process of its own: holds a warehouse, or publishes in a loop until it is killed. */
import { ProblemError } from "../../src/graph/index.js";
import { intentEntry, openLedger, publishEntry } from "../../src/ledger/index.js";
import { openDuckDb } from "../../src/warehouse/index.js";
import { marker, publish, relation, target, values } from "./engines.js";

async function hold(path: string): Promise<void> {
  const warehouse = await openDuckDb({ path, database: "EHR", holder: { runId: "run-7", command: "medform run" } });
  process.stdout.write("held\n");
  await new Promise((done) => process.stdin.once("data", done));
  await warehouse[Symbol.asyncDispose]();
  process.stdin.destroy();
}

/** Publishes LEFT and RIGHT together, each round with the same number in both, and says the rounds that were acknowledged. */
async function publishForever(path: string): Promise<void> {
  const warehouse = await openDuckDb({ path, database: "EHR", threads: 2, holder: { command: "medform run" } });
  await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
  const ledger = await openLedger(warehouse);
  for (;;) {
    const chain = await ledger.open("run", {});
    const at = new Date().toISOString();
    const about = (name: string) => ({
      at,
      target: target(name),
      kind: "table" as const,
      fingerprint: "f",
      inputs: { round: String(chain.number) },
    });
    await chain.append(["LEFT", "RIGHT"].map((name) => intentEntry(about(name))));
    const scope = await warehouse.publisher.open({});
    for (const name of ["LEFT", "RIGHT"]) {
      await scope.build(relation(name, `select range as id, ${chain.number} as round from range(20000)`), "create");
    }
    await scope.publish(["LEFT", "RIGHT"].map((name) => marker(name, chain.number, chain.id)));
    process.stdout.write(`${chain.number}\n`);
    await chain.append(
      ["LEFT", "RIGHT"].map((name) => publishEntry({ ...about(name), rows: 20000, columns: ["id", "round"] })),
    );
    await chain.seal("succeeded");
  }
}

/** Where files may not grow beyond a limit: builds what does not fit, sorts what does not fit, and goes on. */
async function fill(path: string): Promise<void> {
  const warehouse = await openDuckDb({
    path,
    database: "EHR",
    memoryLimit: "100MB",
    holder: { command: "medform run" },
  });
  await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
  await publish(warehouse, relation("KEPT", "select 1 as x"), 1);
  const rows = "select hash(range)::varchar as a, hash(range + 1)::varchar as b from range(2000000)";
  const problems: unknown[] = [];
  for (const built of [relation("KEPT", rows), relation("LARGE", rows, { clusterBy: ["a"] })]) {
    const error = await publish(warehouse, built, 2).catch((thrown: unknown) => thrown);
    problems.push(...(error instanceof ProblemError ? error.problems : [String(error)]));
  }
  await publish(warehouse, relation("AFTER", "select 2 as x"), 3);
  await using session = await warehouse.session();
  const kept = await values(session, 'select * from "EHR"."SILVER"."KEPT"');
  const names = (await warehouse.catalog.relations()).map(({ target: { name } }) => name);
  process.stdout.write(`${JSON.stringify({ problems, kept, names })}\n`);
  await warehouse[Symbol.asyncDispose]();
}

const [name, path = ""] = process.argv.slice(2);
const works: Readonly<Record<string, (path: string) => Promise<void>>> = { hold, publishForever, fill };
await works[name ?? ""]?.(path);
