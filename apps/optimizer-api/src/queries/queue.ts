import type { OptimizerDb, Tx } from './tx.ts';

/** Channel that wakes workers: one notification a job. */
export const WORK_CHANNEL = 'optimizer_work';
/** Channel that tells of progress; its payload is a job's id. */
export const PROGRESS_CHANNEL = 'optimizer_progress';

/** An item that this worker holds until its lease ends. */
export interface ClaimedItem {
  readonly id: string;
  readonly jobId: string;
  readonly instanceId: string;
  readonly productId: string;
  readonly attribute: string;
  /** How often it was begun, this time included. */
  readonly attempts: number;
  readonly fence: number;
  readonly targetLang: string;
  readonly userPrompt: string;
}

/** What became of a claimed item. PENDING puts it back, to be claimed after `delayMs`; `untried` as if it had not been claimed. */
export interface ItemResult {
  readonly item: ClaimedItem;
  readonly status: 'DONE' | 'FAILED' | 'PENDING';
  readonly before?: string | null;
  readonly after?: string;
  readonly error?: string;
  readonly delayMs?: number;
  readonly untried?: boolean;
}

export interface ClaimLimits {
  readonly wanted: number;
  readonly leaseMs: number;
  readonly perShopMax: number;
}

/** Writes results and claims new items in one round trip. A result whose claim is over is passed over.
 *  Source: packages/db/src/optimizer/functions */
export async function exchangeItems(
  db: OptimizerDb,
  results: readonly ItemResult[],
  { wanted, leaseMs, perShopMax }: ClaimLimits,
): Promise<readonly ClaimedItem[]> {
  const { rows } = await db.query<ClaimedItem>(
    `SELECT id, job_id AS "jobId", shop AS "instanceId", product_id AS "productId", attribute, attempts, fence,
       target_lang AS "targetLang", user_prompt AS "userPrompt"
     FROM optimizer.exchange_items($1::text::json, $2, $3, $4)`,
    [JSON.stringify(results.map(toRecord)), wanted, leaseMs, perShopMax],
  );
  return rows;
}

function toRecord({ item, status, before, after, error, delayMs, untried }: ItemResult): object {
  return {
    shop: item.instanceId,
    id: item.id,
    fence: item.fence,
    status,
    before,
    after,
    error,
    delay_ms: delayMs,
    untried,
  };
}

/** Lengthens leases. An item whose row somebody has locked is left to the next beat.
 *  @returns the ids of items whose claim is over: somebody else has them, or the job was canceled */
export async function extendLeases(
  db: OptimizerDb,
  items: readonly ClaimedItem[],
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    `WITH held AS (
       SELECT * FROM json_to_recordset($1::text::json) AS h(id bigint, fence integer)
     ), extended AS (
       UPDATE optimizer.job_items AS i SET available_at = clock_timestamp() + $2 * interval '1 millisecond'
       WHERE i.id IN (
         SELECT o.id FROM optimizer.job_items AS o JOIN held ON held.id = o.id AND held.fence = o.fence
         WHERE o.status = 'RUNNING' ORDER BY o.id FOR UPDATE OF o SKIP LOCKED
       )
     )
     SELECT h.id FROM held AS h
     WHERE NOT EXISTS (SELECT FROM optimizer.job_items AS i WHERE i.id = h.id AND i.fence = h.fence AND i.status = 'RUNNING')`,
    [JSON.stringify(items.map(({ id, fence }) => ({ id, fence }))), leaseMs],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Makes the shop's queue due, and wakes a worker when the transaction commits. */
export async function enqueueShop(tx: Tx, instanceId: string): Promise<void> {
  await tx.query(
    `INSERT INTO optimizer.shop_queues (instance_id, next_at) VALUES ($1, clock_timestamp())
     ON CONFLICT (instance_id) DO UPDATE SET next_at = least(optimizer.shop_queues.next_at, excluded.next_at)`,
    [instanceId],
  );
  await tx.notify(WORK_CHANNEL);
}

/** Ends an open job: its open items become FAILED, and whoever works on them is refused from then on.
 *  @returns how many items that were, NULL where the job has ended already */
export async function cancelJob(tx: Tx, instanceId: string, jobId: bigint): Promise<number | null> {
  await tx.query('SELECT FROM optimizer.shop_queues WHERE instance_id = $1 FOR UPDATE', [instanceId]);
  const { rows } = await tx.query<{ stopped: number }>(
    `WITH canceled AS (
       UPDATE optimizer.jobs SET status = 'CANCELED', finished_at = clock_timestamp(),
         items_failed = items_total - items_done
       WHERE id = $2 AND instance_id = $1 AND status IN ('PENDING', 'RUNNING') RETURNING id
     ), stopped AS (
       UPDATE optimizer.job_items SET status = 'FAILED', error = 'the job was canceled', fence = fence + 1, updated_at = clock_timestamp()
       WHERE job_id IN (SELECT id FROM canceled) AND status IN ('PENDING', 'RUNNING') RETURNING 1
     )
     SELECT (SELECT count(*) FROM stopped)::integer AS stopped FROM canceled`,
    [instanceId, jobId],
  );
  await tx.notify(PROGRESS_CHANNEL, String(jobId));
  return rows[0]?.stopped ?? null;
}

/** Tells whoever watches these jobs. */
export async function notifyProgress(db: OptimizerDb, jobIds: readonly string[]): Promise<void> {
  await db.query('SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id', [PROGRESS_CHANNEL, jobIds]);
}
