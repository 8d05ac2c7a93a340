/**
 * Admission: the SQL that judges what was sent. A model selects its rows as the CTE `sent`; what follows here gives each row
 * exactly one disposition and keeps it in `<entity>_verdict`, of which the entity and its quarantine are projections.
 *
 * An increment judges the rows of batches that it has not seen, and again the stored rows for which the answer can have
 * changed (kept out, a reference not resolved, patient or encounter judged anew) with every other version of the same key. What
 * it writes equals what a full refresh would.
 *
 * `judged_run` is the number of the run that published a verdict. Runs are numbered upward and one writes at a time, so
 * whatever a table has not seen yet has a higher number than anything in it.
 */
const entities = require("./entities/index.js");
const keys = require("./keys.js");
const silver = require("./silver.js");
const types = require("./types.js");

const indent = (text, by = 2) => text.replaceAll("\n", `\n${" ".repeat(by)}`);
const list = (parts, by = 4) => parts.join(`,\n${" ".repeat(by)}`);
const names = (columns) => columns.map(({ name }) => name);

/** What a lookup by reference brings along: only current rows are there to be found. */
const LOOKUPS = {
  patient: ["patient_key", "birth_date", "death_date"],
  encounter: [
    "encounter_key",
    "patient_key",
    "started_at",
    "start_date",
    "start_precision",
    "stopped_at",
    "stop_date",
    "stop_precision",
    "duration_seconds",
    "provider_key",
    "provider_raw",
  ],
  provider: ["provider_key"],
  facility: ["facility_key"],
};

/** The order of versions, oldest first: the source's own time, delivery, file, row; never the time of loading. */
const VERSION_ORDER = [
  ["recorded_at", "nulls first"],
  ["delivered_at", "nulls first"],
  ["file_name", ""],
  ["batch_id", ""],
  ["record_number", ""],
];
const oldestFirst = VERSION_ORDER.map(([name, nulls]) => `${name} asc ${nulls}`.trim()).join(", ");
const newestFirst = VERSION_ORDER.map(([name, nulls]) => `${name} desc ${nulls ? "nulls last" : ""}`.trim()).join(", ");

const ORIGIN = [
  "route",
  "batch_id",
  "file_name",
  "record_number",
  "delivered_at",
  "source_system",
  "source_record",
  "recorded_at",
  "recorded_by",
  "loaded_at",
  "row_hash",
];

/** Columns that a row has before it is judged: the same for a new row and for a stored one. */
const candidateColumns = (entity) => [
  entity.key.name,
  "tenant_id",
  ...names(entity.sent),
  ...names(entity.sentOnly || []),
  ...(entity.references || []).map((reference) => `${reference}_ref`),
  ...ORIGIN,
];

const hasPatient = (entity) => entity.name !== "patient" && entity.sent.some(({ name }) => name === "patient_key");
const lookups = (entity) => [...(hasPatient(entity) ? ["patient"] : []), ...(entity.references || [])];

/** The condition that a batch is one that the verdict table holds nothing of yet; nothing on a full refresh. */
const unseen = (self, before = "where") =>
  self === undefined ? "" : `${before} batch_id not in (select batch_id from ${self})`;

const seenRun = (self) => `(select coalesce(max(judged_run), 0) from ${self})`;

/** New rows with hash, references and delivery; events without an id of their own get key and ordinal here. */
const fresh = (entity, ref, hasOwnKey) => {
  const content = [...entity.sent, ...(entity.sentOnly || []), ...RECORDED];
  const references = (entity.references || []).map(
    (reference) =>
      `${keys.of(reference, "sent.tenant_id", "sent.source_system", `sent.${reference}_raw`)} as ${reference}_ref`,
  );
  const steps = `delivery as (
  select
    batch_id,
    file as file_name,
    min(delivered_at) as delivered_at
  from ${ref("raw", "loaded_file")}
  group by batch_id, file
),

hashed as (
  select
    ${list([
      "sent.*",
      ...references,
      "delivery.delivered_at",
      `${keys.content(content.map(({ name, type }) => ({ name: `sent.${name}`, type })))} as row_hash`,
    ])}
  from sent
  left join delivery
    on delivery.batch_id = sent.batch_id
    and delivery.file_name = sent.file_name
)`;
  if (hasOwnKey)
    return `${steps},

fresh as (
  select
    ${list(candidateColumns(entity))}
  from hashed
)`;

  const at = `${entity.time || "started"}_at`;
  const base = keys.hash(
    `'${entity.name}'`,
    "tenant_id",
    "source_system",
    "patient_key",
    "coalesce(encounter_raw, '')",
    "code",
    types.asText(at, "instant"),
  );
  const rest = candidateColumns(entity).filter((name) => name !== entity.key.name);
  return `${steps},

based as (
  select
    hashed.*,
    ${base} as event_base
  from hashed
),

-- Of equal ones in a file, those with the same content are copies of the first; each other content has its own ordinal.
placed as (
  select
    based.*,
    min(record_number) over (partition by batch_id, file_name, event_base, row_hash) as first_number
  from based
),

fresh as (
  select
    md5(event_base || ':' || cast(dense_rank() over (
      partition by batch_id, file_name, event_base
      order by first_number
    ) as varchar)) as ${entity.key.name},
    ${list(rest)}
  from placed
)`;
};

