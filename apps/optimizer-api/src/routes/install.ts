import { Hono } from 'hono';
import { z } from 'zod';
import type { AppParts } from '../app.ts';
import type { AppEnv } from '../http/context.ts';
import { parseInput } from '../http/read-json.ts';
import { installShop, requireState, signState } from '../services/install.ts';

const startSchema = z.object({ token: z.string().min(1).max(4_096) });
const callbackSchema = z.object({ code: z.string().min(1).max(4_096), state: z.string().max(200) });

/** The installation: Wix opens /oauth/start, asks the owner, and comes back to /oauth/callback. */
export function installRoutes(parts: AppParts): Hono<AppEnv> {
  const { appId, appSecret, installerUrl, publicUrl } = parts.settings;
  return new Hono<AppEnv>()
    .get('/oauth/start', (context) => {
      const { token } = parseInput(startSchema, context.req.query());
      const url = new URL(installerUrl);
      url.search = String(
        new URLSearchParams({ token, appId, redirectUrl: `${publicUrl}/oauth/callback`, state: signState(appSecret) }),
      );
      return context.redirect(url.href);
    })
    .get('/oauth/callback', async (context) => {
      const { code, state } = parseInput(callbackSchema, context.req.query());
      requireState(state, appSecret);
      const instanceId = await installShop(parts, code);
      context.get('log').info({ instanceId }, 'a shop was installed');
      return context.json({ instanceId }, 200);
    });
}
