import { act, type Case, count, type Draft, type Pair, waits } from './draft.ts';
import type { ConstraintModel, IndexModel } from './model.ts';
import { at, list, q, suffixed } from './names.ts';
import { tighten } from './plan-not-null.ts';
import { refersTo } from './referrers.ts';
import { sameRule } from './same-rule.ts';

/** A unique index of the table that a declared key can be made of, with no second build. */
export function equalKey(pair: Pair, wanted: ConstraintModel): IndexModel | undefined {
  const index = pair.target.indexes.find(({ constraint }) => constraint === wanted.name);
  return pair.live.indexes.find(
    (one) =>
      one.unique &&
      one.valid &&
      one.constraint === null &&
      index !== undefined &&
      sameRule(one.definition, index.definition),
  );
}

/** Adds a primary or unique key, built beside the writers. `beside`: only its index, under that name. `made`: an index that is it
 *  already. False: it waits. */
export function addKey(
  given: Case,
  draft: Draft,
  pair: Pair,
  wanted: ConstraintModel,
  beside: string | null,
  made?: string,
): boolean {
  const object = `constraint ${pair.target.name} ${wanted.name}`;
  const index = pair.target.indexes.find(({ constraint }) => constraint === wanted.name);
  if (index === undefined) return false;
  if (partitionForbids(pair, index)) {
    draft.waiting.push({ object, why: 'a partitioned table cannot have it without its partition key', rows: null });
    return false;
  }
  const table = at(given.target.schema, pair.target.name);
  // Its index alone takes rows without a value.
  const nulls = wanted.type === 'p' && beside === null ? rowsWithoutKey(given, draft, pair, wanted) : 0;
  const rows = nulls > 0 ? nulls : made === undefined ? duplicates(given, draft, pair, index) : 0;
  const leave = rows > 0 && nulls === 0 && given.phase === 'finish';
  if (leave && setAside(given, draft, pair, index, { key: wanted.name, object })) return false;
  const key = { key: wanted.name, object, rows };
  if (beside === null ? waits(given, draft, pair, key) : rows > 0) return false;
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(wanted.name)}`;
  const isParted = pair.live.kind === 'p';
  if ((pair.empty || isParted) && beside === null && made === undefined) {
    act(
      draft,
      'constraints',
      object,
      `ALTER TABLE ${table} ADD CONSTRAINT ${q(wanted.name)} ${wanted.definition}`,
      drop,
    );
    return true;
  }
  if (wanted.type === 'p' && beside === null) notNulls(given, draft, pair, wanted);
  const name = beside ?? made ?? wanted.name;
  if (made === undefined) pushIndex(given, draft, pair, { ...index, name }, object);
  if (beside !== null) return true;
  const deferrable = / (DEFERRABLE.*)$/.exec(wanted.definition)?.[1] ?? '';
  const kind = wanted.type === 'p' ? 'PRIMARY KEY' : 'UNIQUE';
  const undo =
    made === undefined
      ? [drop]
      : [drop, createIndex(given, pair, { ...index, name: made }, false).replace('INDEX ', 'INDEX IF NOT EXISTS ')];
  draft.later.push({
    about: object,
    sql: `ALTER TABLE ${table} ADD CONSTRAINT ${q(wanted.name)} ${kind} USING INDEX ${q(name)} ${deferrable}`.trim(),
    undo,
  });
  return true;
}

/** Rows that have no value in one of the columns of a primary key. */
function rowsWithoutKey(given: Case, draft: Draft, pair: Pair, { columns }: ConstraintModel): number {
  const open = columns.filter((column) => pair.live.columns.some(({ name, notNull }) => name === column && !notNull));
  if (pair.empty || open.length === 0) return 0;
  const where = open.map((column) => `${q(column)} IS NULL`).join(' OR ');
  return count(given, draft, `SELECT count(*) FROM ${at(pair.from, pair.live.name)} WHERE ${where}`);
}

/** A unique key of a partitioned table must hold the columns that it is partitioned by. */
export function partitionForbids({ live }: Pair, { keys }: IndexModel): boolean {
  const by = /\((.*)\)$/.exec(live.partitionKey ?? '')?.[1]?.split(', ') ?? [];
  return by.some((one) => !keys.includes(one));
}

/** A primary key makes its columns NOT NULL under its lock; by then they are. */
function notNulls(given: Case, draft: Draft, pair: Pair, wanted: ConstraintModel): void {
  for (const column of wanted.columns) {
    if (
      pair.live.columns.find(({ name }) => name === column)?.notNull === false &&
      !pair.target.columns.some(({ name, notNull }) => name === column && notNull)
    )
      tighten(given, draft, pair, column);
  }
}

/** Keys that more than one row has. */
export function duplicates(given: Case, draft: Draft, pair: Pair, index: IndexModel): number {
  if (pair.empty) return 0;
  return count(given, draft, duplicatesOf(pair, index));
}

function duplicatesOf(pair: Pair, { keys, predicate, nullsNotDistinct }: IndexModel): string {
  const has = new Set(pair.live.columns.map(({ name }) => name));
  const added = pair.target.columns.filter(({ name }) => !has.has(name));
  // Columns that are yet to come are read as what they will have: their default, or NULL.
  const source = added.map(
    ({ name, type, default: value }) =>
      `, ${value?.startsWith('nextval(') === false ? `(${value})` : `NULL::${type}`} AS ${q(name)}`,
  );
  const from = `(SELECT t.*${source.join('')} FROM ${at(pair.from, pair.live.name)} AS t) AS t`;
  const where = [
    ...(nullsNotDistinct ? [] : keys.map((key) => `(${key}) IS NOT NULL`)),
    ...(predicate === null ? [] : [`(${predicate})`]),
  ];
  const grouped = keys.map((key) => `(${key})`).join(', ');
  return `SELECT count(*) FROM (SELECT FROM ${from}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`} GROUP BY ${grouped} HAVING count(*) > 1) AS twice`;
}

