import { alterTypes, aroundTypes } from './around-types.ts';
import { act, type Case, type Draft, type Pair } from './draft.ts';
import type { ConstraintModel } from './model.ts';
import { at, q } from './names.ts';
import { takeSwaps } from './plan-swaps.ts';

/** Changes the types of each table in one statement, so that it is written anew once at most. What reads the columns goes before and
 *  comes back as it was: views, policies, triggers, foreign keys. It happens before the tables move, so that their definitions still
 *  say the right names. */
export function planRetypes(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  takeSwaps(given, draft, pairs);
  const { retypes } = draft;
  if (retypes.size > 0) {
    const { gone, again, anew } = aroundTypes(given, pairs, retypes);
    const alter = (which: 'forth' | 'back') => [...retypes].map(([pair, parts]) => alterTypes(pair, parts, which));
    const names = [...retypes.keys()].map(({ target }) => target.name).join(', ');
    const text = (which: 'forth' | 'back', after: readonly string[]) =>
      [...gone, ...alter(which), ...after].join(';\n');
    act(draft, 'retype', `column types of ${names}`, text('forth', anew), text('back', again));
  }
  for (const pair of pairs)
    for (const key of pair.live.constraints) if (key.type === 'f') planForeignKey(draft, pairs, pair, key);
}

/** A foreign key between columns of which one changes first has no equality for a moment. */
function planForeignKey(draft: Draft, pairs: readonly Pair[], pair: Pair, key: ConstraintModel): void {
  const changes = (one: Pair | undefined, columns: readonly string[]) =>
    one !== undefined &&
    (draft.retypes.get(one) ?? []).some(({ column, comparable }) => !comparable && columns.includes(column));
  const parent = pairs.find(({ live }) => live.name === key.references || q(live.name) === key.references);
  if (!changes(pair, key.columns) && !changes(parent, key.referencesColumns)) return;
  const table = at(pair.from, pair.live.name);
  const object = `constraint ${pair.target.name} ${key.name}`;
  const add = `ALTER TABLE ${table} ADD CONSTRAINT ${q(key.name)} ${key.definition}`;
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(key.name)}`;
  act(draft, 'loosen', object, drop, add);
  act(draft, 'refasten', object, add, drop);
}
