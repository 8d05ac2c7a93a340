/** Every gold model over a hospital of six patients, its rows written by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Row } from "../../src/warehouse/index.js";
import { faultsIn, type Resource } from "../support/fhir.js";
import { files } from "./csv.js";
import { graph, type Hospital, openHospital } from "./hospital.js";
import { describeMasked } from "./masked.js";
import { describePages } from "./pages.js";
import { asOf, ward } from "./ward.js";

/** The entities that patient_360 counts. */
const events = (await graph()).actions
  .flatMap((action) => (action.target.name === "PATIENT_360" && "columns" in action ? action.columns : []))
  .flatMap(({ path }) => /^quarantined_(\w+)_count$/i.exec(path.join("."))?.[1]?.toLowerCase() ?? []);

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ gold: true });
  await hospital.land({ id: "one", delivered: "2024-07-20T00:00:00Z", files: files(ward) });
  await hospital.refresh({ asOf });
});
afterAll(() => hospital[Symbol.asyncDispose]());

/** Columns of a gold model beside the source's patient id, as arrays in a stable order. */
async function shown(model: string, columns: string, order: string): Promise<readonly (readonly unknown[])[]> {
  const rows: readonly Row[] = await hospital.rows(
    `select p.patient_id as of_patient, ${columns} from "EHR".GOLD."${model}" as g
     left join "EHR".SILVER.PATIENT as p on p.patient_key = g.patient_key order by of_patient, ${order}`,
  );
  return rows.map((row) => Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)));
}

/** The counts of patient_360 by patient and entity, without zeros. */
async function counted(prefix: string): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const rows = await shown("PATIENT_360", events.map((entity) => `g.${prefix}${entity}_count`).join(", "), "1");
  return Object.fromEntries(
    rows.map(([id, ...counts]) => {
      const some = events.map((entity, i) => [entity, Number(counts[i])] as const).filter(([, count]) => count > 0);
      return [String(id), Object.fromEntries(some)];
    }),
  );
}

