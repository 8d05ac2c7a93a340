/**
 * What is measured and asked, by LOINC code, with the values that people have and the units in which places send them.
 *
 * This material contains content from LOINC (http://loinc.org), copyright Regenstrief Institute, under its licence.
 */

export interface Unit {
  readonly unit: string;
  /** Value in this unit = value in the first unit × factor + shift. */
  readonly factor: number;
  readonly shift: number;
  /** Digits after the point. */
  readonly digits: number;
}

export interface Measure {
  readonly code: string;
  readonly name: string;
  readonly category: "vital-signs" | "laboratory";
  /** Mean and deviation in the first unit. */
  readonly mean: number;
  readonly deviation: number;
  /** What a diabetic's mean is, where it differs. */
  readonly diabetic?: number;
  /** The first is what most places send; the second what some send instead. */
  readonly units: readonly [Unit, Unit?];
}

const unit = (name: string, digits = 1, factor = 1, shift = 0): Unit => ({ unit: name, factor, shift, digits });

const measure =
  (category: Measure["category"]) =>
  (
    code: string,
    name: string,
    mean: number,
    deviation: number,
    units: readonly [Unit, Unit?],
    diabetic?: number,
  ): Measure => ({ code, name, category, mean, deviation, units, diabetic });

const vital = measure("vital-signs");
const lab = measure("laboratory");

/** Height in cm and weight in kg depend on age and are given by the caller. */
export const height = vital("8302-2", "Body Height", 0, 0, [unit("cm"), unit("[in_i]", 1, 1 / 2.54)]);
export const weight = vital("29463-7", "Body Weight", 0, 0, [unit("kg"), unit("[lb_av]", 1, 1 / 0.45359237)]);
export const bodyMass = vital("39156-5", "Body Mass Index", 0, 0, [unit("kg/m2")]);

export const vitals: readonly Measure[] = [
  vital("8480-6", "Systolic Blood Pressure", 122, 16, [unit("mm[Hg]", 0)]),
  vital("8462-4", "Diastolic Blood Pressure", 78, 10, [unit("mm[Hg]", 0)]),
  vital("8867-4", "Heart rate", 76, 12, [unit("/min", 0)]),
  vital("9279-1", "Respiratory rate", 15, 2, [unit("/min", 0)]),
];
export const temperature = vital("8310-5", "Body temperature", 37, 0.5, [unit("Cel"), unit("[degF]", 1, 9 / 5, 32)]);
export const pain = vital("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", 3, 1.5, [
  unit("{score}", 0),
]);

/** `SI` places send the second unit. */
export const metabolic: readonly Measure[] = [
  lab("2339-0", "Glucose [Mass/volume] in Blood", 92, 12, [unit("mg/dL"), unit("mmol/L", 2, 1 / 18.0156)], 158),
  lab("6299-2", "Urea nitrogen [Mass/volume] in Blood", 14, 4, [unit("mg/dL"), unit("mmol/L", 2, 1 / 2.801)]),
  lab("38483-4", "Creatinine [Mass/volume] in Blood", 0.95, 0.2, [unit("mg/dL", 2), unit("umol/L", 0, 88.4)]),
  lab("2947-0", "Sodium [Moles/volume] in Blood", 140, 2.5, [unit("mmol/L"), unit("mEq/L")]),
  lab("6298-4", "Potassium [Moles/volume] in Blood", 4.3, 0.4, [unit("mmol/L"), unit("mEq/L")]),
];
export const lipids: readonly Measure[] = [
  lab("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", 188, 30, [unit("mg/dL"), unit("mmol/L", 2, 1 / 38.67)]),
  lab("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", 130, 35, [
    unit("mg/dL"),
    unit("mmol/L", 2, 1 / 88.57),
  ]),
  lab("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", 54, 11, [
    unit("mg/dL"),
    unit("mmol/L", 2, 1 / 38.67),
  ]),
];
export const bloodCount: readonly Measure[] = [
  lab("6690-2", "Leukocytes [#/volume] in Blood by Automated count", 7.4, 1.8, [unit("10*3/uL")]),
  lab("718-7", "Hemoglobin [Mass/volume] in Blood", 13.9, 1.2, [unit("g/dL")]),
  lab("777-3", "Platelets [#/volume] in Blood by Automated count", 248, 50, [unit("10*3/uL", 0)]),
];
export const hba1c = lab(
  "4548-4",
  "Hemoglobin A1c/Hemoglobin.total in Blood",
  5.4,
  0.4,
  [unit("%"), unit("mmol/mol", 0, 10.929, -10.929 * 2.15)],
  7.6,
);
/** Below 0.01 it is sent as `<0.01`. */
export const troponin = lab("10839-9", "Troponin I.cardiac [Mass/volume] in Serum or Plasma", 0.02, 0.012, [
  unit("ng/mL", 2),
]);

export interface Question {
  readonly code: string;
  readonly name: string;
  readonly category: "survey" | "social-history" | "laboratory" | "exam" | "";
  readonly unit: string;
  /** Words, or a score from and to. */
  readonly answers: readonly string[] | readonly [number, number];
}

const ask = (
  code: string,
  name: string,
  category: Question["category"],
  answers: Question["answers"],
  unitName = "",
): Question => ({ code, name, category, answers, unit: unitName });

/** Asked at a general examination of an adult. */
export const questions: readonly Question[] = [
  ask("72166-2", "Tobacco smoking status", "social-history", [
    "Never smoked tobacco (finding)",
    "Ex-smoker (finding)",
    "Smokes tobacco daily (finding)",
  ]),
  ask("55758-7", "Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]", "survey", [0, 4], "{score}"),
  ask(
    "70274-6",
    "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]",
    "survey",
    [0, 12],
    "{score}",
  ),
  ask(
    "93030-5",
    "Has lack of transportation kept you from medical appointments, meetings, work, or from getting things needed for daily living?",
    "survey",
    ["No", "Yes, it has kept me from medical appointments", "I choose not to answer this question"],
  ),
  ask(
    "93038-8",
    "Stress is when someone feels tense, nervous, anxious or can't sleep at night because their mind is troubled. How stressed are you?",
    "survey",
    ["Not at all", "A little bit", 'Somewhat, "mostly at work"', "Very much"],
  ),
];

/** Synthea files it as laboratory, though it is a question; the answer is an address. */
export const livesAt = ask("56799-0", "What address do you live at?", "laboratory", []);
export const causeOfDeath = ask("69453-9", "Cause of Death [US Standard Certificate of Death]", "exam", []);
export const virus = ask(
  "94531-1",
  "SARS-CoV-2 (COVID-19) RNA panel - Respiratory system specimen by NAA with probe detection",
  "laboratory",
  ["Detected (qualifier value)", "Not detected (qualifier value)"],
);
/** Takes days to grow, so that it is often resulted after the discharge. */
export const culture = ask("600-7", "Bacteria identified in Blood by Culture", "laboratory", [
  "No growth after 5 days",
  "Escherichia coli",
  "Staphylococcus aureus",
]);
/** Synthea's own, without encounter, category or LOINC code. */
export const qualityOfLife = ask("QOLS", "QOLS", "", [0, 1], "{score}");
