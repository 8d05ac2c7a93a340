/** Texts of the tests in both engines' words. What both read alike is written once. */

export interface Pair {
  readonly duckdb: string;
  readonly snowflake: string;
}

/** Where the engines' words differ. */
export interface Words {
  /** A relation with a column `n`: 0, 1, … */
  series(count: number): string;
  /** How many rows a condition holds for. */
  countIf(condition: string): string;
}

export type Rendering = (words: Words) => string;

const duckdb: Words = {
  series: (count) => `(select range as n from range(${count}))`,
  countIf: (condition) => `count(*) filter (where ${condition})`,
};

const snowflake: Words = {
  series: (count) =>
    `(select row_number() over (order by seq4()) - 1 as n from table(generator(rowcount => ${count})))`,
  countIf: (condition) => `count_if(${condition})`,
};

export const knownPair = (text: Rendering | Pair): Pair =>
  typeof text === "function" ? { duckdb: text(duckdb), snowflake: text(snowflake) } : text;

/** Pairs that the test server has not been told yet. */
const untold: Pair[] = [];

export function tellLater(pair: Pair): void {
  untold.push(pair);
}

export const takeUntold = (): readonly Pair[] => untold.splice(0);
