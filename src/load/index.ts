/**
 * Files of a hospital into landing tables: every column text, every row with its source, batch, file and record number.
 *
 * What must stay true:
 * - One load is one transaction: all of its files are there, or nothing of them.
 * - For each file, records = landed + rejected, exactly; a line that is no row is kept with its number, reason and text.
 * - A content that a table has is never landed in it again, whatever its file is called.
 * - Fields land as they were sent: nothing is trimmed, cast, guessed or replaced.
 * - Messages, events and the ledger hold names of files, tables and columns, and counts; never a value.
 */
export { type CsvRows, csvRows } from "./csv-rows.js";
export type * from "./events.js";
export { type LoadOptions, loadFiles } from "./load.js";
export { type DeliveredTable, type FolderFormat, folderFormats } from "./tables.js";
