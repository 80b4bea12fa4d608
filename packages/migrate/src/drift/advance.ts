import type { Catalog } from '../catalog/catalog.ts';

/** The expected catalog after a run: exactly what the run changed, from `base` to `after`, applied to `expected`. What differed from
 *  `expected` before the run and was not touched by it still differs afterwards. Pure. An object is the unit: where a run changes an
 *  object that had drifted, its new definition is taken whole. */
export function advanceCatalog(expected: Catalog, base: Catalog, after: Catalog): Catalog {
  const advanced = new Map(expected);
  for (const [object, definition] of after) if (base.get(object) !== definition) advanced.set(object, definition);
  for (const object of base.keys()) if (!after.has(object)) advanced.delete(object);
  return advanced;
}
