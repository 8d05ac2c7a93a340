/** The network's own registers: units, people, licences, beds, equipment. */
import type { Random } from "../random.js";
import type { Row } from "../tables.js";
import { isoDay, TODAY } from "../time.js";
import type { Employee, Resources } from "./resources.js";

export const organizationUnits = ({ units }: Resources): readonly Row<"organization_units">[] =>
  units.map(({ facility, branch, region, authority, beds }) => ({
    ORGANIZATION: facility.id,
    BRANCH: branch,
    REGION: region,
    ASSIGNING_AUTHORITY: authority,
    BED_COUNT: String(beds.length),
  }));

export const staffRows = ({ units }: Resources): readonly Row<"staff">[] =>
  units.flatMap(({ staff }) =>
    staff.map((employee) => ({
      ID: employee.id,
      NAME: employee.name,
      ROLE: employee.role,
      PROVIDER: employee.provider?.id ?? "",
      NPI: employee.npi,
      ORGANIZATION: employee.facility.id,
      DEPARTMENT: employee.department,
      HIRED_ON: isoDay(employee.hiredDay),
      LEFT_ON: employee.leftDay === undefined ? "" : isoDay(employee.leftDay),
    })),
  );

export const bedRows = ({ units }: Resources): readonly Row<"beds">[] =>
  units.flatMap(({ facility, beds }) =>
    beds.map(({ id, kind, department }) => ({ ID: id, ORGANIZATION: facility.id, DEPARTMENT: department, KIND: kind })),
  );

export const equipmentRows = ({ units }: Resources): readonly Row<"equipment">[] =>
  units.flatMap(({ facility, equipment }) =>
    equipment.map(({ id, kind, department, dailyMinutes }) => ({
      ID: id,
      ORGANIZATION: facility.id,
      DEPARTMENT: department,
      KIND: kind,
      DAILY_MINUTES: String(dailyMinutes),
    })),
  );

/** One licence in eight ends within the next sixty days; some have ended and were renewed. */
export function* licenses(random: Random, { units }: Resources): Iterable<Row<"licenses">> {
  for (const { staff } of units) {
    for (const employee of staff) {
      if (employee.provider === undefined) continue;
      yield* licensesOf(random, employee, employee.provider.id);
    }
  }
}

function* licensesOf(random: Random, { provider }: Employee, id: string): Iterable<Row<"licenses">> {
  const isNurse = provider?.specialty === "NURSE PRACTITIONER";
  const license = (kind: string, issued: number, expires: number, status: string): Row<"licenses"> => ({
    ID: random.uuid(),
    PROVIDER: id,
    LICENSE_NUMBER: `${kind === "dea" ? "X" : "MA-9"}${random.int(100_000, 999_999)}`,
    STATE: "MA",
    KIND: kind,
    ISSUED_ON: isoDay(issued),
    EXPIRES_ON: isoDay(expires),
    STATUS: status,
  });
  const kind = isNurse ? "nursing" : "medical";
  const expires = TODAY + (random.chance(0.125) ? random.int(1, 60) : random.int(61, 720));
  const issued = expires - 730;
  if (random.chance(0.3)) yield license(kind, issued - 730, issued, "expired");
  yield license(kind, issued, expires, random.chance(0.02) ? "suspended" : "active");
  if (!isNurse && random.chance(0.6)) {
    const ends = TODAY + random.int(20, 1000);
    yield license("dea", ends - 1095, ends, "active");
  }
}
