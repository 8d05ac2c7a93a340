/** Each rule of admission on one tiny hospital, written by hand: what breaks it, what only comes near, and what follows. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files, type Line } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";
import { said as saidOf } from "./said.js";

/** `p` lives; `d` died on the 3rd of March 2015. Times are UTC; New York is five hours behind in winter, four in summer. */
const patients: readonly Line[] = [
  { Id: "p", BIRTHDATE: "1980-05-01", SSN: "999-00-0001", CITY: "Here" },
  { Id: "d", BIRTHDATE: "1950-01-01", DEATHDATE: "2015-03-03" },
  { Id: "q" },
  { Id: "", LAST: "Nobody" },
  { Id: "twin", BIRTHDATE: "1980-05-01", SSN: "999000001" },
  { Id: "namesake", BIRTHDATE: "1980-05-02", SSN: "999-00-0001" },
  { Id: "unborn", BIRTHDATE: "2999-01-01" },
  { Id: "ancient", BIRTHDATE: "1850-01-01" },
  { Id: "ancestor", BIRTHDATE: "1850-01-01", DEATHDATE: "1900-01-01" },
  { Id: "early", BIRTHDATE: "1980-01-01", DEATHDATE: "1970-01-01" },
  { Id: "smudged", BIRTHDATE: "01/02/1980", INCOME: "many" },
];

const encounter = (id: string, more: Line): Line => ({
  Id: id,
  START: "2010-06-01T14:00:00Z",
  STOP: "2010-06-01T15:00:00Z",
  PATIENT: "p",
  ORGANIZATION: "o",
  PROVIDER: "r",
  ENCOUNTERCLASS: "ambulatory",
  ...more,
});

const encounters: readonly Line[] = [
  encounter("e", {}),
  encounter("open", { STOP: "" }),
  encounter("of-q", { PATIENT: "q" }),
  encounter("", {}),
  encounter("orphan", { PATIENT: "nobody" }),
  encounter("of-none", { PATIENT: "" }),
  encounter("dateless", { START: "yesterday" }),
  encounter("unheard", { ENCOUNTERCLASS: "seance" }),
  encounter("classless", { ENCOUNTERCLASS: "" }),
  // The day before birth in New York, whatever the day in UTC is; and the day of birth itself.
  encounter("unborn", { START: "1980-05-01T03:00:00Z", STOP: "" }),
  encounter("birth", { START: "1980-05-01T04:30:00Z", STOP: "1980-05-01T05:00:00Z" }),
  encounter("worst", { PATIENT: "nobody", START: "", ENCOUNTERCLASS: "seance" }),
  encounter("backwards", { START: "2010-06-02T14:00:00Z", STOP: "2010-06-02T13:00:00Z" }),
  encounter("last-day", { PATIENT: "d", START: "2015-03-04T04:30:00Z", STOP: "" }),
  encounter("certificate", { PATIENT: "d", START: "2015-03-04T05:30:00Z", STOP: "2015-03-04T06:00:00Z" }),
  encounter("of-unborn", { PATIENT: "unborn" }),
  encounter("no-provider", { PROVIDER: "nobody", ORGANIZATION: "nowhere" }),
  encounter("copied", { CODE: "1" }),
  encounter("copied", { CODE: "1" }),
  encounter("changed", { CODE: "1" }),
  encounter("changed", { CODE: "2" }),
];

const condition = (code: string, more: Line): Line => ({
  START: "2010-06-01",
  PATIENT: "p",
  ENCOUNTER: "e",
  CODE: code,
  ...more,
});

const conditions: readonly Line[] = [
  condition("within", {}),
  condition("alone", { ENCOUNTER: "" }),
  condition("lost", { ENCOUNTER: "nowhere" }),
  condition("kept-out", { ENCOUNTER: "unheard" }),
  condition("stolen", { ENCOUNTER: "of-q" }),
  condition("orphan", { PATIENT: "nobody" }),
  condition("orphan-stolen", { PATIENT: "nobody", ENCOUNTER: "of-q" }),
  condition("day-late", { START: "2010-06-02" }),
  condition("open", { START: "2012-01-01", ENCOUNTER: "open" }),
  condition("backwards", { START: "2010-07-01", ENCOUNTER: "backwards" }),
  condition("twice", { STOP: "2010-07-01" }),
  condition("twice", { STOP: "2010-08-01" }),
  condition("twice", { STOP: "2010-08-01" }),
];

