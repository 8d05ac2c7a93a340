/** What other systems are told: each event once, by the law of docs/exchange.md, whenever runs were. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Delivery, files, type Line } from "./csv.js";
import { type Hospital, openHospital } from "./hospital.js";

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital({ only: ["event_outbox", "patient"] });
});
afterAll(() => hospital[Symbol.asyncDispose]());

const ann = (more: Line = {}): Line => ({
  Id: "ann",
  FIRST: "Ann",
  LAST: "A",
  BIRTHDATE: "1980-07-01",
  CITY: "Here",
  ...more,
});
const bob: Line = { Id: "bob", FIRST: "Bob", LAST: "B", BIRTHDATE: "1970-01-01" };
const visit = (PATIENT: string, STOP: string): Line => ({
  Id: `visit of ${PATIENT}`,
  PATIENT,
  START: "2024-06-01T14:00:00Z",
  STOP,
  ORGANIZATION: "o",
  PROVIDER: "r",
  ENCOUNTERCLASS: "ambulatory",
});
const pills = (STOP = ""): Line => ({ PATIENT: "ann", CODE: "pills", START: "2024-06-01T14:10:00Z", STOP });
const report = (STATUS: string, VALUE: string, UPDATED_AT: string): Line => ({
  ID: "potassium",
  PATIENT: "ann",
  CODE: "6298-4",
  VALUE,
  UNITS: "mmol/L",
  TYPE: "numeric",
  STATUS,
  RESULTED_AT: "2024-06-01T18:12:00Z",
  UPDATED_AT,
});
const status = (ID: string, STATUS: string, CHANGED_AT: string): Line => ({ ID, PATIENT: "ann", STATUS, CHANGED_AT });

interface Day {
  readonly delivered: string;
  readonly rows: Delivery;
  /** Events that it tells, as `type of patient`. */
  readonly tells: readonly string[];
}

const days: readonly Day[] = [
  {
    delivered: "2024-06-02",
    rows: {
      organizations: [{ Id: "o", NAME: "Place" }],
      providers: [{ Id: "r", ORGANIZATION: "o" }],
      patients: [ann()],
      patient_statuses: [status("s1", "active", "2024-01-01")],
      encounters: [visit("ann", ""), visit("bob", "2024-06-01T15:00:00Z")],
      medications: [pills()],
      lab_reports: [report("preliminary", "6.5", "2024-06-01T18:12:00Z")],
    },
    tells: ["patient.created of ann", "prescription.added of ann"],
  },
  // Nothing but what was said before.
  { delivered: "2024-06-03", rows: { patients: [ann()], medications: [pills()] }, tells: [] },
  {
    delivered: "2024-06-05",
    rows: {
      // In one delivery the last one stands.
      patients: [ann({ CITY: "Between" }), ann({ CITY: "There" })],
      patient_statuses: [status("s2", "inactive", "2024-06-04")],
      encounters: [visit("ann", "2024-06-01T15:30:00Z")],
      medications: [pills("2024-06-04")],
      lab_reports: [report("final", "6.5", "2024-06-02T08:00:00Z")],
    },
    tells: ["patient.updated of ann", "encounter.completed of ann", "lab_result.available of ann"],
  },
  // Older than what stands.
  {
    delivered: "2024-06-04",
    rows: { patients: [ann({ LAST: "Mistaken" })], lab_reports: [report("final", "7", "2024-06-02T07:00:00Z")] },
    tells: [],
  },
  {
    delivered: "2024-06-06",
    rows: {
      // Whose encounter has waited.
      patients: [bob, ann()],
      encounters: [visit("ann", "2024-06-01T16:00:00Z")],
      lab_reports: [report("corrected", "5.6", "2024-06-05T08:00:00Z")],
    },
    // Ann is back where she was: as on the first day, and other than yesterday.
    tells: [
      "patient.created of bob",
      "patient.updated of ann",
      "encounter.completed of bob",
      "lab_result.available of ann",
    ],
  },
  {
    delivered: "2024-06-07",
    rows: { patient_contacts: [{ ID: "k", PATIENT: "bob", NAME: "Ned" }] },
    tells: ["patient.updated of bob"],
  },
];

interface Told {
  readonly event_id: string;
  readonly sequence: number;
  readonly event: string;
  readonly emitted_run: number;
}

const told = async (): Promise<readonly Told[]> => {
  const rows = await hospital.rows(
    `select o.event_id, o.sequence, o.event_type || ' of ' || p.patient_id as event, o.emitted_run
     from "EHR".GOLD.EVENT_OUTBOX as o left join "EHR".SILVER.PATIENT as p on p.patient_key = o.patient_key
     order by o.sequence`,
  );
  return rows.map(({ event_id, sequence, event, emitted_run }) => ({
    event_id: String(event_id),
    sequence: Number(sequence),
    event: String(event),
    emitted_run: Number(emitted_run),
  }));
};
const land = (index: number) => {
  const { delivered, rows } = days[index] as Day;
  return hospital.land({ id: `day-${index}`, delivered, files: files(rows) });
};
const ids = (events: readonly Told[]) => events.map(({ event_id }) => event_id).sort();

