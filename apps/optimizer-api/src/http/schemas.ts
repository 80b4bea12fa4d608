import { z } from 'zod';
import { ITEMS_MAX } from '../services/create-job.ts';

/** Text that Postgres takes: no NUL, no half of a surrogate pair. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), { error: 'holds characters that are none' });
const wixId = z.string().regex(/^[\w-]{1,64}$/, { error: 'expected an id of Wix' });
const unique = (values: readonly string[]) => new Set(values).size === values.length;

export const ATTRIBUTES = ['name', 'description', 'seoTitle', 'seoDescription'] as const;

/** Body of POST /jobs. */
export const jobRequestSchema = z
  .strictObject({
    sourceScope: z.enum(['products', 'collections']),
    sourceIds: z.array(wixId).min(1).max(ITEMS_MAX).refine(unique, { error: 'names an id twice' }),
    attributes: z.array(z.enum(ATTRIBUTES)).min(1).max(4).refine(unique, { error: 'names an attribute twice' }),
    targetLang: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'expected a language tag such as en or pt-BR' }),
    userPrompt: text(2_000).default(''),
  })
  .meta({ id: 'JobRequest' });

/** A bigserial as text: JSON numbers end at 2^53, and clients must not calculate with ids. */
export const idSchema = z
  .string()
  .refine((id) => /^[1-9]\d{0,18}$/.test(id) && BigInt(id) <= 9_223_372_036_854_775_807n, { error: 'expected an id' });

export const publishRequestSchema = z
  .strictObject({ itemIds: z.array(idSchema).min(1).max(100).refine(unique, { error: 'names an item twice' }) })
  .meta({ id: 'PublishRequest' });

export const pageQuerySchema = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: 'expected a whole number from 1 to 100' })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 100, { error: 'expected a whole number from 1 to 100' })
    .default(20),
  cursor: z.string().max(2_000).optional(),
});

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'expected 1 to 255 visible ASCII characters' })
  .optional();

const moment = z.iso.datetime().nullable();
export const jobSchema = z
  .object({
    id: idSchema,
    status: z.enum(['PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELED']),
    sourceScope: z.string(),
    attributes: z.array(z.string()),
    targetLang: z.string(),
    userPrompt: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: moment,
    finishedAt: moment,
    error: z.string().nullable(),
    progress: z.object({ total: z.int(), done: z.int(), failed: z.int(), published: z.int() }),
  })
  .meta({ id: 'Job' });
export const itemSchema = z
  .object({
    id: idSchema,
    productId: z.string(),
    attribute: z.string(),
    status: z.enum(['PENDING', 'RUNNING', 'DONE', 'FAILED']),
    before: z.string().nullable(),
    after: z.string().nullable(),
    error: z.string().nullable(),
    publishedAt: moment,
  })
  .meta({ id: 'Item' });
export const meSchema = z
  .object({
    instanceId: z.string(),
    siteHost: z.string(),
    plan: z.object({ id: z.string(), name: z.string(), monthlyCredits: z.int() }),
    credits: z.object({ total: z.int(), used: z.int(), left: z.int(), resetOn: z.iso.date() }),
  })
  .meta({ id: 'Me' });
export const publicationSchema = z
  .object({
    itemId: idSchema,
    outcome: z.enum([
      'published',
      'already published',
      'not found',
      'not done',
      'being published',
      'changed since',
      'failed',
    ]),
    expected: z.string().optional(),
    found: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Publication' });
export const publishLogSchema = z
  .object({
    id: idSchema,
    productId: z.string(),
    attribute: z.string(),
    appliedValue: z.string(),
    appliedAt: z.iso.datetime(),
  })
  .meta({ id: 'PublishLog' });
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });

export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: z.string().nullable(), previous: z.string().nullable() });
