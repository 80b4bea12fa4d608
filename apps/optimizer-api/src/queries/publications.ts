import type { Tx } from './tx.ts';

/** An item that may be published, or why not. */
export interface PublishCandidate {
  readonly id: string;
  readonly jobId: string;
  readonly productId: string;
  readonly attribute: string;
  readonly status: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly isPublished: boolean;
}

/** Those of the items that are the tenant's, in the order of their ids. */
export async function findCandidates(
  tx: Tx,
  instanceId: string,
  itemIds: readonly string[],
): Promise<readonly PublishCandidate[]> {
  const { rows } = await tx.query<PublishCandidate>(
    `SELECT i.id, i.job_id AS "jobId", i.product_id AS "productId", i.attribute, i.status::text, i.before_value AS before,
       i.after_value AS after, i.published_at IS NOT NULL AS "isPublished"
     FROM optimizer.job_items AS i JOIN optimizer.jobs AS j ON j.id = i.job_id
     WHERE j.instance_id = $1 AND i.id = ANY ($2::bigint[]) ORDER BY i.id`,
    [instanceId, itemIds],
  );
  return rows;
}

/** A text that is being written to a shop, and who writes it. */
export interface Intent {
  readonly itemId: string;
  readonly instanceId: string;
  readonly productId: string;
  readonly attribute: string;
  readonly value: string;
  readonly token: string;
}

const INTENT = `job_item_id AS "itemId", instance_id AS "instanceId", product_id AS "productId", attribute, value, token`;

/** Whoever opens or settles an intent holds its item: a text that was published a moment ago is seen as published. */
async function lockItem(tx: Tx, itemId: string): Promise<void> {
  await tx.query('SELECT FROM optimizer.job_items WHERE id = $1 FOR NO KEY UPDATE', [itemId]);
}

/** Notes what is about to be written; undefined where the item is published or somebody is at it. */
export async function openIntent(
  tx: Tx,
  instanceId: string,
  itemId: string,
  lifeMs: number,
): Promise<Intent | undefined> {
  await lockItem(tx, itemId);
  const { rows } = await tx.query<Intent>(
    `INSERT INTO optimizer.publish_intents (job_item_id, instance_id, product_id, attribute, value, expires_at)
     SELECT i.id, j.instance_id, i.product_id, i.attribute, i.after_value, now() + $3 * interval '1 millisecond'
     FROM optimizer.job_items AS i JOIN optimizer.jobs AS j ON j.id = i.job_id
     WHERE i.id = $2 AND j.instance_id = $1 AND i.status = 'DONE' AND i.after_value IS NOT NULL AND i.published_at IS NULL
     ON CONFLICT (job_item_id) DO NOTHING
     RETURNING ${INTENT}`,
    [instanceId, itemId, lifeMs],
  );
  return rows[0];
}

/** Takes what dead writers left over; theirs is refused from then on. */
export async function takeOverIntents(tx: Tx, limit: number, lifeMs: number): Promise<readonly Intent[]> {
  const { rows } = await tx.query<Intent>(
    `UPDATE optimizer.publish_intents SET token = gen_random_uuid(), expires_at = now() + $2 * interval '1 millisecond'
     WHERE job_item_id IN (
       SELECT job_item_id FROM optimizer.publish_intents WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
     )
     RETURNING ${INTENT}`,
    [limit, lifeMs],
  );
  return rows;
}

/** Forgets an intent that was not carried out. @returns false where somebody else has it by now */
export async function dropIntent(tx: Tx, { instanceId, itemId, token }: Intent): Promise<boolean> {
  const { rowCount } = await tx.query(
    'DELETE FROM optimizer.publish_intents WHERE job_item_id = $1 AND token = $2 AND instance_id = $3',
    [itemId, token, instanceId],
  );
  return rowCount > 0;
}

/** Turns an intent that was carried out into a log row, and counts the item as published: once. */
export async function settleIntent(tx: Tx, intent: Intent): Promise<boolean> {
  await lockItem(tx, intent.itemId);
  if (!(await dropIntent(tx, intent))) return false;
  await tx.query(
    `WITH logged AS (
       INSERT INTO optimizer.publish_logs (instance_id, product_id, attribute, applied_value, job_item_id)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (job_item_id) DO NOTHING
     ), item AS (
       UPDATE optimizer.job_items SET published_at = clock_timestamp(), updated_at = clock_timestamp()
       WHERE id = $5 AND published_at IS NULL RETURNING job_id
     )
     UPDATE optimizer.jobs SET items_published = items_published + 1 WHERE id IN (SELECT job_id FROM item) AND instance_id = $1`,
    [intent.instanceId, intent.productId, intent.attribute, intent.value, intent.itemId],
  );
  return true;
}
