import { type Catalog, type CatalogDifference, compareCatalogs } from '../catalog/catalog.ts';

/** How the live catalog differs from the expected one in one object. */
export interface DriftDifference {
  /** `<kind> <name>`, the words of an allow-list entry. */
  readonly object: string;
  readonly kind: string;
  readonly name: string;
  readonly state: 'missing' | 'unexpected' | 'changed';
  /** NULL: the migrations made no such object. */
  readonly expected: string | null;
  /** NULL: it is not in the database. */
  readonly live: string | null;
  /** The table or view that is itself missing or unexpected, and whose column, index, … this is. NULL: it stands for itself. */
  readonly partOf: string | null;
}

/** Every difference, by object; what belongs to a missing or unexpected table names it. Pure. */
export function driftDifferences(expected: Catalog, live: Catalog): readonly DriftDifference[] {
  const all = compareCatalogs(expected, live);
  const wholes = all.filter((one) => isWhole(one));
  return all.map((one) => {
    const { kind, name } = splitObject(one.object);
    const whole = wholes.find(
      (candidate) => candidate !== one && stateOf(candidate) === stateOf(one) && owns(candidate, one),
    );
    return {
      object: one.object,
      kind,
      name,
      state: stateOf(one),
      expected: one.left,
      live: one.right,
      partOf: whole?.object ?? null,
    };
  });
}

/** Kinds of two words; every other kind is one. */
const LONG_KINDS = ['materialized view', 'foreign table'];
const RELATIONS = new Set(['table', 'view', ...LONG_KINDS]);

function splitObject(object: string): { readonly kind: string; readonly name: string } {
  const kind = LONG_KINDS.find((long) => object.startsWith(`${long} `)) ?? object.split(' ', 1)[0] ?? '';
  return { kind, name: object.slice(kind.length + 1) };
}

function stateOf({ left, right }: CatalogDifference): DriftDifference['state'] {
  if (left === null) return 'unexpected';
  return right === null ? 'missing' : 'changed';
}

function isWhole(one: CatalogDifference): boolean {
  return stateOf(one) !== 'changed' && RELATIONS.has(splitObject(one.object).kind);
}

/** Whether an object stands or falls with a table or view, told by its name, or by the name in its definition. */
function owns(whole: CatalogDifference, part: CatalogDifference): boolean {
  const { name: table } = splitObject(whole.object);
  const { kind, name } = splitObject(part.object);
  const definition = part.left ?? part.right ?? '';
  const within = (text: string) => text.startsWith(`${table}.`) || text.startsWith(`${table} `);
  switch (kind) {
    case 'index':
      return definition.includes(` ON ${table} USING `) || definition.includes(` ON ONLY ${table} USING `);
    case 'sequence':
      return definition.includes(` owned by ${table}.`);
    case 'comment':
      return name === whole.object || name.startsWith(`${whole.object}.`) || within(name.slice(name.indexOf(' ') + 1));
    default:
      return within(name);
  }
}
