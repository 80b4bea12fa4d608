import { sql } from 'drizzle-orm';
import { bigint, bigserial, foreignKey, index, integer, text } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { jobs } from './jobs.ts';
import { itemStatus, optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per text to rewrite: one attribute of one product of one job. Inserted with its job; claimed and finished by the worker. */
export const jobItems = optimizerSchema.table(
  'job_items',
  {
    id: bigserial('id', { mode: 'bigint' }).primaryKey(),
    jobId: bigint('job_id', { mode: 'bigint' }).notNull(),
    /** Wix product id. */
    productId: text('product_id').notNull(),
    /** One of the job's attributes. */
    attribute: text('attribute').notNull(),
    /** Text found at Wix. NULL: not read yet, or the product had none. */
    beforeValue: text('before_value'),
    /** Text that the model wrote. NULL: not written. */
    afterValue: text('after_value'),
    /** PENDING until it ends; which items run says shop_queues. RUNNING comes from older programs, and means the same. */
    status: itemStatus('status').notNull().default('PENDING'),
    /** Why the item failed. NULL: it did not. */
    error: text('error'),
    createdAt: timestamptz('created_at').notNull().defaultNow(),
    /** Set by the application on every write; no trigger does it. */
    updatedAt: timestamptz('updated_at').notNull().defaultNow(),
    /** Times that a worker has begun it and it ended, or its lease did. An item that was given back was not tried. */
    attempts: integer('attempts').notNull().default(0),
    /** From when a worker may claim it. Without meaning once DONE or FAILED. */
    availableAt: timestamptz('available_at').notNull().defaultNow(),
    /** When after_value was written to the shop. NULL: it was not. */
    publishedAt: timestamptz('published_at'),
  },
  (t) => [
    ...tenantPolicies(
      (tenantId) =>
        sql`EXISTS (SELECT FROM ${jobs} WHERE ${jobs.id} = ${t.jobId} AND ${jobs.instanceId} = ${tenantId})`,
    ),
    foreignKey({ name: 'job_items_job_id_fkey', columns: [t.jobId], foreignColumns: [jobs.id] }).onDelete('cascade'),
    // a job's items, and the cascade from jobs
    index('idx_job_items_job_id').on(t.jobId),
    // the worker's claim: finished items, nearly all rows, are not in it
    index('idx_job_items_status').on(t.status).where(sql`${t.status} IN ('PENDING', 'RUNNING')`),
    // the worker's claim within a job, and the next moment at which one is due
    index('idx_job_items_claim').on(t.jobId, t.availableAt, t.id).where(sql`${t.status} IN ('PENDING', 'RUNNING')`),
    // every rewrite of one product
    index('idx_job_items_product').on(t.productId),
  ],
);