const RECORDED = [
  { name: "recorded_at", type: "instant" },
  { name: "recorded_by", type: "text" },
];

/** Stored rows for which the answer can have changed, by key, and then the rows to judge: new ones and those. */
const candidates = (entity, ref, self) => {
  const columns = candidateColumns(entity);
  if (self === undefined) return "candidate as (\n  select *\n  from fresh\n)";
  const key = entity.key.name;
  const changed = (of) => `(
      select ${of}_key
      from ${ref("silver", `${of}_verdict`)}
      where judged_run > ${seenRun(self)}
    )`;
  const reasons = [
    "stored.disposition = 'quarantined'",
    ...(entity.references || []).map((of) => `(stored.${of}_ref is not null and stored.${of}_key is null)`),
    ...(hasPatient(entity) ? [`stored.patient_key in ${changed("patient")}`] : []),
    ...((entity.references || []).includes("encounter") ? [`stored.encounter_ref in ${changed("encounter")}`] : []),
  ];
  return `affected as (
  select ${key}
  from fresh
  union
  select stored.${key}
  from ${self} as stored
  where ${reasons.join("\n    or ")}
),

candidate as (
  select
    ${list(columns)}
  from fresh
  union all
  select
    ${list(columns.map((name) => `stored.${name}`))}
  from ${self} as stored
  where stored.${key} is null
    or stored.${key} in (select affected.${key} from affected where affected.${key} is not null)
)`;
};

const ruleNames = (rules, outcome) => {
  const broken = rules
    .filter((rule) => rule.outcome === outcome)
    .map(({ name, when }) => `case when ${when} then ',${name}' else '' end`);
  if (broken.length === 0) return "cast(null as varchar)";
  return `nullif(ltrim(\n      ${broken.join("\n      || ")},\n      ','\n    ), '')`;
};

