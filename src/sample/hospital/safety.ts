/** What went wrong, and what patients and auditors thought of it. */
import type { Code } from "../codes/care.js";
import type { Random } from "../random.js";
import type { Row } from "../tables.js";
import { isoDay, isoInstant, localDay, NOW, TODAY } from "../time.js";
import type { Visit } from "../visit.js";
import { type Care, DAY, endOf, HOUR, isInpatient } from "./care.js";
import type { Resources } from "./resources.js";

/** SNOMED CT. */
const acquired: readonly (Code & { readonly organisms: readonly string[] })[] = [
  {
    code: "68566005",
    name: "Urinary tract infectious disease (disorder)",
    organisms: ["Escherichia coli", "Enterococcus faecalis"],
  },
  {
    code: "433202001",
    name: "Surgical site infection (disorder)",
    organisms: ["Staphylococcus aureus", "Staphylococcus epidermidis"],
  },
  { code: "186431008", name: "Clostridioides difficile infection (disorder)", organisms: ["Clostridioides difficile"] },
  {
    code: "429271009",
    name: "Ventilator-associated pneumonia (disorder)",
    organisms: ["Pseudomonas aeruginosa", "Klebsiella pneumoniae"],
  },
];

const brought: Readonly<Record<string, readonly string[]>> = {
  "233604007": ["Streptococcus pneumoniae", "Haemophilus influenzae"],
  "91302008": ["Escherichia coli", "Staphylococcus aureus"],
  "307426000": ["Escherichia coli"],
  "840539006": ["SARS-CoV-2"],
};

export function addSafety(care: Care): void {
  for (const visit of care.course?.visits ?? []) {
    if (visit.role === "certificate") continue;
    addInfection(care, visit);
    if (isInpatient(visit)) addHarm(care, visit);
    addSatisfaction(care, visit);
  }
}

function addInfection({ chart, random }: Care, visit: Visit): void {
  const late = visit.start + 2 * DAY;
  const isAcquired = isInpatient(visit) && endOf(visit) > late + DAY && random.chance(0.06);
  const organisms = brought[visit.reason?.code ?? ""];
  const isBrought = !isAcquired && organisms !== undefined && random.chance(0.25);
  if (!isAcquired && !isBrought) return;
  const chosen = random.pick(acquired);
  const span = endOf(visit) - late;
  const at = isAcquired ? late + Math.floor(span * random.float()) : visit.start + 600;
  chart.add("infections", {
    ID: random.uuid(),
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    DIAGNOSED_AT: isoInstant(at),
    CODE: isAcquired ? chosen.code : (visit.reason?.code ?? ""),
    DESCRIPTION: isAcquired ? chosen.name : (visit.reason?.name ?? ""),
    ORGANISM: random.pick(isAcquired ? chosen.organisms : (organisms ?? [])),
    ORIGIN: isAcquired ? "hospital" : "community",
  });
}

function addHarm({ chart, random }: Care, visit: Visit): void {
  const occurred = () => visit.start + Math.floor((endOf(visit) - visit.start) * random.float());
  const times = (at: number) => ({
    OCCURRED_AT: isoInstant(at),
    REPORTED_AT: isoInstant(Math.min(endOf(visit), at + random.int(10, 2000) * 60)),
  });
  if (random.chance(0.05)) {
    chart.add("adverse_events", {
      ID: random.uuid(),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      ...times(occurred()),
      CATEGORY: random.pick(["fall", "pressure_injury", "reaction", "procedure", "device"]),
      SEVERITY: random.weighted([
        [55, "mild"],
        [32, "moderate"],
        [13, "severe"],
      ]),
    });
  }
  const drugs = visit.reason?.medications ?? [];
  if (drugs.length > 0 && random.chance(0.04)) {
    const drug = random.pick(drugs);
    chart.add("medication_errors", {
      ID: random.uuid(),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      ...times(occurred()),
      CODE: drug.code,
      DESCRIPTION: drug.name,
      STAGE: random.pick(["prescribing", "dispensing", "administration", "monitoring"]),
      SEVERITY: random.weighted([
        [15, "A"],
        [30, "B"],
        [30, "C"],
        [15, "D"],
        [7, "E"],
        [3, "F"],
      ]),
    });
  }
}

const questions = ["overall", "communication", "cleanliness", "recommend"] as const;

/** One visit in twelve is asked about, some days later, unless the patient has died. */
function addSatisfaction({ chart, random }: Care, visit: Visit): void {
  if (visit.stop === undefined || !random.chance(isInpatient(visit) ? 0.3 : 0.08)) return;
  const at = visit.stop + random.int(2, 14) * DAY + random.int(0, 8) * HOUR;
  const { deathDay } = chart.person;
  if (at > NOW || (deathDay !== undefined && localDay(at) >= deathDay)) return;
  const mood = random.around(0, 0.6);
  for (const question of questions) {
    if (question !== "overall" && random.chance(0.25)) continue;
    const score = Math.round(4.1 + mood + random.around(0, 0.6));
    chart.add("satisfaction", {
      ID: random.uuid(),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      SURVEYED_AT: isoInstant(at),
      QUESTION: question,
      SCORE: String(Math.min(5, Math.max(1, score))),
    });
  }
}

/** Of the last two years: a few in each facility. */
export function* auditFindings(random: Random, { units }: Resources): Iterable<Row<"audit_findings">> {
  for (const { facility, staff } of units) {
    for (let left = random.int(2, 6); left > 0; left -= 1) {
      const found = TODAY - random.int(0, 730);
      const closed = found + random.int(5, 120);
      const isClosed = closed <= TODAY && random.chance(0.85);
      yield {
        ID: random.uuid(),
        ORGANIZATION: facility.id,
        DEPARTMENT: random.pick(staff).department,
        FOUND_ON: isoDay(found),
        CATEGORY: random.pick(["documentation", "billing", "privacy", "safety", "licensing"]),
        SEVERITY: random.weighted([
          [50, "low"],
          [35, "medium"],
          [15, "high"],
        ]),
        STATUS: isClosed ? "closed" : "open",
        CLOSED_ON: isClosed ? isoDay(closed) : "",
      };
    }
  }
}
