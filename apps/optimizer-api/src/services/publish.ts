import { withTenant } from '@repo/db';
import { attributesSchema, type ProductAttribute } from '@repo/db/optimizer';
import type { Logger } from '../log.ts';
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
import { type GetAccessToken, withAccessToken } from '../wix/shop-access.ts';

/** When the writer of an intent is taken for dead: a new token, the catalog's version, reading and writing take half a minute each at most
 *  (WIX_BUDGET). */
export const INTENT_LIFE_MS = 150_000;

export interface PublishParts {
  readonly log: Logger;
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

/** Publishes items one after the other, each at most once: noted as intended, the product read, written, logged. Where the database fails
 *  in between, or `signal` says that nobody waits for the answer any more, the items behind are not tried. */
export async function publishItems(
  parts: PublishParts,
  instanceId: string,
  itemIds: readonly string[],
  signal: AbortSignal,
): Promise<readonly Publication[]> {
  const inTenant = { instance_id: instanceId };
  const found = await withTenant(parts.db, inTenant, (tx) => findCandidates(tx, instanceId, itemIds), {
    accessMode: 'read only',
  });
  const byId = new Map(found.map((item) => [item.id, item]));
  const publications: Publication[] = [];
  let isBroken = false;
  for (const itemId of itemIds) {
    const item = byId.get(itemId);
    if (item === undefined) publications.push({ itemId, outcome: 'not found' });
    else if (isBroken || signal.aborted) publications.push({ itemId, outcome: 'failed', reason: 'it was not tried' });
    else {
      const publication = await publishItem(parts, instanceId, item).catch((error: unknown) => {
        isBroken = true;
        return failed(parts.log, itemId, error);
      });
      publications.push(publication);
    }
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
    return await withAccessToken(parts.accessToken, instanceId, async (accessToken) => {
      const catalog = await parts.findCatalog(instanceId, accessToken);
      const product = await catalog.readProduct({ accessToken }, productId);
      const found = product.texts[attribute];
      if (found !== value && found !== expected) return { itemId, outcome: 'changed since', expected, found };
      if (found !== value) {
        isSent = true;
        await catalog.writeText({ accessToken }, product, attribute, value);
      }
      return { itemId, outcome: 'published' };
    });
  } catch (error) {
    // without an answer, or with 5xx, the text may be there: the intent stays and is settled by reading the product
    const isRefused = error instanceof OutsideError && error.status !== undefined && error.status < 500;
    const failure = failed(parts.log, itemId, error);
    return isSent && !isRefused ? { ...failure, outcome: 'unknown' } : failure;
  }
}

/** An item whose publication failed. What is no answer of Wix is logged, and not shown. */
function failed(log: Logger, itemId: string, error: unknown) {
  const outcome = 'failed' as const;
  if (error instanceof OutsideError) return { itemId, outcome, reason: error.message };
  log.error({ error, itemId }, 'a publication failed');
  return { itemId, outcome, reason: 'the fault is on our side; try again in some minutes' };
}

/** Finds out what became of a text whose writer died, and notes it: published where the product has it, forgotten where not.
 *  @throws {OutsideError} where Wix cannot be asked, {Error} where the shop's tokens do not open: the intent stays */
export async function settleLeftOver(parts: PublishParts, intent: Intent): Promise<'published' | 'forgotten'> {
  const { instanceId, productId, value } = intent;
  const product = await withAccessToken(parts.accessToken, instanceId, async (accessToken) => {
    const catalog = await parts.findCatalog(instanceId, accessToken);
    return await catalog.readProduct({ accessToken }, productId);
  });
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
