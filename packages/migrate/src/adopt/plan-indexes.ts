import { definitionAnew } from './around-types.ts';
import { type Case, type Draft, type Pair, state, waits } from './draft.ts';
import type { IndexModel, SchemaModel } from './model.ts';
import { duplicates, partitionForbids, pushIndex, setAside } from './plan-keys.ts';
import { keptName } from './plan-renames.ts';
import { sameRule } from './same-rule.ts';
import { strangeColumns, waitsForType } from './strange-types.ts';

/** What becomes of the indexes of one adopted table that carry no constraint. */
export function planIndexes(given: Case, draft: Draft, pair: Pair): void {
  const left = new Set(pair.live.indexes.filter(({ constraint }) => constraint === null));
  const open: IndexModel[] = [];
  for (const wanted of pair.target.indexes) {
    if (wanted.constraint !== null) continue;
    const equal = [...left].filter(
      (one) =>
        one.valid && one.unique === wanted.unique && sameRule(definitionAnew(draft, pair, one), wanted.definition),
    );
    const found = equal.find(({ name }) => name === wanted.name) ?? equal[0];
    if (found === undefined) open.push(wanted);
    else {
      left.delete(found);
      draft.claims.set(wanted.name, found.name);
      adopt(draft, pair, wanted, found);
    }
  }
  for (const wanted of open) add(given, draft, pair, wanted, left);
  for (const one of left) draft.postponed.push(() => keep(given, draft, pair, one));
}

function adopt(draft: Draft, { target }: Pair, wanted: IndexModel, found: IndexModel): void {
  const object = `index ${wanted.name}`;
  if (found.name === wanted.name) {
    state(draft, object, 'same');
    return;
  }
  draft.renames.push({ kind: 'index', table: target.name, from: found.name, to: wanted.name });
  state(draft, object, 'renamed', `was ${found.name}`);
}

function add(given: Case, draft: Draft, pair: Pair, wanted: IndexModel, left: ReadonlySet<IndexModel>): void {
  const object = `index ${wanted.name}`;
  const named = [...left].find(({ name }) => name === wanted.name);
  state(
    draft,
    object,
    named === undefined ? 'missing' : 'differs',
    named === undefined ? null : `another one has the name:${named.definition}`,
  );
  if (waitsForType(draft, object, wanted.predicate ?? '', strangeColumns(draft, pair))) return;
  if (given.keepInPlace && isTaken(given.live, pair, wanted.name)) {
    draft.waiting.push({ object, why: `${given.live.schema} has something else of that name`, rows: null });
    return;
  }
  if (wanted.unique && partitionForbids(pair, wanted)) {
    draft.waiting.push({ object, why: 'a partitioned table cannot have it without its partition key', rows: null });
    return;
  }
  if (wanted.unique) {
    const rows = duplicates(given, draft, pair, wanted);
    if (rows > 0 && given.phase === 'finish' && setAside(given, draft, pair, wanted, { key: wanted.name, object }))
      return;
    if (waits(given, draft, pair, { key: wanted.name, object, rows })) return;
  }
  draft.claims.set(wanted.name, null);
  pushIndex(given, draft, pair, wanted, object);
}

/** Whether another table, or an index of one, has the name. */
function isTaken({ relations }: SchemaModel, { live }: Pair, name: string): boolean {
  return relations.some((one) => one.oid !== live.oid && [one, ...one.indexes].some((other) => other.name === name));
}

function keep(given: Case, draft: Draft, { live }: Pair, one: IndexModel): void {
  // It has become a key.
  if (draft.claims.get(one.name) === one.name) return;
  const other = live.indexes.find((two) => two !== one && two.valid && two.definition === one.definition);
  const why = one.valid
    ? other === undefined
      ? 'not declared'
      : `not declared; redundant: the same as ${other.name}`
    : 'INVALID: left by a build that was cut; drop it by hand';
  draft.retained.push({ object: `index ${keptName(given, draft, one.name)}`, why });
}
