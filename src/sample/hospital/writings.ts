/** What was written: reports of images, and documents, each as a chain of versions. */
import type { Row } from "../tables.js";
import { isoInstant, NOW } from "../time.js";
import type { Visit } from "../visit.js";
import { type Care, DAY, endOf, HOUR, isInpatient } from "./care.js";

const findings = [
  "Lungs are clear. No effusion, no pneumothorax. Heart size is normal.",
  "Patchy opacity in the right lower lobe, consistent with pneumonia.",
  "Mild cardiomegaly; small left pleural effusion. No focal consolidation.",
  'Hyperinflated lungs, "barrel chest"; no acute process.',
] as const;

export function reportImages({ chart, course, random }: Care): void {
  const visits = new Map((course?.visits ?? []).map((visit) => [visit.id, visit]));
  for (const { row: study } of chart.of("imaging_studies")) {
    const visit = visits.get(study.ENCOUNTER ?? "");
    if (visit === undefined) continue;
    const taken = Date.parse(study.DATE ?? "") / 1000;
    const limit = Math.min(endOf(visit), NOW);
    const reported = Math.min(limit, taken + random.int(20, 240) * 60);
    const { providers } = visit.facility;
    const author = random.pick(providers);
    const isReviewed = random.chance(0.1);
    const reviewer = random.pick(providers.filter((provider) => provider !== author));
    const report = {
      ID: random.uuid(),
      IMAGING_STUDY: study.Id,
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      PROVIDER: author.id,
      REPORTED_AT: isoInstant(reported),
      STATUS: "final",
      TEXT: random.pick(findings),
      REVIEWER: isReviewed ? reviewer.id : "",
      REVIEW: isReviewed
        ? random.weighted([
            [80, "agree"],
            [15, "minor"],
            [5, "major"],
          ])
        : "",
      UPDATED_AT: isoInstant(reported),
    } satisfies Row<"radiology_reports">;
    const isReadTwice = random.chance(0.3) && reported - taken > 600;
    const first = isoInstant(taken + Math.floor((reported - taken) / 2));
    if (isReadTwice) {
      const preliminary = { STATUS: "preliminary", REVIEWER: "", REVIEW: "", UPDATED_AT: first };
      chart.add("radiology_reports", { ...report, ...preliminary, TEXT: "No acute process on first reading." });
    }
    chart.add("radiology_reports", report);
  }
}

export function writeDocuments(care: Care): void {
  for (const visit of care.course?.visits ?? []) {
    if (visit.role === "certificate") continue;
    if (isInpatient(visit)) {
      document(
        care,
        visit,
        "consent",
        "Consent to treatment",
        visit.start + 1800,
        "The patient was informed and consents.",
      );
      if (visit.stop !== undefined) {
        const text = `Admitted for ${visit.reason?.icd10Name ?? "observation"}. Improved; discharged with instructions.`;
        document(care, visit, "discharge_summary", "Discharge summary", visit.stop - 1800, text);
      }
    } else if (visit.role === "chronic" && care.random.chance(0.2)) {
      const text = `Seen for ${visit.reason?.name ?? "follow-up"}. Stable, continue as before.`;
      document(care, visit, "progress_note", "Progress note", Math.max(visit.start, endOf(visit) - 300), text);
    } else if (visit.role === "acute" && care.random.chance(0.06)) {
      document(
        care,
        visit,
        "referral",
        "Referral",
        Math.max(visit.start, endOf(visit) - 300),
        "Please see and advise.",
      );
    }
  }
}

/** One version, or a draft that was signed later, now and then one that was signed again with an addition. */
function document(care: Care, visit: Visit, kind: string, title: string, first: number, text: string): void {
  const { chart, random } = care;
  const id = random.uuid();
  const versions = random.weighted([
    [70, 1],
    [25, 2],
    [5, 3],
  ]);
  let written = Math.min(first, endOf(visit));
  for (let version = 1; version <= versions; version += 1) {
    const isDraft = versions > 1 && version === 1;
    const signed = written + random.int(5, 600);
    if (signed > Math.min(NOW, endOf(visit) + 3 * DAY)) return;
    chart.add("documents", {
      ID: random.uuid(),
      DOCUMENT: id,
      VERSION: String(version),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      KIND: kind,
      TITLE: title,
      PROVIDER: visit.provider.id,
      WRITTEN_AT: isoInstant(written),
      SIGNER: isDraft ? "" : visit.provider.id,
      SIGNED_AT: isDraft ? "" : isoInstant(signed),
      STATUS: isDraft ? "draft" : "signed",
      TEXT: version === 3 ? `${text} Addendum: results reviewed.` : text,
    });
    written = signed + random.int(1, 12) * HOUR;
  }
}
