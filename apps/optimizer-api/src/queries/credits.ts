import { creditEntries, plans } from '@repo/db/optimizer';
import { eq, sql } from '@repo/db/sql';
import type { Tx } from './tx.ts';

export type CreditKind = 'opening' | 'reserve' | 'release' | 'reset' | 'plan';

interface Entry {
  readonly instanceId: string;
  readonly kind: CreditKind;
  readonly amount: number;
  readonly jobId?: bigint;
}

async function addEntry(tx: Tx, entry: Entry): Promise<void> {
  await tx.insert(creditEntries).values(entry);
}

/** The first entry of a new shop's ledger. */
export async function openLedger(tx: Tx, instanceId: string): Promise<void> {
  await tx.query(
    `INSERT INTO optimizer.credit_entries (instance_id, kind, amount)
     SELECT instance_id, 'opening', credits_total - credits_used_month FROM optimizer.app_instances WHERE instance_id = $1`,
    [instanceId],
  );
}

/** Takes a job's credits. The caller holds the shop's lock and has seen that they are there. */
export async function reserveCredits(tx: Tx, instanceId: string, jobId: bigint, amount: number): Promise<void> {
  await tx.query(
    `UPDATE optimizer.app_instances SET credits_used_month = credits_used_month + $2, updated_at = now() WHERE instance_id = $1`,
    [instanceId, amount],
  );
  await addEntry(tx, { instanceId, kind: 'reserve', amount: -amount, jobId });
}

/** Gives credits back: to the month that they were taken in, or, when a reset has come between, to the total. */
export async function releaseCredits(tx: Tx, instanceId: string, jobId: bigint, amount: number): Promise<void> {
  await tx.query(
    `UPDATE optimizer.app_instances
     SET credits_total = credits_total + greatest($2 - credits_used_month, 0),
       credits_used_month = greatest(credits_used_month - $2, 0), updated_at = now()
     WHERE instance_id = $1`,
    [instanceId, amount],
  );
  await addEntry(tx, { instanceId, kind: 'release', amount, jobId });
}

/** Begins the next cycle of at most `limit` shops whose cycle has passed at 02:00 UTC: what is left and the plan's credits, for a month
 *  (free plan) or 30 days. A shop that missed several cycles gets one a call. However many callers there are, a cycle begins once,
 *  because its date moves on with it.
 *  @returns how many shops were reset */
export async function resetDueCredits(tx: Tx, limit: number): Promise<number> {
  const { rows } = await tx.query<{ instances: number }>(
    `WITH due AS (
       SELECT a.instance_id, p.id AS plan_id, p.monthly_credits
       FROM optimizer.app_instances AS a JOIN optimizer.plans AS p ON p.id = a.plan_id
       WHERE a.credits_reset_on <= CAST(now() AT TIME ZONE 'UTC' - INTERVAL '2 hours' AS date)
       ORDER BY a.credits_reset_on LIMIT $1 FOR NO KEY UPDATE OF a SKIP LOCKED
     ), moved AS (
       UPDATE optimizer.app_instances AS a
       SET credits_total = a.credits_total - a.credits_used_month + due.monthly_credits, credits_used_month = 0,
         credits_reset_on = CAST(a.credits_reset_on + CASE due.plan_id WHEN 'free' THEN INTERVAL '1 month' ELSE INTERVAL '30 days' END AS date),
         updated_at = now()
       FROM due WHERE a.instance_id = due.instance_id
       RETURNING a.instance_id, due.monthly_credits
     ), entered AS (
       INSERT INTO optimizer.credit_entries (instance_id, kind, amount)
       SELECT instance_id, 'reset', monthly_credits FROM moved
     )
     SELECT count(*)::integer AS instances FROM moved`,
    [limit],
  );
  return rows[0]?.instances ?? 0;
}

export async function findPlan(tx: Tx, planId: string) {
  const [plan] = await tx.select().from(plans).where(eq(plans.id, planId));
  return plan;
}

/** Writes what a change of plan comes to. The caller holds the shop's lock. */
export async function writePlan(
  tx: Tx,
  instanceId: string,
  change: {
    readonly planId: string;
    readonly creditsTotal: number;
    readonly creditsUsedMonth: number;
    readonly balanceChange: number;
  },
): Promise<void> {
  await tx.query(
    `UPDATE optimizer.app_instances
     SET plan_id = $2, credits_total = $3, credits_used_month = $4, updated_at = now(),
       credits_reset_on = CASE $2 WHEN 'free' THEN CAST(date_trunc('month', now() AT TIME ZONE 'UTC') + INTERVAL '1 month' AS date)
         ELSE CAST(now() AT TIME ZONE 'UTC' + INTERVAL '30 days' AS date) END
     WHERE instance_id = $1`,
    [instanceId, change.planId, change.creditsTotal, change.creditsUsedMonth],
  );
  await addEntry(tx, { instanceId, kind: 'plan', amount: change.balanceChange });
}

/** The balance as the ledger gives it. */
export async function ledgerBalance(tx: Tx, instanceId: string): Promise<number> {
  const [row] = await tx
    .select({ balance: sql<string>`coalesce(sum(${creditEntries.amount}), 0)` })
    .from(creditEntries)
    .where(eq(creditEntries.instanceId, instanceId));
  return Number(row?.balance ?? 0);
}
