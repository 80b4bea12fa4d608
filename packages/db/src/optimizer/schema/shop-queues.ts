import { sql } from 'drizzle-orm';
import { bigint, foreignKey, index, integer, text } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { appInstances } from './app-instances.ts';
import { optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per shop that has had a job. Its lock is the lock on the shop's queue: whoever claims, finishes or cancels items holds it,
 *  so that the limit of running items is exact and a job ends once. Which items run stands here and not in the items: a claim writes
 *  one small row, however many items it takes. The three running_… columns are one list; place n is one item. */
export const shopQueues = optimizerSchema.table(
  'shop_queues',
  {
    instanceId: text('instance_id').primaryKey(),
    /** From when a worker finds something to claim here: infinity when nothing is open. Never later than the truth. */
    nextAt: timestamptz('next_at').notNull().defaultNow(),
    /** Raised by every claim; the items of a claim have its number. */
    fence: integer('fence').notNull().default(0),
    /** Items that a worker holds. Their status in job_items stays PENDING until they end. */
    runningIds: bigint('running_ids', { mode: 'bigint' }).array().notNull().default(sql`'{}'`),
    /** Number of the claim that holds the item: a result that names another is refused. */
    runningFences: integer('running_fences').array().notNull().default(sql`'{}'`),
    /** End of the lease: from then on another worker takes the item over. */
    runningUntil: timestamptz('running_until').array().notNull().default(sql`'{}'`),
  },
  (t) => [
    ...tenantPolicies(t.instanceId),
    foreignKey({
      name: 'shop_queues_instance_id_fkey',
      columns: [t.instanceId],
      foreignColumns: [appInstances.instanceId],
    }).onDelete('cascade'),
    // the worker's claim: the shop that has waited longest
    index('idx_shop_queues_next_at').on(t.nextAt),
  ],
);
