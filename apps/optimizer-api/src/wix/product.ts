import type { ProductAttribute } from '@repo/db/optimizer';

/** A product as this app sees it, of either catalog. */
export interface Product {
  readonly id: string;
  /** Current texts; empty where the product has none. */
  readonly texts: Readonly<Record<ProductAttribute, string>>;
  /** What a write has to say of the product it was made for: a revision, the other tags. */
  readonly source: unknown;
}

/** Reads and writes products of one version of Wix Stores. */
export interface Catalog {
  /** @throws {OutsideError} */
  readProduct(access: CatalogAccess, productId: string): Promise<Product>;
  /** Replaces one text; writing it twice is writing it once.
   *  @throws {OutsideError} */
  writeText(access: CatalogAccess, product: Product, attribute: ProductAttribute, text: string): Promise<void>;
  /** Ids of the products of collections, each once, at most `max` and one.
   *  @throws {OutsideError} */
  listProductIds(access: CatalogAccess, collectionIds: readonly string[], max: number): Promise<readonly string[]>;
}

export interface CatalogAccess {
  readonly accessToken: string;
  readonly signal?: AbortSignal | undefined;
}
