/** What is done, given and used: SNOMED CT, CVX and RxNorm, named as Synthea and the systems themselves name them. */

export interface Code {
  readonly code: string;
  readonly name: string;
}

const of = (code: string, name: string): Code => ({ code, name });

/** Kinds of encounter: class as Synthea writes it, where it takes place, minutes from and to, base cost in USD. */
export interface VisitKind extends Code {
  readonly class: string;
  readonly place: "clinic" | "urgent" | "hospital" | "post-acute";
  readonly minutes: readonly [number, number];
  readonly cost: number;
  /** Whether such visits are booked. */
  readonly booked: boolean;
}

const visit = (
  visitClass: string,
  place: VisitKind["place"],
  code: string,
  name: string,
  minutes: readonly [number, number],
  cost: number,
  booked = false,
): VisitKind => ({ class: visitClass, place, code, name, minutes, cost, booked });

const DAY = 24 * 60;

export const visits = {
  wellness: visit(
    "wellness",
    "clinic",
    "162673000",
    "General examination of patient (procedure)",
    [20, 50],
    136.8,
    true,
  ),
  wellChild: visit("wellness", "clinic", "410620009", "Well child visit (procedure)", [15, 30], 129.16, true),
  problem: visit("ambulatory", "clinic", "185347001", "Encounter for problem (procedure)", [15, 30], 85.55, true),
  symptom: visit("ambulatory", "clinic", "185345009", "Encounter for symptom (procedure)", [15, 30], 85.55, true),
  checkUp: visit("outpatient", "clinic", "185349003", "Encounter for check up (procedure)", [15, 40], 142.58, true),
  followUp: visit("outpatient", "clinic", "390906007", "Follow-up encounter (procedure)", [15, 40], 142.58, true),
  virtual: visit(
    "virtual",
    "clinic",
    "448337001",
    "Telemedicine consultation with patient (procedure)",
    [10, 25],
    77.49,
    true,
  ),
  urgent: visit("urgentcare", "urgent", "702927004", "Urgent care clinic (environment)", [20, 90], 142.58),
  emergency: visit("emergency", "hospital", "50849002", "Emergency room admission (procedure)", [60, 480], 146.18),
  admission: visit("inpatient", "hospital", "32485007", "Hospital admission (procedure)", [20 * 60, 9 * DAY], 978.4),
  nursing: visit(
    "snf",
    "post-acute",
    "449411000124106",
    "Admission to skilled nursing facility (procedure)",
    [8 * DAY, 25 * DAY],
    640.2,
  ),
  hospice: visit("hospice", "post-acute", "305336008", "Admission to hospice (procedure)", [5 * DAY, 30 * DAY], 512.7),
  home: visit("home", "post-acute", "439708006", "Home visit (procedure)", [30, 90], 98.1, true),
  certificate: visit("wellness", "clinic", "308646001", "Death Certification", [15, 15], 136.8),
} as const;

export const procedures = {
  reconciliation: of("430193006", "Medication reconciliation (procedure)"),
  needs: of("710824005", "Assessment of health and social care needs (procedure)"),
  depression: of("171207006", "Depression screening (procedure)"),
  substances: of("428211000124100", "Assessment of substance use (procedure)"),
  chestXray: of("399208008", "Plain X-ray of chest (procedure)"),
  echo: of("40701008", "Echocardiography (procedure)"),
  oxygen: of("57485005", "Oxygen therapy (procedure)"),
  suture: of("288086009", "Suture of open wound (procedure)"),
} as const;

const stent = of(
  "027034Z",
  "Dilation of Coronary Artery, One Artery with Drug-eluting Intraluminal Device, Percutaneous Approach",
);

/** What is done in stays, in ICD-10-PCS, by the problem that brings the patient. */
export const operations: Readonly<Record<string, Code>> = {
  "74400008": of("0DTJ4ZZ", "Resection of Appendix, Percutaneous Endoscopic Approach"),
  "125605004": of("2W3CX2Z", "Immobilization of Right Lower Arm using Cast"),
  "22298006": stent,
  "53741008": stent,
  "109989006": of(
    "30243Y0",
    "Transfusion of Autologous Hematopoietic Stem Cells into Central Vein, Percutaneous Approach",
  ),
};

