import { bigint, foreignKey, index, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { jobItems } from './job-items.ts';
import { optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per item whose text is being written to its shop right now. Inserted before Wix is called, deleted with the log row; one that
 *  is left behind by a crash is settled by asking Wix what the product says. */
export const publishIntents = optimizerSchema.table(
  'publish_intents',
  {
    jobItemId: bigint('job_item_id', { mode: 'bigint' }).primaryKey(),
    instanceId: text('instance_id').notNull(),
    /** Wix product id. */
    productId: text('product_id').notNull(),
    attribute: text('attribute').notNull(),
    /** The text that is written. */
    value: text('value').notNull(),
    /** Who holds it: whoever settles takes another value, and the first holder is refused from then on. */
    token: uuid('token').notNull().defaultRandom(),
    /** When the writer is taken for dead. */
    expiresAt: timestamptz('expires_at').notNull(),
  },
  (t) => [
    ...tenantPolicies(t.instanceId),
    foreignKey({
      name: 'publish_intents_job_item_id_fkey',
      columns: [t.jobItemId],
      foreignColumns: [jobItems.id],
    }).onDelete('cascade'),
    // what was left behind
    index('idx_publish_intents_expires_at').on(t.expiresAt),
  ],
);
