import { index, text } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per event that Wix has sent and we have acted upon, in the transaction that acted: a second delivery does nothing. */
export const webhookEvents = optimizerSchema.table(
  'webhook_events',
  {
    /** The event's own id, or the SHA-256 of its body where it has none. */
    eventId: text('event_id').primaryKey(),
    instanceId: text('instance_id').notNull(),
    /** As Wix names it, for example PaidPlanChanged. */
    eventType: text('event_type').notNull(),
    receivedAt: timestamptz('received_at').notNull().defaultNow(),
  },
  // events of one shop, for support; no reference, since an event may come before the shop does
  (t) => [...tenantPolicies(t.instanceId), index('idx_webhook_events_instance').on(t.instanceId, t.receivedAt)],
);
