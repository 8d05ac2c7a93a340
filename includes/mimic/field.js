/** Fields that many tables of MIMIC-IV share. */
const { field, moment, plain } = require("../fields.js");

/** An id that is a number, a text that mostly is one with decimals, and a code of digits that begins with zeros and has so many at least: see damage.js. */
const numbered = (field) => ({ ...field, isNumbered: true });
const decimal = (field) => ({ ...field, isDecimal: true });
const padded = (digits, field) => ({ ...field, digits });

const patient = numbered(plain("SUBJECT_ID", "patient_id", "Id of the patient.", ["phi:mrn"]));
const admission = numbered(plain("HADM_ID", "encounter_id", "Id of the admission.", ["phi:other"]));
const stay = numbered(plain("STAY_ID", "icu_stay_id", "Id of the stay in intensive care.", ["phi:other"]));
const caregiver = plain("CAREGIVER_ID", "caregiver_id", "Id of who recorded it.");
const item = plain("ITEMID", "item_id", "Id of what it is, in the table of items.");
const stored = moment("STORETIME", "stored", "When it was stored.");
const sequence = field("SEQ_NUM", "sequence", "integer", "Its place in the order of the admission's.");
const ICD = [
  padded(3, plain("ICD_CODE", "code", "Code, without a point.")),
  plain("ICD_VERSION", "icd_version", "`9` or `10`."),
];
const charted = moment("CHARTTIME", "charted", "When it was charted.");
const chartedDay = field("CHARTDATE", "charted", "day", "Day when it was charted.", ["phi:date"]);
const ordered = plain("ORDER_PROVIDER_ID", "provider_id", "Id of who ordered it.");
const period = (what) => [
  moment("STARTTIME", "start", `When ${what} began.`),
  moment("STOPTIME", "stop", `When ${what} ended.`),
];
const during = [moment("STARTTIME", "start", "When it began."), moment("ENDTIME", "stop", "When it ended.")];
const amount = (header, name, description) => field(header, name, "number", description);

module.exports = {
  admission,
  amount,
  caregiver,
  charted,
  chartedDay,
  decimal,
  during,
  ICD,
  item,
  numbered,
  ordered,
  padded,
  patient,
  period,
  sequence,
  stay,
  stored,
};
