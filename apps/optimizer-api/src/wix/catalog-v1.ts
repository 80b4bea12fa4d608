import { z } from 'zod';
import { requestJson } from '../net/request-json.ts';
import { WIX_BUDGET } from './budget.ts';
import type { Catalog, CatalogAccess } from './product.ts';
import { seoDataSchema, seoDescription, seoTitle, withSeoText } from './seo-tags.ts';

const productSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  seoData: seoDataSchema.nullish(),
});
const answerSchema = z.object({ product: productSchema });
const pageSchema = z.object({ products: z.array(z.object({ id: z.string() })) });
const PAGE = 100;

/** Wix Stores Catalog V1: reads by stores-reader/v1, writes by stores/v1.
 *  Source: Wix REST reference, Stores, Catalog V1 */
export function createCatalogV1(baseUrl: string): Catalog {
  const common = ({ accessToken, signal }: CatalogAccess) => ({
    service: 'wix',
    headers: { authorization: accessToken },
    budget: WIX_BUDGET,
    signal,
  });
  return {
    async readProduct(access, productId) {
      const url = `${baseUrl}/stores-reader/v1/products/${encodeURIComponent(productId)}`;
      const { product } = await requestJson({ ...common(access), url, schema: answerSchema });
      const { name, description, seoData } = product;
      const texts = {
        name,
        description: description ?? '',
        seoTitle: seoTitle(seoData),
        seoDescription: seoDescription(seoData),
      };
      return { id: product.id, texts, source: seoData };
    },
    async writeText(access, product, attribute, text) {
      const change =
        attribute === 'name' || attribute === 'description'
          ? { [attribute]: text }
          : { seoData: withSeoText(seoDataSchema.nullish().parse(product.source), attribute, text) };
      const url = `${baseUrl}/stores/v1/products/${encodeURIComponent(product.id)}`;
      await requestJson({ ...common(access), url, method: 'PATCH', body: { product: change }, schema: z.unknown() });
    },
    async listProductIds(access, collectionIds, max) {
      const ids = new Set<string>();
      const filter = JSON.stringify({ 'collections.id': { $hasSome: collectionIds } });
      for (let offset = 0; ids.size <= max; offset += PAGE) {
        const body = { query: { filter, paging: { limit: PAGE, offset } } };
        const url = `${baseUrl}/stores-reader/v1/products/query`;
        const { products } = await requestJson({ ...common(access), url, method: 'POST', body, schema: pageSchema });
        for (const { id } of products) ids.add(id);
        if (products.length < PAGE) break;
      }
      return [...ids];
    },
  };
}
