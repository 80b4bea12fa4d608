import { withTenant } from '@repo/db';
import { attributesSchema, type ProductAttribute } from '@repo/db/optimizer';
import { OutsideError } from '../net/request-json.ts';
import {
  dropIntent,
  findCandidates,
  type Intent,
  openIntent,
  type PublishCandidate,
  settleIntent,
} from '../queries/publications.ts';
import type { OptimizerDb } from '../queries/tx.ts';
import type { FindCatalog } from '../wix/catalogs.ts';
import type { GetAccessToken } from '../wix/shop-access.ts';

/** When the writer of an intent is taken for dead: reading and writing take a minute at most (WIX_BUDGET). */
export const INTENT_LIFE_MS = 120_000;

export interface PublishParts {
  readonly db: OptimizerDb;
  readonly findCatalog: FindCatalog;
  readonly accessToken: GetAccessToken;
}

/** What became of one item that was to be published. */
export type Publication = { readonly itemId: string } & (
  | { readonly outcome: 'published' | 'already published' | 'not found' | 'not done' | 'being published' }
  | { readonly outcome: 'changed since'; readonly expected: string; readonly found: string }
  | { readonly outcome: 'failed'; readonly reason: string }
);

/** Publishes items one after the other, each at most once: noted as intended, the product read, written, logged. */
export async function publishItems(
  parts: PublishParts,
  instanceId: string,
  itemIds: readonly string[],
): Promise<readonly Publication[]> {
  const found = await withTenant(
    parts.db,
    { instance_id: instanceId },
    (tx) => findCandidates(tx, instanceId, itemIds),
    {
      accessMode: 'read only',
    },
  );
  const byId = new Map(found.map((item) => [item.id, item]));
  const publications: Publication[] = [];
  for (const itemId of itemIds) {
    const item = byId.get(itemId);
    publications.push(
      item === undefined ? { itemId, outcome: 'not found' } : await publishItem(parts, instanceId, item),
    );
  }
  return publications;
}

async function publishItem(parts: PublishParts, instanceId: string, item: PublishCandidate): Promise<Publication> {
  const itemId = item.id;
  if (item.isPublished) return { itemId, outcome: 'already published' };
  if (item.status !== 'DONE') return { itemId, outcome: 'not done' };
  const inTenant = { instance_id: instanceId };
  const intent = await withTenant(parts.db, inTenant, (tx) => openIntent(tx, instanceId, itemId, INTENT_LIFE_MS));
  if (intent === undefined) return { itemId, outcome: 'being published' };
  const written = await writeIfUnchanged(parts, intent, item.before ?? '');
  if (written.outcome === 'unknown') return { itemId, outcome: 'failed', reason: written.reason };
  if (written.outcome !== 'published') {
    await withTenant(parts.db, inTenant, (tx) => dropIntent(tx, intent));
    return written;
  }
  // refused where a settler was faster, who has then logged what the shop says
  await withTenant(parts.db, inTenant, (tx) => settleIntent(tx, intent));
  return { itemId, outcome: 'published' };
}

type Written = Publication | { readonly outcome: 'unknown'; readonly reason: string };

async function writeIfUnchanged(parts: PublishParts, intent: Intent, expected: string): Promise<Written> {
  const { itemId, instanceId, productId, value } = intent;
  const attribute = parseAttribute(intent.attribute);
  let isSent = false;
  try {
    const accessToken = await parts.accessToken(instanceId);
    const catalog = await parts.findCatalog(instanceId, accessToken);
    const product = await catalog.readProduct({ accessToken }, productId);
    const found = product.texts[attribute];
    if (found !== value && found !== expected) return { itemId, outcome: 'changed since', expected, found };
    if (found !== value) {
      isSent = true;
      await catalog.writeText({ accessToken }, product, attribute, value);
    }
    return { itemId, outcome: 'published' };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    // without an answer, or with 5xx, the text may be there: the intent stays and is settled by reading the product
    const isUnknown = isSent && (error.status === undefined || error.status >= 500);
    return isUnknown
      ? { outcome: 'unknown', reason: error.message }
      : { itemId, outcome: 'failed', reason: error.message };
  }
}

/** Finds out what became of a text whose writer died, and notes it: published where the product has it, forgotten where not.
 *  @throws {OutsideError} where Wix cannot be asked: the intent stays */
export async function settleLeftOver(parts: PublishParts, intent: Intent): Promise<'published' | 'forgotten'> {
  const { instanceId, productId, value } = intent;
  const accessToken = await parts.accessToken(instanceId);
  const catalog = await parts.findCatalog(instanceId, accessToken);
  const product = await catalog.readProduct({ accessToken }, productId);
  const isThere = product.texts[parseAttribute(intent.attribute)] === value;
  await withTenant(parts.db, { instance_id: instanceId }, (tx) =>
    isThere ? settleIntent(tx, intent) : dropIntent(tx, intent),
  );
  return isThere ? 'published' : 'forgotten';
}

function parseAttribute(text: string): ProductAttribute {
  const [attribute] = attributesSchema.parse([text]);
  if (attribute === undefined) throw new Error('one attribute in, none out');
  return attribute;
}
