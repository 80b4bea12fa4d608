import type { Case, Draft, Pair } from './draft.ts';

const FAMILIES = [/^(smallint|integer|bigint|numeric|real|double)/, /^(text|character)/, /^(timestamp|date)/, /^json/];

/** Whether values of one type can be read as the other's without a rule of their own. */
export function isAlike(is: string, wanted: string): boolean {
  return is === wanted || FAMILIES.some((family) => family.test(is) && family.test(wanted));
}

/** Columns whose declared type waits, and is of another kind: what is declared over them has no meaning yet. */
export function strangeColumns(draft: Draft, { target, live }: Pair): readonly string[] {
  return target.columns.flatMap(({ name, type }) => {
    const found = live.columns.find((column) => column.name === name);
    const waits = draft.waiting.some(({ object }) => object === `column ${target.name}.${name} type`);
    const alike = found !== undefined && isAlike(found.type, type);
    return waits && !alike ? [name] : [];
  });
}

/** Whether a definition names one of them; then it waits, too. */
export function waitsForType(draft: Draft, object: string, definition: string, columns: readonly string[]): boolean {
  const column = columns.find((name) =>
    new RegExp(`(?<![\\w])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`).test(definition),
  );
  if (column === undefined) return false;
  draft.waiting.push({ object, why: `${column} has another type yet`, rows: null });
  return true;
}

/** The same for a view over any of the tables. */
export function viewWaits(
  given: Case,
  draft: Draft,
  pairs: readonly Pair[],
  object: string,
  definition: string,
): boolean {
  if (given.phase === 'finish' && draft.waiting.length === 0) return false;
  return pairs.some(
    (pair) =>
      definition.includes(pair.target.name) && waitsForType(draft, object, definition, strangeColumns(draft, pair)),
  );
}
