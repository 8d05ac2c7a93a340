/** Rules of admission of what runs a hospital: staff, rosters, beds, equipment, access; each broken once, by rows written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files, type Line } from "./csv.js";
import { graph, type Hospital, openHospital } from "./hospital.js";
import { said as saidOf } from "./said.js";

const delivered = [
  "organization_unit",
  "facility",
  "provider",
  "patient",
  "encounter",
  "staff",
  "provider_license",
  "provider_schedule",
  "staff_schedule",
  "timesheet",
  "bed",
  "bed_day",
  "encounter_location",
  "equipment",
  "equipment_usage",
  "satisfaction",
  "audit_finding",
  "phi_access_log",
];

const rows =
  (common: Line) =>
  (named: Readonly<Record<string, Line>>): readonly Line[] =>
    Object.entries(named).map(([name, line]) => ({ ID: name === "nameless" ? "" : name, ...common, ...line }));

const during = { START: "2010-06-01T14:10:00Z", STOP: "2010-06-01T14:50:00Z" };
const backwards = { START: "2010-06-01T14:50:00Z", STOP: "2010-06-01T14:10:00Z" };
const sick = { PATIENT: "p", ENCOUNTER: "e" };

const first: Delivery = {
  organizations: [
    { Id: "o", NAME: "Place" },
    { Id: "alone", NAME: "Elsewhere" },
  ],
  organization_units: [{ ORGANIZATION: "o", BRANCH: "North", REGION: "Coast", BED_COUNT: "2" }, { BRANCH: "Nowhere" }],
  providers: [{ Id: "r", ORGANIZATION: "o" }],
  patients: [
    { Id: "p", BIRTHDATE: "1980-05-01" },
    { Id: "q", BIRTHDATE: "1980-05-01", DEATHDATE: "2010-06-03" },
  ],
  encounters: [
    {
      Id: "e",
      START: "2010-06-01T14:00:00Z",
      STOP: "2010-06-01T15:00:00Z",
      PATIENT: "p",
      ORGANIZATION: "o",
      ENCOUNTERCLASS: "inpatient",
    },
  ],
  staff: rows({ ROLE: "nurse", ORGANIZATION: "o" })({
    nurse: {},
    doctor: { ROLE: "Provider", PROVIDER: "r", NPI: "1234567893" },
    "wrong-npi": { NPI: "1234567890" },
    "lost-provider": { PROVIDER: "nobody" },
    roleless: { ROLE: "wizard" },
    "left-first": { HIRED_ON: "2010-02-01", LEFT_ON: "2010-01-31" },
    nameless: {},
  }),
  licenses: rows({ PROVIDER: "r", STATUS: "active", ISSUED_ON: "2008-01-01", EXPIRES_ON: "2010-12-31" })({
    license: {},
    endless: { EXPIRES_ON: "" },
    orphan: { PROVIDER: "nobody" },
    odd: { STATUS: "framed" },
    backwards: { EXPIRES_ON: "2007-12-31" },
  }),
  provider_schedules: rows({ PROVIDER: "r", ORGANIZATION: "o", ...during, BOOKABLE_MINUTES: "40" })({
    session: {},
    overfull: { BOOKABLE_MINUTES: "41" },
    negative: { BOOKABLE_MINUTES: "-1" },
    orphan: { PROVIDER: "" },
    timeless: { START: "soon" },
    backwards: { ...backwards, BOOKABLE_MINUTES: "" },
  }),
  staff_schedules: rows({ STAFF: "nurse", ...during })({
    shift: {},
    orphan: { STAFF: "nobody" },
    timeless: { START: "" },
    backwards,
  }),
  timesheets: rows({
    STAFF: "nurse",
    SCHEDULE: "shift",
    WORK_DATE: "2010-06-01",
    CLOCK_IN: "2010-06-01T14:10:00Z",
    CLOCK_OUT: "2010-06-01T14:50:00Z",
    STATUS: "present",
  })({
    worked: {},
    away: { CLOCK_IN: "", CLOCK_OUT: "", STATUS: "absent" },
    "away-and-there": { STATUS: "absent" },
    "there-and-away": { CLOCK_IN: "", CLOCK_OUT: "" },
    "left-first": { CLOCK_OUT: "2010-06-01T14:00:00Z" },
    shiftless: { SCHEDULE: "nothing" },
    orphan: { STAFF: "nobody" },
    dateless: { WORK_DATE: "" },
    odd: { STATUS: "asleep" },
  }),
  beds: rows({ ORGANIZATION: "o", DEPARTMENT: "o:inpatient", KIND: "ward" })({ bed: {}, nameless: {} }),
  bed_days: [
    { BED: "bed", DATE: "2010-06-01", STATUS: "occupied", ...sick },
    { BED: "bed", DATE: "2010-06-02", STATUS: "free" },
    { BED: "bed", DATE: "2010-06-03", STATUS: "blocked", PATIENT: "p" },
    { BED: "bed", DATE: "2010-06-04", STATUS: "occupied", PATIENT: "nobody" },
    { BED: "bed", DATE: "2010-06-05", STATUS: "occupied", PATIENT: "q", ENCOUNTER: "e" },
    { BED: "bed", DATE: "2010-06-06", STATUS: "made" },
    { BED: "sofa", DATE: "2010-06-01", STATUS: "free" },
    { BED: "bed", DATE: "someday", STATUS: "free" },
  ],
  encounter_locations: rows({ ...sick, BED: "bed", DEPARTMENT: "o:inpatient", ...during })({
    lay: {},
    floor: { BED: "floor" },
    outside: { STOP: "2010-06-01T15:00:01Z" },
    backwards,
    lost: { ENCOUNTER: "nowhere" },
    stolen: { PATIENT: "q" },
    orphan: { PATIENT: "nobody" },
    timeless: { START: "" },
  }),
  equipment: rows({ ORGANIZATION: "o", KIND: "ct" })({
    scanner: { DAILY_MINUTES: "1440" },
    tireless: { DAILY_MINUTES: "1441" },
  }),
  equipment_usage: rows({ EQUIPMENT: "scanner", ...sick, ...during })({
    scan: {},
    calibration: { PATIENT: "", ENCOUNTER: "" },
    unknown: { PATIENT: "nobody", ENCOUNTER: "" },
    lost: { ENCOUNTER: "nowhere" },
    stolen: { PATIENT: "q" },
    backwards,
    orphan: { EQUIPMENT: "hammer" },
    timeless: { START: "" },
  }),
  satisfaction: rows({ ...sick, SURVEYED_AT: "2010-06-03T14:00:00Z", QUESTION: "overall", SCORE: "5" })({
    answer: {},
    "too-happy": { SCORE: "6" },
    silent: { SCORE: "" },
    "by-family": { PATIENT: "q", ENCOUNTER: "", SURVEYED_AT: "2010-06-05T14:00:00Z" },
    lost: { ENCOUNTER: "nowhere" },
    stolen: { PATIENT: "q" },
    timeless: { SURVEYED_AT: "" },
  }),
  audit_findings: rows({ ORGANIZATION: "o", FOUND_ON: "2010-06-01", STATUS: "open" })({
    found: {},
    closed: { STATUS: "closed", CLOSED_ON: "2010-06-02" },
    "closed-first": { STATUS: "closed", CLOSED_ON: "2010-05-31" },
    "closed-never": { STATUS: "closed" },
    "open-and-shut": { CLOSED_ON: "2010-06-02" },
    odd: { STATUS: "ajar" },
    dateless: { FOUND_ON: "" },
  }),
  access_log: rows({
    ACCESSED_AT: "2010-06-01T14:00:00Z",
    USER_ID: "nurse",
    USER_ROLE: "nurse",
    PATIENT: "p",
    ACTION: "view",
    PURPOSE: "treatment",
  })({
    seen: {},
    login: { PATIENT: "", ACTION: "login", PURPOSE: "" },
    stranger: { USER_ID: "svc-7", USER_ROLE: "admin" },
    nobody: { USER_ID: "" },
    "of-nobody": { PATIENT: "nobody" },
    purposeless: { PURPOSE: "" },
    odd: { ACTION: "licked" },
    roleless: { USER_ROLE: "wizard" },
    timeless: { ACCESSED_AT: "" },
    nameless: {},
  }),
};

/** What the first delivery lacked: what was kept out for it comes in, and what named it finds it. */
const second: Delivery = {
  staff: [{ ID: "nobody", ROLE: "staff" }],
  beds: [{ ID: "floor" }, { ID: "sofa" }],
  equipment: [{ ID: "hammer" }],
  organization_units: [
    { ORGANIZATION: "o", BRANCH: "South", REGION: "Coast", BED_COUNT: "3" },
    { ORGANIZATION: "alone", BRANCH: "North", REGION: "Coast" },
  ],
  patients: [{ Id: "nobody", BIRTHDATE: "1990-01-01" }],
};

