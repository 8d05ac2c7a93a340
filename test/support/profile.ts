/** What a query reads of a warehouse, as the engine's own profile says it. */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** The engine's smallest, so that a small hospital has many. */
const rowsOfAGroup = 2048;

interface Operator {
  readonly operator_rows_scanned?: number;
  readonly extra_info?: { readonly Table?: string };
  readonly children?: readonly Operator[];
}

export interface Scan {
  readonly table: string;
  readonly rowGroups: number;
}

/**
 * Runs `query` for each of its parameters on a copy of `tables` and `views` whose row groups are small. A copy keeps the rows in
 * the order in which they are stored, and nothing but that decides which of its row groups hold whom.
 * @returns the most row groups that one of them read, by table, and how many each table has
 */
export async function profiled(
  { warehouse, dir }: { readonly warehouse: string; readonly dir: string },
  read: { readonly tables: readonly string[]; readonly views: readonly string[] },
  ask: { readonly query: string; readonly keys: string },
): Promise<{ readonly scans: readonly Scan[]; readonly whole: readonly Scan[] }> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  try {
    await connection.run(`attach '${warehouse}' as "EHR" (read_only)`);
    await connection.run(`attach '${join(dir, "groups.duckdb")}' as copied (row_group_size ${rowsOfAGroup})`);
    const keys = (await rows(ask.keys)).map(([key]) => String(key));
    const whole: Scan[] = [];
    for (const table of read.tables) {
      await connection.run(`create schema if not exists copied.${table.split(".")[0]}`);
      await connection.run(`create table copied.${table} as select * from "EHR".${table}`);
      const [[count] = []] = await rows(`select count(*) from copied.${table}`);
      whole.push({ table, rowGroups: Math.ceil(Number(count) / rowsOfAGroup) });
    }
    const texts = await rows(
      "select schema_name || '.' || view_name, sql from duckdb_views() where database_name = 'EHR'",
    );
    await connection.run(`detach "EHR"`);
    await connection.run("detach copied");
    await connection.run(`attach '${join(dir, "groups.duckdb")}' as "EHR"`);
    await connection.run(`use "EHR"`);
    for (const [name, sql] of texts) {
      if (!read.views.includes(String(name))) continue;
      await connection.run(`create schema if not exists ${String(name).split(".")[0]}`);
      await connection.run(String(sql));
    }
    const most = new Map<string, number>();
    for (const key of keys) {
      const prepared = await connection.prepare(`explain (analyze, format json) ${ask.query}`);
      prepared.bindVarchar(1, key);
      const [[, text] = []] = (await prepared.runAndReadAll()).getRows();
      prepared.destroySync();
      for (const { operator_rows_scanned = 0, extra_info } of operators(JSON.parse(String(text)))) {
        const table = extra_info?.Table?.split(".").slice(-2).join(".") ?? "";
        if (table === "") continue;
        most.set(table, Math.max(most.get(table) ?? 0, Math.ceil(operator_rows_scanned / rowsOfAGroup)));
      }
    }
    return { scans: [...most].map(([table, rowGroups]) => ({ table, rowGroups })), whole };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const operators = (operator: Operator): readonly Operator[] => [
  operator,
  ...(operator.children ?? []).flatMap((child) => operators(child)),
];
