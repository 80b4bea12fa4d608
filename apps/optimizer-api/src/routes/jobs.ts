import { withTenant } from '@repo/db';
import { type Context, Hono } from 'hono';
import type { AppParts } from '../app.ts';
import type { AppEnv } from '../http/context.ts';
import { parseInput, readJson } from '../http/read-json.ts';
import { idempotencyKeySchema, idSchema, jobRequestSchema, pageQuerySchema } from '../http/schemas.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { showItem, showJob, showPage } from '../http/shown.ts';
import { Problem } from '../problems.ts';
import { findJob, pageOfItems, pageOfJobs, type ShownJob } from '../queries/jobs.ts';
import { findRunning } from '../queries/queue.ts';
import type { Tx } from '../queries/tx.ts';
import { cancelJob } from '../services/cancel-job.ts';
import { createJob } from '../services/create-job.ts';
import { streamProgress } from './job-events.ts';

/** Jobs of the tenant. A job of another tenant is not found, in the words of one that never was. */
export function jobRoutes(parts: AppParts): Hono<AppEnv> {
  const { db, settings } = parts;
  const secret = settings.cursorSecret;
  // every open dashboard of a shop asks for the same page
  const pages = new SharedReads();
  const requireJob = async (context: Context<AppEnv, '/jobs/:id'>): Promise<ShownJob> => {
    const [instanceId, jobId] = [context.get('instanceId'), parseJobId(context.req.param('id'))];
    const job = await withTenant(db, { instance_id: instanceId }, (tx) => findJob(tx, instanceId, jobId), {
      accessMode: 'read only',
    });
    if (job === undefined) throw noJob();
    return job;
  };
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
        JSON.stringify(
          showPage(await withTenant(db, { instance_id: instanceId }, read, { accessMode: 'read only' }), showJob),
        ),
      );
      return context.body(page, 200, { 'content-type': 'application/json' });
    })
    .get('/jobs/:id', async (context) => context.json(showJob(await requireJob(context))))
    .get('/jobs/:id/items', async (context) => {
      const { limit, cursor } = parseInput(pageQuerySchema, context.req.query());
      const [instanceId, jobId] = [context.get('instanceId'), parseJobId(context.req.param('id'))];
      const { page, running } = await withTenant(
        db,
        { instance_id: instanceId },
        async (tx) => {
          if ((await findJob(tx, instanceId, jobId)) === undefined) throw noJob();
          const found = await findRunning(tx, instanceId);
          return { page: await pageOfItems(tx, instanceId, jobId, { limit, cursor, secret }), running: found };
        },
        { accessMode: 'read only' },
      );
      return context.json(showPage(page, (item) => showItem(item, running)));
    })
    .post('/jobs/:id/cancel', async (context) =>
      context.json(showJob(await cancelJob(db, context.get('instanceId'), parseJobId(context.req.param('id'))))),
    )
    .get('/jobs/:id/events', async (context) => {
      const job = await requireJob(context);
      return streamProgress(context, parts.progress, String(job.id), () => requireJob(context));
    });
}

/** What is no id names no job. */
function parseJobId(text: string): bigint {
  const id = idSchema.safeParse(text);
  if (!id.success) throw noJob();
  return BigInt(id.data);
}

const noJob = () => new Problem('NOT_FOUND', 'there is no such job');