describe("gold at an instant", () => {
  it("shows what a patient takes: begun, not ended, valid, and alive", async () => {
    expect(await shown("CURRENT_MEDICATIONS", "g.code, g.stopped_at, g.encounter_key is not null", "g.code")).toEqual([
      ["ann", "begins-now", null, false],
      ["ann", "ends-then", "2024-06-30T12:00:01", false],
      ["ann", "open", null, true],
      ["ben", null, null, false],
      ["cat", "from-today", "2024-07-01T04:00:00", false],
      ["dot", null, null, false],
      ["eve", null, null, false],
      ["new", null, null, false],
    ]);
  });

  it("shows the laboratory results of six months with their trend, in one unit where there is a standard", async () => {
    const rows = await shown(
      "LABS_LAST_6_MONTHS",
      `g.code, g.observed_date, g.value_text, g.unit_sent, g.comparator, round(g.result_value, 4), g.result_unit, g.recency,
       round(g.previous_value, 4), round(g.delta, 4), round(g.slope_per_day, 6)`,
      "g.code, g.result_unit, g.observed_at",
    );
    // Least squares over days 0, 60 and 121: 1089.639067 / 7320.666667.
    const slope = 0.148844;
    expect(rows).toEqual([
      ["ann", "2093-3", "2023-12-30", "5", "mmol/L", null, 193.35, "mg/dL", 1, null, null, null],
      ["ann", "2339-0", "2024-01-10", "5", "mmol/L", null, 90.078, "mg/dL", 4, null, null, slope],
      ["ann", "2339-0", "2024-03-10", "100", "mg/dL", null, 100, "mg/dL", 3, 90.078, 9.922, slope],
      ["ann", "2339-0", "2024-04-10", "99999", "mmol/L", null, null, "mg/dL", 2, 100, null, slope],
      ["ann", "2339-0", "2024-05-10", "6", "mmol/L", null, 108.0936, "mg/dL", 1, null, null, slope],
      ["ann", "2339-0", "2024-05-11", "7", "spoons", null, 7, "spoons", 1, null, null, null],
      ["ann", "2947-0", "2024-06-01", "110", "mmol/L", null, 110, "mmol/L", 1, null, null, null],
      ["ann", "6298-4", "2024-06-01", "6.5", "mmol/L", null, 6.5, "mmol/L", 1, null, null, null],
      ["ann", "seen", "2024-06-01", "<0.01", null, "<", 0.01, null, 2, null, null, null],
      ["ann", "seen", "2024-06-01", "0.03", null, null, 0.03, null, 1, 0.01, 0.02, null],
      ["ann", "word", "2024-06-01", "positive", null, null, null, null, 1, null, null, null],
      ...["ben", "cat", "dot", "eve", "new"].map((id) => [id, ...Array(11).fill(null)]),
    ]);
  });

  it("shows how fast a result came, and why that cannot be said", async () => {
    const rows = await shown(
      "FCT_LAB_RESULT",
      "g.code, g.turnaround_hours, g.turnaround_reason, g.result_value, g.flag_sent, g.flag_computed, g.is_critical, g.encounter_key is not null",
      "g.observed_at",
    );
    expect(rows).toHaveLength(13);
    expect(rows.filter(([, code]) => code === "2947-0" || code === "6298-4" || code === "word")).toEqual([
      ["ann", "word", null, "result_time_not_sent", null, null, null, false, false],
      ["ann", "6298-4", 4, null, 6.5, "HH", "HH", true, true],
      ["ann", "2947-0", 4 + 1 / 60, null, 110, "L", "LL", true, true],
    ]);
  });

  it("shows a value that nobody can have as it was sent, with its finding, and takes it for no number", async () => {
    expect(
      await shown(
        "FCT_LAB_RESULT",
        "g.value_text, g.result_value, g.result_unit, g.range_low, g.range_high, g.flag_computed, g.is_critical, g.flags",
        "g.observed_at",
      ),
    ).toContainEqual(["ann", "99999", null, "mg/dL", 70, 99, null, false, "value_out_of_range"]);
  });

  it("shows critical results with the time until somebody was told, and those of which nobody was", async () => {
    expect(
      await shown(
        "CRITICAL_LAB",
        `g.code, g.direction, g.flagged_by, g.critical_low, g.critical_high, g.minutes_to_notification,
         g.notification_status, g.is_never_notified`,
        "g.code",
      ),
    ).toEqual([
      ["ann", "2947-0", "low", "limits", 120, 158, null, "never_notified", true],
      ["ann", "6298-4", "high", "both", 2.8, 6.2, 20, "notified", false],
    ]);
  });

  it("shows the costs and hours of an encounter, and neither where it is not known", async () => {
    expect(
      await shown(
        "FCT_ENCOUNTER",
        `g.encounter_type, g.status, g.start_date, round(g.duration_hours, 9), cast(g.charge_usd as double),
         cast(g.insurance_paid_usd as double), cast(g.patient_paid_usd as double), g.flags`,
        "g.started_at",
      ),
    ).toEqual([
      ["ann", "office", "completed", "2024-06-01", 1.5, 200.5, 150.25, 50.25, null],
      ["ann", "inpatient", "in_progress", "2024-06-29", null, 100, null, null, null],
      ["ben", "office", "completed", "2024-02-01", null, 10, 0, 10, "end_before_start"],
      ["cat", "office", "completed", "2024-03-01", 0.333333333, null, null, null, null],
    ]);
  });

  it("shows age and state as they are at the instant", async () => {
    expect(
      await shown("DIM_PATIENT", "g.first_name, g.birth_date, g.death_date, g.age_years, g.status, g.city", "1"),
    ).toEqual([
      ["ann", "Ann", "1980-07-01", null, 43, "active", "Here"],
      ["ben", "Ben", "1950-06-30", "2024-06-30", 74, "deceased", null],
      ["cat", "Cat", "1990-01-01", "2024-07-15", 34, "active", null],
      ["dot", "Dot", null, null, null, "active", null],
      ["eve", "Eve", "2000-02-29", null, 24, "active", null],
      ["new", "New", "2024-07-01", null, null, "active", null],
    ]);
  });

  it("shows every patient at a glance, with nothing too, and what waits in quarantine by entity", async () => {
    const columns = [
      "first_event_date",
      "last_event_date",
      "last_encounter_date",
      "open_condition_count",
      "current_medication_count",
      "flagged_event_count",
      "quarantined_count",
    ];
    expect(await shown("PATIENT_360", columns.map((name) => `g.${name}`).join(", "), "1")).toEqual([
      // The second before six months and the second after now are events as well.
      ["ann", "2023-12-29", "2024-06-30", "2024-06-29", 1, 3, 3, 0],
      ["ben", "2024-02-01", "2024-02-03", "2024-02-01", 0, 0, 1, 0],
      ["cat", "2024-03-01", "2024-07-10", "2024-03-01", 0, 1, 0, 0],
      ["dot", null, null, null, 0, 0, 0, 6],
      ["eve", null, null, null, 0, 0, 0, 0],
      ["new", null, null, null, 0, 0, 0, 0],
    ]);
    expect(await counted("")).toEqual({
      ann: {
        encounter: 2,
        encounter_location: 1,
        condition: 2,
        procedure: 1,
        prescription: 6,
        allergy: 1,
        lab_result: 13,
        vital_sign: 1,
        observation: 1,
        immunization: 1,
        imaging_study: 2,
        lab_order: 1,
        medication_administration: 1,
        radiology_report: 1,
        document: 2,
        infection: 1,
        adverse_event: 1,
        medication_error: 1,
      },
      ben: { encounter: 1, satisfaction: 1, prescription: 1, vital_sign: 1 },
      cat: { encounter: 1, appointment: 1, appointment_change: 1, prescription: 2 },
      dot: {},
      eve: {},
      new: {},
    });
    expect(await counted("quarantined_")).toEqual({
      ann: {},
      ben: {},
      cat: {},
      dot: { encounter: 2, appointment: 1, condition: 1, prescription: 1, lab_result: 1 },
      eve: {},
      new: {},
    });
    expect(await shown("PATIENT_QUARANTINE", "g.entity, g.row_count", "g.entity")).toEqual([
      ["dot", "appointment", 1],
      ["dot", "condition", 1],
      ["dot", "encounter", 2],
      ["dot", "lab_result", 1],
      ["dot", "prescription", 1],
      // Of somebody who is not known.
      [null, "encounter", 1],
    ]);
  });

  it("shows what happened in time, and the patient to whom nothing did", async () => {
    const rows = await shown(
      "PATIENT_TIMELINE",
      "g.event_type, g.event_at, g.event_date, g.event_precision, g.code, g.value_text, g.flags",
      "g.event_at, g.event_type, g.event_key",
    );
    expect(rows.filter(([id]) => id !== "ann")).toEqual([
      ["ben", "prescription", "2024-02-01T14:00:00", "2024-02-01", "instant", "of-the-dead", null, null],
      ["ben", "vital_sign", "2024-02-01T14:30:00", "2024-02-01", "instant", "8867-4", "70", null],
      ["ben", "encounter", "2024-02-01T15:00:00", "2024-02-01", "instant", null, null, "end_before_start"],
      ["ben", "satisfaction", "2024-02-03T14:00:00", "2024-02-03", "instant", null, "4", null],
      ["cat", "encounter", "2024-03-01T14:00:00", "2024-03-01", "instant", null, null, null],
      ["cat", "prescription", "2024-06-01T04:00:00", "2024-06-01", "day", "until-today", null, null],
      ["cat", "appointment_change", "2024-06-20T14:00:00", "2024-06-20", "instant", null, null, null],
      ["cat", "prescription", "2024-06-30T04:00:00", "2024-06-30", "day", "from-today", null, null],
      ["cat", "appointment", "2024-07-10T14:00:00", "2024-07-10", "instant", null, null, null],
      ...["dot", "eve", "new"].map((id) => [id, ...Array(7).fill(null)]),
    ]);
    expect(rows.filter(([id]) => id === "ann").map(([, type, at]) => `${at} ${type}`)).toEqual([
      "2023-12-30T04:59:59 lab_result",
      "2023-12-30T05:00:00 lab_result",
      "2024-01-10T15:00:00 lab_result",
      "2024-03-10T15:00:00 lab_result",
      "2024-04-10T15:00:00 lab_result",
      "2024-05-10T15:00:00 lab_result",
      "2024-05-11T15:00:00 lab_result",
      "2024-06-01T04:00:00 allergy",
      "2024-06-01T04:00:00 condition",
      "2024-06-01T04:00:00 condition",
      "2024-06-01T10:00:00 lab_result",
      "2024-06-01T11:00:00 lab_result",
      "2024-06-01T11:00:00 lab_result",
      "2024-06-01T14:00:00 encounter",
      "2024-06-01T14:05:00 lab_order",
      "2024-06-01T14:10:00 prescription",
      "2024-06-01T14:11:00 prescription",
      "2024-06-01T14:12:00 prescription",
      "2024-06-01T14:15:00 procedure",
      "2024-06-01T14:20:00 observation",
      "2024-06-01T14:25:00 immunization",
      "2024-06-01T14:32:00 medication_administration",
      "2024-06-01T14:40:00 imaging_study",
      "2024-06-01T14:40:00 imaging_study",
      "2024-06-01T14:50:00 encounter_location",
      "2024-06-01T14:50:00 vital_sign",
      "2024-06-01T15:00:00 radiology_report",
      "2024-06-01T15:05:00 document",
      "2024-06-01T15:06:00 document",
      "2024-06-01T15:10:00 infection",
      "2024-06-01T15:11:00 adverse_event",
      "2024-06-01T15:12:00 medication_error",
      "2024-06-01T18:12:00 lab_result",
      "2024-06-01T18:13:00 lab_result",
      "2024-06-02T00:00:00 prescription",
      "2024-06-30T03:00:00 encounter",
      "2024-06-30T12:00:00 prescription",
      "2024-06-30T12:00:01 lab_result",
      "2024-06-30T12:00:01 prescription",
    ]);
  });

  it("shows the licences that end within 60 days", async () => {
    const rows = await hospital.rows(
      `select l.provider_license_id as id, g.days_left from "EHR".GOLD.LICENSE_EXPIRING as g
       join "EHR".SILVER.PROVIDER_LICENSE as l using (provider_license_key) order by days_left`,
    );
    expect(rows.map(({ id, days_left }) => [id, Number(days_left)])).toEqual([
      ["ends-today", 0],
      ["ends-on-the-60th", 60],
    ]);
  });

  it("shows who tried what in 24 hours, and which accesses nothing explains", async () => {
    const rows = await hospital.rows(
      `select user_id, staff_key is not null as is_staff, attempt_count, failed_count, failed_login_count, unrelated_count,
         outside_hours_count, patient_count
       from "EHR".GOLD.SECURITY_MONITORING order by user_id`,
    );
    expect(rows.map((row) => Object.values(row).map((x) => (typeof x === "bigint" ? Number(x) : x)))).toEqual([
      ["doctor", true, 1, 0, 0, 0, 0, 1],
      ["nurse", true, 4, 2, 1, 2, 2, 1],
      ["portal", false, 1, 0, 0, 0, 0, 1],
      ["somebody", false, 1, 1, 1, 0, 1, 0],
    ]);
    expect(
      await hospital.rows(
        `select a.phi_access_log_id as id from "EHR".GOLD.BREACH as g
         join "EHR".SILVER.PHI_ACCESS_LOG as a using (phi_access_log_key) order by id`,
      ),
    ).toEqual([{ id: "curious" }, { id: "later" }, { id: "the day before" }]);
    const figures = await hospital.rows(
      `select safeguard, figure_value from "EHR".GOLD.GOVERNANCE_COMPLIANCE order by safeguard`,
    );
    expect(Object.fromEntries(figures.map(({ safeguard, figure_value }) => [safeguard, Number(figure_value)]))).toEqual(
      {
        "164.308(a)(1)(ii)(D)": 7,
        "164.308(a)(3)(ii)(C)": 0,
        "164.308(a)(5)(ii)(C)": 2,
        "164.308(a)(6)(ii)": 3,
        "164.308(a)(8)": 0,
        "164.310(d)(1)": 0,
        "164.312(a)(1)": 2,
        "164.312(a)(2)(i)": 0,
        "164.312(a)(2)(ii)": 1,
        "164.312(b)": 10,
        "164.312(c)(1)": 0,
        "164.312(d)": 3,
      },
    );
  });

  it("says of every row where it comes from", async () => {
    for (const model of [
      "CURRENT_MEDICATIONS",
      "LABS_LAST_6_MONTHS",
      "PATIENT_TIMELINE",
      "PATIENT_360",
      "DIM_PATIENT",
    ]) {
      const gaps = await hospital.count(
        `select count(*) from "EHR".GOLD."${model}"
         where source_system is null or source_record is null or loaded_at is null or run_id is null or row_hash is null`,
      );
      expect([model, gaps]).toEqual([model, 0]);
    }
    expect(
      await shown("PATIENT_TIMELINE", "g.source_record", "1").then((rows) => rows.find(([id]) => id === "eve")),
    ).toEqual(["eve", "one/patients.csv#5"]);
  });
});

