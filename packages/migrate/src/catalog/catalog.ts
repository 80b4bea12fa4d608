import { createHash } from 'node:crypto';
import { sameDefinition } from './same-definition.ts';

/** A catalog in normal form: identity of each object, `<kind> <name>` → its definition, as PostgreSQL prints it. Left out on
 *  purpose: column order, owners, privileges, members of extensions, names of NOT NULL constraints (only PostgreSQL 18 has them) and
 *  qualifiers that newer servers leave out of views. Not read at all, so that no drift in them is seen: operators with their classes and
 *  families, collations, conversions, text search, casts, languages, foreign servers, event triggers, publications and subscriptions. */
export type Catalog = ReadonlyMap<string, string>;

export interface CatalogDifference {
  readonly object: string;
  /** Its definition on the left; NULL where it is not there. */
  readonly left: string | null;
  /** Its definition on the right; NULL where it is not there. */
  readonly right: string | null;
}

/** Every object that is not the same on both sides, by name; two prints of one definition are the same. Pure; the grammar must be
 *  loaded, as it is after `readCatalog`. */
export function compareCatalogs(left: Catalog, right: Catalog): readonly CatalogDifference[] {
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((object) => ({ object, left: left.get(object) ?? null, right: right.get(object) ?? null }))
    .filter(({ object, left, right }) => left === null || right === null || !sameDefinition(object, left, right));
}

/** SHA-256 of a catalog, 64 hex digits; equal for equal catalogs in whatever order they were built. Unequal hashes prove nothing: one
 *  definition has several prints. */
export function catalogHash(catalog: Catalog): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(catalog)))
    .digest('hex');
}

/** A catalog as it is stored: one JSON object. */
export function catalogToJson(catalog: Catalog): string {
  return JSON.stringify(Object.fromEntries(sorted(catalog)));
}

/** Reads what `catalogToJson` wrote, after the driver has parsed it. */
export function catalogFromJson(stored: Readonly<Record<string, string>>): Catalog {
  return new Map(Object.entries(stored).sort(byObject));
}

function sorted(catalog: Catalog): readonly (readonly [string, string])[] {
  return [...catalog].sort(byObject);
}

function byObject([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
