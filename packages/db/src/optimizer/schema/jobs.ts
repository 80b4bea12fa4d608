import { sql } from 'drizzle-orm';
import { bigserial, foreignKey, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { appInstances } from './app-instances.ts';
import { jobStatus, optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** Which text of a product a job rewrites. */
export type ProductAttribute = 'name' | 'description' | 'seoTitle' | 'seoDescription';

/** One row per optimization that a shop owner asked for. Inserted by the API together with all its items, in one transaction
 *  that also raises credits_used_month; moved on by the worker. */
export const jobs = optimizerSchema.table(
  'jobs',
  {
    id: bigserial('id', { mode: 'bigint' }).primaryKey(),
    instanceId: text('instance_id').notNull(),
    status: jobStatus('status').notNull().default('PENDING'),
    /** What source_ids names: products or collections. */
    sourceScope: text('source_scope').notNull(),
    /** Wix ids of the chosen products or collections. */
    sourceIds: jsonb('source_ids').$type<readonly string[]>().notNull(),
    /** Texts to rewrite; products × attributes are the job's items and its price in credits. */
    attributes: jsonb('attributes').$type<readonly ProductAttribute[]>().notNull(),
    /** Language to write in, for example en or pt-BR. */
    targetLang: text('target_lang').notNull(),
    /** What the shop owner asked the model for, in own words. */
    userPrompt: text('user_prompt').notNull(),
    createdAt: timestamptz('created_at').notNull().defaultNow(),
    /** When the first item began. NULL: not yet. */
    startedAt: timestamptz('started_at'),
    /** When the last item ended or the job was canceled. NULL: not yet. */
    finishedAt: timestamptz('finished_at'),
    /** Why the job failed, for the shop owner. NULL: it did not. */
    error: text('error'),
    /** The client's word for this request: a second one with it gets this job. NULL: none was given. */
    idempotencyKey: text('idempotency_key'),
    /** SHA-256 of the request, 64 hex digits; one key with another request is refused. NULL: no key. */
    requestHash: text('request_hash'),
    /** Items of the job: its price in credits. */
    itemsTotal: integer('items_total').notNull().default(0),
    /** Items that are DONE. Counted up by finish_items. */
    itemsDone: integer('items_done').notNull().default(0),
    /** Items that are FAILED, those that a cancel ended included. */
    itemsFailed: integer('items_failed').notNull().default(0),
    /** Items whose text is in the shop. */
    itemsPublished: integer('items_published').notNull().default(0),
  },
  (t) => [
    ...tenantPolicies(t.instanceId),
    foreignKey({
      name: 'jobs_instance_id_fkey',
      columns: [t.instanceId],
      foreignColumns: [appInstances.instanceId],
    }).onDelete('cascade'),
    // the dashboard: one shop's jobs in a status
    index('idx_jobs_instance_status').on(t.instanceId, t.status),
    // one job per key; jobs without one do not meet
    uniqueIndex('jobs_instance_id_idempotency_key_key').on(t.instanceId, t.idempotencyKey),
    // the pages of one shop's jobs, newest first
    index('idx_jobs_instance_created').on(t.instanceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    // the worker's claim: one shop's open jobs, oldest first
    index('idx_jobs_open').on(t.instanceId, t.id).where(sql`${t.status} IN ('PENDING', 'RUNNING')`),
    // newest jobs first
    index('idx_jobs_created_at').on(t.createdAt.desc().nullsFirst()),
  ],
);
