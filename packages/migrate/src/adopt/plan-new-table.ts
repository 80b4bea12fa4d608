import { act, type Case, type Draft, early, state } from './draft.ts';
import type { RelationModel } from './model.ts';
import { at, list, q } from './names.ts';
import { columnText, quoted } from './plan-columns.ts';

/** Makes a declared table that the database lacks, whole, but for its foreign keys, triggers and policies. */
export function planNewTable(given: Case, draft: Draft, target: RelationModel): void {
  const { schema } = given.target;
  const table = at(schema, target.name);
  const object = `table ${target.name}`;
  // A part of a table that was found needs that one.
  const make = target.parents.length === 0 ? early : act;
  if (!draft.objects.some((one) => one.object === object)) state(draft, object, 'missing', 'created');
  for (const { sequence, default: value } of target.columns) {
    if (sequence !== null && value !== null) createSequence(given, draft, sequence);
  }
  make(draft, 'tables', object, createTable(given, target), `DROP TABLE IF EXISTS ${table}`);
  for (const { name, sequence, default: value } of target.columns) {
    if (sequence !== null && value !== null)
      make(draft, 'tables', object, `ALTER SEQUENCE ${at(schema, sequence)} OWNED BY ${table}.${q(name)}`);
  }
  for (const { name, type, definition, comment } of target.constraints) {
    if (type === 'f') {
      const drop = `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${q(name)}`;
      act(draft, 'keys', object, `ALTER TABLE ${table} ADD CONSTRAINT ${q(name)} ${definition}`, drop);
    } else if (target.partitionBound === null)
      make(draft, 'tables', object, `ALTER TABLE ${table} ADD CONSTRAINT ${q(name)} ${definition}`);
    if (comment !== null)
      act(draft, 'comments', object, `COMMENT ON CONSTRAINT ${q(name)} ON ${table} IS ${quoted(comment)}`);
  }
  for (const { name, unique, definition, constraint, comment } of target.indexes) {
    if (constraint === null && target.partitionBound === null)
      make(draft, 'tables', object, `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${table}${definition}`);
    if (comment !== null) act(draft, 'comments', object, `COMMENT ON INDEX ${at(schema, name)} IS ${quoted(comment)}`);
  }
  for (const column of target.columns) {
    for (const sql of storageOf(table, column)) make(draft, 'tables', object, sql);
    if (column.comment !== null)
      act(draft, 'comments', object, `COMMENT ON COLUMN ${table}.${q(column.name)} IS ${quoted(column.comment)}`);
  }
  if (target.comment !== null) act(draft, 'comments', object, `COMMENT ON TABLE ${table} IS ${quoted(target.comment)}`);
  if (target.rowSecurity) act(draft, 'policies', object, `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  if (target.forceRowSecurity) act(draft, 'policies', object, `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}

function createTable({ target: { schema } }: Case, target: RelationModel): string {
  const name = `CREATE ${target.persistence === 'u' ? 'UNLOGGED ' : ''}TABLE ${at(schema, target.name)}`;
  const options = target.options.length === 0 ? '' : ` WITH (${target.options.join(', ')})`;
  if (target.partitionBound !== null)
    return `${name} PARTITION OF ${target.parents.join(', ')} ${target.partitionBound}${partitioned(target)}${options}`;
  const columns = target.columns.map((column) => `${columnText(column)}${column.notNull ? ' NOT NULL' : ''}`);
  const inherits = target.parents.length === 0 ? '' : ` INHERITS (${target.parents.join(', ')})`;
  return `${name} (${columns.join(', ')})${inherits}${partitioned(target)}${options}`;
}

function partitioned({ partitionKey }: RelationModel): string {
  return partitionKey === null ? '' : ` PARTITION BY ${partitionKey}`;
}

function storageOf(table: string, column: RelationModel['columns'][number]): readonly string[] {
  const change = `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)} SET`;
  return [
    ...(column.compression === null ? [] : [`${change} COMPRESSION ${column.compression}`]),
    ...(column.storage === null ? [] : [`${change} STORAGE ${column.storage}`]),
    ...(column.statistics === null ? [] : [`${change} STATISTICS ${column.statistics}`]),
  ];
}

/** Makes a declared sequence. */
export function createSequence(given: Case, draft: Draft, name: string): void {
  const sequence = given.target.sequences.find((one) => one.name === name);
  if (sequence === undefined) return;
  const place = at(given.target.schema, name);
  early(
    draft,
    'sequences',
    `sequence ${name}`,
    `CREATE SEQUENCE ${place} AS ${sequence.type} ${sequence.options}`,
    `DROP SEQUENCE IF EXISTS ${place}`,
  );
}

/** Columns of a view, as they are named. */
export function columnsOf(relation: RelationModel): string {
  return list(relation.columns.map(({ name }) => name));
}
