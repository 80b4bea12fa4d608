import { appInstances, plans } from '@repo/db/optimizer';
import { eq, sql } from '@repo/db/sql';
import type { Tx } from './tx.ts';

/** A shop's plan and credits. undefined: it has not installed the app. */
export async function findInstance(tx: Tx, instanceId: string) {
  const [row] = await tx
    .select({
      instanceId: appInstances.instanceId,
      siteHost: appInstances.siteHost,
      planId: appInstances.planId,
      planName: plans.name,
      monthlyCredits: plans.monthlyCredits,
      creditsTotal: appInstances.creditsTotal,
      creditsUsedMonth: appInstances.creditsUsedMonth,
      creditsResetOn: appInstances.creditsResetOn,
    })
    .from(appInstances)
    .innerJoin(plans, eq(plans.id, appInstances.planId))
    .where(eq(appInstances.instanceId, instanceId));
  return row;
}

/** Sealed tokens as they stand in the table. */
export interface SealedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenExpiresAt: Date;
}

export async function findTokens(tx: Tx, instanceId: string): Promise<SealedTokens | undefined> {
  const { accessToken, refreshToken, tokenExpiresAt } = appInstances;
  const [row] = await tx
    .select({ accessToken, refreshToken, tokenExpiresAt })
    .from(appInstances)
    .where(eq(appInstances.instanceId, instanceId));
  return row;
}

export async function saveTokens(tx: Tx, instanceId: string, tokens: SealedTokens): Promise<void> {
  await tx
    .update(appInstances)
    .set({ ...tokens, updatedAt: sql`now()` })
    .where(eq(appInstances.instanceId, instanceId));
}

/** A shop that installs: a new one gets the free plan, its credits and the first of next month; one that comes back keeps what it had.
 *  @returns whether it is new */
export async function upsertInstance(
  tx: Tx,
  shop: SealedTokens & { readonly instanceId: string; readonly siteHost: string },
): Promise<boolean> {
  const { rows } = await tx.query<{ is_new: boolean }>(
    `INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at, credits_total)
     SELECT $1, $2, $3, $4, $5, monthly_credits FROM optimizer.plans WHERE id = 'free'
     ON CONFLICT (instance_id) DO UPDATE SET site_host = excluded.site_host, access_token = excluded.access_token,
       refresh_token = excluded.refresh_token, token_expires_at = excluded.token_expires_at, updated_at = now()
     RETURNING xmax = 0 AS is_new`,
    [shop.instanceId, shop.siteHost, shop.accessToken, shop.refreshToken, shop.tokenExpiresAt],
  );
  return rows[0]?.is_new === true;
}

/** The shop's row, locked until the transaction ends: credits and jobs of one shop change one after the other. */
export async function lockInstance(tx: Tx, instanceId: string) {
  const { planId, creditsTotal, creditsUsedMonth } = appInstances;
  const [row] = await tx
    .select({ planId, creditsTotal, creditsUsedMonth })
    .from(appInstances)
    .where(eq(appInstances.instanceId, instanceId))
    .for('no key update');
  return row;
}

/** A page of shops with their sealed tokens, in the order of their ids. */
export async function listTokens(tx: Tx, afterId: string, limit: number) {
  const { rows } = await tx.query<{ instance_id: string; access_token: string; refresh_token: string }>(
    `SELECT instance_id, access_token, refresh_token FROM optimizer.app_instances
     WHERE instance_id > $1 ORDER BY instance_id LIMIT $2 FOR NO KEY UPDATE`,
    [afterId, limit],
  );
  return rows;
}

/** Writes tokens sealed anew; when they end is left as it is. */
export async function resealTokens(
  tx: Tx,
  instanceId: string,
  accessToken: string,
  refreshToken: string,
): Promise<void> {
  await tx.update(appInstances).set({ accessToken, refreshToken }).where(eq(appInstances.instanceId, instanceId));
}
