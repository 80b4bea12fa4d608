import { z } from 'zod';
import { requestJson } from '../net/request-json.ts';
import { WIX_BUDGET } from './budget.ts';
import { createCatalogV1 } from './catalog-v1.ts';
import { createCatalogV3 } from './catalog-v3.ts';
import type { Catalog } from './product.ts';

const versionSchema = z.object({ catalogVersion: z.string() });

/** Shops whose version is remembered: it only ever rises, and a site stays with it for long. */
const REMEMBERED_MAX = 10_000;
const REMEMBERED_MS = 3_600_000;

export type FindCatalog = (instanceId: string, accessToken: string, signal?: AbortSignal) => Promise<Catalog>;

/** Asks Wix which catalog a shop has, once an hour.
 *  @throws {OutsideError} where the shop has no store */
export function createFindCatalog(baseUrl: string): FindCatalog {
  const catalogs: Readonly<Record<string, Catalog>> = {
    V1_CATALOG: createCatalogV1(baseUrl),
    V3_CATALOG: createCatalogV3(baseUrl),
  };
  const known = new Map<string, { readonly catalog: Catalog; readonly until: number }>();
  return async (instanceId, accessToken, signal) => {
    const remembered = known.get(instanceId);
    if (remembered !== undefined && remembered.until > Date.now()) return remembered.catalog;
    const { catalogVersion } = await requestJson({
      service: 'wix',
      url: `${baseUrl}/stores/v3/provision/version`,
      headers: { authorization: accessToken },
      schema: versionSchema.refine((answer) => catalogs[answer.catalogVersion] !== undefined),
      budget: WIX_BUDGET,
      signal,
    });
    const catalog = catalogs[catalogVersion];
    if (catalog === undefined) throw new Error('the schema has let an unknown catalog through');
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(instanceId, { catalog, until: Date.now() + REMEMBERED_MS });
    return catalog;
  };
}
