import type { Page } from '@repo/db';
import type { JobItem, PublishLog } from '@repo/db/optimizer';
import type { z } from 'zod';
import type { ShownJob } from '../queries/jobs.ts';
import type { itemSchema, jobSchema, publishLogSchema } from './schemas.ts';

const moment = (at: Date | null) => at?.toISOString() ?? null;

export function showJob(job: ShownJob): z.infer<typeof jobSchema> {
  const { itemsTotal, itemsDone, itemsFailed, itemsPublished, id, createdAt, startedAt, finishedAt, ...rest } = job;
  const { status, sourceScope, attributes, targetLang, userPrompt, error } = rest;
  return {
    id: String(id),
    status,
    sourceScope,
    attributes: [...attributes],
    targetLang,
    userPrompt,
    createdAt: createdAt.toISOString(),
    startedAt: moment(startedAt),
    finishedAt: moment(finishedAt),
    error,
    progress: { total: itemsTotal, done: itemsDone, failed: itemsFailed, published: itemsPublished },
  };
}

/** An item that a worker holds is RUNNING: the queue says so, not the item's row. */
export function showItem(item: JobItem, running: ReadonlySet<string>): z.infer<typeof itemSchema> {
  const { id, productId, attribute, beforeValue, afterValue, error, publishedAt } = item;
  const isOpen = item.status === 'PENDING' || item.status === 'RUNNING';
  const status = !isOpen ? item.status : running.has(String(id)) ? 'RUNNING' : 'PENDING';
  return {
    id: String(id),
    productId,
    attribute,
    status,
    before: beforeValue,
    after: afterValue,
    error,
    publishedAt: moment(publishedAt),
  };
}

export function showPublishLog({
  id,
  productId,
  attribute,
  appliedValue,
  appliedAt,
}: PublishLog): z.infer<typeof publishLogSchema> {
  return { id: String(id), productId, attribute, appliedValue, appliedAt: appliedAt.toISOString() };
}

export function showPage<Row, Shown>({ rows, next, previous }: Page<Row>, show: (row: Row) => Shown) {
  return { rows: rows.map(show), next: next ?? null, previous: previous ?? null };
}
