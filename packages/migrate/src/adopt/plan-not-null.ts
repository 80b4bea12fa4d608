import { act, type Case, count, type Draft, type Pair, waits } from './draft.ts';
import { at, q, suffixed } from './names.ts';

/** Lets a column take NULL, which nobody's writes mind. A column of the primary key cannot. */
export function relax(given: Case, draft: Draft, pair: Pair, column: string, why: string | null): void {
  const object = `column ${pair.target.name}.${column}`;
  const key = pair.live.constraints.find(({ type }) => type === 'p');
  const identity = pair.live.columns.find(({ name }) => name === column)?.identity ?? '';
  if (key?.columns.includes(column) === true || identity !== '') {
    draft.retained.push({ object: `${object} not null`, why: 'it belongs to the primary key' });
    return;
  }
  if (why !== null) draft.retained.push({ object: `${object} nullable`, why: `NOT NULL was taken off: ${why}` });
  const change = `ALTER TABLE ${at(given.target.schema, pair.target.name)} ALTER COLUMN ${q(column)}`;
  act(draft, 'columns', object, `${change} DROP NOT NULL`, `${change} SET NOT NULL`);
}

/** Makes a column NOT NULL, where no row and nobody's known writes stand in the way; the scan holds nobody up. */
export function tighten(given: Case, draft: Draft, pair: Pair, column: string): void {
  const object = `column ${pair.target.name}.${column} not null`;
  const rows = pair.empty
    ? 0
    : count(given, draft, `SELECT count(*) FROM ${at(pair.from, pair.live.name)} WHERE ${q(column)} IS NULL`);
  if (waits(given, draft, pair, { key: `${column} not null`, object, rows, where: `t.${q(column)} IS NULL` })) return;
  setNotNull(given, draft, pair, column);
}

/** A validated check lets SET NOT NULL do without a scan, as long as no part of the same statement drops it: those come first. */
export function setNotNull(given: Case, draft: Draft, pair: Pair, column: string): void {
  const table = at(given.target.schema, pair.target.name);
  const about = `column ${pair.target.name}.${column} not null`;
  const undo = `ALTER TABLE ${table} ALTER COLUMN ${q(column)} DROP NOT NULL`;
  if (pair.empty) {
    act(draft, 'constraints', about, `ALTER TABLE ${table} ALTER COLUMN ${q(column)} SET NOT NULL`, undo);
    return;
  }
  const check = suffixed(`${pair.target.name}_${column}`, '_adopt_check');
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(check)}`;
  draft.later.push(
    {
      about,
      sql: `ALTER TABLE ${table} ADD CONSTRAINT ${q(check)} CHECK (${q(column)} IS NOT NULL) NOT VALID`,
      undo: [drop],
    },
    { about, sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${q(check)}`, undo: [] },
    { about, sql: `ALTER TABLE ${table} ALTER COLUMN ${q(column)} SET NOT NULL`, undo: [undo] },
    { about, sql: `ALTER TABLE ${table} DROP CONSTRAINT ${q(check)}`, undo: [] },
  );
}
