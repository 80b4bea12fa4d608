import { act, type Case, type Draft, type Pair, state } from './draft.ts';
import type { ColumnModel } from './model.ts';
import { at, q } from './names.ts';
import { planDefault } from './plan-default.ts';
import { relax, tighten } from './plan-not-null.ts';
import { isTwin, legacyOf, planTwin } from './plan-twins.ts';
import { planType } from './plan-type.ts';

/** What becomes of the columns of one adopted table. */
export function planColumns(given: Case, draft: Draft, pair: Pair): void {
  const live = new Map(pair.live.columns.map((column) => [column.name, column]));
  for (const column of pair.target.columns) {
    const object = `column ${pair.target.name}.${column.name}`;
    const found = live.get(column.name);
    if (found === undefined) {
      if (legacyOf(pair, column.name).length > 0) planTwin(given, draft, pair, column);
      else addColumn(given, draft, pair, column, object);
      continue;
    }
    const before = draft.acts.length + draft.later.length + draft.waiting.length;
    planType(given, draft, pair, column, found);
    planDefault(given, draft, pair, column, found);
    planNull(given, draft, pair, column, found);
    planStorage(given, draft, pair, column, found);
    if (legacyOf(pair, column.name).length > 0) planTwin(given, draft, pair, column);
    const touched = draft.acts.length + draft.later.length + draft.waiting.length > before;
    state(draft, object, touched ? 'differs' : 'same', touched ? differences(column, found) : null);
  }
  const declared = new Set(pair.target.columns.map(({ name }) => name));
  for (const column of pair.live.columns) if (!declared.has(column.name)) keepColumn(given, draft, pair, column);
}

function differences(column: ColumnModel, found: ColumnModel): string {
  const parts = [
    ...(column.type === found.type ? [] : [`${found.type}, declared ${column.type}`]),
    ...(column.notNull === found.notNull
      ? []
      : [found.notNull ? 'not null, declared nullable' : 'nullable, declared not null']),
    ...(column.default === found.default
      ? []
      : [`default ${found.default ?? 'none'}, declared ${column.default ?? 'none'}`]),
  ];
  return parts.join('; ');
}

/** A declared column that the table lacks. Rows that are there get its default, what the mapping says, or NULL. */
function addColumn(given: Case, draft: Draft, pair: Pair, column: ColumnModel, object: string): void {
  const { schema } = given.target;
  const table = at(schema, pair.target.name);
  const fill = pair.mapping.columns?.[column.name]?.fill;
  const valued = column.default !== null || column.identity !== '' || column.generated !== '';
  const nullable = !column.notNull || !(valued || pair.empty || fill !== undefined);
  const filled = fill !== undefined && !valued ? ` DEFAULT ${fill}` : '';
  state(draft, object, 'missing', `added${nullable && column.notNull ? ', nullable until --finish' : ''}`);
  act(
    draft,
    'columns',
    object,
    `ALTER TABLE ${table} ADD COLUMN ${columnText(column)}${filled}${nullable ? '' : ' NOT NULL'}`,
    `ALTER TABLE ${table} DROP COLUMN IF EXISTS ${q(column.name)}`,
  );
  if (filled !== '') act(draft, 'columns', object, `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)} DROP DEFAULT`);
  if (column.comment !== null) commentOn(draft, given, pair, column, null);
  if (nullable && column.notNull) {
    draft.waiting.push({ object: `${object} not null`, why: 'rows that are there have no value for it', rows: null });
  }
}

/** Name, type and what else belongs to a column but NOT NULL. */
export function columnText({ name, type, collation, default: value, identity, generated }: ColumnModel): string {
  const parts = [q(name), type, ...(collation === null ? [] : [`COLLATE ${collation}`])];
  if (generated !== '') parts.push(`GENERATED ALWAYS AS (${value}) ${generated === 's' ? 'STORED' : 'VIRTUAL'}`);
  else if (identity !== '') parts.push(`GENERATED ${identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`);
  else if (value !== null) parts.push(`DEFAULT ${value}`);
  return parts.join(' ');
}

function planNull(given: Case, draft: Draft, pair: Pair, column: ColumnModel, found: ColumnModel): void {
  if (column.notNull && !found.notNull) tighten(given, draft, pair, column.name);
  if (!column.notNull && found.notNull) relax(given, draft, pair, column.name, null);
}

/** A column that the domain does not declare stays; where our rows have no value for it, it takes NULL. */
function keepColumn(given: Case, draft: Draft, pair: Pair, column: ColumnModel): void {
  if (isTwin(pair, column.name)) return;
  const object = `column ${pair.target.name}.${column.name}`;
  draft.retained.push({ object, why: 'not declared' });
  const needs = column.notNull && column.default === null && column.identity === '' && column.generated === '';
  if (needs) relax(given, draft, pair, column.name, 'the new application does not write it');
}

/** Storage, compression, statistics and comment. */
function planStorage(given: Case, draft: Draft, pair: Pair, column: ColumnModel, found: ColumnModel): void {
  const object = `column ${pair.target.name}.${column.name}`;
  const change = (what: string) =>
    `ALTER TABLE ${at(given.target.schema, pair.target.name)} ALTER COLUMN ${q(column.name)} SET ${what}`;
  const each = [
    ['COMPRESSION', column.compression ?? 'default', found.compression ?? 'default'],
    ['STORAGE', column.storage, found.storage],
    ['STATISTICS', column.statistics === null ? null : String(column.statistics), String(found.statistics ?? -1)],
  ] as const;
  const own = each.filter(([, wanted, is]) => wanted === null && is !== null && is !== '-1');
  if (own.length > 0)
    draft.retained.push({
      object: `${object} settings`,
      why: `not declared: ${own.map(([what, , is]) => `${what.toLowerCase()} ${is}`).join(', ')}`,
    });
  for (const [what, wanted, is] of each) {
    if (wanted === null || wanted === (is ?? wanted)) continue;
    act(draft, 'columns', object, change(`${what} ${wanted}`), change(`${what} ${is}`));
  }
  if (column.comment !== null && column.comment !== found.comment) commentOn(draft, given, pair, column, found.comment);
}

function commentOn(draft: Draft, given: Case, pair: Pair, column: ColumnModel, was: string | null): void {
  const on = `COMMENT ON COLUMN ${at(given.target.schema, pair.target.name)}.${q(column.name)} IS `;
  act(
    draft,
    'comments',
    `comment column ${pair.target.name}.${column.name}`,
    on + quoted(column.comment),
    on + quoted(was),
  );
}

/** A comment's text as SQL. */
export function quoted(comment: string | null): string {
  return comment === null ? 'NULL' : `'${comment.replaceAll("'", "''")}'`;
}