const medication = (code: string, more: Line): Line => ({
  START: "2010-06-01T14:00:00Z",
  PATIENT: "p",
  ENCOUNTER: "e",
  CODE: code,
  ...more,
});

const medications: readonly Line[] = [
  medication("open", {}),
  medication("years", { STOP: "2015-01-01T00:00:00Z" }),
  medication("backwards", { STOP: "2010-06-01T13:59:59Z" }),
  medication("same-day", { STOP: "2010-06-01" }),
  medication("seconds-late", { START: "2010-06-01T15:00:01Z" }),
  medication("prescriberless", { ENCOUNTER: "no-provider" }),
];

const observation = (code: string, VALUE: string, UNITS: string, more: Line = {}): Line => ({
  DATE: "2010-06-01T14:30:00Z",
  PATIENT: "p",
  ENCOUNTER: "e",
  CATEGORY: "laboratory",
  CODE: code,
  VALUE,
  UNITS,
  TYPE: "numeric",
  ...more,
});

const observations: readonly Line[] = [
  observation("2339-0", "90", "mg/dL"),
  observation("2345-7", "5", "mmol/L"),
  observation("38483-4", "88.4", "umol/L"),
  observation("4548-4", "<42", "mmol/mol", { TYPE: "text" }),
  observation("2947-0", "14000", "mmol/L"),
  observation("6298-4", "4", "mg/dL"),
  observation("2069-3", "much", "mmol/L"),
  observation("2857-1", "-5", "10*3/uL"),
  observation("8310-5", "98.6", "[degF]", { CATEGORY: "vital-signs" }),
  observation("8867-4", "7200", "/min", { CATEGORY: "vital-signs" }),
  observation("56799-0", "1 Some Street", "", { TYPE: "text" }),
  observation("QALY", "12.5", "a", { CATEGORY: "", ENCOUNTER: "" }),
];

const appointment = (id: string, more: Line): Line => ({
  Id: id,
  PATIENT: "p",
  PROVIDER: "r",
  ORGANIZATION: "o",
  DEPARTMENT: "o:ambulatory",
  BOOKED_AT: "2010-05-01T10:00:00Z",
  SCHEDULED_START: "2010-06-01T14:00:00Z",
  SCHEDULED_END: "2010-06-01T14:30:00Z",
  STATUS: "scheduled",
  ...more,
});

const appointments: readonly Line[] = [
  appointment("booked", {}),
  appointment("early", {
    CHECKED_IN_AT: "2010-06-01T13:20:00Z",
    STARTED_AT: "2010-06-01T13:50:00Z",
    ENDED_AT: "2010-06-01T14:05:00Z",
    STATUS: "fulfilled",
    ENCOUNTER: "e",
  }),
  appointment("nobody", { PROVIDER: "nobody" }),
  appointment("none", { PROVIDER: "" }),
  appointment("maybe", { STATUS: "perhaps" }),
  appointment("stolen", { ENCOUNTER: "of-q" }),
  appointment("booked-late", { BOOKED_AT: "2010-06-02T10:00:00Z" }),
  appointment("no-length", { SCHEDULED_END: "2010-06-01T14:00:00Z" }),
  appointment("seen-first", { CHECKED_IN_AT: "2010-06-01T14:10:00Z", STARTED_AT: "2010-06-01T14:00:00Z" }),
  appointment("moved", { STATUS: "cancelled", UPDATED_AT: "2010-05-03T00:00:00Z" }),
  appointment("moved", { STATUS: "scheduled", UPDATED_AT: "2010-05-02T00:00:00Z" }),
];

const image = (Id: string, SERIES_UID: string, INSTANCE_UID: string, more: Line = {}): Line => ({
  Id,
  SERIES_UID,
  INSTANCE_UID,
  PATIENT: "p",
  ENCOUNTER: "e",
  DATE: "2010-06-01T14:30:00Z",
  ...more,
});

const images: readonly Line[] = [
  image("two images", "s", "1"),
  image("two images", "s", "2"),
  image("copied", "s", "3"),
  image("copied", "s", "3"),
  image("changed", "s", "4", { MODALITY_CODE: "CT" }),
  image("changed", "s", "4", { MODALITY_CODE: "MR" }),
  image("", "s", "5"),
];