/** CVX. `ages`: years from and to at which it is given. */
export const vaccines: readonly (Code & { readonly ages: readonly [number, number]; readonly yearly: boolean })[] = [
  { ...of("140", "Influenza, seasonal, injectable, preservative free"), ages: [0.5, 120], yearly: true },
  { ...of("20", "DTaP"), ages: [0.1, 1], yearly: false },
  { ...of("10", "IPV"), ages: [0.1, 1], yearly: false },
  { ...of("03", "MMR"), ages: [1, 5], yearly: false },
  { ...of("21", "varicella"), ages: [1, 5], yearly: false },
  { ...of("62", "HPV, quadrivalent"), ages: [11, 13], yearly: false },
  { ...of("113", "Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed"), ages: [21, 60], yearly: false },
  { ...of("121", "zoster vaccine, live"), ages: [60, 70], yearly: false },
  { ...of("133", "Pneumococcal conjugate PCV 13"), ages: [65, 80], yearly: false },
];

export interface Allergen extends Code {
  readonly system: "SNOMED-CT" | "RxNorm";
  readonly type: "allergy" | "intolerance";
  readonly category: "food" | "medication" | "environment";
}

const allergen = (
  code: string,
  name: string,
  category: Allergen["category"],
  system: Allergen["system"] = "SNOMED-CT",
  type: Allergen["type"] = "allergy",
): Allergen => ({ code, name, category, system, type });

export const allergens: readonly Allergen[] = [
  allergen("264287008", "Animal dander (substance)", "environment"),
  allergen("84489001", "Mold (organism)", "environment"),
  allergen("782576004", "Tree pollen (substance)", "environment"),
  allergen("260147004", "House dust mite (organism)", "environment"),
  allergen("256277009", "Grass pollen (substance)", "environment"),
  allergen("288328004", "Bee venom (substance)", "environment"),
  allergen("111088007", "Latex (substance)", "environment"),
  allergen("735971005", "Fish (substance)", "food"),
  allergen("735029006", "Shellfish (substance)", "food"),
  allergen("3718001", "Cow's milk (substance)", "food", "SNOMED-CT", "intolerance"),
  allergen("762952008", "Peanut (substance)", "food"),
  allergen("442571000124108", "Tree nut (substance)", "food"),
  allergen("1191", "Aspirin", "medication", "RxNorm", "intolerance"),
  allergen("7984", "Penicillin V", "medication", "RxNorm"),
  allergen("29046", "Lisinopril", "medication", "RxNorm"),
];

export const reactions: readonly Code[] = [
  of("76067001", "Sneezing"),
  of("418290006", "Itching (finding)"),
  of("271807003", "Eruption of skin (disorder)"),
  of("247472004", "Wheal (finding)"),
  of("267036007", "Dyspnea (finding)"),
];

export const devices: readonly Code[] = [
  of("337414009", "Blood glucose meter (physical object)"),
  of("170615005", "Home nebulizer (physical object)"),
  of("228869008", "Manual wheelchair (physical object)"),
  of("705406009", "Walker (physical object)"),
];

export const supplies: readonly Code[] = [
  of("409534002", "Disposable air-purifying respirator (physical object)"),
  of("713779008", "Nitrile examination/treatment glove, non-powdered, sterile (physical object)"),
  of("469673003", "Isolation gown, single-use (physical object)"),
  of("419343004", "Alcohol disinfectant (substance)"),
];

/** Words of those who book, as they type them. */
export const bookingReasons: readonly string[] = [
  "Annual visit",
  "Follow-up",
  'Follow-up of "white coat" hypertension, home readings',
  "Medication refill, labs first",
  "New problem",
  'Patient says "it is back", same side',
  "",
];
