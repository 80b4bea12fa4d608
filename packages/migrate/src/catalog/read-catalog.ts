import type { Sql } from 'postgres';
import { loadGrammar } from '../sql/parse.ts';
import type { Catalog } from './catalog.ts';
import { catalogQuery } from './catalog-query.ts';
import { normalizeView } from './normalize-view.ts';

export { type Catalog, type CatalogDifference, compareCatalogs } from './catalog.ts';

export interface ReadCatalogOptions {
  /** Milliseconds to wait for a table that somebody holds in ACCESS EXCLUSIVE; the driver's error 55P03 comes then. Absent: the
   *  session's own setting. */
  readonly lockTimeoutMs?: number;
}

/** Reads the normal form of the given schemas in one round trip, outside any transaction of the caller's. Takes nothing stronger than
 *  ACCESS SHARE (PostgreSQL takes it to print the expressions of a table or view) and gives it back at once; needs no privilege beyond
 *  the catalogs. */
export async function readCatalog(
  sql: Sql,
  schemas: readonly string[],
  { lockTimeoutMs }: ReadCatalogOptions = {},
): Promise<Catalog> {
  if (schemas.length === 0) return new Map();
  // Statements sent together are one implicit transaction: SET LOCAL ends with it, also where it fails.
  const settings = [...PRINTED_THE_SAME, 'jit = off'].map((setting) => `SET LOCAL ${setting}`);
  if (lockTimeoutMs !== undefined) settings.push(`SET LOCAL lock_timeout = ${Math.round(lockTimeoutMs)}`);
  const [, rows] = await Promise.all([
    loadGrammar(),
    sql.unsafe([...settings, catalogQuery(schemas)].join(';\n')).values(),
  ]);
  return toCatalog(rows.at(-1) as readonly CatalogRow[]);
}

/** Settings of a role or database by which names and constants would be printed otherwise. */
const PRINTED_THE_SAME: readonly string[] = [
  'search_path = pg_catalog',
  'quote_all_identifiers = off',
  'timezone = UTC',
  'datestyle = ISO',
  'intervalstyle = postgres',
  'bytea_output = hex',
  'extra_float_digits = 1',
];

/** (kind, name, definition, text of a view). */
type CatalogRow = readonly [string, string, string | null, string | null];

function toCatalog(rows: readonly CatalogRow[]): Catalog {
  const entries = rows.map(([kind, name, definition, view]): [string, string] => {
    const parts = [definition ?? '', ...(view === null ? [] : [normalizeView(view)])].filter((part) => part !== '');
    return [`${kind} ${name}`, parts.join('\n')];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