const immunizations: readonly Line[] = [
  { CODE: "140", PATIENT: "p", ENCOUNTER: "e", DATE: "2010-06-01T14:30:00Z" },
  { CODE: "08", PATIENT: "p", ENCOUNTER: "e", DATE: "2010-06-01T16:00:00Z" },
  { CODE: "115", PATIENT: "p", DATE: "" },
];

const change = (id: string, FROM_STATUS: string, TO_STATUS: string, more: Line = {}): Line => ({
  ID: id,
  APPOINTMENT: "early",
  PATIENT: "p",
  CHANGED_AT: "2010-06-01T14:00:00Z",
  FROM_STATUS,
  TO_STATUS,
  ...more,
});

const changes: readonly Line[] = [
  change("booking", "", "booked"),
  change("begun", "scheduled", "in_progress"),
  change("ended", "in_progress", "completed"),
  change("called-off", "scheduled", "cancelled"),
  change("broken-off", "in_progress", "cancelled"),
  change("not-come", "scheduled", "no_show"),
  change("reopened", "completed", "in_progress"),
  change("ended-twice", "cancelled", "no_show"),
  change("skipped", "scheduled", "completed"),
  change("backwards", "in_progress", "scheduled"),
  change("begun-unbooked", "", "in_progress"),
  change("from-nowhere", "perhaps", "scheduled"),
  change("to-nowhere", "scheduled", "perhaps"),
  change("nameless", "", "scheduled", { APPOINTMENT: "" }),
  change("lost", "", "scheduled", { APPOINTMENT: "maybe" }),
  change("stolen", "", "scheduled", { PATIENT: "q" }),
  change("orphan", "", "scheduled", { PATIENT: "nobody" }),
  change("timeless", "", "scheduled", { CHANGED_AT: "" }),
];

const delivery: Delivery = {
  organizations: [{ Id: "o", NAME: "Place" }],
  providers: [{ Id: "r", ORGANIZATION: "o" }],
  patients,
  encounters,
  conditions,
  medications,
  observations,
  imaging_studies: images,
  immunizations,
  appointments,
  appointment_changes: changes,
};

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital();
  await hospital.land({ id: "one", files: files(delivery) });
  await hospital.refresh();
});
afterAll(() => hospital[Symbol.asyncDispose]());

const said = (entity: string, name: string) => saidOf(hospital, entity, name);

