import { foreignKey, index, text } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { appInstances } from './app-instances.ts';
import { optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per shop that has had a job. Its lock is the lock on the shop's queue: whoever claims, finishes or cancels items holds it,
 *  so that the limit of running items is exact and a job ends once. */
export const shopQueues = optimizerSchema.table(
  'shop_queues',
  {
    instanceId: text('instance_id').primaryKey(),
    /** From when a worker finds something to claim here: infinity when nothing is open. Never later than the truth. */
    nextAt: timestamptz('next_at').notNull().defaultNow(),
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
