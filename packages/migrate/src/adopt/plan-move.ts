import { act, type Case, type Draft, early, type Pair, state } from './draft.ts';
import type { RelationModel, SchemaModel } from './model.ts';
import { at, q } from './names.ts';
import { quoted } from './plan-columns.ts';

/** The domain's schema, where it is not there. */
export function planSchema({ target, own }: Case, draft: Draft): void {
  const { schema, comment } = target;
  if (!own.exists)
    early(draft, 'schema', `schema ${schema}`, `CREATE SCHEMA ${q(schema)}`, `DROP SCHEMA IF EXISTS ${q(schema)}`);
  if (comment === null || comment === own.comment) return;
  const on = `COMMENT ON SCHEMA ${q(schema)} IS `;
  act(
    draft,
    'comments',
    `comment schema ${schema}`,
    on + quoted(comment),
    ...(own.exists ? [on + quoted(own.comment)] : []),
  );
}

/** Moves a table into the domain's schema, with its indexes, its own sequences and its triggers: one entry of the catalog changes, no
 *  row is touched. Its partitions come along. */
export function planMove(given: Case, draft: Draft, pair: Pair): void {
  const { schema } = given.target;
  const { live, target, from } = pair;
  const object = `table ${target.name}`;
  for (const { name } of [live, ...partitionsOf(given, pair)]) {
    const kind = name === live.name ? object : `partition ${name}`;
    if (from !== schema) {
      const move = (a: string, b: string) => `ALTER TABLE ${at(a, name)} SET SCHEMA ${q(b)}`;
      act(draft, 'move', kind, move(from, schema), move(schema, from));
    }
    if (name !== live.name) draft.retained.push({ object: `table ${name}`, why: `partition of ${target.name}` });
  }
  if (live.name !== target.name) {
    const rename = (a: string, b: string) => `ALTER TABLE ${at(schema, a)} RENAME TO ${q(b)}`;
    act(draft, 'move', object, rename(live.name, target.name), rename(target.name, live.name));
  }
  const renamed = live.name !== target.name;
  state(draft, object, renamed ? 'renamed' : 'same', renamed ? `was ${live.name}` : null);
  planShape(given, draft, pair);
}

/** Tables that are part of an adopted one, at any depth. */
export function partitionsOf({ live, own }: Case, pair: Pair): readonly RelationModel[] {
  return partsOf((pair.from === own.schema ? own : live).relations, pair.live.name);
}

/** Of the tables of a schema: those that are part of one of them, at any depth, each behind the one that it is part of. */
export function partsOf(relations: readonly RelationModel[], table: string): readonly RelationModel[] {
  const parts: RelationModel[] = [];
  for (const names = [table]; names.length > 0; ) {
    const name = names.shift() ?? '';
    const own = relations.filter(
      ({ partitionBound, parents }) => partitionBound !== null && (parents.includes(name) || parents.includes(q(name))),
    );
    parts.push(...own);
    names.push(...own.map((one) => one.name));
  }
  return parts;
}

/** What the table itself is, beyond its columns. */
function planShape(given: Case, draft: Draft, { live, target, from }: Pair): void {
  const table = at(given.target.schema, target.name);
  const object = `table ${target.name}`;
  if (live.partitionKey !== target.partitionKey)
    draft.retained.push({
      object: `${object} partitioning`,
      why: `${live.partitionKey ?? 'none'}, declared ${target.partitionKey ?? 'none'}: that cannot be changed in place`,
    });
  if (live.persistence !== target.persistence)
    draft.retained.push({ object: `${object} persistence`, why: live.persistence === 'u' ? 'unlogged' : 'logged' });
  if (live.ofType !== null) {
    const change = `ALTER TABLE ${at(from, live.name)}`;
    act(draft, 'loosen', object, `${change} NOT OF`, `${change} OF ${live.ofType}`);
    draft.notes.push(`${object} is no longer tied to the type ${live.ofType}: it could get no column`);
  }
  const added = target.options.filter((one) => !live.options.includes(one));
  if (added.length > 0) {
    const names = added.map((one) => one.split('=', 1)[0] ?? '');
    const old = live.options.filter((one) => names.includes(one.split('=', 1)[0] ?? ''));
    act(
      draft,
      'columns',
      object,
      `ALTER TABLE ${table} SET (${added.join(', ')})`,
      `ALTER TABLE ${table} RESET (${names.join(', ')})`,
      ...(old.length === 0 ? [] : [`ALTER TABLE ${table} SET (${old.join(', ')})`]),
    );
  }
  if (target.comment !== null && target.comment !== live.comment) {
    const on = `COMMENT ON TABLE ${table} IS `;
    act(draft, 'comments', `comment ${object}`, on + quoted(target.comment), on + quoted(live.comment));
  }
}

/** Enums and other types of the domain. An enum that lacks labels gets them; one that has more keeps them. */
export function planTypes(given: Case, draft: Draft): void {
  const { schema } = given.target;
  for (const wanted of given.target.types) {
    const object = `type ${wanted.name}`;
    const has = (place: SchemaModel) =>
      place.types.find(({ name, kind }) => name === wanted.name && kind === wanted.kind);
    const own = has(given.own);
    const live = own ?? has(given.live);
    if (live === undefined) {
      state(draft, object, 'missing', 'created');
      early(draft, 'types', object, createType(schema, wanted), `DROP TYPE IF EXISTS ${at(schema, wanted.name)}`);
      continue;
    }
    if (own === undefined) {
      const move = (a: string, b: string) => `ALTER TYPE ${at(a, wanted.name)} SET SCHEMA ${q(b)}`;
      early(draft, 'types', object, move(given.live.schema, schema), move(schema, given.live.schema));
    }
    const lacks = wanted.labels.filter((label) => !live.labels.includes(label));
    const more = live.labels.filter((label) => !wanted.labels.includes(label));
    state(draft, object, lacks.length > 0 ? 'differs' : 'same', lacks.length > 0 ? `gets ${lacks.join(', ')}` : null);
    // A label cannot be taken back; nobody minds it.
    for (const label of lacks)
      early(
        draft,
        'types',
        object,
        `ALTER TYPE ${at(schema, wanted.name)} ADD VALUE IF NOT EXISTS ${quoted(label)}${placeOf(wanted.labels, label)}`,
      );
    if (more.length > 0) draft.retained.push({ object, why: `has ${more.join(', ')}, which are not declared` });
    if (wanted.definition !== live.definition)
      draft.retained.push({ object, why: `${live.definition}, declared ${wanted.definition}` });
  }
}

function placeOf(labels: readonly string[], label: string): string {
  const before = labels[labels.indexOf(label) - 1];
  return before === undefined ? '' : ` AFTER ${quoted(before)}`;
}

function createType(schema: string, { name, kind, labels, definition }: SchemaModel['types'][number]): string {
  const place = at(schema, name);
  switch (kind) {
    case 'enum':
      return `CREATE TYPE ${place} AS ENUM (${labels.map(quoted).join(', ')})`;
    case 'domain':
      return `CREATE DOMAIN ${place} AS ${definition}`;
    case 'range':
      return `CREATE TYPE ${place} AS RANGE (${definition})`;
    case 'composite':
      return `CREATE TYPE ${place} AS (${definition})`;
  }
}
