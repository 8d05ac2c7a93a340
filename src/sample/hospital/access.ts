/** Who looked at whose record in the last days, who had no business there, and who could not get in. */
import type { Random } from "../random.js";
import type { Row } from "../tables.js";
import { isoInstant, localInstant, NOW, TODAY } from "../time.js";
import type { Visit } from "../visit.js";
import { type Care, DAY, endOf, HOUR, WINDOW } from "./care.js";
import type { Employee, Resources } from "./resources.js";

const kinds = [
  "demographics",
  "demographics encounters",
  "laboratory medications",
  "notes imaging",
  "billing",
] as const;

const addressOf = ({ id }: Employee) => `10.${Number(id.slice(1, 3)) + 1}.${Number(id.slice(3)) % 250}.20`;

function entry(random: Random, employee: Employee, at: number, more: Row<"access_log">): Row<"access_log"> {
  return {
    ID: random.uuid(),
    ACCESSED_AT: isoInstant(at),
    USER_ID: employee.id,
    USER_ROLE: employee.role,
    PURPOSE: "treatment",
    ADDRESS: addressOf(employee),
    AGENT: random.pick(["ehr-client 12.4", "ehr-web", "ehr-mobile 3.1"]),
    ORGANIZATION: employee.facility.id,
    DEPARTMENT: employee.department,
    RELATIONSHIP: "none",
    OUTCOME: "success",
    ...more,
  };
}

/** Of one patient. */
export function logAccesses(care: Care): void {
  const { chart, course, random, resources } = care;
  const PATIENT = chart.person.id;
  const since = localInstant(TODAY - WINDOW + 1, 0);
  for (const visit of course?.visits ?? []) {
    if (endOf(visit) < since) continue;
    const { staff, nurses } = resources.unitOf(visit.facility);
    const at = () =>
      Math.max(since, visit.start) + Math.floor(random.float() * (endOf(visit) - Math.max(since, visit.start)));
    const provider = staff.find((employee) => employee.provider === visit.provider);
    const team = [provider, random.pick(nurses)].filter((employee) => employee !== undefined);
    for (const employee of team) {
      const treatment = { PATIENT, RELATIONSHIP: "care_team", DATA_KINDS: random.pick(kinds) };
      chart.add("access_log", entry(random, employee, at(), { ...treatment, ACTION: "view", RESOURCE: "chart" }));
      if (random.chance(0.5)) {
        const resource = random.pick(["encounter", "order", "note"]);
        chart.add("access_log", entry(random, employee, at(), { ...treatment, ACTION: "update", RESOURCE: resource }));
      }
    }
    bill(care, visit);
  }
  if (course !== undefined && random.chance(0.03)) intrude(care);
}

function bill({ chart, random, resources }: Care, visit: Visit): void {
  const clerk = resources.unitOf(visit.facility).staff.find(({ role }) => role === "billing");
  const at = endOf(visit) + random.int(1, 48) * HOUR;
  if (clerk === undefined || at > NOW || random.chance(0.5)) return;
  const row = {
    PATIENT: chart.person.id,
    PURPOSE: "payment",
    ACTION: "view",
    RESOURCE: "claim",
    DATA_KINDS: "billing",
  };
  chart.add("access_log", entry(random, clerk, at, row));
}

/** Somebody without any part in the care looks at the record, mostly at night. */
function intrude({ chart, random, resources }: Care): void {
  const { staff } = random.pick(resources.units);
  const day = TODAY - random.int(0, WINDOW - 1);
  const at = localInstant(day, random.chance(0.7) ? random.int(0, 330) : random.int(480, 960));
  const row = {
    PATIENT: chart.person.id,
    ACTION: random.pick(["view", "view", "print", "export"]),
    RESOURCE: "chart",
    DATA_KINDS: random.pick(kinds),
  };
  chart.add("access_log", entry(random, random.pick(staff), at, row));
}

/** Of nobody: who logged in and who failed to, among them somebody who tried again and again last night. */
export function* logins(random: Random, { units }: Resources): Iterable<Row<"access_log">> {
  const login = (employee: Employee, at: number, OUTCOME: string) =>
    entry(random, employee, at, {
      ACTION: "login",
      RESOURCE: "session",
      PURPOSE: "operations",
      RELATIONSHIP: "",
      OUTCOME,
    });
  for (const { staff } of units) {
    for (const employee of staff) {
      for (let left = random.int(2, 6); left > 0; left -= 1) {
        const at = localInstant(TODAY - random.int(0, WINDOW - 1), random.int(400, 560));
        if (random.chance(0.15)) yield login(employee, at - random.int(20, 90), "failure");
        yield login(employee, at, "success");
      }
    }
  }
  const attacked = random.pick(random.pick(units).staff);
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const at = NOW - DAY + 8 * HOUR + attempt * random.int(20, 40);
    yield { ...login(attacked, at, "failure"), ADDRESS: "203.0.113.77", AGENT: "python-requests" };
  }
}
