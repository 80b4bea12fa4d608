import { z } from 'zod';
import { requestJson } from '../net/request-json.ts';
import { WIX_BUDGET } from './budget.ts';
import type { Catalog, CatalogAccess } from './product.ts';
import { seoDataSchema, seoDescription, seoTitle, withSeoText } from './seo-tags.ts';

const productSchema = z.object({
  id: z.string(),
  revision: z.string(),
  name: z.string(),
  plainDescription: z.string().nullish(),
  seoData: seoDataSchema.nullish(),
});
const answerSchema = z.object({ product: productSchema });
const sourceSchema = z.object({ revision: z.string(), seoData: seoDataSchema.nullish() });
const pageSchema = z.object({
  products: z.array(z.object({ id: z.string() })),
  pagingMetadata: z.object({ cursors: z.object({ next: z.string().nullish() }).nullish() }).nullish(),
});
const PAGE = 100;

/** Wix Stores Catalog V3. A write names the revision that was read, so Wix refuses it when somebody was faster.
 *  Source: Wix REST reference, Stores, Catalog V3 */
export function createCatalogV3(baseUrl: string): Catalog {
  const products = `${baseUrl}/stores/v3/products`;
  const common = ({ accessToken, signal }: CatalogAccess) => ({
    service: 'wix',
    headers: { authorization: accessToken },
    budget: WIX_BUDGET,
    signal,
  });
  return {
    async readProduct(access, productId) {
      const url = `${products}/${encodeURIComponent(productId)}?fields=PLAIN_DESCRIPTION`;
      const { product } = await requestJson({ ...common(access), url, schema: answerSchema });
      const { name, plainDescription, seoData, revision } = product;
      const description = plainDescription ?? '';
      const texts = { name, description, seoTitle: seoTitle(seoData), seoDescription: seoDescription(seoData) };
      return { id: product.id, texts, source: { revision, seoData } };
    },
    async writeText(access, { id, source }, attribute, text) {
      const { revision, seoData } = sourceSchema.parse(source);
      const change =
        attribute === 'name'
          ? { name: text }
          : attribute === 'description'
            ? { plainDescription: text }
            : { seoData: withSeoText(seoData, attribute, text) };
      const body = { product: { id, revision, ...change } };
      const url = `${products}/${encodeURIComponent(id)}`;
      await requestJson({ ...common(access), url, method: 'PATCH', body, schema: z.unknown() });
    },
    async listProductIds(access, collectionIds, max) {
      const ids = new Set<string>();
      const filter = { 'allCategoriesInfo.categories': { $matchItems: [{ id: { $in: collectionIds } }] } };
      let cursor: string | undefined;
      do {
        const cursorPaging = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
        const body = { search: cursor === undefined ? { filter, cursorPaging } : { cursorPaging } };
        const url = `${products}/search`;
        const page = await requestJson({ ...common(access), url, method: 'POST', body, schema: pageSchema });
        for (const { id } of page.products) ids.add(id);
        cursor = page.pagingMetadata?.cursors?.next || undefined;
      } while (cursor !== undefined && ids.size <= max);
      return [...ids];
    },
  };
}
