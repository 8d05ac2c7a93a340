/**
 * Grants of a relation that becomes one of another kind. COPY GRANTS takes them from a table to a table, and from a view to a
 * view; between the two they are given anew, as far as both kinds have the privilege.
 */
import { type Target, targetKey } from "../../graph/index.js";
import type { Row } from "../contract.js";
import { refuse } from "../refuse.js";
import { qualified } from "./names.js";
import * as sql from "./statements.js";
import type { Step } from "./steps.js";
import type { PublishSession } from "./work.js";

export interface Turning {
  readonly target: Target;
  readonly from: sql.Kind;
  readonly to: sql.Kind;
  /** What will be in its place, or stands for it: whoever may read that by a future grant needs no other. */
  readonly candidate: Target;
}

/**
 * What gives them, once the relation is in its place.
 *
 * @throws ProblemError `grants-lost` where it is in a share, which takes no view that is not secure, and of which nobody here is the owner.
 */
export async function grantsAgain(
  session: Pick<PublishSession, "rows">,
  { target, from, to, candidate }: Turning,
  database: string,
): Promise<readonly Step[]> {
  const there = await session.rows(sql.showGrants(from, qualified(target, database)));
  const share = there.find((row) => row.granted_to === "SHARE");
  if (share !== undefined) throw lost(target, from, to, String(share.grantee_name));
  const wanted = there.flatMap((row) => grantOf(row, target.database ?? database) ?? []);
  if (wanted.length === 0) return [];
  const given = (await session.rows(sql.showGrants(to, qualified(candidate, database)))).map((row) =>
    JSON.stringify(grantOf(row, target.database ?? database)),
  );
  return wanted
    .filter((grant) => !given.includes(JSON.stringify(grant)))
    .map((grant) => ({ kind: "hook", target, statement: sql.grant(to, qualified(target, database), grant) }));
}

const shared = new Set(["SELECT", "REFERENCES"]);

/** Undefined for a privilege that only one kind has, and for the owner's. */
function grantOf(row: Row, database: string): sql.Grant | undefined {
  const privilege = String(row.privilege).toUpperCase();
  const kind = String(row.granted_to).toUpperCase();
  if (!shared.has(privilege) || (kind !== "ROLE" && kind !== "DATABASE_ROLE")) return undefined;
  const name = unquoted(String(row.grantee_name));
  const withOption = String(row.grant_option).toLowerCase() === "true";
  // A database role is of the database that it may be given something in, with or without saying so.
  const parts = kind === "ROLE" ? [name] : [database, name.slice(name.lastIndexOf(".") + 1)];
  return { privilege, role: parts, ofDatabase: kind === "DATABASE_ROLE", withOption };
}

/** A name that needs quotes is shown with them. */
const unquoted = (name: string) => (/^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name);

const lost = (target: Target, from: sql.Kind, to: sql.Kind, share: string) =>
  refuse(
    "grants-lost",
    `${targetKey(target)} is a ${from} in the share ${share}, and would be taken out of it by becoming a ${to}`,
    "Take it out of the share, run, and add it again.",
  );
