/** Who a patient is to the hospital: numbers, contacts, status, confidentiality, language, scores of risk, legal holds. */
import { familyName, givenName } from "../network.js";
import { isoDay, isoInstant, localInstant, NOW, TODAY } from "../time.js";
import { ageAt } from "../visit.js";
import { type Care, DAY, HOUR, isInpatient } from "./care.js";

/** Medical record numbers have seven digits; this shares no factor with ten million. */
const NUMBERS = 10_000_000;
const STEP = 3_670_001;

/** From when on the patient is in the register. */
const registeredDay = ({ chart, course }: Care) => course?.from ?? Math.max(chart.person.birthDay, TODAY - 400);

export function identify(care: Care): void {
  const { chart, course, index, random, resources } = care;
  const { person } = chart;
  const number = (authority: string, kind: string, value: string, from: number, to?: number) =>
    chart.add("patient_identifiers", {
      ID: random.uuid(),
      PATIENT: person.id,
      AUTHORITY: authority,
      KIND: kind,
      VALUE: value,
      VALID_FROM: isoDay(from),
      VALID_TO: to === undefined ? "" : isoDay(to),
    });
  const registers = new Map<string, number>([[resources.unitOf(person.clinic).authority, registeredDay(care)]]);
  for (const visit of course?.visits ?? []) {
    const { authority } = resources.unitOf(visit.facility);
    if (!registers.has(authority)) registers.set(authority, visit.startDay);
  }
  const authorities = [...new Set(resources.units.map(({ authority }) => authority))];
  for (const [authority, from] of registers) {
    const shift = resources.numberOffset + authorities.indexOf(authority) * 104_729;
    number(authority, "mrn", String((index * STEP + shift) % NUMBERS).padStart(7, "0"), from);
  }
  if (person.row.PASSPORT) {
    const from = TODAY - random.int(1, 3600);
    number("US Department of State", "passport", person.row.PASSPORT, Math.max(from, person.birthDay), from + 3652);
  }
}

const relationships = {
  child: ["mother", "father", "grandparent", "guardian"],
  adult: ["spouse", "child", "sibling", "parent", "friend"],
} as const;

export function addContacts({ chart, random }: Care): void {
  const { person } = chart;
  const isChild = ageAt(person, TODAY) < 18;
  const count = isChild
    ? random.int(1, 2)
    : random.weighted([
        [15, 0],
        [50, 1],
        [30, 2],
        [5, 3],
      ]);
  for (let priority = 1; priority <= count; priority += 1) {
    const given = givenName(random, random.chance(0.5) ? "F" : "M");
    const family = random.chance(0.6) ? (person.row.LAST ?? "") : familyName(random);
    chart.add("patient_contacts", {
      ID: random.uuid(),
      PATIENT: person.id,
      NAME: `${given} ${family}`,
      RELATIONSHIP: random.pick(isChild ? relationships.child : relationships.adult),
      PHONE: random.chance(0.95) ? `617555${String(random.int(0, 9999)).padStart(4, "0")}` : "",
      EMAIL: random.chance(0.4) ? `contact${random.int(1, 99_999)}@example.org` : "",
      PRIORITY: String(priority),
      UPDATED_AT: isoInstant(
        localInstant(Math.max(person.birthDay, TODAY - random.int(1, 2500)), random.int(480, 1000)),
      ),
    });
  }
}

const languages: readonly (readonly [number, string])[] = [
  [78, "en-US"],
  [11, "es"],
  [4, "pt"],
  [3, "zh"],
  [2, "ht"],
  [2, "vi"],
];

/** Registered as active; later changes, each with all three as they are from then on. No transition that a register forbids. */
export function addStatuses(care: Care): void {
  const { chart, course, random } = care;
  const { person } = chart;
  const state = {
    status: "active",
    confidentiality: random.weighted([
      [96, "normal"],
      [3, "restricted"],
      [1, "vip"],
    ]),
    language: random.weighted(languages),
  };
  const write = (at: number, by: string) =>
    chart.add("patient_statuses", {
      ID: random.uuid(),
      PATIENT: person.id,
      STATUS: state.status,
      CONFIDENTIALITY: state.confidentiality,
      LANGUAGE: state.language,
      CHANGED_AT: isoInstant(at),
      CHANGED_BY: by,
    });
  const from = registeredDay(care);
  write(localInstant(from, random.int(480, 1000)), "registration");
  const last = (person.deathDay ?? TODAY) - 1;
  // Each in a part of the time of its own, so that they are in order.
  const within = (part: number) => from + 1 + Math.floor(((last - from - 1) * (part + random.float())) / 4);
  if (last - from > 40) {
    if (random.chance(0.04)) {
      state.confidentiality = state.confidentiality === "normal" ? "restricted" : "normal";
      write(localInstant(within(0), random.int(480, 1000)), "privacy-office");
    }
    if (random.chance(0.04)) {
      state.language = random.weighted(languages);
      write(localInstant(within(1), random.int(480, 1000)), "frontdesk-1");
    }
    if (course === undefined || random.chance(0.05)) {
      state.status = "inactive";
      write(localInstant(within(2), 30), "archive");
      if (course !== undefined) {
        state.status = "active";
        write(localInstant(within(3), random.int(480, 1000)), "frontdesk-2");
      }
    } else if (person.deathDay === undefined && random.chance(0.02)) {
      state.status = "transferred";
      write(localInstant(within(3), random.int(480, 1000)), "registration");
    }
  }
  if (person.deathDay !== undefined) {
    state.status = "deceased";
    // Some are reported a few days later.
    write(localInstant(person.deathDay + random.int(0, 4), 21 * 60 + random.int(0, 120)), "registration");
  }
}

/** LACE at each discharge, Morse at each admission, the ten-year risk of the heart at some general visits. */
export function addRiskScores({ chart, course, random }: Care): void {
  const score = (name: string, value: string, at: number) =>
    chart.add("risk_scores", {
      ID: random.uuid(),
      PATIENT: chart.person.id,
      SCORE_NAME: name,
      SCORE: value,
      SCORED_AT: isoInstant(at),
    });
  let heart = random.around(8, 3);
  for (const visit of course?.visits ?? []) {
    if (isInpatient(visit)) {
      score("morse_fall", String(random.int(0, 25) * 5), visit.start + HOUR);
      if (visit.stop !== undefined) score("lace", String(random.int(1, 19)), visit.stop);
    } else if (visit.role === "general" && random.chance(0.4)) {
      const age = ageAt(chart.person, visit.startDay);
      if (age < 40 || age > 79) continue;
      heart = Math.max(0.5, heart + random.around(0.3, 0.8));
      score("ascvd_10y", heart.toFixed(1), visit.start + 600);
    }
  }
}

/** One patient in seventy is in a dispute, which is over for some. */
export function addLegalHolds({ chart, course, random }: Care): void {
  if (course === undefined || !random.chance(0.015)) return;
  const placed = Math.min(NOW - DAY, localInstant(random.int(course.from, TODAY), 600));
  const isLifted = random.chance(0.4);
  chart.add("legal_holds", {
    ID: random.uuid(),
    PATIENT: chart.person.id,
    PLACED_AT: isoInstant(placed),
    LIFTED_AT: isLifted ? isoInstant(Math.min(NOW, placed + random.int(30, 700) * DAY)) : "",
    REASON: random.pick(["litigation", "investigation", "request of the insurer"]),
  });
}
