/**
 * A synthetic hospital network as Synthea's CSV export would write it, with appointments beside it: nobody in it is real.
 *
 * What must stay true: the same request gives the same bytes on every machine, for there is no clock and no other chance than
 * the seed's; memory does not grow with the number of patients; every defect is a row of its own, wrong in one thing, and
 * counted in the manifest; whatever else a sound warehouse would flag is counted there as expected.
 */
export type { Entity, ExpectedFlag } from "./chart.js";
export { DEFAULT_RATE, DEFAULT_YEARS, generateSample, type SampleRequest } from "./generate.js";
export {
  type DefectCount,
  type ExpectedFlagCount,
  type Format,
  fileOf,
  formats,
  MANIFEST,
  type Manifest,
  type Outcome,
} from "./manifest.js";
export { columnsOf, type Table, tables } from "./tables.js";
