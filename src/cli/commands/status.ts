/** `medform status`: what is built, how fresh, what fails. */
import { ProblemError } from "../../graph/index.js";
import { type Warehouse, whoAmI } from "../../warehouse/index.js";
import { gatherReport } from "../gather.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { openProject, warehouseLabel } from "../open.js";
import { jsonLine } from "../render/run-view.js";
import { renderStatus } from "../render/status.js";
import { typedHere } from "../typed.js";

/** As whom, in which database and on which compute a session works; null for what it has none of. */
interface WorkingAs {
  readonly user: string | null;
  readonly role: string | null;
  readonly warehouse: string | null;
  readonly database: string | null;
}

/** @throws ProblemError `database-missing`, `warehouse-missing`: a login goes well without either, and nothing else does. */
async function workingAs(warehouse: Warehouse): Promise<WorkingAs> {
  await using session = await warehouse.session();
  const [row] = await session.rows(whoAmI);
  const text = (value: unknown) => (value === null || value === undefined || value === "" ? null : String(value));
  const found: WorkingAs = {
    user: text(row?.USER),
    role: text(row?.ROLE),
    warehouse: text(row?.WAREHOUSE),
    database: text(row?.DATABASE),
  };
  if (found.database === null) {
    throw new ProblemError({
      code: "database-missing",
      message: `The login goes well, as ${asWhom(found)}; but the database ${warehouse.database} is not there, or this role may not use it.`,
      hint: `Name another role in the environment's connection, or let its owner \`grant usage on database ${warehouse.database} to role ${found.role ?? "…"}\` (docs/snowflake.md).`,
    });
  }
  if (found.warehouse === null) {
    throw new ProblemError({
      code: "warehouse-missing",
      message: `The login goes well, as ${asWhom(found)}; but it has no warehouse to run anything on.`,
      hint: 'Write "warehouse" into the environment\'s connection; if it is there, this role may not use it.',
    });
  }
  return found;
}

const asWhom = ({ user, role }: WorkingAs) => `${user ?? "nobody"} with ${role === null ? "no role" : `role ${role}`}`;

const sentenceOf = (session: WorkingAs) =>
  `Logged in as ${asWhom(session)}, in ${session.database}, on warehouse ${session.warehouse}.`;

/** Reads only; works before there is a warehouse. With `--json` one JSON value. */
export async function statusCommand(options: GlobalOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  let session: WorkingAs | undefined;
  const model = await gatherReport(opened, "status", io, options, async (open) => {
    if (open.engine === "snowflake") session = await workingAs(open);
  });
  const warehouse = warehouseLabel(opened, io.cwd);
  if (options.json) {
    const said = { warehouse, exists: opened.warehouseExists, ...(session && { session }) };
    io.stdout.write(`${jsonLine({ ...said, ...model })}\n`);
    return 0;
  }
  const lines = renderStatus(model, {
    width: widthOf(io.stdout),
    paint: paintFor(io.stdout, io, options),
    warehouse,
    warehouseExists: opened.warehouseExists,
    session: session && sentenceOf(session),
    environment: opened.environment.name,
    engine: opened.graph.engine,
    typed: typedHere(io, options),
  });
  for (const line of lines) io.stdout.write(`${line}\n`);
  return 0;
}
