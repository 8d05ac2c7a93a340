/** The warehouse `duckdb`: to core it is Snowflake, in names and in what a config may say, except for how text is quoted. */
import type { AdapterConstructor, CoreBundle, Session } from "./coreTypes.js";

export function registerDuckdb(core: CoreBundle): void {
  const snowflake = core.adapters.create({ warehouse: "snowflake" }, core.version).constructor as AdapterConstructor;
  class Duckdb extends snowflake {
    /** A backslash is a character like any other. */
    override sqlString(text: string): string {
      return `'${text.replaceAll("'", "''")}'`;
    }
  }
  core.adapters.register("duckdb", Duckdb);
}

/** Core compares the warehouse's name where it allows `materialized` and `database`; those checks must see Snowflake. */
export function withSnowflakeChecks(session: Session): void {
  if (session.config.warehouse !== "duckdb") return;
  const config = session.config;
  const asSnowflake =
    <A extends unknown[]>(method: (...args: A) => void) =>
    (...args: A): void => {
      session.config = { ...config, warehouse: "snowflake" };
      try {
        method.apply(session, args);
      } finally {
        session.config = config;
      }
    };
  session.sqlxAction = asSnowflake(session.sqlxAction);
  session.checkTableConfigValidity = asSnowflake(session.checkTableConfigValidity);
}
