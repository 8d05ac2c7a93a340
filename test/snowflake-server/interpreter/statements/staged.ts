/** Files of a stage that are read where they lie: their first lines, COPY of their fields, and what it would not take. */
import { contentOf, delimited } from "../delimited.js";
import { literal, quoted } from "../lex.js";
import { unescaped } from "../portable.js";
import { done, statementType, texts } from "../results.js";
import type { Context } from "../session.js";
import type { StageFile } from "../stages.js";
import { parseTarget } from "../target.js";
import { intoTable, outcome } from "./copy.js";
import { ddl } from "./ddl.js";
import { type Shape, shape } from "./shape.js";

const string = (name: string) => `(?<${name}>'(?:[^'\\\\]|''|\\\\[\\s\\S])*')`;

const format = (settings: string) =>
  `type = csv compression = auto record_delimiter = '\\\\n' ${settings} trim_space = false escape = none escape_unenclosed_field = none null_if = \\(\\) empty_field_as_null = false replace_invalid_characters = false encoding = 'UTF8'`;

const fields = (header: 0 | 1) =>
  format(
    `field_delimiter = ',' skip_header = ${header} skip_blank_lines = true field_optionally_enclosed_by = '"' error_on_column_count_mismatch = true`,
  );

/** The one file of that name in a folder of a stage. */
function fileOf({ server, session }: Context, folder = "''", name = "''"): StageFile | undefined {
  const within = `${unescaped(folder)}${unescaped(name)}`;
  const path = within.slice(within.indexOf("/") + 1);
  return server.stages.files(within, session).find((file) => file.path === path);
}

const nothing = () => texts(["status"], [["Copy executed with 0 files processed."]], statementType.insert);

export const staged: readonly Shape[] = [
  shape(
    `create or replace temporary file format {name} ${format("field_delimiter = none skip_header = 0 skip_blank_lines = false field_optionally_enclosed_by = none")}`,
    (_, context) => ddl(context, [], async () => done("File format successfully created.")),
  ),
  shape("drop file format if exists {name}", (_, context) => ddl(context, [], async () => done())),
  shape(
    `select \\$1 as "LINE" from ${string("place")} \\(file_format => ${string("format")}\\) where metadata\\$file_row_number = 1 and endswith\\(metadata\\$filename, ${string("path")}\\) limit 1`,
    async ({ place = "", path = "" }, { server, session }) => {
      const found = server.stages.files(unescaped(place), session).find(({ named }) => named.endsWith(unescaped(path)));
      const lines = found === undefined ? [] : contentOf(found.file).split("\n");
      return texts(["LINE"], lines[0] ? [[lines[0].replace(/\r$/, "")]] : [], statementType.select);
    },
  ),
  shape(
    `copy into {name} \\((?<columns>R(?:, C\\d+)+)\\) from \\(select metadata\\$file_row_number(?<values>(?:, \\$\\d+)+) from ${string("folder")}\\) files = \\(${string("file")}\\) file_format = \\(${fields(0)}\\) on_error = continue`,
    async ({ name = "", columns = "", values = "", folder, file }, context) => {
      const found = fileOf(context, folder, file);
      if (found === undefined) return nothing();
      const records = delimited(contentOf(found.file));
      const taken = records.filter(({ error }) => error === undefined);
      const places = [...values.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place) - 1);
      // COPY with a SELECT makes NULL of fields that are not there, and says nothing of those that nobody asked for.
      const rows = taken.map(
        ({ number, fields: all }) =>
          `(${[String(number), ...places.map((place) => (all[place] === undefined ? "null" : literal(all[place])))].join(", ")})`,
      );
      await intoTable(context, parseTarget(name, context.session), async (into) => {
        if (rows.length === 0) return;
        const names = columns.split(", ").map(quoted).join(", ");
        await context.session.connection.run(`insert into ${into} (${names}) values ${rows.join(", ")}`);
      });
      const status = taken.length === records.length ? "LOADED" : "PARTIALLY_LOADED";
      const [parsed, loaded] = [String(records.length), String(taken.length)];
      return texts(
        outcome,
        [[found.listed, status, parsed, loaded, parsed, String(records.length - taken.length)]],
        statementType.insert,
      );
    },
  ),
  shape(
    `copy into {name} from ${string("folder")} files = \\(${string("file")}\\) file_format = \\(${fields(1)}\\) validation_mode = return_all_errors`,
    async ({ name = "", folder, file }, context) => {
      const { session, server } = context;
      const place = session.workspace.baseOf(parseTarget(name, session));
      const width = (await server.catalog.columnsOf(session.connection, place)).length;
      const found = fileOf(context, folder, file);
      const records = found === undefined ? [] : delimited(contentOf(found.file)).slice(1);
      const rows = records.flatMap((record) => {
        const mismatch = {
          code: "100080",
          message: `Number of columns in file (${record.fields.length}) does not match that of the corresponding table (${width})`,
        };
        const error = record.error ?? (record.fields.length === width ? undefined : mismatch);
        if (error === undefined) return [];
        const line = String(record.line);
        return [
          [
            ...[error.message, found?.listed ?? "", line, "1", "0", "parsing", error.code, "22000", null],
            ...[String(record.number - 1), line, record.text],
          ],
        ];
      });
      return texts(
        [
          ...["ERROR", "FILE", "LINE", "CHARACTER", "BYTE_OFFSET", "CATEGORY", "CODE", "SQL_STATE", "COLUMN_NAME"],
          ...["ROW_NUMBER", "ROW_START_LINE", "REJECTED_RECORD"],
        ],
        rows,
        statementType.select,
      );
    },
  ),
];