describe("KPIs", () => {
  const kpi = async (name: string) =>
    (
      await hospital.rows(
        `select f.facility_id as facility, cast(k.kpi_month as varchar) as month, k.value, k.reason
         from "EHR".GOLD.KPI_MONTHLY as k left join "EHR".SILVER.FACILITY as f on f.facility_key = k.facility_key
         where k.kpi = '${name}' order by all`,
      )
    ).map(({ facility, month, value, reason }) => [facility, month, value === null ? reason : Number(value)]);

  /** Counted by plain code from the rows of silver, by facility and month. */
  const counted = async (sql: string, count: (rows: readonly Row[]) => number) => {
    const groups = new Map<string, Row[]>();
    for (const row of await hospital.rows(sql)) {
      const place = `${row.facility ?? ""} ${String(row.day).slice(0, 7)}`;
      groups.set(place, [...(groups.get(place) ?? []), row]);
    }
    return new Map([...groups].map(([place, rows]) => [place, count(rows)]));
  };
  const encounters = `select f.facility_id as facility, cast(e.start_date as varchar) as day, e.encounter_type, e.patient_key
    from "EHR".SILVER.ENCOUNTER as e left join "EHR".SILVER.FACILITY as f on f.facility_key = e.facility_key`;

  it.each([
    ["encounters", (rows: readonly Row[]) => rows.length],
    ["unique_patients", (rows: readonly Row[]) => new Set(rows.map(({ patient_key }) => patient_key)).size],
    [
      "emergency_visits",
      (rows: readonly Row[]) => rows.filter(({ encounter_type }) => encounter_type === "emergency").length,
    ],
  ] as const)("count %s by facility and month", async (name, count) => {
    const expected = await counted(encounters, count);
    expect(expected.size).toBeGreaterThan(1);
    const found = (await kpi(name)).map(([facility, month, value]) => [
      `${facility ?? ""} ${String(month).slice(0, 7)}`,
      value,
    ]);
    expect(found).toEqual(found.map(([place]) => [place, expected.get(String(place)) ?? 0]));
    expect(new Map(found.filter(([, value]) => value !== 0) as [string, number][])).toEqual(
      new Map([...expected].filter(([, value]) => value !== 0)),
    );
  });

  it("count a use over midnight on each of its days, as long as it was then", async () => {
    expect(
      await hospital.rows(
        `select cast(kpi_date as varchar) as day, cast(numerator as integer) as minutes, cast(denominator as integer) as of_minutes
         from "EHR".GOLD.KPI_PART where kpi = 'equipment_utilization' order by 1`,
      ),
    ).toEqual([
      { day: "2024-03-09", minutes: 360, of_minutes: 1440 },
      { day: "2024-03-10", minutes: 1380, of_minutes: 1440 },
      { day: "2024-06-01", minutes: 10, of_minutes: 600 },
    ]);
  });

  it("are NULL with a reason where nothing is delivered or nothing can be divided, and never 0 for that", async () => {
    // The one appointment is booked for the month after.
    for (const name of ["appointments", "completion_rate"])
      expect(new Set((await kpi(name)).map(([, , value]) => value))).toEqual(
        new Set(["before the first that a source delivered"]),
      );
    expect((await kpi("appointments")).filter(([, month]) => String(month) > "2024-06-01")).toEqual([]);
    // Nobody has come to an appointment yet.
    expect(new Set((await kpi("average_wait")).map(([, , value]) => value))).toEqual(
      new Set(["no source delivers it"]),
    );
    expect(new Set((await kpi("denial_rate")).map(([, , value]) => value))).toEqual(
      new Set(["before the first that a source delivered", 0]),
    );
  });
});

