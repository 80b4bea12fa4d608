import { attributesSchema } from '@repo/db/optimizer';
import { productPrompt } from '../models/product-prompt.ts';
import type { ModelProvider } from '../models/provider.ts';
import type { ClaimedItem } from '../queries/queue.ts';
import type { FindCatalog } from '../wix/catalogs.ts';
import { type GetAccessToken, withAccessToken } from '../wix/shop-access.ts';

/** The work of one item: what the product said, and what the model made of it. Aborting ends it soon. */
export type ProcessItem = (
  item: ClaimedItem,
  signal: AbortSignal,
) => Promise<{ readonly before: string; readonly after: string }>;

/** Reads the product at Wix and asks the model. Nothing is written to the shop. */
export function createOptimizeItem(parts: {
  readonly findCatalog: FindCatalog;
  readonly accessToken: GetAccessToken;
  readonly model: ModelProvider;
}): ProcessItem {
  return async ({ instanceId, productId, attribute, targetLang, userPrompt }, signal) => {
    const [wanted] = attributesSchema.parse([attribute]);
    if (wanted === undefined) throw new Error('one attribute in, none out');
    const { texts } = await withAccessToken(parts.accessToken, instanceId, async (accessToken) => {
      const catalog = await parts.findCatalog(instanceId, accessToken, signal);
      return await catalog.readProduct({ accessToken, signal }, productId);
    });
    const answer = await parts.model.complete(
      productPrompt({ attribute: wanted, texts, targetLang, userPrompt }),
      signal,
    );
    return { before: texts[wanted], after: answer.trim() };
  };
}
