import { alterTypes, aroundTypes } from './around-types.ts';
import { act, type Case, type DependentView, type Draft, type Pair } from './draft.ts';
import type { ConstraintModel } from './model.ts';
import { at, isNamed, q } from './names.ts';
import { takeSwaps } from './plan-swaps.ts';

/** Changes the types of each table in one statement, so that it is written anew once at most. What reads the columns goes before and
 *  comes back as it was: views, policies, triggers, foreign keys. It happens before the tables move, so that their definitions still
 *  say the right names. */
export function planRetypes(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  takeSwaps(given, draft, pairs);
  const { retypes } = draft;
  if (retypes.size > 0) {
    const { gone, again, anew } = aroundTypes(withoutOldNames(given), pairs, retypes);
    const alter = (which: 'forth' | 'back') => [...retypes].map(([pair, parts]) => alterTypes(pair, parts, which));
    const names = [...retypes.keys()].map(({ target }) => target.name).join(', ');
    const text = (which: 'forth' | 'back', after: readonly string[]) =>
      [...gone, ...alter(which), ...after].join(';\n');
    act(draft, 'retype', `column types of ${names}`, text('forth', anew), text('back', again));
  }
  for (const pair of pairs)
    for (const key of pair.live.constraints) if (key.type === 'f') planForeignKey(draft, pairs, pair, key);
}

/** At `--finish` the views under the old names are gone by then, and do not come back. One that others read stays. */
function withoutOldNames(given: Case): Case {
  const { surroundings, oldNames } = given;
  const goes = ({ name, oid }: DependentView) =>
    oldNames.some((old) => isNamed(name, old)) &&
    !surroundings.dependents.some(({ reads }) => reads.some((one) => one.oid === oid));
  return {
    ...given,
    surroundings: { ...surroundings, dependents: surroundings.dependents.filter((one) => !goes(one)) },
  };
}

/** Of a foreign key between columns that cannot be compared unless both change, none changes while the other one waits. */
export function keepKeysTogether(draft: Draft, pairs: readonly Pair[]): void {
  const keys = pairs.flatMap((pair) =>
    pair.live.constraints.filter(({ type }) => type === 'f').map((key) => ({ pair, key })),
  );
  const part = (pair: Pair, column: string | undefined) =>
    (draft.retypes.get(pair) ?? []).find((one) => one.column === column && !one.comparable);
  for (let isSettled = false; !isSettled; ) {
    const lone = keys.flatMap(({ pair, key }) => {
      const parent = pairs.find(({ live }) => live.name === key.references || q(live.name) === key.references);
      return key.columns.flatMap((column, index) => {
        const [a, b] = [part(pair, column), parent && part(parent, key.referencesColumns[index])];
        if (a !== undefined && b === undefined) return [{ key, pair, one: a }];
        return a === undefined && b !== undefined && parent !== undefined ? [{ key, pair: parent, one: b }] : [];
      });
    });
    for (const { key, pair, one } of lone) {
      draft.retypes.set(
        pair,
        (draft.retypes.get(pair) ?? []).filter((other) => other !== one),
      );
      draft.retyped.delete(`${pair.target.name}.${one.column}`);
      draft.waiting.push({
        object: `column ${pair.target.name}.${one.column} type`,
        why: `${one.from} stays, declared ${one.type}: the other side of ${key.name} keeps its type`,
        rows: null,
      });
    }
    isSettled = lone.length === 0;
  }
  for (const [pair, parts] of draft.retypes) if (parts.length === 0) draft.retypes.delete(pair);
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