let hospital: Hospital;
beforeAll(async () => {
  const { actions } = await graph();
  const all = actions.flatMap(({ target }) => /^(\w+)_VERDICT$/.exec(target.name)?.[1]?.toLowerCase() ?? []);
  hospital = await openHospital({ asleep: all.filter((entity) => !delivered.includes(entity)) });
  await hospital.land({ id: "one", files: files(first) });
  await hospital.refresh();
});
afterAll(() => hospital[Symbol.asyncDispose]());
const said = (entity: string, name = `${entity}_id`) => saidOf(hospital, entity, name);

describe("rules of admission", () => {
  it("take staff whatever they are, and check their NPI", async () => {
    expect(await said("staff")).toEqual({
      nurse: "",
      doctor: "",
      "wrong-npi": "npi_invalid",
      "lost-provider": "provider_unresolved",
      roleless: "role_unmapped",
      "left-first": "end_before_start",
      "": "quarantined: key_missing",
    });
    expect(await said("provider_license")).toEqual({
      license: "",
      endless: "quarantined: event_time_missing",
      orphan: "quarantined: provider_unresolved",
      odd: "quarantined: status_unmapped",
      backwards: "end_before_start",
    });
  });

  it("keep rosters and timesheets out without a time or somebody whom they are of", async () => {
    expect(await said("provider_schedule")).toEqual({
      session: "",
      overfull: "value_out_of_range",
      negative: "value_out_of_range",
      orphan: "quarantined: provider_unresolved",
      timeless: "quarantined: event_time_missing",
      backwards: "end_before_start",
    });
    expect(await said("staff_schedule")).toEqual({
      shift: "",
      orphan: "quarantined: staff_unresolved",
      timeless: "quarantined: event_time_missing",
      backwards: "end_before_start",
    });
    expect(await said("timesheet")).toEqual({
      worked: "",
      away: "",
      "away-and-there": "status_contradicted",
      "there-and-away": "status_contradicted",
      "left-first": "end_before_start",
      shiftless: "staff_schedule_unresolved",
      orphan: "quarantined: staff_unresolved",
      dateless: "quarantined: event_time_missing",
      odd: "quarantined: status_unmapped",
    });
    expect(
      await hospital.rows(`select timesheet_id, worked_seconds from "EHR".SILVER.TIMESHEET
        where timesheet_id in ('worked', 'away', 'left-first') order by 1`),
    ).toEqual([
      { timesheet_id: "away", worked_seconds: null },
      { timesheet_id: "left-first", worked_seconds: null },
      { timesheet_id: "worked", worked_seconds: 2400 },
    ]);
  });

  it("count a bed's day whoever lies in it, and keep out what is no bed, no day or no status", async () => {
    expect(await said("bed")).toEqual({ bed: "", "": "quarantined: key_missing" });
    expect(await said("bed_day")).toEqual({
      "bed:2010-06-01": "",
      "bed:2010-06-02": "",
      "bed:2010-06-03": "status_contradicted",
      "bed:2010-06-04": "patient_unresolved",
      "bed:2010-06-05": "quarantined: encounter_other_patient",
      "bed:2010-06-06": "quarantined: status_unmapped",
      "sofa:2010-06-01": "quarantined: bed_unresolved",
      "": "quarantined: key_missing,event_time_missing",
    });
    expect(await said("encounter_location")).toEqual({
      lay: "",
      floor: "bed_unresolved",
      outside: "outside_encounter",
      backwards: "end_before_start",
      lost: "encounter_unresolved",
      stolen: "quarantined: encounter_other_patient",
      orphan: "quarantined: patient_unresolved",
      timeless: "quarantined: event_time_missing",
    });
  });

  it("take the use of equipment with and without a patient", async () => {
    expect(await said("equipment")).toEqual({ scanner: "", tireless: "value_out_of_range" });
    expect(await said("equipment_usage")).toEqual({
      scan: "",
      calibration: "",
      unknown: "patient_unresolved",
      lost: "encounter_unresolved",
      stolen: "quarantined: encounter_other_patient",
      backwards: "end_before_start",
      orphan: "quarantined: equipment_unresolved",
      timeless: "quarantined: event_time_missing",
    });
  });

  it("keep an answer, and not a score that is none", async () => {
    expect(await said("satisfaction")).toEqual({
      answer: "",
      "too-happy": "value_out_of_range",
      silent: "value_out_of_range",
      "by-family": "after_death",
      lost: "encounter_unresolved",
      stolen: "quarantined: encounter_other_patient",
      timeless: "quarantined: event_time_missing",
    });
    expect(
      await hospital.rows(`select satisfaction_id, score_sent, score from "EHR".SILVER.SATISFACTION
        where satisfaction_id in ('answer', 'too-happy', 'silent') order by 1`),
    ).toEqual([
      { satisfaction_id: "answer", score_sent: 5, score: 5 },
      { satisfaction_id: "silent", score_sent: null, score: null },
      { satisfaction_id: "too-happy", score_sent: 6, score: null },
    ]);
  });

  it("keep what an audit found apart from how it was closed", async () => {
    expect(await said("audit_finding")).toEqual({
      found: "",
      closed: "",
      "closed-first": "end_before_start",
      "closed-never": "status_contradicted",
      "open-and-shut": "status_contradicted",
      odd: "quarantined: status_unmapped",
      dateless: "quarantined: event_time_missing",
    });
  });

  it("lose no access but one without an id or a time", async () => {
    expect(await said("phi_access_log")).toEqual({
      seen: "",
      login: "",
      stranger: "",
      nobody: "user_missing",
      "of-nobody": "patient_unresolved",
      purposeless: "purpose_missing",
      odd: "action_unmapped",
      roleless: "role_unmapped",
      timeless: "quarantined: event_time_missing",
      "": "quarantined: key_missing",
    });
  });

  it("account for every row", async () => {
    expect(
      await hospital.rows(`select * from "EHR".SILVER.ACCOUNTING where left_count is distinct from right_count`),
    ).toEqual([]);
  });
});

