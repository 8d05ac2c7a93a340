/**
 * Which policies of the warehouse guard a relation, by what variables of the project say. `masking_policy:TAG` names the policy
 * of every column with that tag; a tag is looked for as it is, then without what follows its last colon, so that
 * `masking_policy:phi` is for each `phi:…` that has none of its own. `row_access_policy:COLUMN` names the policy of every
 * relation that describes such a column, by which it decides whose rows are seen.
 */

export interface Guards {
  /** By column; `{TYPE}` in a name stands for the column's type. */
  readonly masking: Readonly<Record<string, string>>;
  readonly rowAccess?: { readonly policy: string; readonly column: string };
}

type Vars = Readonly<Record<string, string>>;

interface Tagged {
  readonly path: readonly string[];
  readonly tags: readonly string[];
}

const masking = "masking_policy:";
const rowAccess = "row_access_policy:";

/** Variables that name a policy. */
export const policyVars = (vars: Vars): readonly { readonly name: string; readonly policy: string }[] =>
  Object.entries(vars)
    .filter(([name]) => name.startsWith(masking) || name.startsWith(rowAccess))
    .map(([name, policy]) => ({ name, policy }));

/** `SCHEMA.NAME` or `DATABASE.SCHEMA.NAME`, in letters, digits and underscores; of a masking policy with `{TYPE}` in it. */
export const namesPolicy = (name: string, policy: string): boolean =>
  /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){1,2}$/.test(name.startsWith(masking) ? policy.replaceAll("{TYPE}", "X") : policy);

function maskOf(tag: string, vars: Vars): string | undefined {
  const policy = vars[`${masking}${tag}`];
  const colon = tag.lastIndexOf(":");
  return policy ?? (colon < 0 ? undefined : maskOf(tag.slice(0, colon), vars));
}

/** What guards a relation with these columns, whether or not it can have all of it. */
export function guardsAsked(columns: readonly Tagged[], vars: Vars) {
  const own = columns.filter(({ path }) => path.length === 1).map(({ path, tags }) => ({ name: path[0] ?? "", tags }));
  const byColumn = new Map(
    policyVars(vars)
      .filter(({ name }) => name.startsWith(rowAccess))
      .map(({ name, policy }) => [name.slice(rowAccess.length).toLowerCase(), policy]),
  );
  return {
    masking: own.flatMap(({ name: column, tags }) => {
      const [policy] = tags.flatMap((tag) => maskOf(tag, vars) ?? []);
      return policy === undefined ? [] : [{ column, policy }];
    }),
    rowAccess: own.flatMap(({ name: column }) => {
      const policy = byColumn.get(column.toLowerCase());
      return policy === undefined ? [] : [{ column, policy }];
    }),
  };
}

/** Undefined where nothing guards it. */
export function guardsOf(columns: readonly Tagged[], vars: Vars): Guards | undefined {
  const { masking: masks, rowAccess: rows } = guardsAsked(columns, vars);
  const [first] = rows;
  if (masks.length === 0 && first === undefined) return undefined;
  return {
    masking: Object.fromEntries(masks.map(({ column, policy }) => [column, policy])),
    ...(first && { rowAccess: first }),
  };
}
