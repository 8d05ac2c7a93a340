/** POST /queries/v1/query-request, GET /queries/ID/result and what else concerns statements. */
import { randomUUID } from "node:crypto";
import type { Met } from "../hooks.js";
import type { Bind } from "../interpreter/index.js";
import type { World } from "../world.js";
import { json, type Reply } from "./http.js";
import { refusals } from "./refusal.js";
import { rowset } from "./rowset.js";
import type { Session } from "./sessions.js";
import { begin, type Outcome, type Statement, within } from "./statements.js";

type Fields = Readonly<Record<string, unknown>>;

/** Results that are kept for being asked again by query id. */
const keptQueries = 5_000;

function bindsOf(bindings: unknown): readonly Bind[] {
  return Object.entries((bindings ?? {}) as Record<string, Bind>)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, { type, value }]) => ({ type, value: value ?? null }));
}

export async function query(
  world: World,
  session: Session,
  url: URL,
  body: Fields,
  origin: string,
  met: Met,
): Promise<Reply> {
  const requestId = url.searchParams.get("requestId") ?? randomUUID();
  const known = session.statements.get(requestId);
  const asked = {
    requestId,
    queryId: known?.queryId ?? randomUUID(),
    sqlText: String(body.sqlText ?? ""),
    binds: bindsOf(body.bindings),
    describeOnly: body.describeOnly === true,
    parameters: (body.parameters ?? {}) as Fields,
  };
  const statement = known ?? begin(session, asked, world.settings.latency, met.slow());
  if (known === undefined) keep(world, statement);
  note(world, statement, asked, {
    async: body.asyncExec === true,
    repeated: known !== undefined,
    retryCount: Number(url.searchParams.get("retryCount") ?? 0),
  });
  if (body.asyncExec === true) return inProgress(statement, "333334");
  return settled(world, statement, origin);
}

function keep(world: World, statement: Statement): void {
  statement.session.statements.set(statement.requestId, statement);
  world.queries.set(statement.queryId, statement);
  const { running, peak } = world.load;
  world.load = { running: running + 1, peak: Math.max(peak, running + 1) };
  void statement.ended.then(() => {
    world.load = { ...world.load, running: world.load.running - 1 };
  });
  if (world.queries.size > keptQueries) world.queries.delete(world.queries.keys().next().value ?? "");
}

function note(
  world: World,
  statement: Statement,
  asked: Pick<World["received"][number], "requestId" | "queryId" | "sqlText" | "binds" | "describeOnly" | "parameters">,
  how: Pick<World["received"][number], "async" | "repeated" | "retryCount">,
): void {
  const { session } = statement;
  const tag = asked.parameters.QUERY_TAG ?? session.parameters.QUERY_TAG;
  const entry: World["received"][number] = {
    ...asked,
    ...how,
    queryTag: typeof tag === "string" ? tag : null,
    session: session.id,
    user: session.user,
    role: session.role,
    warehouse: session.warehouse,
    receivedAt: Date.now(),
    endedAt: null,
    outcome: "running",
  };
  world.received.push(entry);
  void statement.ended.then((outcome) => {
    entry.endedAt = Date.now();
    entry.outcome = outcome.kind === "answer" ? "ok" : outcome.error.code;
  });
}

/** What stands for a statement that has not ended: where to ask again. */
const inProgress = ({ queryId }: Statement, code: "333333" | "333334"): Reply =>
  json({
    success: true,
    code,
    message: code === "333334" ? "Query execution in progress (async)." : "Query execution in progress.",
    data: {
      queryId,
      getResultUrl: `/queries/${queryId}/result`,
      queryAbortsAfterSecs: 300,
      progressDesc: null,
    },
  });

async function settled(world: World, statement: Statement, origin: string): Promise<Reply> {
  const outcome = await within(statement, world.settings.pollAfter);
  return outcome === undefined ? inProgress(statement, "333333") : said(world, statement, outcome, origin);
}

function said(world: World, statement: Statement, outcome: Outcome, origin: string): Reply {
  const { queryId, session, parameters } = statement;
  if (outcome.kind === "error") {
    const { code, sqlState, message } = outcome.error;
    return json({
      success: false,
      code,
      message,
      data: {
        internalError: false,
        errorCode: code,
        age: 0,
        sqlState,
        queryId,
        line: -1,
        pos: -1,
        type: "COMPILATION",
      },
    });
  }
  const { chunkBytes } = world.settings;
  const data = rowset(outcome.answer, { session, queryId, parameters, chunkBytes, origin });
  return json({ success: true, code: null, message: null, data });
}

/** A statement of the same user, in whichever session. @throws Refusal */
function find(world: World, session: Session, queryId: string): Statement {
  const statement = world.queries.get(queryId);
  if (statement === undefined || statement.session.user !== session.user) throw refusals.noSuchQuery(queryId);
  return statement;
}

export const result = (world: World, session: Session, queryId: string, origin: string): Promise<Reply> =>
  settled(world, find(world, session, queryId), origin);

/** GET /monitoring/queries/ID, from which the driver reads whether a query still runs. */
export function monitoring(world: World, session: Session, queryId: string): Reply {
  const statement = world.queries.get(queryId);
  const outcome = statement?.outcome;
  const status = outcome === undefined ? "RUNNING" : outcome.kind === "answer" ? "SUCCESS" : "FAILED_WITH_ERROR";
  const queries =
    statement === undefined || statement.session.user !== session.user
      ? []
      : [
          {
            id: queryId,
            status,
            state: status,
            sqlText: statement.sqlText,
            ...(outcome?.kind === "error"
              ? { errorCode: outcome.error.code, errorMessage: outcome.error.message }
              : {}),
          },
        ];
  return json({ success: true, code: null, message: null, data: { queries } });
}

/** By request id in the session, or by query id; a statement that has ended cannot be cancelled. @throws Refusal */
export function abort(
  world: World,
  session: Session,
  which: { readonly requestId: string } | { readonly queryId: string },
): Reply {
  const statement = "requestId" in which ? session.statements.get(which.requestId) : world.queries.get(which.queryId);
  if (statement === undefined || statement.outcome !== undefined || statement.session.user !== session.user)
    throw refusals.notRunning();
  statement.cancel();
  return json({ success: true, code: null, message: null, data: null });
}