/** All but one row of each key go to the quarantine, unless rows of other tables point to them. True: they will. */
export function setAside(
  given: Case,
  draft: Draft,
  pair: Pair,
  index: IndexModel,
  { key, object }: { readonly key: string; readonly object: string },
): boolean {
  const primary = pair.live.constraints.find(({ type }) => type === 'p')?.columns ?? [];
  const keep = pair.mapping.duplicates?.[key]?.keep ?? (primary.length > 0 ? list(primary) : 'ctid');
  const filter = [
    ...(index.nullsNotDistinct ? [] : index.keys.map((one) => `(${one}) IS NOT NULL`)),
    ...(index.predicate === null ? [] : [`(${index.predicate})`]),
  ];
  // Parts of a table number their rows each for itself.
  const where = `(t.tableoid, t.ctid) IN (SELECT o.tableoid, o.ctid FROM (SELECT tableoid, ctid, row_number() OVER (PARTITION BY ${index.keys.join(', ')} ORDER BY ${keep}) AS nth
    FROM ${at(pair.from, pair.live.name)}${filter.length === 0 ? '' : ` WHERE ${filter.join(' AND ')}`}) AS o WHERE o.nth > 1)`;
  const children = given.surroundings.referrers.filter(({ oid }) => oid === pair.live.oid);
  const pointed = children.reduce(
    (sum, one) =>
      sum +
      count(
        given,
        draft,
        `SELECT count(*) FROM ${at(pair.from, pair.live.name)} AS t WHERE ${where} AND ${refersTo(one, 't')}`,
      ),
    0,
  );
  if (pointed > 0) return false;
  draft.leaving.push({ table: pair.target.name, object, reason: `another row has its ${key}`, where });
  return true;
}

/** Builds an index beside the writers; at once, where there is nothing to read, or where it cannot be built so. */
export function pushIndex(given: Case, draft: Draft, pair: Pair, index: IndexModel, about: string): void {
  const drop = `DROP INDEX IF EXISTS ${at(given.target.schema, index.name)}`;
  const concurrently = !pair.empty && pair.live.kind === 'r';
  const sql = createIndex(given, pair, index, concurrently);
  if (concurrently) draft.later.push({ about, sql, undo: [drop] });
  else act(draft, 'indexes', about, sql, drop);
}

function createIndex(given: Case, pair: Pair, { unique, name, definition }: IndexModel, concurrently: boolean): string {
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${q(name)} ON ${at(given.target.schema, pair.target.name)}${definition}`;
}

/** Whether a table has, or gets in this transaction, a key over just these columns: what a foreign key needs. */
export function hasKey({ live, target, empty }: Pair, columns: readonly string[]): boolean {
  const same = (index: IndexModel) =>
    index.unique &&
    index.valid &&
    index.predicate === null &&
    list(columns) === index.keys.map((key) => (key.startsWith('"') ? key : q(key))).join(', ');
  return live.indexes.some(same) || (empty && target.indexes.some(same));
}

/** Name under which something of the database is kept whose name is needed: one that nothing has there. */
export function aside({ own, live }: Pick<Case, 'own' | 'live'>, name: string): string {
  const relations = [own, live].flatMap((place) => place.relations);
  const taken = new Set(relations.flatMap((one) => [one, ...one.indexes, ...one.constraints]).map((one) => one.name));
  for (let number = 1; ; number += 1) {
    const free = suffixed(name, number === 1 ? '_before_adoption' : `_before_adoption_${number}`);
    if (!taken.has(free)) return free;
  }
}
