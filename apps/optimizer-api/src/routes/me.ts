import { withTenant } from '@repo/db';
import { Hono } from 'hono';
import type { AppParts } from '../app.ts';
import type { AppEnv } from '../http/context.ts';
import { Problem } from '../problems.ts';
import { findInstance } from '../queries/instances.ts';

/** Who asks: site, plan, credits. */
export function meRoutes({ db }: AppParts): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/me', async (context) => {
    const instanceId = context.get('instanceId');
    const shop = await withTenant(db, { instance_id: instanceId }, (tx) => findInstance(tx, instanceId), {
      accessMode: 'read only',
    });
    if (shop === undefined) throw new Problem('INSTANCE_UNKNOWN', 'install the app first');
    const { siteHost, planId, planName, monthlyCredits, creditsTotal, creditsUsedMonth, creditsResetOn } = shop;
    return context.json({
      instanceId,
      siteHost,
      plan: { id: planId, name: planName, monthlyCredits },
      credits: {
        total: creditsTotal,
        used: creditsUsedMonth,
        left: creditsTotal - creditsUsedMonth,
        resetOn: creditsResetOn,
      },
    });
  });
}
