/** Comorbidity scores computed plainly from the code maps of another implementation (comorbidipy), not from our seeds. */

export interface Maps {
  readonly mapping: { readonly [name: string]: { readonly [condition: string]: readonly string[] } };
  readonly weights: {
    readonly [name: string]: { readonly [scheme: string]: { readonly [condition: string]: number } };
  };
}

export interface Diagnosis {
  readonly code: string;
  /** 9 or 10. */
  readonly version: number;
}

/** The milder condition does not count beside the graver. */
const GRAVER: { readonly [milder: string]: string } = {
  diab: "diabwc",
  mld: "msld",
  canc: "metacanc",
  diabunc: "diabc",
  hypunc: "hypc",
  solidtum: "metacanc",
};

export function conditionsOf(maps: Maps, index: "charlson" | "elixhauser", diagnoses: readonly Diagnosis[]) {
  const found = new Set<string>();
  for (const { code, version } of diagnoses) {
    const map = maps.mapping[`${index}_icd${version}_quan`] ?? {};
    for (const [condition, prefixes] of Object.entries(map)) {
      if (prefixes.some((prefix) => code.replace(".", "").toUpperCase().startsWith(prefix))) found.add(condition);
    }
  }
  return found;
}

export function scoreOf(maps: Maps, index: "charlson" | "elixhauser", diagnoses: readonly Diagnosis[]): number {
  const found = conditionsOf(maps, index, diagnoses);
  const weights = maps.weights[`${index}_icd10_quan`]?.[index === "charlson" ? "charlson" : "vw"] ?? {};
  let score = 0;
  for (const condition of found) {
    const graver = GRAVER[condition];
    if (graver === undefined || !found.has(graver)) score += weights[condition] ?? 0;
  }
  return score;
}
