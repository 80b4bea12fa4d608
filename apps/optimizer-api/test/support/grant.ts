import type { AppDatabase } from './database.ts';

/** Gives a shop credits, as a change of plan would: balance and ledger together. */
export async function grant({ owner }: AppDatabase, instanceId: string, credits: number): Promise<void> {
  await owner.query(
    `WITH entry AS (INSERT INTO optimizer.credit_entries (instance_id, kind, amount) VALUES ($1, 'plan', $2))
     UPDATE optimizer.app_instances SET credits_total = credits_total + $2 WHERE instance_id = $1`,
    [instanceId, credits],
  );
}

/** Shops whose ledger does not add up to their balance: none, ever. */
export async function wrongLedgers({ owner }: AppDatabase): Promise<readonly object[]> {
  const { rows } = await owner.query(
    `SELECT a.instance_id, a.credits_total - a.credits_used_month AS balance, coalesce(sum(e.amount), 0)::integer AS ledger
     FROM optimizer.app_instances AS a LEFT JOIN optimizer.credit_entries AS e USING (instance_id)
     GROUP BY a.instance_id HAVING a.credits_total - a.credits_used_month <> coalesce(sum(e.amount), 0)`,
  );
  return rows;
}
