/** A whole sample, patient by patient, in bounded memory. */
import { resolve } from "node:path";
import { ProblemError } from "../graph/index.js";
import { registerAgain } from "./again.js";
import { dailyBatches, MOST_DAYS, wholeBatch } from "./batches.js";
import { type Entity, type ExpectedFlag, rowsOf } from "./chart.js";
import { createDefects, type Defects, malformed, networkKinds, patientKinds } from "./defects/index.js";
import { openFolder } from "./files.js";
import { addCare, createResources, networkRows, Occupancy } from "./hospital/index.js";
import { type ExpectedFlagCount, type Format, formats, type Manifest } from "./manifest.js";
import {
  bump,
  createNetwork,
  createTally,
  type Network,
  organizationRows,
  payerRows,
  providerRows,
  type Tally,
} from "./network.js";
import { createPatient, type Patient } from "./patient.js";
import { MOST_PATIENTS, socialSecurityNumber } from "./person.js";
import { Random } from "./random.js";
import { countReadmissions, createReadmissions } from "./returns.js";
import { type AnyRow, LINKED, type Table, tables } from "./tables.js";
import { isoDay, TODAY } from "./time.js";

export const DEFAULT_RATE = 0.01;
export const DEFAULT_YEARS = 10;

export interface SampleRequest {
  /** From 0 to 1,000,000: each has a social security number of its own. */
  readonly patients: number;
  /** Any whole number from 0. */
  readonly seed: number;
  /** Created where it is missing. */
  readonly out: string;
  /** Defective rows for each sound one, from 0 to 1; `DEFAULT_RATE` unless told. */
  readonly rate?: number;
  /** Daily batches, from 1 to 60, the last of today; undefined: everything in one. */
  readonly days?: number;
  /** `csv` unless told. Parquet has no malformed lines. */
  readonly format?: Format;
  /** How far the records go back, from 1 to 10; `DEFAULT_YEARS` unless told. */
  readonly years?: number;
  readonly signal?: AbortSignal;
  /** Called now and then with the number of patients written. */
  readonly onProgress?: (patients: number) => void;
}

/** Tables whose rows can be versions of one another. */
const versioned: readonly (readonly [Table, Entity])[] = [
  ["lab_reports", "lab_result"],
  ["radiology_reports", "radiology_report"],
];

/** Streams of chance, apart from one another, so that neither defects nor the hospital's own tables change a row of a patient. */
const STREAM = {
  network: 1,
  patient: 2,
  defects: 3,
  resources: 4,
  care: 5,
  registers: 6,
  again: 7,
  days: 8,
  faults: 9,
} as const;

/** Rows of the network that are held at a time. */
const PIECE = 4096;

/**
 * Writes a hospital's files and its manifest: the same bytes for the same request, whatever the clock and the machine.
 * Errors: `sample-option`, `sample-folder-in-use`, `sample-folder`; the signal's reason where it is aborted.
 */
