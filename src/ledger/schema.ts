/** The shapes of what is read back from the ledger: checked, because others may have written there. */
import { z } from "zod";
import type { State } from "./types.js";

export const targetSchema = z.object({ database: z.string().optional(), schema: z.string(), name: z.string() });

const kindSchema = z.enum(["table", "view", "incremental", "operation"]);
const thresholdSchema = z.union([z.object({ rows: z.number() }), z.object({ share: z.number() })]).optional();
const inputsSchema = z.record(z.string(), z.string());

export const publicationSchema = z.object({
  target: targetSchema,
  kind: kindSchema,
  fingerprint: z.string(),
  rows: z.number().nullable(),
  columns: z.array(z.string()),
  metadata: z.string().optional(),
  inputs: inputsSchema,
  version: z.string().optional(),
  runNumber: z.number().optional(),
});

export const intentSchema = z.object({
  target: targetSchema,
  kind: kindSchema,
  fingerprint: z.string(),
  inputs: inputsSchema,
});

export const evaluationSchema = z.object({
  assertion: targetSchema,
  rule: z.string(),
  severity: z.enum(["error", "warn"]),
  failing: z.number().nullable(),
  threshold: thresholdSchema,
  of: z.number().optional(),
  fingerprint: z.string().optional(),
});

export const ruleOutcomeSchema = z.enum(["pass", "warn", "fail", "error", "skipped"]);

export const loadFileSchema = z.object({ target: targetSchema, batchId: z.string(), rows: z.number() });

export const aboutTargetSchema = z.object({ target: targetSchema });

export const descriptionSchema = z.object({ target: targetSchema, metadata: z.string() });

export const viewsSchema = z.object({ fingerprint: z.string() });

export const chainKindSchema = z.enum(["run", "load", "assert", "clean", "restore"]);

const commitSchema = z.object({ id: z.string(), dirty: z.boolean() });

/** Of what a chain is about only the commit is folded into the state. */
export const aboutRunSchema = z.object({
  commit: commitSchema.optional(),
  project: z.string().optional(),
  environment: z.string().optional(),
});

export const openSchema = z.object({ number: z.number(), kind: chainKindSchema, about: aboutRunSchema.optional() });

export const runOutcomeSchema = z.enum(["succeeded", "failed", "cancelled", "error", "interrupted"]);

export const unpublishedSchema = z.enum(["discarded", "failed", "skipped", "cancelled"]);

export const stateSchema: z.ZodType<State> = z.object({
  targets: z.record(
    z.string(),
    z.object({
      target: targetSchema,
      kind: kindSchema,
      fingerprint: z.string(),
      version: z.string(),
      runNumber: z.number(),
      publishedAt: z.string(),
      rows: z.number().nullable(),
      columns: z.array(z.string()),
      metadata: z.string().optional(),
      inputs: inputsSchema,
      failing: z.boolean(),
    }),
  ),
  sources: z.record(
    z.string(),
    z.object({ target: targetSchema, batchId: z.string(), rows: z.number(), loadedAt: z.string() }),
  ),
  rules: z.record(
    z.string(),
    z.object({
      assertion: targetSchema,
      rule: z.string(),
      severity: z.enum(["error", "warn"]),
      outcome: ruleOutcomeSchema,
      failing: z.number().nullable(),
      threshold: thresholdSchema,
      of: z.number().optional(),
      at: z.string(),
      fingerprint: z.string().optional(),
    }),
  ),
  lastRun: z
    .object({
      runId: z.string(),
      runNumber: z.number(),
      kind: chainKindSchema,
      startedAt: z.string(),
      finishedAt: z.string().nullable(),
      outcome: runOutcomeSchema,
      commit: commitSchema.optional(),
    })
    .nullable(),
  failed: z.record(z.string(), unpublishedSchema).default({}),
  views: z.string().optional(),
  number: z.number(),
});

export const sealSchema = z.object({ records: z.number(), lastHash: z.string(), state: stateSchema });
