import { type Catalog, compareCatalogs } from '../catalog/catalog.ts';
import { advanceCatalog } from '../drift/advance.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';

export interface Consequence {
  /** What is expected from then on. NULL: nothing was recorded, and nothing will be. */
  readonly expected: Catalog | null;
  /** Where the database is not what the mark says, among the objects that the migration is about. */
  readonly differences: readonly DriftDifference[];
}

/** What follows from taking a step of the history as done by hand: from `before` to `after`, both replayed. Drift of other objects
 *  stays what it was. Pure. */
export function consequence(recorded: Catalog | null, before: Catalog, after: Catalog, live: Catalog): Consequence {
  const about = new Set(compareCatalogs(before, after).map(({ object }) => object));
  const expected = recorded === null ? null : advanceCatalog(recorded, before, after);
  const differences = driftDifferences(expected ?? after, live).filter(({ object }) => about.has(object));
  return { expected, differences };
}
