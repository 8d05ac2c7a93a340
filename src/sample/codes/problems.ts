/** What patients have and take: SNOMED CT, ICD-10-CM and RxNorm, named as Synthea and the systems themselves name them. */

export interface Medication {
  readonly code: string;
  readonly name: string;
  /** USD a dispense. */
  readonly cost: number;
}

export interface Problem {
  readonly code: string;
  readonly name: string;
  readonly icd10: string;
  readonly icd10Name: string;
  readonly medications: readonly Medication[];
}

/** Comes and goes. */
export interface Acute extends Problem {
  /** Days until it is over, from and to. */
  readonly days: readonly [number, number];
  /** How often among acute problems. */
  readonly weight: number;
  /** `severe`: an emergency, often a stay. */
  readonly severe: boolean;
  readonly careplan?: { readonly code: string; readonly name: string };
}

/** Stays. */
export interface Chronic extends Problem {
  /** Share of people who have it, at 25, 50 and 75 years. */
  readonly prevalence: readonly [number, number, number];
  /** Whether it can bring a patient into hospital. */
  readonly admits: boolean;
  readonly careplan?: { readonly code: string; readonly name: string };
}

const drug = (code: string, name: string, cost: number): Medication => ({ code, name, cost });

const acetaminophen = drug("313782", "Acetaminophen 325 MG Oral Tablet", 5.49);
const ibuprofen = drug("310965", "Ibuprofen 200 MG Oral Tablet", 8.72);
const amoxicillin = drug("308192", "Amoxicillin 500 MG Oral Tablet", 12.35);
const clavulanate = drug("562251", "Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", 23.16);
const naproxen = drug("849574", "Naproxen sodium 220 MG Oral Tablet", 9.94);
const hydrocodone = drug("856987", "Acetaminophen 300 MG / Hydrocodone Bitartrate 5 MG Oral Tablet", 31.08);
const enoxaparin = drug("854235", "0.4 ML Enoxaparin sodium 100 MG/ML Prefilled Syringe", 42.5);
const clopidogrel = drug("309362", "Clopidogrel 75 MG Oral Tablet", 18.4);
const albuterol = drug("2123111", "NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", 54.2);
const simvastatin = drug("314231", "Simvastatin 10 MG Oral Tablet", 11.7);
const furosemide = drug("313988", "Furosemide 40 MG Oral Tablet", 7.3);

const acute = (
  weight: number,
  code: string,
  name: string,
  icd10: string,
  icd10Name: string,
  days: readonly [number, number],
  medications: readonly Medication[],
  rest: Partial<Pick<Acute, "severe" | "careplan">> = {},
): Acute => ({ weight, code, name, icd10, icd10Name, days, medications, severe: false, ...rest });

export const acuteProblems: readonly Acute[] = [
  acute(22, "444814009", "Viral sinusitis (disorder)", "J01.90", "Acute sinusitis, unspecified", [10, 28], []),
  acute(
    14,
    "195662009",
    "Acute viral pharyngitis (disorder)",
    "J02.9",
    "Acute pharyngitis, unspecified",
    [7, 14],
    [acetaminophen],
  ),
  acute(
    11,
    "10509002",
    "Acute bronchitis (disorder)",
    "J20.9",
    "Acute bronchitis, unspecified",
    [7, 21],
    [acetaminophen],
    {
      careplan: { code: "53950000", name: "Respiratory therapy (procedure)" },
    },
  ),
  acute(
    6,
    "65363002",
    "Otitis media (disorder)",
    "H66.90",
    "Otitis media, unspecified, unspecified ear",
    [7, 21],
    [amoxicillin],
  ),
  acute(
    5,
    "43878008",
    "Streptococcal sore throat (disorder)",
    "J02.0",
    "Streptococcal pharyngitis",
    [7, 14],
    [clavulanate],
  ),
  acute(
    6,
    "307426000",
    "Acute infective cystitis (disorder)",
    "N30.00",
    "Acute cystitis without hematuria",
    [5, 12],
    [clavulanate],
  ),
  acute(
    7,
    "44465007",
    "Sprain of ankle (disorder)",
    "S93.409A",
    "Sprain of unspecified ligament of unspecified ankle, initial encounter",
    [14, 42],
    [ibuprofen],
  ),
  acute(
    5,
    "312608009",
    "Laceration - injury (disorder)",
    "T14.8XXA",
    "Other injury of unspecified body region, initial encounter",
    [10, 28],
    [acetaminophen],
    { careplan: { code: "225358003", name: "Wound care (regime/therapy)" } },
  ),
  acute(
    5,
    "278860009",
    "Chronic low back pain (finding)",
    "M54.50",
    "Low back pain, unspecified",
    [30, 120],
    [naproxen],
  ),
  acute(
    4,
    "840539006",
    "Disease caused by severe acute respiratory syndrome coronavirus 2 (disorder)",
    "U07.1",
    "COVID-19",
    [7, 21],
    [acetaminophen],
  ),
  acute(3, "233604007", "Pneumonia (disorder)", "J18.9", "Pneumonia, unspecified organism", [10, 30], [clavulanate], {
    severe: true,
  }),
  acute(2, "74400008", "Appendicitis (disorder)", "K35.80", "Unspecified acute appendicitis", [7, 21], [hydrocodone], {
    severe: true,
  }),
  acute(
    2,
    "125605004",
    "Fracture of bone (disorder)",
    "T14.8XXA",
    "Other injury of unspecified body region, initial encounter",
    [40, 90],
    [hydrocodone],
    { severe: true, careplan: { code: "385691007", name: "Fracture care (regime/therapy)" } },
  ),
  acute(
    1.5,
    "22298006",
    "Myocardial infarction (disorder)",
    "I21.9",
    "Acute myocardial infarction, unspecified",
    [7, 30],
    [clopidogrel, simvastatin],
    { severe: true },
  ),
  acute(1, "230690007", "Stroke (disorder)", "I63.9", "Cerebral infarction, unspecified", [14, 60], [clopidogrel], {
    severe: true,
  }),
  acute(1, "91302008", "Sepsis (disorder)", "A41.9", "Sepsis, unspecified organism", [7, 28], [enoxaparin], {
    severe: true,
  }),
];

