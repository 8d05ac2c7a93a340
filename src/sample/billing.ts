/** Claims, their lines, and by whom a patient is insured. */
import type { Chart } from "./chart.js";
import type { Random } from "./random.js";
import { money } from "./rows.js";
import type { Row } from "./tables.js";
import { isoInstant, localInstant } from "./time.js";
import type { Course, Visit } from "./visit.js";

const DAY = 86_400;

/** One claim a visit that is over. Charges equal payments, adjustments and what is outstanding. @returns what was paid by the payer and by the patient */
export function claim(
  random: Random,
  chart: Chart,
  visit: Visit,
): { readonly payer: number; readonly patient: number } {
  if (visit.stop === undefined) return { payer: 0, patient: 0 };
  const { person } = chart;
  const id = random.uuid();
  const charge = Math.round(visit.kind.cost * (1 + random.float() * 4) * 100) / 100;
  const byPayer = Math.round(charge * person.payer.share * 100) / 100;
  const adjusted = byPayer > 0 && random.chance(0.2) ? Math.round((charge - byPayer) * 50) / 100 : 0;
  const left = Math.round((charge - byPayer - adjusted) * 100) / 100;
  const isOpen = random.chance(0.05);
  const billed = isoInstant(visit.stop);
  const institutional = visit.kind.place === "hospital";
  chart.add("claims", {
    Id: id,
    PATIENTID: person.id,
    PROVIDERID: visit.provider.id,
    PRIMARYPATIENTINSURANCEID: person.payer.id,
    SECONDARYPATIENTINSURANCEID: "0",
    DEPARTMENTID: institutional ? "10" : "1",
    PATIENTDEPARTMENTID: institutional ? "10" : "1",
    DIAGNOSIS1: visit.reason?.code ?? "",
    APPOINTMENTID: visit.id,
    CURRENTILLNESSDATE: isoInstant(visit.start),
    SERVICEDATE: isoInstant(visit.start),
    SUPERVISINGPROVIDERID: visit.provider.id,
    STATUS1: byPayer > 0 ? "CLOSED" : "",
    STATUSP: isOpen ? "BILLED" : "CLOSED",
    OUTSTANDING1: byPayer > 0 ? "0.00" : "",
    OUTSTANDINGP: isOpen ? money(left) : "0.00",
    LASTBILLEDDATE1: byPayer > 0 ? billed : "",
    LASTBILLEDDATEP: billed,
    HEALTHCARECLAIMTYPEID1: institutional ? "2" : "1",
    HEALTHCARECLAIMTYPEID2: "0",
  });
  const line = (number: number, rest: Row<"claims_transactions">): void =>
    chart.add("claims_transactions", {
      ID: random.uuid(),
      CLAIMID: id,
      CHARGEID: String(number),
      PATIENTID: person.id,
      FROMDATE: isoInstant(visit.start),
      TODATE: billed,
      PLACEOFSERVICE: visit.facility.id,
      PROCEDURECODE: visit.kind.code,
      DIAGNOSISREF1: visit.reason === undefined ? "" : "1",
      UNITS: "1",
      DEPARTMENTID: institutional ? "10" : "1",
      NOTES: visit.kind.name,
      APPOINTMENTID: visit.id,
      PATIENTINSURANCEID: person.id,
      FEESCHEDULEID: "1",
      PROVIDERID: visit.provider.id,
      SUPERVISINGPROVIDERID: visit.provider.id,
      ...rest,
    });
  let number = 0;
  const next = () => {
    number += 1;
    return number;
  };
  line(next(), { TYPE: "CHARGE", AMOUNT: money(charge), UNITAMOUNT: money(charge), TRANSFERTYPE: "1" });
  if (byPayer > 0)
    line(next(), { TYPE: "PAYMENT", METHOD: "ECHECK", PAYMENTS: money(byPayer), OUTSTANDING: money(charge - byPayer) });
  if (adjusted > 0) line(next(), { TYPE: "ADJUSTMENT", ADJUSTMENTS: money(adjusted), OUTSTANDING: money(left) });
  if (left > 0 && !isOpen) {
    line(next(), {
      TYPE: "PAYMENT",
      METHOD: random.pick(["CASH", "CC", "CHECK"]),
      PAYMENTS: money(left),
      OUTSTANDING: "0.00",
    });
  }
  return { payer: byPayer, patient: isOpen ? 0 : left };
}

/** Years of insurance, one row each two years, without gap or overlap. @returns months of membership */
export function insure(random: Random, chart: Chart, course: Course): number {
  const { person } = chart;
  const member = random.uuid();
  let months = 0;
  for (let from = course.from; from < course.to; from += 730) {
    const to = Math.min(from + 730, course.to + 1);
    chart.add("payer_transitions", {
      PATIENT: person.id,
      MEMBERID: person.payer.ownership === "NO_INSURANCE" ? "" : member,
      START_DATE: isoInstant(localInstant(from, 0)),
      END_DATE: isoInstant(localInstant(to, 0)),
      PAYER: person.payer.id,
      PLAN_OWNERSHIP: person.payer.ownership === "NO_INSURANCE" ? "" : "Self",
      OWNER_NAME: person.payer.ownership === "NO_INSURANCE" ? "" : `${person.row.FIRST} ${person.row.LAST}`,
    });
    months += Math.round(((to - from) * DAY) / (30.4375 * DAY));
  }
  return months;
}
