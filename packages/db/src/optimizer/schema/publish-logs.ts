import { bigint, bigserial, foreignKey, index, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { appInstances } from './app-instances.ts';
import { optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per text written to a live product. Appended after Wix accepted it; never changed. */
export const publishLogs = optimizerSchema.table(
  'publish_logs',
  {
    id: bigserial('id', { mode: 'bigint' }).primaryKey(),
    instanceId: text('instance_id').notNull(),
    /** Wix product id. */
    productId: text('product_id').notNull(),
    attribute: text('attribute').notNull(),
    /** The text as it stands in the shop since applied_at. */
    appliedValue: text('applied_value').notNull(),
    appliedAt: timestamptz('applied_at').notNull().defaultNow(),
    /** The item whose text it is; not a reference, since the log outlives items. NULL: logged before items were named. */
    jobItemId: bigint('job_item_id', { mode: 'bigint' }),
  },
  (t) => [
    ...tenantPolicies(t.instanceId),
    foreignKey({
      name: 'publish_logs_instance_id_fkey',
      columns: [t.instanceId],
      foreignColumns: [appInstances.instanceId],
    }).onDelete('cascade'),
    // one shop's log, newest first
    index('idx_publish_logs_instance').on(t.instanceId, t.appliedAt.desc().nullsFirst()),
    // an item is published once
    uniqueIndex('publish_logs_job_item_id_key').on(t.jobItemId),
    // what was published to one product
    index('idx_publish_logs_product').on(t.productId),
  ],
);