describe("the star", () => {
  it("has each day once, as a calendar says", async () => {
    const days = await hospital.rows(
      `select cast(calendar_date as varchar) as day, day_of_week, is_weekend, quarter_number, cast(week_start as varchar) as monday
       from "EHR".GOLD.DIM_DATE order by 1`,
    );
    const first = String(days[0]?.day);
    expect(first).toMatch(/-01-01$/);
    expect(String(days.at(-1)?.day)).toBe("2025-12-31");
    days.forEach((row, index) => {
      const day = new Date(Date.parse(`${first}T00:00:00Z`) + index * 86_400_000);
      const weekday = ((day.getUTCDay() + 6) % 7) + 1;
      expect(row).toEqual({
        day: day.toISOString().slice(0, 10),
        day_of_week: weekday,
        is_weekend: weekday > 5,
        quarter_number: Math.floor(day.getUTCMonth() / 3) + 1,
        monday: new Date(day.getTime() - (weekday - 1) * 86_400_000).toISOString().slice(0, 10),
      });
    });
  });

  it("leads from a department to its facility and region, in one row for who wants that", async () => {
    const count = (table: string) => hospital.count(`select count(*) from "EHR".GOLD."${table}"`);
    expect(await count("DIM_DEPARTMENT_FLAT")).toBe(await count("DIM_DEPARTMENT"));
    expect(
      await hospital.count(
        `select count(*) from "EHR".GOLD.DIM_DEPARTMENT_FLAT where facility_key is not null and facility_name is null`,
      ),
    ).toBe(0);
    expect(await count("DIM_PROVIDER")).toBeGreaterThan(0);
    expect(
      await hospital.count(
        `select count(*) from "EHR".SILVER.CONDITION as c
         left join "EHR".GOLD.DIM_DIAGNOSIS as d on d.code = c.code and d.code_system is not distinct from c.code_system
         where d.diagnosis_key is null`,
      ),
    ).toBe(0);
  });
});