describe("a later delivery", () => {
  it("lets in what waited for it, and moves a facility within the network", async () => {
    const network = () =>
      hospital.rows(`select facility_id, branch, region, bed_count from "EHR".SILVER.FACILITY order by 1`);
    expect(await network()).toEqual([
      { facility_id: "alone", branch: null, region: null, bed_count: null },
      { facility_id: "o", branch: "North", region: "Coast", bed_count: 2 },
    ]);
    await hospital.land({ id: "two", delivered: "2024-06-02T00:00:00", files: files(second) });
    await hospital.refresh();
    expect(await network()).toEqual([
      { facility_id: "alone", branch: "North", region: "Coast", bed_count: null },
      { facility_id: "o", branch: "South", region: "Coast", bed_count: 3 },
    ]);
    expect((await said("staff_schedule")).orphan).toBe("");
    expect((await said("timesheet")).orphan).toBe("");
    expect(await said("bed_day")).toMatchObject({ "bed:2010-06-04": "", "sofa:2010-06-01": "" });
    expect(await said("encounter_location")).toMatchObject({
      floor: "",
      orphan: "quarantined: encounter_other_patient",
    });
    expect(await said("equipment_usage")).toMatchObject({ orphan: "", unknown: "" });
    expect((await said("phi_access_log"))["of-nobody"]).toBe("");
  });
});