/** Each row beside the rows that it names, with the rules that it breaks. */
const judged = (entity, ref, rules, values, joins) => {
  const tables = lookups(entity).map((of) => {
    const on = of === "patient" ? "candidate.patient_key" : `candidate.${of}_ref`;
    return `left join (
    select ${LOOKUPS[of].join(", ")}
    from ${ref("silver", `${of}_verdict`)}
    where disposition = 'current'
  ) as ${of}
    on ${of}.${of}_key = ${on}`;
  });
  const columns = names(entity.judged).map((name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${entity.name}: no SQL for the judged column ${name}`);
    return `${value} as ${name}`;
  });
  return `judged as (
  select
    ${list([
      "candidate.*",
      ...columns,
      `${ruleNames(rules, "quarantine")} as broken_rules`,
      `${ruleNames(rules, "flag")} as broken_flags`,
    ])}
  from candidate${[...tables, ...joins].map((join) => `\n  ${indent(join, 0)}`).join("")}
)`;
};

/**
 * What becomes of each row among the valid versions of its key. A copy says what the version before it says. The current one
 * is the first of those that say what the newest says; it is a conflict where the version before it came in the same file.
 */
const disposed = (entity) => {
  const versions = `(
      partition by ${entity.key.name}, broken_rules is null
      order by ${oldestFirst}
    )`;
  const onward = versions.replace(/\n {4}\)$/, "\n      rows between current row and unbounded following\n    )");
  return `versioned as (
  select
    judged.*,
    coalesce(row_hash = lag(row_hash) over ${versions}, false) as is_copy,
    coalesce(
      batch_id = lag(batch_id) over ${versions}
        and file_name = lag(file_name) over ${versions},
      false
    ) as follows_in_file,
    min(row_hash) over ${onward} as least_from_here,
    max(row_hash) over ${onward} as greatest_from_here
  from judged
),

disposed as (
  select
    versioned.*,
    case
      when broken_rules is not null then 'quarantined'
      when is_copy then 'duplicate'
      when row_hash = least_from_here and row_hash = greatest_from_here then 'current'
      else 'superseded'
    end as disposition
  from versioned
)`;
};

const verdictValues = (hasOwnKey) => ({
  flags: `case
    when disposed.disposition = 'current' then ${
      hasOwnKey
        ? `nullif(ltrim(
      coalesce(',' || disposed.broken_flags, '') || case when disposed.follows_in_file then ',conflict' else '' end,
      ','
    ), '')`
        : "disposed.broken_flags"
    }
  end`,
  run_id: "cast(getvariable('MEDFORM_RUN_ID') as varchar)",
  judged_run: "cast(getvariable('MEDFORM_RUN_NUMBER') as bigint)",
});

/** The verdicts; an increment keeps only those that are new or have changed. */
const verdicts = (entity, self, hasOwnKey) => {
  const values = verdictValues(hasOwnKey);
  const columns = names(silver.verdictColumns(entity.name)).map((name) =>
    values[name] === undefined ? `disposed.${name}` : `${values[name]} as ${name}`,
  );
  const all = `select
  ${list(columns, 2)}
from disposed`;
  if (self === undefined) return all;
  const compared = [...names(entity.judged), "disposition", "broken_rules", "flags"];
  return `,

verdict as (
  ${indent(all)}
)

select
  ${list(
    names(silver.verdictColumns(entity.name)).map((name) => `verdict.${name}`),
    2,
  )}
from verdict
left join ${self} as stored
  on stored.source_record = verdict.source_record
  and stored.route = verdict.route
where stored.source_record is null
  ${compared.map((name) => `or stored.${name} is distinct from verdict.${name}`).join("\n  ")}`;
};

/**
 * Everything after the CTE `sent` of a verdict model.
 *
 * @param model `{ entity, ref, self, rules, values, joins }`: `self` only in an increment, `rules` as in rules.js, `values` SQL
 * for each judged column of the entity, `joins` further left joins to `candidate`. Events without an id leave the key out of `sent`.
 */
const verdict = ({ entity: name, ref, self, rules, values = {}, joins = [] }) => {
  const entity = entities[name];
  const hasOwnKey = entity.cluster === undefined || entity.sent.some((column) => column.name === `${name}_id`);
  const steps = [
    fresh(entity, ref, hasOwnKey),
    candidates(entity, ref, self),
    judged(entity, ref, rules, values, joins),
    disposed(entity),
  ].join(",\n\n");
  const last = verdicts(entity, self, hasOwnKey);
  return self === undefined ? `${steps}\n\n${last}` : `${steps}${last}`;
};

/** Select list of where a row came from, for the CTE `sent`. */
const origin = (table, entity, { recordedAt = "cast(null as timestamp)", recordedBy = "cast(null as varchar)" } = {}) =>
  list([
    `'${table} > ${entity}' as route`,
    "batch_id",
    "file_name",
    "record_number",
    "source_system",
    "source_record",
    `${recordedAt} as recorded_at`,
    `${recordedBy} as recorded_by`,
    "loaded_at",
  ]);

/** The patient's key from a row of bronze. */
const patientKey = keys.of("patient", "tenant_id", "assigning_authority", "patient_id");

/** Keys of which a verdict has changed since the relation was built; with them every version of a key is meant. */
const changedKeys = ({ entity: name, ref, self }) => `select ${entities[name].key.name}
  from ${ref("silver", `${name}_verdict`)}
  where judged_run > ${seenRun(self)}`;

/** The entity: current rows of its verdicts; an increment takes those of the keys that have changed. */
const current = ({ entity: name, ref, self }) => {
  const since =
    self === undefined ? "" : `\n  and ${entities[name].key.name} in (${changedKeys({ entity: name, ref, self })})`;
  return `select
  ${list(names(silver.columns(name)), 2)}
from ${ref("silver", `${name}_verdict`)}
where disposition = 'current'${since}`;
};

/** Before an increment of the entity: rows of the keys that have changed go; the current ones come back with it. */
const forget = ({ entity, ref, self }) => `delete from ${self}
where ${entities[entity].key.name} in (
  ${changedKeys({ entity, ref, self })}
)`;

module.exports = {
  changedKeys,
  current,
  forget,
  newestFirst,
  oldestFirst,
  origin,
  patientKey,
  seenRun,
  unseen,
  verdict,
};
