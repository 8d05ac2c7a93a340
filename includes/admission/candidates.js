/** The rows to judge, as CTEs: what was sent, and in an increment the stored rows for which the answer can have changed. */
const keys = require("../keys.js");
const types = require("../types.js");
const { entityOf, hasPatient, isJudgedBy } = require("./references.js");
const { list, names } = require("./text.js");

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

/**
 * The condition that a batch is one that the verdict table holds nothing of yet; nothing on a full refresh. It names the batches
 * that are new, and not those that are known: then an engine looks for them in landing, and types no row of another one.
 */
const unseen = (ref, self, before = "where") =>
  self === undefined
    ? ""
    : `${before} batch_id in (
      select batch_id
      from ${ref("silver", "delivered_file")}
      where batch_id not in (select distinct batch_id from ${self})
    )`;

const seenRun = (self) => `(select coalesce(max(judged_run), 0) from ${self})`;

const RECORDED = [
  { name: "recorded_at", type: "instant" },
  { name: "recorded_by", type: "text" },
];

/** A patient's key is the authority's, not the source's: who names one says it in `sent`, as `patient_ref`. */
const keyedHere = ({ references = [] }) => references.filter((reference) => reference !== "patient");

/** Whom or what a row names, as a key. By its code it names a concept only where it has no text of its own: most have one. */
const referenceKey = (of) =>
  of === "concept"
    ? `case
      when sent.description is null
        then ${keys.concept("sent.tenant_id", "sent.source_system", "sent.code_system", "sent.code")}
    end`
    : keys.of(of, "sent.tenant_id", "sent.source_system", `sent.${of}_raw`);

/** New rows with hash, references and delivery; events without an id of their own get key and ordinal here. */
const fresh = (entity, ref, hasOwnKey) => {
  const content = [...entity.sent, ...(entity.sentOnly || []), ...RECORDED];
  const references = keyedHere(entity).map((reference) => `${referenceKey(reference)} as ${reference}_ref`);
  const steps = `delivery as (
  select
    batch_id,
    file_name,
    min(delivered_at) as delivered_at
  from ${ref("silver", "delivered_file")}
  group by batch_id, file_name
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
    ...(entity.identity || []).map((name) =>
      types.asText(name, entity.sent.find((column) => column.name === name).type),
    ),
  );
  const numbered = "md5(event_base || ':' || cast(event_ordinal as varchar))";
  const { optionalId } = entity;
  const key =
    optionalId === undefined
      ? numbered
      : `case
      when ${optionalId} is not null then ${keys.hash(`'${entity.name}'`, "tenant_id", "source_system", optionalId)}
      else ${numbered}
    end`;
  const rest = candidateColumns(entity).filter((name) => name !== entity.key.name);
  return `${steps},

based as (
  select
    hashed.*,
    ${base} as event_base
  from hashed
),

-- Most are the only one of their kind in a file.
alike as (
  select
    batch_id,
    file_name,
    event_base
  from based
  group by batch_id, file_name, event_base
  having count(*) > 1
),

-- Of equal ones in a file, those with the same content are copies of the first; each other content has its own ordinal.
placed as (
  select
    based.*,
    min(based.record_number) over (
      partition by based.batch_id, based.file_name, based.event_base, based.row_hash
    ) as first_number
  from based
  inner join alike
    on alike.batch_id = based.batch_id
    and alike.file_name = based.file_name
    and alike.event_base = based.event_base
),

numbered as (
  select
    placed.*,
    dense_rank() over (partition by batch_id, file_name, event_base order by first_number) as event_ordinal
  from placed
  union all
  select
    based.*,
    based.record_number as first_number,
    1 as event_ordinal
  from based
  left join alike
    on alike.batch_id = based.batch_id
    and alike.file_name = based.file_name
    and alike.event_base = based.event_base
  where alike.event_base is null
),

fresh as (
  select
    ${key} as ${entity.key.name},
    ${list(rest)}
  from numbered
)`;
};

/** What has no time of its own, which its precision says, has that of its encounter as it is known now. */
const timed = (entity, ref) => {
  const columns = candidateColumns(entity).map((name) =>
    name === "started_at" || name === "start_date"
      ? `case when gathered.start_precision = 'encounter' then encounter.${name} else gathered.${name} end as ${name}`
      : `gathered.${name}`,
  );
  return `candidate as (
  select
    ${list(columns)}
  from gathered
  left join (
    select encounter_key, started_at, start_date
    from ${ref("silver", "encounter_verdict")}
    where disposition = 'current'
  ) as encounter
    on encounter.encounter_key = gathered.encounter_ref
)`;
};

/** The rows to judge. */
const candidates = (entity, ref, self) => {
  const rows = (name) => gathered(entity, ref, self, name);
  return entity.timedByEncounter ? `${rows("gathered")},\n\n${timed(entity, ref)}` : rows("candidate");
};

/**
 * The rows to judge: new ones, and the stored rows for which the answer can have changed, with every other version of their keys. A
 * copy of what they name, delivered again, changes nothing. Their
 * keys are sought first, by columns of their own, because mostly there are few: then the rest of no other row is read.
 */
const gathered = (entity, ref, self, name) => {
  const columns = candidateColumns(entity);
  if (self === undefined) return `${name} as (\n  select *\n  from fresh\n)`;
  const key = entity.key.name;
  const changed = (of) => `(
    select ${of}_key
    from ${ref("silver", `${entityOf(of)}_verdict`)}
    where judged_run > ${seenRun(self)}
      and disposition <> 'duplicate'
  )`;
  const references = entity.references || [];
  const reasons = [
    `${key} in (select fresh.${key} from fresh)`,
    "disposition = 'quarantined'",
    // What more is seen of than its key is found by its change, also when it comes to be there.
    ...references.filter((of) => !isJudgedBy(of)).map((of) => `${of}_ref is not null and ${of}_key is null`),
    ...(hasPatient(entity) ? [`patient_key in ${changed("patient")}`] : []),
    ...references.filter(isJudgedBy).map((of) => `${of}_ref in ${changed(of)}`),
  ];
  const selects = reasons.map(
    (reason) => `select ${key}
  from ${self}
  where ${reason}`,
  );
  return `affected as (
  ${selects.join("\n  union\n  ")}
),

again as (
  select *
  from ${self}
  where ${key} in (select affected.${key} from affected)
  union all
  select *
  from ${self}
  where ${key} is null
),

${name} as (
  select
    ${list(columns)}
  from fresh
  union all
  select
    ${list(columns)}
  from again
)`;
};

module.exports = { candidateColumns, candidates, fresh, seenRun, unseen };
