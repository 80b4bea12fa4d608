import { act, type Case, count, type Draft, type Pair, waits } from './draft.ts';
import type { ConstraintModel } from './model.ts';
import { at, q } from './names.ts';
import { hasKey } from './plan-keys.ts';

/** A constraint's text with the declared name of the table that it points to. */
export function asDeclared({ type, definition, references }: ConstraintModel, pairs: readonly Pair[]): string {
  if (type !== 'f' || references === null) return definition;
  const pointed = pairs.find(({ live, from }) =>
    [q(live.name), live.name, at(from, live.name), `${from}.${live.name}`].includes(references),
  );
  if (pointed === undefined || (pointed.live.name === pointed.target.name && !references.includes('.')))
    return definition;
  const { name } = pointed.target;
  const printed = pairs
    .flatMap(({ target }) => target.constraints.map((one) => one.references))
    .find((one) => one === name || one === q(name));
  return definition.replace(` REFERENCES ${references}(`, ` REFERENCES ${printed ?? q(name)}(`);
}

/** Adds a foreign key that holds for new rows at once, and for older ones when they were looked at. */
export function addForeignKey(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  pairs: readonly Pair[],
): void {
  const object = `constraint ${pair.target.name} ${wanted.name}`;
  const table = at(given.target.schema, pair.target.name);
  const parent = parentOf(pairs, wanted);
  if (parent !== undefined && !hasKey(parent, wanted.referencesColumns) && keyWaits(draft, parent, wanted)) {
    draft.waiting.push({ object, why: `the key of ${parent.target.name} that it points to waits`, rows: null });
    return;
  }
  if (parent !== undefined && typesDiffer(draft, pair, parent, wanted)) {
    draft.waiting.push({ object, why: 'the types of its columns differ until they are as declared', rows: null });
    return;
  }
  const rows = orphans(given, draft, pair, wanted, parent);
  if (waits(given, draft, pair, { key: wanted.name, object, rows })) return;
  const text = wanted.definition.replace(/ NOT VALID$/, '');
  const atOnce = pair.empty || isCheckedAtOnce(given, pair);
  const sql = `ALTER TABLE ${table} ADD CONSTRAINT ${q(wanted.name)} ${text}${atOnce ? '' : ' NOT VALID'}`;
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(wanted.name)}`;
  // A key of the parent that is built later comes first.
  if (parent === undefined || hasKey(parent, wanted.referencesColumns)) act(draft, 'keys', object, sql, drop);
  else draft.later.push({ about: object, sql, undo: [drop] });
  if (!atOnce)
    draft.later.push({ about: object, sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${q(wanted.name)}`, undo: [] });
}

/** Before PostgreSQL 18 a foreign key of a partitioned table cannot hold for new rows alone. */
export function isCheckedAtOnce({ live: { serverVersion } }: Case, { live }: Pair): boolean {
  return live.kind === 'p' && serverVersion < 18;
}

/** Whether the columns of both sides have no comparison once the plan is carried out. */
function typesDiffer(draft: Draft, pair: Pair, parent: Pair, { columns, referencesColumns }: ConstraintModel): boolean {
  const families = [/^(smallint|integer|bigint|numeric)/, /^(text|character)/];
  return columns.some((column, index) => {
    const [a, b] = [typeAfter(draft, pair, column), typeAfter(draft, parent, referencesColumns[index] ?? '')];
    return a !== b && !families.some((family) => family.test(a) && family.test(b));
  });
}

function typeAfter(draft: Draft, pair: Pair, column: string): string {
  const of = (columns: Pair['live']['columns']) => columns.find(({ name }) => name === column)?.type;
  const changes = draft.retypes.get(pair)?.some((part) => part.column === column) === true;
  return (changes ? undefined : of(pair.live.columns)) ?? of(pair.target.columns) ?? '';
}

function keyWaits({ waiting }: Draft, { target }: Pair, { referencesColumns }: ConstraintModel): boolean {
  const keys = target.constraints.filter(
    ({ type, columns }) => (type === 'p' || type === 'u') && columns.join() === referencesColumns.join(),
  );
  return keys.some(({ name }) => waiting.some(({ object }) => object === `constraint ${target.name} ${name}`));
}

/** By their texts where the types are yet to become the same. */
function sameValue({ live }: Pair, parent: Pair, column: string, other: string): string {
  const type = (columns: Pair['live']['columns'], wanted: string) => columns.find(({ name }) => name === wanted)?.type;
  const cast = type(live.columns, column) === type(parent.live.columns, other) ? '' : '::text';
  return `p.${q(other)}${cast} = c.${q(column)}${cast}`;
}

/** The adopted table that a declared foreign key points to. */
export function parentOf(pairs: readonly Pair[], { references }: ConstraintModel): Pair | undefined {
  return pairs.find(({ target }) => target.name === references || q(target.name) === references);
}

/** Rows whose parent is not there. */
export function orphans(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  parent: Pair | undefined,
): number {
  const has = new Set(pair.live.columns.map(({ name }) => name));
  if (pair.empty || wanted.columns.some((column) => !has.has(column))) return 0;
  const set = wanted.columns.map((column) => `c.${q(column)} IS NOT NULL`).join(' AND ');
  const child = `SELECT count(*) FROM ${at(pair.from, pair.live.name)} AS c WHERE ${set}`;
  if (parent === undefined) return count(given, draft, child);
  const known = new Set(parent.live.columns.map(({ name }) => name));
  if (wanted.referencesColumns.some((column) => !known.has(column))) return count(given, draft, child);
  const same = wanted.columns
    .map((column, index) => sameValue(pair, parent, column, wanted.referencesColumns[index] ?? ''))
    .join(' AND ');
  return count(
    given,
    draft,
    `${child} AND NOT EXISTS (SELECT FROM ${at(parent.from, parent.live.name)} AS p WHERE ${same})`,
  );
}
