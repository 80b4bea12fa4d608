import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, index, integer, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { appInstances } from './app-instances.ts';
import { optimizerSchema } from './optimizer.ts';
import { tenantPolicies } from './policies.ts';

/** One row per change of a shop's balance (credits_total - credits_used_month), in the transaction that changes it. Appended only; the
 *  sum of a shop's amounts is its balance. */
export const creditEntries = optimizerSchema.table(
  'credit_entries',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    instanceId: text('instance_id').notNull(),
    /** opening: what the shop had when its ledger began. reserve and release: a job takes, a canceled one gives back. reset: the month's
     *  credits. plan: another plan. */
    kind: text('kind').notNull(),
    /** Credits, negative where they are taken. */
    amount: integer('amount').notNull(),
    /** The job of a reserve or release; not a reference, since the ledger outlives jobs. NULL: of no job. */
    jobId: bigint('job_id', { mode: 'bigint' }),
    createdAt: timestamptz('created_at').notNull().defaultNow(),
  },
  (t) => [
    ...tenantPolicies(t.instanceId),
    foreignKey({
      name: 'credit_entries_instance_id_fkey',
      columns: [t.instanceId],
      foreignColumns: [appInstances.instanceId],
    }).onDelete('cascade'),
    check('credit_entries_kind_check', sql`${t.kind} IN ('opening', 'reserve', 'release', 'reset', 'plan')`),
    // one shop's ledger, and its sum
    index('idx_credit_entries_instance').on(t.instanceId, t.id),
    // a ledger begins once
    uniqueIndex('credit_entries_opening_key').on(t.instanceId).where(sql`${t.kind} = 'opening'`),
  ],
);
