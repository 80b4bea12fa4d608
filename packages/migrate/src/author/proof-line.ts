import type { Proof } from './prove.ts';

/** What a proof found, in one line for people. Pure. */
export function proofLine({ version, rows, tables, up, back, waysBack, unfilled }: Proof): string {
  const legs = back === null ? 'up' : 'up, down, up';
  const filled = tables === 0 ? 'no table before it' : `${rows} rows in ${tables} ${tables === 1 ? 'table' : 'tables'}`;
  const altered = (back?.changed ?? []).filter((name) => !up.changed.includes(name));
  const lost = [
    ...few(up.goneTables.map(({ name, rows: gone }) => `${name} goes with its ${gone} rows`)),
    ...few(up.goneColumns.map((name) => `${name} goes with its values`)),
    ...few(up.counts.map(({ name, before, after }) => `${name} has ${after} rows instead of ${before}`)),
    ...(up.changed.length === 0 ? [] : [`values change in ${few(up.changed).join(', ')}`]),
    ...few(altered.map((name) => `values of ${name} do not come back as they were`)),
    ...few(lostOnTheWayBack({ up, back }).map((what) => `${what} do not come back`)),
  ];
  const stuck = waysBack.filter(({ irreversible }) => irreversible !== null).length;
  const parts = [
    back === null ? `${stuck} of ${waysBack.length} cannot be undone` : 'catalogs equal',
    ...(tables === 0 ? [] : [lost.length === 0 ? 'every row kept' : lost.join('; ')]),
    ...(unfilled.length === 0
      ? []
      : [`without rows: ${few(unfilled.map(({ table, why }) => `${table} (${firstLine(why)})`)).join(', ')}`]),
  ];
  return `${legs} on PostgreSQL ${version}, ${filled}: ${parts.join(', ')}.`;
}

/** What is the same of many is told of the first ones: it is a line that people read. */
function few(parts: readonly string[]): readonly string[] {
  return parts.length <= FEW ? parts : [...parts.slice(0, FEW), `and so ${parts.length - FEW} more`];
}

const FEW = 10;

function firstLine(why: string | null): string {
  return why?.split('\n', 1)[0] ?? '';
}

/** What there and back did to rows that are still there, for the header of the way back. Pure. */
export function keptChanges({ up, back }: Pick<Proof, 'up' | 'back'>): readonly string[] {
  if (back === null) return [];
  const lost = new Set(fewerRows({ up, back }));
  return [
    ...back.changed.map((name) => `the values of ${name}`),
    ...back.counts.filter(({ name }) => !lost.has(name)).map(({ name }) => `the number of rows in ${name}`),
  ];
}

/** What the way up has kept and the way back loses, found by the rows themselves: no reading of statements or catalogs can miss it. Pure. */
export function lostOnTheWayBack({ up, back }: Pick<Proof, 'up' | 'back'>): readonly string[] {
  if (back === null) return [];
  const gone = new Set([...up.goneTables.map(({ name }) => name), ...up.goneColumns]);
  const tables = back.goneTables.map(({ name }) => name).filter((name) => !gone.has(name));
  const columns = back.goneColumns.filter((name) => !gone.has(name));
  return [
    ...tables.map((name) => `the rows of ${name}`),
    ...columns.map((name) => `the values of ${name}`),
    ...fewerRows({ up, back }).map((name) => `some rows of ${name}`),
  ];
}

function fewerRows({ up, back }: Pick<Proof, 'up' | 'back'>): readonly string[] {
  const already = new Set(up.counts.map(({ name }) => name));
  return (back?.counts ?? []).flatMap(({ name, before, after }) => (after < before && !already.has(name) ? name : []));
}
