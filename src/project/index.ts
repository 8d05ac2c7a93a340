/**
 * dataform.json and environments.json, read and validated. Every problem says file, line and column; nothing here compiles,
 * and nothing here knows an engine beyond its name.
 */

export { cronTimes } from "./cron.js";
export { noEnvironment, type ResolvedEnvironment, resolveEnvironment, warehousePath } from "./environments.js";
export { type Connection, environmentsJsonSchema, type SnowflakeConnection } from "./environments-file.js";
export {
  type Channel,
  type Environment,
  type Environments,
  type NotifyStatus,
  readEnvironments,
  type Schedule,
} from "./environments-read.js";
export { type ConfigOverrides, type Project, type ProjectConfig, readProject } from "./project.js";