const chronic = (
  prevalence: readonly [number, number, number],
  code: string,
  name: string,
  icd10: string,
  icd10Name: string,
  medications: readonly Medication[],
  rest: Partial<Pick<Chronic, "admits" | "careplan">> = {},
): Chronic => ({ prevalence, code, name, icd10, icd10Name, medications, admits: false, ...rest });

export const diabetes = chronic(
  [0.02, 0.12, 0.24],
  "44054006",
  "Diabetes mellitus type 2 (disorder)",
  "E11.9",
  "Type 2 diabetes mellitus without complications",
  [
    drug("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", 14.8),
    drug(
      "106892",
      "insulin isophane, human 70 UNT/ML / insulin, regular, human 30 UNT/ML Injectable Suspension [Humulin]",
      63.4,
    ),
  ],
  { careplan: { code: "698360004", name: "Diabetes self management plan (record artifact)" } },
);

export const chronicProblems: readonly Chronic[] = [
  diabetes,
  chronic(
    [0.05, 0.3, 0.6],
    "59621000",
    "Essential hypertension (disorder)",
    "I10",
    "Essential (primary) hypertension",
    [
      drug("314076", "lisinopril 10 MG Oral Tablet", 6.9),
      drug("310798", "Hydrochlorothiazide 25 MG Oral Tablet", 5.2),
      drug("308136", "amLODIPine 2.5 MG Oral Tablet", 7.7),
    ],
    { careplan: { code: "443402002", name: "Lifestyle education regarding hypertension (procedure)" } },
  ),
  chronic(
    [0.03, 0.22, 0.4],
    "55822004",
    "Hyperlipidemia (disorder)",
    "E78.5",
    "Hyperlipidemia, unspecified",
    [simvastatin],
    {
      careplan: { code: "736285004", name: "Hyperlipidemia clinical management plan (record artifact)" },
    },
  ),
  chronic([0.08, 0.07, 0.06], "195967001", "Asthma (disorder)", "J45.909", "Unspecified asthma, uncomplicated", [
    albuterol,
    drug("895996", "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler [Flovent]", 81.6),
  ]),
  chronic(
    [0, 0.04, 0.12],
    "13645005",
    "Chronic obstructive lung disease (disorder)",
    "J44.9",
    "Chronic obstructive pulmonary disease, unspecified",
    [
      drug(
        "896209",
        "60 ACTUAT Fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler",
        96.3,
      ),
    ],
    {
      admits: true,
      careplan: { code: "412776001", name: "Chronic obstructive pulmonary disease clinical management plan" },
    },
  ),
  chronic(
    [0, 0.02, 0.1],
    "88805009",
    "Chronic congestive heart failure (disorder)",
    "I50.22",
    "Chronic systolic (congestive) heart failure",
    [furosemide],
    { admits: true },
  ),
  chronic([0, 0.02, 0.09], "49436004", "Atrial fibrillation (disorder)", "I48.91", "Unspecified atrial fibrillation", [
    drug("855332", "Warfarin Sodium 5 MG Oral Tablet", 9.8),
    drug("197604", "Digoxin 0.125 MG Oral Tablet", 10.1),
  ]),
  chronic(
    [0.01, 0.03, 0.12],
    "433144002",
    "Chronic kidney disease stage 3 (disorder)",
    "N18.30",
    "Chronic kidney disease, stage 3 unspecified",
    [furosemide],
  ),
  chronic(
    [0.08, 0.09, 0.06],
    "370143000",
    "Major depressive disorder (disorder)",
    "F32.9",
    "Major depressive disorder, single episode, unspecified",
    [],
  ),
];

/** What brings patients back into hospital as it was planned, for what is done then. */
export const plannedProblems: readonly Problem[] = [
  {
    code: "53741008",
    name: "Coronary arteriosclerosis (disorder)",
    icd10: "I25.10",
    icd10Name: "Atherosclerotic heart disease of native coronary artery without angina pectoris",
    medications: [clopidogrel],
  },
  {
    code: "109989006",
    name: "Multiple myeloma (disorder)",
    icd10: "C90.00",
    icd10Name: "Multiple myeloma not having achieved remission",
    medications: [],
  },
];

/** Found when asked, at a general examination. */
export const socialFindings: readonly { readonly code: string; readonly name: string; readonly days: number }[] = [
  { code: "160903007", name: "Full-time employment (finding)", days: 365 },
  { code: "160904001", name: "Part-time employment (finding)", days: 365 },
  { code: "73595000", name: "Stress (finding)", days: 180 },
  { code: "423315002", name: "Limited social contact (finding)", days: 365 },
  { code: "741062008", name: "Not in labor force (finding)", days: 365 },
  { code: "314529007", name: "Medication review due (situation)", days: 0 },
];