export async function generateSample(request: SampleRequest): Promise<Manifest> {
  const { patients, seed, rate = DEFAULT_RATE, days, years = DEFAULT_YEARS, format = "csv", signal } = request;
  checkRequest({ patients, seed, rate, days, years, format });
  const base = { medform: "sample", patients, seed, rate, years } as const;
  const nothing = Object.fromEntries(tables.map((table) => [table, 0])) as Record<Table, number>;
  const firstDay = TODAY - (days ?? 1) + 1;
  const dates = Array.from({ length: days ?? 0 }, (_, index) => isoDay(firstDay + index));
  const folder = await openFolder(
    resolve(request.out),
    {
      ...base,
      complete: false,
      defects: [],
      expectedFlags: [],
      versions: [],
      rows: nothing,
      linkedPatients: 0,
      readmissions: createReadmissions(),
    },
    dates,
    format,
  );
  const batches = days === undefined ? wholeBatch(folder) : dailyBatches(folder, dates, firstDay);
  try {
    const start = new Random(seed, STREAM.network);
    const network = createNetwork(start, patients, TODAY - years * 365);
    const firstNumber = start.int(0, MOST_PATIENTS - 1);
    const resources = createResources(new Random(seed, STREAM.resources), network, patients);
    const occupancy = new Occupancy(resources);
    const tally = createTally();
    const kinds = format === "csv" ? [...patientKinds, ...malformed] : patientKinds;
    const defects = createDefects(kinds, rate, patients);
    const flags = new Map<string, number>();
    const versions = new Map<Entity, number>();
    const readmissions = createReadmissions();
    // Second registrations have no defects of their own, so that those of the others stay where they are.
    const sound = createDefects([], 0, patients);
    const finish = (patient: Patient, number: number, made: Defects, defectRandom: Random) => {
      const { chart, course } = patient;
      if (course !== undefined) countReadmissions(readmissions, course);
      addCare({ random: new Random(seed, STREAM.care, number), chart, course, index: number, resources, occupancy });
      for (const entries of chart.entries.values()) {
        for (const entry of entries) for (const flag of entry.flags) bump(flags, `${flag} ${entry.entity}`);
      }
      for (const [table, entity] of versioned) {
        const rows = chart.of(table);
        const older = rows.length - new Set(rows.map(({ row }) => row.ID)).size;
        if (older > 0) versions.set(entity, (versions.get(entity) ?? 0) + older);
      }
      const late = new Random(seed, STREAM.days, number);
      for (const [table, list] of made.lines(defectRandom, chart, chart.person, number))
        batches.write(table, list, late, chart);
    };
    for (let index = 0; index < patients; index += 1) {
      const ssn = socialSecurityNumber(index, firstNumber);
      const patient = createPatient(new Random(seed, STREAM.patient, index), network, ssn, tally);
      finish(patient, index, defects, new Random(seed, STREAM.defects, index));
      const again = new Random(seed, STREAM.again, index);
      const other = registerAgain(again, patient, network, resources, tally);
      if (other !== undefined) {
        finish(other, MOST_PATIENTS + index, sound, again);
        folder.write(LINKED, [`${patient.chart.person.id},${other.chart.person.id}`]);
      }
      if (index % 16 === 15) {
        await folder.drain();
        signal?.throwIfAborted();
        request.onProgress?.(index + 1);
      }
    }
    signal?.throwIfAborted();
    // A network alone has rosters, and no defects: nobody is there who could find them.
    const faults = createDefects(networkKinds, patients === 0 ? 0 : rate, 1);
    const chance = new Random(seed, STREAM.faults);
    const writePiece = (piece: readonly (readonly [Table, AnyRow])[]) => {
      for (const [table, list] of faults.lines(chance, rowsOf(piece), undefined, 0)) batches.write(table, list);
    };
    let piece: (readonly [Table, AnyRow])[] = [];
    const registers = new Random(seed, STREAM.registers);
    for (const entry of allRows(network, tally, networkRows(registers, resources, occupancy))) {
      piece.push(entry);
      if (piece.length < PIECE) continue;
      writePiece(piece);
      piece = [];
      await folder.drain();
    }
    writePiece(piece);
    return await folder.finish(({ [LINKED]: linkedPatients, ...rows }) => ({
      ...base,
      complete: true,
      defects: [...defects.counts(), ...faults.counts()],
      expectedFlags: flagCounts(flags),
      versions: [...versions].map(([entity, count]) => ({ entity, count })),
      rows,
      linkedPatients,
      readmissions,
      ...batches.manifest(),
    }));
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** The network's rows, with the counts of all that happened. */
function* allRows(
  network: Network,
  tally: Tally,
  rest: Iterable<readonly [Table, AnyRow]>,
): Iterable<readonly [Table, AnyRow]> {
  for (const row of organizationRows(network, tally)) yield ["organizations", row];
  for (const row of providerRows(network, tally)) yield ["providers", row];
  for (const row of payerRows(network, tally)) yield ["payers", row];
  yield* rest;
}

function flagCounts(flags: ReadonlyMap<string, number>): readonly ExpectedFlagCount[] {
  return [...flags.keys()].sort().map((key) => {
    const [rule, entity] = key.split(" ") as [ExpectedFlag, Entity];
    return { rule, entity, count: flags.get(key) ?? 0 };
  });
}

type Checked = Required<Pick<SampleRequest, "patients" | "seed" | "rate" | "years" | "format">> &
  Pick<SampleRequest, "days">;

function checkRequest({ patients, seed, rate, days, years, format }: Checked): void {
  const refuse = (message: string, hint: string): never => {
    throw new ProblemError({ code: "sample-option", message, hint });
  };
  if (!Number.isSafeInteger(patients) || patients < 0 || patients > MOST_PATIENTS) {
    refuse("--patients is no number of patients", "Write a whole number from 0 to 1000000, such as 500.");
  }
  if (!Number.isSafeInteger(seed) || seed < 0) refuse("--seed is no seed", "Write a whole number from 0, such as 7.");
  if (days !== undefined && !(Number.isSafeInteger(days) && days >= 1 && days <= MOST_DAYS)) {
    refuse("--days is no number of days", `Write a whole number from 1 to ${MOST_DAYS}; without it all is one batch.`);
  }
  if (!formats.includes(format)) refuse("--format is no format of a sample", `Write ${formats.join(" or ")}.`);
  if (!(Number.isSafeInteger(years) && years >= 1 && years <= DEFAULT_YEARS)) {
    refuse("--years is no number of years", `Write a whole number from 1 to ${DEFAULT_YEARS}.`);
  }
  if (!(rate >= 0 && rate <= 1)) {
    refuse("--defects is no rate", "Write the share of defective rows from 0 to 1, such as 0.01; 0 writes none.");
  }
}
