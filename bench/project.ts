/** A generated Dataform project of a given number of SQLX files, shaped like a warehouse: sources, layers, rules. */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Returns its folder. The Dataform CLI needs core to be installed in it, so a link to ours is made. */
export function makeProject(files: number): string {
  const dir = mkdtempSync(join(tmpdir(), `medform-bench-${files}-`));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const core = dirname(createRequire(import.meta.url).resolve("@dataform/core"));
  mkdirSync(join(dir, "node_modules", "@dataform"), { recursive: true });
  symlinkSync(core, join(dir, "node_modules", "@dataform", "core"));
  write("package.json", JSON.stringify({ dependencies: { "@dataform/core": "2.9.0" } }));
  write(
    "dataform.json",
    JSON.stringify({ warehouse: "snowflake", defaultDatabase: "EHR", defaultSchema: "gold", assertionSchema: "rules" }),
  );
  write(
    "includes/keys.js",
    `module.exports = { hashed: (...parts) => \`sha2(concat_ws('|', \${parts.join(", ")}))\` };\n`,
  );
  write(
    "includes/texts.js",
    'module.exports = { patient: "Key of the patient, hashed from source and identifier." };\n',
  );
  for (let index = 0; index < files; index += 1) write(...file(index));
  return dir;
}

function file(index: number): [string, string] {
  const folder = `definitions/area_${String(Math.floor(index / 50)).padStart(3, "0")}`;
  const name = `model_${String(index).padStart(5, "0")}`;
  const up = (distance: number) => `model_${String(Math.max(0, index - distance)).padStart(5, "0")}`;
  if (index % 10 === 0) {
    return [`${folder}/${name}.sqlx`, `config { type: "declaration", schema: "raw", name: "${name}" }\n`];
  }
  if (index % 10 === 9) {
    return [
      `${folder}/${name}.sqlx`,
      `config { type: "assertion", tags: ["rule:r${index}"] }\nselect * from \${ref("${up(1)}")} where id is null\n`,
    ];
  }
  const type = index % 3 === 0 ? "incremental" : index % 3 === 1 ? "table" : "view";
  const keys = type === "incremental" ? '  uniqueKey: ["id"],\n' : "";
  const clustered = type === "view" ? "" : '  snowflake: { clusterBy: ["patient_key", "event_date"] },\n';
  return [
    `${folder}/${name}.sqlx`,
    `config {
  type: "${type}",
  schema: "silver",
  tags: ["daily", "area_${index % 7}"],
  description: "Model ${index}: events of a patient, one row an event.",
${keys}${clustered}  columns: {
    id: "The event's key.",
    patient_key: texts.patient,
    event_date: { description: "Local date of the event.", tags: ["phi"] },
    amount: "In the unit of the source."
  }${index % 4 === 0 ? ',\n  assertions: { nonNull: ["id"], uniqueKey: ["id"] }' : ""}
}

js {
  const columns = ["patient_key", "event_date", "amount"];
}

with source as (
  -- the newest version of each event
  select *, row_number() over (partition by id order by loaded_at desc) as version
  from \${ref("${up(index % 10)}")}
)

select
  \${keys.hashed("source.id", "'${name}'")} as id,
  \${columns.map((column) => \`source.\${column}\`).join(",\\n  ")},
  coalesce(previous.amount, 0) as previous_amount
from source
left join \${ref("${up(1)}")} previous on previous.id = source.id
where version = 1 and status <> 'entered-in-error'
${type === "incremental" ? `\${when(incremental(), \`and source.loaded_at > (select max(loaded_at) from \${self()})\`)}\n` : ""}`,
  ];
}
