import { Hono } from 'hono';
import type { AppParts } from '../app.ts';
import { parseWixEvent } from '../crypto/webhook-jwt.ts';
import type { AppEnv } from '../http/context.ts';
import { readText } from '../http/read-json.ts';
import { applyBillingEvent } from '../services/billing-event.ts';

const EVENT_MAX_BYTES = 65_536;

/** What Wix tells of payments: a signed token as the body. Any answer but 200 makes Wix send it again. */
export function billingRoutes({ db, settings }: AppParts): Hono<AppEnv> {
  const { webhookPublicKey, planProducts } = settings;
  return new Hono<AppEnv>().post('/billing/webhook', async (context) => {
    const event = parseWixEvent(await readText(context, EVENT_MAX_BYTES), webhookPublicKey);
    const outcome = await applyBillingEvent({ db, planProducts }, event);
    context.get('log').info({ event: event.type, instanceId: event.instanceId, outcome }, 'a billing event');
    return context.json({ outcome });
  });
}
