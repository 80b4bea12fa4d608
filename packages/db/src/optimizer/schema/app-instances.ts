import { sql } from 'drizzle-orm';
import { date, foreignKey, index, integer, text } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { optimizerSchema } from './optimizer.ts';
import { plans } from './plans.ts';
import { tenantPolicies } from './policies.ts';

/** One row per Wix site that installed the app. Written by the OAuth callback (upsert), billing and the daily credit reset.
 *  Deleting it deletes the site's jobs, items and publish logs. */
export const appInstances = optimizerSchema.table(
  'app_instances',
  {
    /** Wix instance id, from the signed instance token. Every query of a tenant names it. */
    instanceId: text('instance_id').primaryKey(),
    /** Host name of the site, without scheme. */
    siteHost: text('site_host').notNull(),
    /** Wix OAuth access token, sealed by the application (AES-256-GCM). Secret: never logged. */
    accessToken: text('access_token').notNull(),
    /** Wix OAuth refresh token, sealed by the application. Secret: never logged. */
    refreshToken: text('refresh_token').notNull(),
    /** When the access token stops working. */
    tokenExpiresAt: timestamptz('token_expires_at').notNull(),
    planId: text('plan_id').notNull().default('free'),
    /** Credits granted for the running cycle, what was left of earlier cycles included. */
    creditsTotal: integer('credits_total').notNull().default(100),
    /** Credits spent in the running cycle; raised in the transaction that creates a job. */
    creditsUsedMonth: integer('credits_used_month').notNull().default(0),
    /** Day (UTC) on which the next cycle begins: the first of next month unless billing says otherwise. */
    creditsResetOn: date('credits_reset_on', { mode: 'string' })
      .notNull()
      .default(sql`CAST(date_trunc('month', now() AT TIME ZONE 'UTC') + INTERVAL '1 month' AS date)`),
    createdAt: timestamptz('created_at').notNull().defaultNow(),
    /** Set by the application on every write; no trigger does it. */
    updatedAt: timestamptz('updated_at').notNull().defaultNow(),
  },
  (t) => [
    ...tenantPolicies(t.instanceId),
    foreignKey({ name: 'app_instances_plan_id_fkey', columns: [t.planId], foreignColumns: [plans.id] }),
    // support looks a shop up by its host
    index('idx_app_instances_site_host').on(t.siteHost),
    // the daily reset reads the instances whose cycle has passed
    index('idx_app_instances_credits_reset').on(t.creditsResetOn),
  ],
);
