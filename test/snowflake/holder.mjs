/** A process that holds the warehouse of a test: `node holder.mjs OPTIONS [transaction]`, built code. Ends when its stdin does. */
import { openLedger } from "../../dist/src/ledger/index.js";
import { openSnowflake } from "../../dist/src/warehouse/snowflake/open.js";

const [options, transaction] = process.argv.slice(2);
const warehouse = await openSnowflake(JSON.parse(options));
if (transaction === "ledger") {
  // Ends within the transaction that opens a chain, whose lock on the head others would wait for.
  const ledger = await openLedger(warehouse);
  process.stdout.write("held\n");
  await ledger.open("run", {});
}
if (transaction !== undefined) {
  await warehouse.lease.hold("run-000007-0badcafe");
  const session = await warehouse.session();
  await session.run(`begin name ${transaction}`);
  await session.run(`delete from "EHR".MEDFORM.PENDING where BATCH = ?`, ["none"]);
  process.stdout.write("held\n");
  await new Promise(() => setInterval(() => undefined, 1000));
}
process.stdout.write("held\n");
await new Promise((done) => process.stdin.once("data", done));
await warehouse[Symbol.asyncDispose]();
process.stdin.destroy();