describe("rules of admission", () => {
  it("keeps an encounter out only without key, patient, time or meaning, and lists every reason", async () => {
    expect(await said("ENCOUNTER", "encounter_id")).toEqual({
      e: "",
      open: "",
      "of-q": "",
      "": "quarantined: key_missing",
      orphan: "quarantined: patient_unresolved",
      "of-none": "quarantined: patient_unresolved",
      dateless: "quarantined: event_time_missing",
      unheard: "quarantined: status_unmapped",
      classless: "quarantined: status_unmapped",
      unborn: "quarantined: before_birth",
      birth: "",
      worst: "quarantined: patient_unresolved,event_time_missing,status_unmapped",
      backwards: "end_before_start",
      "last-day": "",
      certificate: "after_death",
      "of-unborn": "",
      "no-provider": "",
      copied: " / duplicate",
      changed: "superseded / conflict",
    });
  });

  it("never keeps a patient out who has an id, and drops what cannot be", async () => {
    expect(await said("PATIENT", "patient_id")).toMatchObject({
      p: "",
      "": "quarantined: patient_id_missing",
      unborn: "birth_death_implausible",
      ancient: "birth_death_implausible",
      ancestor: "",
      early: "birth_death_implausible",
      smudged: "",
    });
    expect(
      await hospital.rows(
        `select patient_id, birth_date is not null as born, death_date is not null as dead, status from "EHR".SILVER.PATIENT
         where patient_id in ('unborn', 'ancient', 'early', 'd', 'smudged') order by 1`,
      ),
    ).toEqual([
      { patient_id: "ancient", born: false, dead: false, status: "active" },
      { patient_id: "d", born: true, dead: true, status: "deceased" },
      { patient_id: "early", born: true, dead: false, status: "active" },
      { patient_id: "smudged", born: false, dead: false, status: "active" },
      { patient_id: "unborn", born: false, dead: false, status: "active" },
    ]);
    expect(await hospital.count(`select count(*) from "EHR".SILVER.PATIENT_XREF`)).toBe(10);
  });

  it("finds the patient with the number and birth date of another, and keeps only a hash of the number", async () => {
    expect(
      await hospital.rows(
        `select patient_id from "EHR".SILVER.FINDING join "EHR".SILVER.PATIENT using (patient_key) where rule = 'duplicate_patient'`,
      ),
    ).toEqual([{ patient_id: "twin" }]);
    expect(
      await hospital.count(
        `select count(*) from "EHR".SILVER.PATIENT p where to_json(p)::varchar like '%999%00%0001%'`,
      ),
    ).toBe(0);
  });

  it("attaches a condition where it can, and says where it cannot", async () => {
    expect(await said("CONDITION", "code")).toEqual({
      within: "",
      alone: "",
      lost: "encounter_unresolved",
      "kept-out": "encounter_unresolved",
      stolen: "quarantined: encounter_other_patient",
      orphan: "quarantined: patient_unresolved",
      "orphan-stolen": "quarantined: patient_unresolved",
      "day-late": "outside_encounter",
      open: "",
      backwards: "",
      twice: " /  / duplicate",
    });
    expect(
      await hospital.rows(
        `select code, encounter_key, encounter_raw from "EHR".SILVER.CONDITION where code in ('alone', 'lost') order by 1`,
      ),
    ).toEqual([
      { code: "alone", encounter_key: null, encounter_raw: null },
      { code: "lost", encounter_key: null, encounter_raw: "nowhere" },
    ]);
    expect(
      await hospital.count(`select count(distinct condition_key) from "EHR".SILVER.CONDITION where code = 'twice'`),
    ).toBe(2);
  });

  it("compares instants as instants, and days as days", async () => {
    expect(await said("PRESCRIPTION", "code")).toEqual({
      open: "",
      years: "",
      backwards: "stop_before_start",
      "same-day": "",
      "seconds-late": "outside_encounter",
      prescriberless: "prescriber_unresolved",
    });
    expect(await hospital.rows(`select code from "EHR".SILVER.PRESCRIPTION where not is_period_valid`)).toEqual([
      { code: "backwards" },
    ]);
    expect(
      await hospital.rows(
        `select encounter_id, duration_seconds from "EHR".SILVER.ENCOUNTER where encounter_id in ('e', 'open', 'backwards') order by 1`,
      ),
    ).toEqual([
      { encounter_id: "backwards", duration_seconds: null },
      { encounter_id: "e", duration_seconds: 3600 },
      { encounter_id: "open", duration_seconds: null },
    ]);
  });

  it("routes observations, converts known units, and flags what it cannot", async () => {
    expect(await said("LAB_RESULT", "code")).toEqual({
      "2339-0": "",
      "2345-7": "",
      "38483-4": "",
      "4548-4": "",
      "2947-0": "value_out_of_range",
      "6298-4": "unit_unknown",
      "2069-3": "",
      "2857-1": "",
    });
    expect(await said("VITAL_SIGN", "code")).toEqual({ "8310-5": "", "8867-4": "value_out_of_range" });
    expect(await said("OBSERVATION", "code")).toEqual({ "56799-0": "", QALY: "" });
    const rows = await hospital.rows(
      `select code, comparator, round(standard_value, 3) as value, standard_unit from "EHR".SILVER.LAB_RESULT
       where code in ('2345-7', '38483-4', '4548-4', '6298-4', '2069-3', '2857-1') order by 1`,
    );
    expect(rows).toEqual([
      { code: "2069-3", comparator: null, value: null, standard_unit: "mmol/L" },
      { code: "2345-7", comparator: null, value: 90.078, standard_unit: "mg/dL" },
      { code: "2857-1", comparator: null, value: null, standard_unit: null },
      { code: "38483-4", comparator: null, value: 1, standard_unit: "mg/dL" },
      { code: "4548-4", comparator: "<", value: 5.993, standard_unit: "%" },
      { code: "6298-4", comparator: null, value: null, standard_unit: "mmol/L" },
    ]);
    // What no living person can have is kept as it was sent, and neither converted nor judged.
    for (const [table, code, sent] of [
      ["LAB_RESULT", "2947-0", 14000],
      ["VITAL_SIGN", "8867-4", 7200],
    ] as const) {
      const judged = table === "LAB_RESULT" ? ", flag_computed" : "";
      const [row] = await hospital.rows(
        `select value_number, standard_value${judged} from "EHR".SILVER.${table} where code = '${code}'`,
      );
      expect(Object.values(row ?? {})).toEqual([sent, null, ...(judged === "" ? [] : [null])]);
    }
    expect(
      await hospital.rows(`select round(standard_value, 3) as c from "EHR".SILVER.VITAL_SIGN where code = '8310-5'`),
    ).toEqual([{ c: 37 }]);
  });

  it("tells the images of a study apart, and takes one that is sent again for a version", async () => {
    expect(await said("IMAGING_STUDY", "imaging_study_id")).toEqual({
      "two images": " / ",
      copied: " / duplicate",
      changed: "superseded / conflict",
      "": "quarantined: key_missing",
    });
    expect(
      await hospital.rows(
        `select count(*) as images, count(distinct study_key) as studies from "EHR".SILVER.IMAGING_STUDY`,
      ),
    ).toEqual([{ images: 4, studies: 3 }]);
  });

  it("attaches a vaccine to its visit by the moment when it was given", async () => {
    expect(await said("IMMUNIZATION", "code")).toEqual({
      "140": "",
      "08": "outside_encounter",
      "115": "quarantined: event_time_missing",
    });
  });

  it("keeps an appointment out without a provider or a status, and takes the source's own time for the newest", async () => {
    expect(await said("APPOINTMENT", "appointment_id")).toEqual({
      booked: "",
      early: "",
      nobody: "quarantined: provider_unresolved",
      none: "quarantined: provider_unresolved",
      maybe: "quarantined: status_unmapped",
      stolen: "quarantined: encounter_other_patient",
      "booked-late": "out_of_order",
      "no-length": "out_of_order",
      "seen-first": "out_of_order",
      moved: "conflict / superseded",
    });
    expect(await hospital.rows(`select status from "EHR".SILVER.APPOINTMENT where appointment_id = 'early'`)).toEqual([
      { status: "completed" },
    ]);
  });

  it("flags a change of an appointment that may not follow, or that leaves what had ended", async () => {
    expect(await said("APPOINTMENT_CHANGE", "appointment_change_id")).toEqual({
      booking: "",
      begun: "",
      ended: "",
      "called-off": "",
      "broken-off": "",
      "not-come": "",
      reopened: "terminal_status_left",
      "ended-twice": "terminal_status_left",
      skipped: "transition_illegal",
      backwards: "transition_illegal",
      "begun-unbooked": "transition_illegal",
      "from-nowhere": "transition_illegal",
      "to-nowhere": "quarantined: status_unmapped",
      nameless: "",
      lost: "appointment_unresolved",
      stolen: "quarantined: appointment_other_patient",
      orphan: "quarantined: patient_unresolved",
      timeless: "quarantined: event_time_missing",
    });
  });

  it("records what could not be typed, not the value", async () => {
    expect(
      await hospital.rows(
        `select table_name, source_record, column_name, reason from "EHR".BRONZE.CAST_FAILURE order by all`,
      ),
    ).toEqual([
      {
        table_name: "synthea_encounters",
        source_record: "one/encounters.csv#7",
        column_name: "start",
        reason: "no instant and no day",
      },
      {
        table_name: "synthea_observations",
        source_record: "one/observations.csv#7",
        column_name: "value",
        reason: "said to be numeric, and no number",
      },
      {
        table_name: "synthea_patients",
        source_record: "one/patients.csv#11",
        column_name: "birth_date",
        reason: "no day",
      },
      {
        table_name: "synthea_patients",
        source_record: "one/patients.csv#11",
        column_name: "income",
        reason: "no amount",
      },
    ]);
  });

  it("accounts for every row, and puts every admitted event on the timeline with its findings", async () => {
    expect(
      await hospital.rows(`select * from "EHR".SILVER.ACCOUNTING where left_count is distinct from right_count`),
    ).toEqual([]);
    expect(
      await hospital.count(
        `select sum(row_count) from "EHR".SILVER.DISPOSITION where route like 'synthea_encounters%'`,
      ),
    ).toBe(encounters.length);
    const flagged = await hospital.count(`select count(*) from "EHR".SILVER.PATIENT_EVENT where flags is not null`);
    const found = await hospital.count(
      `select count(distinct record_key) from "EHR".SILVER.FINDING where entity <> 'patient'`,
    );
    expect(flagged).toBe(found);
    expect(found).toBeGreaterThan(8);
  });
});
