/**
 * dataform.json and environments.json, read and validated. Every problem says file, line and column; nothing here compiles,
 * and nothing here knows an engine beyond its name.
 */

export {
  type Connection,
  type Environment,
  type Environments,
  noEnvironment,
  type ResolvedEnvironment,
  readEnvironments,
  resolveEnvironment,
  type Schedule,
  warehousePath,
} from "./environments.js";
export { type ConfigOverrides, type Project, type ProjectConfig, readProject } from "./project.js";
