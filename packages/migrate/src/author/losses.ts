import type { Catalog } from '../catalog/read-catalog.ts';
import { plain } from '../rows/compare-contents.ts';

/** What a change of catalogs does to rows, as the objects' names. */
export interface Losses {
  /** Tables and columns with their values. */
  readonly gone: readonly string[];
  /** Values of enums, as `'value' of schema.type`. */
  readonly enumValues: readonly string[];
}

/** What the rows lose on the way from one catalog to another. A table or column that only changed its name counts as kept where `renamed`
 *  holds its old and new name, `plain`. Pure. */
export function lossesOf(from: Catalog, to: Catalog, renamed: ReadonlySet<string>): Losses {
  const gone = [...from.keys()].filter((object) => !to.has(object));
  const isKept = (name: string) => renamed.has(plain(name));
  const tables = gone.filter((object) => object.startsWith('table ')).map((object) => object.slice('table '.length));
  const columns = gone
    .filter((object) => object.startsWith('column ') && isOfTable(object, from))
    .map((object) => object.slice('column '.length))
    .filter((name) => !tables.some((table) => name.startsWith(`${table}.`)));
  return {
    gone: [
      ...tables.filter((name) => !isKept(name)).map((table) => `the rows of ${table}`),
      ...columns.filter((name) => !isKept(name)).map((column) => `the values of ${column}`),
    ],
    enumValues: [...from].flatMap(([object, before]) => lostLabels(object, before, to.get(object))),
  };
}

function isOfTable(object: string, catalog: Catalog): boolean {
  const relation = object.slice('column '.length).replace(/\.("([^"]|"")+"|[^.]+)$/, '');
  return catalog.has(`table ${relation}`);
}

function lostLabels(object: string, before: string, after: string | undefined): readonly string[] {
  if (!object.startsWith('type ') || !before.startsWith("'") || after === undefined || after === before) return [];
  const kept = new Set(labels(after));
  return labels(before)
    .filter((label) => !kept.has(label))
    .map((label) => `${label} of ${object.slice('type '.length)}`);
}

function labels(definition: string): readonly string[] {
  return definition.match(/'(?:[^']|'')*'/g) ?? [];
}
