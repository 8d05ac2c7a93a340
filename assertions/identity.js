const { flags } = require("../includes/event_rules.js");
const {
  codeSet,
  declare,
  findings,
  key,
  keyColumns,
  noGap,
  noOrphans,
  noOverlap,
  nonNull,
  oneCurrent,
  period,
  row,
} = require("../includes/declared.js");
const { MOST_RECORDS } = require("../includes/linkage.js");

const set = (name, description, sql) => ({ name, description, kind: "set", sql });

declare(
  { schema: "silver", name: "identity_decision" },
  {
    keys: ["identity_decision_key"],
    rules: [
      key("identity_decision_key_unique"),
      noOrphans("identity_decision_has_patient", ["patient_key"], ["silver", "patient"]),
      noOrphans("identity_decision_has_other", ["other_patient_key"], ["silver", "patient"], ["patient_key"]),
      codeSet("identity_decision_kind", "decision", ["merge", "link", "unlink", "not_same"]),
      row("identity_decision_of_two", "it is about two records", "patient_key <> other_patient_key"),
    ],
  },
);

findings("identity_decision", flags("conflict"));

declare(
  { schema: "silver", name: "patient_standard" },
  {
    keys: ["patient_key"],
    rules: [
      key("patient_standard_key"),
      noOrphans("patient_standard_has_patient", ["patient_key"], ["silver", "patient"]),
    ],
  },
);

declare(
  { schema: "silver", name: "patient_block" },
  {
    keys: ["patient_key", "pass"],
    rules: [
      key("patient_block_key"),
      noOrphans("patient_block_has_patient", ["patient_key"], ["silver", "patient"]),
      set(
        "patient_block_bounded",
        `records of a block are compared where it has 2 to ${MOST_RECORDS} of them`,
        ({ table, keys }) => `
select 'patient_block_bounded' as rule, ${keyColumns(keys, "member.")}
from (
  select
    patient_key,
    pass,
    is_compared,
    block_key is not null and count(*) over (partition by block_key) between 2 and ${MOST_RECORDS} as is_bounded
  from ${table}
) as member
where not coalesce(member.is_compared = member.is_bounded, false)`,
      ),
    ],
  },
);

const ofPair = ["patient_key", "other_patient_key"];

declare({ schema: "silver", name: "patient_match" }, { keys: ofPair, rules: [key("patient_match_key")] });

// What is said of one pair, of patients who stay: an increment judges the pairs that it compared.
declare(
  { schema: "silver", name: "patient_match" },
  {
    keys: ofPair,
    rows: "new",
    rules: [
      row("patient_match_least_first", "a pair stands once, the lesser key first", "patient_key < other_patient_key"),
      noOrphans("patient_match_has_patient", ["patient_key"], ["silver", "patient"]),
      noOrphans("patient_match_has_other", ["other_patient_key"], ["silver", "patient"], ["patient_key"]),
      codeSet("patient_match_outcome", "outcome", ["match", "review", "no_match"]),
      row(
        "patient_match_decided",
        "what somebody decided holds",
        "decision is null or (decision in ('merge', 'link')) = (outcome = 'match') and outcome <> 'review'",
      ),
      row(
        "patient_match_no_conflict",
        "two numbers and two birth dates never match by themselves",
        "decision is not null or not (is_conflict and outcome = 'match')",
      ),
    ],
  },
);

/** Pairs of `match` beside the clusters of both records. */
const beside = (ctx, table) => `${ctx.ref("silver", "patient_match")} as pair
inner join ${table} as one
  on one.patient_key = pair.patient_key
inner join ${table} as other
  on other.patient_key = pair.other_patient_key`;

/** The rounds of includes/linkage/components.js were enough: no link that was followed leads from one person to another. */
const settled = (name) =>
  set(
    name,
    "who match are in one cluster, and who stay linked in it are one person",
    ({ ctx, table, keys }) => `
select distinct '${name}' as rule, ${keyColumns(keys, "one.")}
from ${beside(ctx, table)}
where pair.outcome = 'match'
  and (
    one.cluster_key <> other.cluster_key
    or one.basis = other.basis
      and one.person_id <> other.person_id
      and (
        one.basis = 'match'
        or one.basis = 'number' and (pair.decision is not null or ',' || pair.agreeing_fields || ',' like '%,ssn,%')
        or one.basis = 'decision' and pair.decision is not null
      )
  )`,
  );

