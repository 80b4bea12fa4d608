import { definitionAnew } from './around-types.ts';
import { act, type Case, count, type Draft, type Pair, state, waits } from './draft.ts';
import type { ConstraintModel } from './model.ts';
import { at, q, suffixed } from './names.ts';
import { addForeignKey, asDeclared, isCheckedAtOnce, orphans, parentOf } from './plan-foreign-keys.ts';
import { addKey, equalKey } from './plan-keys.ts';
import { keptName } from './plan-renames.ts';
import { sameRule } from './same-rule.ts';
import { strangeColumns, waitsForType } from './strange-types.ts';

/** What becomes of the constraints of one adopted table. Foreign keys of other tables are looked at when their tables are. */
export function planConstraints(given: Case, draft: Draft, pair: Pair, pairs: readonly Pair[]): void {
  const left = new Set(pair.live.constraints);
  const translated = new Map(
    pair.live.constraints.map((one) => [
      one,
      one.type === 'c' ? definitionAnew(draft, pair, one) : asDeclared(one, pairs),
    ]),
  );
  const open: ConstraintModel[] = [];
  for (const wanted of pair.target.constraints) {
    const equal = [...left].filter(
      (one) => one.type === wanted.type && sameRule(bare(translated.get(one) ?? ''), bare(wanted.definition)),
    );
    const found = equal.find(({ name }) => name === wanted.name) ?? equal[0];
    if (found === undefined) open.push(wanted);
    else {
      left.delete(found);
      adopt(given, draft, pair, wanted, found, pairs);
    }
  }
  for (const wanted of open) {
    const rival = [...left].find((one) => isRival(wanted, one));
    if (rival !== undefined && replace(given, draft, pair, wanted, rival, pairs)) left.delete(rival);
    else if (rival === undefined) add(given, draft, pair, wanted, pairs);
  }
  for (const one of left)
    draft.postponed.push(() => {
      const name = KEYS.has(one.type) ? keptName(given, draft, one.name) : one.name;
      draft.retained.push({ object: objectOf(pair, { name }), why: 'not declared' });
    });
}

/** Without what says that older rows were not looked at. */
function bare(definition: string): string {
  return definition.replace(/ NOT VALID$/, '');
}

function objectOf({ target }: Pair, { name }: { readonly name: string }): string {
  return `constraint ${target.name} ${name}`;
}

const KEYS = new Set(['p', 'u', 'x']);

/** Its rule is in force: it takes the declared name, and rows that nobody looked at are looked at. */
function adopt(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  found: ConstraintModel,
  pairs: readonly Pair[],
): void {
  const object = objectOf(pair, wanted);
  if (KEYS.has(wanted.type)) draft.claims.set(wanted.name, found.name);
  if (found.name !== wanted.name) {
    draft.renames.push({ kind: 'constraint', table: pair.target.name, from: found.name, to: wanted.name });
    state(draft, object, 'renamed', `was ${found.name}`);
  } else state(draft, object, 'same');
  if (!found.validated && wanted.validated) validate(given, draft, pair, wanted, asDeclared(found, pairs), pairs);
}

