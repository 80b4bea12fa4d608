import { withTenant } from '@repo/db';
import { Hono } from 'hono';
import type { AppParts } from '../app.ts';
import type { AppEnv } from '../http/context.ts';
import { parseInput, readJson } from '../http/read-json.ts';
import { pageQuerySchema, publishRequestSchema } from '../http/schemas.ts';
import { showPage, showPublishLog } from '../http/shown.ts';
import { Problem } from '../problems.ts';
import { pageOfPublishLogs } from '../queries/publish-logs.ts';
import { publishItems } from '../services/publish.ts';

/** Writing to the shop, and what was written. */
export function publishRoutes(parts: AppParts): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post('/publish', async (context) => {
      const { itemIds } = await readJson(context, publishRequestSchema);
      const ownParts = { ...parts, log: context.get('log') };
      const results = await publishItems(ownParts, context.get('instanceId'), itemIds, context.req.raw.signal);
      const refused = results.filter(({ outcome }) => outcome !== 'published' && outcome !== 'already published');
      if (refused.length === results.length && results.every(({ outcome }) => outcome === 'not found'))
        throw new Problem('NOT_FOUND', 'there are no such items', { results });
      if (refused.length > 0)
        throw new Problem('PUBLISH_REFUSED', `${refused.length} of ${results.length} items were not published`, {
          results,
        });
      return context.json({ results });
    })
    .get('/publish-logs', async (context) => {
      const { limit, cursor } = parseInput(pageQuerySchema, context.req.query());
      const instanceId = context.get('instanceId');
      const secret = parts.settings.cursorSecret;
      const page = await withTenant(
        parts.db,
        { instance_id: instanceId },
        (tx) => pageOfPublishLogs(tx, instanceId, { limit, cursor, secret }),
        { accessMode: 'read only' },
      );
      return context.json(showPage(page, showPublishLog));
    });
}
