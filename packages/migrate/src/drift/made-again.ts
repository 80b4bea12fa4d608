import type { Sql } from 'postgres';
import { readAdoption } from '../adopt/store.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AllowedDrift } from '../config/drift.ts';
import type { DriftDifference } from './differences.ts';

const REASON = 'the old application made it again under its old name; it may be dropped once the adoption is finished';

/** Accepts, while an adopted domain is not finished, what `CREATE INDEX IF NOT EXISTS` at the start of the old application brings: an index
 *  that stands there already, under its declared name. */
export async function madeAgain(
  sql: Sql,
  domain: string,
  expected: Catalog,
  differences: readonly DriftDifference[],
): Promise<readonly AllowedDrift[]> {
  const candidates = repeatedIndexes(expected, differences);
  if (candidates.length === 0) return [];
  const adoption = await readAdoption(sql, domain);
  return adoption === null || adoption.state === 'finished'
    ? []
    : candidates.map((object) => ({ object, reason: REASON }));
}

/** Unexpected indexes, not unique, that differ from an expected one in their name alone. Pure. */
export function repeatedIndexes(expected: Catalog, differences: readonly DriftDifference[]): readonly string[] {
  const known = new Set(
    [...expected].flatMap(([object, text]) => (object.startsWith('index ') ? [nameless(text)] : [])),
  );
  return differences
    .filter(
      ({ kind, state, live }) =>
        kind === 'index' && state === 'unexpected' && live !== null && known.has(nameless(live)),
    )
    .map(({ object }) => object);
}

/** `CREATE INDEX a ON t …` → what stands behind the name; a unique one stays itself. */
function nameless(definition: string): string {
  return definition.replace(/^CREATE INDEX ("(?:[^"]|"")+"|\S+) ON /, 'ON ');
}
