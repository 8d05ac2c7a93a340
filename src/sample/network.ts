/** The hospital network: facilities, clinicians and insurers, all invented, and what they are counted for at the end. */
import type { VisitKind } from "./codes/care.js";
import type { Random } from "./random.js";
import type { Row } from "./tables.js";

export interface Town {
  readonly city: string;
  readonly county: string;
  readonly fips: string;
  readonly zip: string;
  readonly latitude: number;
  readonly longitude: number;
}

export interface Facility {
  readonly id: string;
  readonly name: string;
  readonly place: VisitKind["place"];
  readonly town: Town;
  readonly address: string;
  readonly phone: string;
  /** Sends laboratory values in SI units. */
  readonly sendsSi: boolean;
  /** Weighs in pounds and measures in inches. */
  readonly sendsPounds: boolean;
  readonly providers: readonly Provider[];
}

export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly gender: "M" | "F";
  readonly specialty: string;
}

export interface Payer {
  readonly id: string;
  readonly name: string;
  readonly ownership: "GOVERNMENT" | "PRIVATE" | "NO_INSURANCE";
  /** Share of a bill that it pays. */
  readonly share: number;
}

export interface Network {
  readonly facilities: readonly Facility[];
  readonly payers: readonly Payer[];
  /** The first day of its records, in days since 1970. */
  readonly since: number;
}

export const towns: readonly Town[] = [
  { city: "Boston", county: "Suffolk County", fips: "25025", zip: "02115", latitude: 42.34, longitude: -71.09 },
  { city: "Worcester", county: "Worcester County", fips: "25027", zip: "01602", latitude: 42.27, longitude: -71.84 },
  { city: "Springfield", county: "Hampden County", fips: "25013", zip: "01104", latitude: 42.13, longitude: -72.57 },
  { city: "Lowell", county: "Middlesex County", fips: "25017", zip: "01851", latitude: 42.63, longitude: -71.33 },
  { city: "Quincy", county: "Norfolk County", fips: "25021", zip: "02169", latitude: 42.25, longitude: -71.0 },
  { city: "Salem", county: "Essex County", fips: "25009", zip: "01970", latitude: 42.52, longitude: -70.9 },
  { city: "Plymouth", county: "Plymouth County", fips: "25023", zip: "02360", latitude: 41.95, longitude: -70.67 },
];

/** Family names of people who do not exist; a number is added to each, as Synthea does. */
// biome-ignore format: a list of words
export const familyNames: readonly string[] = [
  "Alderbrook", "Brightwater", "Castellane", "Dunmarrow", "Eastvale", "Fenwhistle", "Greymantle", "Hollowell", "Ironquill",
  "Jesperling", "Kettlewright", "Larkspire", "Mossgrove", "Núñovar", "O'Thornley", "Pemberlake", "Quillfeather", "Rookwind",
  "Silverbeck", "Tanglewick", "Umberland", "Vossmeer", "Wexcombe", "Yarrowdale",
];

export const givenNames = {
  F: [
    "Aveline",
    "Brisa",
    "Corisande",
    "Delphine",
    "Elowen",
    "Fiammetta",
    "Gwenore",
    "Hestia",
    "Isaura",
    "Junia",
    "Linnéa",
  ],
  M: ["Aldric", "Benedek", "Corwin", "Dagomar", "Evander", "Florian", "Gideon", "Hadrian", "Ivo", "Joaquín", "Leofric"],
} as const;

const places: readonly (readonly [VisitKind["place"], readonly string[]])[] = [
  ["hospital", ["General Hospital", "Medical Center"]],
  ["clinic", ["Family Medicine, P.C.", "Health Center", "Primary Care Associates"]],
  ["urgent", ["Urgent Care"]],
  ["post-acute", ["Nursing, Hospice & Home Care"]],
  ["clinic", ["Community Clinic", "Internal Medicine Group, LLC"]],
];

// biome-ignore format: a list of words
const siteNames = [
  "Amberfield", "Birchmoor", "Copperhill", "Driftwood", "Elmstead", "Foxglove", "Glenharrow", "Heathermere", "Indigo Bay",
  "Juniper Ridge", "Kingsferry", "Lanternhouse",
];

const specialties: Readonly<Record<VisitKind["place"], readonly string[]>> = {
  clinic: ["GENERAL PRACTICE", "FAMILY PRACTICE", "INTERNAL MEDICINE", "NURSE PRACTITIONER"],
  hospital: ["EMERGENCY MEDICINE", "HOSPITALIST", "CARDIOLOGY", "GENERAL SURGERY", "PULMONARY DISEASE"],
  urgent: ["EMERGENCY MEDICINE", "PHYSICIAN ASSISTANT"],
  "post-acute": ["GERIATRIC MEDICINE", "HOSPICE AND PALLIATIVE CARE"],
};

export function givenName(random: Random, gender: "M" | "F"): string {
  return `${random.pick(givenNames[gender])}${random.int(1, 999)}`;
}

export function familyName(random: Random): string {
  return `${random.pick(familyNames)}${random.int(1, 999)}`;
}

export function streetAddress(random: Random): string {
  const street = `${random.int(1, 999)} ${random.pick(siteNames)} ${random.pick(["Lane", "Street", "Mews", "Promenade"])}`;
  return random.chance(0.25) ? `${street}, Apt ${random.int(1, 60)}` : street;
}

