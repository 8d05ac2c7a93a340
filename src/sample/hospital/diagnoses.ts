/** What the hospital codes beside the principal diagnosis of a stay, in ICD-10-CM: what the patient had long before. */
import type { Code } from "../codes/care.js";
import type { Problem } from "../codes/problems.js";
import { isoDay } from "../time.js";
import { ageAt, type Visit } from "../visit.js";
import { type Care, isInpatient } from "./care.js";

/** Known of some patients by other hospitals: with the share of patients of 75 years who have it; at 40 nobody has any. */
const longKnown: readonly (Code & { readonly share: number })[] = [
  { share: 0.06, code: "I25.2", name: "Old myocardial infarction" },
  { share: 0.05, code: "I73.9", name: "Peripheral vascular disease, unspecified" },
  { share: 0.06, code: "F03.90", name: "Unspecified dementia, unspecified severity, without behavioral disturbance" },
  { share: 0.03, code: "M06.9", name: "Rheumatoid arthritis, unspecified" },
  {
    share: 0.03,
    code: "K25.9",
    name: "Gastric ulcer, unspecified as acute or chronic, without hemorrhage or perforation",
  },
  { share: 0.02, code: "K74.60", name: "Unspecified cirrhosis of liver" },
  { share: 0.02, code: "G81.90", name: "Hemiplegia, unspecified affecting unspecified side" },
  { share: 0.04, code: "C18.9", name: "Malignant neoplasm of colon, unspecified" },
  { share: 0.02, code: "C78.7", name: "Secondary malignant neoplasm of liver and intrahepatic bile duct" },
  { share: 0.01, code: "B20", name: "Human immunodeficiency virus [HIV] disease" },
  { share: 0.08, code: "E03.9", name: "Hypothyroidism, unspecified" },
  { share: 0.09, code: "E66.9", name: "Obesity, unspecified" },
  { share: 0.06, code: "D50.9", name: "Iron deficiency anemia, unspecified" },
];

/** With each stay: its patient's chronic problems that are in the record by then, and what is long known. */
export function codeDiagnoses(care: Care): void {
  const { chart, course, random } = care;
  const stays = (course?.visits ?? []).filter((visit) => visit.role === "stay" && isInpatient(visit));
  if (stays.length === 0) return;
  const share = Math.min(1.5, Math.max(0, ageAt(chart.person, stays[0]?.startDay ?? 0) - 40) / 35);
  const known = longKnown.filter((disease) => random.chance(disease.share * share));
  for (const visit of stays) {
    const day = isoDay(visit.startDay);
    const inRecord = chart.of("conditions").filter(({ row }) => (row.START ?? "") <= day);
    const chronic = (course?.chronic ?? []).filter(({ code }) => inRecord.some(({ row }) => row.CODE === code));
    for (const problem of chronic) if (problem !== visit.reason) diagnose(care, visit, icd10(problem));
    for (const disease of known) diagnose(care, visit, disease);
  }
}

const icd10 = ({ icd10: code, icd10Name: name }: Problem): Code => ({ code, name });

function diagnose({ chart }: Care, visit: Visit, { code, name }: Code): void {
  chart.addEvent(
    "conditions",
    {
      START: isoDay(visit.startDay),
      STOP: visit.stopDay === undefined ? "" : isoDay(visit.stopDay),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      SYSTEM: "ICD-10-CM",
      CODE: code,
      DESCRIPTION: name,
    },
    visit.startDay,
    visit,
  );
}
