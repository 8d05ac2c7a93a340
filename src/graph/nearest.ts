/** The names that a mistyped one was most likely meant to be. */

/** At most `limit`, the nearest first; only those that a slip of the finger explains. */
export function nearest(word: string, names: Iterable<string>, limit = 3): readonly string[] {
  const wanted = word.toLowerCase();
  const scored: { readonly name: string; readonly distance: number }[] = [];
  for (const name of new Set(names)) {
    const lower = name.toLowerCase();
    const distance = lower.includes(wanted) && wanted.length > 2 ? 1 : editDistance(wanted, lower);
    if (distance <= Math.min(3, Math.max(2, Math.ceil(wanted.length / 3)))) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  const near = scored.filter(({ distance }) => distance <= (scored[0]?.distance ?? 0) + 1);
  return near.slice(0, limit).map(({ name }) => name);
}

/** Insertions, deletions and substitutions from one text to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
