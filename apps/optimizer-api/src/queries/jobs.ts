import { insertMany, paginate } from '@repo/db';
import { type Job, jobItems, jobs, type NewJob, type NewJobItem } from '@repo/db/optimizer';
import { and, eq } from '@repo/db/sql';
import type { Tx } from './tx.ts';

/** What a job is shown by; its source and key stay inside. */
const SHOWN = {
  id: jobs.id,
  status: jobs.status,
  targetLang: jobs.targetLang,
  userPrompt: jobs.userPrompt,
  attributes: jobs.attributes,
  sourceScope: jobs.sourceScope,
  createdAt: jobs.createdAt,
  startedAt: jobs.startedAt,
  finishedAt: jobs.finishedAt,
  error: jobs.error,
  itemsTotal: jobs.itemsTotal,
  itemsDone: jobs.itemsDone,
  itemsFailed: jobs.itemsFailed,
  itemsPublished: jobs.itemsPublished,
};

export type ShownJob = Pick<Job, keyof typeof SHOWN>;

export async function findJob(tx: Tx, instanceId: string, jobId: bigint): Promise<ShownJob | undefined> {
  const [row] = await tx
    .select(SHOWN)
    .from(jobs)
    .where(and(eq(jobs.instanceId, instanceId), eq(jobs.id, jobId)));
  return row;
}

export async function findJobByKey(tx: Tx, instanceId: string, key: string) {
  const [row] = await tx
    .select({ ...SHOWN, requestHash: jobs.requestHash })
    .from(jobs)
    .where(and(eq(jobs.instanceId, instanceId), eq(jobs.idempotencyKey, key)));
  return row;
}

export async function insertJob(tx: Tx, job: NewJob): Promise<ShownJob> {
  const [row] = await tx.insert(jobs).values(job).returning(SHOWN);
  if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
  return row;
}

/** All items in one statement, however many. */
export async function insertItems(tx: Tx, items: readonly NewJobItem[]): Promise<void> {
  await insertMany(tx, jobItems, items);
}

export interface PageOf {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly secret: string;
}

/** One shop's jobs, newest first. */
export function pageOfJobs(tx: Tx, instanceId: string, page: PageOf) {
  return paginate(tx, jobs, {
    ...page,
    where: eq(jobs.instanceId, instanceId),
    orderBy: [
      { key: 'createdAt', direction: 'desc' },
      { key: 'id', direction: 'desc' },
    ],
    scope: instanceId,
  });
}

/** A job's items in the order of their ids. The caller has seen that the job is the tenant's. */
export function pageOfItems(tx: Tx, instanceId: string, jobId: bigint, page: PageOf) {
  return paginate(tx, jobItems, {
    ...page,
    where: eq(jobItems.jobId, jobId),
    orderBy: [{ key: 'id', direction: 'asc' }],
    scope: `${instanceId}/${jobId}`,
  });
}