/** Who must stay apart does, also where others stand between them. */
const apart = (name) =>
  set(
    name,
    "no person has two numbers and two birth dates, or two records that somebody said are not the same, unless somebody joined the two",
    ({ ctx, table, keys }) => `
select distinct '${name}' as rule, ${keyColumns(keys, "one.")}
from ${table} as one
inner join ${table} as other
  on other.person_id = one.person_id
  and other.patient_key > one.patient_key
inner join ${ctx.ref("silver", "patient_standard")} as a
  on a.patient_key = one.patient_key
inner join ${ctx.ref("silver", "patient_standard")} as b
  on b.patient_key = other.patient_key
left join ${ctx.ref("silver", "patient_match")} as pair
  on pair.patient_key = one.patient_key
  and pair.other_patient_key = other.patient_key
where pair.decision in ('unlink', 'not_same')
  or pair.decision is null
    and a.ssn_hash <> b.ssn_hash
    and a.birth_day <> b.birth_day`,
  );

/** The person's own record is one of its records. */
const stands = (name) =>
  set(
    name,
    "a person is named after one of its records",
    ({ table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "member.")}
from ${table} as member
left join ${table} as named
  on named.patient_key = member.person_id
  and named.person_id = member.person_id
where named.patient_key is null`,
  );

declare(
  { schema: "silver", name: "patient_cluster" },
  {
    keys: ["patient_key"],
    rules: [
      key("patient_cluster_key"),
      noOrphans("patient_cluster_has_patient", ["patient_key"], ["silver", "patient"]),
      nonNull("patient_cluster_person", ["person_id", "cluster_key", "record_count"]),
      codeSet("patient_cluster_basis", "basis", ["none", "match", "number", "decision"]),
      settled("patient_cluster_settled"),
      apart("patient_cluster_apart"),
      stands("patient_cluster_named"),
    ],
  },
);

/** What the cross-reference says now is what was concluded. */
const concluded = (name) =>
  set(
    name,
    "each patient's person is that of its cluster",
    ({ ctx, table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "xref.")}
from ${table} as xref
inner join ${ctx.ref("silver", "patient_cluster")} as cluster
  on cluster.patient_key = xref.patient_key
where xref.valid_to is null
  and cluster.person_id <> xref.person_id`,
  );

declare(
  { schema: "silver", name: "patient_xref" },
  {
    keys: ["patient_key", { name: "valid_from", type: "instant" }],
    rules: [
      oneCurrent("patient_xref_one_current", ["patient_key"], "valid_to is null"),
      noOrphans("patient_xref_has_patient", ["patient_key"], ["silver", "patient"]),
      nonNull("patient_xref_person", ["person_id"]),
      codeSet("patient_xref_cause", "cause", ["identity", "link", "merge", "unlink"]),
      period("patient_xref_period"),
      noGap("patient_xref_no_gap", ["patient_key"]),
      noOverlap("patient_xref_no_overlap", ["patient_key"]),
      concluded("patient_xref_concluded"),
    ],
  },
);

declare(
  { schema: "gold", name: "match_review" },
  {
    keys: ofPair,
    rules: [
      key("match_review_key"),
      codeSet("match_review_reason", "reason", ["conflict", "split", "relatives", "weight"]),
      row("match_review_of_two", "the two are not one person", "person_id <> other_person_id"),
      set(
        "match_review_complete",
        "every pair that waits is here",
        ({ ctx, table, keys }) => `
select 'match_review_complete' as rule, ${keyColumns(keys, "pair.")}
from ${beside(ctx, ctx.ref("silver", "patient_cluster"))}
left join ${table} as shown
  on shown.patient_key = pair.patient_key
  and shown.other_patient_key = pair.other_patient_key
where pair.outcome = 'review'
  and one.person_id <> other.person_id
  and shown.patient_key is null`,
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "golden_patient" },
  {
    keys: ["person_id", "attribute"],
    rules: [
      key("golden_patient_key"),
      nonNull("golden_patient_said", ["value", "patient_key", "source_record"]),
      set(
        "golden_patient_of_person",
        "the record that gave it is one of the person's",
        ({ ctx, table, keys }) => `
select 'golden_patient_of_person' as rule, ${keyColumns(keys, "golden.")}
from ${table} as golden
left join ${ctx.ref("silver", "patient_xref")} as xref
  on xref.patient_key = golden.patient_key
  and xref.person_id = golden.person_id
  and xref.valid_to is null
where xref.patient_key is null`,
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "sync_conflict" },
  {
    keys: ["sync_conflict_key"],
    rules: [
      key("sync_conflict_key_unique"),
      codeSet("sync_conflict_entity", "entity", ["allergy", "prescription"]),
      codeSet("sync_conflict_disagreement", "disagreement", ["ended", "severity"]),
      row("sync_conflict_of_two", "it is about two events", "event_key <> other_event_key"),
    ],
  },
);
