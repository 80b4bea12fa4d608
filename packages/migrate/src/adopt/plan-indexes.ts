import { act, type Case, type Draft, type Pair, state, waits } from './draft.ts';
import type { IndexModel } from './model.ts';
import { at, q } from './names.ts';
import { aside, duplicates, pushIndex, setAside } from './plan-keys.ts';
import { sameRule } from './same-rule.ts';

/** What becomes of the indexes of one adopted table that carry no constraint. */
export function planIndexes(given: Case, draft: Draft, pair: Pair): void {
  const left = new Set(pair.live.indexes.filter(({ constraint }) => constraint === null));
  const wantedKeys = new Set(pair.target.constraints.map(({ name }) => name));
  const open: IndexModel[] = [];
  const renames: [IndexModel, IndexModel][] = [];
  for (const wanted of pair.target.indexes) {
    if (wanted.constraint !== null) continue;
    const equal = [...left].filter(
      (one) => one.valid && one.unique === wanted.unique && sameRule(one.definition, wanted.definition),
    );
    const found = equal.find(({ name }) => name === wanted.name) ?? equal[0];
    if (found === undefined) open.push(wanted);
    else {
      left.delete(found);
      if (found.name === wanted.name) state(draft, `index ${wanted.name}`, 'same');
      else renames.push([wanted, found]);
    }
  }
  clearNames(given, draft, pair, left);
  rename(given, draft, pair, renames);
  for (const wanted of open) add(given, draft, pair, wanted, left);
  for (const one of left) if (!wantedKeys.has(one.name)) keep(draft, pair, one);
}

/** Indexes that stay and bear a declared name step aside. */
function clearNames(given: Case, draft: Draft, { target }: Pair, left: ReadonlySet<IndexModel>): void {
  for (const { name } of left)
    if (target.indexes.some((wanted) => wanted.name === name && wanted.constraint === null))
      actRename(given, draft, `index ${name}`, name, aside(name));
}

/** Gives indexes their declared names. Where one bears the name that another one gets, that one steps aside first: names may go round in a
 *  circle. */
function rename(given: Case, draft: Draft, { target }: Pair, renames: readonly [IndexModel, IndexModel][]): void {
  const taken = new Set(renames.map(([wanted]) => wanted.name));
  const inTheWay = renames.filter(([, found]) => taken.has(found.name));
  for (const [, { name }] of inTheWay) actRename(given, draft, `index ${name}`, name, aside(name));
  for (const [wanted, found] of renames) {
    const from = taken.has(found.name) ? aside(found.name) : found.name;
    actRename(given, draft, `index ${wanted.name} of ${target.name}`, from, wanted.name);
    state(draft, `index ${wanted.name}`, 'renamed', `was ${found.name}`);
  }
}

function actRename(given: Case, draft: Draft, about: string, from: string, to: string): void {
  const { schema } = given.target;
  const text = (a: string, b: string) => `ALTER INDEX ${at(schema, a)} RENAME TO ${q(b)}`;
  act(draft, 'names', about, text(from, to), text(to, from));
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
  if (wanted.unique) {
    const rows = duplicates(given, draft, pair, wanted);
    if (rows > 0 && given.phase === 'finish' && setAside(given, draft, pair, wanted, wanted.name)) return;
    if (waits(given, draft, pair, { key: wanted.name, object, rows })) return;
  }
  pushIndex(given, draft, pair, wanted, object);
}

function keep(draft: Draft, { live, target }: Pair, one: IndexModel): void {
  const renamed = target.indexes.some(({ name }) => name === one.name) ? aside(one.name) : one.name;
  const other = live.indexes.find((two) => two !== one && two.valid && two.definition === one.definition);
  const why = one.valid
    ? other === undefined
      ? 'not declared'
      : `not declared; redundant: the same as ${other.name}`
    : 'INVALID: left by a build that was cut; drop it by hand';
  draft.retained.push({ object: `index ${renamed}`, why });
}
