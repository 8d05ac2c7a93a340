/** Who a patient is: life dates, names, home, the places and the payer that they use. Nobody here is real. */
import type { Facility, Network, Payer } from "./network.js";
import { familyName, givenName, streetAddress, towns } from "./network.js";
import type { Random } from "./random.js";
import type { Row } from "./tables.js";
import { isoDay, TODAY } from "./time.js";

/** Social security numbers are 999-00-0000 to 999-99-9999, each at most once. */
export const MOST_PATIENTS = 1_000_000;

export interface Person {
  readonly id: string;
  readonly birthDay: number;
  /** Undefined: alive. */
  readonly deathDay: number | undefined;
  readonly sex: "M" | "F";
  readonly address: string;
  /** Height in cm as an adult, and body mass index. */
  readonly adultHeight: number;
  readonly bodyMass: number;
  /** Whether anything ever happened to them here. */
  readonly hasEvents: boolean;
  readonly clinic: Facility;
  readonly payer: Payer;
  readonly row: Row<"patients">;
}

/** `index` from 0; `offset` (from the seed) shifts which number belongs to whom. */
export function socialSecurityNumber(index: number, offset: number): string {
  // 367,381 shares no factor with a million: every index has a number of its own.
  const digits = String((index * 367_381 + offset) % MOST_PATIENTS).padStart(6, "0");
  return `999-${digits.slice(0, 2)}-${digits.slice(2)}`;
}

export function createPerson(random: Random, network: Network, ssn: string): Person {
  const years = random.weighted([
    [20, random.float() * 18],
    [30, 18 + random.float() * 27],
    [30, 45 + random.float() * 22],
    [20, 67 + random.float() * 27],
  ]);
  const birthDay = TODAY - 30 - Math.floor(years * 365.25);
  const hasEvents = !random.chance(0.03);
  const dies = random.chance(years > 67 ? 0.3 : years > 45 ? 0.06 : 0.01);
  // Within nine years, and for at least two months, so that what is late has arrived.
  const [earliest, latest] = [Math.max(birthDay + 20, TODAY - 60 - 9 * 365), TODAY - 60];
  const deathDay = dies && earliest <= latest ? random.int(earliest, latest) : undefined;
  const sex = random.chance(0.5) ? "F" : "M";
  const adult = (deathDay ?? TODAY) - birthDay > 18 * 365.25;
  const town = random.pick(towns);
  const address = streetAddress(random);
  const clinics = network.facilities.filter(({ place }) => place === "clinic");
  const id = random.uuid();
  const last = familyName(random);
  const married = adult && random.chance(0.5);
  const [medicare, medicaid] = network.payers as readonly [Payer, Payer];
  return {
    id,
    birthDay,
    deathDay,
    sex,
    address,
    adultHeight: random.around(sex === "M" ? 176 : 163, 7),
    bodyMass: random.around(26.5, 4),
    hasEvents,
    clinic: random.pick(clinics),
    payer: years > 67 ? medicare : years < 18 && random.chance(0.5) ? medicaid : random.pick(network.payers),
    row: {
      Id: id,
      BIRTHDATE: isoDay(birthDay),
      DEATHDATE: deathDay === undefined ? "" : isoDay(deathDay),
      SSN: ssn,
      DRIVERS: adult ? `S999${random.int(10_000, 99_999)}` : "",
      PASSPORT: adult && random.chance(0.6) ? `X${random.int(10_000_000, 99_999_999)}X` : "",
      PREFIX: !adult ? "" : sex === "M" ? "Mr." : married ? "Mrs." : "Ms.",
      FIRST: givenName(random, sex),
      MIDDLE: random.chance(0.7) ? givenName(random, sex) : "",
      LAST: last,
      SUFFIX: adult && random.chance(0.02) ? random.pick(["MD", "PhD", "JD"]) : "",
      MAIDEN: married && sex === "F" ? familyName(random) : "",
      MARITAL: !adult ? "" : married ? "M" : random.pick(["S", "D", "W"]),
      RACE: random.weighted([
        [70, "white"],
        [12, "black"],
        [10, "asian"],
        [2, "native"],
        [1, "hawaiian"],
        [5, "other"],
      ]),
      ETHNICITY: random.chance(0.14) ? "hispanic" : "nonhispanic",
      GENDER: sex,
      BIRTHPLACE: `${random.pick(towns).city}  Massachusetts  US`,
      ADDRESS: address,
      CITY: town.city,
      STATE: "Massachusetts",
      COUNTY: town.county,
      FIPS: town.fips,
      ZIP: town.zip,
      LAT: (town.latitude + random.around(0, 0.02)).toFixed(8),
      LON: (town.longitude + random.around(0, 0.02)).toFixed(8),
      INCOME: String(adult ? random.int(12_000, 180_000) : 0),
    },
  };
}
