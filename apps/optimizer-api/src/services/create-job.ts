import { createHash } from 'node:crypto';
import { withTenant } from '@repo/db';
import type { NewJobItem, ProductAttribute } from '@repo/db/optimizer';
import { OutsideError } from '../net/request-json.ts';
import { Problem } from '../problems.ts';
import { reserveCredits } from '../queries/credits.ts';
import { lockInstance } from '../queries/instances.ts';
import { findJobByKey, insertItems, insertJob, type ShownJob } from '../queries/jobs.ts';
import { enqueueShop } from '../queries/queue.ts';
import type { OptimizerDb, Tx } from '../queries/tx.ts';
import type { FindCatalog } from '../wix/catalogs.ts';
import { type GetAccessToken, withAccessToken } from '../wix/shop-access.ts';

/** Items of one job at most. */
export const ITEMS_MAX = 100_000;

export interface JobRequest {
  readonly sourceScope: 'products' | 'collections';
  readonly sourceIds: readonly string[];
  readonly attributes: readonly ProductAttribute[];
  readonly targetLang: string;
  readonly userPrompt: string;
}

export interface JobParts {
  readonly db: OptimizerDb;
  readonly findCatalog: FindCatalog;
  readonly accessToken: GetAccessToken;
}

/** Reserves the credits, inserts the job and all its items and wakes a worker, all or nothing. A second call with the same key and the
 *  same request gives the first one's job.
 *  @throws {Problem} CREDITS_TOO_FEW, KEY_REUSED, INSTANCE_UNKNOWN, NOTHING_TO_DO, INPUT_INVALID, WIX_FAILED */
export async function createJob(
  parts: JobParts,
  instanceId: string,
  request: JobRequest,
  key: string | undefined,
): Promise<{ readonly job: ShownJob; readonly isNew: boolean }> {
  const { db } = parts;
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const earlier = await withTenant(db, { instance_id: instanceId }, (tx) => findEarlier(tx, instanceId, key, hash), {
    accessMode: 'read only',
  });
  if (earlier !== undefined) return { job: earlier, isNew: false };
  const productIds = await productsOf(parts, instanceId, request);
  const items = countItems(productIds, request);
  return await withTenant(db, { instance_id: instanceId }, async (tx) => {
    const shop = await lockInstance(tx, instanceId);
    if (shop === undefined) throw new Problem('INSTANCE_UNKNOWN', 'install the app first');
    // under the lock: of two calls with one key the second finds the first one's job
    const other = await findEarlier(tx, instanceId, key, hash);
    if (other !== undefined) return { job: other, isNew: false };
    const creditsLeft = shop.creditsTotal - shop.creditsUsedMonth;
    if (creditsLeft < items)
      throw new Problem('CREDITS_TOO_FEW', `the job needs ${items} credits and ${creditsLeft} are left`, {
        creditsNeeded: items,
        creditsLeft,
      });
    const job = await insertJob(tx, {
      instanceId,
      ...request,
      itemsTotal: items,
      ...(key !== undefined && { idempotencyKey: key, requestHash: hash }),
    });
    await reserveCredits(tx, instanceId, job.id, items);
    await insertItems(tx, itemsOf(job.id, productIds, request.attributes));
    await enqueueShop(tx, instanceId);
    return { job, isNew: true };
  });
}

function countItems(productIds: readonly string[], { attributes }: JobRequest): number {
  const items = productIds.length * attributes.length;
  if (items <= ITEMS_MAX) return items;
  throw new Problem('INPUT_INVALID', `a job has at most ${ITEMS_MAX} items, this one would have ${items}`, {
    items,
    itemsMax: ITEMS_MAX,
  });
}

async function findEarlier(
  tx: Tx,
  instanceId: string,
  key: string | undefined,
  hash: string,
): Promise<ShownJob | undefined> {
  if (key === undefined) return undefined;
  const found = await findJobByKey(tx, instanceId, key);
  if (found === undefined) return undefined;
  const { requestHash, ...job } = found;
  if (requestHash === hash) return job;
  throw new Problem('KEY_REUSED', 'this idempotency key was sent with another request before; take a new one', {
    jobId: String(job.id),
  });
}

async function productsOf(parts: JobParts, instanceId: string, request: JobRequest): Promise<readonly string[]> {
  if (request.sourceScope === 'products') return request.sourceIds;
  try {
    const ids = await withAccessToken(parts.accessToken, instanceId, async (accessToken) => {
      const catalog = await parts.findCatalog(instanceId, accessToken);
      return await catalog.listProductIds({ accessToken }, request.sourceIds, ITEMS_MAX);
    });
    if (ids.length === 0) throw new Problem('NOTHING_TO_DO', 'choose collections with products in them');
    return ids;
  } catch (error) {
    if (error instanceof OutsideError) throw new Problem('WIX_FAILED', error.message, {}, error);
    throw error;
  }
}

function itemsOf(jobId: bigint, productIds: readonly string[], attributes: readonly ProductAttribute[]): NewJobItem[] {
  return productIds.flatMap((productId) => attributes.map((attribute) => ({ jobId, productId, attribute })));
}
