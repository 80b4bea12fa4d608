import { alterTypes, aroundTypes, readersOf, rulesAnew } from './around-types.ts';
import type { Case, Draft, Pair, Retype } from './draft.ts';
import { q } from './names.ts';
import type { TypeSwap } from './plan.ts';
import { parentOf } from './plan-foreign-keys.ts';
import { legacyOf } from './plan-twins.ts';
import { isLargeTable } from './plan-type.ts';

/** At `--finish`: takes the columns of large tables out of the changes of types that are made under lock, where a new column can be
 *  filled beside reads and writes instead. */
export function takeSwaps(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  if (given.phase !== 'finish') return;
  for (const [pair, parts] of [...draft.retypes]) {
    const heavy = isLargeTable(pair) ? parts.filter(({ using }) => using !== null) : [];
    const taken = heavy.filter((part) => {
      const why = obstacle(pair, part, pairs);
      if (why !== null) draft.notes.push(`table ${pair.target.name} is written anew while it waits: ${why}`);
      return why === null;
    });
    for (const part of taken) {
      draft.swaps.push(swapOf(given, pair, part, pairs));
      draft.notes.push(
        `column ${pair.target.name}.${part.column} becomes ${part.type} beside reads and writes: a new column is filled in batches, and takes its place`,
      );
    }
    const left = parts.filter((part) => !taken.includes(part));
    if (left.length === 0) draft.retypes.delete(pair);
    else draft.retypes.set(pair, left);
  }
}

function swapOf(given: Case, pair: Pair, part: Retype, pairs: readonly Pair[]): TypeSwap {
  const alone = new Map([[pair, [part]]]);
  const readers = readersOf(given, pairs, alone);
  const all = aroundTypes(given, pairs, alone);
  return {
    table: pair.target.name,
    column: part.column,
    type: part.type,
    collation: part.collation,
    using: part.using ?? q(part.column),
    default: part.default,
    comparable: part.comparable,
    rules: rulesAnew(pair, [part]),
    gone: readers.gone,
    anew: readers.anew,
    plain: [...all.gone, alterTypes(pair, [part], 'forth'), ...all.anew],
  };
}

/** NULL: a new column can take its place. */
function obstacle(pair: Pair, part: Retype, pairs: readonly Pair[]): string | null {
  const { live } = pair;
  const { column } = part;
  const isParent = pairs.some((one) => one.live.parents.some((name) => name === live.name || name === q(live.name)));
  if (live.kind !== 'r' || live.partitionBound !== null) return 'it is partitioned';
  if (isParent || live.parents.length > 0) return 'it inherits';
  if (live.forceRowSecurity) return 'its row security holds for its owner, too';
  if (live.rules.length > 0) return 'it has rules';
  if (live.constraints.some((one) => one.type === 'x' && one.columns.includes(column)))
    return `${column} is in an exclusion constraint`;
  if (legacyOf(pair, column).length > 0) return `${column} has legacy twins`;
  return isKeyOfStrangers(pair, part, pairs) ? `${column} is in a foreign key to a column of another type` : null;
}

/** Whether a foreign key stands on it that has no equality while only one side is new. */
function isKeyOfStrangers(pair: Pair, { column, comparable }: Retype, pairs: readonly Pair[]): boolean {
  if (comparable) return false;
  const keys = pairs.flatMap((one) =>
    one.live.constraints.filter(({ type }) => type === 'f').map((key) => ({ one, key })),
  );
  return keys.some(
    ({ one, key }) =>
      (one === pair && key.columns.includes(column)) ||
      (parentOf(pairs, key) === pair && key.referencesColumns.includes(column)),
  );
}
