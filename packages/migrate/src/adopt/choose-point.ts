import type { Catalog } from '../catalog/catalog.ts';
import type { AdoptMapping } from './mapping.ts';
import type { ObjectState } from './plan.ts';

/** One point of the history, and what the database has of what it gives. */
export interface JudgedPoint {
  readonly name: string;
  readonly catalog: Catalog;
  readonly objects: readonly ObjectState[];
  /** Kinds of its statements, as the grammar names them. */
  readonly statements: readonly string[];
  /** Its data steps that are not done. */
  readonly dataStepsLeft: readonly string[];
}

/** How many migrations, from the first one on, count as adopted: all up to the newest of which the database has something, or whose
 *  constraints the domain puts off; and behind them those that only add. One that changes rows is not passed over: it stays pending, and
 *  `migrate` runs it. Pure. */
export function choosePoint(points: readonly JudgedPoint[], schema: string, mapping: AdoptMapping['tables']): number {
  let chosen = 0;
  for (const [index, point] of points.entries()) {
    if (isThere(point, points[index - 1], schema) || isPutOff(point, points[index - 1], points.at(-1), schema, mapping))
      chosen = index + 1;
  }
  if (chosen === 0) return 0;
  while (chosen < points.length && onlyAdds(points[chosen])) chosen += 1;
  return chosen;
}

const CHANGES_ROWS = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'DoStmt',
  'CallStmt',
  'CopyStmt',
  'TruncateStmt',
]);

function onlyAdds(point: JudgedPoint | undefined): boolean {
  return point !== undefined && !point.statements.some((kind) => CHANGES_ROWS.has(kind));
}

const THERE = new Set(['same', 'renamed', 'differs']);

/** Whether the database has one of the objects that this migration made, or one that it changed as it is since. */
function isThere(point: JudgedPoint, before: JudgedPoint | undefined, schema: string): boolean {
  const states = new Map(point.objects.map(({ object, state }) => [object, state]));
  return [...point.catalog].some(([object, definition]) => {
    const had = before?.catalog.get(object);
    if (had === definition) return false;
    const state = states.get(plainName(object, schema));
    return (
      state !== undefined &&
      (had === undefined ? THERE.has(state) : state === 'same') &&
      !isOfMissing(object, states, schema)
    );
  });
}

/** What belongs to a table that is not there is not there. */
function isOfMissing(object: string, states: ReadonlyMap<string, string>, schema: string): boolean {
  const table = /^(?:column|constraint|trigger|policy) ([^. ]+)[. ]/.exec(plainName(object, schema))?.[1];
  return table !== undefined && states.get(`table ${table}`) === 'missing';
}

/** Whether this migration makes something that the domain puts off in a table that the database has. */
function isPutOff(
  point: JudgedPoint,
  before: JudgedPoint | undefined,
  head: JudgedPoint | undefined,
  schema: string,
  mapping: AdoptMapping['tables'],
): boolean {
  const there = new Set(head?.objects.filter(({ state }) => state !== 'missing').map(({ object }) => object));
  const names = new Set(
    Object.entries(mapping).flatMap(([table, { waits = {} }]) =>
      there.has(`table ${table}`)
        ? Object.keys(waits).flatMap((name) => [
            `constraint ${table} ${name}`,
            `trigger ${table} ${name}`,
            `index ${name}`,
          ])
        : [],
    ),
  );
  return [...point.catalog.keys()].some(
    (object) => before?.catalog.has(object) !== true && names.has(plainName(object, schema)),
  );
}

/** `column "Shop"."we.ird".x` → `column we.ird.x`: as a plan names it. */
export function plainName(object: string, schema: string): string {
  const bare = object.replace(` ${schema}.`, ' ').replace(` "${schema.replaceAll('"', '""')}".`, ' ');
  return bare.replaceAll(/"((?:[^"]|"")*)"/g, (_, name: string) => name.replaceAll('""', '"'));
}
