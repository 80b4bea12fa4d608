import { withTenant } from '@repo/db';
import { Hono } from 'hono';
import type { AppParts } from '../app.ts';
import type { AppEnv } from '../http/context.ts';
import { parseInput, readJson } from '../http/read-json.ts';
import { idempotencyKeySchema, jobRequestSchema, pageQuerySchema } from '../http/schemas.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { showItem, showJob, showPage } from '../http/shown.ts';
import { findJob, pageOfItems, pageOfJobs } from '../queries/jobs.ts';
import { findRunning } from '../queries/queue.ts';
import type { Tx } from '../queries/tx.ts';
import { cancelJob } from '../services/cancel-job.ts';
import { createJob } from '../services/create-job.ts';
import { noJob, parseJobId, requireJob } from './require-job.ts';

const READ_ONLY = { accessMode: 'read only' } as const;

/** Jobs of the tenant. A job of another tenant is not found, in the words of one that never was. */
export function jobRoutes(parts: AppParts): Hono<AppEnv> {
  const { db, settings } = parts;
  const secret = settings.cursorSecret;
  // every open dashboard of a shop asks for the same page
  const pages = new SharedReads<string>();
  return new Hono<AppEnv>()
    .post('/jobs', async (context) => {
      const key = parseInput(idempotencyKeySchema, context.req.header('idempotency-key'));
      const request = await readJson(context, jobRequestSchema);
      const { job, isNew } = await createJob(parts, context.get('instanceId'), request, key);
      return context.json(showJob(job), isNew ? 201 : 200, { location: `/jobs/${job.id}` });
    })
    .get('/jobs', async (context) => {
      const { limit, cursor } = parseInput(pageQuerySchema, context.req.query());
      const instanceId = context.get('instanceId');
      const read = (tx: Tx) => pageOfJobs(tx, instanceId, { limit, cursor, secret });
      const page = await pages.read(JSON.stringify([instanceId, limit, cursor]), async () =>
        JSON.stringify(showPage(await withTenant(db, { instance_id: instanceId }, read, READ_ONLY), showJob)),
      );
      return context.body(page, 200, { 'content-type': 'application/json' });
    })
    .get('/jobs/:id', async (context) =>
      context.json(showJob(await requireJob(db, context.get('instanceId'), parseJobId(context.req.param('id'))))),
    )
    .get('/jobs/:id/items', async (context) => {
      const { limit, cursor } = parseInput(pageQuerySchema, context.req.query());
      const [instanceId, jobId] = [context.get('instanceId'), parseJobId(context.req.param('id'))];
      const read = async (tx: Tx) => {
        if ((await findJob(tx, instanceId, jobId)) === undefined) throw noJob();
        const running = await findRunning(tx, instanceId);
        return { running, page: await pageOfItems(tx, instanceId, jobId, { limit, cursor, secret }) };
      };
      const { page, running } = await withTenant(db, { instance_id: instanceId }, read, READ_ONLY);
      return context.json(showPage(page, (item) => showItem(item, running)));
    })
    .post('/jobs/:id/cancel', async (context) =>
      context.json(showJob(await cancelJob(db, context.get('instanceId'), parseJobId(context.req.param('id'))))),
    );
}
