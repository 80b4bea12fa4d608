import { generateKeyPairSync, sign } from 'node:crypto';
import { signInstanceToken } from '../../src/crypto/instance-token.ts';
import { type Answer, type Call, type LocalServer, startHttpServer } from './http-server.ts';

export const APP_SECRET = 'the secret of the fake app';

interface FakeProduct {
  id: string;
  revision: number;
  name: string;
  description: string;
  seoData: { tags: object[] };
}

/** A stand-in for Wix that speaks its documented wire format: OAuth, the app instance, and Stores catalogs V1 and V3. Products are made up
 *  when they are first read; writes are kept. */
export interface FakeWix extends LocalServer {
  readonly publicKey: string;
  /** Shops with the newer catalog. */
  readonly v3Shops: Set<string>;
  /** Product ids by collection id. */
  readonly collections: Map<string, readonly string[]>;
  product(instanceId: string, productId: string): FakeProduct;
  /** How often each product was written, by id. */
  readonly writes: Map<string, number>;
  /** A token as the dashboard hands it to the app. */
  instanceToken(instanceId: string, more?: object): string;
  /** An event as Wix delivers it. */
  event(instanceId: string, type: string, data: object, more?: object): string;
}

export async function startFakeWix(): Promise<FakeWix> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const products = new Map<string, FakeProduct>();
  const v3Shops = new Set<string>();
  const collections = new Map<string, readonly string[]>();
  const writes = new Map<string, number>();
  const product = (instanceId: string, id: string): FakeProduct => {
    const key = `${instanceId}/${id}`;
    const made = products.get(key) ?? {
      id,
      revision: 1,
      name: `Name of ${id}`,
      description: `<p>About ${id}</p>`,
      seoData: { tags: [] },
    };
    products.set(key, made);
    return made;
  };
  const server = await startHttpServer((call) => answer(call, { product, v3Shops, collections, writes }));
  return Object.assign(server, {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    v3Shops,
    collections,
    product,
    writes,
    instanceToken: (instanceId: string, more: object = {}) =>
      signInstanceToken({ instanceId, appDefId: 'app', signDate: new Date().toISOString(), ...more }, APP_SECRET),
    event: (instanceId: string, type: string, data: object, more: object = {}) => {
      const inner = JSON.stringify({ eventType: type, instanceId, data: JSON.stringify(data), ...more });
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ data: inner, iat: 1, exp: Math.floor(Date.now() / 1_000) + 600 })}`;
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  });
}

type Shop = Pick<FakeWix, 'product' | 'v3Shops' | 'collections' | 'writes'>;

function answer(call: Call, shop: Shop): Answer {
  const { method, path } = call;
  if (method === 'POST' && path === '/oauth/access') return oauth(call);
  const instanceId = instanceOf(call);
  if (instanceId === undefined) return { status: 401, body: { message: 'no valid access token' } };
  if (path === '/apps/v1/instance') {
    return {
      body: { instance: { instanceId, appName: 'optimizer' }, site: { url: `https://${instanceId}.example.com/shop` } },
    };
  }
  const isV3 = shop.v3Shops.has(instanceId);
  if (path === '/stores/v3/provision/version') return { body: { catalogVersion: isV3 ? 'V3_CATALOG' : 'V1_CATALOG' } };
  return isV3 ? catalogV3(call, instanceId, shop) : catalogV1(call, instanceId, shop);
}

/** The code of an installation, and every token, say which instance they are of. */
function oauth({ body }: Call): Answer {
  const { client_secret, code, refresh_token } = body as Record<string, string>;
  const instanceId = (code ?? refresh_token ?? '').replace(/^(code|refresh)-/, '');
  if (client_secret !== APP_SECRET || instanceId === '') return { status: 400, body: { error: 'invalid_request' } };
  return { body: { access_token: `access-${instanceId}`, refresh_token: `refresh-${instanceId}`, expires_in: 300 } };
}

function instanceOf({ headers }: Call): string | undefined {
  return /^access-(.+)$/.exec(headers.authorization ?? '')?.[1];
}

function catalogV1({ method, path, body }: Call, instanceId: string, shop: Shop): Answer {
  if (method === 'POST' && path === '/stores-reader/v1/products/query') {
    const { filter, paging } = (body as { query: { filter: string; paging: { limit: number; offset: number } } }).query;
    const { $hasSome } = (JSON.parse(filter) as { 'collections.id': { $hasSome: string[] } })['collections.id'];
    const ids = $hasSome
      .flatMap((id) => shop.collections.get(id) ?? [])
      .slice(paging.offset, paging.offset + paging.limit);
    return { body: { products: ids.map((id) => shop.product(instanceId, id)) } };
  }
  const read = /^\/stores-reader\/v1\/products\/([\w-]+)$/.exec(path);
  if (method === 'GET' && read?.[1]) {
    const { id, name, description, seoData } = shop.product(instanceId, read[1]);
    return { body: { product: { id, name, description, seoData } } };
  }
  const write = /^\/stores\/v1\/products\/([\w-]+)$/.exec(path);
  if (method === 'PATCH' && write?.[1])
    return written(shop, instanceId, write[1], (body as { product: object }).product);
  return { status: 404, body: { message: 'not found' } };
}

function catalogV3({ method, path, body }: Call, instanceId: string, shop: Shop): Answer {
  if (method === 'POST' && path === '/stores/v3/products/search') {
    const { search } = body as { search: { filter: { [key: string]: { $matchItems: { id: { $in: string[] } }[] } } } };
    const wanted = search.filter['allCategoriesInfo.categories']?.$matchItems[0]?.id.$in ?? [];
    const ids = wanted.flatMap((id) => shop.collections.get(id) ?? []);
    return { body: { products: ids.map((id) => ({ id })), pagingMetadata: { cursors: {} } } };
  }
  const [, id] = /^\/stores\/v3\/products\/([\w-]+)$/.exec(path) ?? [];
  if (id === undefined) return { status: 404, body: { message: 'not found' } };
  const found = shop.product(instanceId, id);
  if (method === 'GET') {
    const { name, description, seoData, revision } = found;
    return { body: { product: { id, revision: String(revision), name, plainDescription: description, seoData } } };
  }
  const { revision, plainDescription, ...change } = (body as { product: Record<string, unknown> }).product;
  if (revision !== String(found.revision)) return { status: 409, body: { message: 'revision mismatch' } };
  found.revision += 1;
  return written(shop, instanceId, id, {
    ...change,
    ...(plainDescription !== undefined && { description: plainDescription }),
  });
}

function written(shop: Shop, instanceId: string, id: string, change: object): Answer {
  Object.assign(shop.product(instanceId, id), change);
  shop.writes.set(id, (shop.writes.get(id) ?? 0) + 1);
  return { body: { product: shop.product(instanceId, id) } };
}
