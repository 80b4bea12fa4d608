import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Catalog, catalogHash, compareCatalogs } from '../catalog/catalog.ts';
import { loadGrammar } from '../sql/parse.ts';
import { advanceCatalog } from './advance.ts';

beforeAll(loadGrammar);

/** Few names and few definitions, so that the three catalogs meet in every way. */
const catalogs = fc
  .dictionary(fc.constantFrom('table a', 'table b', 'column a.x', 'index i'), fc.constantFrom('1', '2', '3'))
  .map((entries): Catalog => new Map(Object.entries(entries)));
const differing = (left: Catalog, right: Catalog) => compareCatalogs(left, right).map(({ object }) => object);

test('without drift before the run, the expected catalog is the live one after it', () => {
  fc.assert(
    fc.property(catalogs, catalogs, (base, after) => {
      expect(catalogHash(advanceCatalog(base, base, after))).toBe(catalogHash(after));
    }),
  );
});

test('drift from before is neither baked in nor added to: what differs afterwards is what differed before and was not touched', () => {
  fc.assert(
    fc.property(catalogs, catalogs, catalogs, (expected, base, after) => {
      const touched = new Set(differing(base, after));
      const before = differing(expected, base).filter((object) => !touched.has(object));
      expect(differing(advanceCatalog(expected, base, after), after)).toEqual(before);
    }),
  );
});

test('a run that changes nothing leaves the expectation as it is', () => {
  fc.assert(
    fc.property(catalogs, catalogs, (expected, base) => {
      expect(differing(advanceCatalog(expected, base, base), expected)).toEqual([]);
    }),
  );
});

test('what a run did not touch keeps its expected definition', () => {
  fc.assert(
    fc.property(catalogs, catalogs, catalogs, (expected, base, after) => {
      const touched = new Set(differing(base, after));
      const changed = differing(expected, advanceCatalog(expected, base, after));
      expect(changed.filter((object) => !touched.has(object))).toEqual([]);
    }),
  );
});