function validate(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  was: string,
  pairs: readonly Pair[],
): void {
  const object = `${objectOf(pair, wanted)} validated`;
  const rows = rowsAgainst(given, draft, pair, wanted, pairs);
  if (waits(given, draft, pair, { key: `${wanted.name} validated`, object, rows })) return;
  const table = at(given.target.schema, pair.target.name);
  const name = q(wanted.name);
  // A rule that was looked at cannot be one that was not, but anew.
  // By then a view may have the other table's name.
  const rule = was.replace(/ REFERENCES ("(?:[^"]|"")*"|\w+)\(/, (_, to: string) => {
    const parent = to.startsWith('"') ? to.slice(1, -1).replaceAll('""', '"') : to;
    return ` REFERENCES ${at(given.target.schema, parent)}(`;
  });
  const back = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${name}, ADD CONSTRAINT ${name} ${rule}`;
  pushValidation(given, draft, pair, wanted, back);
}

function pushValidation(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  ...undo: readonly string[]
): void {
  draft.later.push({
    about: objectOf(pair, wanted),
    sql: `ALTER TABLE ${at(given.target.schema, pair.target.name)} VALIDATE CONSTRAINT ${q(wanted.name)}`,
    undo,
  });
}

/** Whether one stands where the other shall stand: the name is taken, or it is the other rule over the same columns. */
function isRival(wanted: ConstraintModel, found: ConstraintModel): boolean {
  if (found.name === wanted.name) return true;
  if (wanted.type === 'p') return found.type === 'p';
  return (
    wanted.type === 'f' &&
    found.type === 'f' &&
    wanted.columns.join() === found.columns.join() &&
    wanted.references === found.references
  );
}

/** The declared rule in the place of the one that is there, in one statement; it stays where rows or writes are in the way. */
function replace(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  found: ConstraintModel,
  pairs: readonly Pair[],
): boolean {
  const object = objectOf(pair, wanted);
  if (wanted.type !== found.type || !['c', 'f'].includes(wanted.type))
    return replaceKey(given, draft, pair, wanted, found, pairs);
  const rows = rowsAgainst(given, draft, pair, wanted, pairs);
  if (waits(given, draft, pair, { key: wanted.name, object, rows, where: wayOf(wanted) })) {
    draft.retained.push({ object: objectOf(pair, found), why: 'until the declared one takes its place' });
    return true;
  }
  const table = at(given.target.schema, pair.target.name);
  const atOnce = wanted.type === 'f' && isCheckedAtOnce(given, pair);
  const change = (out: string, { name, definition }: ConstraintModel) =>
    `ALTER TABLE ${table} DROP CONSTRAINT ${q(out)}, ADD CONSTRAINT ${q(name)} ${bare(definition)}${atOnce ? '' : ' NOT VALID'}`;
  state(draft, object, 'differs', `was ${found.name} ${found.definition}`);
  const back = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(wanted.name)}, ADD CONSTRAINT ${q(found.name)} ${asDeclared(found, pairs)}`;
  act(draft, 'constraints', object, change(found.name, wanted), back);
  if (wanted.validated && !atOnce) pushValidation(given, draft, pair, wanted);
  return true;
}

/** Keys change places at `--finish`, for the old application may count on its own; until then both are there. */
function replaceKey(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  found: ConstraintModel,
  pairs: readonly Pair[],
): boolean {
  const object = objectOf(pair, wanted);
  const table = at(given.target.schema, pair.target.name);
  if (wanted.type !== 'p' || found.type !== 'p') {
    if (KEYS.has(wanted.type) && KEYS.has(found.type)) {
      add(given, draft, pair, wanted, pairs);
      return false;
    }
    const name = suffixed(found.name, '_before_adoption');
    draft.renames.push({ kind: 'constraint', table: pair.target.name, from: found.name, to: name });
    draft.retained.push({ object: objectOf(pair, { name }), why: `was ${found.name}, declared otherwise` });
    add(given, draft, pair, wanted, pairs);
    return true;
  }
  const beside = suffixed(wanted.name, '_adopting');
  if (given.phase === 'adopt') {
    draft.waiting.push({ object, why: `the old application may count on ${found.definition}`, rows: null });
    draft.retained.push({ object: objectOf(pair, found), why: 'until the declared one takes its place' });
    if (addKey(given, draft, pair, wanted, beside))
      draft.retained.push({ object: `index ${beside}`, why: 'becomes the declared key at --finish' });
    return true;
  }
  const referrer = given.surroundings.referrers.find(
    (one) => one.oid === pair.live.oid && one.referencesColumns.toSorted().join() === found.columns.toSorted().join(),
  );
  if (referrer !== undefined) {
    draft.waiting.push({ object, why: `${referrer.table} refers to ${found.definition}`, rows: null });
    draft.retained.push({ object: objectOf(pair, found), why: 'until the declared one takes its place' });
    draft.claims.set(beside, beside);
    draft.retained.push({
      object: `index ${beside}`,
      why: 'becomes the declared key once nothing refers to the other',
    });
    return true;
  }
  if (!pair.live.indexes.some(({ name }) => name === beside) && !addKey(given, draft, pair, wanted, beside))
    return true;
  state(draft, object, 'differs', `was ${found.definition}`);
  // Its index becomes the key.
  draft.claims.set(beside, beside);
  draft.later.push({
    about: object,
    sql: `ALTER TABLE ${table} DROP CONSTRAINT ${q(found.name)}, ADD CONSTRAINT ${q(wanted.name)} PRIMARY KEY USING INDEX ${q(beside)}`,
    undo: [],
  });
  return true;
}