describe("resources of FHIR", () => {
  let read: Promise<readonly Resource[]> | undefined;
  const all = () => {
    read ??= readAll();
    return read;
  };
  const readAll = async (): Promise<readonly Resource[]> => {
    const views = (await graph()).actions.filter(
      ({ target }) => target.schema === "GOLD" && target.name.startsWith("FHIR_"),
    );
    const rows = await hospital.rows(
      views.map(({ target }) => `select id, resource from "EHR".GOLD."${target.name}"`).join(" union all "),
    );
    const resources = rows.map(({ resource }) => JSON.parse(String(resource)) as Resource);
    expect(resources.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    return resources;
  };
  /** Of a type, by an identifier or code, without what every resource has. */
  const found = async (type: string, by: string) => {
    const one = (await all()).filter((each) => each.resourceType === type && JSON.stringify(each).includes(`"${by}"`));
    expect(one).toHaveLength(1);
    const { resourceType: _type, id: _id, meta: _meta, identifier: _identifier, ...rest } = one[0] as Resource;
    // References are asserted by whom they are to, not by key.
    return JSON.parse(JSON.stringify(rest).replaceAll(/("reference":"\w+)\/[0-9a-f]{32}/g, "$1"));
  };
  const loinc = (code: string) => ({ coding: [{ system: "http://loinc.org", code }] });
  const to = (reference: string) => ({ reference });
  const v3 = "http://terminology.hl7.org/CodeSystem";

  it("are what R4 says, of every type, and refer to each other", async () => {
    const resources = await all();
    expect(new Set(resources.map(({ resourceType }) => resourceType)).size).toBe(17);
    expect(faultsIn(resources)).toEqual([]);
  });

  it("say of an encounter what silver says, and no end before its start", async () => {
    expect(await found("Encounter", "visit")).toEqual({
      status: "finished",
      class: { system: `${v3}/v3-ActCode`, code: "AMB" },
      type: [{ coding: [{ system: "http://snomed.info/sct", code: "v" }] }],
      subject: to("Patient"),
      participant: [{ individual: to("Practitioner") }],
      period: { start: "2024-06-01T14:00:00.000Z", end: "2024-06-01T15:30:00.000Z" },
      location: [{ location: to("Location") }],
      serviceProvider: to("Organization"),
    });
    expect(await found("Encounter", "backwards")).toMatchObject({ period: { start: "2024-02-01T15:00:00.000Z" } });
    expect((await found("Encounter", "backwards")).period.end).toBeUndefined();
    expect(await found("Encounter", "stay")).toMatchObject({ status: "in-progress", class: { code: "IMP" } });
  });

  it("say of a result its value, unit, flag and when its specimen was taken", async () => {
    expect(await found("Observation", "potassium")).toEqual({
      status: "final",
      category: [{ coding: [{ system: `${v3}/observation-category`, code: "laboratory" }] }],
      code: loinc("6298-4"),
      subject: to("Patient"),
      encounter: to("Encounter"),
      effectiveDateTime: "2024-06-01T14:12:00.000Z",
      issued: "2024-06-01T18:12:00.000Z",
      valueQuantity: { value: 6.5, unit: "mmol/L", system: "http://unitsofmeasure.org", code: "mmol/L" },
      interpretation: [{ coding: [{ system: `${v3}/v3-ObservationInterpretation`, code: "HH" }] }],
    });
    expect(await found("Observation", "spoons")).toMatchObject({ valueQuantity: { value: 7, unit: "spoons" } });
    expect(await found("Observation", "<")).toMatchObject({ valueQuantity: { value: 0.01, comparator: "<" } });
    expect(await found("Observation", "positive")).toMatchObject({ status: "unknown", valueString: "positive" });
  });

  it("say of a prescription what it is at the instant", async () => {
    const status = async (code: string) => (await found("MedicationRequest", code)).status;
    expect(await status("ends-now")).toBe("completed");
    expect(await status("ends-then")).toBe("active");
    expect(await status("backwards")).toBe("unknown");
    expect(await status("of-the-dead")).toBe("stopped");
    expect((await found("MedicationRequest", "from-today")).dispenseRequest).toEqual({
      validityPeriod: { start: "2024-06-30", end: "2024-07-01" },
    });
  });

  it("say of a patient who they are and whom to call, and who may see it", async () => {
    expect(await found("Patient", "Ann")).toEqual({
      active: true,
      name: [{ use: "official", family: "A", given: ["Ann"] }],
      gender: "unknown",
      birthDate: "1980-07-01",
      address: [{ use: "home", city: "Here" }],
      contact: [{ relationship: [{ text: "spouse" }], name: { text: "Ned A" } }],
      communication: [{ language: { coding: [{ system: "urn:ietf:bcp:47", code: "es" }] } }],
    });
    const ann = (await all()).find((each) => each.resourceType === "Patient" && JSON.stringify(each).includes('"Ann"'));
    expect(ann?.meta).toMatchObject({ security: [{ code: "V" }] });
    expect(await found("Patient", "Ben")).toMatchObject({ deceasedDateTime: "2024-06-30" });
  });

  it("say of a document which version it replaces, and its text as data", async () => {
    const { status, docStatus, relatesTo, content } = await found("DocumentReference", "final");
    expect([status, docStatus]).toEqual(["current", "final"]);
    expect(relatesTo).toEqual([{ code: "replaces", target: to("DocumentReference") }]);
    expect(content).toEqual([
      {
        attachment: {
          contentType: "text/plain",
          data: Buffer.from("No complaints.").toString("base64"),
          title: "Visit",
        },
      },
    ]);
    expect((await found("DocumentReference", "superseded")).docStatus).toBe("preliminary");
  });

  it("say of a claim its lines, its sum and the coverage that it is asked of", async () => {
    const { item, total, insurance, provider } = await found("Claim", "c");
    expect(total).toEqual({ value: 200.5, currency: "USD" });
    expect(item).toMatchObject([{ sequence: 1, net: { value: 200.5 }, encounter: [to("Encounter")] }]);
    expect([insurance, provider]).toEqual([
      [{ sequence: 1, focal: true, coverage: to("Coverage") }],
      to("Practitioner"),
    ]);
    const absent = expect.objectContaining({ extension: [expect.objectContaining({ valueCode: "unknown" })] });
    expect(await found("Claim", "uncharged")).toMatchObject({ insurance: [{ coverage: absent }], provider: absent });
  });
});

describePages(() => hospital);

// The last, for it brings a second tenant.
describeMasked(() => hospital);
