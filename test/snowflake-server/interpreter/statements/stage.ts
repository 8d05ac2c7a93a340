/** Statements about stages. A PUT is answered with a folder of this machine, into which the driver copies the file itself. */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { unescaped } from "../portable.js";
import { done, texts } from "../results.js";
import { parseTarget } from "../target.js";
import { type Answer, SnowflakeError } from "../types.js";
import { ddl } from "./ddl.js";
import { type Shape, shape } from "./shape.js";

const string = (name: string) => `(?<${name}>'(?:[^'\\\\]|''|\\\\[\\s\\S])*')`;

/** What is neither DDL nor DML nor a query; no test looks at its number. */
const other = 0x6000;

const created = () => Promise.resolve(done("Stage area successfully created."));

export const stage: readonly Shape[] = [
  shape(
    `create stage if not exists {name} encryption = \\(type = 'SNOWFLAKE_FULL'\\) comment = ${string("comment")}`,
    ({ name = "" }, context) =>
      ddl(context, [], () => {
        context.server.stages.create(parseTarget(name, context.session), { ifMissing: true });
        return created();
      }),
  ),
  // What a test makes: a stage of somebody else's, and one whose bucket is a folder.
  shape(`create stage {name}( url = ${string("url")})?`, ({ name = "", url = "''" }, context) =>
    ddl(context, [], () => {
      context.server.stages.create(parseTarget(name, context.session), { url: unescaped(url) });
      return created();
    }),
  ),
  shape("desc stage {name}", async ({ name = "" }, { server, session }) => {
    const { url } = server.stages.need(parseTarget(name, session));
    return texts(
      ["parent_property", "property", "property_type", "property_value", "property_default"],
      [
        ["STAGE_FILE_FORMAT", "TYPE", "String", "CSV", "CSV"],
        ["STAGE_LOCATION", "URL", "String", url === "" ? "" : `["${url}"]`, ""],
      ],
      other,
    );
  }),
  shape(
    `put ${string("file")} ${string("place")} parallel = (?<parallel>\\d+) auto_compress = false source_compression = gzip overwrite = true`,
    async ({ file = "", place = "", parallel = "" }, { server, session }) => {
      const location = unescaped(place);
      return upload(unescaped(file), server.stages.folder(location, session), Number(parallel));
    },
  ),
  shape(`list ${string("place")}`, async ({ place = "" }, { server, session }) =>
    texts(
      ["name", "size", "md5", "last_modified"],
      server.stages
        .files(unescaped(place), session)
        .map(({ listed, file }) => [
          listed,
          String(statSync(file).size),
          createHash("md5").update(readFileSync(file)).digest("hex"),
          statSync(file).mtime.toUTCString(),
        ]),
      other,
    ),
  ),
  shape(`remove ${string("place")}`, async ({ place = "" }, { server, session }) => {
    const gone = server.stages.files(unescaped(place), session);
    for (const { file } of gone) rmSync(file, { force: true });
    return texts(
      ["name", "result"],
      gone.map(({ listed }) => [listed, "removed"]),
      other,
    );
  }),
];

function upload(source: string, folder: string, parallel: number): Answer {
  if (!source.startsWith("file://")) throw new SnowflakeError("001003", "42000", "SQL compilation error:\nno file");
  return {
    ...texts([], [], other),
    transfer: {
      command: "UPLOAD",
      operation: "Node",
      src_locations: [source.slice("file://".length)],
      autoCompress: false,
      sourceCompression: "gzip",
      parallel,
      overwrite: true,
      clientShowEncryptionParameter: false,
      encryptionMaterial: null,
      presignedUrls: null,
      stageInfo: { locationType: "LOCAL_FS", location: folder, path: "", region: null, creds: {}, presignedUrl: null },
    },
  };
}