describe("the outbox", () => {
  it("tells each event on its day, once, in a place of its own, and the same whenever runs are", async () => {
    const all: Told[] = [];
    for (const [index, { tells }] of days.entries()) {
      await land(index);
      await hospital.refresh();
      // A run without anything new.
      if (index === 2) await hospital.refresh();
      const now = await told();
      expect(now.slice(0, all.length)).toEqual(all);
      expect([index, now.slice(all.length).map(({ event }) => event)]).toEqual([index, tells]);
      all.push(...now.slice(all.length));
    }
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, i) => i + 1));
    expect(new Set(ids(all)).size).toBe(all.length);

    // Made anew, which a run does not do to it, it would tell the same.
    await hospital.refresh({ full: true });
    expect(ids(await told())).toEqual(ids(all));
  });

  it("names whom and what it is about, and says nothing of them", async () => {
    const rows = await hospital.rows(
      `select payload, patient_key, entity_key, event_id from "EHR".GOLD.EVENT_OUTBOX where event_type = 'encounter.completed'`,
    );
    for (const { payload, patient_key, entity_key, event_id } of rows) {
      expect(JSON.parse(String(payload))).toEqual({
        id: event_id,
        type: "encounter.completed",
        patient: `Patient/${patient_key}`,
        resource: `Encounter/${entity_key}`,
      });
    }
    expect(rows).toHaveLength(2);
  });

  it("tells the same events however many deliveries a run finds", { timeout: 3_600_000 }, async () => {
    const expected = ids(await told());
    const cuts = fc.subarray(days.map((_, i) => i));
    await fc.assert(
      fc.asyncProperty(cuts, async (runs) => {
        await hospital.empty();
        for (const index of days.keys()) {
          await land(index);
          if (runs.includes(index)) await hospital.refresh();
        }
        await hospital.refresh();
        expect(ids(await told())).toEqual(expected);
      }),
      {
        numRuns: process.env.MEDFORM_LONG === "1" ? 20 : 1,
        seed: Number(process.env.MEDFORM_SEED ?? Date.now() % 1e6),
      },
    );
  });

  // The second report names an encounter of somebody else, and waits until that is put right, after the third was told.
  const among = (updated: readonly [string, string, string]): readonly Delivery[] => [
    {
      organizations: [{ Id: "o", NAME: "Place" }],
      providers: [{ Id: "r", ORGANIZATION: "o" }],
      patients: [ann(), bob],
      encounters: [visit("bob", "2024-06-01T15:00:00Z")],
      lab_reports: [report("final", "6.5", updated[0])],
    },
    { lab_reports: [{ ...report("corrected", "6.4", updated[1]), ENCOUNTER: "visit of bob" }] },
    { lab_reports: [report("corrected", "6.3", updated[2])] },
    { encounters: [{ ...visit("bob", "2024-06-01T15:00:00Z"), PATIENT: "ann" }] },
  ];
  const results = async () =>
    (await told()).filter(({ event }) => event === "lab_result.available of ann").map(({ event_id }) => event_id);
  const toldBy = async (deliveries: readonly Delivery[]) => {
    await hospital.empty();
    const counts: number[] = [];
    for (const [index, rows] of deliveries.entries()) {
      await hospital.land({ id: `day-${index}`, delivered: `2024-06-0${index + 3}`, files: files(rows) });
      await hospital.refresh();
      counts.push((await results()).length);
    }
    const increments = await results();
    await hospital.refresh({ full: true });
    return { counts, increments, rebuilt: await results() };
  };

  it("tells of a version that was admitted after a younger one what one run tells of both", async () => {
    const { counts, increments, rebuilt } = await toldBy(
      among(["2024-06-02T08:00:00Z", "2024-06-03T08:00:00Z", "2024-06-04T08:00:00Z"]),
    );
    expect(counts).toEqual([1, 1, 2, 3]);
    expect([...increments].sort()).toEqual([...rebuilt].sort());
  });

  it("has told more than one run does, and nothing less, where a version stood only because a newer one waited", async () => {
    const { counts, increments, rebuilt } = await toldBy(
      among(["2024-06-02T08:00:00Z", "2024-06-04T08:00:00Z", "2024-06-03T08:00:00Z"]),
    );
    expect(counts).toEqual([1, 1, 2, 3]);
    expect(rebuilt).toHaveLength(2);
    expect(rebuilt.filter((id) => !increments.includes(id))).toEqual([]);
  });
});
