/**
 * Backups of an embedded warehouse: a folder with a copy of each database and a manifest of what they hold.
 * What must stay true: a backup is there whole or not at all, it is said to hold only after it was opened and read, and a
 * restore never writes over a warehouse.
 */
export { type Contents, contentsOf, type Difference, rowsIn } from "./contents.js";
export type { Manifest } from "./manifest.js";
export { type Restored, restoreBackup } from "./restore.js";
export { type Taken, takeBackup } from "./take.js";
export { type BackupVerdict, verifyBackup } from "./verify.js";
