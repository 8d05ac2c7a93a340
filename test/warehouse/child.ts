/** What a test runs in a process of its own: holds a warehouse, or publishes in a loop until it is killed. */
import { intentEntry, openLedger, publishEntry } from "../../src/ledger/index.js";
import { openDuckDb } from "../../src/warehouse/index.js";
import { marker, relation, target } from "./engines.js";

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

const [name, path = ""] = process.argv.slice(2);
await (name === "hold" ? hold(path) : publishForever(path));
