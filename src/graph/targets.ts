/** Targets as keys and as words. */
import type { Target } from "./types.js";

const part = (text: string) => (/^[^."\s]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

/** `EHR.SILVER.PATIENT`; a part with a dot, a quote or a blank stands in quotes, so that no two targets share a key. */
export function targetKey(target: Target): string {
  const { database, schema, name } = target;
  return database === undefined ? `${part(schema)}.${part(name)}` : `${part(database)}.${part(schema)}.${part(name)}`;
}

/** `silver.patient`: short, for people. */
export function targetLabel(target: Target): string {
  return `${target.schema}.${target.name}`.toLowerCase();
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.name === b.name && a.schema === b.schema && a.database === b.database;
}

/** For `sort`: by code units, so that an order is the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