function add(given: Case, draft: Draft, pair: Pair, wanted: ConstraintModel, pairs: readonly Pair[]): void {
  const object = objectOf(pair, wanted);
  state(draft, object, 'missing', wanted.definition);
  if (wanted.type === 'f') draft.postponed.push(() => addForeignKey(given, draft, pair, wanted, pairs));
  else if (wanted.type === 'p' || wanted.type === 'u') {
    // A partitioned table takes no index of its own for a key.
    const made = pair.live.kind === 'p' ? undefined : equalKey(pair, wanted)?.name;
    if (addKey(given, draft, pair, wanted, null, made)) draft.claims.set(wanted.name, made ?? null);
  } else addRule(given, draft, pair, wanted);
}

/** A check or an exclusion. */
function addRule(given: Case, draft: Draft, pair: Pair, wanted: ConstraintModel): void {
  const object = objectOf(pair, wanted);
  const table = at(given.target.schema, pair.target.name);
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(wanted.name)}`;
  if (wanted.type === 'x') {
    const sql = `ALTER TABLE ${table} ADD CONSTRAINT ${q(wanted.name)} ${wanted.definition}`;
    if (pair.empty) act(draft, 'constraints', object, sql, drop);
    else draft.waiting.push({ object, why: 'an exclusion cannot be built beside writers', rows: null });
    return;
  }
  if (waitsForType(draft, object, wanted.definition, strangeColumns(draft, pair))) return;
  const rows = violators(given, draft, pair, wanted);
  if (waits(given, draft, pair, { key: wanted.name, object, rows, where: wayOf(wanted) })) return;
  act(
    draft,
    'constraints',
    object,
    `ALTER TABLE ${table} ADD CONSTRAINT ${q(wanted.name)} ${bare(wanted.definition)} NOT VALID`,
    drop,
  );
  if (wanted.validated) pushValidation(given, draft, pair, wanted);
}

/** Rows that a check does not allow. One over columns that are yet to come has none: their values follow it. */
function wayOf({ type, definition }: ConstraintModel): string | undefined {
  return type === 'c' ? `NOT ${ruleOf(definition)}` : undefined;
}

function ruleOf(definition: string): string {
  return bare(definition)
    .replace(/^CHECK /, '')
    .replace(/ NO INHERIT$/, '');
}

/** Rows that a check or foreign key does not allow. */
function rowsAgainst(given: Case, draft: Draft, pair: Pair, wanted: ConstraintModel, pairs: readonly Pair[]): number {
  return wanted.type === 'c'
    ? violators(given, draft, pair, wanted)
    : orphans(given, draft, pair, wanted, parentOf(pairs, wanted));
}

function violators(given: Case, draft: Draft, pair: Pair, { columns, definition }: ConstraintModel): number {
  const has = new Set(pair.live.columns.map(({ name }) => name));
  if (pair.empty || columns.some((column) => !has.has(column))) return 0;
  return count(given, draft, `SELECT count(*) FROM ${at(pair.from, pair.live.name)} WHERE NOT ${ruleOf(definition)}`);
}
