import { withTenant } from '@repo/db';
import { z } from 'zod';
import type { WixEvent } from '../crypto/webhook-jwt.ts';
import { Problem } from '../problems.ts';
import { findPlan, writePlan } from '../queries/credits.ts';
import { lockInstance } from '../queries/instances.ts';
import type { OptimizerDb, Tx } from '../queries/tx.ts';
import { noteEvent } from '../queries/webhook-events.ts';
import { planChange } from './plan-change.ts';

/** Events after which a shop has the plan that they name. */
const SETS_PLAN = new Set(['PaidPlanPurchased', 'PaidPlanChanged']);
const dataSchema = z.object({ vendorProductId: z.string() });

export type EventOutcome = 'applied' | 'repeated' | 'ignored';

/** Acts on an event once: what it changes and the note that it was seen are one transaction.
 *  @throws {Problem} NOT_FOUND where the shop is not there (yet): Wix sends again; INPUT_INVALID for an unknown plan */
export async function applyBillingEvent(
  { db, planProducts }: { readonly db: OptimizerDb; readonly planProducts: ReadonlyMap<string, string> },
  event: WixEvent,
): Promise<EventOutcome> {
  if (!SETS_PLAN.has(event.type)) return 'ignored';
  const data = dataSchema.safeParse(event.data);
  const planId = data.success ? planProducts.get(data.data.vendorProductId) : undefined;
  if (planId === undefined) throw new Problem('INPUT_INVALID', 'the event names no plan that is known here');
  const { instanceId } = event;
  return await withTenant(db, { instance_id: instanceId }, async (tx) => {
    const shop = await lockInstance(tx, instanceId);
    if (shop === undefined) throw new Problem('NOT_FOUND', 'this site has not installed the app');
    if (!(await noteEvent(tx, { eventId: event.id, instanceId, eventType: event.type }))) return 'repeated';
    const change = planChange(shop, await requirePlan(tx, shop.planId), await requirePlan(tx, planId));
    if (change !== undefined) await writePlan(tx, instanceId, change);
    return 'applied';
  });
}

async function requirePlan(tx: Tx, id: string) {
  const plan = await findPlan(tx, id);
  if (plan === undefined) throw new Error(`there is no plan ${id}`);
  return plan;
}
