/** What the hospital's own rows of one patient are written with. */
import type { Chart } from "../chart.js";
import type { Random } from "../random.js";
import { NOW } from "../time.js";
import type { Course, Visit } from "../visit.js";
import type { Occupancy } from "./occupancy.js";
import type { Resources } from "./resources.js";

export interface Care {
  readonly random: Random;
  readonly chart: Chart;
  /** Number of the patient, from 0. */
  readonly index: number;
  /** Undefined: nothing ever happened to them here. */
  readonly course: Course | undefined;
  readonly resources: Resources;
  readonly occupancy: Occupancy;
}

/** Days before today for which time series are kept: rosters, bed days, accesses. */
export const WINDOW = 60;

export const HOUR = 3600;
export const DAY = 86_400;

/** When a visit ended, or now where it goes on. */
export const endOf = (visit: Visit) => visit.stop ?? NOW;

/** Whether it is a stay in a bed. */
export const isInpatient = (visit: Visit) => visit.kind.class === "inpatient";
