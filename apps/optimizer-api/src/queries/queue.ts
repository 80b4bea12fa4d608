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
  // all workers lock shops in one order
  const given = results.toSorted((a, b) => (a.item.instanceId < b.item.instanceId ? -1 : 1));
  const { rows } = await db.query<ClaimedItem>(
    `SELECT id, job_id AS "jobId", shop AS "instanceId", product_id AS "productId", attribute, attempts, fence,
       target_lang AS "targetLang", user_prompt AS "userPrompt"
     FROM optimizer.exchange_items($1::text[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::integer[], $9, $10, $11)`,
    [
      given.map(({ item }) => item.instanceId),
      given.map(({ item }) => item.id),
      given.map(({ item }) => item.fence),
      given.map(({ status, untried }) => (untried === true ? 'UNTRIED' : status)),
      given.map(({ before }) => storable(before)),
      given.map(({ after }) => storable(after)),
      given.map(({ error }) => storable(error)),
      given.map(({ delayMs }) => delayMs ?? 0),
      wanted,
      leaseMs,
      perShopMax,
    ],
  );
  return rows;
}

/** What PostgreSQL keeps of a text: it knows no NUL, and no half of a surrogate pair. A result that it refused would be handed in for ever. */
function storable(text: string | null | undefined): string | null {
  return text?.replaceAll('\0', '').toWellFormed() ?? null;
}

/** Lengthens leases.
 *  @returns the ids of items whose claim is over: somebody else has them, or the job was canceled */
export async function extendLeases(
  db: OptimizerDb,
  items: readonly ClaimedItem[],
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  const given = [items.map(({ instanceId }) => instanceId), items.map(({ id }) => id), items.map(({ fence }) => fence)];
  return await db.transaction(async (tx) => {
    await tx.query(
      'SELECT FROM optimizer.shop_queues WHERE instance_id = ANY ($1::text[]) ORDER BY instance_id COLLATE "C" FOR UPDATE',
      given.slice(0, 1),
    );
    await tx.query(
      `UPDATE optimizer.shop_queues AS q
       SET running_until = ARRAY(
         SELECT CASE WHEN EXISTS (SELECT FROM unnest($2::bigint[], $3::integer[]) AS g(id, fence) WHERE g.id = r.id AND g.fence = r.fence)
           THEN clock_timestamp() + $4 * interval '1 millisecond' ELSE r.until END
         FROM unnest(q.running_ids, q.running_fences, q.running_until) WITH ORDINALITY AS r(id, fence, until, place)
         ORDER BY r.place)
       WHERE q.instance_id = ANY ($1::text[])`,
      [...given, leaseMs],
    );
    const { rows } = await tx.query<{ id: string }>(
      `SELECT g.id FROM unnest($1::text[], $2::bigint[], $3::integer[]) AS g(shop, id, fence)
       WHERE NOT EXISTS (SELECT FROM optimizer.shop_queues AS q
         WHERE q.instance_id = g.shop AND q.running_fences[array_position(q.running_ids, g.id)] = g.fence)`,
      given,
    );
    return new Set(rows.map(({ id }) => id));
  });
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
       UPDATE optimizer.job_items SET status = 'FAILED', error = 'the job was canceled', updated_at = clock_timestamp()
       WHERE job_id IN (SELECT id FROM canceled) AND status IN ('PENDING', 'RUNNING') RETURNING id
     ), freed AS (
       UPDATE optimizer.shop_queues AS q
       SET (running_ids, running_fences, running_until) = (
           SELECT coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.fence), '{}'), coalesce(array_agg(r.until), '{}')
           FROM unnest(q.running_ids, q.running_fences, q.running_until) AS r(id, fence, until)
           WHERE r.id NOT IN (SELECT id FROM stopped)),
         next_at = least(q.next_at, clock_timestamp())
       WHERE q.instance_id = $1
     )
     SELECT (SELECT count(*) FROM stopped)::integer AS stopped FROM canceled`,
    [instanceId, jobId],
  );
  await tx.notify(PROGRESS_CHANNEL, String(jobId));
  return rows[0]?.stopped ?? null;
}

/** Items of one shop that workers hold. */
export async function findRunning(tx: Tx, instanceId: string): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>(
    'SELECT unnest(running_ids) AS id FROM optimizer.shop_queues WHERE instance_id = $1',
    [instanceId],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Tells whoever watches these jobs. */
export async function notifyProgress(db: OptimizerDb, jobIds: readonly string[]): Promise<void> {
  await db.query('SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id', [PROGRESS_CHANNEL, jobIds]);
}
