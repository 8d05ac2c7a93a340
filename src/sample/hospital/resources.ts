/** What a hospital network works with: its units, its people, its beds and its equipment. All invented. */
import { type Facility, familyName, givenName, type Network, type Provider } from "../network.js";
import type { Random } from "../random.js";
import { TODAY } from "../time.js";
import { npiOf } from "./npi.js";

export interface Unit {
  readonly facility: Facility;
  readonly branch: string;
  readonly region: string;
  /** Who gives the patient numbers there: a branch has one register of patients. */
  readonly authority: string;
  readonly staff: readonly Employee[];
  readonly nurses: readonly Employee[];
  readonly beds: readonly Bed[];
  readonly equipment: readonly Equipment[];
}

export interface Employee {
  readonly id: string;
  readonly name: string;
  readonly role: "admin" | "provider" | "nurse" | "staff" | "billing";
  readonly provider?: Provider;
  readonly npi: string;
  readonly facility: Facility;
  readonly department: string;
  readonly hiredDay: number;
  readonly leftDay?: number;
}

export interface Bed {
  readonly id: string;
  /** Number among all beds of the network, from 0. */
  readonly index: number;
  readonly kind: "ward" | "icu" | "maternity";
  readonly department: string;
}

export interface Equipment {
  readonly id: string;
  /** Number among all equipment of the network, from 0. */
  readonly index: number;
  readonly kind: "ct" | "mri" | "ultrasound" | "ventilator" | "infusion_pump";
  readonly department: string;
  readonly dailyMinutes: number;
}

export interface Resources {
  readonly units: readonly Unit[];
  readonly bedCount: number;
  readonly equipmentCount: number;
  /** Medical record numbers are shifted by it. */
  readonly numberOffset: number;
  unitOf(facility: Facility): Unit;
}

const mainClass: Readonly<Record<Facility["place"], string>> = {
  clinic: "ambulatory",
  urgent: "urgentcare",
  hospital: "inpatient",
  "post-acute": "snf",
};

const departmentOf = (facility: Facility, encounterClass = mainClass[facility.place]) =>
  `${facility.id}:${encounterClass}`;

const roles: Readonly<Record<Facility["place"], readonly Employee["role"][]>> = {
  clinic: ["nurse", "nurse", "admin", "billing"],
  urgent: ["nurse", "nurse", "staff"],
  hospital: ["nurse", "nurse", "nurse", "nurse", "nurse", "nurse", "staff", "staff", "admin", "billing"],
  "post-acute": ["nurse", "nurse", "nurse", "staff", "admin"],
};

/** A branch has so many facilities; a region so many branches. */
const BRANCH = 3;
const REGION = 2;
const branches = ["Bay", "Harbor", "Valley", "River", "Hills", "Coast", "Lakes", "Meadows"];
const regions = ["East", "Central", "West"];

/** `patients`: beds and equipment are enough for so many. */
export function createResources(random: Random, network: Network, patients: number): Resources {
  const hospitals = network.facilities.filter(({ place }) => place === "hospital").length;
  const bedsEach = Math.max(8, Math.ceil((patients * 0.0025) / hospitals));
  let [bedCount, equipmentCount, employees] = [0, 0, 0];

  const employee = (facility: Facility, role: Employee["role"], provider?: Provider): Employee => {
    employees += 1;
    const isEmergency = facility.place === "hospital" && employees % 3 === 0;
    const hiredDay = TODAY - random.int(70, 9000);
    return {
      id: `E${String(employees).padStart(5, "0")}`,
      name: provider?.name ?? `${givenName(random, random.chance(0.5) ? "F" : "M")} ${familyName(random)}`,
      role,
      provider,
      npi:
        role === "provider" || role === "nurse" ? npiOf(`2${String(random.int(0, 99_999_999)).padStart(8, "0")}`) : "",
      facility,
      department: departmentOf(facility, isEmergency ? "emergency" : undefined),
      hiredDay,
      // Providers stay: whoever treats somebody is there.
      leftDay: role === "staff" && random.chance(0.15) ? TODAY - random.int(1, 60) : undefined,
    };
  };

  const bedsOf = (facility: Facility): readonly Bed[] =>
    Array.from({ length: facility.place === "hospital" ? bedsEach : 0 }, (_, at): Bed => {
      const kind = at % 8 === 7 ? "icu" : at % 8 === 3 ? "maternity" : "ward";
      const id = `${facility.id.slice(0, 8)}-${kind[0]?.toUpperCase()}${String(at + 1).padStart(3, "0")}`;
      bedCount += 1;
      return { id, index: bedCount - 1, kind, department: departmentOf(facility) };
    });

  const equipmentOf = (facility: Facility): readonly Equipment[] => {
    const item = (kind: Equipment["kind"], at: number, dailyMinutes: number, encounterClass?: string): Equipment => {
      equipmentCount += 1;
      return {
        id: `${facility.id.slice(0, 8)}-${kind.toUpperCase()}-${at + 1}`,
        index: equipmentCount - 1,
        kind,
        department: departmentOf(facility, encounterClass),
        dailyMinutes,
      };
    };
    const several = (kind: Equipment["kind"], count: number, minutes: number, encounterClass?: string) =>
      Array.from({ length: count }, (_, at) => item(kind, at, minutes, encounterClass));
    if (facility.place === "clinic") return several("ultrasound", 1, 480);
    if (facility.place !== "hospital") return [];
    return [
      ...several("ct", Math.ceil(bedsEach / 40), 1440, "emergency"),
      ...several("mri", Math.ceil(bedsEach / 60), 840),
      ...several("ultrasound", Math.ceil(bedsEach / 20), 720),
      ...several("ventilator", Math.ceil(bedsEach / 8), 1440),
      ...several("infusion_pump", Math.ceil(bedsEach / 2), 1440),
    ];
  };

  const units = network.facilities.map((facility, index): Unit => {
    const branch = Math.floor(index / BRANCH);
    const name = branches[branch % branches.length] as string;
    const numbered = branch < branches.length ? name : `${name} ${Math.floor(branch / branches.length) + 1}`;
    const staff = [
      ...facility.providers.map((provider) => employee(facility, "provider", provider)),
      ...roles[facility.place].map((role) => employee(facility, role)),
    ];
    return {
      facility,
      branch: numbered,
      region: regions[Math.floor(branch / REGION) % regions.length] as string,
      authority: `${numbered.toLowerCase().replace(" ", "-")}-register`,
      staff,
      nurses: staff.filter(({ role }) => role === "nurse"),
      beds: bedsOf(facility),
      equipment: equipmentOf(facility),
    };
  });
  const byId = new Map(units.map((unit) => [unit.facility.id, unit]));
  return {
    units,
    bedCount,
    equipmentCount,
    numberOffset: random.int(0, 9_999_999),
    unitOf: (facility) => byId.get(facility.id) as Unit,
  };
}