/** A network that suits a number of patients: 6 facilities, and one more for every 250 patients up to 40. */
export function createNetwork(random: Random, patients: number, since: number): Network {
  const count = Math.min(40, 6 + Math.floor(patients / 250));
  const facilities = Array.from({ length: count }, (_, index): Facility => {
    const [place, kinds] = places[index % places.length] as (typeof places)[number];
    const site = siteNames[index % siteNames.length];
    const round = Math.floor(index / siteNames.length);
    const providers = Array.from({ length: place === "hospital" ? 8 : 4 }, (): Provider => {
      const gender = random.chance(0.5) ? "F" : "M";
      return {
        id: random.uuid(),
        name: `${givenName(random, gender)} ${familyName(random)}`,
        gender,
        specialty: random.pick(specialties[place]),
      };
    });
    return {
      id: random.uuid(),
      name: `${site}${round === 0 ? "" : ` ${round + 1}`} ${random.pick(kinds)}`,
      place,
      town: random.pick(towns),
      address: streetAddress(random),
      phone: `617555${String(random.int(0, 9999)).padStart(4, "0")}`,
      // Which unit a value has depends on the place: of the first six, each way has a clinic and a hospital.
      sendsSi: index % 6 >= 4,
      sendsPounds: index % 6 < 2,
      providers,
    };
  });
  const payer = (name: string, ownership: Payer["ownership"], share: number): Payer => ({
    id: random.uuid(),
    name,
    ownership,
    share,
  });
  return {
    since,
    facilities,
    payers: [
      payer("Medicare", "GOVERNMENT", 0.8),
      payer("Medicaid", "GOVERNMENT", 0.9),
      payer("Bluebell Mutual", "PRIVATE", 0.75),
      payer("Harbor & Hill Health Plan, Inc.", "PRIVATE", 0.7),
      payer("NO_INSURANCE", "NO_INSURANCE", 0),
    ],
  };
}

/** What grows while patients are written, so that the network's own rows agree with theirs. */
export interface Tally {
  readonly encounters: Map<string, number>;
  readonly procedures: Map<string, number>;
  readonly revenue: Map<string, number>;
  readonly payers: Map<string, PayerTally>;
}

export interface PayerTally {
  covered: number;
  uncovered: number;
  encounters: number;
  medications: number;
  procedures: number;
  immunizations: number;
  customers: number;
  months: number;
}

export const createTally = (): Tally => ({
  encounters: new Map(),
  procedures: new Map(),
  revenue: new Map(),
  payers: new Map(),
});

export function bump(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

export function payerTally(tally: Tally, payer: Payer): PayerTally {
  const known = tally.payers.get(payer.id);
  if (known !== undefined) return known;
  const fresh = {
    covered: 0,
    uncovered: 0,
    encounters: 0,
    medications: 0,
    procedures: 0,
    immunizations: 0,
    customers: 0,
    months: 0,
  };
  tally.payers.set(payer.id, fresh);
  return fresh;
}

const where = (town: Town, address: string) => ({
  ADDRESS: address,
  CITY: town.city,
  STATE: "MA",
  ZIP: town.zip,
  LAT: town.latitude.toFixed(6),
  LON: town.longitude.toFixed(6),
});

export function organizationRows(network: Network, tally: Tally): readonly Row<"organizations">[] {
  return network.facilities.map((facility) => ({
    Id: facility.id,
    NAME: facility.name,
    ...where(facility.town, facility.address),
    PHONE: facility.phone,
    REVENUE: (tally.revenue.get(facility.id) ?? 0).toFixed(2),
    UTILIZATION: String(tally.encounters.get(facility.id) ?? 0),
  }));
}

export function providerRows(network: Network, tally: Tally): readonly Row<"providers">[] {
  return network.facilities.flatMap((facility) =>
    facility.providers.map((provider) => ({
      Id: provider.id,
      ORGANIZATION: facility.id,
      NAME: provider.name,
      GENDER: provider.gender,
      SPECIALITY: provider.specialty,
      ...where(facility.town, facility.address),
      ENCOUNTERS: String(tally.encounters.get(provider.id) ?? 0),
      PROCEDURES: String(tally.procedures.get(provider.id) ?? 0),
    })),
  );
}

export function payerRows(network: Network, tally: Tally): readonly Row<"payers">[] {
  return network.payers.map((payer) => {
    const sums = payerTally(tally, payer);
    const insured = payer.ownership !== "NO_INSURANCE";
    const split = (count: number): readonly [string, string] => (insured ? [String(count), "0"] : ["0", String(count)]);
    const [encounters, uncoveredEncounters] = split(sums.encounters);
    const [medications, uncoveredMedications] = split(sums.medications);
    const [procedures, uncoveredProcedures] = split(sums.procedures);
    const [immunizations, uncoveredImmunizations] = split(sums.immunizations);
    return {
      Id: payer.id,
      NAME: payer.name,
      OWNERSHIP: payer.ownership,
      AMOUNT_COVERED: sums.covered.toFixed(2),
      AMOUNT_UNCOVERED: sums.uncovered.toFixed(2),
      REVENUE: (sums.months * (insured ? 310 : 0)).toFixed(2),
      COVERED_ENCOUNTERS: encounters,
      UNCOVERED_ENCOUNTERS: uncoveredEncounters,
      COVERED_MEDICATIONS: medications,
      UNCOVERED_MEDICATIONS: uncoveredMedications,
      COVERED_PROCEDURES: procedures,
      UNCOVERED_PROCEDURES: uncoveredProcedures,
      COVERED_IMMUNIZATIONS: immunizations,
      UNCOVERED_IMMUNIZATIONS: uncoveredImmunizations,
      UNIQUE_CUSTOMERS: String(sums.customers),
      QOLS_AVG: sums.customers === 0 ? "NaN" : "0.8",
      MEMBER_MONTHS: String(sums.months),
    };
  });
}
